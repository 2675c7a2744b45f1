import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { FakeBackend } from '../../../dev/fake-backend';
import { SAME_EXCHANGE } from '../quick-session';
import { QuickAsk } from './quick-ask.svelte';

let backend: FakeBackend;
let quick: QuickAsk;
const focus = vi.fn<(atEnd: boolean) => void>();

beforeEach(async () => {
  vi.useFakeTimers();
  location.hash = '';
  localStorage.clear();
  focus.mockClear();
  backend = new FakeBackend();
  quick = new QuickAsk(backend, { focus });
  await quick.start();
});

afterEach(() => vi.useRealTimers());

async function answered(text = 'Why?'): Promise<string> {
  quick.composer.text = text;
  await quick.ask();
  const kept = backend.kept.get(quick.conversation.id!)!;
  backend.finish(kept, 'complete');
  return kept.summary.id;
}

test('an exchange that is over is gone before quick ask is shown: nothing old flashes up', async () => {
  await answered();
  backend.emit('quick_hidden', null);
  await vi.advanceTimersByTimeAsync(SAME_EXCHANGE - 1000);
  expect(quick.conversation.messages).not.toEqual([]);
  await vi.advanceTimersByTimeAsync(3000);
  expect(quick.conversation.messages).toEqual([]);
  expect(quick.canContinueLast).toBe(true);
});

test('what is shown does not end by itself', async () => {
  const id = await answered();
  backend.emit('quick_hidden', null);
  await vi.advanceTimersByTimeAsync(SAME_EXCHANGE / 2);
  backend.emit('quick_shown', { text: null });
  await vi.advanceTimersByTimeAsync(SAME_EXCHANGE * 3);
  expect(quick.conversation.id).toBe(id);
});

test('a reply that runs while nobody looks is left alone', async () => {
  quick.composer.text = 'Why?';
  await quick.ask();
  backend.emit('quick_hidden', null);
  await vi.advanceTimersByTimeAsync(SAME_EXCHANGE * 3);
  expect(quick.conversation.running).toBe(true);
});

test('the keys go to the field when it is hidden, for the first of the next time', () => {
  backend.emit('quick_hidden', null);
  expect(focus).toHaveBeenCalledExactlyOnceWith(false);
});

test('a question that begins a chat makes what was before it no longer the last', async () => {
  await answered('One');
  quick.startFresh();
  expect(quick.canContinueLast).toBe(true);
  const second = await answered('Two');
  quick.startFresh();
  await quick.continueLast();
  expect(quick.conversation.id).toBe(second);
});

test('a page that is loaded anew comes back to the exchange it showed', async () => {
  const id = await answered();
  const again = new QuickAsk(backend, { focus });
  await again.start();
  expect(again.conversation.id).toBe(id);
});

test('after a restart it starts fresh, and offers to go on with the last', async () => {
  const id = await answered();
  location.hash = '';
  const again = new QuickAsk(backend, { focus });
  await again.start();
  expect(again.conversation.id).toBe(null);
  expect(again.canContinueLast).toBe(true);
  await again.continueLast();
  expect(again.conversation.id).toBe(id);
});

test('the last conversation, when it is gone, is said to be and offered no more', async () => {
  const id = await answered();
  location.hash = '';
  const again = new QuickAsk(backend, { focus });
  await again.start();
  backend.kept.delete(id);
  await again.continueLast();
  expect(again.conversation.id).toBe(null);
  expect(again.conversation.problem).not.toBe(null);
  expect(again.canContinueLast).toBe(false);
});

test('text from the command line waits for the draft, and comes after it', async () => {
  backend.newDraft = 'draft';
  let answer = (): void => {};
  backend.draft = () => new Promise((resolve) => (answer = () => resolve('draft')));
  const early = new QuickAsk(backend, { focus });
  const starting = early.start();
  await vi.advanceTimersByTimeAsync(0);
  backend.emit('quick_shown', { text: 'from the shell' });
  answer();
  await starting;
  await vi.advanceTimersByTimeAsync(0);
  expect(early.composer.text).toBe('draft\n\nfrom the shell');
  expect(focus).toHaveBeenLastCalledWith(true);
});
