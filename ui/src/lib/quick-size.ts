// The height quick ask asks for, and whether the window is still on its way there.

/**
 * The window grows with what is in it as far as the shell lets it; beyond that the answer scrolls. How far
 * that is depends on the display, and is found out by asking.
 */
export class QuickSize {
  #asked = 0;
  #height = 0;
  #growing = false;
  /** The height beyond which the window did not go. */
  #most = Infinity;

  /** The window is about to grow: whoever scrolled now would see the text jump up and down again. */
  get growing(): boolean {
    return this.#growing;
  }

  /** The height to ask for when the content is this high; `null` when asking changes nothing. */
  wants(content: number): number | null {
    const height = Math.ceil(content);
    if (height === this.#asked) return null;
    if (Math.min(height, this.#asked) > this.#most) return null;
    this.#asked = height;
    this.#growing = !this.#reached && height > this.#height;
    return height;
  }

  /** The window is this high now. */
  resized(height: number): void {
    this.#height = height;
    // It goes where it did not go before: the display is another.
    if (height > this.#most) this.#most = Infinity;
    if (this.#reached) this.#growing = false;
  }

  /** The window has had its time: where it is now, it stays. */
  waited(): void {
    this.#growing = false;
    if (!this.#reached) this.#most = this.#height;
  }

  /** It is shown anew, perhaps on another display. */
  reset(): void {
    this.#asked = 0;
    this.#growing = false;
    this.#most = Infinity;
  }

  get #reached(): boolean {
    return this.#height >= this.#asked - 1;
  }
}
