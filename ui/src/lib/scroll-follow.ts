// Whether the view follows the growing reply: only while the user is at its end.

/** A scrolling element's measures, in pixels. */
export interface Measures {
  scrollTop: number;
  scrollHeight: number;
  clientHeight: number;
}

/** Distances are fractions of a pixel at some zooms. */
const SLACK = 2;

/**
 * Any upward scroll lets go, reaching the end takes hold again. Pure: told what happened, it says
 * whether to follow; whoever owns the element moves it.
 */
export class ScrollFollow {
  #following = true;
  #top = 0;

  /** The end is to be kept in view. */
  get following(): boolean {
    return this.#following;
  }

  /** A scroll happened, the user's or our own. Content that shrank moves the view without anyone scrolling. */
  scrolled(now: Measures): void {
    const left = now.scrollHeight - now.clientHeight - now.scrollTop;
    const by = now.scrollTop - this.#top;
    // Engines round the places they are told and tell: a pixel is no movement. The wheel has its own word.
    const up = by < -1;
    if (up || by > 0) this.#top = now.scrollTop;
    if (left <= 0.5) this.#following = true;
    else if (up) this.#following = false;
    else if (by > 0 && left <= SLACK) this.#following = true;
  }

  /** The user turned the wheel or pressed a key upwards: let go before the view has moved. */
  pulledUp(now: Measures): void {
    if (now.scrollHeight > now.clientHeight && now.scrollTop > 0) this.#following = false;
  }

  /**
   * Where the view has to be while it follows: at the end. A reply that begins at `start` is not scrolled
   * past its beginning, if that is given: there the view lets go.
   */
  target(now: Measures, start: number | null = null): number {
    const end = Math.max(0, now.scrollHeight - now.clientHeight);
    if (start === null || start >= end) return end;
    this.#following = false;
    return Math.max(0, start);
  }

  /** The user is busy with what is in view. */
  release(): void {
    this.#following = false;
  }

  /** `Jump to latest`, a message sent, a conversation opened. */
  hold(): void {
    this.#following = true;
    this.#top = 0;
  }

  /** We moved the view ourselves. */
  moved(scrollTop: number): void {
    this.#top = scrollTop;
  }
}
