// Shows ranges of the document as found, where the engine can; nothing in the document changes.

const ALL = 'found';
const CURRENT = 'found-current';

const registry = (): HighlightRegistry | null => (typeof CSS !== 'undefined' && 'highlights' in CSS ? CSS.highlights : null);

/** Shows these ranges, and the one that is looked at. */
export function showFound(ranges: Range[], current: Range | null): void {
  const highlights = registry();
  if (!highlights) {
    // The selection is what else can show a place without touching it.
    if (current) document.getSelection()?.setBaseAndExtent(current.startContainer, current.startOffset, current.endContainer, current.endOffset);
    return;
  }
  fill(highlights, ALL, 0, ranges);
  fill(highlights, CURRENT, 1, current ? [current] : []);
}

/** Shows nothing any more. */
export function forgetFound(): void {
  const highlights = registry();
  highlights?.get(ALL)?.clear();
  highlights?.get(CURRENT)?.clear();
}

/** The same object is filled again: WebKit paints anew what leaves one, and not what is in one that is taken away. */
function fill(highlights: HighlightRegistry, name: string, priority: number, ranges: Range[]): void {
  const highlight = highlights.get(name) ?? new Highlight();
  highlight.clear();
  for (const range of ranges) highlight.add(range);
  highlight.priority = priority;
  if (!highlights.has(name)) highlights.set(name, highlight);
}
