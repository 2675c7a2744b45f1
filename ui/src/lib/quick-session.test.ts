import { expect, test } from 'vitest';
import { SAME_EXCHANGE, startsFresh } from './quick-session';

const at = 1_700_000_000_000;

test('within five minutes of hiding it is the same exchange', () => {
  expect(startsFresh({ at, running: false }, at)).toBe(false);
  expect(startsFresh({ at, running: false }, at + SAME_EXCHANGE)).toBe(false);
});

test('later it starts fresh', () => {
  expect(startsFresh({ at, running: false }, at + SAME_EXCHANGE + 1)).toBe(true);
});

test('a reply that still runs is come back to, however late', () => {
  expect(startsFresh({ at, running: true }, at + 100 * SAME_EXCHANGE)).toBe(false);
});

test('what is shown stays as it is', () => {
  expect(startsFresh({ at: null, running: false }, at)).toBe(false);
});

test('a clock put back does not hold an exchange for hours', () => {
  expect(startsFresh({ at, running: false }, at - 3_600_000)).toBe(true);
});
