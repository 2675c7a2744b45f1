// Where the children of a node of the tree are among the nodes of the document: the tree counts blocks,
// items and texts, the document also has sections, headers and wrappers.
import { extend, make } from './make';

/** Blocks in one section. A section that is drawn at once costs no layout out of sight (`content-visibility`). */
export const SECTION = 64;

/** The children of one node. */
export interface Parent {
  count(): number;
  /** The node of the child with this index. */
  child(index: number): Node | undefined;
  append(children: Node[]): void;
  /** Takes the last child away. There is one. */
  pop(): void;
}

/** The usual case: the children of an element are the children of the node. */
class Plain implements Parent {
  constructor(readonly element: Node) {}

  count(): number {
    return this.element.childNodes.length;
  }

  child(index: number): Node | undefined {
    return childAt(this.element, index);
  }

  append(children: Node[]): void {
    extend(this.element, children);
  }

  pop(): void {
    this.element.lastChild?.remove();
  }
}

/** Children up to which going from one to the next is less than the list that `childNodes` makes. */
const FEW = 8;

function childAt(element: Node, index: number): Node | undefined {
  if (index >= FEW) return element.childNodes[index];
  let child = element.firstChild;
  for (; child && index > 0; index--) child = child.nextSibling;
  return child ?? undefined;
}

/** The root: blocks in sections. */
export class Sections implements Parent {
  /** Kept, for an engine counts anew after every change. */
  #count = 0;

  constructor(readonly root: HTMLElement) {}

  count(): number {
    return this.#count;
  }

  child(index: number): Node | undefined {
    // Nearly always it is the one that grows.
    if (index === this.#count - 1) return this.root.lastElementChild?.lastChild ?? undefined;
    return this.root.children[Math.floor(index / SECTION)]?.childNodes[index % SECTION];
  }

  append(children: Node[]): void {
    for (const child of children) {
      if (this.#count++ % SECTION === 0) this.root.appendChild(make('section', 'md-section'));
      this.root.lastElementChild!.appendChild(child);
    }
  }

  pop(): void {
    const last = this.root.lastElementChild;
    last?.lastChild?.remove();
    if (--this.#count % SECTION === 0) last?.remove();
  }

  clear(): void {
    this.root.replaceChildren();
    this.#count = 0;
  }

  /**
   * Lets the sections there are sleep while nobody sees them. Says how high each block will be, in em,
   * roughly: that is how high a section is until it is seen.
   */
  sleep(heights: number[]): void {
    Array.from(this.root.children).forEach((section, index) => {
      const its = heights.slice(index * SECTION, (index + 1) * SECTION);
      const height = Math.round(its.reduce((total, height) => total + height, 0));
      section.classList.add('md-asleep');
      // On the style object, where the policy allows what it refuses in markup.
      if (section instanceof HTMLElement) section.style.setProperty('--md-height', `${height}em`);
    });
  }
}

/** Nodes whose children are not simply their child nodes. */
const parents = new WeakMap<Node, Parent>();

/** Says how the children of `node` are to be found. */
export function setParent(node: Node, parent: Parent): void {
  parents.set(node, parent);
}

/** Says that the children of `node` are in `element`. */
export function childrenOf(node: Node, element: Node): void {
  parents.set(node, new Plain(element));
}

export function parentOf(node: Node): Parent {
  return parents.get(node) ?? new Plain(node);
}

/** The child of `node` with this index. */
export function childOf(node: Node, index: number): Node | undefined {
  const parent = parents.get(node);
  return parent ? parent.child(index) : childAt(node, index);
}
