import '../dev/jsdom';
import { fireEvent, render, screen, waitFor, within } from '@testing-library/svelte';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { FakeBackend, reply, userMessage, type Kept } from '../dev/fake-backend';
import Quick from './Quick.svelte';
import { SAME_EXCHANGE } from './lib/quick-session';

let backend: FakeBackend;
const called = (name: string) => backend.calls.filter(([one]) => one === name).map(([, ...args]) => args);
const out = { signed_in: null, signed_out_reason: null };

beforeEach(() => {
  location.hash = '';
  localStorage.clear();
  backend = new FakeBackend();
  backend.modelList.models = [{ id: 'plain', name: 'Plain', context_window: null, input_cost_per_million: null, output_cost_per_million: null }];
});

afterEach(() => vi.useRealTimers());

async function open(): Promise<void> {
  render(Quick, { backend });
  await waitFor(() => expect(called('draft')).toHaveLength(1));
  await waitFor(() => expect(called('models')).toHaveLength(1));
}

const field = () => screen.getByRole<HTMLTextAreaElement>('textbox', { name: 'Ask anything' });
const button = (name: string) => screen.getByRole('button', { name });
const noButton = (name: string) => expect(screen.queryByRole('button', { name })).toBeNull();
const press = (key: string, more: object = {}) => fireEvent.keyDown(field(), { key, ...more });
const type = (text: string) => fireEvent.input(field(), { target: { value: text } });
const only = (): Kept => [...backend.kept.values()].at(-1)!;

/** Asks, and has the conversation that came of it. */
async function ask(text = 'Why is it dark there?'): Promise<Kept> {
  await type(text);
  await press('Enter');
  await screen.findByRole('log', { name: 'Answer' });
  await screen.findByRole('button', { name: 'Stop' });
  return only();
}

/** Asks, and has the reply to its end. */
async function answered(text?: string): Promise<Kept> {
  const kept = await ask(text);
  backend.turn(kept, { type: 'content', part: 0, patch: [['blocks', [], 0, [{ t: 'p', c: ['It is Alexander’s band.'] }]]] });
  kept.messages.at(-1)!.parts = [{ type: 'text', blocks: [{ t: 'p', c: ['It is Alexander’s band.'] }] }];
  backend.finish(kept, 'complete');
  await screen.findByRole('button', { name: 'Copy' });
  return kept;
}

