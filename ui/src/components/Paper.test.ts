import '../../dev/jsdom';
import { fireEvent, render, screen, waitFor } from '@testing-library/svelte';
import { beforeEach, expect, test, vi } from 'vitest';
import { FakeBackend, PAGE, reply, userMessage, type Kept } from '../../dev/fake-backend';
import App from '../App.svelte';
import { MOST_CHARACTERS } from '../lib/state/paper.svelte';

let backend: FakeBackend;
let print: ReturnType<typeof vi.fn<() => void>>;
const many = (count: number) => Array.from({ length: count }, (_, index) => (index % 2 ? reply(`Answer ${index}`) : userMessage(`Question ${index}`)));
const paper = () => document.querySelector('.paper');
const button = (name: string) => screen.findByRole('button', { name });

beforeEach(() => {
  location.hash = '';
  backend = new FakeBackend();
  print = vi.fn<() => void>();
  vi.stubGlobal('print', print);
});

/** More than is printed at once, by what its first message says of its length. */
function tooLong(): Kept {
  const giant = userMessage('Question', { parts: [{ type: 'plain', text: 'Question', length: MOST_CHARACTERS }] });
  return backend.add('Rain', [giant, reply('Answer'), userMessage('Thank you')]);
}

async function open(kept: Kept): Promise<void> {
  location.hash = `#/c/${kept.summary.id}`;
  render(App, { backend });
  await screen.findAllByRole('article');
}

const pressPrint = () => fireEvent.keyDown(document.body, { key: 'p', ctrlKey: true });

test('Ctrl+P prints the whole conversation under its title, not only what is at hand', async () => {
  const kept = backend.add('Rain', many(2 * PAGE + 4));
  await open(kept);
  await pressPrint();
  await waitFor(() => expect(print).toHaveBeenCalledTimes(1));
  expect(paper()?.querySelector('h1')?.textContent).toBe('Rain');
  expect(paper()?.querySelectorAll('article')).toHaveLength(kept.messages.length);
  expect(paper()?.textContent).toContain('Question 0');
});

test('nothing of it is on screen', async () => {
  await open(backend.add('Rain', many(4)));
  await pressPrint();
  await waitFor(() => expect(print).toHaveBeenCalled());
  expect(screen.getAllByRole('article')).toHaveLength(4);
});

test('long messages are whole, and have no buttons', async () => {
  const long = 'A line of it.\n'.repeat(200);
  await open(backend.add('Rain', [userMessage(long), reply('Short.')]));
  await pressPrint();
  await waitFor(() => expect(print).toHaveBeenCalled());
  expect(paper()?.querySelector('.folded')).toBeNull();
  expect(paper()?.querySelector('.bubble')?.textContent).toContain(long.trim());
  expect(paper()?.querySelector('[aria-label="Retry"]')).toBeNull();
});

test('a part of a conversation is printed only when the user says so, and the paper says which part', async () => {
  await open(tooLong());
  await pressPrint();
  await fireEvent.click(await button('Print this part'));
  await waitFor(() => expect(print).toHaveBeenCalledTimes(1));
  expect(paper()?.querySelector('.about')?.textContent).toContain('The last 2 of 3 messages');
});

test('a part of a conversation is not printed when the user thinks better of it', async () => {
  await open(tooLong());
  await pressPrint();
  await button('Print this part');
  await fireEvent.click(await button('Cancel'));
  expect(paper()).toBeNull();
  expect(print).not.toHaveBeenCalled();
});

test('what the printer draws stays until it has drawn it', async () => {
  await open(backend.add('Rain', many(4)));
  await pressPrint();
  await waitFor(() => expect(print).toHaveBeenCalled());
  await fireEvent(window, new Event('beforeprint'));
  await fireEvent.pointerDown(document.body);
  expect(paper()).not.toBeNull();
  await fireEvent(window, new Event('afterprint'));
  await waitFor(() => expect(paper()).toBeNull());
});

test('a dialog that was left without printing leaves nothing behind', async () => {
  await open(backend.add('Rain', many(4)));
  await pressPrint();
  await waitFor(() => expect(print).toHaveBeenCalled());
  await fireEvent.pointerDown(document.body);
  await waitFor(() => expect(paper()).toBeNull());
});

test('why a conversation could not be read is said at the composer, and nothing is printed', async () => {
  await open(backend.add('Rain', many(4)));
  backend.refusals.set('conversationPage', { code: 'failed', message: 'The conversations could not be read.' });
  await pressPrint();
  expect(await screen.findByText('The conversations could not be read.')).toBeTruthy();
  expect(print).not.toHaveBeenCalled();
});
