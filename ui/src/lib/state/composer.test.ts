import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { FakeBackend } from '../../../dev/fake-backend';
import { Composer, HUGE } from './composer.svelte';

let backend: FakeBackend;
let composer: Composer;
const saves = () => backend.calls.filter(([name]) => name === 'saveDraft').map(([, ...args]) => args);

beforeEach(() => {
  vi.useFakeTimers();
  backend = new FakeBackend();
  composer = new Composer(backend);
  composer.switchTo(null);
  composer.arrived(null, '');
});

afterEach(() => vi.useRealTimers());

test('what is typed is saved soon after, once', async () => {
  for (const text of ['H', 'He', 'Hello']) composer.text = text;
  expect(saves()).toEqual([]);
  await vi.advanceTimersByTimeAsync(500);
  expect(saves()).toEqual([[null, 'Hello']]);
  await vi.advanceTimersByTimeAsync(5000);
  expect(saves()).toHaveLength(1);
});

test('turning to another conversation saves at once and under the right one', async () => {
  const kept = backend.add('One', []);
  composer.text = 'for the new chat';
  composer.switchTo(kept.summary.id);
  await composer.flush();
  expect(saves()).toEqual([[null, 'for the new chat']]);
  expect(composer.text).toBe('');
  composer.arrived(kept.summary.id, 'its own draft');
  expect(composer.text).toBe('its own draft');
});

test('an older save never overtakes a newer one', async () => {
  const order: string[] = [];
  let release = (): void => {};
  backend.saveDraft = vi.fn(async (_conversation: string | null, text: string) => {
    order.push(`begin ${text}`);
    if (text === 'old') await new Promise<void>((resolve) => (release = resolve));
    order.push(`end ${text}`);
  });
  composer.text = 'old';
  void composer.flush();
  await vi.advanceTimersByTimeAsync(10);
  composer.text = 'new';
  const saved = composer.flush();
  await vi.advanceTimersByTimeAsync(10);
  release();
  await saved;
  expect(order).toEqual(['begin old', 'end old', 'begin new', 'end new']);
});

test('what is typed before the draft arrives is kept after it', async () => {
  composer.switchTo('c');
  composer.text = 'typed';
  composer.arrived('c', 'draft, ');
  expect(composer.text).toBe('draft, typed');
});

test('a draft that is not there yet is not overwritten with nothing', async () => {
  composer.switchTo('c');
  await composer.flush();
  expect(saves()).toEqual([]);
});

test('a draft of a conversation one has left again is of no interest', () => {
  composer.switchTo('a');
  composer.switchTo('b');
  composer.arrived('a', 'from a');
  expect(composer.text).toBe('');
});

test('a second draft for the same conversation does not touch what is being typed', () => {
  composer.switchTo('c');
  composer.arrived('c', 'draft');
  composer.text = 'draft, changed';
  composer.arrived('c', 'draft');
  expect(composer.text).toBe('draft, changed');
});

test('what was sent goes, what was typed meanwhile stays and belongs to the new conversation', async () => {
  const kept = backend.add('New', []);
  composer.text = 'Hello';
  await composer.flush();
  composer.text = 'Hello and more';
  composer.sent('Hello', kept.summary.id);
  await composer.flush();
  expect(composer.text).toBe(' and more');
  expect(backend.newDraft).toBe('');
  expect(kept.draft).toBe(' and more');
});

test('a draft that could not be saved says so until it is', async () => {
  backend.refusals.set('saveDraft', { code: 'failed', message: 'The disk is full.' });
  composer.text = 'precious';
  await composer.flush();
  expect(composer.unsaved).toBe(true);
  expect(composer.text).toBe('precious');
  backend.refusals.clear();
  composer.text = 'precious!';
  await composer.flush();
  expect(composer.unsaved).toBe(false);
});

