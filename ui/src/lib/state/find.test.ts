import { beforeEach, expect, test, vi } from 'vitest';
import { FakeBackend, reply, userMessage, type Kept } from '../../../dev/fake-backend';
import type { FoundAll } from '../bindings/FoundAll';
import { Conversation } from './conversation.svelte';
import { Find } from './find.svelte';

let backend: FakeBackend;
let find: Find;
let kept: Kept;
const settled = () => new Promise<void>((resolve) => setTimeout(resolve));

beforeEach(async () => {
  backend = new FakeBackend();
  kept = backend.add('Rain', [userMessage('rain'), reply('rain and rain'), userMessage('sun'), reply('more rain')]);
  const conversation = new Conversation(backend, { opened: vi.fn(), replyStarted: vi.fn(), replyEnded: vi.fn(), waiting: vi.fn(), asked: vi.fn() });
  await conversation.open(kept.summary.id);
  find = new Find(backend, conversation);
});

async function search(text: string, from = 0): Promise<void> {
  find.show(from);
  find.search(text, from);
  await settled();
}

test('matches are counted through all messages, and stepped through around both ends', async () => {
  await search('rain');
  const places = [];
  for (let step = 0; step < 5; step++) {
    places.push([find.status, find.match?.index, find.match?.nth]);
    find.next();
  }
  expect(places).toEqual([['1 of 4', 0, 0], ['2 of 4', 1, 0], ['3 of 4', 1, 1], ['4 of 4', 3, 0], ['1 of 4', 0, 0]]);
  find.previous();
  find.previous();
  expect(find.status).toBe('4 of 4');
});

test('the first match is the one from what is read on', async () => {
  await search('rain', 2);
  expect([find.status, find.match?.index]).toEqual(['4 of 4', 3]);
});

test('when nothing is found it says so, and there is nowhere to go', async () => {
  await search('snow');
  expect([find.status, find.match]).toEqual(['Nothing found', null]);
  find.next();
  expect(find.match).toBeNull();
});

test('an answer to what was typed before is not shown', async () => {
  const answers: ((found: FoundAll) => void)[] = [];
  backend.findInConversation = () => new Promise((resolve) => answers.push(resolve));
  find.show(0);
  find.search('r', 0);
  find.search('rain', 0);
  answers[0]!({ total: 99, messages: [{ message: 'm', index: 0, count: 99 }] });
  await settled();
  expect(find.total).toBe(0);
  answers[1]!({ total: 4, messages: [{ message: 'm', index: 0, count: 4 }] });
  await settled();
  expect(find.status).toBe('1 of 4');
});

test('of a great many matches, one steps through those that are named', async () => {
  backend.findInConversation = () => Promise.resolve({ total: 5000, messages: [{ message: 'm', index: 0, count: 2 }] });
  await search('e');
  expect(find.status).toBe('1 of 5000');
  find.next();
  find.next();
  expect(find.status).toBe('1 of 5000');
});

test('when the conversation changes one stays at the message one is at', async () => {
  await search('rain', 2);
  kept.messages.splice(0, 1);
  kept.messages.push(reply('rain again'));
  find.refresh();
  await settled();
  expect(find.total).toBe(4);
});

test('closed, it shows nothing, and opened again it finds the same words', async () => {
  await search('rain');
  find.close();
  expect([find.status, find.match]).toEqual(['', null]);
  find.show(0);
  await settled();
  expect(find.status).toBe('1 of 4');
});
