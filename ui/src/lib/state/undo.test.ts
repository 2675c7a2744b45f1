import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { STANDS, Undo } from './undo.svelte';

let undo: Undo;
const nothing = () => Promise.resolve();

beforeEach(() => {
  vi.useFakeTimers();
  undo = new Undo();
});

afterEach(() => vi.useRealTimers());

test('an offer stands for at least ten seconds, and then goes', () => {
  undo.offer('Deleted “Rain”', nothing);
  vi.advanceTimersByTime(10_000);
  expect(undo.text).toBe('Deleted “Rain”');
  vi.advanceTimersByTime(STANDS);
  expect(undo.stands).toBe(false);
});

test('it stays as long as one looks at it, and as long again after', () => {
  undo.offer('Deleted “Rain”', nothing);
  undo.hold();
  vi.advanceTimersByTime(10 * STANDS);
  expect(undo.stands).toBe(true);
  undo.release();
  vi.advanceTimersByTime(10_000);
  expect(undo.stands).toBe(true);
  vi.advanceTimersByTime(STANDS);
  expect(undo.stands).toBe(false);
});

test('another offer that comes while one looks does not start the time', () => {
  undo.offer('First', nothing);
  undo.hold();
  undo.offer('Second', nothing);
  vi.advanceTimersByTime(10 * STANDS);
  expect(undo.text).toBe('Second');
});

test('the last deletion is taken back first, then the one before it', async () => {
  const done: string[] = [];
  undo.offer('First', async () => void done.push('first'));
  undo.offer('Second', async () => void done.push('second'));
  await undo.undo();
  expect(undo.text).toBe('First');
  await undo.undo();
  expect(done).toEqual(['second', 'first']);
  expect(undo.stands).toBe(false);
});

test('it is taken back once, however often it is asked for', async () => {
  const back = vi.fn(nothing);
  undo.offer('First', back);
  await Promise.all([undo.undo(), undo.undo()]);
  expect(back).toHaveBeenCalledTimes(1);
});

test('what cannot be taken back says why, and can be tried again', async () => {
  undo.offer('First', () => Promise.reject({ code: 'failed', message: 'The disk is full.' }));
  expect(await undo.undo()).toBe(false);
  expect(undo.error?.message).toBe('The disk is full.');
  expect(undo.text).toBe('First');
});
