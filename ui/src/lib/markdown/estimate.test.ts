// Heights that are guessed: not right to the pixel, but of the right order and never nothing.
import { describe, expect, test } from 'vitest';
import type { Block } from '../bindings/Block';
import { heightOf } from './estimate';

const paragraph = (length: number): Block => ({ t: 'p', c: ['x'.repeat(length)] });
const code = (lines: number): Block => ({ t: 'code', c: [[' x\n'.repeat(lines)]] });

describe('the height of a block', () => {
  test('is some lines and a gap', () => {
    const one = heightOf(paragraph(10));
    const ten = heightOf(paragraph(680));
    expect(one).toBeGreaterThan(2);
    expect(ten / one).toBeGreaterThan(5);
    expect(ten / one).toBeLessThan(10);
  });

  test('counts what is inside spans', () => {
    expect(heightOf({ t: 'p', c: [{ t: 'em', c: [{ t: 'a', href: '', c: ['x'.repeat(680)] }] }] })).toBe(heightOf(paragraph(680)));
  });

  test('of code grows by lines until it is folded', () => {
    expect(heightOf(code(20))).toBeGreaterThan(heightOf(code(10)));
    expect(heightOf(code(41))).toBe(heightOf(code(4000)));
  });

  test.each<Block>([
    { t: 'h', level: 1, c: ['a'] },
    { t: 'quote', c: [paragraph(5)] },
    { t: 'list', loose: false, c: [{ c: [paragraph(5)] }] },
    { t: 'table', align: ['none'], c: [[['a']], [['b']]] },
    { t: 'footnote', label: '1', c: [paragraph(5)] },
    { t: 'html', c: [[' <p>\n']] },
    { t: 'math', tex: 'x' },
    { t: 'hr' },
  ])('is never nothing: $t', (block) => {
    expect(heightOf(block)).toBeGreaterThan(1);
    expect(heightOf(block)).toBeLessThan(10);
  });
});
