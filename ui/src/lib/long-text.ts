// A user's long text: when it is folded, and how it is cut into blocks that lay out apart.

/** Characters and lines from which a message is folded. */
const LONG = 1500;
const LINES = 18;
/** Characters of one block at least: a single one of a megabyte would take seconds to lay out. */
const CHUNK = 4000;

/** Whether a text is folded at first. */
export function isLong(text: string): boolean {
  if (text.length > LONG) return true;
  let lines = 1;
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) lines++;
  return lines > LINES;
}

/** The text in pieces, cut at line ends where there are any; joined by line ends they are the text again. */
export function chunks(text: string): string[] {
  const pieces: string[] = [];
  let from = 0;
  while (text.length - from > CHUNK) {
    const end = text.indexOf('\n', from + CHUNK);
    if (end < 0) break;
    pieces.push(text.slice(from, end));
    from = end + 1;
  }
  pieces.push(text.slice(from));
  return pieces;
}

/** Bytes a message may have: `MESSAGE_BYTES` of the core, which has the last word. */
export const MESSAGE_BYTES = 4 * 1024 * 1024;

/** A text's size as UTF-8, in bytes. */
export function size(text: string): number {
  let bytes = 0;
  for (let index = 0; index < text.length; index++) {
    const unit = text.charCodeAt(index);
    // Each half of a surrogate pair counts two of the pair's four bytes.
    bytes += unit < 0x80 ? 1 : unit < 0x800 || (unit >= 0xd800 && unit < 0xe000) ? 2 : 3;
  }
  return bytes;
}

/** A size in words: `5.0 MB`. */
export function megabytes(bytes: number): string {
  return bytes < 1_000_000 ? `${Math.ceil(bytes / 1000)} kB` : `${(bytes / 1_000_000).toFixed(1)} MB`;
}
