// The conversations that are chosen to do something to all of them.
import { SvelteMap } from 'svelte/reactivity';
import type { ConversationSummary } from '../bindings/ConversationSummary';
import { isTemporary } from '../temporary';
import type { Listing } from './listing.svelte';

export class Selection {
  #listing: Listing;
  /** By id, as they were when they were chosen. */
  #rows = new SvelteMap<string, ConversationSummary>();
  #active = $state(false);
  /** The row a range begins at. */
  #anchor: string | null = null;

  constructor(listing: Listing) {
    this.#listing = listing;
  }

  /** Rows are chosen instead of opened. */
  get active(): boolean {
    return this.#active;
  }

  get count(): number {
    return this.#rows.size;
  }

  get ids(): string[] {
    return [...this.#rows.keys()];
  }

  /** Without those in memory only: they have no place of their own, and go nowhere. */
  get lasting(): ConversationSummary[] {
    return [...this.#rows.values()].filter(({ id }) => !isTemporary(id));
  }

  has(id: string): boolean {
    return this.#rows.has(id);
  }

  /** Chooses a row, or no longer. */
  toggle(id: string): void {
    this.#active = true;
    this.#anchor = id;
    if (this.#rows.delete(id)) return;
    const row = this.#listing.find(id);
    if (row) this.#rows.set(id, row);
  }

  /** Chooses all rows from the one chosen last to this. */
  async extend(id: string): Promise<void> {
    this.#active = true;
    const from = this.#anchor === null ? null : this.#listing.indexOf(this.#anchor);
    const to = this.#listing.indexOf(id);
    if (from === null || to === null) {
      if (!this.#rows.has(id)) this.toggle(id);
      return;
    }
    const rows = await this.#listing.rows(Math.min(from, to), Math.max(from, to) + 1);
    for (const row of rows) this.#rows.set(row.id, row);
  }

  /** Chooses all there are in the list. */
  async all(): Promise<void> {
    this.#active = true;
    for (const row of await this.#listing.rows(0, this.#listing.total)) this.#rows.set(row.id, row);
  }

  /** Nothing is chosen any more. */
  end(): void {
    this.#active = false;
    this.#anchor = null;
    this.#rows.clear();
  }
}
