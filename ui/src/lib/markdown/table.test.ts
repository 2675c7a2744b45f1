// Long tables: rows in pieces of a hundred that share their columns.
import { afterEach, describe, expect, test, vi } from 'vitest';
import '../../../dev/jsdom';
import type { Block } from '../bindings/Block';
import type { Row } from '../bindings/Row';
import { Rows, TABLE_ROWS } from './table';
import { MarkdownView } from './view';

const rows = (from: number, to: number): Row[] => Array.from({ length: to - from }, (_, n) => [[String(from + n)], ['x']]);

function view(): { root: HTMLElement; view: MarkdownView; pieces: () => number[] } {
  const root = document.createElement('div');
  document.body.append(root);
  return {
    root,
    view: new MarkdownView(root, { openLink: vi.fn(), copyText: vi.fn(), loadImage: vi.fn() }),
    pieces: () => Array.from(root.querySelectorAll('table'), (table) => table.querySelectorAll('tbody > tr').length),
  };
}

/** Hears what is observed, and says that it has a size. */
function observed(): { tables: () => Element[]; resize: () => void } {
  const observers: { callback: ResizeObserverCallback; targets: Set<Element> }[] = [];
  vi.stubGlobal(
    'ResizeObserver',
    class {
      readonly targets = new Set<Element>();
      constructor(readonly callback: ResizeObserverCallback) {
        observers.push(this);
      }
      observe(target: Element) {
        this.targets.add(target);
      }
      unobserve(target: Element) {
        this.targets.delete(target);
      }
    },
  );
  return {
    tables: () => observers.flatMap(({ targets }) => [...targets].filter((target) => target.nodeName === 'TABLE')),
    resize: () => {
      for (const { callback, targets } of observers) {
        callback([...targets].map((target) => ({ target })) as unknown as ResizeObserverEntry[], {} as ResizeObserver);
      }
    },
  };
}

afterEach(() => {
  document.body.replaceChildren();
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
  vi.resetModules();
});

