// Which way a text runs, by its first letter: what `dir="auto"` says, for whatever is too large to say it. Each
// time something comes below such an element an engine may go through all there is: WebKit took three seconds
// to insert a table of 400 rows that has it, and twenty milliseconds for one that has not.

const LETTER = /\p{L}/u;

const FROM_RIGHT = /[\p{Script=Hebrew}\p{Script=Arabic}\p{Script=Syriac}\p{Script=Thaana}\p{Script=Nko}\p{Script=Samaritan}\p{Script=Mandaic}\p{Script=Adlam}\p{Script=Hanifi_Rohingya}]/u;

/** Texts that are looked at: a table of numbers is not read to its end with each row that comes. */
const MOST = 64;

/** Gives `element` the direction of the first letter in it; without one, from left to right. */
export function direct(element: HTMLElement): void {
  const texts = document.createTreeWalker(element, NodeFilter.SHOW_TEXT);
  let direction = 'ltr';
  for (let count = 0; count < MOST && texts.nextNode(); count++) {
    const letter = LETTER.exec((texts.currentNode as Text).data)?.[0];
    if (letter === undefined) continue;
    if (FROM_RIGHT.test(letter)) direction = 'rtl';
    break;
  }
  if (element.dir !== direction) element.dir = direction;
}
