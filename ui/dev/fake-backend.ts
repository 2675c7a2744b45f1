// A made-up backend in memory: for unit tests, and for looking at the screens without the shell.
import type { AccountView } from '../src/lib/bindings/AccountView';
import type { AppState } from '../src/lib/bindings/AppState';
import type { Block } from '../src/lib/bindings/Block';
import type { ConversationSummary } from '../src/lib/bindings/ConversationSummary';
import type { IpcError } from '../src/lib/bindings/IpcError';
import type { MessageView } from '../src/lib/bindings/MessageView';
import type { MissedEvents } from '../src/lib/bindings/MissedEvents';
import type { ModelList } from '../src/lib/bindings/ModelList';
import type { OpenIn } from '../src/lib/bindings/OpenIn';
import type { PageAt } from '../src/lib/bindings/PageAt';
import type { PageView } from '../src/lib/bindings/PageView';
import type { QuickContext } from '../src/lib/bindings/QuickContext';
import type { QuickSource } from '../src/lib/bindings/QuickSource';
import type { Settings } from '../src/lib/bindings/Settings';
import type { SettingsPatch } from '../src/lib/bindings/SettingsPatch';
import type { ShortcutStatus } from '../src/lib/bindings/ShortcutStatus';
import type { SignInView } from '../src/lib/bindings/SignInView';
import type { Snapshot } from '../src/lib/bindings/Snapshot';
import type { ToolAnswer } from '../src/lib/bindings/ToolAnswer';
import type { ToolView } from '../src/lib/bindings/ToolView';
import type { TurnEvent } from '../src/lib/bindings/TurnEvent';
import type { TurnEventKind } from '../src/lib/bindings/TurnEventKind';
import type { TurnStarted } from '../src/lib/bindings/TurnStarted';
import type { TurnView } from '../src/lib/bindings/TurnView';
import type { Backend, Events } from '../src/lib/backend';

export const LINK = 'https://serechat.com/authorize-app?request_id=0193a7f2-5f6e-7c3e-9d53-2f1be1d0a9c4';

/** Messages on a page. */
export const PAGE = 24;

/** A conversation as the fake keeps it. */
export interface Kept {
  summary: ConversationSummary;
  model: string | null;
  tools: boolean | null;
  messages: MessageView[];
  turn: TurnView | null;
  seq: number;
  draft: string;
  events: TurnEvent[];
}

export const paragraphs = (text: string): Block[] => text.split('\n\n').map((part) => ({ t: 'p', c: [part] }));

let counter = 0;
export const fresh = (kind: string): string => `${kind}${++counter}`;

export function userMessage(text: string, more: Partial<MessageView> = {}): MessageView {
  return {
    id: fresh('m'), role: 'user', status: 'complete', parts: [{ type: 'plain', text, length: [...text].length }],
    error: null, model: null, created_at: Date.now(), version: 1, versions: 1, ...more,
  };
}

export function reply(text: string | Block[], more: Partial<MessageView> = {}): MessageView {
  const blocks = typeof text === 'string' ? (text === '' ? [] : paragraphs(text)) : text;
  return {
    id: fresh('m'), role: 'assistant', status: 'complete', parts: blocks.length ? [{ type: 'text', blocks }] : [],
    error: null, model: 'simulated/markdown', created_at: Date.now(), version: 1, versions: 1, ...more,
  };
}

export class FakeBackend implements Backend {
  kept = new Map<string, Kept>();
  newDraft = '';
  modelList: ModelList = { models: [], error: null };
  state: AppState = {
    account: { signed_in: { storage: 'keychain', expires_at: Date.now() + 300 * 86_400_000 }, sign_in: { state: 'idle', unlocking: false }, signed_out_reason: null },
    settings: { base_url: '', model: null, max_tokens: null, appearance: 'system', text_size: 100, send_key: 'enter', reasoning: 'folded', keep_start_in_view: false, tools: true, allowed_tools: ['fetch_url'], shortcut: 'Ctrl+Shift+Space', quick_keep_open: true, autostart: false, keep_running: false },
    base_url: 'https://serechat.com',
    base_url_from_environment: false,
    base_url_error: null,
    version: '0.1.0',
    demo: false,
    data_dir: '/home/ada/.local/share/com.serechat.serein',
    platform: 'linux',
    startup_notice: null,
  };
  /** Every command called, in order. */
  calls: [string, ...unknown[]][] = [];
  /** Commands that are refused, by name. */
  refusals = new Map<string, IpcError>();
  clipboard = '';
  /** What every image's address leads to. */
  picture: () => Promise<Blob> = () => Promise.resolve(new Blob());
  /** What quick ask could attach. */
  context: QuickContext = { clipboard: false, selection: false };
  selection = '';
  shortcut: ShortcutStatus = { shortcut: 'Ctrl+Shift+Space', given: null, active: true, paused: false, problem: null, command: null, tray: true };
  /** Milliseconds between two pieces of a streamed reply; 0: nothing streams by itself. */
  pace = 0;
  #handlers = new Map<string, Set<(payload: never) => void>>();
  #timers = new Map<string, ReturnType<typeof setInterval>>();