describe('asking', () => {
  test('the field has the focus and the draft, and asks for nothing the bar does not need', async () => {
    backend.newDraft = 'half a thought';
    await open();
    await waitFor(() => expect(field().value).toBe('half a thought'));
    expect(document.activeElement).toBe(field());
    expect(called('conversations')).toEqual([]);
    for (const name of ['Copy', 'Stop', 'Continue last', 'Sign in']) noButton(name);
    expect(screen.queryByRole('log')).toBeNull();
  });

  test('Enter asks, and the answer comes under the bar', async () => {
    await open();
    const kept = await answered('Why is it dark there?');
    expect(called('send')).toEqual([[null, 'Why is it dark there?', 'plain']]);
    expect(field().value).toBe('');
    const log = screen.getByRole('log', { name: 'Answer' });
    expect(within(log).getByRole('article', { name: 'You' }).textContent).toContain('Why is it dark there?');
    expect(within(log).getByRole('article', { name: 'Serein' }).textContent).toContain('Alexander');
    await type('And above it?');
    await press('Enter');
    await waitFor(() => expect(called('send')[1]).toEqual([kept.summary.id, 'And above it?', 'plain']));
  });

  test('modifiers alone are not left to the engine, which would lose the next key for one that hides the window', async () => {
    await open();
    for (const key of ['Control', 'Shift', 'Alt', 'Meta']) expect(await press(key)).toBe(false);
    expect(await press('a')).toBe(true);
  });

  test('Enter asks nothing while an input method composes, while a reply runs, or when there is nothing to ask', async () => {
    await open();
    await press('Enter');
    await type('にほんご');
    await press('Enter', { isComposing: true });
    await press('Enter', { keyCode: 229 });
    expect(called('send')).toEqual([]);
    await press('Enter');
    await screen.findByRole('button', { name: 'Stop' });
    await type('more');
    await press('Enter');
    expect(called('send')).toHaveLength(1);
    expect(field().value).toBe('more');
  });

  test('there is one button of each name, however long the exchange', async () => {
    await open();
    await answered();
    const kept = await answered('And above it?');
    for (const name of ['Open in Serein', 'Copy', 'Pin']) expect(screen.getAllByRole('button', { name })).toHaveLength(1);
    for (const name of ['Retry', 'Edit', 'Stop']) noButton(name);
    await fireEvent.click(button('Copy'));
    expect(called('copyMessage')).toEqual([[kept.messages.at(-1)!.id]]);
  });

  test('only the last of several failed replies has buttons', async () => {
    await open();
    for (const text of ['One', 'Two']) {
      const kept = await ask(text);
      backend.finish(kept, 'failed', { code: 'payment_required', message: 'Your balance is used up.', status: 402 });
      await waitFor(() => noButton('Stop'));
    }
    expect(screen.getAllByRole('alert')).toHaveLength(2);
    expect(screen.getAllByRole('button', { name: 'Top up' })).toHaveLength(1);
    expect(screen.getAllByRole('button', { name: 'Retry' })).toHaveLength(1);
  });

  test('`Choose another model` leads to the main window', async () => {
    await open();
    const kept = await ask();
    backend.finish(kept, 'failed', { code: 'unknown_model', message: 'No such model.', status: 400 });
    await fireEvent.click(await screen.findByRole('button', { name: 'Choose another model' }));
    await waitFor(() => expect(called('openInMain')).toEqual([[{ conversation: kept.summary.id, screen: 'chat' }]]));
  });

  test('what was refused stays in the field, with the reason', async () => {
    await open();
    backend.refusals.set('send', { code: 'invalid_input', message: 'This message is too long.' });
    await type('Very long');
    await press('Enter');
    expect((await screen.findByRole('alert')).textContent).toContain('too long');
    expect(field().value).toBe('Very long');
  });
});

describe('Esc', () => {
  test('stops the reply, then clears what is written and attached, then hides', async () => {
    backend.context = { clipboard: true, selection: false };
    backend.clipboard = 'a line';
    await open();
    await ask();
    await type('and then');
    await fireEvent.click(button('Attach clipboard'));
    await screen.findByRole('group', { name: 'Attached text' });
    await press('Escape');
    await waitFor(() => expect(called('stop')).toHaveLength(1));
    expect(field().value).toBe('and then');
    await press('Escape');
    await waitFor(() => expect(field().value).toBe(''));
    expect(screen.queryByRole('group', { name: 'Attached text' })).toBeNull();
    expect(called('quickHide')).toEqual([]);
    await press('Escape');
    expect(called('quickHide')).toHaveLength(1);
    expect(called('stop')).toHaveLength(1);
  });

  test('belongs to an input method that composes', async () => {
    await open();
    await type('にほんご');
    await press('Escape', { isComposing: true });
    await press('Escape', { keyCode: 229 });
    expect(field().value).toBe('にほんご');
    expect(called('quickHide')).toEqual([]);
  });

  test('held down goes one step, not all of them', async () => {
    await open();
    await type('a word');
    await press('Escape');
    await press('Escape', { repeat: true });
    expect(called('quickHide')).toEqual([]);
  });

  test('is a new press after the window was away, whatever the engine says', async () => {
    await open();
    await press('Escape');
    expect(called('quickHide')).toHaveLength(1);
    await fireEvent.blur(window);
    await press('Escape', { repeat: true });
    expect(called('quickHide')).toHaveLength(2);
  });

  test('goes on to the next step though a reply is slow to stop', async () => {
    await open();
    backend.stop = async () => {};
    await ask();
    await press('Escape');
    await press('Escape');
    expect(called('quickHide')).toHaveLength(1);
  });

  test('closes the menu of a link, and nothing else', async () => {
    await open();
    const kept = await ask();
    backend.turn(kept, { type: 'content', part: 0, patch: [['blocks', [], 0, [{ t: 'p', c: [{ t: 'a', href: 'https://example.com', c: ['here'] }] }]]] });
    await fireEvent.contextMenu(await screen.findByRole('link', { name: 'here' }));
    const menu = document.querySelector('[role=menu]')!;
    expect(menu.hasAttribute('data-open')).toBe(true);
    await fireEvent.keyDown(menu.querySelector('button')!, { key: 'Escape' });
    expect(menu.hasAttribute('data-open')).toBe(false);
    expect(called('stop')).toEqual([]);
  });
});

