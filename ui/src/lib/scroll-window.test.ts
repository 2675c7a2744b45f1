import { expect, test } from 'vitest';
import { spare, wants } from './scroll-window';

/** Messages, 100 px each, and a view 400 px high at `top`. */
function of(count: number, top: number, held: number[] = []) {
  const view = { top, bottom: top + 400, height: count * 100 };
  return spare(view, count, (index) => ({ top: index * 100, bottom: index * 100 + 100, held: held.includes(index) }));
}

test('more is fetched before the view gets to an end of what there is', () => {
  expect(wants({ top: 700, bottom: 1100, height: 9000 })).toEqual({ earlier: true, later: false });
  expect(wants({ top: 900, bottom: 1300, height: 9000 })).toEqual({ earlier: false, later: false });
  expect(wants({ top: 8000, bottom: 8400, height: 9000 })).toEqual({ earlier: false, later: true });
});

test('what does not fill the view wants more on both sides', () => {
  expect(wants({ top: 0, bottom: 400, height: 300 })).toEqual({ earlier: true, later: true });
});

test('a few pages stay as they are', () => {
  expect(of(144, 0)).toEqual({ atStart: 0, atEnd: 0 });
});

test('far messages go, at the end when one reads at the start and the other way round', () => {
  expect(of(200, 0)).toEqual({ atStart: 0, atEnd: 104 });
  expect(of(200, 19_600)).toEqual({ atStart: 104, atEnd: 0 });
});

test('what is near stays, however much there is', () => {
  const { atStart, atEnd } = of(150, 5000);
  // Four heights of the view on each side.
  expect((150 - atEnd) * 100).toBeGreaterThanOrEqual(5400 + 1600);
  expect(atStart * 100).toBeLessThanOrEqual(5000 - 1600);
  expect(atStart + atEnd).toBe(54);
});

test('a message with the focus or the selection stays, and what is between it and the view', () => {
  expect(of(200, 0, [150])).toEqual({ atStart: 0, atEnd: 49 });
  expect(of(200, 19_600, [0])).toEqual({ atStart: 0, atEnd: 0 });
});
