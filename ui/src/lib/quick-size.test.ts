import { beforeEach, expect, test } from 'vitest';
import { QuickSize } from './quick-size';

let size: QuickSize;
beforeEach(() => {
  size = new QuickSize();
  size.resized(64);
});

/** The content is this high, and the window follows. */
function grow(to: number): void {
  size.wants(to);
  size.resized(to);
}

test('the same height is asked for once', () => {
  expect(size.wants(99.4)).toBe(100);
  expect(size.wants(100)).toBeNull();
});

test('while the window is on its way up nothing scrolls', () => {
  size.wants(88);
  expect(size.growing).toBe(true);
  size.resized(80);
  expect(size.growing).toBe(true);
  size.resized(88);
  expect(size.growing).toBe(false);
});

test('a window that shrinks is waited for by nobody', () => {
  grow(400);
  size.wants(64);
  expect(size.growing).toBe(false);
});

test('once the window has stayed smaller, a still longer answer asks for nothing and scrolls at once', () => {
  size.wants(700);
  size.resized(560);
  expect(size.growing).toBe(true);
  size.waited();
  expect(size.growing).toBe(false);
  expect(size.wants(724)).toBeNull();
  expect(size.growing).toBe(false);
});

test('a window that was only slow is asked again', () => {
  size.wants(88);
  size.waited();
  expect(size.growing).toBe(false);
  size.resized(88);
  expect(size.wants(112)).toBe(112);
  expect(size.growing).toBe(true);
});

test('what fits again is asked for, and a longer one after it', () => {
  size.wants(700);
  size.resized(560);
  size.waited();
  expect(size.wants(300)).toBe(300);
  size.resized(300);
  expect(size.wants(700)).toBe(700);
});

test('on another display everything is asked anew', () => {
  size.wants(700);
  size.resized(460);
  size.waited();
  size.reset();
  expect(size.wants(700)).toBe(700);
});
