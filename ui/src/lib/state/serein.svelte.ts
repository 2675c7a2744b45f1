// What every window holds, and how its parts hear of each other.
import { createContext } from 'svelte';
import { asIpcError, type Backend } from '../backend';
import type { MessageStatus } from '../bindings/MessageStatus';
import { LoadedImages } from '../markdown/loaded-images';
import { App } from './app.svelte';
import { Clock } from './clock.svelte';
import { Composer } from './composer.svelte';
import { Conversation } from './conversation.svelte';
import { Models } from './models.svelte';

export abstract class Serein {
  readonly backend: Backend;
  readonly app: App;
  readonly clock = new Clock();
  readonly conversation: Conversation;
  readonly composer: Composer;
  readonly models: Models;
  /** The pictures that the replies have shown. */
  readonly images = new LoadedImages();
  #sending = $state(false);

  constructor(backend: Backend, app = new App(backend), composer = new Composer(backend)) {
    this.backend = backend;
    this.app = app;
    this.composer = composer;
    this.models = new Models(backend);
    this.conversation = new Conversation(backend, {
      opened: (id, draft) => this.composer.arrived(id, draft),
      replyStarted: () => this.app.announce('Serein is replying'),
      replyEnded: (status) => this.replyEnded(status),
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
    const heard = await Promise.all(this.listen());
    await this.app.start();
    if (this.app.ready) {
      // Signed out, those known from last time name the replies that are there.
      void this.models.load();
      await this.begin();
    }
    return () => heard.forEach((stop) => stop());
  }

  /** Listens to what every window has to hear. */
  protected listen(): Promise<() => void>[] {
    const { backend } = this;
    return [
      backend.on('account', (account) => {
        const before = this.app.ready && this.app.signedIn;
        this.app.accountChanged(account);
        if (!before && account.signed_in) void this.models.load();
      }),
      backend.on('settings', (settings) => this.app.settingsChanged(settings)),
      backend.on('models', (list) => this.models.changed(list)),
      backend.on('turn', (event) => this.conversation.receive(event)),
      backend.on('closing', () => void this.composer.flush().finally(() => backend.closeWindow())),
    ];
  }

  /** The state of the app is there: shows what this window shows first. */
  protected abstract begin(): Promise<void>;

  protected replyEnded(status: MessageStatus): void {
    this.app.announce(ending(status));
  }

  /** What is sent: the text in the composer, and whatever goes with it. */
  protected message(): string {
    return this.composer.text;
  }

  /** The composer's text is safe in a conversation. */
  protected sent(text: string, conversation: string): void {
    this.composer.sent(text, conversation);
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

  /** What the next message begins is not kept. */
  get temporary(): boolean {
    return false;
  }

  /** Sends what is in the composer; it stays there until it is safe. Whether it is under way now. */
  async send(): Promise<boolean> {
    if (this.#sending || this.conversation.running) return false;
    const { text } = this.composer;
    this.#sending = true;
    try {
      const isNew = this.conversation.id === null;
      const chosen = this.conversation.id;
      const id = await this.conversation.send(this.message(), this.model, this.temporary);
      if (id === null) return false;
      if (this.conversation.id !== chosen) {
        // Whoever switched away meanwhile stays where they are.
        this.composer.sentElsewhere(text, chosen);
        return true;
      }
      this.sent(text, id);
      if (isNew) {
        this.app.adopt(id);
        await this.conversation.adopt(id);
      }
      return true;
    } finally {
      this.#sending = false;
    }
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
