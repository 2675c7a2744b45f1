// What is selected in a conversation, as the tree it was drawn from: the inverse of `nodes.ts`, as far as the
// selection goes. What is no content (buttons, labels, headers of code) is not in it.
import type { Alert } from '../bindings/Alert';
import type { Align } from '../bindings/Align';
import type { Block } from '../bindings/Block';
import type { Cell } from '../bindings/Cell';
import type { Chunk } from '../bindings/Chunk';
import type { Inline } from '../bindings/Inline';
import type { Item } from '../bindings/Item';
import type { Row } from '../bindings/Row';
import { imageOf } from './image';
import { parentOf } from './parent';

/** What a selection copies: a text as it stands, or blocks. */
export type Selected = { text: string } | { blocks: Block[] };

/** Containers inside each other, and spans inside each other, that are told; what is deeper keeps its text. */
const DEEPEST = 16;

const ALERTS: readonly Alert[] = ['note', 'tip', 'important', 'warning', 'caution'];

/** What `range` selects of the messages in `log`; nothing if it selects no word of theirs. */
export function selected(log: Element, range: Range): Selected | null {
  const reader = new Reader(range);
  const blocks: Block[] = [];
  let plain: string[] | null = [];
  for (const article of log.querySelectorAll('article')) {
    if (!range.intersectsNode(article)) continue;
    const written = reader.written(article);
    const read = written === null ? reader.message(article) : paragraphs(written);
    if (read.length === 0) continue;
    if (blocks.length > 0) blocks.push({ t: 'hr' });
    blocks.push(...read);
    plain = written === null ? null : (plain?.concat(written) ?? null);
  }
  if (blocks.length === 0) return null;
  // One's own words are copied as they were written.
  if (plain?.length === 1) return { text: plain[0]! };
  return alone(blocks);
}

/** What stands alone is copied without what stood around it: a cell without its table, code without a fence. */
function alone(blocks: Block[]): Selected {
  const [only, ...others] = blocks;
  if (!only || others.length > 0) return { blocks };
  switch (only.t) {
    case 'quote':
      return only.alert ? { blocks } : alone(only.c);
    case 'footnote':
      return alone(only.c);
    case 'list':
      return only.c.length === 1 ? alone(only.c[0]!.c) : { blocks };
    case 'table': {
      const cells = only.c.flat().filter((cell) => cell.length > 0);
      return cells.length === 1 ? alone([{ t: 'p', c: cells[0]! }]) : { blocks };
    }
    case 'h':
      return alone([{ t: 'p', c: only.c }]);
    case 'code':
    case 'html':
      // The last line end belongs to the fence.
      return { text: only.c.flat().map(textOf).join('').replace(/\n$/, '') };
    case 'math':
      return { text: only.tex };
    case 'p': {
      const [inline, more] = only.c;
      return typeof inline === 'object' && inline.t === 'math' && more === undefined ? { text: inline.tex } : { blocks };
    }
    case 'hr':
      return { blocks };
  }
}

/** A text of one's own: blank lines part it, lines stay lines. */
function paragraphs(text: string): Block[] {
  return text
    .split(/\n[ \t]*(?:\n[ \t]*)+/)
    .filter((part) => part.trim() !== '')
    .map((part) => ({ t: 'p', c: lines(part) }));
}

function lines(text: string): Inline[] {
  const broken = text.split('\n').flatMap((line, index): Inline[] => (index === 0 ? [line] : [{ t: 'br' }, line]));
  return broken.filter((inline) => inline !== '');
}

class Reader {
  readonly #range: Range;
  #containers = 0;
  #spans = 0;

  constructor(range: Range) {
    this.#range = range;
  }

