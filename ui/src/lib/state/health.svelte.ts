// Whether what happens is saved, and when the last backup was made.
import type { LibraryHealth } from '../bindings/LibraryHealth';
import type { Backend } from '../backend';

export class Health {
  #backend: Backend;
  #library = $state.raw<LibraryHealth | null>(null);
  #trying = $state(false);

  constructor(backend: Backend) {
    this.#backend = backend;
  }

  /** Nothing is known before it was asked for. */
  get library(): LibraryHealth | null {
    return this.#library;
  }

  /** It is being tried to save what could not be saved. */
  get trying(): boolean {
    return this.#trying;
  }

  /** Whether all is saved now; if not, the reason stands where it stood. */
  async saveAgain(): Promise<boolean> {
    this.#trying = true;
    const saved = await this.#backend.saveAgain().then(
      () => true,
      () => false,
    );
    this.#trying = false;
    return saved;
  }

  restart(): void {
    void this.#backend.restart();
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
