import { beforeEach, expect, test } from 'vitest';
import { FakeBackend } from '../../../dev/fake-backend';
import { Listing } from './listing.svelte';
import { Selection } from './selection.svelte';

let listing: Listing;
let selection: Selection;
const id = (index: number): string => listing.row(index)!.id;

beforeEach(async () => {
  const backend = new FakeBackend();
  for (let index = 0; index < 350; index++) backend.add(`Title ${index}`, [], { updated_at: 1e12 - index });
  listing = new Listing(backend);
  selection = new Selection(listing);
  await listing.load();
});

test('a row is chosen, and chosen no longer', () => {
  selection.toggle(id(3));
  expect([selection.active, selection.count, selection.has(id(3))]).toEqual([true, 1, true]);
  selection.toggle(id(3));
  expect([selection.active, selection.count]).toEqual([true, 0]);
});

test('a range goes from the row chosen last to this, either way', async () => {
  selection.toggle(id(5));
  await selection.extend(id(8));
  expect(selection.ids).toEqual([5, 6, 7, 8].map(id));
  await selection.extend(id(4));
  expect(selection.count).toBe(5);
});

test('a range that begins nowhere is one row', async () => {
  await selection.extend(id(8));
  expect(selection.ids).toEqual([id(8)]);
});

test('all are all there are, at hand or not', async () => {
  await selection.all();
  expect(selection.count).toBe(350);
});

test('in the end nothing is chosen', async () => {
  await selection.all();
  selection.end();
  expect([selection.active, selection.count]).toEqual([false, 0]);
});
