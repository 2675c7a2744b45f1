// The conversation the window looks at: its messages, its running turn, and what the user does to them.
import type { DeletedMessage } from '../bindings/DeletedMessage';
import type { IpcError } from '../bindings/IpcError';
import type { MessageStatus } from '../bindings/MessageStatus';
import type { MessageView } from '../bindings/MessageView';
import type { PageAt } from '../bindings/PageAt';
import type { PageView } from '../bindings/PageView';
import type { Retrying } from '../bindings/Retrying';
import type { Role } from '../bindings/Role';
import type { Snapshot } from '../bindings/Snapshot';
import type { ToolAnswer } from '../bindings/ToolAnswer';
import type { ToolCallView } from '../bindings/ToolCallView';
import type { TurnEvent } from '../bindings/TurnEvent';
import type { TurnStarted } from '../bindings/TurnStarted';
import type { Undone } from '../bindings/Undone';
import { asIpcError, type Backend } from '../backend';
import { EventSequence, type Step } from '../sequence';
import type { Message } from './message.svelte';
import { Path } from './path.svelte';

/** What others want to know about the conversation shown. */
export interface Listener {
  /** A conversation is shown for the first time since it was chosen; its unsent text. */
  opened(id: string, draft: string): void;
  /** A reply began or ended. */
  replyStarted(): void;
  replyEnded(status: MessageStatus): void;
  waiting(retrying: Retrying): void;
  /** A tool call asks to be allowed. */
  asked(call: ToolCallView): void;
}

export class Conversation {
  #backend: Backend;
  #listener: Listener;
  #id = $state<string | null>(null);
  #title = $state('');
  #model = $state<string | null>(null);
  #tools = $state<boolean | null>(null);
  #path = new Path();
  #turn = $state.raw<{ id: string; message: string } | null>(null);
  #retrying = $state.raw<Retrying | null>(null);
  #loading = $state(false);
  #error = $state.raw<IpcError | null>(null);
  #problem = $state.raw<IpcError | null>(null);
  #editing = $state.raw<{ message: string; text: string } | null>(null);
  #opened = $state(0);
  #target = $state.raw<{ message: string; words: string } | null>(null);
  /** Unfinished edits of the conversations one switched away from. Nothing on screen reads it. */
  // eslint-disable-next-line svelte/prefer-svelte-reactivity
  #edits = new Map<string, { message: string; text: string }>();
  #sequence = new EventSequence();
  /** Answers to an earlier question are of no interest. */
  #generation = 0;
  /** Counts the pages asked for; `null` while none is on its way. */
  #asked = 0;
  #paging: number | null = null;

  constructor(backend: Backend, listener: Listener) {
    this.#backend = backend;
    this.#listener = listener;
  }

  /** `null`: a new chat. */
  get id(): string | null {
    return this.#id;
  }

  get title(): string {
    return this.#title;
  }

  /** The model chosen in this conversation. */
  get model(): string | null {
    return this.#model;
  }

  /** Whether tools are offered here; without a choice, the setting decides. */
  get tools(): boolean | null {
    return this.#tools;
  }

  /** Those of the visible path that are at hand, oldest first. */
  get messages(): Message[] {
    return this.#path.messages;
  }

  /** There are messages before those at hand. */
  get hasEarlier(): boolean {
    return this.#path.hasEarlier;
  }

  /** There are messages after those at hand. */
  get hasLater(): boolean {
    return this.#path.hasLater;
  }

