// A made-up backend in memory: for unit tests, and for looking at the screens without the shell.
import type { AccountView } from '../src/lib/bindings/AccountView';
import type { AppState } from '../src/lib/bindings/AppState';
import type { Block } from '../src/lib/bindings/Block';
import type { ConversationList } from '../src/lib/bindings/ConversationList';
import type { ConversationPatch } from '../src/lib/bindings/ConversationPatch';
import type { ConversationSummary } from '../src/lib/bindings/ConversationSummary';
import type { Deleted } from '../src/lib/bindings/Deleted';
import type { DeletedMessage } from '../src/lib/bindings/DeletedMessage';
import type { ExportFormat } from '../src/lib/bindings/ExportFormat';
import type { FolderView } from '../src/lib/bindings/FolderView';
import type { FoundAll } from '../src/lib/bindings/FoundAll';
import type { IpcError } from '../src/lib/bindings/IpcError';
import type { JobView } from '../src/lib/bindings/JobView';
import type { LibraryHealth } from '../src/lib/bindings/LibraryHealth';
import type { ListHeading } from '../src/lib/bindings/ListHeading';
import type { ListScope } from '../src/lib/bindings/ListScope';
import type { ListSection } from '../src/lib/bindings/ListSection';
import type { Marked } from '../src/lib/bindings/Marked';
import type { MessageView } from '../src/lib/bindings/MessageView';
import type { MissedEvents } from '../src/lib/bindings/MissedEvents';
import type { ModelList } from '../src/lib/bindings/ModelList';
import type { OpenIn } from '../src/lib/bindings/OpenIn';
import type { PageAt } from '../src/lib/bindings/PageAt';
import type { PageView } from '../src/lib/bindings/PageView';
import type { QuickContext } from '../src/lib/bindings/QuickContext';
import type { QuickSource } from '../src/lib/bindings/QuickSource';
import type { SearchFilters } from '../src/lib/bindings/SearchFilters';
import type { SearchHit } from '../src/lib/bindings/SearchHit';
import type { SearchResults } from '../src/lib/bindings/SearchResults';
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
import type { Undone } from '../src/lib/bindings/Undone';
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
    settings: { base_url: '', model: null, max_tokens: null, appearance: 'system', text_size: 100, send_key: 'enter', reasoning: 'folded', keep_start_in_view: false, tools: true, allowed_tools: ['fetch_url'], shortcut: 'Ctrl+Shift+Space', quick_keep_open: true, autostart: false, keep_running: false, title_by_model: false },
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

  add(
    title: string,
    messages: MessageView[],
    more: Partial<Omit<Kept, 'summary'>> & { updated_at?: number; summary?: Partial<ConversationSummary> } = {},
  ): Kept {
    const id = more.summary?.id ?? fresh('c');
    const rest = { ...more, summary: undefined, updated_at: undefined };
    const summary = { id, title, updated_at: more.updated_at ?? Date.now(), running: more.turn !== undefined, pinned: false, archived: false, folder: null, temporary: false, ...more.summary };
    const kept: Kept = {
      model: null, tools: null, messages, turn: null, seq: 0, draft: '', events: [], ...rest, summary,
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

  conversationList = (scope: ListScope): Promise<ConversationList> =>
    this.#call('conversationList', [scope], () => {
      const sections: ListSection[] = [];
      const rows = this.#rows(scope);
      for (const row of rows) {
        const heading = headingOf(row);
        const last = sections.at(-1);
        if (last && JSON.stringify(last.heading) === JSON.stringify(heading)) last.count++;
        else sections.push({ heading, count: 1 });
      }
      return { total: rows.length, sections };
    });
  conversationRows = (scope: ListScope, first: number, count: number): Promise<ConversationSummary[]> =>
    this.#call('conversationRows', [scope, first, count], () => this.#rows(scope).slice(first, first + Math.min(count, 200)));
  conversationSummary = (id: string): Promise<ConversationSummary | null> =>
    this.#call('conversationSummary', [id], () => {
      const kept = this.kept.get(id);
      return kept ? { ...kept.summary, running: kept.turn !== null } : null;
    });
  neighbour = (id: string | null, scope: ListScope, offset: -1 | 1): Promise<string | null> =>
    this.#call('neighbour', [id, scope, offset], () => {
      const rows = this.#rows(scope);
      const index = rows.findIndex((row) => row.id === id);
      if (index < 0) return offset === 1 ? (rows[0]?.id ?? null) : null;
      return rows[index + offset]?.id ?? null;
    });
  conversationPlace = (id: string, scope: ListScope): Promise<number | null> =>
    this.#call('conversationPlace', [id, scope], () => {
      const index = this.#rows(scope).findIndex((row) => row.id === id);
      return index < 0 ? null : index;
    });

  #sorted: ConversationSummary[] | null = null;

  /** The list in its order; thousands are sorted once, not at every look. */
  #rows(scope: ListScope): ConversationSummary[] {
    if (this.kept.size < 1000) this.#sorted = null;
    this.#sorted ??= [...this.kept.values()]
      .map((kept) => ({ ...kept.summary, running: kept.turn !== null }))
      .sort((one, other) => rank(other) - rank(one) || other.updated_at - one.updated_at);
    return this.#sorted.filter((row) =>
      scope.scope === 'archived' ? row.archived : !row.archived && (scope.scope === 'active' || row.folder === scope.id),
    );
  }

  changed(): void {
    this.#sorted = null;
    this.emit('conversations', null);
  }

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
      this.changed();
    });
  updateConversations = (ids: string[], patch: ConversationPatch): Promise<void> =>
    this.#call('updateConversations', [ids, patch], () => {
      for (const id of ids) Object.assign(this.#of(id).summary, patch);
      this.changed();
    });
  deleteConversations = (ids: string[]): Promise<Deleted> => this.#call('deleteConversations', [ids], () => this.#delete(ids));
  deleteAllConversations = (): Promise<Deleted> =>
    this.#call('deleteAllConversations', [], () => this.#delete([...this.kept.keys()]));
  deleteMessage = (message: string, following: boolean): Promise<DeletedMessage> =>
    this.#call('deleteMessage', [message, following], () => {
      const kept = this.#holding(message);
      const before = kept.messages;
      const index = before.findIndex((one) => one.id === message);
      const end = following ? before.length : index + 1;
      kept.messages = [...before.slice(0, index), ...before.slice(end)];
      const deletion = fresh('d');
      this.#deletions.set(deletion, () => {
        kept.messages = before;
        return { conversation: null, snapshot: this.snapshot(kept) };
      });
      return { deletion, messages: end - index, snapshot: this.snapshot(kept) };
    });
  undoDelete = (deletion: string): Promise<Undone> =>
    this.#call('undoDelete', [deletion], () => {
      const undo = this.#deletions.get(deletion);
      if (!undo) throw { code: 'failed', message: 'This cannot be undone any more.' } satisfies IpcError;
      this.#deletions.delete(deletion);
      return undo();
    });
  duplicateConversation = (message: string): Promise<string> =>
    this.#call('duplicateConversation', [message], () => {
      const kept = this.#holding(message);
      const end = kept.messages.findIndex((one) => one.id === message) + 1;
      const copies = kept.messages.slice(0, end).map((one) => ({ ...one, id: fresh('m') }));
      const copy = this.add(`${kept.summary.title} (copy)`, copies);
      this.changed();
      return copy.summary.id;
    });
  keepConversation = (id: string): Promise<string> =>
    this.#call('keepConversation', [id], () => {
      const kept = this.#of(id);
      this.kept.delete(id);
      kept.summary = { ...kept.summary, id: fresh('c'), temporary: false };
      this.kept.set(kept.summary.id, kept);
      this.changed();
      return kept.summary.id;
    });

  #deletions = new Map<string, () => Undone>();

  #delete(ids: string[]): Deleted {
    const gone = ids.map((id) => this.#of(id));
    for (const id of ids) this.kept.delete(id);
    const deletion = fresh('d');
    this.#deletions.set(deletion, () => {
      for (const kept of gone) this.kept.set(kept.summary.id, kept);
      this.changed();
      return { conversation: gone[0]?.summary.id ?? null, snapshot: null };
    });
    this.changed();
    return { deletion, conversations: ids.length, messages: gone.reduce((sum, kept) => sum + kept.messages.length, 0) };
  }

  folderList: { id: string; name: string }[] = [];

  folders = (): Promise<FolderView[]> =>
    this.#call('folders', [], () =>
      this.folderList
        .map((folder) => ({ ...folder, conversations: this.#rows({ scope: 'folder', id: folder.id }).length }))
        .sort((one, other) => one.name.localeCompare(other.name)),
    );
  createFolder = (name: string): Promise<FolderView> =>
    this.#call('createFolder', [name], () => {
      if (name === '') throw { code: 'invalid_input', message: 'A folder needs a name.' } satisfies IpcError;
      const folder = { id: fresh('f'), name };
      this.folderList.push(folder);
      return { ...folder, conversations: 0 };
    });
  renameFolder = (id: string, name: string): Promise<void> =>
    this.#call('renameFolder', [id, name], () => {
      this.folderList = this.folderList.map((folder) => (folder.id === id ? { id, name } : folder));
    });
  deleteFolder = (id: string): Promise<void> =>
    this.#call('deleteFolder', [id], () => {
      this.folderList = this.folderList.filter((folder) => folder.id !== id);
      for (const { summary } of this.kept.values()) if (summary.folder === id) summary.folder = null;
      this.changed();
    });

  /** Messages the search does not know yet. */
  waiting = 0;

  search = (text: string, filters: SearchFilters): Promise<SearchResults> =>
    this.#call('search', [text, filters], () => {
      const words = text.replaceAll('"', ' ').trim();
      const hits: SearchHit[] = [];
      for (const { summary, messages } of this.kept.values()) {
        if (filters.folder !== null && summary.folder !== filters.folder) continue;
        const base = { conversation: summary.id, title: marked(summary.title, words), archived: summary.archived };
        if (words !== '' && base.title.some((piece) => piece.hit)) {
          hits.push({ ...base, message: null, role: null, snippet: [], at: summary.updated_at });
        }
        for (const message of messages) {
          if (filters.model !== null && message.model !== filters.model) continue;
          if (filters.from !== null && message.created_at < filters.from) continue;
          if (filters.to !== null && message.created_at >= filters.to) continue;
          if (filters.code && !JSON.stringify(message.parts).includes('"t":"code"')) continue;
          const all = textOf(message);
          const at = all.toLowerCase().indexOf(words.toLowerCase());
          if (at < 0) continue;
          const from = Math.max(0, at - 30);
          const snippet = marked((from > 0 ? '…' : '') + all.slice(from, at + 90), words);
          hits.push({ ...base, message: message.id, role: message.role, snippet, at: message.created_at });
        }
      }
      return { hits: hits.slice(0, 100), more: hits.length > 100, waiting: this.waiting };
    });
  searchModels = (): Promise<string[]> =>
    this.#call('searchModels', [], () => [
      ...new Set([...this.kept.values()].slice(0, 50).flatMap((kept) => kept.messages.map((one) => one.model)).filter((one) => one !== null)),
    ]);
  findInConversation = (conversation: string, text: string): Promise<FoundAll> =>
    this.#call('findInConversation', [conversation, text], () => {
      const messages = this.#of(conversation).messages.flatMap((message, index) => {
        const count = textOf(message).toLowerCase().split(text.toLowerCase()).length - 1;
        return count > 0 ? [{ message: message.id, index, count }] : [];
      });
      return { total: messages.reduce((sum, { count }) => sum + count, 0), messages };
    });
  showMessage = (message: string): Promise<Snapshot> =>
    this.#call('showMessage', [message], () => {
      const kept = this.#holding(message);
      return { ...this.snapshot(kept), page: this.page(kept, { at: 'from', message }) };
    });

  /** The latest job; what the next one is. */
  latest: JobView | null = null;

  exportConversations = (ids: string[] | null, format: ExportFormat): Promise<JobView | null> =>
    this.#call('exportConversations', [ids, format], () => this.#start('export', ids?.length ?? this.kept.size));
  importConversations = (folders: boolean): Promise<JobView | null> => this.#call('importConversations', [folders], () => this.#start('import', 240));
  cancelJob = (id: string): Promise<void> =>
    this.#call('cancelJob', [id], () => {
      if (this.latest) this.job$({ ...this.latest, state: 'cancelled', summary: 'Cancelled. What was done so far is kept.' });
    });
  job = (): Promise<JobView | null> => this.#call('job', [], () => this.latest);

  job$(job: JobView): void {
    this.latest = job;
    this.emit('job', job);
  }

  #start(kind: 'export' | 'import', total: number): JobView {
    const job: JobView = { id: fresh('j'), kind, state: 'running', done: 0, total, summary: null, problems: [], more_problems: 0 };
    this.latest = job;
    if (this.pace > 0) this.#work(job);
    return job;
  }

  #work(job: JobView): void {
    const timer = setInterval(() => {
      const latest = this.latest;
      if (latest?.id !== job.id || latest.state !== 'running') {
        clearInterval(timer);
        return;
      }
      const done = Math.min(latest.total ?? 0, latest.done + Math.max(1, Math.ceil((latest.total ?? 0) / 40)));
      if (done < (latest.total ?? 0)) {
        this.job$({ ...latest, done });
        return;
      }
      const summary = job.kind === 'export' ? `Exported ${done} conversations.` : `Imported ${done - 3} conversations; 3 could not be read.`;
      const problems = job.kind === 'export' ? [] : Array.from({ length: 30 }, (_, index) => ({ entry: `conversations.json, entry ${index * 7 + 3}`, reason: 'It has no messages that can be read.' }));
      this.job$({ ...latest, done, state: 'done', summary, problems, more_problems: problems.length > 0 ? 12 : 0 });
    }, 60);
  }

  health: LibraryHealth = { unsaved: null, remedy: null, last_backup: Date.now() - 3_600_000, backups: 3, backup_trouble: null };
  libraryHealth = (): Promise<LibraryHealth> => this.#call('libraryHealth', [], () => this.health);
  saveAgain = (): Promise<void> => this.#call('saveAgain', [], () => undefined);
  restart = (): Promise<void> => this.#call('restart', [], () => undefined);

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

  send = (conversation: string | null, text: string, model: string, temporary: boolean): Promise<TurnStarted> =>
    this.#call('send', [conversation, text, model, ...(temporary ? ['temporary'] : [])], () => {
      if (text.trim() === '') throw { code: 'invalid_input', message: 'The message is empty. Write something first.' } satisfies IpcError;
      if (text.length > 4 * 1024 * 1024) {
        throw { code: 'invalid_input', message: 'The message is longer than 4 MiB, so it was not sent. It is still here: shorten it and send it again.' } satisfies IpcError;
      }
      const summary = temporary ? { id: fresh('temporary-'), temporary } : {};
      const kept = conversation === null ? this.add(text.slice(0, 40), [], { summary }) : this.#of(conversation);
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
  quickShow = (): Promise<void> => this.#call('quickShow', [], () => this.emit('quick_shown', { text: null }));
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
    this.changed();
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
    this.changed();
  }
}

