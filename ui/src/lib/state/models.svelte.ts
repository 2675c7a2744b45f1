// The models on offer.
import type { IpcError } from '../bindings/IpcError';
import type { ModelList } from '../bindings/ModelList';
import type { ModelView } from '../bindings/ModelView';
import { asIpcError, type Backend } from '../backend';

export class Models {
  #backend: Backend;
  #list = $state.raw<ModelList>({ models: [], error: null });
  #loading = $state(false);

  constructor(backend: Backend) {
    this.#backend = backend;
  }

  get all(): ModelView[] {
    return this.#list.models;
  }

  /** Why there are none; an id can be typed all the same. */
  get error(): IpcError | null {
    return this.#list.error;
  }

  get loading(): boolean {
    return this.#loading;
  }

  changed(list: ModelList): void {
    this.#list = list;
  }

  async load(refresh = false): Promise<void> {
    if (this.#loading) return;
    this.#loading = true;
    try {
      this.#list = await this.#backend.models(refresh);
    } catch (reason) {
      this.#list = { models: this.#list.models, error: asIpcError(reason) };
    } finally {
      this.#loading = false;
    }
  }
}
