// The library as it is used: the list, what is done to conversations and messages, searching and finding.
import '../dev/jsdom';
import { fireEvent, render, screen, waitFor, within } from '@testing-library/svelte';
import axe from 'axe-core';
import { beforeEach, describe, expect, test } from 'vitest';
import { FakeBackend, reply, userMessage, type Kept } from '../dev/fake-backend';
import App from './App.svelte';

let backend: FakeBackend;
const called = (name: string) => backend.calls.filter(([one]) => one === name).map(([, ...args]) => args);

beforeEach(() => {
  location.hash = '';
  backend = new FakeBackend();
  backend.modelList.models = [{ id: 'plain', name: 'Plain', context_window: null, input_cost_per_million: null, output_cost_per_million: null }];
});

async function open(kept?: Kept): Promise<void> {
  if (kept) location.hash = `#/c/${kept.summary.id}`;
  render(App, { backend });
  await waitFor(() => expect(document.querySelector('main')).not.toBeNull());
  if (kept) await screen.findAllByRole('article');
  // Whoever opens the window is in the composer at first: what a test gives the focus to is not to lose it to that.
  if (!location.hash.startsWith('#/settings')) await waitFor(() => expect(document.activeElement).toBe(message()));
}

/** Conversations by these titles, the first one the newest. */
function add(...titles: string[]): Kept[] {
  return titles.map((title, index) => backend.add(title, [userMessage('Hello'), reply('Hi')], { updated_at: Date.now() - index }));
}

const button = (name: string) => screen.getByRole('button', { name });
const message = () => screen.getByRole<HTMLTextAreaElement>('textbox', { name: 'Message' });
const list = () => screen.getByRole('navigation', { name: 'Conversations' });
const links = () => within(list()).queryAllByRole('link');
const titles = () => links().map((link) => link.textContent);
const press = (element: Element, key: string, more: object = {}) => fireEvent.keyDown(element, { key, ...more });
const item = (name: string) => screen.getByRole('menuitem', { name, hidden: true });
const radio = (name: string | RegExp) => screen.getByRole('menuitemradio', { name, hidden: true });
/** The menu of this name that is open. */
const menuNamed = (name: string) => within(document.querySelector<HTMLElement>(`[role=menu][aria-label="${name}"][data-open]`)!);
/** What the bar says can be undone. */
const undoable = (text: string) => screen.findByText(text, { selector: '[role=status] p' });
/** The address changed, as the browser says it. */
const moved = () => fireEvent(window, new HashChangeEvent('hashchange'));

async function menuOf(title: string): Promise<void> {
  await fireEvent.click(await screen.findByRole('button', { name: `Options for ${title}` }));
}

async function expectNoViolations(): Promise<void> {
  // Colours are not known here; the end-to-end tests look at them.
  const { violations } = await axe.run(document.body, { rules: { 'color-contrast': { enabled: false } } });
  expect(violations.map(({ id, nodes }) => [id, nodes.map(({ html }) => html)])).toEqual([]);
}

describe('the list', () => {
  test('names conversations as links by their titles, under headings', async () => {
    add('Rain', 'Sun');
    backend.add('Old', [], { updated_at: 0, summary: { pinned: true } });
    await open();
    await waitFor(() => expect(titles()).toEqual(['Old', 'Rain', 'Sun']));
    expect(within(list()).getAllByRole('heading').map((heading) => heading.textContent)).toEqual(['Pinned', 'Today']);
    expect(within(list()).getByRole('img', { name: 'Pinned' })).toBeTruthy();
  });

  test('lays out only some of 20,000 rows, and says of how many each is', async () => {
    for (let index = 0; index < 20_000; index++) backend.add(`Title ${index}`, [], { updated_at: Date.now() - index * 60_000 });
    await open();
    await waitFor(() => expect(links().length).toBeGreaterThan(10));
    expect(links().length).toBeLessThan(100);
    const row = links()[0]!.closest('li')!;
    expect([row.ariaSetSize ?? row.getAttribute('aria-setsize'), row.getAttribute('aria-posinset')]).toEqual(['20000', '1']);
    await fireEvent.focus(links()[0]!);
    links()[0]!.focus();
    await press(links()[0]!, 'End');
    await waitFor(() => expect(document.activeElement?.textContent).toBe('Title 19999'));
  });

  test('is gone through by the arrows, and one Tab leads into it', async () => {
    add('Rain', 'Sun', 'Snow');
    await open();
    await waitFor(() => expect(links()).toHaveLength(3));
    expect(links().map((link) => link.tabIndex)).toEqual([0, -1, -1]);
    links()[0]!.focus();
    await press(links()[0]!, 'ArrowDown');
    await waitFor(() => expect(document.activeElement?.textContent).toBe('Sun'));
    await waitFor(() => expect(links().map((link) => link.tabIndex)).toEqual([-1, 0, -1]));
    await press(document.activeElement!, 'ArrowUp');
    await waitFor(() => expect(document.activeElement?.textContent).toBe('Rain'));
  });

  test('keeps the focus on its conversation when the order changes', async () => {
    const [, sun] = add('Rain', 'Sun', 'Snow');
    await open();
    await waitFor(() => expect(links()).toHaveLength(3));
    links()[2]!.focus();
    sun!.summary.updated_at = Date.now() + 1000;
    backend.add('Fog', [], { updated_at: Date.now() + 2000 });
    backend.changed();
    await waitFor(() => expect(titles()).toEqual(['Fog', 'Sun', 'Rain', 'Snow']));
    await waitFor(() => expect(document.activeElement?.textContent).toBe('Snow'));
  });

  test('Alt and an arrow lead to the conversation before and after', async () => {
    const [rain, sun] = add('Rain', 'Sun');
    await open(rain);
    await press(document.body, 'ArrowDown', { altKey: true });
    await waitFor(() => expect(location.hash).toBe(`#/c/${sun!.summary.id}`));
  });

  test('that cannot be had says why, and can be asked for again', async () => {
    add('Rain');
    backend.refusals.set('conversationList', { code: 'failed', message: 'The library cannot be read.' });
    await open();
    expect((await within(list()).findByRole('alert')).textContent).toContain('cannot be read');
    backend.refusals.clear();
    await fireEvent.click(button('Try again'));
    await waitFor(() => expect(titles()).toEqual(['Rain']));
  });

  test('has no accessibility violations, chosen or not', async () => {
    const [rain] = add('Rain', 'Sun');
    await open(rain);
    await waitFor(() => expect(links()).toHaveLength(2));
    await expectNoViolations();
    await press(links()[0]!, ' ');
    await screen.findByRole('toolbar', { name: 'Selected conversations' });
    await expectNoViolations();
  });
});

