import { beforeEach, expect, test, vi } from 'vitest';
import { FakeBackend, PAGE, reply, userMessage } from '../../../dev/fake-backend';
import { MOST_CHARACTERS, MOST_MESSAGES, Paper } from './paper.svelte';

let backend: FakeBackend;
let paper: Paper;
const many = (count: number) => Array.from({ length: count }, (_, index) => (index % 2 ? reply(`Answer ${index}`) : userMessage(`Question ${index}`)));

beforeEach(() => {
  backend = new FakeBackend();
  paper = new Paper(backend);
});

test('all of the visible path is gathered, in its order, however little of it is at hand', async () => {
  const kept = backend.add('Rain', many(3 * PAGE + 5));
  await expect(paper.gather(kept.summary.id, 'Rain')).resolves.toBe(true);
  expect(paper.sheet?.messages.map((message) => message.id)).toEqual(kept.messages.map((message) => message.id));
  expect(paper.sheet).toMatchObject({ title: 'Rain', first: 0, total: kept.messages.length });
  expect(paper.cut).toBe(false);
});

test('of more messages than are printed at once, the last are there', async () => {
  const kept = backend.add('Rain', many(MOST_MESSAGES + 31));
  await paper.gather(kept.summary.id, 'Rain');
  expect(paper.sheet?.messages).toHaveLength(MOST_MESSAGES);
  expect(paper.sheet?.messages.at(-1)?.id).toBe(kept.messages.at(-1)?.id);
  expect(paper.sheet?.first).toBe(31);
  expect(paper.cut).toBe(true);
});

test('of more text than is printed at once, the last messages are there, and one at least', async () => {
  const long = (length: number) => userMessage('…', { parts: [{ type: 'plain', text: '…', length }] });
  const third = Math.ceil(MOST_CHARACTERS / 3);
  const kept = backend.add('Rain', [long(third), long(third), long(third)]);
  await paper.gather(kept.summary.id, 'Rain');
  expect(paper.sheet?.messages.map((message) => message.id)).toEqual(kept.messages.slice(1).map((message) => message.id));
  expect(paper.cut).toBe(true);
  const giant = backend.add('Giant', [long(10), long(2 * MOST_CHARACTERS)]);
  await paper.gather(giant.summary.id, 'Giant');
  expect(paper.sheet?.messages.map((message) => message.id)).toEqual([giant.messages[1]!.id]);
});

test('a message of which only the beginning is at hand is fetched whole', async () => {
  const kept = backend.add('Rain', [userMessage('Once', { parts: [{ type: 'plain', text: 'Once', length: 14 }] })]);
  vi.spyOn(backend, 'messageText').mockResolvedValue('Once upon a day');
  await paper.gather(kept.summary.id, 'Rain');
  expect(paper.sheet?.messages[0]?.text).toBe('Once upon a day');
});

test('what was given up meanwhile is not there', async () => {
  const kept = backend.add('Rain', many(3 * PAGE));
  const gathered = paper.gather(kept.summary.id, 'Rain');
  paper.putAway();
  await expect(gathered).resolves.toBe(false);
  expect(paper.sheet).toBeNull();
  expect(paper.gathering).toBe(false);
});

test('a later wish takes the place of an earlier one', async () => {
  const one = backend.add('One', many(3 * PAGE));
  const two = backend.add('Two', many(2));
  const first = paper.gather(one.summary.id, 'One');
  const second = paper.gather(two.summary.id, 'Two');
  await expect(first).resolves.toBe(false);
  await expect(second).resolves.toBe(true);
  expect(paper.sheet?.title).toBe('Two');
});

test('a conversation that becomes another meanwhile is not printed half and half', async () => {
  const kept = backend.add('Rain', many(3 * PAGE));
  const page = backend.conversationPage;
  vi.spyOn(backend, 'conversationPage').mockImplementation(async (id, at) => {
    const answer = await page(id, at);
    if (at.at === 'end') kept.messages = kept.messages.slice(2);
    return answer;
  });
  await expect(paper.gather(kept.summary.id, 'Rain')).rejects.toThrow('changed while');
  expect(paper.sheet).toBeNull();
  expect(paper.gathering).toBe(false);
});
