// What the main window holds beside what every window does: the list of conversations, and the address that
// says which of them is shown.
import { createContext } from 'svelte';
import type { OpenIn } from '../bindings/OpenIn';
import type { Backend } from '../backend';
import { Conversations } from './conversations.svelte';
import { Serein } from './serein.svelte';

export class MainWindow extends Serein {
  readonly conversations: Conversations;
  /** Where the window was asked to be before there was anything to show. */
  #wanted: OpenIn | null = null;

  constructor(backend: Backend) {
    super(backend);
    this.conversations = new Conversations(backend);
  }

  protected override listen(): Promise<() => void>[] {
    return [
      ...super.listen(),
      this.backend.on('conversations', () => void this.#listChanged()),
      this.backend.on('open', (where) => {
        if (this.app.ready) this.#goTo(where);
        else this.#wanted = where;
      }),
    ];
  }

  protected override async begin(): Promise<void> {
    void this.conversations.load();
    await this.show();
    const wanted = this.#wanted;
    this.#wanted = null;
    if (wanted) this.#goTo(wanted);
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

  /** Deletes a conversation; the one shown gives way to a new chat. */
  async delete(id: string): Promise<void> {
    if ((await this.conversations.delete(id)) && this.conversation.id === id) {
      this.app.go({ screen: 'chat', conversation: null });
    }
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
    await this.conversations.load();
    const shown = this.conversations.find(this.conversation.id);
    if (shown) this.conversation.renamed(shown.title);
  }
}

export const [useMainWindow, provideMainWindow] = createContext<MainWindow>();
