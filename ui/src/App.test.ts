import '../dev/jsdom';
import { fireEvent, render, screen, waitFor, within } from '@testing-library/svelte';
import { beforeEach, describe, expect, test } from 'vitest';
import { FakeBackend, LINK, reply, userMessage, type Kept } from '../dev/fake-backend';
import App from './App.svelte';

let backend: FakeBackend;
const called = (name: string) => backend.calls.filter(([one]) => one === name).map(([, ...args]) => args);
const out = { signed_in: null, signed_out_reason: null };
const model = (id: string, name = id) => ({ id, name, context_window: null, input_cost_per_million: null, output_cost_per_million: null });

beforeEach(() => {
  location.hash = '';
  backend = new FakeBackend();
  backend.modelList.models = [model('plain', 'Plain'), model('markdown', 'Markdown')];
});

async function open(kept?: Kept): Promise<void> {
  if (kept) location.hash = `#/c/${kept.summary.id}`;
  render(App, { backend });
  await waitFor(() => expect(document.querySelector('main :is(h1, h2, [role="log"])')).not.toBeNull());
  if (kept) await screen.findAllByRole('article');
}

const button = (name: string) => screen.getByRole('button', { name });
const message = () => screen.getByRole<HTMLTextAreaElement>('textbox', { name: 'Message' });
const press = (element: Element, key: string, more: object = {}) => fireEvent.keyDown(element, { key, ...more });

