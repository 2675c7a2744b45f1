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

test('Code that grows is an ordinary box as long as it fits', async () => {
  const { root, view: it } = await view(CODE);
  const box = root.querySelector('pre')!;
  expect(observed.size).toBe(0);
  it.apply([['text', [0, 0, 0], ' b']]);
  expect([...observed]).toEqual([box]);
  expect(box.className).toBe('');
  laidOut(100, 60);
  expect(box.className).toBe('md-fits');
  it.apply([['tokens', [0, 0], 1, [' and a longer line']]]);
  laidOut(100, 140);
  expect(box.className).toBe('');
});

test('A table that grows is an ordinary box as long as it fits, and stays a table', async () => {
  const { root, view: it } = await view({ t: 'table', align: ['none'], c: [[['a']], [['b']]] });
  const box = root.querySelector('.md-table')!;
  it.apply([['text', [0, 1, 0, 0], ' c']]);
  laidOut(100, 60);
  expect(box.className).toBe('md-table md-fits');
  it.apply([['rows', [0], 2, [[['d']]]]]);
  expect(Array.from(box.querySelectorAll('tbody td'), (cell) => cell.textContent)).toEqual(['b c', 'd']);
  laidOut(100, 140);
  expect(box.className).toBe('md-table');
});

test('What nobody sees is not said to fit', async () => {
  const { root, view: it } = await view(CODE);
  it.apply([['text', [0, 0, 0], ' b']]);
  laidOut(0, 0);
  expect(root.querySelector('pre')!.className).toBe('');
});
