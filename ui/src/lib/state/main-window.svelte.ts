// What the main window holds beside what every window does: the library with its list, its search and what can
// be taken back, and the address that says which conversation is shown.
import { createContext } from 'svelte';
import type { ConversationSummary } from '../bindings/ConversationSummary';
import type { MessageStatus } from '../bindings/MessageStatus';
import type { OpenIn } from '../bindings/OpenIn';
import type { SearchHit } from '../bindings/SearchHit';
import { asIpcError, type Backend } from '../backend';
import { isTemporary } from '../temporary';
import { Conversations } from './conversations.svelte';
import { Exchange } from './exchange.svelte';
import { Find } from './find.svelte';
import { Health } from './health.svelte';
import type { Message } from './message.svelte';
import { Paper } from './paper.svelte';
import { Search } from './search.svelte';
import { Serein } from './serein.svelte';
import { Undo } from './undo.svelte';

export class MainWindow extends Serein {
  readonly conversations: Conversations;
  readonly search: Search;
  readonly find: Find;
  readonly exchange: Exchange;
  readonly health: Health;
  readonly paper: Paper;
  readonly undo = new Undo();
  #temporary = $state(false);
  /** Where the window was asked to be before there was anything to show. */
  #wanted: OpenIn | null = null;
  /** What is to be looked at once its conversation is open. */
  #aim: { conversation: string; message: string; words: string } | null = null;

  constructor(backend: Backend) {
    super(backend);
    this.conversations = new Conversations(backend);
    this.search = new Search(backend);
    this.find = new Find(backend, this.conversation);
    this.exchange = new Exchange(backend);
    this.health = new Health(backend);
    this.paper = new Paper(backend);
  }

  /** What is shown, or what the next message begins, is in memory only. */
  override get temporary(): boolean {
    const { id } = this.conversation;
    return id === null ? this.#temporary : isTemporary(id);
  }

