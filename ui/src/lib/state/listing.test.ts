import { beforeEach, describe, expect, test } from 'vitest';
import { FakeBackend, userMessage } from '../../../dev/fake-backend';
import type { ConversationSummary } from '../bindings/ConversationSummary';
import { BLOCK, Listing } from './listing.svelte';

let backend: FakeBackend;
let listing: Listing;
const called = (name: string) => backend.calls.filter(([one]) => one === name).map(([, ...args]) => args);
const settled = () => new Promise<void>((resolve) => setTimeout(resolve));

function fill(count: number): void {
  for (let index = 0; index < count; index++) backend.add(`Title ${index}`, [], { updated_at: 1e12 - index * 1000 });
}

beforeEach(() => {
  backend = new FakeBackend();
  listing = new Listing(backend);
});

test('of a long list only the rows near the view are fetched', async () => {
  fill(900);
  await listing.load();
  expect(listing.total).toBe(900);
  listing.want(0, 20);
  await settled();
  expect(called('conversationRows').map(([, first]) => first)).toEqual([0]);
  listing.want(430, 460);
  await settled();
  expect(listing.row(440)?.title).toBe('Title 440');
  expect(listing.row(700)).toBeUndefined();
});

test('rows are there before the view comes to them', async () => {
  fill(900);
  await listing.load();
  listing.want(60, 80);
  await settled();
  expect(listing.row(BLOCK + 20)?.title).toBe(`Title ${BLOCK + 20}`);
});

test('what is at hand, or on its way, is not asked for again', async () => {
  fill(300);
  await listing.load();
  for (let top = 0; top < 100; top += 10) listing.want(top, top + 20);
  await settled();
  listing.want(0, 20);
  await settled();
  expect(called('conversationRows').map(([, first]) => first)).toEqual([0, 100]);
});

test('a change of the list shows the rows there were until the new ones are there', async () => {
  fill(10);
  await listing.load();
  const seen: (string | undefined)[] = [];
  const rows = backend.conversationRows;
  backend.conversationRows = async (scope, first, count) => {
    seen.push(listing.row(0)?.title);
    return rows(scope, first, count);
  };
  backend.add('Newest', [], { updated_at: 2e12 });
  await listing.load();
  expect(seen).toEqual(['Title 0']);
  expect(listing.row(0)?.title).toBe('Newest');
});

test('rows of an earlier state of the list come to nothing', async () => {
  fill(300);
  await listing.load();
  const rows = backend.conversationRows;
  let answer: ((rows: ConversationSummary[]) => void) | undefined;
  backend.conversationRows = () => new Promise((resolve) => (answer = resolve));
  listing.want(150, 170);
  const late = answer!;
  backend.conversationRows = rows;
  backend.add('Newest', [], { updated_at: 2e12 });
  await listing.load();
  late(await rows({ scope: 'archived' }, 0, 1));
  await settled();
  expect(listing.row(150)?.title).toBe('Title 149');
});

test('calls while the list is on its way make one more, not many', async () => {
  fill(3);
  await Promise.all([listing.load(), listing.load(), listing.load(), listing.load()]);
  expect(called('conversationList')).toHaveLength(2);
});

test('another scope is listed anew, and a late answer of the one before is not shown', async () => {
  backend.add('Kept', []);
  backend.add('Put away', [], { summary: { archived: true } });
  const first = listing.load();
  const second = listing.show({ scope: 'archived' });
  await Promise.all([first, second]);
  expect(listing.row(0)?.title).toBe('Put away');
  expect(listing.total).toBe(1);
});

test('the list that cannot be had says why, and what was there stays', async () => {
  fill(3);
  await listing.load();
  backend.refusals.set('conversationList', { code: 'failed', message: 'The disk is gone.' });
  await listing.load();
  expect(listing.error?.message).toBe('The disk is gone.');
  expect(listing.row(0)?.title).toBe('Title 0');
  backend.refusals.clear();
  await listing.load();
  expect(listing.error).toBeNull();
});

test('all rows of a range are fetched in pieces the app gives', async () => {
  fill(450);
  await listing.load();
  expect(await listing.rows(0, 450)).toHaveLength(450);
  expect(called('conversationRows').slice(1).map(([, first, count]) => [first, count])).toEqual([[0, 200], [200, 200], [400, 50]]);
});

describe('the sections', () => {
  test('say what stands first', async () => {
    backend.add('Today', [userMessage('Hello')]);
    backend.add('Pinned', [], { updated_at: 0, summary: { pinned: true } });
    backend.add('In memory', [], { updated_at: 0, summary: { id: 'temporary-1', temporary: true } });
    await listing.load();
    expect(listing.sections.map(({ heading, count }) => [heading.heading, count])).toEqual([['temporary', 1], ['pinned', 1], ['today', 1]]);
    expect([0, 1, 2].map((index) => listing.row(index)?.title)).toEqual(['In memory', 'Pinned', 'Today']);
  });
});
