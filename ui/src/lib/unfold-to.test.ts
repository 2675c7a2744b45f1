import { beforeEach, expect, test } from 'vitest';
import { occurrence } from './unfold-to';

let message: HTMLElement;

/** A fold with this text in it, of a reply or of a tool. */
function fold(text: string, open: boolean): HTMLDetailsElement {
  const details = document.createElement('details');
  details.open = open;
  details.append(part(text));
  return details;
}

function part(text: string): HTMLElement {
  const element = document.createElement('div');
  element.className = 'md';
  const paragraph = document.createElement('p');
  paragraph.textContent = text;
  element.append(paragraph);
  return element;
}

beforeEach(() => {
  message = document.createElement('article');
  document.body.replaceChildren(message);
});

const textAt = (range: Range | null) => range?.startContainer.textContent;

test('the reply’s own text counts before an open fold', async () => {
  message.append(fold('rain in thought', true), part('rain in words'), part('more rain'));
  expect(textAt(await occurrence(message, 'rain', 0, 2))).toBe('rain in words');
  expect(textAt(await occurrence(message, 'rain', 1, 2))).toBe('more rain');
});

test('a fold opens when the words are nowhere else, and one without them stays closed', async () => {
  message.append(fold('nothing', false), fold('rain in thought', false), part('words'));
  expect(textAt(await occurrence(message, 'rain', 0, 1))).toBe('rain in thought');
  expect(Array.from(message.querySelectorAll('details'), ({ open }) => open)).toEqual([false, true]);
});

test('where there are fewer than the app counted, the last one is gone to', async () => {
  message.append(part('rain'));
  expect(textAt(await occurrence(message, 'rain', 7, 9))).toBe('rain');
  expect(await occurrence(message, 'snow', 0, 1)).toBeNull();
});