describe('signing in', () => {
  const awaiting = { state: 'awaiting_code' as const, url: LINK, expires_at: Date.now() + 583_000, error: null, browser_failed: false };
  const boxes = () => Array.from({ length: 6 }, (_, index) => screen.getByRole<HTMLInputElement>('textbox', { name: `Digit ${index + 1}` }));
  const paste = (element: Element, text: string) =>
    fireEvent.paste(element, { clipboardData: { getData: () => text } });

  beforeEach(() => {
    backend.state.account = { ...out, sign_in: { state: 'idle', unlocking: false } };
  });

  test('one button begins it, and the code, the link and the time left are shown', async () => {
    await open();
    await fireEvent.click(button('Sign in with SereChat'));
    expect(await screen.findByRole('group', { name: 'Code' })).toBeTruthy();
    expect(screen.getByRole<HTMLInputElement>('textbox', { name: 'Link' }).value).toBe(LINK);
    expect(screen.getByRole('status').textContent).toBe('Waiting for the code');
    expect(document.body.textContent).toMatch(/(10:00|09:59)/);
  });

  test('a pasted code fills the boxes and is sent once', async () => {
    backend.state.account.sign_in = awaiting;
    await open();
    await paste(boxes()[0]!, '123 456');
    expect(boxes().map((box) => box.value)).toEqual([...'123456']);
    expect(called('signInCode')).toEqual([['123456']]);
  });

  test('typing goes from box to box and sends on the sixth digit', async () => {
    backend.state.account.sign_in = awaiting;
    await open();
    for (const [index, digit] of [...'123456'].entries()) {
      expect(called('signInCode')).toEqual([]);
      expect(document.activeElement).toBe(boxes()[index]);
      await fireEvent.input(boxes()[index]!, { target: { value: digit } });
    }
    expect(called('signInCode')).toEqual([['123456']]);
  });

  test('a letter leaves its box empty', async () => {
    backend.state.account.sign_in = awaiting;
    await open();
    await fireEvent.input(boxes()[0]!, { target: { value: 'x' } });
    expect(boxes()[0]!.value).toBe('');
    expect(document.activeElement).toBe(boxes()[0]);
  });

  test('backspace goes back, arrows move', async () => {
    backend.state.account.sign_in = awaiting;
    await open();
    await paste(boxes()[0]!, '12');
    expect(document.activeElement).toBe(boxes()[2]);
    await press(boxes()[2]!, 'Backspace');
    expect(boxes().map((box) => box.value).join('')).toBe('1');
    await press(boxes()[1]!, 'ArrowLeft');
    expect(document.activeElement).toBe(boxes()[0]);
  });

  test('a wrong code clears the boxes, goes to the first and says how many attempts are left', async () => {
    backend.state.account.sign_in = awaiting;
    await open();
    await paste(boxes()[0]!, '999999');
    expect(screen.getByRole('status').textContent).toBe('Checking the code');
    backend.signInState({ ...awaiting, error: { code: 'invalid_input', message: 'That code is not right. You have 4 attempts left.', attempts_left: 4 } });
    await waitFor(() => expect(boxes().map((box) => box.value).join('')).toBe(''));
    expect(document.activeElement).toBe(boxes()[0]);
    expect(screen.getByRole('alert').textContent).toContain('4 attempts left');
    // The same code again is the user's choice: it is sent.
    await paste(boxes()[0]!, '999999');
    expect(called('signInCode')).toHaveLength(2);
  });

  test('`Paste code` takes the code from the clipboard, or says that there is none', async () => {
    backend.state.account.sign_in = awaiting;
    await open();
    backend.clipboard = 'nothing';
    await fireEvent.click(button('Paste code'));
    expect((await screen.findByRole('alert')).textContent).toContain('no six-digit code');
    backend.clipboard = '123 456';
    await fireEvent.click(button('Paste code'));
    await waitFor(() => expect(called('signInCode')).toEqual([['123456']]));
  });

  test('while the approval is awaited the code stays, and the state says so', async () => {
    backend.state.account.sign_in = awaiting;
    await open();
    await paste(boxes()[0]!, '123456');
    backend.signInState({ state: 'awaiting_approval', url: LINK, expires_at: awaiting.expires_at, waiting: null });
    await waitFor(() => expect(screen.getByRole('status').textContent).toBe('Waiting for your approval in the browser'));
    expect(boxes().map((box) => box.value).join('')).toBe('123456');
    await fireEvent.click(button('Cancel'));
    expect(called('signInCancel')).toHaveLength(1);
  });

  test('a sign-in that is over says why and offers to start again', async () => {
    backend.state.account.sign_in = { state: 'failed', error: { code: 'failed', message: 'This sign-in has expired.', status: 404 } };
    await open();
    expect(screen.getByRole('alert').textContent).toContain('This sign-in has expired.');
    await fireEvent.click(button('Start again'));
    expect(called('signInStart')).toHaveLength(1);
  });

  test('a 401 shows the sign-in with its reason, and signing in leads back to the same conversation', async () => {
    backend.state.account = new FakeBackend().state.account;
    const kept = backend.add('Rain', [userMessage('Hello'), reply('', { status: 'failed', error: { code: 'unauthorized', message: 'You were signed out. Your message is kept.', status: 401 } })]);
    await open(kept);
    backend.account({ ...out, signed_out_reason: 'SereChat no longer accepts this sign-in.' });
    expect((await screen.findByText('SereChat no longer accepts this sign-in.')).closest('[role=alert]')).not.toBeNull();
    expect(screen.getByRole('link', { name: 'Rain' })).toBeTruthy();
    // Conversations stay readable.
    await fireEvent.click(screen.getByRole('link', { name: 'Rain' }));
    location.hash = `#/c/${kept.summary.id}`;
    await fireEvent(window, new HashChangeEvent('hashchange'));
    expect((await screen.findByRole('article', { name: 'You' })).textContent).toContain('Hello');
    expect(within(screen.getByRole('alert')).getByRole('button', { name: 'Sign in' })).toBeTruthy();
    await fireEvent.click(button('Sign in with SereChat'));
    expect(await screen.findByRole('group', { name: 'Code' })).toBeTruthy();
    backend.account({ signed_in: { storage: 'keychain', expires_at: null }, sign_in: { state: 'done' }, signed_out_reason: null });
    const failed = await screen.findByRole('article', { name: 'Serein' });
    expect(within(failed).getByRole('button', { name: 'Retry' })).toBeTruthy();
  });
});

