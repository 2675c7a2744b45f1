// Which way a text runs, by its first letter: what `dir="auto"` says, said by the app, and only of what runs from
// right to left. An engine looks through what is below an element with a direction of its own whenever something
// comes to it: WebKit took seconds to insert a list or a table of a few hundred rows, and a fifth longer for every
// reply.

const LETTER = /\p{L}/u;

const FROM_RIGHT = /[\p{Script=Hebrew}\p{Script=Arabic}\p{Script=Syriac}\p{Script=Thaana}\p{Script=Nko}\p{Script=Samaritan}\p{Script=Mandaic}\p{Script=Adlam}\p{Script=Hanifi_Rohingya}]/u;

/** What has a direction of its own by what it says. */
const directed = new WeakSet<Element>();

/** What says nothing of it, for it is drawn later than it is written. */
const ASIDE = '.math, .md-image';

/** Texts that are looked at: a table of numbers is not read to its end with each row that comes. */
const MOST = 64;

/** Gives `element` the direction of the first letter in it; without one, from left to right. */
export function direct<E extends HTMLElement>(element: E): E {
  directed.add(element);
  const texts = document.createTreeWalker(element, NodeFilter.SHOW_ELEMENT | NodeFilter.SHOW_TEXT, (node) => {
    if (node instanceof Text) return NodeFilter.FILTER_ACCEPT;
    const isAside = directed.has(node as Element) || (node as Element).matches(ASIDE);
    return isAside ? NodeFilter.FILTER_REJECT : NodeFilter.FILTER_SKIP;
  });
  let fromRight = false;
  for (let count = 0; count < MOST && texts.nextNode(); count++) {
    const letter = LETTER.exec((texts.currentNode as Text).data)?.[0];
    if (letter === undefined) continue;
    fromRight = FROM_RIGHT.test(letter);
    break;
  }
  if (fromRight) element.dir = 'rtl';
  else if (element.dir !== '') element.removeAttribute('dir');
  return element;
}

/** Something in `node` has changed: what it stands in may run the other way now. */
export function directAround(node: Node): void {
  for (let element = node instanceof Element ? node : node.parentElement; element; element = element.parentElement) {
    if (directed.has(element)) direct(element as HTMLElement);
  }
}
