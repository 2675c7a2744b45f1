// Everything a window holds, and how its parts hear of each other.
import { createContext } from 'svelte';
import { asIpcError, type Backend } from '../backend';
import type { MessageStatus } from '../bindings/MessageStatus';
import { App } from './app.svelte';
import { Clock } from './clock.svelte';
import { Composer } from './composer.svelte';
import { Conversation } from './conversation.svelte';
import { Conversations } from './conversations.svelte';
import { Models } from './models.svelte';

export class Serein {
  readonly backend: Backend;
  readonly app: App;
  readonly clock = new Clock();
  readonly conversations: Conversations;
  readonly conversation: Conversation;
  readonly composer: Composer;
  readonly models: Models;
  #sending = $state(false);

  constructor(backend: Backend) {
    this.backend = backend;
    this.app = new App(backend);
    this.conversations = new Conversations(backend);
    this.composer = new Composer(backend);
    this.models = new Models(backend);
    this.conversation = new Conversation(backend, {
      opened: (id, draft) => this.composer.arrived(id, draft),
      replyStarted: () => this.app.announce('Serein is replying'),
      replyEnded: (status) => this.app.announce(ending(status)),
      asked: (call) => this.app.announce(`The tool ${call.name} asks to be allowed`),
      waiting: ({ error }) => this.app.announce(`${error.message} Trying again soon.`),
    });
  }

  /** The model the next message goes to. */
  get model(): string {
    return this.conversation.model ?? this.app.settings.model ?? this.models.all[0]?.id ?? '';
  }

  /** A message is on its way to the app. */
  get sending(): boolean {
    return this.#sending;
  }

  /** Listens first, then asks: nothing that happens in between is missed. */
  async start(): Promise<() => void> {
    const { backend } = this;
    const heard = await Promise.all([
      backend.on('account', (account) => {
        const before = this.app.ready && this.app.signedIn;
        this.app.accountChanged(account);
        if (!before && account.signed_in) void this.models.load();
      }),
      backend.on('settings', (settings) => this.app.settingsChanged(settings)),
      backend.on('models', (list) => this.models.changed(list)),
      backend.on('conversations', () => void this.#listChanged()),
      backend.on('turn', (event) => this.conversation.receive(event)),
      backend.on('closing', () => void this.composer.flush().finally(() => backend.closeWindow())),
    ]);
    await this.app.start();
    if (this.app.ready) {
      void this.conversations.load();
      if (this.app.signedIn) void this.models.load();
      await this.show();
    }
    return () => heard.forEach((stop) => stop());
  }

  /** Shows what the address says. */
  async show(): Promise<void> {
    const { route } = this.app;
    if (route.screen !== 'chat') {
      void this.composer.flush();
      return;
    }
    const { conversation } = route;
    if (conversation === this.conversation.id && this.conversation.opened > 0 && !this.conversation.error) return;
    this.composer.switchTo(conversation);
    await this.composer.flush();
    const opening = this.conversation.open(conversation);
    if (conversation === null) {
      this.composer.arrived(null, await this.backend.draft().catch(() => ''));
    }
    await opening;
  }

  /** Chooses the model of this conversation, or of new ones. */
  async chooseModel(id: string): Promise<void> {
    if (this.conversation.id !== null) {
      await this.conversation.setModel(id);
      return;
    }
    try {
      await this.app.updateSettings({ model: id });
    } catch (reason) {
      this.conversation.refuse(asIpcError(reason));
    }
  }

  /** Whether the next message is sent with tools. */
  get tools(): boolean {
    return this.conversation.tools ?? this.app.settings.tools;
  }

  /** Offers tools in this conversation, or in new ones, or does not. */
  async offerTools(tools: boolean): Promise<void> {
    if (this.conversation.id !== null) {
      await this.conversation.setTools(tools);
      return;
    }
    try {
      await this.app.updateSettings({ tools });
    } catch (reason) {
      this.conversation.refuse(asIpcError(reason));
    }
  }

  /** Sends what is in the composer; it stays there until it is safe. */
  async send(): Promise<void> {
    if (this.#sending || this.conversation.running) return;
    const { text } = this.composer;
    this.#sending = true;
    try {
      const isNew = this.conversation.id === null;
      const chosen = this.conversation.id;
      const id = await this.conversation.send(text, this.model);
      if (id === null) return;
      if (this.conversation.id !== chosen) {
        // Whoever switched away meanwhile stays where they are.
        this.composer.sentElsewhere(chosen);
        return;
      }
      this.composer.sent(text, id);
      if (isNew) {
        this.app.adopt(id);
        await this.conversation.adopt(id);
      }
    } finally {
      this.#sending = false;
    }
  }

  /** Deletes a conversation; the one shown gives way to a new chat. */
  async delete(id: string): Promise<void> {
    if ((await this.conversations.delete(id)) && this.conversation.id === id) {
      this.app.go({ screen: 'chat', conversation: null });
    }
  }

  async #listChanged(): Promise<void> {
    await this.conversations.load();
    const shown = this.conversations.find(this.conversation.id);
    if (shown) this.conversation.renamed(shown.title);
  }
}

function ending(status: MessageStatus): string {
  switch (status) {
    case 'stopped':
      return 'Reply stopped';
    case 'length':
      return 'Reply ended: it reached the length limit';
    case 'interrupted':
      return 'Reply interrupted';
    case 'failed':
      return 'Reply failed';
    default:
      return 'Reply finished';
  }
}

export const [useSerein, provideSerein] = createContext<Serein>();