describe('a conversation’s menu', () => {
  test('renames', async () => {
    const [rain] = add('Rain');
    await open();
    await menuOf('Rain');
    await fireEvent.click(item('Rename'));
    const field = await screen.findByRole('textbox', { name: 'Title' });
    await fireEvent.input(field, { target: { value: 'Drizzle' } });
    await press(field, 'Enter');
    await waitFor(() => expect(called('renameConversation')).toEqual([[rain!.summary.id, 'Drizzle']]));
    await waitFor(() => expect(titles()).toEqual(['Drizzle']));
    await waitFor(() => expect(document.activeElement?.textContent).toBe('Drizzle'));
  });

  test.each([
    ['Pin', { pinned: true }],
    ['Archive', { archived: true }],
  ])('`%s` does', async (name, patch) => {
    const [rain] = add('Rain');
    await open();
    await menuOf('Rain');
    await fireEvent.click(item(name));
    await waitFor(() => expect(called('updateConversations')).toEqual([[[rain!.summary.id], patch]]));
  });

  test('moves to a folder there is, or to a new one', async () => {
    const [rain] = add('Rain');
    backend.folderList = [{ id: 'f', name: 'Work' }];
    await open();
    await menuOf('Rain');
    await fireEvent.click(item('Move to folder…'));
    await fireEvent.click(menuNamed('Move to folder').getByRole('menuitemradio', { name: 'Work', hidden: true }));
    await waitFor(() => expect(called('updateConversations')).toEqual([[[rain!.summary.id], { folder: 'f' }]]));
    await menuOf('Rain');
    await fireEvent.click(item('Move to folder…'));
    await fireEvent.click(menuNamed('Move to folder').getByRole('menuitem', { name: 'New folder…', hidden: true }));
    const dialog = await screen.findByRole('dialog', { name: 'New folder' });
    await fireEvent.input(within(dialog).getByRole('textbox', { name: 'Name' }), { target: { value: ' Trips ' } });
    await fireEvent.click(within(dialog).getByRole('button', { name: 'Create and move' }));
    await waitFor(() => expect(called('createFolder')).toEqual([['Trips']]));
    await waitFor(() => expect(rain!.summary.folder).not.toBe('f'));
    await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull());
  });

  test('duplicates, and shows the copy', async () => {
    const [rain] = add('Rain');
    await open();
    await menuOf('Rain');
    await fireEvent.click(item('Duplicate'));
    await waitFor(() => expect(called('duplicateConversation')).toEqual([[rain!.messages.at(-1)!.id]]));
    await moved();
    expect(await screen.findByRole('heading', { name: 'Rain (copy)', level: 1 })).toBeTruthy();
  });

  test('exports this one', async () => {
    const [rain] = add('Rain');
    await open();
    await menuOf('Rain');
    await fireEvent.click(item('Export as Markdown…'));
    await waitFor(() => expect(called('exportConversations')).toEqual([[[rain!.summary.id], 'markdown']]));
    expect((await screen.findByRole('status')).textContent).toContain('Exporting conversations: 0 of 1');
  });

  test('of a temporary chat offers only what can be done to it', async () => {
    backend.add('In memory', [userMessage('Hello')], { summary: { id: 'temporary-1', temporary: true } });
    await open();
    await menuOf('In memory');
    expect(menuNamed('Conversation').getAllByRole('menuitem', { hidden: true }).map((one) => one.textContent?.trim())).toEqual(['Rename', 'Delete']);
    expect(within(list()).getByRole('img', { name: 'Temporary' })).toBeTruthy();
  });
});

