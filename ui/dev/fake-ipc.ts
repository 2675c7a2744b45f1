// Takes the place of src/lib/ipc.ts under `npm run dev`: a scene by its name (`?scene=error`).
import type { Block } from '../src/lib/bindings/Block';
import type { IpcError } from '../src/lib/bindings/IpcError';
import { FakeBackend, LINK, reply, userMessage } from './fake-backend';

const query = new URLSearchParams(location.search);
const scene = query.get('scene') ?? 'rich';
export const backend = new FakeBackend();
backend.pace = 30;
backend.clipboard = '123 456';
const DAY = 86_400_000;
const now = Date.now();

backend.state.demo = query.get('demo') === '1';
backend.state.settings.text_size = Number(query.get('size') ?? 100);
backend.state.settings.appearance = (query.get('appearance') as 'light' | 'dark' | null) ?? 'system';
backend.state.settings.reasoning = (query.get('reasoning') as 'open' | null) ?? 'folded';
document.documentElement.dir = query.get('dir') ?? 'ltr';
if (location.pathname === '/quick.html') {
  // The shell makes the window as high as its page would be, a moment later: here its place in the browser's.
  const place = document.getElementById('app')!.style;
  place.width = '720px';
  place.height = '64px';
  backend.quickResize = async (height) => {
    setTimeout(() => (place.height = `${Math.min(560, Math.max(64, height))}px`), 20);
  };
  backend.newDraft = query.get('draft') ?? '';
  backend.selection = 'Serein: fine rain falling from a clear sky after sunset.';
  backend.context = { clipboard: query.get('clipboard') === '1', selection: query.get('selection') === '1' };
  if (query.get('clip')) backend.clipboard = query.get('clip')!;
}
if (query.get('taken')) {
  const problem = 'Another program already uses Ctrl+Shift+Space. Record other keys, or bind this command in your desktop’s settings.';
  backend.shortcut = { ...backend.shortcut, active: false, paused: false, problem, command: '/usr/bin/serein --quick' };
}

backend.modelList.models = [
  { id: 'simulated/markdown', name: 'Simulated Markdown', context_window: 128_000, input_cost_per_million: 0.5, output_cost_per_million: 1.5 },
  { id: 'simulated/plain', name: 'Simulated Plain', context_window: 32_000, input_cost_per_million: 0.1, output_cost_per_million: 0.4 },
  { id: 'simulated/reasoning', name: 'Simulated Reasoning', context_window: 1_000_000, input_cost_per_million: 3, output_cost_per_million: 15 },
  ...Array.from({ length: 14 }, (_, index) => ({ id: `vendor/model-${index + 1}`, name: `Model ${index + 1}`, context_window: null, input_cost_per_million: null, output_cost_per_million: null })),
];
if (query.get('models') === 'failed') {
  backend.modelList = { models: [], error: { code: 'failed', message: 'SereChat did not answer in time. The list of models could not be fetched; you can type a model’s id instead.', status: 503 } };
}

const rich: Block[] = [
  { t: 'p', c: ['A rainbow forms when sunlight is ', { t: 'strong', c: ['refracted, reflected and refracted again'] }, ' inside drops of water. Every drop sends each colour out at its own angle, about ', { t: 'strong', c: ['42°'] }, ' for red and ', { t: 'strong', c: ['40°'] }, ' for violet, so you always see red on the outside.'] },
  { t: 'h', level: 2, c: ['Step by step'] },
  { t: 'list', start: 1, loose: false, c: [
    { c: [{ t: 'p', c: ['Light enters the drop and bends; blue bends more than red.'] }] },
    { c: [{ t: 'p', c: ['It is reflected once at the back of the drop.'] }] },
    { c: [{ t: 'p', c: ['It bends again on its way out, ', { t: 'em', c: ['towards you'] }, '.'] }] },
  ] },
  { t: 'p', c: ['The refractive index depends on the wavelength, roughly as ', { t: 'code', text: 'n(λ) = A + B / λ²' }, '. In code:'] },
  { t: 'code', lang: 'python', c: [[
    'kfrom ', ' math ', 'kimport ', ' asin, degrees, sin\n\n', 'kdef ', 'fdeviation', ' (impact: ', 'tfloat', ' , n: ', 'tfloat', ' ) -> ', 'tfloat', ' :\n    ',
    'c"""Angle between incoming and outgoing ray, in degrees."""\n    ', ' i ', ' = ', 'fasin', ' (impact)\n    r ', ' = ', 'fasin', ' (impact ', ' / ', ' n)\n    ',
    'kreturn ', 'fdegrees', ' (', 'n180 ', ' + ', 'n2 ', ' * ', ' i ', ' - ', 'n4 ', ' * ', ' r)\n',
  ]] },
  { t: 'table', align: ['left', 'right', 'right'], c: [
    [['Colour'], ['Wavelength'], ['Angle']],
    [['Red'], ['700 nm'], ['42.4°']],
    [['Green'], ['530 nm'], ['41.5°']],
    [['Violet'], ['400 nm'], ['40.6°']],
  ] },
  { t: 'quote', c: [{ t: 'p', c: ['No two people see the same rainbow: each sees other drops.'] }] },
  { t: 'p', c: ['More in ', { t: 'a', href: 'https://en.wikipedia.org/wiki/Rainbow', c: ['the article on rainbows'] }, '.'] },
];

