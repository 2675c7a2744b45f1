// What is folded away opens when what is looked for is in it.
import { tick } from 'svelte';
import { rangesOf } from './find-text';
import { reveal } from './markdown/code';

/**
 * The `nth` of `of` occurrences of words in a message, in sight; the last there is, where there are fewer.
 * The reply's own text counts before what is folded away beside it.
 */
export async function occurrence(message: Element, words: string, nth: number, of: number): Promise<Range | null> {
  let ranges = rangesOf(message, words).filter((range) => !range.startContainer.parentElement?.closest('details'));
  if (ranges.length < of) {
    await openFolds(message, words);
    ranges = rangesOf(message, words);
  }
  const range = ranges[Math.min(nth, ranges.length - 1)] ?? null;
  if (range) reveal(range.startContainer);
  return range;
}

/** Opens the folds that hold the words; the others stay as they are. */
async function openFolds(message: Element, words: string): Promise<void> {
  for (const details of message.querySelectorAll<HTMLDetailsElement>('details:not([open])')) {
    await set(details, true);
    if (rangesOf(details, words).length === 0) await set(details, false);
  }
}

async function set(details: HTMLDetailsElement, open: boolean): Promise<void> {
  details.open = open;
  // The engine says so later; what is in it is drawn when it is said.
  details.dispatchEvent(new Event('toggle'));
  await tick();
}
