// A reply as the window shows it. Rust reads the Markdown and says what to do; this does it, and touches
// nothing it is not told to touch.
import type { Block } from '../bindings/Block';
import type { Op } from '../bindings/Op';
import type { Patch } from '../bindings/Patch';
// In this order: what is common first.
import './markdown.css';
import './code.css';
import './table.css';
import { copyCode, fold, makeChunk, makeToken, revealFound, toggleWrap, unfold } from './code';
import { directAround, hasTurned, leadBlocks } from './direction';
import { heightOf } from './estimate';
import { boxOf, finish, grow } from './fit';
import { followNote } from './footnote';
import { answerImages, type LoadImage } from './image';
import { LoadedImages } from './loaded-images';
import { makeBlock, makeInline, makeItem, setLoose } from './nodes';
import { Sections, childOf, parentOf, type Parent } from './parent';
import { makeCell, makeRow } from './table';

/** What a reply can ask of the app. */
export interface MarkdownActions {
  openLink(url: string): void;
  /** May answer with a promise: `Copied` is said when it is kept. */
  copyText(text: string): void | Promise<void>;
  loadImage: LoadImage;
}

export class MarkdownView {
  readonly #root: HTMLElement;
  readonly #blocks: Sections;
  readonly #actions: MarkdownActions;
  /** The node that was changed last: its indices, and the nodes from the root's child to it. The next change is often there. */
  #at: number[] = [];
  #way: Node[] = [];
  /** The code or table that grows. */
  #growing: Element | undefined;
  /** Something in it runs from right to left. */
  #isBoth = false;

  /** `loaded`: the pictures that replies have shown, this one and others. */
  constructor(root: HTMLElement, actions: MarkdownActions, loaded = new LoadedImages()) {
    this.#root = root;
    this.#blocks = new Sections(root);
    this.#actions = actions;
    root.classList.add('md');
    // One listener for all there is and all that will come. `auxclick`: the middle button opens links, too.
    root.addEventListener('click', (event) => this.#click(event));
    root.addEventListener('auxclick', (event) => this.#click(event));
    revealFound(root);
    answerImages(root, (address) => actions.loadImage(address), loaded);
  }

  /** Shows these blocks and nothing else. */
  set(blocks: Block[]): void {
    this.#blocks.clear();
    this.#forget(0);
    this.#growing = undefined;
    this.#blocks.append(blocks.map((block) => makeBlock(block)));
    this.#blocks.sleep(blocks.map(heightOf));
    for (const code of this.#root.querySelectorAll<HTMLElement>('.md-code')) fold(code);
    this.#lead();
  }

  /** Does what the patch says. What it says of a node that is not there is skipped, as in Rust. */
  apply(patch: Patch): void {
    for (const op of patch) this.#do(op);
    this.#lead();
  }

  #lead(): void {
    // Asked first, for the answer is about this reply.
    this.#isBoth = hasTurned() || this.#isBoth;
    if (this.#isBoth) leadBlocks(this.#root);
  }

  #do(op: Op): void {
    const [name, at] = op;
    if (name === 'blocks' && at.length === 0) {
      this.#forget(0);
      this.#grow(undefined);
      splice(this.#blocks, op[2], op[3], (block) => makeBlock(block));
      return;
    }
    const node = this.#find(at);
    if (!node) return;
    switch (name) {
      case 'blocks': {
        const inItem = node.nodeName === 'LI';
        splice(parentOf(node), op[2], op[3], (block) => makeBlock(block, inItem));
        break;
      }
      case 'items':
        splice(parentOf(node), op[2], op[3], makeItem);
        break;
      case 'rows':
        splice(parentOf(node), op[2], op[3], (row, index) => makeRow(node, row, index));
        break;
      case 'cells': {
        const head = at.at(-1) === 0;
        splice(parentOf(node), op[2], op[3], (cell, index) => makeCell(node, cell, index, head));
        break;
      }
      case 'inlines':
        splice(parentOf(node), op[2], op[3], makeInline);
        break;
      case 'chunks':
        if (node instanceof Element) unfold(node);
        splice(parentOf(node), op[2], op[3], makeChunk);
        break;
      case 'tokens':
        if (node.parentElement?.parentElement) unfold(node.parentElement.parentElement);
        splice(parentOf(node), op[2], op[3], makeToken);
        break;
      case 'text':
        change(node, op[3], op[2]);
        break;
      case 'loose':
        if (node instanceof Element) setLoose(node, op[2]);
        break;
    }
    directAround(node, this.#root);
  }

  /** The node with these indices. What is below it, in `#way`, is forgotten: it is about to change. */
  #find(at: number[]): Node | undefined {
    let depth = 0;
    while (depth < at.length && at[depth] === this.#at[depth]) depth++;
    if (depth < this.#at.length) this.#forget(depth);
    // Nothing new on the way: what grows is what grew.
    if (depth === at.length) return this.#way[depth - 1];
    for (; depth < at.length; depth++) {
      const above = this.#way[depth - 1];
      const node = above ? childOf(above, at[depth]!) : this.#blocks.child(at[depth]!);
      if (!node) return undefined;
      this.#at.push(at[depth]!);
      this.#way.push(node);
    }
    let box: Element | undefined;
    for (const node of this.#way) box = boxOf(node) ?? box;
    this.#grow(box);
    return this.#way[depth - 1];
  }

  #grow(box: Element | undefined): void {
    if (box === this.#growing) return;
    if (this.#growing) finish(this.#growing);
    this.#growing = box;
    if (box) grow(box);
  }

  /** Forgets where the last change was, from this depth on. */
  #forget(depth: number): void {
    this.#at.length = depth;
    this.#way.length = depth;
  }

  #click(event: MouseEvent): void {
    if (!(event.target instanceof Element)) return;
    const link = event.target.closest('a[href]');
    if (link) {
      // The window never leaves its page, whatever happens to the link.
      event.preventDefault();
      if (event.button <= 1) this.#actions.openLink(link.getAttribute('href') ?? '');
      return;
    }
    const button = event.target.closest<HTMLElement>('button[class^="md-"]');
    if (!button || event.button !== 0) return;
    switch (button.className) {
      case 'md-copy':
        void copyCode(button, (text) => this.#actions.copyText(text));
        break;
      case 'md-wrap':
        toggleWrap(button);
        break;
      case 'md-unfold':
        this.#unfold(button);
        break;
      case 'md-ref':
      case 'md-footnote-label':
        followNote(this.#root, button);
        break;
    }
  }

  /** What had the focus goes away: its code takes it. */
  #unfold(button: Element): void {
    const figure = button.closest('figure');
    if (!figure) return;
    unfold(figure);
    figure.querySelector('pre')?.focus({ preventScroll: true });
  }
}

/** Keeps the first `keep` children and appends what is made of `add`. */
function splice<T>(parent: Parent, keep: number, add: T[], make: (node: T, index: number) => Node): void {
  let count = parent.count();
  for (; count > keep; count--) parent.pop();
  parent.append(add.map((node, index) => make(node, count + index)));
}

/** Cuts the text of a text node, or of a token, to `keep` UTF-16 units, and appends to it. */
function change(node: Node, keep: number | undefined, add: string): void {
  const text = node instanceof Text ? node : node.firstChild;
  if (!(text instanceof Text)) return;
  if (keep !== undefined) text.deleteData(Math.min(keep, text.length), text.length);
  text.appendData(add);
}