const titles: [string, number][] = [
  ['How a rainbow forms', 0], ['A quiet weekend in Trieste', 0], ['Review: parser for event streams', 1], ['Thank-you letter to the choir', 1],
  ['مقدمة في علم الفلك', 3], ['Sourdough that does not collapse', 4], ['数据库索引的原理', 6], ['A very long title that goes on and on because somebody pasted a whole paragraph as the first message', 20], ['Names for a rain app', 40], ['Tax questions', 400],
];

const error = (code: IpcError['code'], message: string, status?: number): IpcError => ({ code, message, status });
const ask = userMessage('Explain how a rainbow forms, first in two sentences, then in detail.');

function conversation(messages: ReturnType<typeof reply>[], running = false) {
  const kept = backend.add('How a rainbow forms', messages);
  if (running) kept.turn = { id: 't', message: messages.at(-1)!.id, retrying: null };
  return kept;
}

function show(kept: ReturnType<typeof conversation>): void {
  if (location.hash === '') history.replaceState(null, '', `#/c/${kept.summary.id}`);
  for (const [title, days] of titles.slice(1)) backend.add(title, [ask, reply('…')], { updated_at: now - days * DAY - 60_000 });
}

const signIn = { url: LINK, expires_at: now + 583_000 };
const out = { signed_in: null, signed_out_reason: null };

