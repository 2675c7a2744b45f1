// A table: its first row is the head, the others are the body. A long one is several tables, because an
// engine lays a table out whole: the first sizes itself by what it holds, those below it have its columns.
// To those who hear it, it is one: what is around them has the role, and they only part it.
import type { Align } from '../bindings/Align';
import type { Cell } from '../bindings/Cell';
import type { Row } from '../bindings/Row';
import { direct } from './direction';
import { fill, make, scrollable } from './make';
import { makeInline } from './nodes';
import { setParent, type Parent } from './parent';

/** Rows of the body in one table. */
export const TABLE_ROWS = 100;

/** Columns up to which rows are filled: a table of thousands is not worth looking whole. */
const MAX_PADDED = 64;

/** Columns from which on a table may be wider than the reply. */
const MANY_COLUMNS = 4;

const PAD = 'md-pad';

/** How the columns of the tables drawn are aligned: rows that come later ask for it. */
const alignments = new WeakMap<Node, Align[]>();

export function makeTable(align: Align[], rows: Row[]): HTMLElement {
  const wrapper = scrollable(make('div', 'md-table'), 'Table');
  alignments.set(wrapper, align);
  if (align.length >= MANY_COLUMNS) {
    wrapper.classList.add('md-columns');
    // On the style object, where the policy allows what it refuses in markup.
    wrapper.style.setProperty('--columns', String(Math.min(align.length, MAX_PADDED)));
  }
  const parent = new Rows(wrapper);
  setParent(wrapper, parent);
  parent.append(rows.map((row, index) => makeRow(wrapper, row, index)));
  // Its columns run as it begins; every cell then chooses for itself.
  return direct(wrapper);
}

/** The row of `table` with this index; the first is its head. */
export function makeRow(table: Node, row: Row, index: number): HTMLElement {
  const element = document.createElement('tr');
  setParent(element, new Cells(element));
  const align = alignments.get(table) ?? [];
  for (let column = 0; column < row.length; column++) element.appendChild(cell(align[column], row[column]!, index === 0));
  pad(element, align.length);
  return element;
}

/** A cell of `row`. */
export function makeCell(row: Node, content: Cell, column: number, head: boolean): HTMLElement {
  return cell(alignments.get(wrapperOf(row)!)?.[column], content, head);
}

function cell(align: Align | undefined, content: Cell, head: boolean): HTMLElement {
  // A head without words heads nothing.
  const heads = head && content.length > 0;
  const element = document.createElement(heads ? 'th' : 'td');
  if (align && align !== 'none') element.className = `md-${align}`;
  if (heads) element.setAttribute('scope', 'col');
  for (const inline of content) element.appendChild(makeInline(inline));
  return element;
}

/** Cells that Rust leaves out at a row's end are there, empty, so that the row looks whole. */
function pad(row: HTMLElement, columns: number): void {
  for (let count = row.childNodes.length; count < Math.min(columns, MAX_PADDED); count++) {
    const empty = make('td', PAD);
    if (isSaid(row)) say(empty);
    row.appendChild(empty);
  }
}

/** What an element of a long table is, said by itself: the engine's own tables are only its pieces. */
const ROLES: Record<string, string> = { TABLE: 'presentation', THEAD: 'rowgroup', TBODY: 'rowgroup', TR: 'row', TH: 'columnheader', TD: 'cell' };

/** The row is one of a long table. */
function isSaid(row: Element): boolean {
  return row.hasAttribute('role');
}

function say(element: Element): void {
  element.setAttribute('role', ROLES[element.nodeName]!);
}

/** A row and its cells say what they are. */
function sayRow(row: Element): void {
  say(row);
  for (const cell of row.children) say(cell);
}

function wrapperOf(row: Node): HTMLElement | null {
  return (row as Element).closest('.md-table');
}

/** The rows of a table. */
export class Rows implements Parent {
  constructor(readonly wrapper: HTMLElement) {}

  count(): number {
    const body = this.wrapper.lastElementChild?.lastElementChild;
    if (!body) return 0;
    if (body.nodeName === 'THEAD') return 1;
    return 1 + (this.wrapper.childElementCount - 1) * TABLE_ROWS + body.childElementCount;
  }

  child(index: number): Node | undefined {
    if (index === 0) return this.wrapper.firstElementChild?.firstElementChild?.childNodes[0];
    const table = this.wrapper.children[Math.floor((index - 1) / TABLE_ROWS)];
    const body = table?.lastElementChild;
    return body?.nodeName === 'TBODY' ? body.childNodes[(index - 1) % TABLE_ROWS] : undefined;
  }