describe('deleting a conversation', () => {
  test('is done at once, gives way to a new chat, and can be undone', async () => {
    const [rain] = add('Rain', 'Sun');
    await open(rain);
    await menuOf('Rain');
    await fireEvent.click(item('Delete'));
    await waitFor(() => expect(called('deleteConversations')).toEqual([[[rain!.summary.id]]]));
    expect(screen.queryByRole('dialog')).toBeNull();
    await waitFor(() => expect(titles()).toEqual(['Sun']));
    await waitFor(() => expect(location.hash).toBe('#/'));
    await moved();
    const bar = (await undoable('Deleted “Rain”')).closest<HTMLElement>('[role=status]')!;
    await fireEvent.click(within(bar).getByRole('button', { name: 'Undo' }));
    await waitFor(() => expect(titles()).toEqual(['Rain', 'Sun']));
    await waitFor(() => expect(location.hash).toBe(`#/c/${rain!.summary.id}`));
    expect(screen.queryByRole('button', { name: 'Undo' })).toBeNull();
  });

  test('is undone by the keys, but not while one writes', async () => {
    const [rain] = add('Rain', 'Sun');
    await open();
    await menuOf('Rain');
    await fireEvent.click(item('Delete'));
    await undoable('Deleted “Rain”');
    const field = screen.getByRole('searchbox', { name: 'Search conversations' });
    field.focus();
    await fireEvent.input(field, { target: { value: 'Sun' } });
    await press(field, 'z', { ctrlKey: true });
    expect(called('undoDelete')).toEqual([]);
    // Where nothing is written, nothing can be taken back but this.
    message().focus();
    await press(message(), 'z', { ctrlKey: true });
    await waitFor(() => expect(backend.kept.has(rain!.summary.id)).toBe(true));
  });

  test('by key gives the focus to the row that takes its place', async () => {
    add('Rain', 'Sun', 'Snow');
    await open();
    await waitFor(() => expect(links()).toHaveLength(3));
    links()[1]!.focus();
    await press(links()[1]!, 'Delete');
    await waitFor(() => expect(document.activeElement?.textContent).toBe('Snow'));
  });

  test('says why it cannot be undone', async () => {
    add('Rain');
    await open();
    await menuOf('Rain');
    await fireEvent.click(item('Delete'));
    await undoable('Deleted “Rain”');
    backend.refusals.set('undoDelete', { code: 'failed', message: 'The disk is full.' });
    await fireEvent.click(button('Undo'));
    expect(await screen.findByText('The disk is full.')).toBeTruthy();
    await fireEvent.click(button('Close'));
    await waitFor(() => expect(screen.queryByText('The disk is full.')).toBeNull());
  });
});

describe('archiving a conversation', () => {
  test('is said, and can be undone', async () => {
    const [rain] = add('Rain', 'Sun');
    await open(rain);
    await menuOf('Rain');
    await fireEvent.click(item('Archive'));
    await waitFor(() => expect(titles()).toEqual(['Sun']));
    const bar = (await undoable('Archived “Rain”')).closest<HTMLElement>('[role=status]')!;
    await waitFor(() => expect(document.activeElement?.textContent).toBe('Sun'));
    await fireEvent.click(within(bar).getByRole('button', { name: 'Undo' }));
    await waitFor(() => expect(titles()).toEqual(['Rain', 'Sun']));
    expect(rain!.summary.archived).toBe(false);
    await waitFor(() => expect(screen.queryByRole('button', { name: 'Undo' })).toBeNull());
  });

  test('offers nothing to undo when it was refused', async () => {
    add('Rain');
    await open();
    backend.refusals.set('updateConversations', { code: 'failed', message: 'The disk is full.' });
    await menuOf('Rain');
    await fireEvent.click(item('Archive'));
    expect((await within(list()).findByRole('alert')).textContent).toBe('The disk is full.');
    expect(screen.queryByRole('button', { name: 'Undo' })).toBeNull();
  });
});

describe('several conversations', () => {
  const bar = () => screen.findByRole('toolbar', { name: 'Selected conversations' });
  const boxes = () => within(list()).getAllByRole<HTMLInputElement>('checkbox');

  test('are chosen by clicks with Ctrl and Shift, and deleted together', async () => {
    const [rain, sun, snow] = add('Rain', 'Sun', 'Snow', 'Fog');
    await open();
    await waitFor(() => expect(links()).toHaveLength(4));
    await fireEvent.click(links()[0]!, { ctrlKey: true });
    expect((await bar()).textContent).toContain('1 selected');
    await fireEvent.click(boxes()[2]!, { shiftKey: true });
    await waitFor(() => expect(boxes().map((box) => box.checked)).toEqual([true, true, true, false]));
    await fireEvent.click(within(await bar()).getByRole('button', { name: 'Delete' }));
    await waitFor(() => expect(called('deleteConversations')).toEqual([[[rain, sun, snow].map((one) => one!.summary.id)]]));
    expect(await undoable('Deleted 3 conversations')).toBeTruthy();
    await waitFor(() => expect(titles()).toEqual(['Fog']));
  });

  test('are chosen by keyboard: Space begins and toggles, Shift and the arrows extend, Esc ends', async () => {
    add('Rain', 'Sun', 'Snow');
    await open();
    await waitFor(() => expect(links()).toHaveLength(3));
    links()[0]!.focus();
    await press(links()[0]!, ' ');
    await waitFor(() => expect(document.activeElement).toBe(boxes()[0]));
    await press(document.activeElement!, 'ArrowDown', { shiftKey: true });
    await waitFor(() => expect(boxes().map((box) => box.checked)).toEqual([true, true, false]));
    await press(document.activeElement!, ' ');
    await waitFor(() => expect(boxes().map((box) => box.checked)).toEqual([true, false, false]));
    await press(document.activeElement!, 'Escape');
    await waitFor(() => expect(links()).toHaveLength(3));
    expect(document.activeElement?.textContent).toBe('Sun');
  });

  test('are all there are, and archived, moved or exported together', async () => {
    const all = add('Rain', 'Sun');
    const ids = all.map((one) => one.summary.id);
    backend.folderList = [{ id: 'f', name: 'Work' }];
    await open();
    await menuOf('Rain');
    await fireEvent.click(item('Select'));
    await fireEvent.click(within(await bar()).getByRole('button', { name: 'Select all' }));
    await waitFor(async () => expect((await bar()).textContent).toContain('2 selected'));
    await fireEvent.click(within(await bar()).getByRole('button', { name: 'Export' }));
    await fireEvent.click(item('As JSON…'));
    await waitFor(() => expect(called('exportConversations')).toEqual([[ids, 'json']]));
    await fireEvent.click(within(await bar()).getByRole('button', { name: 'Move' }));
    await fireEvent.click(menuNamed('Move to folder').getByRole('menuitemradio', { name: 'Work', hidden: true }));
    await waitFor(() => expect(called('updateConversations')).toEqual([[ids, { folder: 'f' }]]));
    await waitFor(() => expect(screen.queryByRole('toolbar')).toBeNull());
  });

  test('that were moved together go back to where each of them was', async () => {
    backend.folderList = [{ id: 'f', name: 'Work' }, { id: 'g', name: 'Trips' }];
    const [rain, sun, snow] = add('Rain', 'Sun', 'Snow');
    sun!.summary.folder = 'g';
    snow!.summary.folder = 'f';
    await open();
    await menuOf('Rain');
    await fireEvent.click(item('Select'));
    await fireEvent.click(within(await bar()).getByRole('button', { name: 'Select all' }));
    await waitFor(async () => expect((await bar()).textContent).toContain('3 selected'));
    await fireEvent.click(within(await bar()).getByRole('button', { name: 'Move' }));
    await fireEvent.click(menuNamed('Move to folder').getByRole('menuitemradio', { name: 'Work', hidden: true }));
    await undoable('Moved 2 conversations to “Work”');
    const folders = () => [rain, sun, snow].map((one) => one!.summary.folder);
    expect(folders()).toEqual(['f', 'f', 'f']);
    await fireEvent.click(button('Undo'));
    await waitFor(() => expect(folders()).toEqual([null, 'g', 'f']));
  });
});

