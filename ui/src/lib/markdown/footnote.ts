// Footnotes: a sign in the text that leads to its note, and a note that leads back.
import { fill, make } from './make';
import { childrenOf } from './parent';

/** Where the note with this label is referred to. */
export function makeReference(label: string): HTMLElement {
  const button = make('button', 'md-ref') as HTMLButtonElement;
  button.type = 'button';
  button.textContent = label;
  button.dataset.note = label;
  button.setAttribute('aria-label', `Footnote ${label}`);
  return fill(make('sup'), [button]);
}

export function makeFootnote(label: string, blocks: Node[]): HTMLElement {
  const element = make('div', 'md-footnote');
  const button = make('button', 'md-footnote-label') as HTMLButtonElement;
  button.type = 'button';
  button.textContent = label;
  button.dataset.note = label;
  button.setAttribute('aria-label', `Footnote ${label}, back to the text`);
  const body = fill(make('div'), blocks);
  childrenOf(element, body);
  return fill(element, [button, body]);
}

/** Leads from a reference to its note, or from a note to its first reference. */
export function followNote(root: ParentNode, from: HTMLElement): void {
  const wanted = from.classList.contains('md-ref') ? '.md-footnote-label' : '.md-ref';
  const label = from.dataset.note;
  for (const target of root.querySelectorAll<HTMLElement>(wanted)) {
    if (target.dataset.note !== label) continue;
    target.scrollIntoView({ block: 'center' });
    target.focus({ preventScroll: true });
    return;
  }
}
