// A search through all conversations, as it is typed.
import type { IpcError } from '../bindings/IpcError';
import type { SearchFilters } from '../bindings/SearchFilters';
import type { SearchHit } from '../bindings/SearchHit';
import { asIpcError, type Backend } from '../backend';
import { limitsOf, type Days, type Since } from '../time';

/** After which it is searched again, while messages are being taken up; in milliseconds. */
const SOON = 1_000;

export class Search {
  #backend: Backend;
  #text = $state('');
  #model = $state<string | null>(null);
  #folder = $state<string | null>(null);
  #when = $state.raw<Since | Days | null>(null);
  #code = $state(false);
  #hits = $state.raw<SearchHit[]>([]);
  #more = $state(false);
  #waiting = $state(0);
  #models = $state.raw<string[]>([]);
  #error = $state.raw<IpcError | null>(null);
  /** What the hits are an answer to. */
  #answered = $state<string | null>(null);
  /** Late answers to earlier questions are of no interest. */
  #generation = 0;
  #asking = false;
  #again = false;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(backend: Backend) {
    this.#backend = backend;
  }

  get text(): string {
    return this.#text;
  }

  set text(text: string) {
    if (text === this.#text) return;
    this.#text = text;
    this.#ask();
  }

  get model(): string | null {
    return this.#model;
  }

  get folder(): string | null {
    return this.#folder;
  }

  get when(): Since | Days | null {
    return this.#when;
  }

  get code(): boolean {
    return this.#code;
  }

  get hits(): SearchHit[] {
    return this.#hits;
  }

  /** There are more hits than are shown. */
  get more(): boolean {
    return this.#more;
  }

  /** Messages that cannot be found yet. */
  get waiting(): number {
    return this.#waiting;
  }

  /** Models one can limit it to. */
  get models(): string[] {
    return this.#models;
  }

  get error(): IpcError | null {
    return this.#error;
  }

  /** Something is searched for. */
  get active(): boolean {
    return this.#text.trim() !== '' || this.filtered;
  }

  /** It is limited in some way. */
  get filtered(): boolean {
    return this.#model !== null || this.#folder !== null || this.#when !== null || this.#code;
  }

  /** What is shown is the answer to what is asked. */
  get settled(): boolean {
    return this.#answered === this.#text;
  }

  /** The words that are searched for, without quotation marks. */
  get words(): string {
    return this.#text.replaceAll('"', ' ').trim();
  }

  limit(change: { model?: string | null; folder?: string | null; when?: Since | Days | null; code?: boolean }): void {
    if (change.model !== undefined) this.#model = change.model;
    if (change.folder !== undefined) this.#folder = change.folder;
    if (change.when !== undefined) this.#when = change.when;
    if (change.code !== undefined) this.#code = change.code;
    this.#ask();
  }

  /** Nothing is searched for any more. */
  clear(): void {
    this.#text = '';
    this.#model = null;
    this.#folder = null;
    this.#when = null;
    this.#code = false;
    this.#ask();
  }

  /** Searches again: the conversations have changed. */
  refresh(): void {
    if (this.active) this.#ask();
  }

  async loadModels(): Promise<void> {
    const models = await this.#backend.searchModels().catch(() => null);
    if (models) this.#models = models;
  }

  #ask(): void {
    this.#generation++;
    if (!this.active) {
      this.#hits = [];
      this.#more = false;
      this.#error = null;
      this.#answered = null;
      return;
    }
    // One question at a time, and of those that came meanwhile the last.
    if (this.#asking) this.#again = true;
    else void this.#askAll();
  }

  async #askAll(): Promise<void> {
    this.#asking = true;
    do {
      this.#again = false;
      await this.#askOnce();
    } while (this.#again && this.active);
    this.#asking = false;
  }

  async #askOnce(): Promise<void> {
    const generation = this.#generation;
    const text = this.#text;
    const filters: SearchFilters = {
      model: this.#model,
      folder: this.#folder,
      ...limitsOf(this.#when, Date.now()),
      code: this.#code,
    };
    try {
      const { hits, more, waiting } = await this.#backend.search(text.trim(), filters);
      if (generation !== this.#generation) return;
      this.#hits = hits;
      this.#more = more;
      this.#waiting = waiting;
      this.#error = null;
    } catch (reason) {
      if (generation !== this.#generation) return;
      this.#hits = [];
      this.#error = asIpcError(reason);
    }
    this.#answered = text;
    // What cannot be found yet is soon there.
    clearTimeout(this.#timer);
    if (this.#waiting > 0) this.#timer = setTimeout(() => this.refresh(), SOON);
  }
}
