// Which way a text runs, by its first letter: what `dir="auto"` says, said by the app. An engine looks through
// what is around and below such an element whenever something comes: WebKit took seconds to insert a list or a
// table of a few hundred rows with it, and takes some twenty milliseconds without.

const LETTER = /\p{L}/u;

const FROM_RIGHT = /[\p{Script=Hebrew}\p{Script=Arabic}\p{Script=Syriac}\p{Script=Thaana}\p{Script=Nko}\p{Script=Samaritan}\p{Script=Mandaic}\p{Script=Adlam}\p{Script=Hanifi_Rohingya}]/u;

/** What has a direction of its own by what it says. */
const DIRECTED = ':is(p, h1, h2, h3, h4, h5, h6, li, .md-table)[dir]';

/** What says nothing of it: what has its own, and what is drawn later than it is written. */
const ASIDE = '[dir], .math, .md-image';

/** Texts that are looked at: a table of numbers is not read to its end with each row that comes. */
const MOST = 64;

/** Gives `element` the direction of the first letter in it; without one, from left to right. */
export function direct<E extends HTMLElement>(element: E): E {
  const texts = document.createTreeWalker(element, NodeFilter.SHOW_ELEMENT | NodeFilter.SHOW_TEXT, (node) => {
    if (node instanceof Text) return NodeFilter.FILTER_ACCEPT;
    return (node as Element).matches(ASIDE) ? NodeFilter.FILTER_REJECT : NodeFilter.FILTER_SKIP;
  });
  let direction = 'ltr';
  for (let count = 0; count < MOST && texts.nextNode(); count++) {
    const letter = LETTER.exec((texts.currentNode as Text).data)?.[0];
    if (letter === undefined) continue;
    if (FROM_RIGHT.test(letter)) direction = 'rtl';
    break;
  }
  if (element.dir !== direction) element.dir = direction;
  return element;
}

/** Something in `node` has changed: what it stands in may run the other way now. */
export function directAround(node: Node): void {
  let element = (node instanceof Element ? node : node.parentElement)?.closest<HTMLElement>(DIRECTED);
  while (element) {
    direct(element);
    element = element.parentElement?.closest<HTMLElement>(DIRECTED);
  }
}
