// What grows scrolls by itself only if it has to.
import { afterEach, expect, test, vi } from 'vitest';
import type { Block } from '../bindings/Block';
import type { MarkdownView } from './view';

/** What is observed; `layOut` says to all that it has been laid out. */
const observed = new Set<Element>();
let layOut: () => void = () => {};

async function view(...blocks: Block[]): Promise<{ root: HTMLElement; view: MarkdownView }> {
  observed.clear();
  vi.stubGlobal(
    'ResizeObserver',
    class {
      constructor(callback: ResizeObserverCallback) {
        layOut = () => callback([...observed].map((target) => ({ target }) as unknown as ResizeObserverEntry), this as unknown as ResizeObserver);
      }
      observe = (target: Element) => observed.add(target);
      unobserve = (target: Element) => observed.delete(target);
    },
  );
  vi.resetModules();
  // Afresh: its observer is made when something first grows.
  const { MarkdownView: Fresh } = await import('./view');
  const root = document.createElement('div');
  const it = new Fresh(root, { openLink: vi.fn(), copyText: vi.fn(), loadImage: vi.fn() });
  it.set(blocks);
  return { root, view: it };
}

/** Lays everything out in a column of 100, its contents that wide. */
function laidOut(column: number, contents: number): void {
  vi.spyOn(Element.prototype, 'clientWidth', 'get').mockReturnValue(column);
  vi.spyOn(Element.prototype, 'scrollWidth', 'get').mockReturnValue(Math.max(column, contents));
  layOut();
}

afterEach(() => {
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
});

const CODE: Block = { t: 'code', c: [[' a']] };
const TABLE: Block = { t: 'table', align: ['none'], c: [[['a']], [['b']]] };
const classes = (root: HTMLElement, name: string) => Array.from(root.querySelectorAll(name), (element) => element.className);

test('Code that has grown is an ordinary box if it fits, and whenever it does', async () => {
  const { root, view: it } = await view(CODE);
  it.apply([['tokens', [0, 0], 1, [' b']]]);
  expect([...observed]).toEqual([]);
  it.apply([['blocks', [], 1, [{ t: 'p', c: ['c'] }]]]);
  expect([...observed]).toEqual([root.querySelector('pre')]);
  expect(classes(root, 'pre')).toEqual(['']);
  laidOut(100, 60);
  expect(classes(root, 'pre')).toEqual(['md-fits']);
  laidOut(50, 60);
  expect(classes(root, 'pre')).toEqual(['']);
});

test('Code that grows again may scroll until it has', async () => {
  const { root, view: it } = await view(CODE, { t: 'p', c: ['b'] });
  it.apply([['text', [0, 0, 0], ' c'], ['text', [1, 0], 'd']]);
  laidOut(100, 60);
  it.apply([['text', [0, 0, 0], ' and more']]);
  expect(observed.size).toBe(0);
  expect(classes(root, 'pre')).toEqual(['']);
});

test('A table is looked at when the growth goes on elsewhere, and stays a table', async () => {
  const { root, view: it } = await view(TABLE, CODE);
  it.apply([['text', [0, 1, 0, 0], ' c'], ['text', [1, 0, 0], ' d']]);
  expect([...observed]).toEqual([root.querySelector('.md-table')]);
  laidOut(100, 60);
  expect(classes(root, '.md-table')).toEqual(['md-table md-fits']);
  it.apply([['rows', [0], 2, [[['e']]]]]);
  expect(Array.from(root.querySelectorAll('tbody td'), (cell) => cell.textContent)).toEqual(['b c', 'e']);
});

test('What nobody sees is not said to fit', async () => {
  const { root, view: it } = await view(CODE);
  it.apply([['text', [0, 0, 0], ' b'], ['blocks', [], 1, []]]);
  laidOut(0, 0);
  expect(classes(root, 'pre')).toEqual(['']);
});

test('A formula is looked at when it has been drawn', async () => {
  const { root } = await view({ t: 'math', tex: 'x' });
  const formula = root.querySelector('.md-formula')!;
  await vi.waitFor(() => expect(formula.classList.contains('md-math-drawn')).toBe(true));
  laidOut(100, 60);
  expect(formula.classList.contains('md-fits')).toBe(true);
});
