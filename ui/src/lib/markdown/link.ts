// Links. The view opens them, in the browser; the window itself never goes anywhere.

/**
 * A link. Its title shows where it leads, whatever its text claims: as the browser will read it, so that a
 * host in look-alike letters of another script stands there as what it is (`xn--…`).
 */
export function makeLink(href: string): HTMLAnchorElement {
  const element = document.createElement('a');
  element.href = href;
  element.title = element.href;
  element.rel = 'noreferrer noopener';
  return element;
}