test('a draft that could not be saved is saved as soon as it can be, without a word', async () => {
  backend.refusals.set('saveDraft', { code: 'failed', message: 'The disk is full.' });
  composer.text = 'precious';
  await vi.advanceTimersByTimeAsync(5000);
  backend.refusals.clear();
  await vi.advanceTimersByTimeAsync(10_000);
  expect(composer.unsaved).toBe(false);
  expect(saves().at(-1)).toEqual([null, 'precious']);
  const { length } = saves();
  await vi.advanceTimersByTimeAsync(200_000);
  expect(saves()).toHaveLength(length);
});

test('a draft that could not be saved is still there when one comes back to it, and is said of no other', async () => {
  const a = backend.add('One', []).summary.id;
  const b = backend.add('Two', []).summary.id;
  composer.switchTo(a);
  composer.arrived(a, 'saved before');
  backend.refusals.set('saveDraft', { code: 'failed', message: 'The disk is full.' });
  composer.text = 'precious';
  composer.switchTo(b);
  composer.arrived(b, '');
  await composer.flush();
  expect(composer.unsaved).toBe(false);
  composer.switchTo(a);
  composer.arrived(a, 'saved before');
  expect(composer.text).toBe('precious');
  expect(composer.unsaved).toBe(true);
  backend.refusals.clear();
  await composer.flush();
  expect(composer.unsaved).toBe(false);
  expect(saves().at(-1)).toEqual([a, 'precious']);
});

test('a huge text is kept whole, and saved less often', async () => {
  const text = 'x'.repeat(HUGE + 1);
  composer.text = text;
  expect(composer.huge).toBe(true);
  await vi.advanceTimersByTimeAsync(1000);
  expect(saves()).toEqual([]);
  await vi.advanceTimersByTimeAsync(3000);
  expect(saves()).toEqual([[null, text]]);
});

describe('the only draft there is', () => {
  beforeEach(() => {
    composer = new Composer(backend, true);
    composer.switchTo(null);
    composer.arrived(null, '');
  });

  test('stays the new chat’s when a conversation begins, and what was typed meanwhile stays in it', async () => {
    const kept = backend.add('New', []);
    composer.text = 'Hello';
    await composer.flush();
    composer.text = 'Hello and more';
    composer.sent('Hello', kept.summary.id);
    await composer.flush();
    expect(composer.text).toBe(' and more');
    expect(backend.newDraft).toBe(' and more');
    expect(kept.draft).toBe('');
  });

  test('is done with when it was sent from a conversation one has turned away from', async () => {
    const kept = backend.add('New', [], { draft: 'the conversation’s own' });
    composer.text = 'Hello';
    composer.sentElsewhere('Hello', kept.summary.id);
    await composer.flush();
    expect(composer.text).toBe('');
    expect(backend.newDraft).toBe('');
    expect(kept.draft).toBe('the conversation’s own');
  });
});

describe('what begins a temporary chat', () => {
  test('is saved nowhere, and what was saved of it goes', async () => {
    composer.text = 'a secret';
    await vi.advanceTimersByTimeAsync(500);
    composer.unkept = true;
    composer.text = 'a secret, and more';
    await vi.advanceTimersByTimeAsync(5000);
    await composer.flush();
    expect(saves()).toEqual([[null, 'a secret'], [null, '']]);
    expect(composer.text).toBe('a secret, and more');
  });

  test('is saved again when the chat is to be kept', async () => {
    composer.unkept = true;
    composer.text = 'no secret';
    composer.unkept = false;
    await vi.advanceTimersByTimeAsync(500);
    expect(saves().at(-1)).toEqual([null, 'no secret']);
  });
});

test('what is written in a temporary chat goes on in the one it is kept as', async () => {
  const temporary = backend.add('One', [], { summary: { id: 'temporary-1' } });
  const kept = backend.add('One', []);
  composer.switchTo(temporary.summary.id);
  composer.arrived(temporary.summary.id, 'unsent');
  composer.keptAs(kept.summary.id);
  await vi.advanceTimersByTimeAsync(500);
  expect(composer.text).toBe('unsent');
  expect(saves().at(-1)).toEqual([kept.summary.id, 'unsent']);
});