const rank = (row: ConversationSummary): number => (row.temporary ? 2 : row.pinned ? 1 : 0);

function headingOf(row: ConversationSummary): ListHeading {
  if (row.temporary) return { heading: 'temporary' };
  if (row.pinned) return { heading: 'pinned' };
  const today = new Date().setHours(0, 0, 0, 0);
  const days = Math.round((today - new Date(row.updated_at).setHours(0, 0, 0, 0)) / 86_400_000);
  if (days <= 0) return { heading: 'today' };
  if (days === 1) return { heading: 'yesterday' };
  if (days <= 7) return { heading: 'week' };
  const date = new Date(row.updated_at);
  return { heading: 'month', year: date.getFullYear(), month: date.getMonth() + 1 };
}

/** All the words of a message. */
function textOf(message: MessageView): string {
  const words: string[] = [];
  const read = (node: unknown): void => {
    if (typeof node === 'string') words.push(node);
    else if (Array.isArray(node)) node.forEach(read);
    else if (typeof node === 'object' && node !== null) for (const [key, value] of Object.entries(node)) if (['c', 'text', 'blocks'].includes(key)) read(value);
  };
  read(message.parts);
  return words.join(' ');
}

/** A text with the words in it marked. */
export function marked(text: string, words: string): Marked[] {
  const pieces: Marked[] = [];
  const lower = text.toLowerCase();
  const needle = words.toLowerCase();
  let at = 0;
  while (needle !== '') {
    const next = lower.indexOf(needle, at);
    if (next < 0) break;
    if (next > at) pieces.push({ text: text.slice(at, next), hit: false });
    at = next + needle.length;
    pieces.push({ text: text.slice(next, at), hit: true });
  }
  if (at < text.length) pieces.push({ text: text.slice(at), hit: false });
  return pieces;
}

const SAMPLE = `Rain that falls from a clear sky just after sunset has a name of its own: serein. The drops are so fine that they hardly wet the ground, and no cloud stands above to explain them.

Two things come together. The air close to the ground cools quickly once the sun is gone, and what moisture it holds gathers into droplets. Seen against the last light they look like rain out of nothing.

Whether it is ever measured is another question. Most reports are old, and in most of them a thin cloud nobody noticed explains the rest. `.repeat(3);