describe('a long table', () => {
  test('is several, and its rows are counted through', () => {
    const { root, view: it, pieces } = view();
    it.set([{ t: 'table', align: ['none', 'none'], c: rows(0, 1 + 2 * TABLE_ROWS) }]);
    expect(pieces()).toEqual([TABLE_ROWS, TABLE_ROWS]);
    expect(root.querySelectorAll('thead')).toHaveLength(1);
    const parent = new Rows(root.querySelector<HTMLElement>('.md-table')!);
    for (const index of [0, 1, TABLE_ROWS, TABLE_ROWS + 1, 2 * TABLE_ROWS]) expect(parent.child(index)?.firstChild?.textContent).toBe(String(index));
    expect(parent.child(1 + 2 * TABLE_ROWS)).toBeUndefined();
  });

  test('grows and shrinks over its pieces like any other', () => {
    const { root, view: it, pieces } = view();
    it.set([{ t: 'table', align: ['none', 'none'], c: rows(0, 1) }]);
    expect(pieces()).toEqual([0]);
    for (let row = 1; row <= 2 * TABLE_ROWS + 1; row++) it.apply([['rows', [0], row, rows(row, row + 1)]]);
    expect(pieces()).toEqual([TABLE_ROWS, TABLE_ROWS, 1]);
    it.apply([['text', [0, TABLE_ROWS + 1, 0, 0], '!']]);
    expect(root.querySelectorAll('table')[1]!.querySelector('td')!.textContent).toBe(`${TABLE_ROWS + 1}!`);
    it.apply([['rows', [0], TABLE_ROWS + 1, []]]);
    expect(pieces()).toEqual([TABLE_ROWS]);
    it.apply([['rows', [0], 1, []]]);
    expect(pieces()).toEqual([0]);
    it.apply([['rows', [0], 0, rows(7, 9)]]);
    expect(root.querySelector('th')!.textContent).toBe('7');
    expect(pieces()).toEqual([1]);
  });

  test('is one to those who hear it, with its heads above every piece', () => {
    const { root, view: it } = view();
    const short: Block = { t: 'table', align: ['none', 'none'], c: rows(0, 1 + TABLE_ROWS) };
    it.set([short]);
    const table = root.querySelector('.md-table')!;
    expect(table.getAttribute('role')).toBe('group');
    expect(table.querySelector('[role]')).toBeNull();

    // A row of one cell: the other is there, empty.
    it.apply([['rows', [0], 1 + TABLE_ROWS, [[['last']]]]]);
    const roles = (selector: string) => new Set(Array.from(table.querySelectorAll(selector), (element) => element.getAttribute('role')));
    expect([table.getAttribute('role'), table.getAttribute('aria-label')]).toEqual(['table', 'Table']);
    expect(Object.fromEntries(['table', 'thead', 'tbody', 'tr', 'th', 'td'].map((name) => [name, [...roles(name)]]))).toEqual({
      table: ['presentation'],
      thead: ['rowgroup'],
      tbody: ['rowgroup'],
      tr: ['row'],
      th: ['columnheader'],
      td: ['cell'],
    });
    it.apply([['cells', [0, 1 + TABLE_ROWS], 1, [['more']]]]);
    expect([...roles('td')]).toEqual(['cell']);
    it.apply([['cells', [0, 1 + TABLE_ROWS], 1, []]]);
    expect([...roles('td')]).toEqual(['cell']);

    it.apply([['rows', [0], 1 + TABLE_ROWS, []]]);
    const { root: whole, view: other } = view();
    other.set([short]);
    expect(table.isEqualNode(whole.querySelector('.md-table'))).toBe(true);
  });

  test('gives its columns to the pieces below, again when it is resized, until there are none', async () => {
    const { tables, resize } = observed();
    // A fresh module: its observer is made when the first long table comes.
    const { MarkdownView: Fresh } = await import('./view');
    const root = document.createElement('div');
    document.body.append(root);
    const it = new Fresh(root, { openLink: vi.fn(), copyText: vi.fn(), loadImage: vi.fn() });
    it.set([{ t: 'table', align: ['none', 'none'], c: rows(0, 1 + TABLE_ROWS) }]);
    expect(tables()).toEqual([]);
    it.apply([['rows', [0], 1 + TABLE_ROWS, rows(1 + TABLE_ROWS, 2 + TABLE_ROWS)]]);
    const [first, second] = root.querySelectorAll('table');
    expect(tables()).toEqual([first]);

    let width = 120;
    vi.spyOn(Element.prototype, 'getBoundingClientRect').mockImplementation(() => ({ width }) as DOMRect);
    resize();
    const widths = () => Array.from(second!.querySelectorAll<HTMLElement>('col'), (col) => col.style.width);
    expect(widths()).toEqual(['120px', '120px']);
    width = 80;
    resize();
    expect(widths()).toEqual(['80px', '80px']);
    // Out of sight it has no size: what was measured stays.
    width = 0;
    resize();
    expect(widths()).toEqual(['80px', '80px']);

    it.apply([['rows', [0], 1 + TABLE_ROWS, []]]);
    expect(tables()).toEqual([]);
  });
});

test('a table runs as its first letter does, whenever that comes', () => {
  const { root, view: it } = view();
  const dir = () => root.querySelector<HTMLElement>('.md-table')!.dir;
  it.set([{ t: 'table', align: ['none', 'none'], c: [[['#'], ['1']], [['2'], [{ t: 'em', c: ['3'] }]]] }]);
  expect(dir()).toBe('');
  it.apply([['text', [0, 1, 1, 0, 0], ' مرحبا']]);
  expect(dir()).toBe('rtl');
  it.apply([['rows', [0], 1, [[['two'], ['שלום']]]]]);
  expect(dir()).toBe('');
  it.apply([['cells', [0, 1], 0, [['שלום']]]]);
  expect(dir()).toBe('rtl');
});