  append(rows: Node[]): void {
    let index = this.count();
    for (const row of rows) this.#append(row, index++);
  }

  #append(row: Node, index: number): void {
    if (index === 0) {
      this.wrapper.append(fill(make('table'), [fill(make('thead'), [row])]));
      return;
    }
    if ((index - 1) % TABLE_ROWS === 0) this.#begin(index);
    if (this.#isLong) sayRow(row as Element);
    this.wrapper.lastElementChild!.lastElementChild!.appendChild(row);
  }

  pop(): void {
    const table = this.wrapper.lastElementChild;
    const body = table?.lastElementChild;
    body?.lastChild?.remove();
    if (!table || !body || body.firstChild) return;
    body.remove();
    if (!table.querySelector('tr')) table.remove();
    if (this.#isLong && this.wrapper.childElementCount === 1) this.#join();
  }

  get #isLong(): boolean {
    return this.wrapper.getAttribute('role') === 'table';
  }

  #begin(index: number): void {
    const body = make('tbody');
    if (index === 1) {
      this.wrapper.firstElementChild!.append(body);
      return;
    }
    if (!this.#isLong) this.#part();
    const table = fill(make('table', 'md-table-more'), [body]);
    say(table);
    say(body);
    this.wrapper.append(table);
    columns.keep(this.wrapper);
  }

  /** There will be a second piece: together they are one table. */
  #part(): void {
    this.wrapper.setAttribute('role', 'table');
    for (const table of this.wrapper.children) {
      say(table);
      for (const group of table.children) {
        say(group);
        for (const row of group.children) sayRow(row);
      }
    }
  }

  /** One piece is left: it is a table again, by itself. */
  #join(): void {
    columns.forget(this.wrapper);
    this.wrapper.setAttribute('role', 'group');
    for (const element of this.wrapper.querySelectorAll('[role]')) if (element.nodeName in ROLES) element.removeAttribute('role');
  }
}

/** The cells of a row. */
export class Cells implements Parent {
  constructor(readonly row: HTMLElement) {}

  count(): number {
    const cells = this.row.children;
    let count = cells.length;
    while (count > 0 && cells[count - 1]!.className === PAD) count--;
    return count;
  }

  child(index: number): Node | undefined {
    const cell = this.row.children[index];
    return cell?.className === PAD ? undefined : cell;
  }

  append(cells: Node[]): void {
    // What was filled in makes room.
    for (let room = cells.length; room > 0 && this.row.lastElementChild?.className === PAD; room--) this.row.lastElementChild.remove();
    const empty = this.row.children[this.count()] ?? null;
    for (const cell of cells) {
      if (isSaid(this.row)) say(cell as Element);
      this.row.insertBefore(cell, empty);
    }
  }

  pop(): void {
    this.row.children[this.count() - 1]?.remove();
    pad(this.row, alignments.get(wrapperOf(this.row)!)?.length ?? 0);
  }
}

/** Gives the tables below the first its columns, again whenever its size changes. */
class Columns {
  /** Made when the first long table comes. */
  #observer: ResizeObserver | undefined;

  keep(wrapper: Element): void {
    this.#observer ??= new ResizeObserver((entries) => entries.forEach(({ target }) => this.#copy(target)));
    const first = wrapper.firstElementChild!;
    // A second call measures again: the new table has no columns yet.
    this.#observer.unobserve(first);
    this.#observer.observe(first);
  }

  forget(wrapper: Element): void {
    const first = wrapper.firstElementChild;
    if (first) this.#observer?.unobserve(first);
  }

  #copy(first: Element): void {
    const wrapper = first.parentElement;
    if (!first.isConnected || !wrapper) {
      this.#observer?.unobserve(first);
      return;
    }
    const cells = first.querySelector('tr')?.children ?? [];
    const widths = Array.from(cells, (cell) => cell.getBoundingClientRect().width);
    const whole = first.getBoundingClientRect().width;
    // Nobody sees it: it will be measured when somebody does.
    if (whole === 0) return;
    for (let table = first.nextElementSibling; table; table = table.nextElementSibling) setColumns(table as HTMLElement, whole, widths);
  }
}

const columns = new Columns();

function setColumns(table: HTMLElement, whole: number, widths: number[]): void {
  let group = table.querySelector('colgroup');
  if (!group) {
    group = document.createElement('colgroup');
    table.prepend(group);
  }
  while (group.childElementCount < widths.length) group.append(document.createElement('col'));
  // Set on the style object: the policy refuses style attributes in markup, and there is no other way to
  // say a width that was measured.
  table.style.width = `${whole}px`;
  widths.forEach((width, index) => ((group.children[index] as HTMLElement).style.width = `${width}px`));
}