test('temporary chats that are chosen with others stay where they are when those are archived', async () => {
  const [rain] = add('Rain');
  backend.add('In memory', [userMessage('Hello')], { summary: { id: 'temporary-1', temporary: true } });
  await open();
  await menuOf('Rain');
  await fireEvent.click(item('Select'));
  await fireEvent.click(await screen.findByRole('button', { name: 'Select all' }));
  await screen.findByText('2 selected');
  await fireEvent.click(button('Archive'));
  await waitFor(() => expect(called('updateConversations')).toEqual([[[rain!.summary.id], { archived: true }]]));
});

describe('folders', () => {
  beforeEach(() => {
    backend.folderList = [{ id: 'f', name: 'Work' }];
    backend.add('Plan', [userMessage('Hello')], { summary: { folder: 'f' } });
    backend.add('Old', [userMessage('Hello')], { summary: { archived: true } });
    backend.add('Rain', [userMessage('Hello')]);
  });

  const picker = (name: string) => screen.findByRole('button', { name: new RegExp(`^Folder: ${name}`) });

  test('limit the list, and the archive is one of them', async () => {
    await open();
    await waitFor(() => expect(titles()).toEqual(['Plan', 'Rain']));
    await fireEvent.click(await picker('All conversations'));
    await fireEvent.click(radio('Work 1'));
    await waitFor(() => expect(titles()).toEqual(['Plan']));
    await fireEvent.click(await picker('Work'));
    await fireEvent.click(radio('Archived'));
    await waitFor(() => expect(titles()).toEqual(['Old']));
  });

  test('are made, and what cannot be one says why', async () => {
    await open();
    await fireEvent.click(await picker('All conversations'));
    await fireEvent.click(menuNamed('Folder').getByRole('menuitem', { name: 'New folder…', hidden: true }));
    const dialog = await screen.findByRole('dialog', { name: 'New folder' });
    backend.refusals.set('createFolder', { code: 'invalid_input', message: 'There is a folder of this name.' });
    await fireEvent.input(within(dialog).getByRole('textbox', { name: 'Name' }), { target: { value: 'Work' } });
    await fireEvent.click(within(dialog).getByRole('button', { name: 'Create' }));
    expect((await within(dialog).findByRole('alert')).textContent).toBe('There is a folder of this name.');
    backend.refusals.clear();
    await fireEvent.input(within(dialog).getByRole('textbox', { name: 'Name' }), { target: { value: 'Trips' } });
    await fireEvent.click(within(dialog).getByRole('button', { name: 'Create' }));
    expect(await picker('Trips')).toBeTruthy();
    expect(await within(list()).findByText(/This folder is empty/)).toBeTruthy();
  });

  test('that are deleted leave their conversations', async () => {
    await open();
    await fireEvent.click(await picker('All conversations'));
    await fireEvent.click(radio('Work 1'));
    await fireEvent.click(await picker('Work'));
    await fireEvent.click(item('Delete folder…'));
    const dialog = await screen.findByRole('dialog', { name: 'Delete the folder “Work”?' });
    await fireEvent.click(within(dialog).getByRole('button', { name: 'Delete folder' }));
    await waitFor(() => expect(titles()).toEqual(['Plan', 'Rain']));
    expect(called('deleteFolder')).toEqual([['f']]);
  });
});

