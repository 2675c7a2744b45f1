// Code, tables and formulas wider than the column scroll by themselves. What scrolls is a layer to an engine, and
// each layer costs with every layout and every scroll of all that is around it, seen or not: what fits does without.

/** It fits: the style sheet lets it be an ordinary box. */
const FITS = 'md-fits';

/** The box of a node, a code's or a table's, that scrolls if it has to. */
export function boxOf(node: Node): Element | undefined {
  // By name first, for this is asked of whatever changes.
  switch (node.nodeName) {
    case 'FIGURE':
      return (node as Element).querySelector(':scope > pre') ?? undefined;
    case 'DIV':
      return (node as Element).classList.contains('md-table') ? (node as Element) : undefined;
    default:
      return undefined;
  }
}

/** Made when the first box is finished. */
let observer: ResizeObserver | undefined;

/**
 * The box has what it will have: whether that fits is seen when it has been laid out, before it is painted, and
 * again whenever the box has another size.
 */
export function finish(box: Element): void {
  observer ??= new ResizeObserver((entries) => {
    // All are asked before one is changed: asking after a change lays out anew.
    const fit = entries.map(({ target }) => target.clientWidth > 0 && target.scrollWidth <= target.clientWidth);
    entries.forEach(({ target }, index) => target.classList.toggle(FITS, fit[index]));
  });
  observer.observe(box);
}

/** The box gets more: what that needs is not known as long as it grows, so that it may scroll. */
export function grow(box: Element): void {
  observer?.unobserve(box);
  box.classList.remove(FITS);
}
