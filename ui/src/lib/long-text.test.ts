import { expect, test } from 'vitest';
import { chunks, isLong, megabytes, size } from './long-text';

test('pieces are the text again, whatever its lines', () => {
  for (const text of ['', 'one line', 'a\nb\n', 'x'.repeat(50_000), Array.from({ length: 9000 }, (_, index) => `line ${index}`).join('\n')]) {
    expect(chunks(text).join('\n')).toBe(text);
  }
});

test('a text of many lines is cut into pieces that lay out apart', () => {
  const pieces = chunks('a line of a log file\n'.repeat(5000));
  expect(pieces.length).toBeGreaterThan(10);
  for (const piece of pieces) expect(piece.length).toBeLessThan(4100);
});

test('long texts are folded: many characters, or many lines', () => {
  expect(isLong('short')).toBe(false);
  expect(isLong('x'.repeat(2000))).toBe(true);
  expect(isLong('\n'.repeat(30))).toBe(true);
});

test('sizes are those of the text as it is sent', () => {
  for (const text of ['x'.repeat(5_000_000), 'é'.repeat(900_000), '数'.repeat(70_000), '🌧️'.repeat(40_000)]) {
    expect(size(text)).toBe(new TextEncoder().encode(text).length);
  }
  expect(megabytes(5_000_000)).toBe('5.0 MB');
  expect(megabytes(70_001)).toBe('71 kB');
});