  /** Which of the visible path's messages this one is, counted from 1, and of how many. */
  placeOf(message: Message): { place: number | undefined; of: number } {
    const index = this.messages.indexOf(message);
    return { place: index < 0 ? undefined : this.#path.first + index + 1, of: this.#path.total };
  }

  /** The last message of this role, at hand or not. */
  last(role: Role): Message | undefined {
    return this.#path.last(role);
  }

  /** A reply is running. */
  get running(): boolean {
    return this.#turn !== null;
  }

  /** The countdown before the next try, and the reply it is for. */
  get retrying(): Retrying | null {
    return this.#retrying;
  }

  /** The reply being written. */
  get reply(): string | null {
    return this.#turn?.message ?? null;
  }

  get loading(): boolean {
    return this.#loading;
  }

  /** It could not be opened: why. */
  get error(): IpcError | null {
    return this.#error;
  }

  /** What the user asked for last was refused: why. Shown at the composer. */
  get problem(): IpcError | null {
    return this.#problem;
  }

  /** The own message being edited. */
  get editing(): { message: string; text: string } | null {
    return this.#editing;
  }

  /** Counts the conversations shown, so that a view can tell a switch from a growth. */
  get opened(): number {
    return this.#opened;
  }

  /** A message that is to be looked at, and the words in it. */
  get target(): { message: string; words: string } | null {
    return this.#target;
  }

  /** The target was seen. */
  forget(): void {
    this.#target = null;
  }

  /** A message's index in the visible path, if it is at hand. */
  indexOf(message: string): number {
    const index = this.messages.findIndex((one) => one.id === message);
    return index < 0 ? index : this.#path.first + index;
  }

  /** The index of the first message at hand. */
  get first(): number {
    return this.#path.first;
  }

  /** Shows a conversation, or a new chat. */
  async open(id: string | null): Promise<void> {
    if (id === this.#id && (id === null ? this.#opened > 0 : !this.#error && this.#opened > 0)) return;
    this.#keepEdit();
    this.#generation++;
    this.#id = id;
    this.#sequence = new EventSequence();
    this.#clear();
    if (id === null) {
      this.#opened++;
      const generation = this.#generation;
      await this.#backend.closeConversation().catch(() => {});
      if (generation !== this.#generation) return;
      return;
    }
    await this.#fetch(id, true);
  }

  /** The conversation begun from the new chat: shown in its place, without touching what is being typed. */
  async adopt(id: string): Promise<void> {
    this.#generation++;
    this.#id = id;
    this.#sequence = new EventSequence();
    await this.#fetch(id, false);
  }

  /** Something the turns of some conversation have to say. */
  receive(event: TurnEvent): void {
    if (event.conversation !== this.#id) return;
    this.#follow(this.#sequence.receive(event));
  }

  /** Fetches the messages before those at hand. */
  async earlier(): Promise<void> {
    if (this.#paging !== null) return;
    const at = (): PageAt | null => (this.hasEarlier ? { at: 'before', message: this.messages[0]!.id } : null);
    await this.#page(at, (page) => this.#path.prepend(page));
  }

  /** Fetches the messages after those at hand. */
  async later(): Promise<void> {
    if (this.#paging !== null) return;
    const at = (): PageAt | null => (this.hasLater ? { at: 'after', message: this.messages.at(-1)!.id } : null);
    await this.#page(at, (page) => this.#path.append(page));
  }

  /** Has the conversation's first messages at hand. */
  async toStart(): Promise<void> {
    await this.#page(() => (this.hasEarlier ? { at: 'start' } : null), (page) => this.#path.move(page));
  }

  /** Has the conversation's last messages at hand. */
  async toEnd(): Promise<void> {
    await this.#page(() => (this.hasLater ? { at: 'end' } : null), (page) => this.#path.move(page));
  }

  /** Has a message of the visible path at hand. */
  async toMessage(id: string): Promise<void> {
    const at = (): PageAt | null => (this.indexOf(id) < 0 ? { at: 'from', message: id } : null);
    await this.#page(at, (page) => this.#path.move(page));
  }

  /** Lets go of messages at both ends of those at hand. */
  drop(atStart: number, atEnd: number): void {
    this.#path.drop(atStart, atEnd);
  }

  /** It was renamed. */
  renamed(title: string): void {
    this.#title = title;
  }

  async setModel(model: string): Promise<void> {
    this.#model = model;
    if (this.#id === null) return;
    await this.#attempt(() => this.#backend.setConversationModel(this.#id!, model));
  }

  async setTools(tools: boolean): Promise<void> {
    const id = this.#id;
    if (id === null) return;
    this.#tools = tools;
    await this.#attempt(() => this.#backend.setConversationTools(id, tools));
  }

  /** Says whether the tool call at a part of the running reply may run. */
  async answerTool(part: number, answer: ToolAnswer): Promise<void> {
    const id = this.#id;
    if (id !== null) await this.#attempt(() => this.#backend.answerTool(id, part, answer));
  }

  /** Makes the path through a message visible, and looks at the words in it. */
  async showMessage(id: string, words: string): Promise<void> {
    const shown = await this.#change(() => this.#backend.showMessage(id), (snapshot) => snapshot, (page) => this.#path.show(page));
    if (shown && shown.id === this.#id) this.#target = { message: id, words };
  }

  /** Deletes a message alone, or with all that follows it. */
  async deleteMessage(message: Message, following: boolean): Promise<DeletedMessage | null> {
    const index = this.indexOf(message.id);
    return this.#change(
      () => this.#backend.deleteMessage(message.id, following),
      ({ snapshot }) => snapshot,
      (page) => this.#path.replaceFrom(index, page),
    );
  }

  /** Brings back what was deleted here; `index` is where the first of it was. Rejects when it is refused. */
  async undoDelete(deletion: string, index: number): Promise<Undone> {
    const undone = await this.#change(
      () => this.#backend.undoDelete(deletion),
      ({ snapshot }) => (snapshot?.id === this.#id ? snapshot : null),
      (page) => this.#path.replaceFrom(index, page),
    );
    if (undone) return undone;
    const problem = this.#problem ?? asIpcError(null);
    this.#problem = null;
    throw problem;
  }

  /** Sends what was typed. Answers with the conversation, or `null` when it was refused. */
  async send(text: string, model: string, temporary = false): Promise<string | null> {
    const id = this.#id;
    const started = await this.#begin(() => this.#backend.send(id, text, model, temporary && id === null));
    return started?.conversation ?? null;
  }

  retry(message: Message, model: string): Promise<TurnStarted | null> {
    return this.#begin(() => this.#backend.retry(message.id, model));
  }

  continueReply(message: Message, model: string): Promise<TurnStarted | null> {
    return this.#begin(() => this.#backend.continueReply(message.id, model));
  }

  /** Begins to edit one's own message, whole. */
  async startEdit(message: Message): Promise<void> {
    const plain = message.plain;
    if (!plain || this.running) return;
    const generation = this.#generation;
    const text = await this.#attempt(() => this.#backend.messageText(message.id));
    if (text === null || generation !== this.#generation) return;
    if (!this.messages.some((one) => one.id === message.id)) await this.toEnd();
    if (generation !== this.#generation) return;
    this.#editing = { message: message.id, text };
  }

  changeEdit(text: string): void {
    if (this.#editing) this.#editing = { ...this.#editing, text };
  }

  cancelEdit(): void {
    this.#editing = null;
  }

  async sendEdit(model: string): Promise<void> {
    const edit = this.#editing;
    if (!edit) return;
    const started = await this.#begin(() => this.#backend.edit(edit.message, edit.text, model));
    if (started && this.#editing?.message === edit.message) this.#editing = null;
  }

  /** Shows the version before or after. */
  async selectVersion(message: Message, offset: -1 | 1): Promise<void> {
    await this.#change(
      () => this.#backend.selectVersion(message.id, offset),
      (snapshot) => snapshot,
      (page) => this.#path.branch(page),
    );
  }

  async stop(): Promise<void> {
    const id = this.#id;
    if (id !== null && this.running) await this.#attempt(() => this.#backend.stop(id));
  }

  async retryNow(): Promise<void> {
    const id = this.#id;
    if (id !== null) await this.#attempt(() => this.#backend.retryNow(id));
  }

  async retryCancel(): Promise<void> {
    const id = this.#id;
    if (id !== null) await this.#attempt(() => this.#backend.retryCancel(id));
  }

  async copy(message: Message): Promise<boolean> {
    return (await this.#attempt(() => this.#backend.copyMessage(message.id).then(() => true))) ?? false;
  }

  /** Shows more of a long message, by so many characters. */
  async unfold(message: Message, by: number): Promise<void> {
    if (message.cut) message.whole = await this.#attempt(() => this.#backend.messageText(message.id));
    message.shown += by;
  }

  /** The problem was read, or what led to it was changed. */
  dismiss(): void {
    this.#problem = null;
  }

  refuse(problem: IpcError): void {
    this.#problem = problem;
  }

  #clear(): void {
    this.#title = '';
    this.#model = null;
    this.#tools = null;
    this.#path.clear();
    this.#turn = null;
    this.#retrying = null;
    this.#error = null;
    this.#problem = null;
    this.#editing = null;
    this.#target = null;
    this.#loading = false;
  }

  #keepEdit(): void {
    if (this.#id === null) return;
    if (this.#editing) this.#edits.set(this.#id, this.#editing);
    else this.#edits.delete(this.#id);
  }

  async #fetch(id: string, first: boolean): Promise<void> {
    const generation = this.#generation;
    this.#loading = true;
    this.#error = null;
    try {
      const snapshot = await this.#backend.openConversation(id);
      if (generation !== this.#generation) return;
      if (first) {
        this.#editing = this.#edits.get(id) ?? null;
        this.#opened++;
      }
      this.#show(snapshot, (page) => (first ? this.#path.show(page) : this.#path.refresh(page)));
      if (first) this.#listener.opened(id, snapshot.draft);
    } catch (reason) {
      if (generation === this.#generation) this.#error = asIpcError(reason);
    } finally {
      if (generation === this.#generation) this.#loading = false;
    }
  }

  /**
   * Fetches the page that `at` names, if any, and takes it in. If the path changes meanwhile, `at` is asked
   * again; a later wish takes the place of this one.
   */
  async #page(at: () => PageAt | null, take: (page: PageView) => void): Promise<void> {
    const generation = this.#generation;
    const asked = ++this.#asked;
    this.#paging = asked;
    const wanted = (): boolean => generation === this.#generation && this.#paging === asked;
    try {
      for (;;) {
        const place = at();
        if (this.#id === null || place === null) return;
        const { changes } = this.#path;
        const page = await this.#backend.conversationPage(this.#id, place);
        if (!wanted()) return;
        if (changes === this.#path.changes) {
          take(page);
          return;
        }
      }
    } catch (reason) {
      if (wanted()) this.#problem = asIpcError(reason);
    } finally {
      if (this.#paging === asked) this.#paging = null;
    }
  }

  /**
   * A command after which the path is another: events are kept until its snapshot is there. Answers with
   * `null` when it was refused.
   */
  async #change<T>(command: () => Promise<T>, of: (answer: T) => Snapshot | null, take: (page: PageView) => void): Promise<T | null> {
    const generation = this.#generation;
    const sequence = this.#sequence;
    const last = sequence.last;
    sequence.expectSnapshot();
    const answer = await this.#attempt(command);
    if (generation !== this.#generation || sequence !== this.#sequence) return answer;
    const snapshot = answer === null ? null : of(answer);
    if (snapshot) this.#show(snapshot, take);
    else if (last !== null) this.#follow(sequence.snapshot(last));
    return answer;
  }

  #show(snapshot: Snapshot, take: (page: PageView) => void): void {
    this.#title = snapshot.title;
    this.#model = snapshot.model;
    this.#tools = snapshot.tools;
    take(snapshot.page);
    this.#turn = snapshot.turn && { id: snapshot.turn.id, message: snapshot.turn.message };
    this.#retrying = snapshot.turn?.retrying ?? null;
    const whole = !this.hasEarlier && !this.hasLater;
    if (whole && !this.messages.some((message) => message.id === this.#editing?.message)) this.#editing = null;
    this.#follow(this.#sequence.snapshot(snapshot.seq));
  }

  #follow(step: Step): void {
    for (const event of step.apply) this.#apply(event);
    if (step.ask !== null) void this.#ask(step.ask);
    if (step.reopen && this.#id !== null) void this.#fetch(this.#id, false);
  }

  async #ask(since: number): Promise<void> {
    const sequence = this.#sequence;
    const id = this.#id;
    if (id === null) return;
    try {
      const missed = await this.#backend.turnEventsSince(id, since);
      if (sequence === this.#sequence) this.#follow(sequence.answer(missed));
    } catch {
      if (sequence === this.#sequence) this.#follow(sequence.failed());
    }
  }

  #apply(event: TurnEvent): void {
    switch (event.type) {
      case 'started':
        this.#started(event.turn, event.message, event.keep, event.messages);
        return;
      case 'retrying':
        this.#retrying = event.retrying;
        this.#listener.waiting(event.retrying);
        return;
      case 'requesting':
        this.#retrying = null;
        return;
      case 'done': {
        this.#path.find(event.message)?.apply(event);
        if (this.#turn?.id === event.turn) this.#turn = null;
        this.#retrying = null;
        this.#listener.replyEnded(event.status);
        return;
      }
      case 'tool_calls':
      case 'tool_result':
        if (event.call.state === 'waiting') this.#listener.asked(event.call);
        this.#path.find(event.message)?.apply(event);
        return;
      default:
        this.#retrying = null;
        this.#path.find(event.message)?.apply(event);
    }
  }

  #started(turn: string, message: string, keep: number, views: MessageView[]): void {
    this.#path.extend(keep, views);
    this.#turn = { id: turn, message };
    this.#retrying = null;
    this.#listener.replyStarted();
  }

  async #begin(command: () => Promise<TurnStarted>): Promise<TurnStarted | null> {
    return this.#attempt(command);
  }

  async #attempt<T>(command: () => Promise<T>): Promise<T | null> {
    const generation = this.#generation;
    this.#problem = null;
    try {
      return await command();
    } catch (reason) {
      if (generation === this.#generation) this.#problem = asIpcError(reason);
      return null;
    }
  }
}
