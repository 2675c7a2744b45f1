// Dialogs over everything else, and the focus before and after them.

/**
 * Shows a dialog over everything. When it is taken off the page, what had the focus before has it again, unless
 * something else has it by then: while it stands nothing outside of it can, and the engine forgets.
 */
export function modal(dialog: HTMLDialogElement): () => void {
  const before = document.activeElement;
  dialog.showModal();
  return () => {
    const has = document.activeElement;
    const free = has === null || has === document.body || !has.isConnected || dialog.contains(has);
    if (free && before instanceof HTMLElement) before.focus();
  };
}
