// Copying what is selected in the conversation: as rich text and as Markdown, instead of the window's own markup.
import { asIpcError, type Backend } from './backend';
import { selected } from './markdown/selection';
import type { App } from './state/app.svelte';

/** Answers `copy` and `cut` with what is selected in `log`, until the returned function is called. */
export function copySelections(log: HTMLElement, backend: Pick<Backend, 'copyBlocks' | 'copyText'>, app: Pick<App, 'announce'>): () => void {
  // On the document: a selection that begins beside the log, as *Select all* makes it, is heard there alone.
  const document = log.ownerDocument;
  const listener = (event: ClipboardEvent): void => void copy(event);

  async function copy(event: ClipboardEvent): Promise<void> {
    // What is selected in a field is the field's.
    if (isSelectedIn(event.target)) return;
    const selection = document.getSelection();
    if (!selection || selection.isCollapsed || selection.rangeCount === 0) return;
    const what = selected(log, selection.getRangeAt(0));
    if (!what) return;
    event.preventDefault();
    // The engine now empties the clipboard, for nothing was put into the event: what comes from the app comes
    // after that.
    await new Promise((resolve) => setTimeout(resolve));
    try {
      await ('text' in what ? backend.copyText(what.text) : backend.copyBlocks(what.blocks));
    } catch (reason) {
      app.announce(asIpcError(reason).message);
    }
  }

  document.addEventListener('copy', listener);
  document.addEventListener('cut', listener);
  return () => {
    document.removeEventListener('copy', listener);
    document.removeEventListener('cut', listener);
  };
}

function isSelectedIn(target: EventTarget | null): boolean {
  const isField = target instanceof HTMLInputElement || target instanceof HTMLTextAreaElement;
  return isField && target.selectionStart !== target.selectionEnd;
}
