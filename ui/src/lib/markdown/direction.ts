// Which way a text runs, by its first letter: what `dir="auto"` says, said by the app, and only of what runs from
// right to left. An engine looks through what is below an element with a direction of its own whenever something
// comes to it: WebKit took seconds to insert a list or a table of a few hundred rows, and a fifth longer for every
// reply.

const LETTER = /\p{L}/u;

const FROM_RIGHT = /[\p{Script=Hebrew}\p{Script=Arabic}\p{Script=Syriac}\p{Script=Thaana}\p{Script=Nko}\p{Script=Samaritan}\p{Script=Mandaic}\p{Script=Adlam}\p{Script=Hanifi_Rohingya}]/u;

/** What has a direction of its own by what it says, and the text with its first letter, if one has come. */
const directed = new WeakMap<Element, Text | undefined>();

/** What says nothing of it, for it is drawn later than it is written. */
const ASIDE = '.math, .md-image';

/** Texts that are looked at: a table of numbers is not read to its end with each row that comes. */
const MOST = 64;

/** Something has been given the direction from right to left since this was asked last. */
let turned = false;

/** Gives `element` the direction of the first letter in it; without one, from left to right. */
export function direct<E extends HTMLElement>(element: E): E {
  const first = firstWithLetter(element);
  directed.set(element, first);
  if (first && runsFromRight(first)) {
    element.dir = 'rtl';
    turned = true;
  } else if (element.hasAttribute('dir')) element.removeAttribute('dir');
  return element;
}

/** A text that grew last, if all it stands in has its first letter before it. */
let behind: Text | undefined;

/** Something in `node` has changed: what it stands in, up to `root`, may run the other way now. */
export function directAround(node: Node, root: Element): void {
  // It grows again, and nothing else has changed since.
  if (node === behind) return;
  let isBehind = node instanceof Text;
  for (let element = node instanceof Element ? node : node.parentElement; element && element !== root; element = element.parentElement) {
    if (!directed.has(element) || isSettled(element, node)) continue;
    direct(element as HTMLElement);
    isBehind = false;
  }
  behind = isBehind ? (node as Text) : undefined;
}

/** What comes to a node comes behind what it has, so that most changes are behind the first letter. */
function isSettled(element: Element, changed: Node): boolean {
  const first = directed.get(element);
  if (!first || first === changed || !element.contains(first)) return false;
  const isBefore = changed.compareDocumentPosition(first) & (Node.DOCUMENT_POSITION_FOLLOWING | Node.DOCUMENT_POSITION_CONTAINED_BY);
  return isBefore !== Node.DOCUMENT_POSITION_FOLLOWING;
}

function firstWithLetter(element: Element): Text | undefined {
  // Nearly always it is the very first text.
  let start = element.firstChild;
  while (start instanceof Element && start.className === '' && !directed.has(start)) start = start.firstChild;
  if (start instanceof Text && LETTER.test(start.data)) return start;
  const texts = document.createTreeWalker(element, NodeFilter.SHOW_ELEMENT | NodeFilter.SHOW_TEXT, (node) => {
    if (node instanceof Text) return NodeFilter.FILTER_ACCEPT;
    const isAside = directed.has(node as Element) || (node as Element).matches(ASIDE);
    return isAside ? NodeFilter.FILTER_REJECT : NodeFilter.FILTER_SKIP;
  });
  for (let count = 0; count < MOST && texts.nextNode(); count++) {
    const text = texts.currentNode as Text;
    if (LETTER.test(text.data)) return text;
  }
  return undefined;
}

function runsFromRight({ data }: Text): boolean {
  // Most texts begin so.
  if (/^[A-Za-z]/.test(data)) return false;
  const [letter = ''] = LETTER.exec(data) ?? [];
  return FROM_RIGHT.test(letter);
}

/** Something became from right to left since this was called last. */
export function hasTurned(): boolean {
  const has = turned;
  turned = false;
  return has;
}

/**
 * A reply that begins from right to left is on that side, whole; so is each quote and each alert by its own first
 * paragraph. For replies that have both directions: the style sheet does nothing for it in the others.
 */
export function leadBlocks(root: HTMLElement): void {
  root.classList.add('md-both');
  const first = root.firstElementChild?.firstElementChild;
  const begins = first?.nodeName === 'UL' || first?.nodeName === 'OL' ? first.firstElementChild : first;
  root.classList.toggle('md-from-right', isFromRight(begins));
  for (const quote of root.querySelectorAll('blockquote, .md-alert')) {
    const paragraph = (quote.nodeName === 'BLOCKQUOTE' ? quote : quote.lastElementChild)?.firstElementChild;
    const leads = paragraph?.nodeName === 'P';
    quote.classList.toggle('md-from-right', leads && isFromRight(paragraph));
    quote.classList.toggle('md-from-left', leads && !isFromRight(paragraph));
  }
}

function isFromRight(element: Element | null | undefined): boolean {
  return element instanceof HTMLElement && element.dir === 'rtl';
}