describe('a message’s menu', () => {
  async function menu(index: number): Promise<void> {
    await fireEvent.click(screen.getAllByRole('button', { name: 'More' })[index]!);
    await screen.findAllByRole('menuitem', { name: 'Delete message', hidden: true });
  }

  test('deletes it alone, and undoing brings it back', async () => {
    const kept = backend.add('Rain', [userMessage('One'), reply('First'), userMessage('Two'), reply('Second')]);
    await open(kept);
    await menu(1);
    await fireEvent.click(item('Delete message'));
    await waitFor(() => expect(called('deleteMessage')[0]?.[1]).toBe(false));
    await waitFor(() => expect(screen.getAllByRole('article')).toHaveLength(3));
    await undoable('Deleted the message');
    await fireEvent.click(button('Undo'));
    await waitFor(() => expect(screen.getAllByRole('article')).toHaveLength(4));
  });

  test('deletes it with what follows', async () => {
    const kept = backend.add('Rain', [userMessage('One'), reply('First'), userMessage('Two'), reply('Second')]);
    await open(kept);
    await menu(1);
    await fireEvent.click(item('Delete with what follows'));
    await waitFor(() => expect(screen.getAllByRole('article')).toHaveLength(1));
    expect(await undoable('Deleted 3 messages')).toBeTruthy();
  });

  test('duplicates the conversation as far as it', async () => {
    const kept = backend.add('Rain', [userMessage('One'), reply('First'), userMessage('Two'), reply('Second')]);
    await open(kept);
    await menu(1);
    await fireEvent.click(item('Duplicate from here'));
    await waitFor(() => expect(called('duplicateConversation')).toEqual([[kept.messages[1]!.id]]));
    await moved();
    await waitFor(() => expect(screen.getAllByRole('article')).toHaveLength(2));
  });

  test('is not to be had while a reply runs', async () => {
    const answer = reply('', { status: 'streaming' });
    await open(backend.add('Rain', [userMessage('Hello'), answer], { turn: { id: 't', message: answer.id, retrying: null } }));
    expect(screen.getByRole<HTMLButtonElement>('button', { name: 'More' }).disabled).toBe(true);
  });
});

