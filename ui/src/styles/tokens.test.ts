// The colours of code and of alerts can be read on what they stand on: AA, by day and by night.
import { describe, expect, test } from 'vitest';
import { readFileSync } from 'node:fs';

const source = readFileSync('src/styles/tokens.css', 'utf8');
const night = source.slice(source.indexOf('prefers-color-scheme: dark'));

/** A token's value by day and by night. */
function token(name: string): [string, string] {
  const find = (css: string) => new RegExp(`${name}: ([^;]+);`).exec(css)?.[1];
  const day = find(source);
  const both = /^light-dark\((#\w+), (#\w+)\)$/.exec(day ?? '');
  return both ? [both[1]!, both[2]!] : [day!, find(night)!];
}

function luminance([r, g, b]: number[]): number {
  const [lr, lg, lb] = [r!, g!, b!].map((c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4));
  return 0.2126 * lr! + 0.7152 * lg! + 0.0722 * lb!;
}

const rgb = (hex: string): number[] => [1, 3, 5].map((at) => parseInt(hex.slice(at, at + 2), 16) / 255);

function contrast(one: number[], other: number[]): number {
  const [dark, light] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return (light! + 0.05) / (dark! + 0.05);
}

/** `over` at this opacity on `under`. */
const mix = (over: number[], under: number[], part: number): number[] => over.map((c, i) => c * part + under[i]! * (1 - part));

const AA = 4.5;
const TIMES = [['day', 0], ['night', 1]] as const;

describe.each(TIMES)('by %s', (_, time) => {
  const colour = (name: string) => rgb(token(name)[time]);

  test.each(['comment', 'keyword', 'string', 'constant', 'function', 'type', 'property', 'tag', 'attribute', 'escape'])(
    'a %s is read on code',
    (name) => expect(contrast(colour(`--code-${name}`), colour('--color-code-bg'))).toBeGreaterThanOrEqual(AA),
  );

  test.each(['inserted', 'deleted', 'hunk'])('what is %s is read on its tint', (name) => {
    expect(contrast(colour(`--code-${name}`), colour(`--code-${name}-bg`))).toBeGreaterThanOrEqual(AA);
  });

  test.each(['accent', 'success', 'important', 'warning', 'danger'])('the title of an alert in %s is read on its box', (name) => {
    const box = mix(colour(`--color-${name}`), colour('--color-surface'), 0.07);
    expect(contrast(colour(`--color-${name}`), box)).toBeGreaterThanOrEqual(AA);
    expect(contrast(colour('--color-text-muted'), box)).toBeGreaterThanOrEqual(AA);
  });
});
