import { beforeEach, expect, test } from 'vitest';
import { QuickSize } from './quick-size';

let size: QuickSize;
beforeEach(() => {
  size = new QuickSize();
});

test('the same height is asked for once', () => {
  expect(size.wants(63.4)).toBe(64);
  expect(size.wants(64)).toBeNull();
});

test('while the window grows nothing scrolls', () => {
  size.wants(64);
  size.settled(64);
  expect(size.growing).toBe(false);
  size.wants(88);
  expect(size.growing).toBe(true);
  size.settled(88);
  expect(size.growing).toBe(false);
});

test('a window that shrinks is waited for by nobody', () => {
  size.wants(400);
  size.settled(400);
  size.wants(64);
  expect(size.growing).toBe(false);
});

test('once the window has stayed smaller, a still longer answer asks for nothing', () => {
  size.wants(700);
  size.settled(560);
  expect(size.wants(724)).toBeNull();
  expect(size.growing).toBe(false);
});

test('what fits again is asked for, and a longer one is tried again after it', () => {
  size.wants(700);
  size.settled(560);
  expect(size.wants(300)).toBe(300);
  size.settled(300);
  expect(size.wants(700)).toBe(700);
});

test('on another display everything is asked anew', () => {
  size.wants(700);
  size.settled(460);
  size.reset();
  expect(size.wants(700)).toBe(700);
});
