// Whether what happens is saved, and when the last backup was made.
import type { LibraryHealth } from '../bindings/LibraryHealth';
import type { Backend } from '../backend';

export class Health {
  #backend: Backend;
  #library = $state.raw<LibraryHealth | null>(null);

  constructor(backend: Backend) {
    this.#backend = backend;
  }

  /** Nothing is known before it was asked for. */
  get library(): LibraryHealth | null {
    return this.#library;
  }

  changed(library: LibraryHealth): void {
    this.#library = library;
  }

  async load(): Promise<void> {
    const library = await this.#backend.libraryHealth().catch(() => null);
    // What was heard meanwhile is newer.
    if (library) this.#library ??= library;
  }
}