describe('opening in Serein', () => {
  test('takes a running reply along in mid-stream', async () => {
    await open();
    const kept = await ask();
    await press('Enter', { ctrlKey: true });
    await waitFor(() => expect(called('openInMain')).toEqual([[{ conversation: kept.summary.id, screen: 'chat' }]]));
    expect(called('stop')).toEqual([]);
  });

  test('asks first what has not been asked yet', async () => {
    await open();
    await type('Straight to the window');
    await press('Enter', { ctrlKey: true });
    await waitFor(() => expect(called('openInMain')).toHaveLength(1));
    expect(called('send')).toEqual([[null, 'Straight to the window', 'plain']]);
    expect(called('openInMain')).toEqual([[{ conversation: only().summary.id, screen: 'chat' }]]);
  });

  test('right after Enter waits for the conversation that comes of it, and asks once', async () => {
    await open();
    await type('Quick');
    void press('Enter');
    await press('Enter', { ctrlKey: true });
    await waitFor(() => expect(called('openInMain')).toEqual([[{ conversation: only().summary.id, screen: 'chat' }]]));
    expect(called('send')).toHaveLength(1);
  });

  test('stays here when what should be asked is refused', async () => {
    await open();
    backend.refusals.set('send', { code: 'invalid_input', message: 'This message is too long.' });
    await type('Very long');
    await fireEvent.click(button('Open in Serein'));
    expect((await screen.findByRole('alert')).textContent).toContain('too long');
    expect(called('openInMain')).toEqual([]);
  });

  test('with nothing written is a new chat there', async () => {
    await open();
    await fireEvent.click(button('Open in Serein'));
    await waitFor(() => expect(called('openInMain')).toEqual([[{ conversation: null, screen: 'chat' }]]));
  });

  test('where Ctrl+Enter sends, it opens only from an empty field', async () => {
    backend.state.settings.send_key = 'mod_enter';
    await open();
    await type('A question');
    await press('Enter');
    expect(called('send')).toEqual([]);
    await press('Enter', { ctrlKey: true });
    await screen.findByRole('button', { name: 'Stop' });
    expect(called('openInMain')).toEqual([]);
    await press('Enter', { ctrlKey: true });
    await waitFor(() => expect(called('openInMain')).toHaveLength(1));
    expect(called('send')).toHaveLength(1);
  });
});

describe('who is not signed in', () => {
  beforeEach(() => {
    backend.state.account = { ...out, sign_in: { state: 'idle', unlocking: false } };
  });

  async function openOut(): Promise<void> {
    render(Quick, { backend });
    await screen.findByRole('button', { name: 'Sign in' });
  }

  test('is told so, and one key opens the sign-in; what is written stays', async () => {
    await openOut();
    expect(document.body.textContent).toContain('You are not signed in');
    await type('For later');
    await press('Enter');
    await waitFor(() => expect(called('openInMain')).toEqual([[{ conversation: null, screen: 'sign_in' }]]));
    expect(called('saveDraft').at(-1)).toEqual([null, 'For later']);
    expect(called('send')).toEqual([]);
    expect(field().value).toBe('For later');
    await fireEvent.click(button('Sign in'));
    await waitFor(() => expect(called('openInMain')).toHaveLength(2));
  });

  test('has one button for it, though a reply ended because of it', async () => {
    const kept = backend.add('Rain', [userMessage('Hello'), reply('', { status: 'failed', error: { code: 'unauthorized', message: 'You were signed out.', status: 401 } })]);
    location.hash = `#/c/${kept.summary.id}`;
    await openOut();
    await screen.findByRole('article', { name: 'Serein' });
    expect(screen.getAllByRole('button', { name: 'Sign in' })).toHaveLength(1);
  });

  test('can ask as soon as they are', async () => {
    await openOut();
    backend.account({ signed_in: { storage: 'keychain', expires_at: null }, sign_in: { state: 'done' } });
    await waitFor(() => noButton('Sign in'));
    await ask();
    expect(called('send')).toHaveLength(1);
  });
});