  emit<Name extends keyof Events>(name: Name, payload: Events[Name]): void {
    for (const handler of this.#handlers.get(name) ?? []) handler(payload as never);
  }

  account(change: Partial<AccountView>): void {
    this.state.account = { ...this.state.account, ...change };
    this.emit('account', this.state.account);
  }

  signInState(sign_in: SignInView): void {
    this.account({ sign_in });
  }

  add(title: string, messages: MessageView[], more: Partial<Kept> & { updated_at?: number } = {}): Kept {
    const id = fresh('c');
    const kept: Kept = {
      summary: { id, title, updated_at: more.updated_at ?? Date.now(), running: more.turn !== undefined },
      model: null, tools: null, messages, turn: null, seq: 0, draft: '', events: [], ...more,
    };
    this.kept.set(id, kept);
    return kept;
  }

  /** Says what a turn of a conversation has to say. */
  turn(kept: Kept, kind: TurnEventKind, deliver = true): TurnEvent {
    const event: TurnEvent = {
      conversation: kept.summary.id, turn: kept.turn?.id ?? 't', message: kept.turn?.message ?? '', seq: ++kept.seq, ...kind,
    };
    kept.events.push(event);
    if (deliver) this.emit('turn', event);
    return event;
  }

  async #call<T>(name: string, args: unknown[], answer: () => T): Promise<T> {
    this.calls.push([name, ...args]);
    const refusal = this.refusals.get(name);
    if (refusal) throw refusal;
    return structuredClone(answer());
  }

