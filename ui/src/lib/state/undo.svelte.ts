// What was deleted or put away a moment ago, and can be taken back.
import type { IpcError } from '../bindings/IpcError';
import { asIpcError } from '../backend';

/** How long it can be taken back, in milliseconds; longer while one looks at the offer. */
export const STANDS = 12_000;

interface Offer {
  text: string;
  undo: () => Promise<void>;
}

export class Undo {
  /** The last one is offered; taken back, the one before it. */
  #offers = $state.raw<Offer[]>([]);
  #error = $state.raw<IpcError | null>(null);
  #running = $state(false);
  #timer: ReturnType<typeof setTimeout> | undefined;
  #held = false;

  /** What was done. */
  get text(): string | null {
    return this.#offers.at(-1)?.text ?? null;
  }

  /** It could not be taken back: why. */
  get error(): IpcError | null {
    return this.#error;
  }

  /** There is something to be said. */
  get stands(): boolean {
    return this.#offers.length > 0 || this.#error !== null;
  }

  /** It is being taken back. */
  get running(): boolean {
    return this.#running;
  }

  offer(text: string, undo: () => Promise<void>): void {
    this.#error = null;
    this.#offers = [...this.#offers, { text, undo }];
    this.#wait();
  }

  /** Someone looks at it: it stays. */
  hold(): void {
    this.#held = true;
    clearTimeout(this.#timer);
  }

  /** Nobody looks at it any more. */
  release(): void {
    this.#held = false;
    this.#wait();
  }

  async undo(): Promise<boolean> {
    const offer = this.#offers.at(-1);
    if (!offer || this.#running) return false;
    this.#running = true;
    this.#error = null;
    try {
      await offer.undo();
      this.#offers = this.#offers.filter((one) => one !== offer);
    } catch (reason) {
      this.#error = asIpcError(reason);
    } finally {
      this.#running = false;
    }
    this.#wait();
    return this.#error === null;
  }

  close(): void {
    clearTimeout(this.#timer);
    this.#offers = [];
    this.#error = null;
    this.#held = false;
  }

  #wait(): void {
    clearTimeout(this.#timer);
    if (this.stands && !this.#held) this.#timer = setTimeout(() => this.close(), STANDS);
  }
}
