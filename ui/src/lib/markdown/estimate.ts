// How high a block will be, roughly, in em of the reply's text: what a section that was never on screen is
// taken for, so that the scroll bar is near the truth and little moves when the section comes into view.
import type { Block } from '../bindings/Block';
import type { Chunk } from '../bindings/Chunk';
import type { Inline } from '../bindings/Inline';
import { FOLDED_ABOVE } from './code';

/** The style sheet's own sizes, rounded. */
const LINE = 1.65;
const GAP = 0.9;
const CODE_LINE = 1.4;
const CODE_FRAME = 4;
const FOLDED = 32;
const ROW = 2.4;
const FORMULA = 3;

/** Characters in a line of the reply's measure. */
const MEASURE = 68;

export function heightOf(block: Block): number {
  switch (block.t) {
    case 'p':
      return lines(block.c) * LINE + GAP;
    case 'h':
      return lines(block.c) * LINE + 2 * GAP;
    case 'quote':
    case 'footnote':
      return sum(block.c, heightOf) + GAP;
    case 'list':
      return sum(block.c, (item) => sum(item.c, heightOf) - (block.loose ? 0 : GAP / 2)) + GAP;
    case 'code': {
      const count = sum(block.c, lineEnds);
      return (count > FOLDED_ABOVE ? FOLDED : count * CODE_LINE) + CODE_FRAME;
    }
    case 'table':
      return block.c.length * ROW + GAP;
    case 'html':
      return sum(block.c, lineEnds) * CODE_LINE + GAP;
    case 'math':
      return FORMULA + GAP;
    case 'hr':
      return 2 * GAP;
  }
}

function sum<T>(nodes: T[], of: (node: T) => number): number {
  let total = 0;
  for (const node of nodes) total += of(node);
  return total;
}

function lines(inlines: Inline[]): number {
  return Math.ceil(sum(inlines, length) / MEASURE);
}

function length(inline: Inline): number {
  if (typeof inline === 'string') return inline.length;
  switch (inline.t) {
    case 'em':
    case 'strong':
    case 's':
    case 'a':
      return sum(inline.c, length);
    case 'code':
      return inline.text.length;
    case 'math':
      return inline.display ? 2 * MEASURE : inline.tex.length / 2;
    case 'img':
      return inline.alt.length + inline.src.length;
    case 'ref':
      return 1;
    case 'br':
      return MEASURE / 2;
  }
}

function lineEnds(chunk: Chunk): number {
  return sum(chunk, (token) => token.split('\n').length - 1);
}
