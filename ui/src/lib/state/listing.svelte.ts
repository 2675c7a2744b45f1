// The rows of the conversation list: however many there are, those near what is looked at are at hand.
import type { ConversationSummary } from '../bindings/ConversationSummary';
import type { IpcError } from '../bindings/IpcError';
import type { ListScope } from '../bindings/ListScope';
import type { ListSection } from '../bindings/ListSection';
import { asIpcError, type Backend } from '../backend';

/** Rows that are fetched at once. */
export const BLOCK = 100;
/** Blocks that are kept; the farthest go first. */
const MOST = 24;

/** Rows by the number of their block. */
type Blocks = Readonly<Record<number, ConversationSummary[]>>;

export class Listing {
  #backend: Backend;
  #scope = $state.raw<ListScope>({ scope: 'active' });
  #sections = $state.raw<ListSection[]>([]);
  #total = $state(0);
  #blocks = $state.raw<Blocks>({});
  #loaded = $state(false);
  #error = $state.raw<IpcError | null>(null);
  /** The blocks looked at. */
  #wanted = { first: 0, end: 1 };
  /** Blocks on their way, of this state of the list. Nothing on screen reads it. */
  // eslint-disable-next-line svelte/prefer-svelte-reactivity
  #asked = new Map<number, Promise<void>>();
  /** Counts the states of the list: rows of an earlier one are of no interest. */
  #generation = 0;
  #loading: Promise<void> | null = null;
  #again = false;

  constructor(backend: Backend) {
    this.#backend = backend;
  }

  get scope(): ListScope {
    return this.#scope;
  }

  get sections(): ListSection[] {
    return this.#sections;
  }

  get total(): number {
    return this.#total;
  }

  /** The first answer of this scope is there. */
  get loaded(): boolean {
    return this.#loaded;
  }

  get error(): IpcError | null {
    return this.#error;
  }

  /** A row, if it is at hand. */
  row(index: number): ConversationSummary | undefined {
    return this.#blocks[Math.floor(index / BLOCK)]?.[index % BLOCK];
  }

  /** The row of a conversation, if it is at hand. */
  indexOf(id: string): number | null {
    for (const [block, rows] of Object.entries(this.#blocks)) {
      const index = rows.findIndex((row) => row.id === id);
      if (index >= 0) return Number(block) * BLOCK + index;
    }
    return null;
  }

  find(id: string | null): ConversationSummary | undefined {
    const index = id === null ? null : this.indexOf(id);
    return index === null ? undefined : this.row(index);
  }

  /** Lists others from now on. */
  async show(scope: ListScope): Promise<void> {
    this.#scope = scope;
    this.#generation++;
    this.#sections = [];
    this.#total = 0;
    this.#blocks = {};
    this.#asked.clear();
    this.#wanted = { first: 0, end: 1 };
    this.#loaded = false;
    await this.load();
  }

  /** Has these rows at hand, and those a screen or two around them. */
  want(first: number, end: number): void {
    const last = Math.max(0, Math.ceil(this.#total / BLOCK) - 1);
    const from = Math.max(0, Math.floor((first - BLOCK / 2) / BLOCK));
    const to = Math.min(last, Math.floor((end + BLOCK / 2) / BLOCK));
    this.#wanted = { first: from, end: to + 1 };
    for (let block = from; block <= to; block++) void this.#fetch(block);
  }

  /** A row, fetched if it is not at hand. */
  async at(index: number): Promise<ConversationSummary | undefined> {
    if (!this.row(index)) await this.#fetch(Math.floor(index / BLOCK));
    return this.row(index);
  }

  /** All rows from `first` to before `end`. */
  async rows(first: number, end: number): Promise<ConversationSummary[]> {
    const rows: ConversationSummary[] = [];
    for (let at = first; at < end; at += 2 * BLOCK) {
      rows.push(...(await this.#backend.conversationRows(this.#scope, at, Math.min(2 * BLOCK, end - at))));
    }
    return rows;
  }

  /** Fetches the list; calls while one is under way make one more, not many. */
  async load(): Promise<void> {
    if (this.#loading) {
      this.#again = true;
      return this.#loading;
    }
    this.#loading = this.#loadAll();
    await this.#loading;
  }

  async #loadAll(): Promise<void> {
    do {
      this.#again = false;
      await this.#loadOnce();
    } while (this.#again);
    this.#loading = null;
    this.#loaded = true;
  }

  /** What is shown stays until all that takes its place is there: nothing flickers. */
  async #loadOnce(): Promise<void> {
    const scope = this.#scope;
    try {
      const list = await this.#backend.conversationList(scope);
      if (scope !== this.#scope) return;
      const blocks: Record<number, ConversationSummary[]> = {};
      const last = Math.ceil(list.total / BLOCK);
      const { first, end } = this.#wanted;
      const from = Math.max(0, Math.min(first, last - (end - first)));
      await Promise.all(
        Array.from({ length: Math.max(0, Math.min(end, last) - from) }, async (_, index) => {
          const block = from + index;
          blocks[block] = await this.#backend.conversationRows(scope, block * BLOCK, BLOCK);
        }),
      );
      if (scope !== this.#scope) return;
      this.#generation++;
      this.#asked.clear();
      this.#sections = list.sections;
      this.#total = list.total;
      this.#blocks = blocks;
      this.#error = null;
      // One may have scrolled on meanwhile.
      for (let block = this.#wanted.first; block < Math.min(this.#wanted.end, last); block++) void this.#fetch(block);
    } catch (reason) {
      if (scope === this.#scope) this.#error = asIpcError(reason);
    }
  }

  #fetch(block: number): Promise<void> {
    if (block * BLOCK >= this.#total || block in this.#blocks) return Promise.resolve();
    const asked = this.#asked.get(block);
    if (asked) return asked;
    const fetching = this.#fetchBlock(block);
    this.#asked.set(block, fetching);
    return fetching;
  }

  async #fetchBlock(block: number): Promise<void> {
    const generation = this.#generation;
    try {
      const rows = await this.#backend.conversationRows(this.#scope, block * BLOCK, BLOCK);
      if (generation !== this.#generation) return;
      this.#blocks = near({ ...this.#blocks, [block]: rows }, this.#wanted.first);
      this.#error = null;
    } catch (reason) {
      if (generation === this.#generation) this.#error = asIpcError(reason);
    } finally {
      if (generation === this.#generation) this.#asked.delete(block);
    }
  }
}

/** The blocks that are nearest to one. */
function near(blocks: Blocks, to: number): Blocks {
  const all = Object.entries(blocks);
  if (all.length <= MOST) return blocks;
  const far = (block: string): number => Math.abs(Number(block) - to);
  return Object.fromEntries(all.sort(([one], [other]) => far(one) - far(other)).slice(0, MOST));
}
