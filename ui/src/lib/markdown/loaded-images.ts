// The pictures that were loaded since the window opened, as far as there is room: whatever is drawn again shows
// them without being asked, and no site is visited twice.

/** A picture as it came, and its size in pixels. */
export interface LoadedImage {
  bytes: Blob;
  width: number;
  height: number;
}

/** Bytes of pictures that are kept. One picture has 10 MiB at most. */
const ROOM = 64 << 20;

export class LoadedImages {
  readonly #room: number;
  /** By address, the one used last at the end. */
  #images = new Map<string, LoadedImage>();
  #used = 0;

  constructor(room = ROOM) {
    this.#room = room;
  }

  /** The picture that came from an address. */
  get(address: string): LoadedImage | undefined {
    const image = this.#images.get(address);
    if (image) {
      this.#images.delete(address);
      this.#images.set(address, image);
    }
    return image;
  }

  /** Keeps a picture; those that were not used for the longest make room for it. */
  keep(address: string, image: LoadedImage): void {
    this.#forget(address);
    if (cost(address, image) > this.#room) return;
    this.#images.set(address, image);
    this.#used += cost(address, image);
    for (const oldest of this.#images.keys()) {
      if (this.#used <= this.#room) break;
      this.#forget(oldest);
    }
  }

  #forget(address: string): void {
    const image = this.#images.get(address);
    if (!image) return;
    this.#images.delete(address);
    this.#used -= cost(address, image);
  }
}

/** The address counts, too: that of a picture which a reply carries is as long as the picture. */
function cost(address: string, { bytes }: LoadedImage): number {
  return bytes.size + address.length;
}
