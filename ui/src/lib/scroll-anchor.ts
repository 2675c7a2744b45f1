// Keeps what is read where it is while things above it change their size: pages that are prepended, pictures
// and formulas that come late, folds, guesses of a size that become real.

/** How things are laid out in the scrolling content, in pixels from the content's own top. */
export interface Layout<Node> {
  /** What is in view. */
  view(): Edges;
  /** Where something is; `null` when it is not there any more. */
  edges(node: Node): Edges | null;
  /** What it consists of, from top to bottom. */
  children(node: Node): ArrayLike<Node>;
}

export interface Edges {
  top: number;
  bottom: number;
}

/** Levels one descends to find what is at the top of the view. */
const DEPTH = 16;

/**
 * Remembers the first thing that is whole in view, and says how far it has moved in the content. As it is
 * measured from the content's top, scrolling alone moves nothing.
 */
export class ScrollAnchor<Node> {
  #layout: Layout<Node>;
  /** The best one last: when it is gone, the one before it does. */
  #held: { node: Node; top: number }[] = [];

  constructor(layout: Layout<Node>) {
    this.#layout = layout;
  }

  /** Remembers what is at the top of the view, among `nodes` from top to bottom. */
  hold(nodes: ArrayLike<Node>): void {
    this.#held = [];
    this.#look(nodes, this.#layout.view(), DEPTH);
  }

  /** How far what is held has moved since, downwards. */
  drift(): number {
    const best = this.#best();
    return best ? best.edges.top - best.top : 0;
  }

  /** The view has gone with it: where it is now is its place. */
  settled(): void {
    this.#held = this.#held.flatMap(({ node }) => {
      const edges = this.#layout.edges(node);
      return edges ? [{ node, top: edges.top }] : [];
    });
  }

  /** What is held is in view still. */
  get inView(): boolean {
    const best = this.#best();
    const view = this.#layout.view();
    return best !== null && best.edges.bottom > view.top && best.edges.top < view.bottom;
  }

  /** Of what is held, the best that is there. */
  #best(): { top: number; edges: Edges } | null {
    for (const { node, top } of this.#held.toReversed()) {
      const edges = this.#layout.edges(node);
      if (edges) return { top, edges };
    }
    return null;
  }

  /** Looks for the first that is whole in view; what is cut on the way is second best. */
  #look(nodes: ArrayLike<Node>, view: Edges, depth: number): boolean {
    for (let index = 0; index < nodes.length; index++) {
      const node = nodes[index]!;
      const edges = this.#layout.edges(node);
      if (!edges || edges.bottom <= view.top || edges.bottom <= edges.top) continue;
      if (edges.top >= view.bottom) return false;
      this.#held.push({ node, top: edges.top });
      if (edges.top >= view.top) return true;
      if (depth > 0 && this.#look(this.#layout.children(node), view, depth - 1)) return true;
    }
    return false;
  }
}

/** Frames in which an engine may still go on with a scroll that it had begun. */
const UNDER_WAY = 12;

/**
 * Notices that the engine has undone a movement of the view. A turn of the wheel is animated away from the main
 * thread: when messages are put above it and the view is moved with them, an animation under way may go on from
 * where it had begun, and what is read is gone.
 */
export class Movement {
  #from = 0;
  #to = 0;
  #frames = 0;
  /** Frames in which the last turn of the wheel may still be under way. */
  #turning = 0;

  /** The wheel was turned. */
  turned(): void {
    this.#turning = UNDER_WAY;
  }

  /** The view was moved. Unless the wheel turns, nothing undoes that but the user. */
  made(from: number, to: number): void {
    if (this.#turning === 0) return;
    // One movement on another is one from where the first began.
    if (this.#frames === 0) this.#from = from;
    this.#to = to;
    this.#frames = UNDER_WAY;
  }

  /** A frame went by. */
  aged(): void {
    if (this.#frames > 0) this.#frames--;
    if (this.#turning > 0) this.#turning--;
  }

  /** The user went elsewhere. */
  forget(): void {
    this.#frames = 0;
  }

  /**
   * The view scrolled to `top`: by how much it has to be moved again, 0 if it has not been undone. One that is
   * not larger than a view is `high` cannot be told from the user's own scrolling.
   */
  undone(top: number, high: number): number {
    const by = this.#to - this.#from;
    if (this.#frames === 0 || Math.abs(by) < high || Math.abs(top - this.#from) >= Math.abs(top - this.#to)) return 0;
    this.#frames = 0;
    return by;
  }
}

/** The layout of the elements in a scrolling element. */
export function layoutOf(scroller: HTMLElement): Layout<Element> {
  return {
    view: () => ({ top: scroller.scrollTop, bottom: scroller.scrollTop + scroller.clientHeight }),
    edges: (element) => {
      if (!element.isConnected) return null;
      const { top, bottom } = element.getBoundingClientRect();
      const origin = scroller.getBoundingClientRect().top - scroller.scrollTop;
      return { top: top - origin, bottom: bottom - origin };
    },
    children: (element) => element.children,
  };
}

/** Whether the engine does all this by itself. */
export const engineAnchors = (): boolean => typeof CSS !== 'undefined' && CSS.supports('overflow-anchor', 'auto');
