// The list of conversations: all of them, or those that match a search.
import type { ConversationSummary } from '../bindings/ConversationSummary';
import type { IpcError } from '../bindings/IpcError';
import { asIpcError, type Backend } from '../backend';

export class Conversations {
  #backend: Backend;
  #list = $state.raw<ConversationSummary[]>([]);
  #query = $state('');
  #loaded = $state(false);
  #any = $state(false);
  #error = $state.raw<IpcError | null>(null);
  #fetching = false;
  #again = false;

  constructor(backend: Backend) {
    this.#backend = backend;
  }

  /** Newest first. */
  get list(): ConversationSummary[] {
    return this.#list;
  }

  get query(): string {
    return this.#query;
  }

  /** The first answer is there. */
  get loaded(): boolean {
    return this.#loaded;
  }

  /** There is at least one conversation, whatever the search says. */
  get any(): boolean {
    return this.#any;
  }

  get error(): IpcError | null {
    return this.#error;
  }

  find(id: string | null): ConversationSummary | undefined {
    return this.#list.find((conversation) => conversation.id === id);
  }

  /** The one before (`-1`) or after (`1`) in the list. */
  neighbour(id: string | null, offset: -1 | 1): string | null {
    const index = this.#list.findIndex((conversation) => conversation.id === id);
    if (index < 0) return offset === 1 ? (this.#list[0]?.id ?? null) : null;
    return this.#list[index + offset]?.id ?? null;
  }

  search(query: string): void {
    if (query === this.#query) return;
    this.#query = query;
    void this.load();
  }

  /** Fetches the list; calls while one is under way make one more, not many. */
  async load(): Promise<void> {
    if (this.#fetching) {
      this.#again = true;
      return;
    }
    this.#fetching = true;
    do {
      this.#again = false;
      const query = this.#query;
      try {
        const list = await this.#backend.conversations(query.trim());
        if (query === this.#query) {
          this.#list = list;
          this.#error = null;
        }
        if (query.trim() === '') this.#any = list.length > 0;
        else if (list.length > 0) this.#any = true;
      } catch (reason) {
        this.#error = asIpcError(reason);
      }
    } while (this.#again);
    this.#fetching = false;
    this.#loaded = true;
  }

  async rename(id: string, title: string): Promise<void> {
    const text = title.trim();
    if (text === '' || text === this.find(id)?.title) return;
    try {
      await this.#backend.renameConversation(id, text);
    } catch (reason) {
      this.#error = asIpcError(reason);
    }
    await this.load();
  }

  async delete(id: string): Promise<boolean> {
    try {
      await this.#backend.deleteConversation(id);
    } catch (reason) {
      this.#error = asIpcError(reason);
      return false;
    }
    this.#list = this.#list.filter((conversation) => conversation.id !== id);
    await this.load();
    return true;
  }
}
