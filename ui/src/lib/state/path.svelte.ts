// The visible path of a conversation, of which the window holds some consecutive messages: as many as are
// near what is read, however long the conversation is.
import type { MessageView } from '../bindings/MessageView';
import type { PageView } from '../bindings/PageView';
import type { Role } from '../bindings/Role';
import { Message } from './message.svelte';

/** Messages at the path's end that are kept when they are not shown: a question and its reply. */
const TAIL = 2;

export class Path {
  #messages = $state.raw<Message[]>([]);
  #first = $state(0);
  #total = $state(0);
  /** The path's last messages, shown or not: the reply being written is among them, and goes on growing. */
  #tail: Message[] = [];
  #changes = 0;

  /** The messages at hand, oldest first. */
  get messages(): Message[] {
    return this.#messages;
  }

  /** The first one's index in the path. */
  get first(): number {
    return this.#first;
  }

  /** How many messages the path has. */
  get total(): number {
    return this.#total;
  }

  /** There are messages before those at hand. */
  get hasEarlier(): boolean {
    return this.#first > 0;
  }

  /** There are messages after those at hand. */
  get hasLater(): boolean {
    return this.#end < this.#total;
  }

  /** Counts the changes of the path itself: a page that was asked for before one may not fit after it. */
  get changes(): number {
    return this.#changes;
  }

  get #end(): number {
    return this.#first + this.#messages.length;
  }

  clear(): void {
    this.#changes++;
    this.#set([], 0, 0);
    this.#tail = [];
  }

  /** These messages and no others: a conversation is opened, or another end of it is looked at. */
  show(page: PageView): void {
    this.#changes++;
    this.#set(page.messages.map((view) => new Message(view)), page.first, page.total);
  }

  /** From the page on, the path is another: a version was chosen. What is before it stays. */
  branch(page: PageView): void {
    const keep = page.first - this.#first;
    if (keep < 0 || keep > this.#messages.length) {
      this.show(page);
      return;
    }
    this.#changes++;
    const branch = page.messages.map((view) => new Message(view));
    this.#set([...this.#messages.slice(0, keep), ...branch], this.#first, page.total);
  }

  /**
   * From the message at `index` on, the path is another: messages were deleted or came back. Of a page that
   * begins later, what lies between is fetched when it is looked at.
   */
  replaceFrom(index: number, page: PageView): void {
    const keep = index - this.#first;
    if (page.first <= index) {
      this.branch(page);
    } else if (keep > 0 && keep <= this.#messages.length) {
      this.#changes++;
      this.#set(this.#messages.slice(0, keep), this.#first, page.total);
      this.#tail = page.messages.slice(-TAIL).map((view) => new Message(view));
    } else {
      this.show(page);
    }
  }

  /** The path's end was fetched anew. Whoever reads far from it goes on reading there. */
  refresh(page: PageView): void {
    const joint = this.#messages[page.first - this.#first];
    if (joint && joint.id === page.messages[0]?.id) {
      this.branch(page);
    } else if (this.hasLater && this.#end <= page.total) {
      this.#changes++;
      this.#total = page.total;
      this.#tail = page.messages.slice(-TAIL).map((view) => new Message(view));
    } else {
      this.show(page);
    }
  }

  /** A turn began: the path keeps its first `keep` messages, and these follow. */
  extend(keep: number, views: MessageView[]): void {
    this.#changes++;
    const added = views.map((view) => new Message(view));
    const total = keep + added.length;
    if (keep > this.#end) {
      this.#total = total;
      this.#tail = added;
      return;
    }
    const first = Math.min(this.#first, keep);
    this.#set([...this.#messages.slice(0, keep - first), ...added], first, total);
  }

  /** The page before the messages at hand. */
  prepend(page: PageView): void {
    if (page.first + page.messages.length !== this.#first) return;
    this.#set([...this.#made(page), ...this.#messages], page.first, page.total);
  }

  /** The page after the messages at hand. */
  append(page: PageView): void {
    if (page.first !== this.#end) return;
    this.#set([...this.#messages, ...this.#made(page)], this.#first, page.total);
  }

  /** Another part of the same path. */
  move(page: PageView): void {
    this.#set(this.#made(page), page.first, page.total);
  }

  /** Lets go of messages far from what is read. */
  drop(atStart: number, atEnd: number): void {
    if (atStart + atEnd === 0) return;
    const { length } = this.#messages;
    this.#set(this.#messages.slice(atStart, length - atEnd), this.#first + atStart, this.#total);
  }

  find(id: string): Message | undefined {
    const isIt = (message: Message): boolean => message.id === id;
    // The reply being written is the last message, nearly always.
    return this.#messages.findLast(isIt) ?? this.#tail.find(isIt);
  }

  /** The path's last message of this role, shown or not. */
  last(role: Role): Message | undefined {
    const end = this.hasLater ? this.#tail : this.#messages;
    return end.findLast((message) => message.role === role);
  }

  /** The messages of a page, which is as saved: those of the tail are further. */
  #made(page: PageView): Message[] {
    return page.messages.map((view) => this.#tail.find((message) => message.id === view.id) ?? new Message(view));
  }

  #set(messages: Message[], first: number, total: number): void {
    this.#messages = messages;
    this.#first = first;
    this.#total = total;
    if (!this.hasLater) this.#tail = messages.slice(-TAIL);
  }
}
