// A node of the tree becomes nodes of the document: createElement and text nodes, never markup.
import type { Alert } from '../bindings/Alert';
import type { Block } from '../bindings/Block';
import type { Inline } from '../bindings/Inline';
import type { Item } from '../bindings/Item';
import { makeChunk, makeCode } from './code';
import { direct } from './direction';
import { makeFootnote, makeReference } from './footnote';
import { makeImage } from './image';
import { makeLink } from './link';
import { fill, make } from './make';
import { makeFormula } from './math';
import { childrenOf } from './parent';
import { makeTable } from './table';

const ALERTS: Record<Alert, string> = {
  note: 'Note',
  tip: 'Tip',
  important: 'Important',
  warning: 'Warning',
  caution: 'Caution',
};

/** A block. A paragraph directly in an item has the item's direction, and does not choose its own. */
export function makeBlock(block: Block, inItem = false): HTMLElement {
  switch (block.t) {
    case 'p': {
      const element = fill(make('p'), block.c.map(makeInline));
      return inItem ? element : direct(element);
    }
    case 'h': {
      const element = make(`h${Math.min(6, Math.max(1, block.level))}`);
      return direct(fill(element, block.c.map(makeInline)));
    }
    case 'quote':
      return block.alert ? makeAlert(block.alert, block.c) : fill(make('blockquote'), block.c.map((child) => makeBlock(child)));
    case 'code':
      return makeCode(block);
    case 'list': {
      const element = make(block.start === undefined ? 'ul' : 'ol');
      if (block.start !== undefined && block.start !== 1) element.setAttribute('start', String(block.start));
      setLoose(element, block.loose);
      return fill(element, block.c.map(makeItem));
    }
    case 'table':
      return makeTable(block.align, block.c);
    case 'footnote':
      return makeFootnote(block.label, block.c.map((child) => makeBlock(child)));
    case 'html':
      return fill(make('div', 'md-html'), block.c.map(makeChunk));
    case 'math':
      return makeFormula('div', block.tex, true, block.open);
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
    case 'math':
      return makeFormula('span', inline.tex, inline.display, inline.open);
    case 'a':
      return fill(markBare(makeLink(inline.href), inline), inline.c.map(makeInline));
    case 'img':
      return makeImage(inline.src, inline.alt);
    case 'ref':
      return makeReference(inline.label);
    case 'br':
      return make('br');
  }
}

export function makeItem(item: Item): HTMLElement {
  const element = document.createElement('li');
  if (item.task === undefined) return direct(fill(element, item.c.map((block) => makeBlock(block, true))));
  element.className = 'md-task';
  const box = document.createElement('input');
  box.type = 'checkbox';
  box.disabled = true;
  box.checked = item.task;
  box.setAttribute('aria-label', item.task ? 'Done' : 'To do');
  const body = fill(make('div'), item.c.map((block) => makeBlock(block, true)));
  childrenOf(element, body);
  return direct(fill(element, [box, body]));
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

/** A link that is written out is not told twice on paper. */
function markBare(element: HTMLElement, { href, c: [text, ...others] }: Extract<Inline, { t: 'a' }>): HTMLElement {
  if (typeof text === 'string' && others.length === 0 && href.endsWith(text)) element.className = 'md-bare';
  return element;
}
