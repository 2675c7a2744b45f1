// The palette: what it offers for what is typed, and which of it is chosen.
import type { ConversationSummary } from '../bindings/ConversationSummary';
import type { SearchHit } from '../bindings/SearchHit';
import type { Backend } from '../backend';
import { commandsFor, type AppCommand } from '../palette';
import { Search } from './search.svelte';

/** Conversations offered before anything is typed, and hits after. */
const RECENT = 7;
const HITS = 30;
/** Commands that stand above the hits. */
const COMMANDS = 6;

export type Entry =
  | { kind: 'command'; command: AppCommand }
  | { kind: 'recent'; conversation: ConversationSummary }
  | { kind: 'hit'; hit: SearchHit };

export interface EntryGroup {
  label: string;
  /** The place of its first entry among all. */
  first: number;
  entries: Entry[];
}

export class Palette {
  #backend: Backend;
  #search: Search;
  #commands: AppCommand[];
  #recent = $state.raw<ConversationSummary[]>([]);
  #active = $state(0);

  constructor(backend: Backend, commands: AppCommand[]) {
    this.#backend = backend;
    this.#search = new Search(backend);
    this.#commands = commands;
  }

  get text(): string {
    return this.#search.text;
  }

  set text(text: string) {
    this.#search.text = text;
    this.#active = 0;
  }

  get search(): Search {
    return this.#search;
  }

  get groups(): EntryGroup[] {
    const commands = commandsFor(this.#commands, this.text).map((command): Entry => ({ kind: 'command', command }));
    const groups: EntryGroup[] = [];
    const add = (label: string, entries: Entry[]): void => {
      const last = groups.at(-1);
      if (entries.length > 0) groups.push({ label, first: last ? last.first + last.entries.length : 0, entries });
    };
    if (!this.#search.active) {
      add('Recent conversations', this.#recent.map((conversation) => ({ kind: 'recent', conversation })));
      add('Commands', commands);
      return groups;
    }
    add('Commands', commands.slice(0, COMMANDS));
    add('Conversations', this.#search.hits.slice(0, HITS).map((hit) => ({ kind: 'hit', hit })));
    return groups;
  }

  get #entries(): Entry[] {
    return this.groups.flatMap(({ entries }) => entries);
  }

  /** The place of the entry Enter takes. */
  get active(): number {
    return Math.max(0, Math.min(this.#active, this.#entries.length - 1));
  }

  get chosen(): Entry | undefined {
    return this.#entries[this.active];
  }

  /** Nothing fits, and nothing more will come. */
  get empty(): boolean {
    return this.#search.active && this.#search.settled && this.#entries.length === 0;
  }

  async load(): Promise<void> {
    const scope = { scope: 'active' } as const;
    try {
      const { sections } = await this.#backend.conversationList(scope);
      // Those pinned stand first in the list, however old they are.
      const first = sections
        .filter(({ heading }) => heading.heading === 'temporary' || heading.heading === 'pinned')
        .reduce((sum, { count }) => sum + count, 0);
      const ahead = await this.#backend.conversationRows(scope, 0, Math.min(first, 100));
      const rest = await this.#backend.conversationRows(scope, first, RECENT);
      this.#recent = [...ahead, ...rest].sort((one, other) => other.updated_at - one.updated_at).slice(0, RECENT);
    } catch {
      // Without them there are the commands and the search.
    }
  }

  /** Goes on by some entries, around at both ends. */
  move(by: number): void {
    const count = this.#entries.length;
    if (count > 0) this.#active = (this.active + by + count) % count;
  }

  point(index: number): void {
    this.#active = index;
  }
}
