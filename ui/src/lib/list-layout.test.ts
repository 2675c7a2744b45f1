import { expect, test } from 'vitest';
import { ListLayout } from './list-layout';

const sizes = { row: 32, heading: 36 };
const layout = new ListLayout([2, 3, 20_000], sizes);

test('every section begins where the one before it ends', () => {
  expect(layout.sections.map(({ top, first, end }) => [top, first, end])).toEqual([
    [0, 0, 2],
    [100, 2, 5],
    [232, 5, 20_005],
  ]);
  expect(layout.count).toBe(20_005);
  expect(layout.height).toBe(232 + 36 + 20_000 * 32);
});

test('a row stands under the heading of its section', () => {
  expect(layout.rowTop(0)).toBe(36);
  expect(layout.rowTop(2)).toBe(136);
  expect(layout.rowTop(20_004)).toBe(layout.height - 32);
});

test('rows in view are those that any part of is in view, and so many more', () => {
  expect(layout.rows(0, 400, 0)).toEqual({ first: 0, end: 10 });
  expect(layout.rows(36 + 33, 100 + 37, 0)).toEqual({ first: 1, end: 3 });
  expect(layout.rows(320_000, 320_400, 10)).toEqual({ first: 9986, end: 10_020 });
});

test('at both ends there are no rows beyond', () => {
  expect(layout.rows(-500, 10, 24).first).toBe(0);
  expect(layout.rows(layout.height - 400, layout.height + 400, 24).end).toBe(20_005);
  expect(new ListLayout([], sizes).rows(0, 400, 24)).toEqual({ first: 0, end: 0 });
});

test('what is in view is not scrolled to; what is not ends under the heading or at the end of the view', () => {
  const view = { top: 1000, height: 400 };
  expect(layout.reveal(30, view)).toBe(1000);
  expect(layout.reveal(3, view)).toBe(layout.rowTop(3) - 36);
  expect(layout.reveal(100, view)).toBe(layout.rowTop(100) + 32 - 400);
  expect(layout.reveal(0, view)).toBe(0);
});