describe('what is attached', () => {
  beforeEach(() => {
    backend.context = { clipboard: true, selection: true };
    backend.clipboard = 'let x = `1`;\nlet y;\n';
    backend.selection = 'selected words';
  });

  test('is offered, shown whole, and sent below the question', async () => {
    await open();
    expect(called('quickAttach')).toEqual([]);
    await fireEvent.click(await screen.findByRole('button', { name: 'Attach clipboard' }));
    const group = await screen.findByRole('group', { name: 'Attached text' });
    expect(group.textContent).toContain('let x = `1`;\nlet y;');
    for (const name of ['Attach clipboard', 'Attach selection']) noButton(name);
    expect(document.activeElement).toBe(field());
    await type('What is this?');
    await press('Enter');
    await waitFor(() => expect(called('send')).toEqual([[null, 'What is this?\n\n```\nlet x = `1`;\nlet y;\n```', 'plain']]));
    await waitFor(() => expect(screen.queryByRole('group', { name: 'Attached text' })).toBeNull());
    expect(field().value).toBe('');
  });

  test('can go without a question', async () => {
    await open();
    await fireEvent.click(await screen.findByRole('button', { name: 'Attach selection' }));
    await screen.findByRole('group', { name: 'Attached text' });
    await press('Enter');
    await waitFor(() => expect(called('send')).toEqual([[null, '```\nselected words\n```', 'plain']]));
  });

  test('can be removed again, and is offered again', async () => {
    await open();
    await fireEvent.click(await screen.findByRole('button', { name: 'Attach clipboard' }));
    await fireEvent.click(await screen.findByRole('button', { name: 'Remove' }));
    await waitFor(() => expect(screen.queryByRole('group', { name: 'Attached text' })).toBeNull());
    expect(button('Attach clipboard')).toBeTruthy();
    await press('Enter');
    expect(called('send')).toEqual([]);
  });

  test('stays when it was refused', async () => {
    await open();
    await fireEvent.click(await screen.findByRole('button', { name: 'Attach clipboard' }));
    backend.refusals.set('send', { code: 'failed', message: 'The disk is full.' });
    await screen.findByRole('group', { name: 'Attached text' });
    await press('Enter');
    await screen.findByRole('alert');
    expect(screen.getByRole('group', { name: 'Attached text' })).toBeTruthy();
  });

  test('says why it could not be had', async () => {
    await open();
    backend.refusals.set('quickAttach', { code: 'failed', message: 'The clipboard holds no text any more.' });
    await fireEvent.click(await screen.findByRole('button', { name: 'Attach clipboard' }));
    expect((await screen.findByRole('alert')).textContent).toContain('no text any more');
  });

  test('is looked for each time quick ask is shown', async () => {
    backend.context = { clipboard: false, selection: false };
    await open();
    noButton('Attach clipboard');
    backend.context = { clipboard: true, selection: false };
    backend.emit('quick_shown', { text: null });
    await screen.findByRole('button', { name: 'Attach clipboard' });
  });
});

