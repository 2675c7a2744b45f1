// Code: a header with the language and what can be done, and its text in pieces of some lines, as Rust cuts
// them. A piece is an element of its own, because a growing text is laid out whole.
import type { Block } from '../bindings/Block';
import type { Chunk } from '../bindings/Chunk';
import type { Token } from '../bindings/Token';
import type { TokenClass } from '../bindings/TokenClass';
import { languageName } from './language';
import { fill, make, scrollable } from './make';
import { childrenOf } from './parent';

/** Lines above which a block that is shown finished is folded. */
export const FOLDED_ABOVE = 40;

/** How long a button says that it has copied, in milliseconds. */
const COPIED = 2000;

/** What colours a token. The classes' names are this file's and the style sheet's. */
const CLASSES: Record<TokenClass, string> = {
  c: 'tk-c', k: 'tk-k', s: 'tk-s', n: 'tk-n', f: 'tk-f', t: 'tk-t', b: 'tk-b', v: 'tk-v', p: 'tk-p',
  g: 'tk-g', a: 'tk-a', e: 'tk-e', '+': 'tk-inserted', '-': 'tk-deleted', '@': 'tk-hunk',
};

export function makeCode({ lang, c: chunks }: Extract<Block, { t: 'code' }>): HTMLElement {
  const name = languageName(lang);
  const element = make('figure', 'md-code');
  element.dir = 'ltr';
  // What a copy of it says: the label shows a name for people.
  if (lang !== undefined) element.dataset.lang = lang;
  const label = make('span', 'md-code-lang');
  label.textContent = name;
  const header = fill(make('figcaption', 'md-code-header'), [
    label,
    button('md-wrap', 'Wrap lines', { 'aria-pressed': 'false' }),
    button('md-copy', 'Copy', { 'aria-label': 'Copy code' }),
  ]);
  const body = fill(make('pre'), chunks.map(makeChunk));
  childrenOf(element, body);
  return fill(element, [header, scrollable(body, `Code, ${name}`)]);
}

/** A piece of code. */
export function makeChunk(chunk: Chunk): HTMLElement {
  const element = document.createElement('code');
  for (const token of chunk) element.appendChild(makeToken(token));
  return element;
}

/** A token is the sign of its class, or a space, and then its text. */
export function makeToken(token: Token): Node {
  const text = document.createTextNode(token.slice(1));
  const className = CLASSES[token[0] as TokenClass] as string | undefined;
  if (!className) return text;
  const element = document.createElement('span');
  element.className = className;
  element.appendChild(text);
  return element;
}

/** Folds a block that is long, and finished: one that grows is never folded under the reader's eyes. */
export function fold(figure: HTMLElement): void {
  const text = figure.querySelector('pre')?.textContent ?? '';
  let lines = text.endsWith('\n') ? 0 : 1;
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) lines++;
  if (lines <= FOLDED_ABOVE) return;
  figure.classList.add('md-folded');
  figure.append(button('md-unfold', `Show all ${lines} lines`, { 'aria-expanded': 'false' }));
}

/** Shows all of a folded block. */
export function unfold(figure: Element): void {
  figure.classList.remove('md-folded');
  figure.querySelector(':scope > .md-unfold')?.remove();
}

/** Breaks long lines, or lets them run again. */
export function toggleWrap(toggle: Element): void {
  const wrapped = toggle.closest('figure')?.classList.toggle('md-wrapped') ?? false;
  toggle.setAttribute('aria-pressed', String(wrapped));
}

/** Gives the code to `copy`, and says so when it is kept. */
export async function copyCode(from: Element, copy: (text: string) => void | Promise<void>): Promise<void> {
  const pieces = from.closest('figure')?.querySelectorAll('pre > code') ?? [];
  const text = Array.from(pieces, (piece) => piece.textContent).join('');
  try {
    // The last line end belongs to the fence: pasted into a terminal it would run the line.
    await copy(text.replace(/\n$/, ''));
  } catch {
    // The app has said why.
    return;
  }
  from.textContent = 'Copied';
  setTimeout(() => (from.textContent = 'Copy'), COPIED);
}

function button(className: string, text: string, attributes: Record<string, string>): HTMLButtonElement {
  const element = document.createElement('button');
  element.type = 'button';
  element.className = className;
  element.textContent = text;
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  return element;
}
