// The menu of a link in a reply: nothing in it makes the window load the page.
import '../../dev/jsdom';
import { fireEvent, render, screen, waitFor } from '@testing-library/svelte';
import { beforeEach, expect, test } from 'vitest';
import { FakeBackend, reply } from '../../dev/fake-backend';
import App from '../App.svelte';

const HREF = 'https://example.com/rain';
let backend: FakeBackend;
const called = (name: string) => backend.calls.filter(([one]) => one === name).map(([, ...args]) => args);

beforeEach(async () => {
  backend = new FakeBackend();
  const kept = backend.add('Rain', [reply([{ t: 'p', c: ['See ', { t: 'a', href: HREF, c: ['here'] }] }])]);
  location.hash = `#/c/${kept.summary.id}`;
  render(App, { backend });
  await screen.findByRole('link', { name: 'here' });
});

const menu = () => document.querySelector('[role=menu][aria-label=Link]')!;
const choose = (name: string) =>
  fireEvent.click(Array.from(menu().querySelectorAll('button')).find((button) => button.textContent.trim() === name)!);

test('takes the place of the engine’s own', async () => {
  // `false`: its default was prevented.
  expect(await fireEvent.contextMenu(screen.getByRole('link', { name: 'here' }))).toBe(false);
  expect(menu().hasAttribute('data-open')).toBe(true);
});

test('comes when the button that asks for it comes up: before, it would go with it', async () => {
  await fireEvent.contextMenu(screen.getByRole('link', { name: 'here' }), { buttons: 2 });
  expect(menu().hasAttribute('data-open')).toBe(false);
  await fireEvent.pointerUp(document.body);
  await waitFor(() => expect(menu().hasAttribute('data-open')).toBe(true));
});

test('opens the link in the browser, or copies its address', async () => {
  await fireEvent.contextMenu(screen.getByRole('link', { name: 'here' }));
  await choose('Open in browser');
  expect(called('openLink')).toEqual([[HREF]]);
  await fireEvent.contextMenu(screen.getByRole('link', { name: 'here' }));
  await choose('Copy address');
  expect(called('copyText')).toEqual([[HREF]]);
});

test('says what went wrong', async () => {
  backend.refusals.set('openLink', { code: 'failed', message: 'No browser could be opened.' });
  await fireEvent.contextMenu(screen.getByRole('link', { name: 'here' }));
  await choose('Open in browser');
  await waitFor(() => expect(document.querySelector('[aria-live=polite]')!.textContent).toBe('No browser could be opened.'));
});

test('is the links’ alone', async () => {
  expect(await fireEvent.contextMenu(screen.getByText('See', { exact: false }))).toBe(true);
  expect(menu().hasAttribute('data-open')).toBe(false);
});
