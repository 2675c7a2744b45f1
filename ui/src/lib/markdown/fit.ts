// Code and tables wider than the column scroll by themselves. What scrolls is a layer to an engine, and each
// layer costs with every layout and every scroll of all that is around it, seen or not: what fits does without.

/** It fits: the style sheet lets it be an ordinary box. */
const FITS = 'md-fits';

/** The box of a node, a code's or a table's, that scrolls if it has to. */
export function boxOf(node: Node): Element | undefined {
  if (!(node instanceof Element)) return undefined;
  if (node.nodeName === 'FIGURE') return node.querySelector(':scope > pre') ?? undefined;
  return node.classList.contains('md-table') ? node : undefined;
}

/** Made when the first one is looked at. */
let observer: ResizeObserver | undefined;

/**
 * Looks whether `box` fits, once it has been laid out and before it is painted, and from then on whenever its
 * size changes. What becomes wider inside it does not change its size: say so by calling this again.
 */
export function lookAgain(box: Element): void {
  observer ??= new ResizeObserver((entries) => {
    // All are asked before one is changed: asking after a change lays out anew.
    const fit = entries.map(({ target }) => target.clientWidth > 0 && target.scrollWidth <= target.clientWidth);
    entries.forEach(({ target }, index) => target.classList.toggle(FITS, fit[index]));
  });
  observer.unobserve(box);
  observer.observe(box);
}
