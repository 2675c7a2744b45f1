// Finding words in the conversation shown, in all of its messages, at hand or not.
import type { Found } from '../bindings/Found';
import type { IpcError } from '../bindings/IpcError';
import { asIpcError, type Backend } from '../backend';
import type { Conversation } from './conversation.svelte';

/** One occurrence. */
export interface Match {
  message: string;
  /** The message's index in the visible path. */
  index: number;
  /** Which one of those in the message, from 0. */
  nth: number;
  /** How many there are in the message. */
  of: number;
}

export class Find {
  #backend: Backend;
  #conversation: Conversation;
  #open = $state(false);
  #text = $state('');
  #found = $state.raw<Found[]>([]);
  #total = $state(0);
  /** The match one is at, from 0. */
  #at = $state(0);
  /** Counts the steps from match to match: the view goes there at each. */
  #steps = $state(0);
  #answered = $state<string | null>(null);
  #error = $state.raw<IpcError | null>(null);
  /** Where one reads: the first match is looked for from there on. */
  #from = 0;
  #generation = 0;
  #asking = false;
  #again = false;

  constructor(backend: Backend, conversation: Conversation) {
    this.#backend = backend;
    this.#conversation = conversation;
  }

  get open(): boolean {
    return this.#open;
  }

  get text(): string {
    return this.#text;
  }

  get error(): IpcError | null {
    return this.#error;
  }

  /** How many matches there are. */
  get total(): number {
    return this.#total;
  }

  get steps(): number {
    return this.#steps;
  }

  /** What is shown is the answer to what is asked. */
  get settled(): boolean {
    return this.#answered === this.#text;
  }

  /** `3 of 57`. */
  get status(): string {
    if (this.#error) return this.#error.message;
    if (this.#text.trim() === '' || this.#answered === null) return '';
    if (this.#total === 0) return this.settled ? 'Nothing found' : '';
    return `${this.#at + 1} of ${this.#total}`;
  }

  get match(): Match | null {
    let before = 0;
    for (const { message, index, count } of this.#found) {
      if (this.#at < before + count) return { message, index, nth: this.#at - before, of: count };
      before += count;
    }
    return null;
  }

  /** Opens the bar; `from` is the index of the message that is read. */
  show(from: number): void {
    this.#from = from;
    this.#open = true;
    if (this.#text !== '') this.#ask();
  }

  close(): void {
    this.#open = false;
    this.#generation++;
    this.#found = [];
    this.#total = 0;
    this.#answered = null;
    this.#error = null;
  }

  search(text: string, from: number): void {
    if (text === this.#text) return;
    this.#text = text;
    this.#from = from;
    this.#ask();
  }

  /** The conversation has changed: one stays at the match one is at, if it is still there. */
  refresh(): void {
    if (!this.#open || this.#text.trim() === '') return;
    this.#from = this.match?.index ?? this.#from;
    this.#ask();
  }

  next(): void {
    this.#step(1);
  }

  previous(): void {
    this.#step(-1);
  }

  #step(by: 1 | -1): void {
    const count = this.#reachable;
    if (count === 0) return;
    this.#at = (this.#at + by + count) % count;
    this.#steps++;
  }

  /** Matches one can go to: of a great many, the app names the first messages only. */
  get #reachable(): number {
    return this.#found.reduce((sum, { count }) => sum + count, 0);
  }

  #ask(): void {
    this.#generation++;
    if (this.#asking) this.#again = true;
    else void this.#askAll();
  }

  async #askAll(): Promise<void> {
    this.#asking = true;
    do {
      this.#again = false;
      await this.#askOnce();
    } while (this.#again && this.#open);
    this.#asking = false;
  }

  async #askOnce(): Promise<void> {
    const generation = this.#generation;
    const text = this.#text;
    const { id } = this.#conversation;
    try {
      const found = id === null || text.trim() === '' ? { total: 0, messages: [] } : await this.#backend.findInConversation(id, text);
      if (generation !== this.#generation) return;
      this.#found = found.messages;
      this.#total = found.total;
      this.#error = null;
      this.#at = this.#firstFrom(this.#from);
    } catch (reason) {
      if (generation !== this.#generation) return;
      this.#found = [];
      this.#total = 0;
      this.#error = asIpcError(reason);
    }
    this.#answered = text;
    this.#steps++;
  }

  #firstFrom(index: number): number {
    let before = 0;
    for (const found of this.#found) {
      if (found.index >= index) return before;
      before += found.count;
    }
    return 0;
  }
}
