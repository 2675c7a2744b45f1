import { beforeEach, expect, test } from 'vitest';
import { FakeBackend } from '../../../dev/fake-backend';
import { Exchange } from './exchange.svelte';

let backend: FakeBackend;
let exchange: Exchange;

beforeEach(async () => {
  backend = new FakeBackend();
  exchange = new Exchange(backend);
  await backend.on('job', (job) => exchange.changed(job));
});

test('a job says how far it is, can be cancelled, and says what came of it', async () => {
  await exchange.import();
  expect(exchange.sentence).toBe('Importing conversations: 0 %');
  backend.job$({ ...backend.latest!, done: 100, total: 12_000 });
  expect(exchange.sentence).toBe('Importing conversations: 0 %');
  backend.job$({ ...backend.latest!, done: 11_999, total: 12_000 });
  expect(exchange.sentence).toBe('Importing conversations: 99 %');
  backend.job$({ ...backend.latest!, kind: 'export', done: 100, total: 12_000 });
  expect(exchange.sentence).toBe('Exporting conversations: 100 of 12,000');
  await exchange.cancel();
  expect(exchange.running).toBe(false);
  expect(exchange.sentence).toBe('Cancelled. What was done so far is kept.');
});

test('who thinks better of it in the dialog has begun nothing', async () => {
  backend.exportConversations = () => Promise.resolve(null);
  await exchange.export(null, 'json');
  expect([exchange.job, exchange.fresh, exchange.error]).toEqual([null, false, null]);
});

test('what a job says before its beginning is known is not undone by it', async () => {
  const begin = backend.exportConversations;
  backend.exportConversations = async (ids, format) => {
    const job = await begin(ids, format);
    backend.job$({ ...job!, state: 'done', summary: 'Exported 2 conversations.' });
    return job;
  };
  await exchange.export(['a', 'b'], 'markdown');
  expect(exchange.sentence).toBe('Exported 2 conversations.');
});

test('a refusal says why, until it was read', async () => {
  backend.refusals.set('importConversations', { code: 'failed', message: 'The file cannot be read.' });
  await exchange.import();
  expect(exchange.error?.message).toBe('The file cannot be read.');
  exchange.dismiss();
  expect(exchange.error).toBeNull();
});
