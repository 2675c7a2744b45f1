// Which messages are worth having in the document: those near what is read.

/** Heights of the view that are kept ready above and below it. */
const READY = 2;
/** Heights of the view beyond which messages may go. */
const FAR = 4;
/** Messages from which on some go, and those that stay then. */
const MOST = 144;
const ENOUGH = 96;

/** What of the conversation is laid out, in pixels from the top of the content. */
export interface Extent {
  /** The view. */
  top: number;
  bottom: number;
  /** The content's height. */
  height: number;
}

/** More is to be fetched before the view reaches the top, or the end, of what there is. */
export function wants({ top, bottom, height }: Extent): { earlier: boolean; later: boolean } {
  const ready = READY * (bottom - top);
  return { earlier: top < ready, later: height - bottom < ready };
}

/** A message that is laid out. */
export interface Shown {
  top: number;
  bottom: number;
  /** It has the focus or a part of the selection, and stays. */
  held: boolean;
}

/** How many messages may go at the start and at the end, the farthest first. `at` lays one out. */
export function spare(view: Extent, count: number, at: (index: number) => Shown): { atStart: number; atEnd: number } {
  const spare = { atStart: 0, atEnd: 0 };
  if (count <= MOST) return spare;
  const far = FAR * (view.bottom - view.top);
  let left = count - ENOUGH;
  for (let index = count - 1; left > 0; index--, left--) {
    const message = at(index);
    if (message.held || message.top - view.bottom < far) break;
    spare.atEnd++;
  }
  for (let index = 0; left > 0; index++, left--) {
    const message = at(index);
    if (message.held || view.top - message.bottom < far) break;
    spare.atStart++;
  }
  return spare;
}
