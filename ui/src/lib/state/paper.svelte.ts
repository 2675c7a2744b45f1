// What is printed of a conversation: all of its visible path, whole, within a bound. It is read apart from the
// messages at hand, which are only those near what is read.
import type { PageView } from '../bindings/PageView';
import type { Backend } from '../backend';
import { Message } from './message.svelte';

/** As many messages are printed at most, and as many characters of them as the app sends them. */
export const MOST_MESSAGES = 2_000;
export const MOST_CHARACTERS = 16_000_000;

/** A conversation for the printer: its last messages, and where they are in the visible path. */
export interface Sheet {
  title: string;
  /** Oldest first. */
  messages: Message[];
  /** The first one's index in the visible path. */
  first: number;
  /** How many messages the visible path has. */
  total: number;
}

export class Paper {
  #backend: Backend;
  #sheet = $state.raw<Sheet | null>(null);
  #gathering = $state(false);
  /** Counts what was asked to be printed: an earlier wish, or one that was given up, is of no interest. */
  #asked = 0;

  constructor(backend: Backend) {
    this.#backend = backend;
  }

  /** What has been gathered so far. */
  get sheet(): Sheet | null {
    return this.#sheet;
  }

  /** There is more to come. */
  get gathering(): boolean {
    return this.#gathering;
  }

  /** All that is printed is there, and it is not the whole conversation. */
  get cut(): boolean {
    return this.#sheet !== null && !this.#gathering && this.#sheet.first > 0;
  }

  /**
   * Gathers a conversation from its end to its start, or to the bound. Answers whether it is there: it may have
   * been given up meanwhile. Rejects when it could not be read.
   */
  async gather(id: string, title: string): Promise<boolean> {
    const mine = ++this.#asked;
    const wanted = (): boolean => mine === this.#asked;
    this.#sheet = null;
    this.#gathering = true;
    try {
      let characters = 0;
      for (;;) {
        const sheet = this.#sheet as Sheet | null;
        const page = await this.#backend.conversationPage(id, sheet?.messages[0] ? { at: 'before', message: sheet.messages[0].id } : { at: 'end' });
        if (!wanted()) return false;
        if (sheet && page.first + page.messages.length !== sheet.first) throw changed();
        const from = sheet?.messages ?? [];
        const made = await this.#whole(page, MOST_MESSAGES - from.length, MOST_CHARACTERS - characters);
        if (!wanted()) return false;
        characters += made.characters;
        const messages = [...made.messages, ...from];
        const first = page.first + page.messages.length - made.messages.length;
        this.#sheet = { title, messages, first, total: page.total };
        if (first === 0 || made.messages.length < page.messages.length || page.messages.length === 0) return true;
      }
    } catch (reason) {
      if (!wanted()) return false;
      this.#sheet = null;
      throw reason;
    } finally {
      if (wanted()) this.#gathering = false;
    }
  }

  /** It is printed, or not to be printed after all. */
  putAway(): void {
    this.#asked++;
    this.#sheet = null;
    this.#gathering = false;
  }

  /** The last messages of a page that are within these bounds, with all that was written in them. */
  async #whole(page: PageView, most: number, room: number): Promise<{ messages: Message[]; characters: number }> {
    const messages: Message[] = [];
    let characters = 0;
    for (const view of page.messages.toReversed()) {
      if (messages.length === most) break;
      const message = new Message(view);
      characters += Math.max(JSON.stringify(view).length, message.plain?.length ?? 0);
      // The last message is printed, however long it is.
      if (characters > room && (messages.length > 0 || room < MOST_CHARACTERS)) break;
      if (message.cut) message.whole = await this.#backend.messageText(message.id);
      message.shown = Infinity;
      messages.unshift(message);
    }
    return { messages, characters };
  }
}

/** Another window did something to the conversation. */
function changed(): Error {
  return new Error('The conversation changed while it was made ready for printing. Nothing was printed; print it again.');
}