describe('coming back', () => {
  const hide = () => backend.emit('quick_hidden', null);
  const show = (text: string | null = null) => backend.emit('quick_shown', { text });
  /** Lets so many milliseconds pass on the clock alone: nothing that waits is called. */
  const pass = (by: number) => vi.setSystemTime(Date.now() + by);

  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['Date'] });
  });

  test('within five minutes is to the same exchange', async () => {
    await open();
    await answered();
    hide();
    pass(SAME_EXCHANGE);
    show();
    expect(screen.getByRole('log', { name: 'Answer' })).toBeTruthy();
    noButton('Continue last');
  });

  test('later is to a fresh one, which can go on with the last; the draft is there', async () => {
    await open();
    const kept = await answered();
    await type('unfinished');
    hide();
    pass(SAME_EXCHANGE + 1);
    show();
    await waitFor(() => expect(screen.queryByRole('log')).toBeNull());
    expect(field().value).toBe('unfinished');
    await fireEvent.click(await screen.findByRole('button', { name: 'Continue last' }));
    await screen.findByRole('article', { name: 'Serein' });
    noButton('Continue last');
    expect(field().value).toBe('unfinished');
    await press('Enter');
    await waitFor(() => expect(called('send')[1]).toEqual([kept.summary.id, 'unfinished', 'plain']));
  });

  test('to a conversation that was deleted says so, and starts fresh', async () => {
    await open();
    const kept = await answered();
    hide();
    pass(SAME_EXCHANGE + 1);
    show();
    backend.kept.delete(kept.summary.id);
    await fireEvent.click(await screen.findByRole('button', { name: 'Continue last' }));
    expect((await screen.findByRole('alert')).textContent).toContain('not there any more');
    await type('Again');
    await press('Enter');
    await waitFor(() => expect(called('send')[1]?.[0]).toBeNull());
  });

  test('to a reply that ended while nobody looked counts from its end', async () => {
    await open();
    const kept = await ask();
    hide();
    pass(SAME_EXCHANGE * 2);
    backend.finish(kept, 'complete');
    pass(SAME_EXCHANGE - 1);
    show();
    expect(screen.getByRole('log', { name: 'Answer' })).toBeTruthy();
  });

  test('a new chat can be had at any time', async () => {
    await open();
    await answered();
    await press('n', { ctrlKey: true });
    await waitFor(() => expect(screen.queryByRole('log')).toBeNull());
    expect(button('Continue last')).toBeTruthy();
    expect(document.activeElement).toBe(field());
  });

  test('takes modifiers for itself, so that the engine gives none of them back to a window that is gone', async () => {
    await open();
    for (const key of ['Control', 'Shift', 'Alt', 'Meta', 'F8']) {
      const event = new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true });
      field().dispatchEvent(event);
      expect(event.defaultPrevented, key).toBe(true);
    }
    const letter = new KeyboardEvent('keydown', { key: 'a', bubbles: true, cancelable: true });
    field().dispatchEvent(letter);
    expect(letter.defaultPrevented).toBe(false);
  });

  test('puts the keys into the field, and text from the command line after the draft', async () => {
    backend.newDraft = 'draft';
    await open();
    await waitFor(() => expect(field().value).toBe('draft'));
    button('Pin').focus();
    show('from the shell');
    expect(document.activeElement).toBe(field());
    await waitFor(() => expect(field().value).toBe('draft\n\nfrom the shell'));
    await waitFor(() => expect(field().selectionStart).toBe(field().value.length));
    expect(field().selectionEnd).toBe(field().selectionStart);
  });

  test('what is typed is kept as the quick ask’s own draft, whatever conversation is shown', async () => {
    await open();
    await answered();
    await type('a follow-up');
    hide();
    await waitFor(() => expect(called('saveDraft').at(-1)).toEqual([null, 'a follow-up']));
  });
});

describe('staying open', () => {
  test('while pinned, and while a reply runs', async () => {
    await open();
    expect(called('quickHold')).toEqual([]);
    await fireEvent.click(button('Pin'));
    expect(button('Pin').getAttribute('aria-pressed')).toBe('true');
    expect(called('quickHold')).toEqual([[true]]);
    await fireEvent.click(button('Pin'));
    expect(called('quickHold')).toEqual([[true], [false]]);
    const kept = await ask();
    await waitFor(() => expect(called('quickHold').at(-1)).toEqual([true]));
    backend.finish(kept, 'complete');
    await waitFor(() => expect(called('quickHold').at(-1)).toEqual([false]));
  });

  test('not for a reply, if the user does not want that', async () => {
    backend.state.settings.quick_keep_open = false;
    await open();
    await ask();
    expect(called('quickHold')).toEqual([]);
  });
});
