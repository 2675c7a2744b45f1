// The height quick ask asks for, and whether the window is still on its way there.

/**
 * The window grows with what is in it as far as the shell lets it; beyond that the answer scrolls. How far
 * that is depends on the display, and is found out by asking.
 */
export class QuickSize {
  #asked = 0;
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
    const stays = height > this.#most && this.#asked > this.#most;
    if (stays) return null;
    this.#growing = height > this.#asked;
    this.#asked = height;
    return height;
  }

  /** The window has had time to follow the last wish: it is this high. */
  settled(height: number): void {
    this.#growing = false;
    this.#most = height < this.#asked - 1 ? height : Infinity;
  }

  /** It is shown anew, perhaps on another display. */
  reset(): void {
    this.#asked = 0;
    this.#growing = false;
    this.#most = Infinity;
  }
}