describe('the composer', () => {
  test('sends on Enter, keeps Shift+Enter for a new line, and shows the new conversation', async () => {
    await open();
    await fireEvent.input(message(), { target: { value: 'Hello there' } });
    await press(message(), 'Enter', { shiftKey: true });
    expect(called('send')).toEqual([]);
    await press(message(), 'Enter');
    expect((await screen.findByRole('article', { name: 'You' })).textContent).toContain('Hello there');
    expect(called('send')).toEqual([[null, 'Hello there', 'plain']]);
    expect(message().value).toBe('');
    expect(location.hash).toMatch(/^#\/c\//);
    expect(screen.getByRole('log', { name: 'Conversation' }).getAttribute('aria-busy')).toBe('true');
    await fireEvent.click(button('Stop'));
    expect(await screen.findByText('Stopped')).toBeTruthy();
    expect(screen.getByRole('log').getAttribute('aria-busy')).toBe('false');
  });

  test('never sends while an input method composes', async () => {
    await open();
    await fireEvent.input(message(), { target: { value: 'にほんご' } });
    await press(message(), 'Enter', { isComposing: true });
    await press(message(), 'Enter', { keyCode: 229 });
    expect(called('send')).toEqual([]);
  });

  test('says why an empty or refused message was not sent, and keeps the text', async () => {
    await open();
    await fireEvent.click(button('Send'));
    expect((await screen.findByRole('alert')).textContent).toContain('The message is empty');
    backend.refusals.set('send', { code: 'invalid_input', message: 'This message is too long.' });
    await fireEvent.input(message(), { target: { value: 'Very long' } });
    expect(screen.queryByRole('alert')).toBeNull();
    await fireEvent.click(button('Send'));
    expect((await screen.findByRole('alert')).textContent).toContain('This message is too long.');
    expect(message().value).toBe('Very long');
  });

  test('keeps a 5 MB paste whole without drawing it, sends it with what is added, and says why it was refused', async () => {
    await open();
    const huge = 'x'.repeat(5_000_000);
    await fireEvent.paste(message(), { clipboardData: { getData: () => huge } });
    await waitFor(() => expect(document.querySelector('textarea')?.hidden).toBe(true));
    expect(document.querySelector('textarea')?.value).toBe(huge);
    expect(screen.getByRole('alert').textContent).toContain('5.0 MB of text is too long to send');
    await fireEvent.input(screen.getByRole('textbox', { name: 'Message' }), { target: { value: 'What is this?' } });
    await fireEvent.click(button('Send'));
    await waitFor(() => expect(screen.getAllByRole('alert').map((alert) => alert.textContent).join()).toContain('4 MiB'));
    expect(called('send')[0]?.[1]).toBe(`${huge}\n\nWhat is this?`);
    expect(document.querySelector('textarea')?.value).toBe(`${huge}\n\nWhat is this?`);
    await fireEvent.click(button('Clear'));
    await waitFor(() => expect(message().hidden).toBe(false));
    expect(message().value).toBe('');
  });

  test('the arrow up in an empty composer edits the last message', async () => {
    await open(backend.add('Rain', [userMessage('First'), reply('One'), userMessage('Second'), reply('Two')]));
    await press(message(), 'ArrowUp');
    const edit = await screen.findByRole<HTMLTextAreaElement>('textbox', { name: 'Edit message' });
    expect(edit.value).toBe('Second');
    await fireEvent.input(edit, { target: { value: 'Second, better' } });
    await press(edit, 'Enter');
    await waitFor(() => expect(called('edit')[0]?.slice(1)).toEqual(['Second, better', 'plain']));
  });

  test('a draft comes back with its conversation', async () => {
    await open(backend.add('Rain', [userMessage('Hello')], { draft: 'unsent' }));
    await waitFor(() => expect(message().value).toBe('unsent'));
  });
});

describe('the model picker', () => {
  const picker = () => screen.getByRole<HTMLInputElement>('combobox', { name: 'Model' });
  const type = async (text: string) => {
    picker().focus();
    await fireEvent.input(picker(), { target: { value: text } });
  };

  test('filters while typing, and the arrows and Enter choose', async () => {
    await open();
    await waitFor(() => expect(picker().value).toBe('Plain'));
    await type('mark');
    expect(screen.getAllByRole('option').map((option) => option.textContent?.trim())).toEqual(['Markdown', 'Use “mark”']);
    await press(picker(), 'ArrowDown');
    expect(picker().getAttribute('aria-activedescendant')).toBe(screen.getAllByRole('option')[0]!.id);
    await press(picker(), 'Enter');
    await waitFor(() => expect(picker().value).toBe('Markdown'));
    expect(called('updateSettings')).toEqual([[{ model: 'markdown' }]]);
    expect(called('send')).toEqual([]);
  });

  test('takes a typed id that no model has', async () => {
    const kept = backend.add('Rain', [userMessage('Hello')]);
    await open(kept);
    await type('scenario-429');
    await press(picker(), 'Enter');
    expect(called('setConversationModel')).toEqual([[kept.summary.id, 'scenario-429']]);
    expect(picker().value).toBe('scenario-429');
  });

  test('`Use “…”` lets an id through that is part of another', async () => {
    await open();
    await type('pla');
    await fireEvent.click(screen.getByRole('option', { name: 'Use “pla”' }));
    await waitFor(() => expect(picker().value).toBe('pla'));
  });

  test('leaving with half a name puts back what was chosen', async () => {
    await open();
    await waitFor(() => expect(picker().value).toBe('Plain'));
    await type('mar');
    await fireEvent.blur(picker());
    expect(picker().value).toBe('Plain');
    expect(screen.queryByRole('option')).toBeNull();
  });

  test('Escape closes it and does not stop a reply', async () => {
    const answer = reply('', { status: 'streaming' });
    await open(backend.add('Rain', [userMessage('Hello'), answer], { turn: { id: 't', message: answer.id, retrying: null } }));
    await type('mar');
    await press(picker(), 'Escape');
    expect(picker().getAttribute('aria-expanded')).toBe('false');
    expect(called('stop')).toEqual([]);
    await press(document.body, 'Escape');
    expect(called('stop')).toHaveLength(1);
  });

  test('says why there is no list, reloads it, and takes a typed id all the same', async () => {
    backend.modelList = { models: [], error: { code: 'failed', message: 'The list of models could not be fetched.' } };
    await open();
    await type('plain');
    expect((await screen.findByRole('alert')).textContent).toContain('could not be fetched');
    await fireEvent.click(button('Reload'));
    expect(called('models').at(-1)).toEqual([true]);
    await press(picker(), 'Enter');
    await waitFor(() => expect(called('updateSettings')).toEqual([[{ model: 'plain' }]]));
  });
});

describe('a turn', () => {
  const failed = (code: 'payment_required' | 'unknown_model' | 'persistent' | 'failed', status: number) =>
    backend.add('Rain', [userMessage('Hello'), reply('', { status: 'failed', error: { code, message: 'It failed.', status } })]);

  test('that needs money offers to top up and to retry', async () => {
    await open(failed('payment_required', 402));
    expect(screen.getByRole('alert').textContent).toContain('402');
    await fireEvent.click(button('Top up'));
    expect(called('openPlan')).toHaveLength(1);
    await fireEvent.click(button('Retry'));
    await waitFor(() => expect(called('retry')).toHaveLength(1));
  });

  test('with an unknown model offers the picker', async () => {
    await open(failed('unknown_model', 400));
    await fireEvent.click(button('Choose another model'));
    expect(document.activeElement).toBe(screen.getByRole('combobox', { name: 'Model' }));
  });

  test('that keeps failing names support', async () => {
    await open(failed('persistent', 500));
    expect(screen.getByRole('alert').textContent).toContain('support');
    expect(screen.getAllByRole('button', { name: 'Retry' })).toHaveLength(1);
  });

  test('cut by the length limit says so and goes on when asked', async () => {
    await open(backend.add('Rain', [userMessage('Hello'), reply('And so', { status: 'length' })]));
    expect(screen.getByText('Reached the length limit')).toBeTruthy();
    await fireEvent.click(button('Continue'));
    await waitFor(() => expect(called('continueReply')).toHaveLength(1));
  });

  test('interrupted keeps what arrived and offers both', async () => {
    await open(backend.add('Rain', [userMessage('Hello'), reply('And so', { status: 'interrupted', error: { code: 'interrupted', message: 'The connection broke off.' } })]));
    expect(screen.getByText('And so')).toBeTruthy();
    expect(button('Continue')).toBeTruthy();
    expect(button('Retry')).toBeTruthy();
  });

  test('interrupted, while nobody is signed in, leads to the sign-in, and goes by its model’s name', async () => {
    backend.state.account = { ...new FakeBackend().state.account, ...out };
    backend.modelList = { models: [{ id: 'vendor/one', name: 'One', context_window: null, input_cost_per_million: null, output_cost_per_million: null }], error: null };
    const kept = backend.add('Rain', [userMessage('Hello'), reply('And so', { status: 'interrupted', model: 'vendor/one' })]);
    await open(kept);
    const answer = await screen.findByRole('article', { name: 'Serein' });
    await waitFor(() => expect(within(answer).getByText('One')).toBeTruthy());
    await fireEvent.click(await within(answer).findByRole('button', { name: 'Sign in' }));
    expect(await screen.findByRole('group', { name: 'Code' })).toBeTruthy();
  });

  test('that waits shows the seconds, and can be tried now or given up', async () => {
    const answer = reply('', { status: 'streaming' });
    const retrying = { at: Date.now() + 7400, attempt: 2, of: 5, error: { code: 'failed' as const, message: 'Busy.', status: 429 } };
    await open(backend.add('Rain', [userMessage('Hello'), answer], { turn: { id: 't', message: answer.id, retrying } }));
    expect(screen.getByRole('status').textContent).toContain('8 s');
    await fireEvent.click(button('Cancel'));
    expect(called('retryCancel')).toHaveLength(1);
  });

  test('whose tool asks is answered on its card', async () => {
    const call = { id: '1', name: 'fetch_url', arguments: '{"url":"https://example.com"}', state: 'waiting' as const, result: null };
    const answer = reply('', { status: 'streaming', parts: [{ type: 'tool', call }] });
    const kept = backend.add('Rain', [userMessage('Hello'), answer], { turn: { id: 't', message: answer.id, retrying: null } });
    await open(kept);
    const card = screen.getByRole('group', { name: 'Tool fetch_url' });
    await fireEvent.click(within(card).getByRole('button', { name: 'Always allow' }));
    expect(called('answerTool')).toEqual([[kept.summary.id, 0, 'always']]);
  });

  test('says which of the conversation’s messages it is, and of how many', async () => {
    const messages = Array.from({ length: 30 }, (_, index) => (index % 2 === 0 ? userMessage(`${index}`) : reply(`${index}`)));
    await open(backend.add('Long', messages));
    const places = screen.getAllByRole('article').map((article) => [article.getAttribute('aria-posinset'), article.getAttribute('aria-setsize')]);
    expect([places.at(0), places.at(-1)]).toEqual([['7', '30'], ['30', '30']]);
  });

  test('that thought says for how long, folded', async () => {
    await open(backend.add('Rain', [userMessage('Hello'), reply('', { parts: [{ type: 'reasoning', blocks: [{ t: 'p', c: ['Hm.'] }], started_at: 0, took: 12_300 }] })]));
    const details = screen.getByRole<HTMLDetailsElement>('group', { name: 'Reasoning' });
    expect(details.open).toBe(false);
    expect(details.textContent).toContain('Thought for 12 s');
    expect(screen.queryByText('Hm.')).toBeNull();
  });

  test('has versions one can step between', async () => {
    await open(backend.add('Rain', [userMessage('Hello'), reply('Hi', { version: 2, versions: 3 })]));
    expect(screen.getByText('2/3')).toBeTruthy();
    await fireEvent.click(button('Previous version'));
    expect(await screen.findByText('1/3')).toBeTruthy();
    expect(screen.getByRole<HTMLButtonElement>('button', { name: 'Previous version' }).disabled).toBe(true);
  });
});

describe('settings', () => {
  beforeEach(() => {
    location.hash = '#/settings';
  });

  test('a base URL that cannot be used is refused beside its field, and stays there to be mended', async () => {
    await open();
    const field = screen.getByRole<HTMLInputElement>('textbox', { name: 'Base URL' });
    await fireEvent.input(field, { target: { value: 'http://example.com' } });
    await fireEvent.change(field);
    expect((await screen.findByRole('alert')).textContent).toContain('https://');
    expect(field.value).toBe('http://example.com');
    expect(backend.state.settings.base_url).toBe('');
  });

  test('the environment’s base URL cannot be changed here, and is said to decide', async () => {
    backend.state.base_url_from_environment = true;
    await open();
    expect(screen.getByRole<HTMLInputElement>('textbox', { name: 'Base URL' }).disabled).toBe(true);
    expect(document.body.textContent).toContain('SEREIN_BASE_URL decides');
  });

  test('appearance and text size are taken over at once', async () => {
    await open();
    await fireEvent.click(screen.getByRole('radio', { name: 'Dark' }));
    await waitFor(() => expect(document.documentElement.dataset.appearance).toBe('dark'));
    await fireEvent.change(screen.getByRole('slider', { name: 'Text size' }), { target: { value: '150' } });
    await waitFor(() => expect(document.documentElement.style.fontSize).toBe('150%'));
  });

  test('signing out says that it revokes nothing, and leads to the profile', async () => {
    await open();
    expect(document.body.textContent).toContain('revokes nothing');
    await fireEvent.click(button('Open profile'));
    expect(called('openProfile')).toHaveLength(1);
    await fireEvent.click(button('Sign out'));
    expect(called('signOut')).toHaveLength(1);
  });

  describe('the shortcut of quick ask', () => {
    const recorder = () => screen.getByRole('button', { name: 'Record shortcut' });
    const section = () => screen.getByRole('region', { name: 'Quick ask' });

    test('is recorded from the keys that are pressed', async () => {
      await open();
      await waitFor(() => expect(section().textContent).toContain('CtrlShiftSpace'));
      await fireEvent.click(recorder());
      await fireEvent.keyDown(recorder(), { code: 'ControlLeft', key: 'Control', ctrlKey: true });
      await fireEvent.keyDown(recorder(), { code: 'AltLeft', key: 'Alt', ctrlKey: true, altKey: true });
      expect(called('setShortcut')).toEqual([]);
      expect(section().textContent).toContain('CtrlAlt');
      // `false`: a key that is recorded does nothing else.
      expect(await fireEvent.keyDown(recorder(), { code: 'KeyK', key: 'k', ctrlKey: true, altKey: true })).toBe(false);
      await waitFor(() => expect(called('setShortcut')).toEqual([['Ctrl+Alt+K']]));
      await waitFor(() => expect(section().textContent).toContain('CtrlAltK'));
    });

    test('cannot be a key one writes with, and says so', async () => {
      await open();
      await fireEvent.click(recorder());
      await fireEvent.keyDown(recorder(), { code: 'KeyK', key: 'K', shiftKey: true });
      expect((await screen.findByRole('alert')).textContent).toContain('Ctrl, Alt or Super');
      expect(called('setShortcut')).toEqual([]);
      // It still listens.
      await fireEvent.keyDown(recorder(), { code: 'F9', key: 'F9' });
      await waitFor(() => expect(called('setShortcut')).toEqual([['F9']]));
    });

    test('stays as it was on Esc, which leaves the settings only after that, and when one turns away', async () => {
      await open();
      await fireEvent.click(recorder());
      await fireEvent.keyDown(recorder(), { code: 'Escape', key: 'Escape' });
      expect(recorder().getAttribute('aria-pressed')).toBe('false');
      expect(screen.getByRole('heading', { name: 'Settings' })).toBeTruthy();
      await fireEvent.click(recorder());
      await fireEvent.blur(recorder());
      await fireEvent.keyDown(recorder(), { code: 'KeyK', key: 'k', ctrlKey: true });
      expect(called('setShortcut')).toEqual([]);
    });

    test('stays as it was when another program has the keys, and says so', async () => {
      backend.refusals.set('setShortcut', { code: 'invalid_input', message: 'Another program uses these keys already.' });
      await open();
      await fireEvent.click(recorder());
      await fireEvent.keyDown(recorder(), { code: 'KeyK', key: 'k', ctrlKey: true });
      expect((await screen.findByRole('alert')).textContent).toContain('Another program');
      // It still listens, and the keys there are do nothing meanwhile.
      expect(recorder().getAttribute('aria-pressed')).toBe('true');
      await waitFor(() => expect(called('restShortcut')).toEqual([[true], [false], [true]]));
      await fireEvent.keyDown(recorder(), { code: 'Escape', key: 'Escape' });
      expect(section().textContent).toContain('CtrlShiftSpace');
      expect(called('restShortcut').at(-1)).toEqual([false]);
    });

    test('shows what is held only while it is held', async () => {
      await open();
      await fireEvent.click(recorder());
      await fireEvent.keyDown(recorder(), { code: 'ControlLeft', key: 'Control' });
      expect(section().textContent).toContain('Ctrl');
      await fireEvent.keyUp(recorder(), { code: 'ControlLeft', key: 'Control', ctrlKey: true });
      expect(section().textContent).toContain('Waiting for keys');
    });

    test('that another program swallows with the keyboard is said, and others can be pressed', async () => {
      await open();
      await fireEvent.click(recorder());
      await fireEvent.keyDown(recorder(), { code: 'AltLeft', key: 'Alt' });
      await fireEvent.blur(recorder());
      expect((await screen.findByRole('alert')).textContent).toContain('Another program');
      await fireEvent.focus(recorder());
      expect(recorder().getAttribute('aria-pressed')).toBe('true');
      await fireEvent.keyDown(recorder(), { code: 'F9', key: 'F9' });
      await waitFor(() => expect(called('setShortcut')).toEqual([['F9']]));
    });

    test('can be switched off', async () => {
      await open();
      await fireEvent.click(screen.getByRole('button', { name: 'Off' }));
      expect(called('setShortcut')).toEqual([['']]);
      await waitFor(() => expect(screen.queryByRole('button', { name: 'Off' })).toBeNull());
      expect(section().textContent).toContain('The tray icon and serein --quick');
    });

    test('that is off names the tray icon only where there is one', async () => {
      backend.shortcut = { ...backend.shortcut, shortcut: '', active: false, tray: false };
      await open();
      await waitFor(() => expect(section().textContent).toContain('serein --quick'));
      expect(section().textContent).not.toContain('tray');
    });

    test('that the desktop hands out is named in its words', async () => {
      backend.shortcut = { ...backend.shortcut, given: 'Meta+Space' };
      await open();
      await waitFor(() => expect(section().textContent).toContain('Your desktop decides the keys: Meta+Space.'));
    });

    test('that cannot be had says why, with the command to bind instead', async () => {
      await open();
      backend.emit('shortcut', { ...backend.shortcut, active: false, paused: false, problem: 'This desktop lets no app have keys.', command: '/usr/bin/serein --quick' });
      expect((await screen.findByRole('alert')).textContent).toContain('lets no app have keys');
      await fireEvent.click(button('Copy command'));
      expect(called('copyText')).toEqual([['/usr/bin/serein --quick']]);
    });
  });

  test.each([
    ['Keep open while a reply is running', { quick_keep_open: false }],
    ['Start Serein when you sign in to this computer', { autostart: true }],
    ['Keep running when the window is closed', { keep_running: true }],
  ])('`%s` is a switch', async (name, patch) => {
    await open();
    await fireEvent.click(screen.getByRole('switch', { name }));
    expect(called('updateSettings')).toEqual([[patch]]);
  });

  test('diagnostics are copied', async () => {
    await open();
    await fireEvent.click(button('Copy diagnostics'));
    await waitFor(() => expect(called('copyText')).toEqual([['Serein 0.1.0']]));
  });
});

describe('another window wants this one', () => {
  test('at a conversation', async () => {
    const kept = backend.add('Rain', [userMessage('Hello'), reply('Hi')]);
    await open();
    backend.emit('open', { conversation: kept.summary.id, screen: 'chat' });
    expect(await screen.findByRole('article', { name: 'Serein' })).toBeTruthy();
    expect(location.hash).toBe(`#/c/${kept.summary.id}`);
  });

  test('at the settings', async () => {
    await open();
    backend.emit('open', { conversation: null, screen: 'settings' });
    expect(await screen.findByRole('heading', { name: 'Settings' })).toBeTruthy();
  });

  test('at the sign-in, which begins at once', async () => {
    backend.state.account = { ...out, sign_in: { state: 'idle', unlocking: false } };
    await open(backend.add('Rain', [userMessage('Hello'), reply('Hi')]));
    backend.emit('open', { conversation: null, screen: 'sign_in' });
    expect(await screen.findByRole('group', { name: 'Code' })).toBeTruthy();
    expect(called('signInStart')).toHaveLength(1);
  });

  test('before there is anything to show', async () => {
    const kept = backend.add('Rain', [userMessage('Hello'), reply('Hi')]);
    let answer: (() => void) | undefined;
    const state = backend.appState;
    backend.appState = () => new Promise((resolve) => (answer = () => resolve(state())));
    render(App, { backend });
    await waitFor(() => expect(answer).toBeDefined());
    backend.emit('open', { conversation: kept.summary.id, screen: 'chat' });
    answer!();
    expect(await screen.findByRole('article', { name: 'Serein' })).toBeTruthy();
  });
});

test('what went wrong while starting is said plainly', async () => {
  backend.state.startup_notice = 'Your settings could not be read and were set aside.';
  await open();
  expect(screen.getByRole('alert').textContent).toContain('set aside');
  await fireEvent.click(button('Dismiss'));
  expect(screen.queryByRole('alert')).toBeNull();
});
