// Where words stand in what is drawn: as ranges, so that they can be shown without touching the document.

/** What of a message is its text; buttons, labels and headers are not. */
const PARTS = '.bubble > .text, .md, .call pre';
const NO_TEXT = 'button, figcaption, .visually-hidden';
/** No word goes on from one of these into the next. */
const BLOCKS = 'p, li, h1, h2, h3, h4, h5, h6, td, th, pre, blockquote, div, figure, summary';

/** A text as it is compared, and where its characters were. */
interface Folded {
  text: string;
  /** For every unit of `text`, where its character was; and the end. */
  at: number[];
}

/** Letters with a stroke do not come apart, and are looked for without it. */
const STROKES: Record<string, string> = { ø: 'o', ł: 'l', đ: 'd', ħ: 'h', ı: 'i', ς: 'σ' };
/** Scripts whose marks make another letter. */
const DENSE = /[\u1100-\u11ff\u2e80-\ua4cf\uac00-\ud7ff\uf900-\ufaff\uff00-\uffef]/;

/** Without differences of case, of diacritics and of white space. */
export function fold(text: string): Folded {
  let folded = '';
  const at: number[] = [];
  let index = 0;
  let blank = false;
  for (const character of text) {
    const plain = plainOf(character);
    // White space is one space, however much there is.
    if (plain !== ' ' || !blank) {
      for (let unit = 0; unit < plain.length; unit++) at.push(index);
      folded += plain;
    }
    blank = plain === ' ' || (blank && plain === '');
    index += character.length;
  }
  at.push(text.length);
  return { text: folded, at };
}

function plainOf(character: string): string {
  if (/\s/.test(character)) return ' ';
  if (character < '\u0080') return character.toLowerCase();
  if (DENSE.test(character)) return character.normalize('NFKC').toLowerCase();
  const plain = character.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase().replace(/\p{M}/gu, '');
  return STROKES[plain] ?? plain;
}

/** Where `words` occur in the messages' text under `root`, in the document's order. */
export function rangesOf(root: Element, words: string): Range[] {
  const needle = fold(words.trim()).text;
  if (needle === '') return [];
  const ranges: Range[] = [];
  const parts = root.matches(PARTS) ? [root] : Array.from(root.querySelectorAll(PARTS));
  for (const part of parts) {
    for (const run of runs(part)) ranges.push(...inRun(run, needle));
  }
  return ranges;
}

/** Where any of the words of a search occur; where all of them stand together first. */
export function rangesOfAny(root: Element, words: string): Range[] {
  const whole = rangesOf(root, words);
  if (whole.length > 0) return whole;
  const ranges = words.split(/\s+/).flatMap((word) => rangesOf(root, word));
  return ranges.sort((one, other) => one.compareBoundaryPoints(Range.START_TO_START, other));
}

/** Texts that are read as one. */
function runs(part: Element): Text[][] {
  const all: Text[][] = [];
  let block: Element | null = null;
  const walker = document.createTreeWalker(part, NodeFilter.SHOW_ELEMENT | NodeFilter.SHOW_TEXT, (node) =>
    node instanceof Element && node.matches(NO_TEXT) ? NodeFilter.FILTER_REJECT : NodeFilter.FILTER_ACCEPT,
  );
  while (walker.nextNode()) {
    const node = walker.currentNode;
    if (!(node instanceof Text)) continue;
    const of = node.parentElement?.closest(BLOCKS) ?? null;
    if (of !== block || all.length === 0) all.push([]);
    block = of;
    all.at(-1)!.push(node);
  }
  return all;
}

function inRun(run: Text[], needle: string): Range[] {
  const { text, at } = fold(run.map((node) => node.data).join(''));
  const ranges: Range[] = [];
  let node = 0;
  let start = 0;
  /** The node a place of the run is in, and where in it. Places come in their order. */
  const locate = (place: number, end: boolean): [Text, number] => {
    while (node < run.length - 1 && (end ? place > start + run[node]!.length : place >= start + run[node]!.length)) {
      start += run[node]!.length;
      node++;
    }
    return [run[node]!, place - start];
  };
  for (let found = text.indexOf(needle); found >= 0; found = text.indexOf(needle, found + needle.length)) {
    const first = at[found]!;
    const last = at[found + needle.length]!;
    const range = document.createRange();
    range.setStart(...locate(first, false));
    range.setEnd(...locate(last, true));
    ranges.push(range);
  }
  return ranges;
}
