// Where the children of a node of the tree are among the nodes of the document: the tree counts blocks,
// items and texts, the document also has sections, headers and wrappers.

/** Blocks in one section. A section that is drawn at once costs no layout out of sight (`content-visibility`). */
export const SECTION = 64;

/** The children of one node. */
export interface Parent {
  count(): number;
  /** The node of the child with this index. */
  child(index: number): Node | undefined;
  append(child: Node): void;
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
    return this.element.childNodes[index];
  }

  append(child: Node): void {
    this.element.appendChild(child);
  }

  pop(): void {
    this.element.lastChild?.remove();
  }
}

/** The root: blocks in sections. */
export class Sections implements Parent {
  constructor(readonly root: HTMLElement) {}

  count(): number {
    const last = this.root.lastElementChild;
    return last ? (this.root.childElementCount - 1) * SECTION + last.childNodes.length : 0;
  }

  child(index: number): Node | undefined {
    return this.root.children[Math.floor(index / SECTION)]?.childNodes[index % SECTION];
  }

  append(child: Node): void {
    let last = this.root.lastElementChild;
    if (!last || last.childNodes.length >= SECTION) {
      last = document.createElement('section');
      last.className = 'md-section';
      this.root.appendChild(last);
    }
    last.appendChild(child);
  }

  pop(): void {
    const last = this.root.lastElementChild;
    last?.lastChild?.remove();
    if (last && !last.firstChild) last.remove();
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
