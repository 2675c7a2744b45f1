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
  highlights.set(ALL, new Highlight(...ranges));
  const one = current ? new Highlight(current) : new Highlight();
  one.priority = 1;
  highlights.set(CURRENT, one);
}

/** Shows nothing any more. */
export function forgetFound(): void {
  const highlights = registry();
  highlights?.delete(ALL);
  highlights?.delete(CURRENT);
}
