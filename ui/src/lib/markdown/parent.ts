// Where the children of a node of the tree are among the nodes of the document: the tree counts blocks,
// items, rows and texts, the document also has sections, headers and wrappers.

/** Blocks in one section. A section out of sight costs no layout (`content-visibility`). */
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
}

/** A table: its first row is the head, the others are the body. */
export class Rows implements Parent {
  constructor(
    readonly head: HTMLElement,
    readonly body: HTMLElement,
  ) {}

  count(): number {
    return this.head.childNodes.length + this.body.childNodes.length;
  }

  child(index: number): Node | undefined {
    return index === 0 ? this.head.childNodes[0] : this.body.childNodes[index - 1];
  }

  append(child: Node): void {
    (this.head.firstChild ? this.body : this.head).appendChild(child);
  }

  pop(): void {
    (this.body.lastChild ?? this.head.lastChild)?.remove();
  }
}

/** A row: cells that Rust leaves out at its end are there, empty, so that the row looks whole. */
export class Cells implements Parent {
  #count = 0;

  constructor(
    readonly row: HTMLElement,
    readonly columns: number,
  ) {
    this.#pad();
  }

  count(): number {
    return this.#count;
  }

  child(index: number): Node | undefined {
    return index < this.#count ? this.row.childNodes[index] : undefined;
  }

  append(child: Node): void {
    const empty = this.row.childNodes[this.#count++];
    if (empty) this.row.replaceChild(child, empty);
    else this.row.appendChild(child);
  }

  pop(): void {
    const last = this.row.childNodes[--this.#count];
    if (last) this.row.removeChild(last);
    this.#pad();
  }

  /** A table of thousands of columns is not worth looking whole. */
  #pad(): void {
    const columns = Math.min(this.columns, MAX_PADDED);
    while (this.row.childNodes.length < columns) this.row.appendChild(document.createElement('td'));
  }
}

/** Columns up to which rows are filled. */
const MAX_PADDED = 64;

const elsewhere = new WeakMap<Node, Parent>();

/** Says that the children of `node` are not simply its child nodes. */
export function childrenOf(node: Node, parent: Parent | Node): void {
  elsewhere.set(node, parent instanceof Node ? new Plain(parent) : parent);
}

export function parentOf(node: Node): Parent {
  return elsewhere.get(node) ?? new Plain(node);
}
