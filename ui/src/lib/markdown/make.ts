// Elements, made and filled.

export function make(tag: string, className?: string): HTMLElement {
  const element = document.createElement(tag);
  if (className) element.className = className;
  return element;
}

export function fill<E extends Node>(element: E, children: Iterable<Node>): E {
  for (const child of children) element.appendChild(child);
  return element;
}

/** Appends to what may be shown: in one step, for an engine does much with each. */
export function extend(element: Node, children: Node[]): void {
  if (children.length > 1) element.appendChild(fill(document.createDocumentFragment(), children));
  else fill(element, children);
}

/** Something wider than the column scrolls by itself, by keyboard too. */
export function scrollable(element: HTMLElement, name: string): HTMLElement {
  element.tabIndex = 0;
  // A group, not a region: a reply may hold many, and a landmark's name has to be its own.
  element.setAttribute('role', 'group');
  element.setAttribute('aria-label', name);
  return element;
}
