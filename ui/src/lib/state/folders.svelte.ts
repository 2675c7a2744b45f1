// The folders conversations can be put in.
import type { FolderView } from '../bindings/FolderView';
import type { Backend } from '../backend';

export class Folders {
  #backend: Backend;
  #all = $state.raw<FolderView[]>([]);

  constructor(backend: Backend) {
    this.#backend = backend;
  }

  /** By name. */
  get all(): FolderView[] {
    return this.#all;
  }

  find(id: string | null): FolderView | undefined {
    return this.#all.find((folder) => folder.id === id);
  }

  /** What cannot be had stays as it was. */
  async load(): Promise<void> {
    const all = await this.#backend.folders().catch(() => null);
    if (all) this.#all = all;
  }

  /** Rejects when there can be no such folder. */
  async create(name: string): Promise<FolderView> {
    const folder = await this.#backend.createFolder(name.trim());
    await this.load();
    return folder;
  }

  async rename(id: string, name: string): Promise<void> {
    await this.#backend.renameFolder(id, name.trim());
    await this.load();
  }

  async delete(id: string): Promise<void> {
    await this.#backend.deleteFolder(id);
    await this.load();
  }
}
