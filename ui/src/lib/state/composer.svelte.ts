// What is being typed, kept: every change is saved soon after, and at once when the user turns away.
import { SvelteSet } from 'svelte/reactivity';
import type { Backend } from '../backend';

/** How long after the last change the draft is saved, in milliseconds; huge ones less often. */
const SOON = 400;
const LATER = 2500;
/** How long after a failed save the next try is, in milliseconds: twice as long each time, up to the second. */
const AGAIN = 2000;
const AGAIN_AT_MOST = 60_000;
/** Characters above which a text is not drawn in its field, only kept there. */
export const HUGE = 50_000;

export class Composer {
  #backend: Backend;
  #only: boolean;
  #text = $state('');
  #conversation = $state<string | null>(null);
  /** Where the last save failed. */
  #failed = new SvelteSet<string | null>();
  /** What is on its way, or could not be saved: newer than what is kept. Nothing on screen reads it. */
  // eslint-disable-next-line svelte/prefer-svelte-reactivity
  #pending = new Map<string | null, string>();
  #again: ReturnType<typeof setTimeout> | undefined;
  #pause = AGAIN;
  #saved = '';
  #timer: ReturnType<typeof setTimeout> | undefined;
  /** Saves go one after the other, so that an older text never overtakes a newer one. */
  #saving: Promise<void> = Promise.resolve();
  /** The draft of the conversation shown is not there yet. */
  #waiting = false;
  #unkept = false;

  /** With `only` there is but one draft, the new chat's, whatever conversation is shown. */
  constructor(backend: Backend, only = false) {
    this.#backend = backend;
    this.#only = only;
  }

  get text(): string {
    return this.#text;
  }

  get huge(): boolean {
    return this.#text.length > HUGE;
  }

  /** The last save failed: the text is in memory only, and saved as soon as it can be. */
  get unsaved(): boolean {
    return this.#failed.has(this.#conversation);
  }

  set text(text: string) {
    this.#text = text;
    this.#schedule();
  }

  /** What is written in the new chat is saved nowhere: it begins a chat that is not kept. */
  set unkept(unkept: boolean) {
    if (unkept === this.#unkept) return;
    this.#unkept = unkept;
    if (this.#conversation !== null) return;
    if (unkept) {
      clearTimeout(this.#timer);
      this.#saved = '';
      this.#write(null, '');
    } else {
      this.#schedule();
    }
  }

  /** The conversation shown has another id now: it was temporary and is kept. */
  keptAs(conversation: string): void {
    this.#conversation = conversation;
    this.#saved = '';
    void this.flush();
  }

  /** Turns to another conversation, whose draft `arrived` brings. */
  switchTo(conversation: string | null): void {
    void this.flush();
    this.#conversation = conversation;
    this.#text = '';
    this.#saved = '';
    this.#waiting = true;
  }

  /** The draft of the conversation turned to. What was typed before it came is kept after it. */
  arrived(conversation: string | null, draft: string): void {
    if (conversation !== this.#conversation || !this.#waiting) return;
    this.#waiting = false;
    const latest = this.#pending.get(conversation) ?? draft;
    this.#saved = latest;
    if (this.#text === '') this.#text = latest;
    else {
      this.#text = latest + this.#text;
      this.#schedule();
    }
  }

  /** The text was sent as the first of a new conversation, or in the one shown. What was typed since stays. */
  sent(text: string, conversation: string): void {
    if (this.#conversation !== null && this.#conversation !== conversation) return;
    const rest = this.#text.startsWith(text) ? this.#text.slice(text.length) : this.#text;
    if (!this.#only && this.#conversation !== conversation) {
      // The new chat's draft is done with; the rest belongs to the conversation that came of it.
      this.#write(null, '');
      this.#conversation = conversation;
    }
    this.#waiting = false;
    this.#saved = text;
    this.#text = rest;
    void this.flush();
  }

  /** The text was sent from a conversation one has turned away from since: its draft is done with. */
  sentElsewhere(text: string, conversation: string | null): void {
    if (this.#only) this.sent(text, '');
    else if (conversation !== this.#conversation) this.#write(conversation, '');
  }

  /** Saves now what is not saved. */
  flush(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const unkept = this.#unkept && this.#conversation === null;
    if (!this.#waiting && !unkept && this.#text !== this.#saved) {
      this.#saved = this.#text;
      this.#write(this.#conversation, this.#text);
    }
    if (this.#again !== undefined) this.#tryAgain();
    return this.#saving;
  }

  #schedule(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.flush(), this.huge ? LATER : SOON);
  }

  #write(conversation: string | null, text: string): void {
    this.#pending.set(conversation, text);
    this.#save(conversation);
  }

  #save(conversation: string | null): void {
    this.#saving = this.#saving.then(async () => {
      const text = this.#pending.get(conversation);
      // A save before this one took it along.
      if (text === undefined) return;
      try {
        await this.#backend.saveDraft(conversation, text);
        if (this.#pending.get(conversation) === text) this.#pending.delete(conversation);
        this.#failed.delete(conversation);
        this.#pause = AGAIN;
      } catch {
        if (text === '') this.#failed.delete(conversation);
        else this.#failed.add(conversation);
        this.#again ??= setTimeout(() => this.#tryAgain(), this.#pause);
        this.#pause = Math.min(this.#pause * 2, AGAIN_AT_MOST);
      }
    });
  }

  #tryAgain(): void {
    clearTimeout(this.#again);
    this.#again = undefined;
    for (const conversation of this.#pending.keys()) this.#save(conversation);
  }
}