  #of(id: string): Kept {
    const kept = this.kept.get(id);
    if (!kept) throw { code: 'failed', message: 'This conversation is not there any more.' } satisfies IpcError;
    return kept;
  }

  #holding(message: string): Kept {
    for (const kept of this.kept.values()) if (kept.messages.some((one) => one.id === message)) return kept;
    throw { code: 'failed', message: 'This message is not there any more.' } satisfies IpcError;
  }

  snapshot(kept: Kept): Snapshot {
    const { summary, model, tools, turn, seq, draft } = kept;
    return { id: summary.id, title: summary.title, model, tools, page: this.page(kept, { at: 'end' }), turn, seq, draft };
  }

  page(kept: Kept, at: PageAt): PageView {
    const { messages } = kept;
    const index = 'message' in at ? messages.findIndex((one) => one.id === at.message) : 0;
    const [first, end] = {
      start: [0, PAGE],
      end: [messages.length - PAGE, messages.length],
      before: [index - PAGE, index],
      after: [index + 1, index + 1 + PAGE],
      from: [index, index + PAGE],
    }[at.at] as [number, number];
    const from = Math.max(0, first);
    return { first: from, total: messages.length, messages: messages.slice(from, Math.max(0, end)) };
  }

  appState = (): Promise<AppState> => this.#call('appState', [], () => this.state);

  signInStart = (): Promise<void> =>
    this.#call('signInStart', [], () =>
      this.signInState({ state: 'awaiting_code', url: LINK, expires_at: Date.now() + 600_000, error: null, browser_failed: false }),
    );
  signInCode = (code: string): Promise<void> =>
    this.#call('signInCode', [code], () => {
      const expires_at = Date.now() + 500_000;
      this.signInState({ state: 'checking', url: LINK, expires_at, waiting: null });
      if (this.pace === 0) return;
      setTimeout(() => {
        if (code === '123456') {
          this.account({ signed_in: { storage: 'keychain', expires_at: null }, sign_in: { state: 'done' }, signed_out_reason: null });
        } else {
          const error: IpcError = { code: 'invalid_input', message: 'That code is not right. You have 3 attempts left.', status: 400, attempts_left: 3 };
          this.signInState({ state: 'awaiting_code', url: LINK, expires_at, error, browser_failed: false });
        }
      }, 600);
    });
  signInCancel = (): Promise<void> => this.#call('signInCancel', [], () => this.signInState({ state: 'idle', unlocking: false }));
  signInOpenBrowser = (): Promise<void> => this.#call('signInOpenBrowser', [], () => {});
  clipboardCode = (): Promise<string> =>
    this.#call('clipboardCode', [], () => {
      const digits = this.clipboard.replace(/\D/g, '');
      if (digits.length !== 6) throw { code: 'invalid_input', message: 'There is no six-digit code on the clipboard.' } satisfies IpcError;
      return digits;
    });
  signOut = (): Promise<void> =>
    this.#call('signOut', [], () => this.account({ signed_in: null, sign_in: { state: 'idle', unlocking: false }, signed_out_reason: 'You signed out on this computer.' }));
  openProfile = (): Promise<void> => this.#call('openProfile', [], () => {});
  openPlan = (): Promise<void> => this.#call('openPlan', [], () => {});
  openLink = (url: string): Promise<void> => this.#call('openLink', [url], () => {});
  loadImage = async (url: string): Promise<Blob> => {
    await this.#call('loadImage', [url], () => {});
    return this.picture();
  };

  models = (refresh: boolean): Promise<ModelList> => this.#call('models', [refresh], () => this.modelList);

  conversations = (query: string): Promise<ConversationSummary[]> =>
    this.#call('conversations', [query], () =>
      [...this.kept.values()]
        .map((kept) => ({ ...kept.summary, running: kept.turn !== null }))
        .filter((summary) => summary.title.toLowerCase().includes(query.toLowerCase()))
        .sort((one, other) => other.updated_at - one.updated_at),
    );
  openConversation = (id: string): Promise<Snapshot> => this.#call('openConversation', [id], () => this.snapshot(this.#of(id)));
  conversationPage = (conversation: string, at: PageAt): Promise<PageView> =>
    this.#call('conversationPage', [conversation, at], () => this.page(this.#of(conversation), at));
  closeConversation = (): Promise<void> => this.#call('closeConversation', [], () => {});
  setConversationModel = (id: string, model: string): Promise<void> =>
    this.#call('setConversationModel', [id, model], () => void (this.#of(id).model = model));
  setConversationTools = (id: string, tools: boolean | null): Promise<void> =>
    this.#call('setConversationTools', [id, tools], () => void (this.#of(id).tools = tools));
  renameConversation = (id: string, title: string): Promise<void> =>
    this.#call('renameConversation', [id, title], () => {
      this.#of(id).summary.title = title;
      this.emit('conversations', null);
    });
  deleteConversation = (id: string): Promise<void> =>
    this.#call('deleteConversation', [id], () => {
      this.kept.delete(id);
      this.emit('conversations', null);
    });

  draft = (): Promise<string> => this.#call('draft', [], () => this.newDraft);
  saveDraft = (conversation: string | null, text: string): Promise<void> =>
    this.#call('saveDraft', [conversation, text], () => {
      if (conversation === null) this.newDraft = text;
      else this.#of(conversation).draft = text;
    });

  messageText = (message: string): Promise<string> =>
    this.#call('messageText', [message], () => {
      const part = this.#holding(message).messages.find((one) => one.id === message)?.parts[0];
      return part?.type === 'plain' ? part.text.padEnd(part.length, ' and so on') : 'The whole reply';
    });
  copyMessage = (message: string): Promise<void> => this.#call('copyMessage', [message], () => {});
  copyText = (text: string): Promise<void> => this.#call('copyText', [text], () => {});
  copyBlocks = (blocks: Block[]): Promise<void> => this.#call('copyBlocks', [blocks], () => {});

  send = (conversation: string | null, text: string, model: string): Promise<TurnStarted> =>
    this.#call('send', [conversation, text, model], () => {
      if (text.trim() === '') throw { code: 'invalid_input', message: 'The message is empty. Write something first.' } satisfies IpcError;
      if (text.length > 4 * 1024 * 1024) {
        throw { code: 'invalid_input', message: 'The message is longer than 4 MiB, so it was not sent. It is still here: shorten it and send it again.' } satisfies IpcError;
      }
      const kept = conversation === null ? this.add(text.slice(0, 40), []) : this.#of(conversation);
      return this.#begin(kept, kept.messages.length, [userMessage(text)], model);
    });
  edit = (message: string, text: string, model: string): Promise<TurnStarted> =>
    this.#call('edit', [message, text, model], () => {
      const kept = this.#holding(message);
      const index = kept.messages.findIndex((one) => one.id === message);
      const versions = kept.messages[index]!.versions + 1;
      return this.#begin(kept, index, [userMessage(text, { version: versions, versions })], model);
    });
  retry = (message: string, model: string): Promise<TurnStarted> =>
    this.#call('retry', [message, model], () => {
      const kept = this.#holding(message);
      const index = kept.messages.findIndex((one) => one.id === message);
      const versions = kept.messages[index]!.versions + 1;
      return this.#begin(kept, index, [], model, { version: versions, versions });
    });
  continueReply = (message: string, model: string): Promise<TurnStarted> =>
    this.#call('continueReply', [message, model], () => {
      const kept = this.#holding(message);
      return this.#begin(kept, kept.messages.length, [], model);
    });
  selectVersion = (message: string, offset: -1 | 1): Promise<Snapshot> =>
    this.#call('selectVersion', [message, offset], () => {
      const kept = this.#holding(message);
      kept.messages = kept.messages.map((one) => (one.id === message ? { ...one, version: one.version + offset } : one));
      return { ...this.snapshot(kept), page: this.page(kept, { at: 'from', message }) };
    });
  stop = (conversation: string): Promise<void> => this.#call('stop', [conversation], () => this.finish(this.#of(conversation), 'stopped'));
  retryNow = (conversation: string): Promise<void> =>
    this.#call('retryNow', [conversation], () => {
      const kept = this.#of(conversation);
      this.turn(kept, { type: 'requesting' });
      this.stream(kept, 'It worked this time.');
    });
  retryCancel = (conversation: string): Promise<void> => this.#call('retryCancel', [conversation], () => this.finish(this.#of(conversation), 'stopped'));
  answerTool = (conversation: string, part: number, answer: ToolAnswer): Promise<void> =>
    this.#call('answerTool', [conversation, part, answer], () => {
      const kept = this.#of(conversation);
      const view = kept.messages.find((one) => one.id === kept.turn?.message)?.parts[part];
      if (view?.type !== 'tool') return;
      view.call = { ...view.call, state: answer === 'deny' ? 'denied' : 'succeeded', result: answer === 'deny' ? null : 'The page' };
      this.turn(kept, { type: 'tool_result', part, call: view.call });
    });
  turnEventsSince = (conversation: string, seq: number): Promise<MissedEvents> =>
    this.#call('turnEventsSince', [conversation, seq], () => ({
      type: 'events' as const,
      events: this.#of(conversation).events.filter((event) => event.seq > seq),
    }));

  updateSettings = (patch: SettingsPatch): Promise<Settings> =>
    this.#call('updateSettings', [patch], () => {
      if (patch.base_url && !patch.base_url.startsWith('https://')) {
        throw { code: 'invalid_input', message: 'This is not an address Serein can use: it has to begin with https://.' } satisfies IpcError;
      }
      const { max_tokens, ...rest } = patch;
      this.state.settings = { ...this.state.settings, ...rest, ...(max_tokens === undefined ? {} : { max_tokens: max_tokens || null }) };
      this.emit('settings', this.state.settings);
      return this.state.settings;
    });
  tools = (): Promise<ToolView[]> =>
    this.#call('tools', [], () => [
      { name: 'current_time', summary: 'Tells the date and the time on this computer.', asks: false, allowed: false },
      { name: 'calculate', summary: 'Works out an arithmetic expression.', asks: false, allowed: false },
      { name: 'fetch_url', summary: 'Reads a page of the web.', asks: true, allowed: this.state.settings.allowed_tools.includes('fetch_url') },
    ]);
  diagnostics = (): Promise<string> => this.#call('diagnostics', [], () => 'Serein 0.1.0');

  shortcutStatus = (): Promise<ShortcutStatus> => this.#call('shortcutStatus', [], () => this.shortcut);
  setShortcut = (shortcut: string): Promise<ShortcutStatus> =>
    this.#call('setShortcut', [shortcut], () => {
      this.shortcut = { ...this.shortcut, shortcut, active: shortcut !== '', paused: false, problem: null, command: null };
      this.state.settings = { ...this.state.settings, shortcut };
      this.emit('settings', this.state.settings);
      this.emit('shortcut', this.shortcut);
      return this.shortcut;
    });

  restShortcut = (resting: boolean): Promise<void> => this.#call('restShortcut', [resting], () => {});
  quickReady = (): Promise<void> => this.#call('quickReady', [], () => {});
  quickHide = (): Promise<void> => this.#call('quickHide', [], () => this.emit('quick_hidden', null));
  quickResize = (height: number): Promise<void> => this.#call('quickResize', [height], () => {});
  quickHold = (hold: boolean): Promise<void> => this.#call('quickHold', [hold], () => {});
  quickContext = (): Promise<QuickContext> => this.#call('quickContext', [], () => this.context);
  quickAttach = (source: QuickSource): Promise<string> =>
    this.#call('quickAttach', [source], () => (source === 'clipboard' ? this.clipboard : this.selection));
  openInMain = (where: OpenIn): Promise<void> => this.#call('openInMain', [where], () => this.emit('quick_hidden', null));

  closeWindow = (): Promise<void> => this.#call('closeWindow', [], () => undefined);

  on = async <Name extends keyof Events>(name: Name, handler: (payload: Events[Name]) => void): Promise<() => void> => {
    const handlers = this.#handlers.get(name) ?? new Set();
    this.#handlers.set(name, handlers);
    handlers.add(handler as (payload: never) => void);
    return () => handlers.delete(handler as (payload: never) => void);
  };

  #begin(kept: Kept, keep: number, before: MessageView[], model: string, more: Partial<MessageView> = {}): TurnStarted {
    const answer = reply('', { status: 'streaming', model, ...more });
    kept.messages = [...kept.messages.slice(0, keep), ...before, answer];
    kept.turn = { id: fresh('t'), message: answer.id, retrying: null };
    kept.draft = '';
    kept.summary.updated_at = Date.now();
    this.turn(kept, { type: 'started', keep, messages: structuredClone([...before, answer]) });
    this.emit('conversations', null);
    if (this.pace > 0) this.stream(kept, SAMPLE);
    return { conversation: kept.summary.id, turn: kept.turn.id };
  }

  /** Writes `text` into the running reply, a few words at a time. */
  stream(kept: Kept, text: string): void {
    const words = text.split(/(?<= )|(?=\n\n)/);
    const answer = (): MessageView => kept.messages.find((one) => one.id === kept.turn?.message)!;
    let first = true;
    const id = kept.summary.id;
    clearInterval(this.#timers.get(id));
    this.#timers.set(
      id,
      setInterval(() => {
        const word = words.shift();
        if (word === undefined) {
          this.finish(kept, 'complete');
          return;
        }
        const message = answer();
        const blocks: Block[] = message.parts[0]?.type === 'text' ? message.parts[0].blocks : [];
        const last = blocks.at(-1);
        if (first || word.startsWith('\n\n')) {
          const block: Block = { t: 'p', c: [word.trimStart()] };
          this.turn(kept, { type: 'content', part: 0, patch: [['blocks', [], blocks.length, [block]]] });
          blocks.push(structuredClone(block));
          first = false;
        } else if (last?.t === 'p') {
          this.turn(kept, { type: 'content', part: 0, patch: [['text', [blocks.length - 1, 0], word]] });
          last.c[0] = String(last.c[0]) + word;
        }
        message.parts = [{ type: 'text', blocks }];
      }, this.pace || 30),
    );
  }

  finish(kept: Kept, status: 'complete' | 'stopped' | 'length' | 'interrupted' | 'failed', error: IpcError | null = null): void {
    clearInterval(this.#timers.get(kept.summary.id));
    const message = kept.messages.find((one) => one.id === kept.turn?.message);
    if (message) Object.assign(message, { status, error });
    this.turn(kept, { type: 'done', status, error });
    kept.turn = null;
    this.emit('conversations', null);
  }
}

const SAMPLE = `Rain that falls from a clear sky just after sunset has a name of its own: serein. The drops are so fine that they hardly wet the ground, and no cloud stands above to explain them.

Two things come together. The air close to the ground cools quickly once the sun is gone, and what moisture it holds gathers into droplets. Seen against the last light they look like rain out of nothing.

Whether it is ever measured is another question. Most reports are old, and in most of them a thin cloud nobody noticed explains the rest. `.repeat(3);
