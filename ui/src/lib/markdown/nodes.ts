// A node of the tree becomes nodes of the document: createElement and text nodes, never markup.
import type { Align } from '../bindings/Align';
import type { Alert } from '../bindings/Alert';
import type { Block } from '../bindings/Block';
import type { Cell } from '../bindings/Cell';
import type { Inline } from '../bindings/Inline';
import type { Item } from '../bindings/Item';
import type { Row } from '../bindings/Row';
import { drawFormula } from './math';
import { Cells, Rows, childrenOf } from './parent';

const ALERTS: Record<Alert, string> = {
  note: 'Note',
  tip: 'Tip',
  important: 'Important',
  warning: 'Warning',
  caution: 'Caution',
};

/** The alignments of a table's columns: cells that come later ask for them. */
const alignments = new WeakMap<Node, Align[]>();

/** A block. A paragraph directly in an item has the item's direction, and does not choose its own. */
export function makeBlock(block: Block, inItem = false): HTMLElement {
  switch (block.t) {
    case 'p': {
      const element = make('p');
      if (!inItem) element.dir = 'auto';
      return fill(element, block.c.map(makeInline));
    }
    case 'h': {
      const element = make(`h${Math.min(6, Math.max(1, block.level))}`);
      element.dir = 'auto';
      return fill(element, block.c.map(makeInline));
    }
    case 'quote':
      return block.alert ? makeAlert(block.alert, block.c) : fill(make('blockquote'), block.c.map((child) => makeBlock(child)));
    case 'code':
      return makeCode(block.lang, block.c);
    case 'list': {
      const element = make(block.start === undefined ? 'ul' : 'ol');
      if (block.start !== undefined && block.start !== 1) element.setAttribute('start', String(block.start));
      setLoose(element, block.loose);
      return fill(element, block.c.map(makeItem));
    }
    case 'table':
      return makeTable(block.align, block.c);
    case 'footnote': {
      const element = make('div', 'md-footnote');
      const label = make('span', 'md-footnote-label');
      label.textContent = block.label;
      const body = fill(make('div'), block.c.map((child) => makeBlock(child)));
      childrenOf(element, body);
      return fill(element, [label, body]);
    }
    case 'html':
      return fill(make('div', 'md-html'), block.c.map(makeChunk));
    case 'math': {
      const element = make('div', 'math');
      drawFormula(element, block.tex, true);
      return scrollable(element, 'Formula');
    }
    case 'hr':
      return make('hr');
  }
}

export function makeInline(inline: Inline): Node {
  if (typeof inline === 'string') return document.createTextNode(inline);
  switch (inline.t) {
    case 'em':
    case 'strong':
    case 's':
      return fill(make(inline.t), inline.c.map(makeInline));
    case 'code': {
      const element = make('code');
      element.textContent = inline.text;
      return element;
    }
    case 'math': {
      const element = make('span', inline.display ? 'math md-math-line' : 'math');
      drawFormula(element, inline.tex, inline.display);
      return element;
    }
    case 'a':
      return fill(makeLink(inline.href), inline.c.map(makeInline));
    case 'img':
      return makeImage(inline.src, inline.alt);
    case 'ref': {
      const element = make('sup', 'md-ref');
      element.textContent = inline.label;
      return element;
    }
    case 'br':
      return make('br');
  }
}

export function makeItem(item: Item): HTMLElement {
  const element = make('li');
  element.dir = 'auto';
  const blocks = item.c.map((block) => makeBlock(block, true));
  if (item.task === undefined) return fill(element, blocks);
  element.className = 'md-task';
  const box = document.createElement('input');
  box.type = 'checkbox';
  box.disabled = true;
  box.checked = item.task;
  box.setAttribute('aria-label', item.task ? 'Done' : 'To do');
  const body = fill(make('div'), blocks);
  childrenOf(element, body);
  return fill(element, [box, body]);
}

