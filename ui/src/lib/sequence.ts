// The order of a conversation's events: whatever is lost, doubled or late on the way, the view sees each once.
import type { MissedEvents } from './bindings/MissedEvents';
import type { TurnEvent } from './bindings/TurnEvent';

/** What the owner of an `EventSequence` has to do next. */
export interface Step {
  /** Apply these, in this order. */
  apply: TurnEvent[];
  /** Ask for the events after this number, and give the answer to `answer`. */
  ask: number | null;
  /** The events cannot be had any more: open the conversation again. */
  reopen: boolean;
}

const nothing = (): Step => ({ apply: [], ask: null, reopen: false });

/**
 * Puts the events of one conversation in order.
 *
 * Until a snapshot says up to which number the view is current, events are only kept. After it, an
 * event that is known is dropped, the next one is passed on, and one too far ahead, or one too large
 * to have been sent whole (`large`), makes it ask for what lies between.
 */
export class EventSequence {
  /** The number of the last event applied; nothing is applied while there is no snapshot. */
  #last: number | null = null;
  #early = new Map<number, TurnEvent>();
  #asking = false;

  /** The number up to which the view is current. */
  get last(): number | null {
    return this.#last;
  }

  /** A new snapshot was asked for: events are kept until it is there. */
  expectSnapshot(): void {
    this.#last = null;
    this.#asking = false;
  }

  /** The snapshot is there, current up to `seq`. */
  snapshot(seq: number): Step {
    this.#last = seq;
    this.#asking = false;
    return this.#advance();
  }

  /** An event arrived. */
  receive(event: TurnEvent): Step {
    if (this.#last !== null && event.seq <= this.#last) return nothing();
    const known = this.#early.get(event.seq);
    if (!known || known.type === 'large') this.#early.set(event.seq, event);
    return this.#last === null || this.#asking ? nothing() : this.#advance();
  }

  /** What was asked for has been answered. An answer that does not help ends in opening again. */
  answer(missed: MissedEvents): Step {
    if (!this.#asking || this.#last === null) return nothing();
    this.#asking = false;
    if (missed.type === 'gone') return this.#reopen();
    const before = this.#last;
    for (const event of missed.events) {
      if (event.seq > before && event.type !== 'large') this.#early.set(event.seq, event);
    }
    const step = this.#advance();
    return step.ask !== null && step.apply.length === 0 ? this.#reopen() : step;
  }

  /** What was asked for could not be had. */
  failed(): Step {
    if (!this.#asking) return nothing();
    this.#asking = false;
    return this.#reopen();
  }

  #reopen(): Step {
    this.expectSnapshot();
    return { apply: [], ask: null, reopen: true };
  }

  #advance(): Step {
    const step = nothing();
    let last = this.#last ?? 0;
    for (const seq of this.#early.keys()) if (seq <= last) this.#early.delete(seq);
    for (;;) {
      const next = this.#early.get(last + 1);
      if (!next || next.type === 'large') break;
      this.#early.delete(++last);
      step.apply.push(next);
    }
    this.#last = last;
    if (this.#early.size > 0) {
      this.#asking = true;
      step.ask = last;
    }
    return step;
  }
}
