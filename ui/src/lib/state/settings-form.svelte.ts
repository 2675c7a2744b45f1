// What a section of the settings has to say about its fields, beside them.
import type { IpcError } from '../bindings/IpcError';
import type { SettingsPatch } from '../bindings/SettingsPatch';
import { asIpcError } from '../backend';
import type { App } from './app.svelte';

/** A setting, or what else a section does. */
export type SettingsField = keyof SettingsPatch | 'account' | 'diagnostics' | 'data' | 'delete_all';

export class SettingsForm {
  #app: App;
  #id: string;
  #said = $state.raw<{ field: SettingsField; error: IpcError | null; text: string } | null>(null);

  /** `id` begins the ids of its sentences. */
  constructor(app: App, id: string) {
    this.#app = app;
    this.#id = id;
  }

  get app(): App {
    return this.#app;
  }

  /** The id of the sentence about a field. */
  idOf(field: SettingsField): string {
    return `${this.#id}-${field}`;
  }

  /** What is said about a field. */
  about(field: SettingsField): string {
    return this.#said?.field === field ? (this.#said.error?.message ?? this.#said.text) : '';
  }

  isWrong(field: SettingsField): boolean {
    return this.#said?.field === field && this.#said.error !== null;
  }

  say(field: SettingsField, text: string): void {
    this.#said = { field, error: null, text };
  }

  refuse(field: SettingsField, error: IpcError): void {
    this.#said = { field, error, text: '' };
  }

  forget(field: SettingsField): void {
    if (this.#said?.field === field) this.#said = null;
  }

  /** Takes settings over; whether they were. */
  save(field: keyof SettingsPatch, patch: SettingsPatch): Promise<boolean> {
    return this.attempt(field, () => this.#app.updateSettings(patch));
  }

  /** Does something, and says `done`, or why not. */
  async attempt(field: SettingsField, command: () => Promise<void>, done = ''): Promise<boolean> {
    this.#said = null;
    try {
      await command();
      if (done) this.say(field, done);
      return true;
    } catch (reason) {
      this.refuse(field, asIpcError(reason));
      return false;
    }
  }
}