  /** What is selected of one's own message; null if it is a reply. */
  written(article: Element): string | null {
    const pieces = Array.from(article.querySelectorAll('.bubble > .text'));
    if (pieces.length === 0) return null;
    return pieces.filter((piece) => this.#meets(piece)).map((piece) => this.#text(piece)).join('\n');
  }

  /** What is selected of a reply: its Markdown, and what tools were given and gave where that is open. */
  message(article: Element): Block[] {
    const blocks: Block[] = [];
    for (const part of article.querySelectorAll('.md, .call pre')) {
      if (!this.#meets(part) || part.closest('details:not([open])')) continue;
      if (part.nodeName === 'PRE') {
        const text = this.#text(part);
        if (text !== '') blocks.push({ t: 'code', c: chunks(text) });
        continue;
      }
      for (const section of part.children) blocks.push(...this.#blocks(section));
    }
    return blocks;
  }

  #blocks(parent: Node): Block[] {
    const blocks: Block[] = [];
    for (const child of this.#children(parent)) {
      const block = child instanceof HTMLElement && this.#block(child);
      if (!block) continue;
      if (Array.isArray(block)) blocks.push(...block);
      else blocks.push(block);
    }
    return blocks;
  }

  /** A block, or what is in it where it would be too deep; nothing where nothing in it is selected. */
  #block(element: HTMLElement): Block | Block[] | null {
    const { classList } = element;
    switch (element.nodeName) {
      case 'P':
        return some(this.#inlines(element), (c) => ({ t: 'p', c }));
      case 'H1':
      case 'H2':
      case 'H3':
      case 'H4':
      case 'H5':
      case 'H6':
        return some(this.#inlines(element), (c) => ({ t: 'h', level: Number(element.nodeName[1]), c }));
      case 'HR':
        return { t: 'hr' };
      case 'BLOCKQUOTE':
        return this.#container(element, (c) => ({ t: 'quote', c }));
      case 'UL':
      case 'OL':
        return this.#list(element);
      case 'FIGURE':
        return some(this.#text(element.querySelector('pre')), (text) => ({ t: 'code', ...lang(element), c: chunks(text) }));
    }
    if (classList.contains('md-alert')) {
      const alert = ALERTS.find((name) => classList.contains(`md-${name}`));
      return this.#container(element, (c) => ({ t: 'quote', alert, c }));
    }
    if (classList.contains('md-footnote')) {
      const label = element.querySelector<HTMLElement>(':scope > .md-footnote-label')?.dataset.note ?? '';
      return this.#container(element, (c) => ({ t: 'footnote', label, c }));
    }
    if (classList.contains('md-table')) return this.#table(element);
    if (classList.contains('md-html')) return some(this.#text(element), (text) => ({ t: 'html', c: chunks(text) }));
    if (classList.contains('math')) return some(this.#text(element), () => ({ t: 'math', tex: element.dataset.tex ?? '' }));
    return null;
  }

  #container(element: HTMLElement, make: (children: Block[]) => Block): Block | Block[] | null {
    return this.#deeper(() => this.#blocks(element), make);
  }

  #deeper<T>(read: () => T[], make: (children: T[]) => Block): Block | T[] | null {
    const tooDeep = this.#containers >= DEEPEST;
    this.#containers++;
    const children = read();
    this.#containers--;
    if (children.length === 0) return null;
    return tooDeep ? children : make(children);
  }

  #list(element: HTMLElement): Block | Block[] | null {
    const numbered = element.nodeName === 'OL';
    const first = numbered ? Number(element.getAttribute('start') ?? 1) : undefined;
    let start = first;
    const read = (): Item[] => {
      const items: Item[] = [];
      const { count, at } = indices(element);
      for (let index = 0; index < count; index++) {
        const item = at(index);
        if (!(item instanceof HTMLElement) || !this.#meets(item)) continue;
        const c = this.#blocks(item);
        if (c.length === 0 && !this.#holds(item)) continue;
        if (items.length === 0 && first !== undefined) start = first + index;
        const box = item.querySelector<HTMLInputElement>(':scope > input');
        items.push(box ? { task: box.checked, c } : { c });
      }
      return items;
    };
    const loose = element.classList.contains('md-loose');
    const list = this.#deeper(read, (c) => (start === undefined ? { t: 'list', loose, c } : { t: 'list', start, loose, c }));
    // Too deep for a list: what its items say.
    return Array.isArray(list) ? list.flatMap((item) => item.c) : list;
  }

  /** The rows that are selected, of each what is selected. Without the head, the head is empty. */
  #table(element: HTMLElement): Block | null {
    const rows: Row[] = [];
    const align: Align[] = [];
    const { count, at } = indices(element);
    for (let index = 0; index < count; index++) {
      const row = at(index);
      if (!(row instanceof HTMLElement) || !this.#meets(row)) continue;
      const cells = this.#cells(row);
      if (cells.every((cell) => cell.length === 0)) continue;
      if (rows.length === 0 && index > 0) rows.push([]);
      Array.from(row.children, alignOf).forEach((one, column) => (align[column] ??= one));
      rows.push(cells);
    }
    return rows.length === 0 ? null : { t: 'table', align, c: rows };
  }

  #cells(row: HTMLElement): Cell[] {
    const cells: Cell[] = [];
    const { count, at } = indices(row);
    for (let column = 0; column < count; column++) {
      const cell = at(column);
      cells.push(cell && this.#meets(cell) ? this.#inlines(cell) : []);
    }
    while (cells.at(-1)?.length === 0) cells.pop();
    return cells;
  }

  #inlines(parent: Node): Inline[] {
    const inlines: Inline[] = [];
    for (const child of this.#children(parent)) {
      if (child instanceof Text) {
        const text = this.#text(child);
        const last = inlines.length - 1;
        if (text === '') continue;
        if (typeof inlines[last] === 'string') inlines[last] += text;
        else inlines.push(text);
      } else if (child instanceof HTMLElement) {
        inlines.push(...this.#inline(child));
      }
    }
    return inlines;
  }

  #inline(element: HTMLElement): Inline[] {
    switch (element.nodeName) {
      case 'EM':
        return this.#span(element, (c) => ({ t: 'em', c }));
      case 'STRONG':
        return this.#span(element, (c) => ({ t: 'strong', c }));
      case 'S':
        return this.#span(element, (c) => ({ t: 's', c }));
      case 'A':
        return this.#span(element, (c) => ({ t: 'a', href: element.getAttribute('href') ?? '', c }));
      case 'CODE': {
        const text = this.#text(element);
        return text === '' ? [] : [{ t: 'code', text }];
      }
      case 'BR':
        return [{ t: 'br' }];
      case 'SUP': {
        const label = element.querySelector<HTMLElement>('.md-ref')?.dataset.note;
        return label === undefined ? [] : [{ t: 'ref', label }];
      }
    }
    const { tex } = element.dataset;
    if (tex !== undefined) {
      return this.#text(element) === '' ? [] : [{ t: 'math', tex, display: element.dataset.display !== undefined }];
    }
    const image = imageOf(element);
    return image ? [{ t: 'img', ...image }] : [];
  }

  #span(element: HTMLElement, make: (children: Inline[]) => Inline): Inline[] {
    const tooDeep = this.#spans >= DEEPEST;
    this.#spans++;
    const children = this.#inlines(element);
    this.#spans--;
    return children.length === 0 || tooDeep ? children : [make(children)];
  }

  /** The children of a node of the tree that are selected, in part at least. */
  *#children(parent: Node): Generator<Node> {
    const { count, at } = indices(parent);
    for (let index = 0; index < count; index++) {
      const child = at(index);
      if (child && this.#meets(child)) yield child;
    }
  }

  #meets(node: Node): boolean {
    return this.#range.intersectsNode(node);
  }

  #holds(node: Node): boolean {
    const inner = document.createRange();
    inner.selectNode(node);
    return this.#range.compareBoundaryPoints(Range.START_TO_START, inner) <= 0 && this.#range.compareBoundaryPoints(Range.END_TO_END, inner) >= 0;
  }

  /** The text in `node` that is selected. */
  #text(node: Node | null | undefined): string {
    if (!node || !this.#meets(node)) return '';
    const part = document.createRange();
    part.selectNodeContents(node);
    if (part.compareBoundaryPoints(Range.START_TO_START, this.#range) < 0) part.setStart(this.#range.startContainer, this.#range.startOffset);
    if (part.compareBoundaryPoints(Range.END_TO_END, this.#range) > 0) part.setEnd(this.#range.endContainer, this.#range.endOffset);
    return part.toString();
  }
}

function indices(node: Node): { count: number; at: (index: number) => Node | undefined } {
  const parent = parentOf(node);
  return { count: parent.count(), at: (index) => parent.child(index) };
}

function some<T extends string | Inline[]>(content: T, make: (content: T) => Block): Block | null {
  return content.length === 0 ? null : make(content);
}

function lang(figure: HTMLElement): { lang?: string } {
  const { lang } = figure.dataset;
  return lang === undefined ? {} : { lang };
}

function alignOf(cell: Element): Align {
  for (const align of ['left', 'center', 'right'] as const) if (cell.classList.contains(`md-${align}`)) return align;
  return 'none';
}

/** A text as code, without its colours. */
function chunks(text: string): Chunk[] {
  return [[` ${text}`]];
}

function textOf(token: Chunk[number]): string {
  return token.slice(1);
}