describe('a temporary chat', () => {
  const says = 'Temporary chat: kept in memory only, gone when Serein quits';

  test('is begun from the new chat, is said to be one, and nothing of it is saved before', async () => {
    await open();
    await fireEvent.click(button('Temporary chat'));
    expect(button('Temporary chat').getAttribute('aria-pressed')).toBe('true');
    expect(screen.getByText(says)).toBeTruthy();
    await fireEvent.input(message(), { target: { value: 'A secret' } });
    await press(message(), 'Enter');
    await waitFor(() => expect(called('send')).toEqual([[null, 'A secret', 'plain', 'temporary']]));
    expect(called('saveDraft').filter(([, text]) => text === 'A secret')).toEqual([]);
    await waitFor(() => expect(location.hash).toMatch(/^#\/c\/temporary-/));
    expect(screen.getByText(says)).toBeTruthy();
  });

  test('is begun by its keys, and a new chat after it is none', async () => {
    const [rain] = add('Rain');
    await open(rain);
    await press(document.body, 'N', { ctrlKey: true, shiftKey: true });
    await moved();
    expect(await screen.findByText(says)).toBeTruthy();
    await press(document.body, 'n', { ctrlKey: true });
    await waitFor(() => expect(screen.queryByText(says)).toBeNull());
  });

  test('can be kept, with what is being written in it', async () => {
    const kept = backend.add('In memory', [userMessage('Hello'), reply('Hi')], { summary: { id: 'temporary-7', temporary: true }, draft: 'unsent' });
    await open(kept);
    await waitFor(() => expect(message().value).toBe('unsent'));
    await fireEvent.click(button('Keep'));
    await waitFor(() => expect(screen.queryByText(says)).toBeNull());
    expect(called('keepConversation')).toEqual([['temporary-7']]);
    expect(location.hash).toBe(`#/c/${kept.summary.id}`);
    expect(message().value).toBe('unsent');
    expect(screen.getAllByRole('article')).toHaveLength(2);
  });
});

describe('searching in the sidebar', () => {
  const field = () => screen.getByRole<HTMLInputElement>('searchbox', { name: 'Search conversations' });
  const type = (text: string) => fireEvent.input(field(), { target: { value: text } });

  test('shows hits in the place of the list, with the words marked', async () => {
    add('Rain', 'Sun');
    backend.add('Fog', [userMessage('Will it rain?')]);
    await open();
    await type('rain');
    await waitFor(() => expect(screen.getAllByRole('link', { name: /Rain|Fog/ })).toHaveLength(2));
    expect(within(list()).queryByRole('link', { name: 'Sun' })).toBeNull();
    const hit = within(list()).getByRole('link', { name: 'Fog' });
    expect(within(hit.closest('li')!).getByText('rain').tagName).toBe('MARK');
    await expectNoViolations();
    await press(field(), 'Escape');
    await waitFor(() => expect(titles()).toContain('Sun'));
  });

  test('a hit opens its conversation at the message', async () => {
    add('Sun');
    const fog = backend.add('Fog', [userMessage('Hello'), reply('Hi'), userMessage('Will it rain?'), reply('No')]);
    await open();
    await type('rain');
    await screen.findByRole('link', { name: 'Fog' });
    await press(field(), 'ArrowDown');
    expect(document.activeElement).toBe(screen.getByRole('link', { name: 'Fog' }));
    await fireEvent.click(document.activeElement!);
    await moved();
    await waitFor(() => expect(called('showMessage')).toEqual([[fog.messages[2]!.id]]));
    await waitFor(() => expect(screen.getAllByRole('article').some((article) => article.classList.contains('sought') && article.textContent?.includes('rain'))).toBe(true));
  });

  test('is limited by what the chips say', async () => {
    backend.add('Fog', [userMessage('Will it rain?'), reply('It will rain', { model: 'vendor/one' })]);
    await open();
    await type('rain');
    await fireEvent.click(button('Has code'));
    await waitFor(() => expect(called('search').at(-1)).toEqual(['rain', { model: null, folder: null, from: null, to: null, code: true }]));
    await fireEvent.click(button('Has code'));
    await fireEvent.click(button('Model'));
    await screen.findByRole('menuitemradio', { name: 'vendor/one', hidden: true });
    await fireEvent.click(radio('vendor/one'));
    await waitFor(() => expect(called('search').at(-1)?.[1]).toMatchObject({ model: 'vendor/one', code: false }));
    expect(button('Model: vendor/one')).toBeTruthy();
    await fireEvent.click(button('Date'));
    await screen.findByRole('menuitemradio', { name: 'This year', hidden: true });
    await fireEvent.click(radio('This year'));
    await waitFor(() => expect(called('search').at(-1)?.[1]).toMatchObject({ from: new Date(new Date().getFullYear(), 0, 1).getTime() }));
  });

  test('is limited to the days between two, either of which may be left open', async () => {
    add('Sun');
    await open();
    await type('sun');
    await fireEvent.click(button('Date'));
    await screen.findByRole('menuitemradio', { name: 'Between two days…', hidden: true });
    await fireEvent.click(radio('Between two days…'));
    const dialog = await screen.findByRole('dialog', { name: 'Between two days' });
    await expectNoViolations();
    const fill = (name: string, value: string) => fireEvent.input(within(dialog).getByLabelText(name), { target: { value } });
    await fill('From', '2026-11-23');
    await fill('Until', '2026-11-20');
    await fireEvent.click(within(dialog).getByRole('button', { name: 'Apply' }));
    expect((await within(dialog).findByRole('alert')).textContent).toBe('The last day is before the first.');
    await fill('Until', '2026-11-25');
    await fireEvent.click(within(dialog).getByRole('button', { name: 'Apply' }));
    const [from, to] = [new Date(2026, 10, 23).getTime(), new Date(2026, 10, 26).getTime()];
    await waitFor(() => expect(called('search').at(-1)?.[1]).toMatchObject({ from, to }));
    await waitFor(() => expect(document.activeElement).toBe(screen.getByRole('button', { name: /^Date: 23.25 Nov 2026$/ })));
  });

  test('says how much it cannot find yet', async () => {
    add('Sun');
    backend.waiting = 4200;
    await open();
    await type('sun');
    expect(await within(list()).findByText(/4,200 messages are still being taken up/)).toBeTruthy();
  });

  test('that finds nothing, or fails, says so', async () => {
    add('Sun');
    await open();
    await type('rain');
    expect(await within(list()).findByText('Nothing found.')).toBeTruthy();
    backend.refusals.set('search', { code: 'failed', message: 'The search could not be made.' });
    await type('rains');
    expect((await within(list()).findByRole('alert')).textContent).toBe('The search could not be made.');
  });
});

describe('the palette', () => {
  const field = () => screen.findByRole<HTMLInputElement>('combobox', { name: 'Search and commands' });
  const options = () => screen.queryAllByRole('option').map((option) => option.textContent?.trim().replace(/\s+/g, ' '));

  test('offers recent conversations and commands, by keyboard alone', async () => {
    const [rain] = add('Rain', 'Sun');
    await open();
    await press(document.body, 'k', { ctrlKey: true });
    const input = await field();
    await waitFor(() => expect(options()[0]).toMatch(/^Rain/));
    expect(options().some((option) => option?.startsWith('New chat'))).toBe(true);
    await expectNoViolations();
    expect(input.getAttribute('aria-activedescendant')).toBe(screen.getAllByRole('option')[0]!.id);
    await press(input, 'Enter');
    await waitFor(() => expect(location.hash).toBe(`#/c/${rain!.summary.id}`));
    expect(screen.queryByRole('combobox', { name: 'Search and commands' })).toBeNull();
  });

  test('finds commands and messages together', async () => {
    const fog = backend.add('Fog', [userMessage('How are the settings called?')]);
    await open();
    await press(document.body, 'k', { ctrlKey: true });
    await fireEvent.input(await field(), { target: { value: 'sett' } });
    await waitFor(() => expect(options()).toHaveLength(2));
    expect(screen.getAllByRole('group').map((group) => group.getAttribute('aria-labelledby') && group.textContent)).toBeTruthy();
    expect(options()[0]).toMatch(/^Settings/);
    await press(await field(), 'ArrowDown');
    await press(await field(), 'Enter');
    await moved();
    await waitFor(() => expect(called('showMessage')).toEqual([[fog.messages[0]!.id]]));
  });

  test('runs a command', async () => {
    await open();
    await press(document.body, 'k', { ctrlKey: true });
    await fireEvent.input(await field(), { target: { value: 'dark' } });
    await press(await field(), 'Enter');
    await waitFor(() => expect(called('updateSettings')).toEqual([[{ appearance: 'dark' }]]));
  });

  test('brings quick ask up', async () => {
    await open();
    await press(document.body, 'k', { ctrlKey: true });
    await fireEvent.input(await field(), { target: { value: 'quick' } });
    await press(await field(), 'Enter');
    await waitFor(() => expect(called('quickShow')).toHaveLength(1));
  });

  test('gives the focus back when it is closed', async () => {
    add('Rain');
    await open();
    await waitFor(() => expect(links()).toHaveLength(1));
    links()[0]!.focus();
    await press(links()[0]!, 'k', { ctrlKey: true });
    await press(await field(), 'Escape');
    await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull());
    expect(document.activeElement).toBe(links()[0]);
  });

  test('hides and shows the sidebar', async () => {
    add('Rain');
    await open();
    await fireEvent.click(button('Hide sidebar'));
    expect(screen.queryByRole('navigation', { name: 'Conversations' })).toBeNull();
    await press(document.body, 'k', { ctrlKey: true });
    await fireEvent.input(await field(), { target: { value: 'sidebar' } });
    await press(await field(), 'Enter');
    await waitFor(() => expect(list()).toBeTruthy());
  });
});

describe('finding in the conversation', () => {
  const field = () => screen.findByRole<HTMLInputElement>('searchbox', { name: 'Find in conversation' });
  const bar = () => screen.getByRole('search');

  test('counts, steps by Enter and by the buttons, and closes', async () => {
    await open(backend.add('Fog', [userMessage('rain'), reply('rain, rain')]));
    await press(document.body, 'f', { ctrlKey: true });
    await fireEvent.input(await field(), { target: { value: 'rain' } });
    await waitFor(() => expect(within(bar()).getByRole('status').textContent).toBe('1 of 3'));
    await expectNoViolations();
    await press(await field(), 'Enter');
    expect(within(bar()).getByRole('status').textContent).toBe('2 of 3');
    await fireEvent.click(button('Next match'));
    await fireEvent.click(button('Next match'));
    await fireEvent.click(button('Previous match'));
    expect(within(bar()).getByRole('status').textContent).toBe('3 of 3');
    await press(await field(), 'Escape');
    await waitFor(() => expect(screen.queryByRole('search')).toBeNull());
    expect(document.activeElement).toBe(message());
  });

  test('fetches messages that are not at hand', async () => {
    const kept = backend.add('Fog', Array.from({ length: 100 }, (_, index) => userMessage(index === 3 ? 'the only rain' : `Number ${index}`)));
    await open(kept);
    expect(screen.queryByText('the only rain')).toBeNull();
    await press(document.body, 'f', { ctrlKey: true });
    await fireEvent.input(await field(), { target: { value: 'only' } });
    expect(await screen.findByText('the only rain')).toBeTruthy();
  });

  test('opens the reasoning that holds the words, and leaves other folds alone', async () => {
    const reasoning = (text: string) => ({ type: 'reasoning' as const, blocks: [{ t: 'p' as const, c: [text] }], started_at: 0, took: 3000 });
    await open(backend.add('Fog', [userMessage('Hello'), reply('', { parts: [reasoning('Nothing of it'), reasoning('It may rain')] })]));
    await press(document.body, 'f', { ctrlKey: true });
    await fireEvent.input(await field(), { target: { value: 'may rain' } });
    await waitFor(() => expect(screen.getByText('It may rain')).toBeTruthy());
    await waitFor(() => expect(screen.getAllByRole<HTMLDetailsElement>('group', { name: 'Reasoning' }).map(({ open }) => open)).toEqual([false, true]));
  });

  test('unfolds the code that holds the words', async () => {
    const lines = Array.from({ length: 60 }, (_, index) => ` line ${index}\n`);
    await open(backend.add('Fog', [userMessage('Hello'), reply([{ t: 'code', c: [lines] }])]));
    expect(button('Show all 60 lines')).toBeTruthy();
    await press(document.body, 'f', { ctrlKey: true });
    await fireEvent.input(await field(), { target: { value: 'line 57' } });
    await waitFor(() => expect(screen.queryByRole('button', { name: 'Show all 60 lines' })).toBeNull());
  });

  test('says when there is nothing', async () => {
    await open(backend.add('Fog', [userMessage('rain')]));
    await press(document.body, 'f', { ctrlKey: true });
    await fireEvent.input(await field(), { target: { value: 'snow' } });
    await waitFor(() => expect(within(bar()).getByRole('status').textContent).toBe('Nothing found'));
    expect(screen.getByRole<HTMLButtonElement>('button', { name: 'Next match' }).disabled).toBe(true);
  });
});

describe('the settings’ data', () => {
  const section = () => screen.findByRole('region', { name: 'Data' });

  beforeEach(() => {
    location.hash = '#/settings';
  });

  test('exports all, says how far it is, and can be cancelled', async () => {
    add('Rain');
    await open();
    await fireEvent.click(within(await section()).getByRole('button', { name: 'JSON…: export all conversations' }));
    await waitFor(() => expect(called('exportConversations')).toEqual([[null, 'json']]));
    await fireEvent.click(await within(await section()).findByRole('button', { name: 'Cancel' }));
    expect(called('cancelJob')).toHaveLength(1);
    await waitFor(async () => expect((await section()).textContent).toContain('Cancelled.'));
  });

  test('says what came of an export, or why there was none, where it was begun', async () => {
    const rows = async () => Array.from((await section()).querySelectorAll('h3, [role=status], [role=alert]')).map((one) => one.textContent).filter(Boolean);
    await open();
    await fireEvent.click(within(await section()).getByRole('button', { name: /^JSON…/ }));
    await waitFor(() => expect(backend.latest).not.toBeNull());
    backend.job$({ ...backend.latest!, state: 'done', summary: 'Exported 2 conversations.' });
    await waitFor(async () =>
      expect((await rows()).slice(0, 3)).toEqual(['Export all conversations', 'Exported 2 conversations.', 'Import conversations']),
    );
    await fireEvent.click(within(await section()).getByRole('button', { name: 'Dismiss' }));
    backend.refusals.set('exportConversations', { code: 'failed', message: 'An import is under way.' });
    await fireEvent.click(within(await section()).getByRole('button', { name: /^Markdown…/ }));
    await waitFor(async () =>
      expect((await rows()).slice(0, 3)).toEqual(['Export all conversations', 'An import is under way.', 'Import conversations']),
    );
  });

  test('imports, and lists what was changed or left out', async () => {
    await open();
    await fireEvent.click(within(await section()).getByRole('button', { name: /^Files…/ }));
    await waitFor(() => expect(backend.latest).not.toBeNull());
    const problems = [{ entry: 'entry 3', reason: 'It has no messages.' }];
    backend.job$({ ...backend.latest!, state: 'done', summary: 'Imported 7 conversations.', problems, more_problems: 41 });
    await waitFor(async () => expect((await section()).textContent).toContain('42 things were changed or left out'));
    expect((await section()).textContent).toContain('And 41 more.');
    await expectNoViolations();
    await fireEvent.click(within(await section()).getByRole('button', { name: 'Copy list' }));
    expect(called('copyText')).toEqual([['entry 3: It has no messages.']]);
  });

  test('deletes all only after the word was typed, and offers to undo it', async () => {
    add('Rain', 'Sun');
    await open();
    await fireEvent.click(within(await section()).getByRole('button', { name: 'Delete all…' }));
    const dialog = await screen.findByRole('dialog', { name: 'Delete all conversations?' });
    const go = within(dialog).getByRole<HTMLButtonElement>('button', { name: 'Delete all' });
    expect(go.disabled).toBe(true);
    await fireEvent.input(within(dialog).getByRole('textbox'), { target: { value: 'Delete' } });
    await waitFor(() => expect(go.disabled).toBe(false));
    await fireEvent.click(go);
    await waitFor(() => expect(backend.kept.size).toBe(0));
    await fireEvent.click(await screen.findByRole('button', { name: 'Undo' }));
    await waitFor(() => expect(backend.kept.size).toBe(2));
  });

  test('a conversation that is deleted while the settings are open is not come back to', async () => {
    const [rain] = add('Rain', 'Sun');
    location.hash = '';
    await open(rain);
    location.hash = '#/settings';
    await moved();
    await section();
    await menuOf('Rain');
    await fireEvent.click(item('Delete'));
    await waitFor(() => expect(backend.kept.size).toBe(1));
    expect(await section()).toBeTruthy();
    await fireEvent.click(button('Close settings'));
    await moved();
    await waitFor(() => expect(screen.getByRole('heading', { name: 'What is on your mind?' })).toBeTruthy());
    expect(location.hash).toBe('#/');
  });

  test('says when the last backup was made', async () => {
    await open();
    await waitFor(async () => expect((await section()).textContent).toContain('The last 3 are kept.'));
    backend.emit('library_health', { unsaved: null, remedy: null, last_backup: null, backups: 0, backup_trouble: null });
    await waitFor(async () => expect((await section()).textContent).toContain('There is no backup yet.'));
    backend.emit('library_health', { unsaved: null, remedy: null, last_backup: null, backups: 0, backup_trouble: { code: 'failed', message: 'The backup could not be written.' } });
    expect((await within(await section()).findByRole('alert')).textContent).toBe('The backup could not be written.');
  });

  test('`Let the model name conversations` is a switch that says what it costs', async () => {
    await open();
    const toggle = await screen.findByRole('switch', { name: 'Let the model name conversations' });
    expect(document.body.textContent).toContain('costs a few tokens');
    await fireEvent.click(toggle);
    expect(called('updateSettings')).toEqual([[{ title_by_model: true }]]);
  });
});

test('what cannot be saved is said on top, until it can', async () => {
  await open();
  backend.emit('library_health', { unsaved: { code: 'failed', message: 'The disk is full. Make room.' }, remedy: 'try_again', last_backup: null, backups: 0, backup_trouble: null });
  expect((await screen.findByRole('alert')).textContent).toContain('The disk is full.');
  backend.refusals.set('saveAgain', { code: 'failed', message: 'The disk is full.' });
  await fireEvent.click(screen.getByRole('button', { name: 'Try again' }));
  await screen.findByText('Still not saved');
  expect(screen.getAllByRole('alert')).toHaveLength(1);
  backend.refusals.clear();
  await fireEvent.click(screen.getByRole('button', { name: 'Try again' }));
  await screen.findByText('Everything is saved');
  backend.emit('library_health', { unsaved: null, remedy: null, last_backup: null, backups: 0, backup_trouble: null });
  await waitFor(() => expect(screen.queryByRole('alert')).toBeNull());
});

test('a damaged database offers the restart that mends it', async () => {
  await open();
  backend.emit('library_health', {
    unsaved: { code: 'failed', message: 'The conversation database is damaged. Restart Serein.' },
    remedy: 'restart',
    last_backup: null,
    backups: 0,
    backup_trouble: null,
  });
  await fireEvent.click(await screen.findByRole('button', { name: 'Restart now' }));
  expect(called('restart')).toHaveLength(1);
});