switch (scene) {
  case 'rich':
    show(conversation([ask, reply(rich, { version: 2, versions: 3 }), userMessage('And the second, paler bow above it?', { version: 1, versions: 2 }), reply('It comes from light that was reflected twice inside the drop. Each reflection loses some light, so it is paler; and the order of its colours is turned around.\n\nBetween the two bows the sky looks darker. That is Alexander’s band.')]));
    break;
  case 'empty':
    history.replaceState(null, '', '#/');
    for (const [title, days] of titles) backend.add(title, [ask, reply('…')], { updated_at: now - days * DAY - 60_000 });
    break;
  case 'quick':
    show(conversation([userMessage('How large is the bow’s angle?'), reply(rich.slice(0, 5))]));
    break;
  case 'error':
    show(conversation([ask, reply('', { status: 'failed', error: error('payment_required', 'Your SereChat balance is used up. Your message is kept: top up, then try again.', 402) })]));
    break;
  case 'first':
    break;
  case 'thinking': {
    const kept = conversation([ask, reply('', { status: 'streaming', parts: [{ type: 'reasoning', blocks: [{ t: 'p', c: ['The user wants a short answer first, then the details. I should name the angles.'] }], started_at: now - 4000, took: null }] })], true);
    show(kept);
    break;
  }
  case 'waiting':
    show(conversation([ask, reply('', { status: 'streaming' })], true));
    break;
  case 'streaming': {
    const kept = conversation([ask, reply('', { status: 'streaming' })], true);
    show(kept);
    setTimeout(() => backend.stream(kept, 'Rain that falls from a clear sky just after sunset has a name of its own: serein. '.repeat(60)), 300);
    break;
  }
  case 'parts':
    show(conversation([ask, reply('', { parts: [
      { type: 'reasoning', blocks: [{ t: 'p', c: ['The user asks for the weather. I have a tool for that.'] }], started_at: now, took: 12_300 },
      { type: 'text', blocks: [{ t: 'p', c: ['Let me look at the weather first.'] }] },
      { type: 'tool', call: { id: '1', name: 'get_weather', arguments: '{"city":"Amsterdam"}', state: 'succeeded', result: '{"temperature":14,"sky":"clear"}' } },
      { type: 'tool', call: { id: '2', name: 'get_forecast', arguments: '{"city":"Amsterdam","days":3}', state: 'running', result: null } },
      { type: 'tool', call: { id: '3', name: 'send_mail', arguments: '{"to":', state: 'failed', result: 'The arguments are no JSON.' } },
      { type: 'tool', call: { id: '4', name: 'delete_everything', arguments: '{}', state: 'skipped', result: null } },
      { type: 'tool', call: { id: '5', name: 'fetch_url', arguments: '{}', state: 'denied', result: null } },
      { type: 'continued' },
      { type: 'notice', error: error('notice', 'Part of the reply could not be read and was left out.') },
      { type: 'text', blocks: [{ t: 'p', c: ['It is 14 °C with a clear sky.'] }] },
    ] })]));
    break;
  case 'asking':
    show(conversation([ask, reply('', { status: 'streaming', parts: [
      { type: 'text', blocks: [{ t: 'p', c: ['Let me read the page you named.'] }] },
      { type: 'tool', call: { id: '1', name: 'fetch_url', arguments: '{"url":"https://en.wikipedia.org/wiki/Serein"}', state: 'waiting', result: null } },
    ] })], true));
    break;
  case 'ends':
    show(conversation([
      ask, reply('It begins with sunlight', { status: 'stopped' }),
      userMessage('Go on'), reply('It begins with sunlight that falls into a drop of water, and', { status: 'length' }),
      userMessage('Again, please'), reply('It begins with', { status: 'interrupted', error: error('interrupted', 'The connection was lost. What arrived is kept.') }),
      userMessage('Hello?'), reply('', {}),
    ]));
    break;
  case 'errors':
    show(conversation([
      userMessage('One'), reply('', { status: 'failed', error: error('payment_required', 'Your SereChat balance is used up. Your message is kept: top up, then try again.', 402) }),
      userMessage('Two'), reply('', { status: 'failed', error: error('unknown_model', 'SereChat does not know the model “vendor/none”. Choose another one and try again.', 400) }),
      userMessage('Three'), reply('', { status: 'failed', error: error('persistent', 'SereChat had an unexpected error, four times in a row. Your message is kept.', 500) }),
      userMessage('Four'), reply('', { status: 'failed', error: error('unauthorized', 'You were signed out. Your message is kept: sign in, then send it again.', 401) }),
    ]));
    if (query.get('out')) backend.state.account = { ...backend.state.account, ...out };
    break;
  case 'retrying': {
    const kept = conversation([ask, reply('', { status: 'streaming' })], true);
    kept.turn!.retrying = { at: now + 9000, attempt: 3, of: 5, error: error('failed', 'SereChat is busy right now.', 429) };
    show(kept);
    break;
  }
  case 'refused':
    show(conversation([ask, reply('Yes.')]));
    backend.refusals.set('send', error('invalid_input', 'The message is longer than 4 MiB, so it was not sent. It is still here: shorten it and send it again.'));
    break;
  case 'long':
    show(conversation([
      userMessage(Array.from({ length: 60 }, (_, index) => `Line ${index + 1} of a long paste, as it came from a log file: everything is fine.`).join('\n')),
      reply('Averylongwordthatneverendsandhasnospaceinit'.repeat(8)),
      ...Array.from({ length: 20 }, (_, index) => [userMessage(`Question ${index + 1}`), reply('Rain from a clear sky. '.repeat(30))]).flat(),
      userMessage('x'.repeat(3000), {}), reply('Thanks.'),
    ]));
    break;
  case 'thousands':
    show(conversation(Array.from({ length: Number(query.get('count') ?? 20_000) }, (_, index) => {
      if (index % 2 === 0) return userMessage(`Question ${index}`);
      const rain = `Answer ${index}. ` + 'Rain from a clear sky. '.repeat(4 + ((index * 7) % 40));
      return reply(index % 10 === 5 ? [...rich, { t: 'math', tex: '\\int_0^1 x^2\\,dx = \\frac{1}{3}', display: true } as Block] : rain);
    })));
    break;
  // A library of `count` conversations with folders, pins, an archive and a temporary chat.
  case 'library': {
    const count = Number(query.get('count') ?? 300);
    const kept = conversation([ask, reply(rich, { version: 2, versions: 3 }), userMessage('And the second, paler bow above it?', { version: 1, versions: 2 }), reply('It comes from light that was reflected twice inside the drop. Each reflection loses some light, so it is paler; and the order of its colours is turned around.\n\nBetween the two bows the sky looks darker. That is Alexander’s band.')]);
    if (count > 0) show(kept);
    else backend.kept.clear();
    backend.folderList = [{ id: 'f-work', name: 'Work' }, { id: 'f-trips', name: 'Trips and other plans that have a rather long name' }, { id: 'f-ar', name: 'دراسة' }];
    for (let index = 0; index < count; index++) {
      const [title] = titles[index % titles.length]!;
      backend.add(index < 10 ? title : `${title} ${index}`, [ask, reply(`Rain from a clear sky, number ${index}.`)], {
        updated_at: now - index * (count > 1000 ? 0.1 : 0.7) * DAY,
        summary: { pinned: index % 60 === 7, archived: index % 50 === 20, folder: index % 9 === 4 ? 'f-work' : index % 31 === 3 ? 'f-trips' : null },
      });
    }
    if (query.get('temporary')) {
      const chat = backend.add('A thought not to be kept', [ask, reply('It is in memory only.')], { summary: { id: 'temporary-1', temporary: true } });
      history.replaceState(null, '', `#/c/${chat.summary.id}`);
    }
    if (query.get('unsaved')) {
      backend.health = { unsaved: error('failed', 'The disk is full: free some space. The latest reply is kept in memory, and Serein saves it by itself as soon as it can. What was saved before is safe.'), remedy: 'try_again', last_backup: null, backups: 0, backup_trouble: null };
    }
    if (query.get('job')) {
      const problems = Array.from({ length: 30 }, (_, index) => ({ entry: `conversations.json, entry ${index * 7 + 3}`, reason: 'It has no messages that can be read.' }));
      const running = query.get('job') === 'running';
      backend.latest = { id: 'j', kind: 'import', state: running ? 'running' : 'done', done: 96, total: 240, summary: running ? null : 'Imported 198 conversations; 42 entries could not be read.', problems: running ? [] : problems, more_problems: running ? 0 : 12 };
    }
    if (query.get('fails')) backend.refusals.set('conversationList', error('failed', 'The conversations could not be read. Nothing was changed; start Serein again to try once more.'));
    break;
  }
  case 'rtl':
    document.documentElement.dir = 'rtl';
    show(conversation([userMessage('كيف يتكوّن قوس قزح؟'), reply('يتكوّن قوس قزح عندما ينكسر ضوء الشمس داخل قطرات الماء ثم ينعكس ثم ينكسر مرة أخرى عند خروجه.', { version: 1, versions: 2 }), userMessage('Thanks, and in English?'), reply(rich)]));
    break;
  case 'signedout':
    show(conversation([ask, reply(rich)]));
    backend.state.account = { ...backend.state.account, ...out };
    break;
  case 'expired':
    show(conversation([ask, reply(rich)]));
    setTimeout(() => backend.account({ ...out, signed_out_reason: 'SereChat no longer accepts this sign-in: it was revoked or has expired. Your conversations and your unsent message are kept.' }), 200);
    break;
  case 'unlocking':
    backend.state.account = { ...out, sign_in: { state: 'idle', unlocking: true } };
    break;
  case 'signin':
    backend.state.account = { ...out, sign_in: { state: 'idle', unlocking: false } };
    break;
  case 'signin-requesting':
    backend.state.account = { ...out, sign_in: { state: 'requesting', waiting: error('failed', 'SereChat cannot be reached. Trying again by itself.', 503) } };
    break;
  case 'signin-code':
    backend.state.account = { ...out, sign_in: { state: 'awaiting_code', ...signIn, error: null, browser_failed: query.get('nobrowser') === '1' } };
    break;
  case 'signin-wrong':
    backend.state.account = { ...out, sign_in: { state: 'awaiting_code', ...signIn, browser_failed: false, error: { code: 'invalid_input', message: 'That code is not right. You have 3 attempts left.', status: 400, attempts_left: 3 } } };
    break;
  case 'signin-approval':
    backend.state.account = { ...out, sign_in: { state: 'awaiting_approval', ...signIn, waiting: null } };
    break;
  case 'signin-failed':
    backend.state.account = { ...out, sign_in: { state: 'failed', error: error('failed', 'This sign-in has expired: the ten minutes are over. Nothing was lost; start again to get a new code.', 404) } };
    break;
}
if (query.get('notice')) {
  backend.state.startup_notice = 'Your settings could not be read and were set aside as settings.json.broken. Serein starts with the usual ones.';
  backend.state.base_url_error = error('invalid_input', 'The address in SEREIN_BASE_URL is not one Serein can use: http is for this computer only.');
}
