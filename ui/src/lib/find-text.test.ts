import { beforeEach, expect, test } from 'vitest';
import { fold, rangesOf, rangesOfAny } from './find-text';

let root: HTMLElement;

/** Builds elements from `tag.class` and what is in them. */
function make(name: string, ...children: (Node | string)[]): HTMLElement {
  const [tag, ...classes] = name.split('.');
  const element = document.createElement(tag!);
  element.className = classes.join(' ');
  element.append(...children);
  return element;
}

beforeEach(() => {
  root = make('article');
  document.body.replaceChildren(root);
});

const texts = (words: string) => rangesOf(root, words).map((range) => range.toString());

test('words are found without regard to case and diacritics, as they are written', () => {
  root.append(make('div.md', make('p', 'Café, CAFE and cafe\u0301; Straße')));
  expect(texts('cafe')).toEqual(['Café', 'CAFE', 'cafe\u0301'].map((text) => text));
  expect(texts('ÉTÉ')).toEqual([]);
  expect(texts('straße')).toEqual(['Straße']);
});

test('a word goes on through marks inside a paragraph, and not into the next one', () => {
  root.append(make('div.md', make('p', 'un', make('strong', 'believ'), 'able'), make('p', 'rain'), make('p', 'bow')));
  expect(texts('unbelievable')).toEqual(['unbelievable']);
  expect(texts('rainbow')).toEqual([]);
});

test('buttons and headers are no text, and neither is what is outside of a message’s words', () => {
  root.append(
    make('div.md', make('figure', make('figcaption', 'copy'), make('pre', make('code', 'copy('), make('code', 'it)')))),
    make('div.actions', make('button', 'copy')),
  );
  expect(texts('copy')).toEqual(['copy']);
  expect(texts('copy(it)')).toEqual(['copy(it)']);
});

test('one’s own words are found', () => {
  root.append(make('div.bubble', make('div.text', 'Is it wet?')));
  expect(texts('IT WET')).toEqual(['it wet']);
});

test('places are right after letters that have no fold of their own length', () => {
  expect(fold('İx').at.at(-1)).toBe(2);
  root.append(make('div.md', make('p', '👩‍🚀 İstanbul, ﬁne')));
  expect(texts('istanbul')).toEqual(['İstanbul']);
});

test('white space is one space, and a stroke is no other letter', () => {
  root.append(make('div.md', make('p', 'wet\n  rain in Łódź')));
  expect(texts('wet rain')).toEqual(['wet\n  rain']);
  expect(texts('lodz')).toEqual(['Łódź']);
});

test('marks that make another letter stay', () => {
  root.append(make('div.md', make('p', 'がか 한국')));
  expect(texts('か')).toEqual(['か']);
  expect(texts('한')).toEqual(['한']);
});

test('blanks alone find nothing', () => {
  root.append(make('div.md', make('p', 'a b')));
  expect(texts(' ')).toEqual([]);
  expect(texts('')).toEqual([]);
});

test('of a search, the words together are shown, or else each of them', () => {
  root.append(make('div.md', make('p', 'wet rain, then rain')));
  expect(rangesOfAny(root, 'wet rain').map(String)).toEqual(['wet rain']);
  expect(rangesOfAny(root, 'rain wet').map(String)).toEqual(['wet', 'rain', 'rain']);
});
