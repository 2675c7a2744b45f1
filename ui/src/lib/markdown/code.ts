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

/** Lines that a folded block has at least; the style sheet shows no more of them (`--reply-folded`). */
const FOLDED_TO = 24;

/** How long a button says that it has copied, in milliseconds. */
const COPIED = 2000;

/** What colours a token. The classes' names are this file's and the style sheet's. */
const CLASSES: Record<TokenClass, string> = {
  c: 'tk-c', k: 'tk-k', s: 'tk-s', n: 'tk-n', f: 'tk-f', t: 'tk-t', b: 'tk-b', p: 'tk-p',
  g: 'tk-g', a: 'tk-a', e: 'tk-e', '+': 'tk-inserted', '-': 'tk-deleted', '@': 'tk-hunk',
};

export function makeCode({ lang, c: chunks }: Extract<Block, { t: 'code' }>): HTMLElement {
  const name = languageName(lang);
  // A copy is made at once, where its dozen of nodes would each take a call.
  frame ??= makeFrame();
  const element = frame.cloneNode(true) as HTMLElement;
  // What a copy of it says: the label shows a name for people.
  if (lang !== undefined) element.dataset.lang = lang;
  element.querySelector('.md-code-lang')!.textContent = name;
  const body = element.lastElementChild as HTMLElement;
  childrenOf(element, fill(body, chunks.map(makeChunk)));
  scrollable(body, `Code, ${name}`);
  return element;
}

/** What is around every code: made once. */
let frame: HTMLElement | undefined;

function makeFrame(): HTMLElement {
  const buttons = fill(make('span'), [
    button('md-wrap', 'Wrap lines', { 'aria-pressed': 'false' }),
    button('md-copy', 'Copy', { 'aria-label': 'Copy code' }),
  ]);
  const header = fill(make('figcaption', 'md-code-header'), [make('span', 'md-code-lang'), buttons]);
  return fill(make('figure', 'md-code'), [header, make('pre')]);
}

/** A piece of code. */
export function makeChunk(chunk: Chunk): HTMLElement {
  return fill(document.createElement('code'), chunk.map(makeToken));
}

/** A token is the sign of its class, or a space, and then its text. */
export function makeToken(token: Token): Node {
  const text = token.slice(1);
  const coloured = spanOf(token[0] as TokenClass);
  if (!coloured) return document.createTextNode(text);
  const element = coloured.cloneNode() as HTMLElement;
  // An empty one has a text as well: what comes later goes into it.
  if (text) element.textContent = text;
  else element.append('');
  return element;
}

/** What each class of token is a copy of: there are thousands in a long answer. */
const spans = new Map<TokenClass, HTMLElement>();

function spanOf(sign: TokenClass): HTMLElement | undefined {
  let span = spans.get(sign);
  if (!span && Object.hasOwn(CLASSES, sign)) {
    span = make('span', CLASSES[sign]);
    spans.set(sign, span);
  }
  return span;
}

/**
 * Folds a block that is long, and finished: one that grows is never folded under the reader's eyes. Pieces far
 * below the fold are not laid out, but found: an engine that knows `until-found` says that it has (`beforematch`);
 * in others they stay cut off, where they can be scrolled to.
 */
export function fold(figure: HTMLElement): void {
  const pieces = Array.from(figure.querySelectorAll('pre > code'));
  let lines = 0;
  const below = pieces.filter((piece) => {
    const isBelow = lines >= FOLDED_TO;
    lines += lineEnds(piece.textContent);
    return isBelow;
  });
  if (!pieces.at(-1)?.textContent.endsWith('\n')) lines++;
  if (lines <= FOLDED_ABOVE) return;
  for (const piece of below) piece.setAttribute('hidden', 'until-found');
  figure.classList.add('md-folded');
  figure.append(button('md-unfold', `Show all ${lines} lines`, { 'aria-expanded': 'false' }));
}

/** Shows all of a folded block. */
export function unfold(figure: Element): void {
  if (!figure.classList.contains('md-folded')) return;
  figure.classList.remove('md-folded');
  for (const piece of figure.querySelectorAll('pre > code[hidden]')) piece.removeAttribute('hidden');
  figure.querySelector(':scope > .md-unfold')?.remove();
}

/** Unfolds whatever is folded around a node, so that it can be scrolled to and seen. */
export function reveal(node: Node): void {
  const element = node instanceof Element ? node : node.parentElement;
  const figure = element?.closest('.md-folded');
  if (figure) unfold(figure);
}

/** Unfolds the code of a reply in which something is found, or scrolled to, below the fold. */
export function revealFound(root: HTMLElement): void {
  root.addEventListener('beforematch', ({ target }) => target instanceof Node && reveal(target));
  const scrolled = ({ target }: Event): void => {
    if (target instanceof Element && target.scrollTop > 0) reveal(target);
  };
  // A scroll does not bubble.
  root.addEventListener('scroll', scrolled, { capture: true, passive: true });
}

function lineEnds(text: string): number {
  let count = 0;
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) count++;
  return count;
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
