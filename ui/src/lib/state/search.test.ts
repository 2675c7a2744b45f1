import { beforeEach, expect, test, vi } from 'vitest';
import { FakeBackend, reply, userMessage } from '../../../dev/fake-backend';
import type { SearchResults } from '../bindings/SearchResults';
import { Search } from './search.svelte';

let backend: FakeBackend;
let search: Search;
const asked = () => backend.calls.filter(([name]) => name === 'search').map(([, ...args]) => args);
const settled = () => new Promise<void>((resolve) => setTimeout(resolve));
const titles = () => search.hits.map((hit) => hit.title.map(({ text }) => text).join(''));

beforeEach(() => {
  backend = new FakeBackend();
  search = new Search(backend);
  backend.add('Rain', [userMessage('Is it wet?'), reply('Yes.')]);
  backend.add('Sun', [userMessage('Does rain come?'), reply('No.')]);
});

test('titles and messages are found', async () => {
  search.text = 'rain';
  await settled();
  expect(search.hits.map(({ message }) => message === null)).toEqual([true, false]);
  expect(titles()).toEqual(['Rain', 'Sun']);
  expect(search.settled).toBe(true);
});

test('of what is typed while an answer is on its way, only the last is asked for', async () => {
  for (const text of ['r', 'ra', 'rai', 'rain']) search.text = text;
  await settled();
  expect(asked().map(([text]) => text)).toEqual(['r', 'rain']);
});

test('a late answer to an earlier question is never shown', async () => {
  const answers: ((results: SearchResults) => void)[] = [];
  const real = backend.search;
  backend.search = () => new Promise((resolve) => answers.push(resolve));
  search.text = 'sun';
  search.text = 'rain';
  const none = { model: null, folder: null, from: null, to: null, code: false };
  answers[0]!(await real('sun', none));
  await settled();
  expect(search.hits).toEqual([]);
  answers[1]!(await real('rain', none));
  await settled();
  expect(titles()).toEqual(['Rain', 'Sun']);
});

test('an answer that comes after the search was cleared is not shown', async () => {
  search.text = 'rain';
  search.clear();
  await settled();
  expect(search.hits).toEqual([]);
  expect(search.active).toBe(false);
});

test('a filter alone lists what it lets through', async () => {
  search.limit({ code: true });
  await settled();
  expect(search.active).toBe(true);
  expect(asked()[0]?.[0]).toBe('');
  search.limit({ code: false });
  expect(search.active).toBe(false);
});

test('`today` is the calendar’s', async () => {
  search.limit({ when: 'today' });
  await settled();
  expect(asked()[0]?.[1]).toMatchObject({ from: new Date().setHours(0, 0, 0, 0), to: null });
});

test('a search that fails says why and shows no hits of another', async () => {
  search.text = 'rain';
  await settled();
  backend.refusals.set('search', { code: 'failed', message: 'The search could not be made.' });
  search.text = 'rainy';
  await settled();
  expect(search.error?.message).toBe('The search could not be made.');
  expect(search.hits).toEqual([]);
});

test('while messages are being taken up, it is searched again until all are there', async () => {
  vi.useFakeTimers();
  try {
    backend.waiting = 300;
    search.text = 'rain';
    await vi.advanceTimersByTimeAsync(0);
    expect(search.waiting).toBe(300);
    backend.waiting = 0;
    await vi.advanceTimersByTimeAsync(60_000);
    expect(search.waiting).toBe(0);
    expect(asked()).toHaveLength(2);
  } finally {
    vi.useRealTimers();
  }
});