/** The row of `table` with this index; the first is its head. */
export function makeRow(table: Node, row: Row, index: number): HTMLElement {
  const element = make('tr');
  const align = alignments.get(table) ?? [];
  alignments.set(element, align);
  const parent = new Cells(element, align.length);
  childrenOf(element, parent);
  row.forEach((cell, column) => parent.append(makeCell(element, cell, column, index === 0)));
  return element;
}

/** A cell of `row`. */
export function makeCell(row: Node, cell: Cell, column: number, head: boolean): HTMLElement {
  // A head without words heads nothing.
  const heads = head && cell.length > 0;
  const element = make(heads ? 'th' : 'td');
  const align = alignments.get(row)?.[column] ?? 'none';
  if (align !== 'none') element.className = `md-${align}`;
  if (heads) element.setAttribute('scope', 'col');
  element.dir = 'auto';
  return fill(element, cell.map(makeInline));
}

/** A piece of code: one element per 32 lines, because a growing text is laid out whole. */
export function makeChunk(text: string): HTMLElement {
  const element = make('code');
  element.textContent = text;
  return element;
}

export function setLoose(list: Element, loose: boolean): void {
  list.classList.toggle('md-loose', loose);
}

function makeAlert(alert: Alert, children: Block[]): HTMLElement {
  const element = make('div', `md-alert md-${alert}`);
  element.setAttribute('role', 'note');
  element.setAttribute('aria-label', ALERTS[alert]);
  const title = make('p', 'md-alert-title');
  title.textContent = ALERTS[alert];
  const body = fill(make('div'), children.map((child) => makeBlock(child)));
  childrenOf(element, body);
  return fill(element, [title, body]);
}

function makeCode(lang: string | undefined, chunks: string[]): HTMLElement {
  const element = make('figure', 'md-code');
  element.dir = 'ltr';
  const header = make('figcaption', 'md-code-header');
  const label = make('span', 'md-code-lang');
  label.textContent = lang ?? 'text';
  const button = document.createElement('button');
  button.type = 'button';
  button.className = 'md-copy';
  button.textContent = 'Copy';
  button.setAttribute('aria-label', 'Copy code');
  const body = scrollable(fill(make('pre'), chunks.map(makeChunk)), `Code, ${lang ?? 'text'}`);
  childrenOf(element, body);
  return fill(element, [fill(header, [label, button]), body]);
}

function makeTable(align: Align[], rows: Row[]): HTMLElement {
  const wrapper = scrollable(make('div', 'md-table'), 'Table');
  const head = make('thead');
  const body = make('tbody');
  alignments.set(wrapper, align);
  const parent = new Rows(head, body);
  childrenOf(wrapper, parent);
  rows.forEach((row, index) => parent.append(makeRow(wrapper, row, index)));
  return fill(wrapper, [fill(make('table'), [head, body])]);
}

/** A link; the view opens it. The title shows where it leads, whatever its text claims. */
function makeLink(href: string): HTMLElement {
  const element = document.createElement('a');
  element.href = href;
  element.title = href;
  element.rel = 'noreferrer noopener';
  return element;
}

/** An image is not loaded: that would tell a stranger that the reply is being read. */
function makeImage(src: string, alt: string): HTMLElement {
  const element = make('span', 'md-image');
  const name = make('span', 'md-image-alt');
  name.textContent = alt || 'Image';
  const address = /^https?:\/\//i.test(src) ? makeLink(src) : make('span');
  address.classList.add('md-image-address');
  address.title = src;
  address.textContent = src;
  return fill(element, src ? [name, address] : [name]);
}

/** Something wider than the column scrolls by itself, by keyboard too. */
function scrollable(element: HTMLElement, name: string): HTMLElement {
  element.tabIndex = 0;
  // A group, not a region: a reply may hold many, and a landmark's name has to be its own.
  element.setAttribute('role', 'group');
  element.setAttribute('aria-label', name);
  return element;
}

function make(tag: string, className?: string): HTMLElement {
  const element = document.createElement(tag);
  if (className) element.className = className;
  return element;
}

function fill<E extends Node>(element: E, children: Node[]): E {
  for (const child of children) element.appendChild(child);
  return element;
}
