// The conversations as they are listed, put in folders and chosen, and what the user does to them.
import type { ConversationPatch } from '../bindings/ConversationPatch';
import type { Deleted } from '../bindings/Deleted';
import type { IpcError } from '../bindings/IpcError';
import type { ListScope } from '../bindings/ListScope';
import { asIpcError, type Backend } from '../backend';
import { Folders } from './folders.svelte';
import { Listing } from './listing.svelte';
import { Selection } from './selection.svelte';

export class Conversations {
  readonly listing: Listing;
  readonly folders: Folders;
  readonly selection: Selection;
  #backend: Backend;
  #any = $state(false);
  #known = $state(false);
  #error = $state.raw<IpcError | null>(null);

  constructor(backend: Backend) {
    this.#backend = backend;
    this.listing = new Listing(backend);
    this.folders = new Folders(backend);
    this.selection = new Selection(this.listing);
  }

  /** Whether there are any has been found out. */
  get known(): boolean {
    return this.#known;
  }

  /** There is at least one conversation, wherever it is. */
  get any(): boolean {
    return this.#any;
  }

  /** What was asked for last was refused, or the list could not be had: why. */
  get error(): IpcError | null {
    return this.#error ?? this.listing.error;
  }

  /** Fetches the list and the folders. */
  async load(): Promise<void> {
    await Promise.all([this.listing.load(), this.folders.load()]);
    const { scope } = this.listing;
    if (scope.scope === 'folder' && this.folders.all.length > 0 && !this.folders.find(scope.id)) {
      await this.show({ scope: 'active' });
    }
    if (this.listing.total > 0) this.#any = true;
    else if (!this.#any && scope.scope === 'active') {
      const archived = await this.#backend.conversationList({ scope: 'archived' }).catch(() => null);
      if (archived) this.#any = archived.total > 0;
    }
    this.#known = true;
  }

  /** Lists all, those of a folder, or those that are archived. */
  async show(scope: ListScope): Promise<void> {
    this.selection.end();
    this.#error = null;
    await this.listing.show(scope);
  }

  /** The conversation before (`-1`) or after (`1`) one in the list. */
  async neighbour(id: string | null, offset: -1 | 1): Promise<string | null> {
    return (await this.#attempt(() => this.#backend.neighbour(id, this.listing.scope, offset))) ?? null;
  }

  async rename(id: string, title: string): Promise<void> {
    const text = title.trim();
    if (text === '' || text === this.listing.find(id)?.title) return;
    await this.#attempt(() => this.#backend.renameConversation(id, text));
    await this.listing.load();
  }

  async update(ids: string[], patch: ConversationPatch): Promise<boolean> {
    if (ids.length === 0) return false;
    const done = await this.#attempt(() => this.#backend.updateConversations(ids, patch).then(() => true));
    await this.load();
    return done ?? false;
  }

  async delete(ids: string[]): Promise<Deleted | null> {
    if (ids.length === 0) return null;
    const deleted = await this.#attempt(() => this.#backend.deleteConversations(ids));
    if (deleted) await this.load();
    return deleted;
  }

  async deleteAll(): Promise<Deleted> {
    const deleted = await this.#backend.deleteAllConversations();
    await this.load();
    return deleted;
  }

  /** Another one like this; answers with its id. */
  async duplicate(id: string): Promise<string | null> {
    return this.#attempt(async () => {
      const { messages } = await this.#backend.conversationPage(id, { at: 'end' });
      const last = messages.at(-1);
      if (!last) return null;
      return this.#backend.duplicateConversation(last.id);
    });
  }

  /** Its conversations stay, in no folder; all are listed then. */
  async deleteFolder(id: string): Promise<void> {
    await this.#attempt(() => this.folders.delete(id));
    const { scope } = this.listing;
    if (scope.scope === 'folder' && scope.id === id && !this.folders.find(id)) await this.show({ scope: 'active' });
  }

  async #attempt<T>(command: () => Promise<T>): Promise<T | null> {
    this.#error = null;
    try {
      return await command();
    } catch (reason) {
      this.#error = asIpcError(reason);
      return null;
    }
  }
}