  protected override listen(): Promise<() => void>[] {
    return [
      ...super.listen(),
      this.backend.on('conversations', () => void this.#listChanged()),
      this.backend.on('job', (job) => this.exchange.changed(job)),
      this.backend.on('library_health', (health) => this.health.changed(health)),
      this.backend.on('open', (where) => {
        if (this.app.ready) this.#goTo(where);
        else this.#wanted = where;
      }),
    ];
  }

  protected override async begin(): Promise<void> {
    void this.conversations.load();
    void this.exchange.load();
    void this.health.load();
    await this.show();
    const wanted = this.#wanted;
    this.#wanted = null;
    if (wanted) this.#goTo(wanted);
  }

  protected override sent(text: string, conversation: string): void {
    super.sent(text, conversation);
    this.#setTemporary(false);
  }

  protected override replyEnded(status: MessageStatus): void {
    super.replyEnded(status);
    this.find.refresh();
  }

  /** Shows what the address says. */
  async show(): Promise<void> {
    const { route } = this.app;
    if (route.screen !== 'chat') {
      void this.composer.flush();
      return;
    }
    const { conversation } = route;
    if (conversation !== null) this.#setTemporary(false);
    if (conversation !== this.conversation.id || this.conversation.opened === 0 || this.conversation.error) {
      this.find.close();
      this.composer.switchTo(conversation);
      await this.composer.flush();
      const opening = this.conversation.open(conversation);
      if (conversation === null) {
        this.composer.arrived(null, await this.backend.draft().catch(() => ''));
      }
      await opening;
    }
    const aim = this.#aim;
    // One may have gone on to another conversation, and to a message there.
    if (aim === null || aim.conversation !== conversation || this.conversation.id !== conversation) return;
    this.#aim = null;
    await this.conversation.showMessage(aim.message, aim.words);
  }

  /** A new chat, kept or not. */
  newChat(temporary = false): void {
    this.#setTemporary(temporary);
    this.app.go({ screen: 'chat', conversation: null });
  }

  /** Makes the temporary chat that is shown one that is kept. */
  async keep(): Promise<void> {
    const { id } = this.conversation;
    if (id === null) {
      this.#setTemporary(false);
      return;
    }
    try {
      const kept = await this.backend.keepConversation(id);
      if (this.conversation.id !== id) return;
      this.composer.keptAs(kept);
      this.app.adopt(kept);
      await this.conversation.adopt(kept);
    } catch (reason) {
      this.conversation.refuse(asIpcError(reason));
    }
  }

  /** Opens what was found: the conversation, and in it the message with the words. */
  openHit(hit: Pick<SearchHit, 'conversation' | 'message'>, words: string): void {
    const { conversation, message } = hit;
    this.#aim = message === null ? null : { conversation, message, words };
    const { route } = this.app;
    this.app.go({ screen: 'chat', conversation });
    // The address stays the same, so nothing else would look at the message.
    if (route.screen === 'chat' && route.conversation === conversation) void this.show();
  }

  /** The conversation before or after the one shown. */
  async goToNeighbour(offset: -1 | 1): Promise<void> {
    const shown = (): string | null => (this.app.route.screen === 'chat' ? this.app.route.conversation : null);
    const from = shown();
    const id = await this.conversations.neighbour(from, offset);
    // Whoever has gone elsewhere meanwhile stays there.
    if (id !== null && from === shown()) this.app.go({ screen: 'chat', conversation: id });
  }

  /** Puts conversations into the archive or takes them out of it, and offers to take it back. */
  async archive(these: ConversationSummary[], archived: boolean): Promise<boolean> {
    const ids = these.map(({ id }) => id);
    if (!(await this.conversations.update(ids, { archived }))) return false;
    this.#offer(`${archived ? 'Archived' : 'Unarchived'} ${named(these)}`, async () => {
      await this.backend.updateConversations(ids, { archived: !archived });
    });
    return true;
  }

  /** Puts conversations into a folder, or into none, and offers to take it back. */
  async move(these: ConversationSummary[], folder: string | null): Promise<boolean> {
    const moved = these.filter((one) => one.folder !== folder);
    if (moved.length === 0) return true;
    if (!(await this.conversations.update(moved.map(({ id }) => id), { folder }))) return false;
    const name = this.conversations.folders.find(folder)?.name;
    const out = moved.length === 1 ? 'out of its folder' : 'out of their folders';
    this.#offer(`Moved ${named(moved)} ${name === undefined ? out : `to “${name}”`}`, async () => {
      for (const [folder, rows] of byFolder(moved)) {
        await this.backend.updateConversations(rows.map(({ id }) => id), { folder });
      }
    });
    return true;
  }

  /** Puts conversations into a new folder. Rejects when there can be no such folder. */
  async moveToNew(these: ConversationSummary[], name: string): Promise<void> {
    const { id } = await this.conversations.folders.create(name);
    await this.move(these, id);
  }

  /** Deletes conversations at once, and offers to take it back. The one shown gives way to a new chat. */
  async delete(ids: string[], title?: string): Promise<boolean> {
    const deleted = await this.conversations.delete(ids);
    if (!deleted) return false;
    const shown = this.#leave(ids);
    const what = title !== undefined && deleted.conversations <= 1 ? `“${title}”` : counted(deleted.conversations, 'conversation');
    this.#offerBack(`Deleted ${what}`, deleted.deletion, shown);
    return true;
  }

  /** Deletes all conversations, and offers to take it back. Rejects when it is refused. */
  async deleteAll(): Promise<void> {
    const deleted = await this.conversations.deleteAll();
    if (this.conversation.id !== null) this.#leave([this.conversation.id]);
    this.#offerBack(`Deleted ${counted(deleted.conversations, 'conversation')}`, deleted.deletion, null);
  }

  /** Deletes a message alone, or with what follows it, and offers to take it back. */
  async deleteMessage(message: Message, following: boolean): Promise<void> {
    const id = this.conversation.id;
    const index = this.conversation.indexOf(message.id);
    const deleted = await this.conversation.deleteMessage(message, following);
    if (!deleted || id === null) return;
    const text = deleted.messages === 1 ? 'Deleted the message' : `Deleted ${counted(deleted.messages, 'message')}`;
    this.app.announce(text);
    this.undo.offer(text, async () => {
      const { snapshot } = await this.conversation.undoDelete(deleted.deletion, index);
      if (snapshot === null || this.conversation.id === id) return;
      this.app.go({ screen: 'chat', conversation: id });
    });
    this.find.refresh();
  }

  /** Makes the conversation that is shown ready for the printer. */
  async print(): Promise<void> {
    const { id, title } = this.conversation;
    if (id === null) return;
    try {
      await this.paper.gather(id, title);
    } catch (reason) {
      this.conversation.refuse(asIpcError(reason));
    }
  }

  /** A conversation of its own that goes as far as this message. */
  async duplicateFrom(message: Message): Promise<void> {
    try {
      this.#opened(await this.backend.duplicateConversation(message.id));
    } catch (reason) {
      this.conversation.refuse(asIpcError(reason));
    }
  }

  async duplicate(id: string): Promise<void> {
    this.#opened(await this.conversations.duplicate(id));
  }

  async takeBack(): Promise<void> {
    if (await this.undo.undo()) this.app.announce('Undone');
  }

  #opened(id: string | null): void {
    if (id === null) return;
    this.app.go({ screen: 'chat', conversation: id });
    this.app.announce('Duplicated');
  }

  /** Says where conversations were put, and offers to take it back. */
  #offer(text: string, undo: () => Promise<void>): void {
    this.app.announce(text);
    this.undo.offer(text, async () => {
      await undo();
      await this.conversations.load();
    });
  }

  #offerBack(text: string, deletion: string, shown: string | null): void {
    this.app.announce(text);
    this.undo.offer(text, async () => {
      const undone = await this.backend.undoDelete(deletion);
      await this.conversations.load();
      if (shown !== null && this.conversation.id === null) {
        this.app.go({ screen: 'chat', conversation: undone.conversation ?? shown });
      }
    });
  }

  /** If one of these is shown, a new chat takes its place. */
  #leave(ids: string[]): string | null {
    const { id } = this.conversation;
    if (id === null || !ids.includes(id)) return null;
    if (this.app.route.screen === 'chat') {
      this.newChat();
    } else {
      this.app.comeBackTo({ screen: 'chat', conversation: null });
      this.composer.switchTo(null);
      void this.conversation.open(null);
      void this.backend.draft().then((draft) => this.composer.arrived(null, draft), () => this.composer.arrived(null, ''));
    }
    return id;
  }

  #setTemporary(temporary: boolean): void {
    this.#temporary = temporary;
    this.composer.unkept = temporary;
  }

  /** Another window, the tray or a second start wants this one to be somewhere. */
  #goTo({ screen, conversation }: OpenIn): void {
    switch (screen) {
      case 'sign_in':
        if (!this.app.signedIn) this.app.signIn();
        return;
      case 'settings':
        this.app.go({ screen: 'settings' });
        return;
      case 'chat':
        this.app.go({ screen: 'chat', conversation });
    }
  }

  async #listChanged(): Promise<void> {
    this.search.refresh();
    const { id } = this.conversation;
    const [shown] = await Promise.all([
      id === null ? null : this.backend.conversationSummary(id).catch((): null => null),
      this.conversations.load(),
    ]);
    if (shown && this.conversation.id === id) this.conversation.renamed(shown.title);
  }
}

function counted(count: number, what: string): string {
  return `${count.toLocaleString('en')} ${what}${count === 1 ? '' : 's'}`;
}

function byFolder(these: ConversationSummary[]): [string | null, ConversationSummary[]][] {
  const folders = these.map(({ folder }) => folder).filter((one, index, all) => all.indexOf(one) === index);
  return folders.map((folder) => [folder, these.filter((one) => one.folder === folder)]);
}

function named(these: ConversationSummary[]): string {
  return these.length === 1 ? `“${these[0]!.title}”` : counted(these.length, 'conversation');
}

export const [useMainWindow, provideMainWindow] = createContext<MainWindow>();
