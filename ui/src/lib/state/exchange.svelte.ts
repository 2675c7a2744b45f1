// Exporting and importing: one job at a time, and what came of the last.
import type { ExportFormat } from '../bindings/ExportFormat';
import type { IpcError } from '../bindings/IpcError';
import type { JobKind } from '../bindings/JobKind';
import type { JobView } from '../bindings/JobView';
import { asIpcError, type Backend } from '../backend';

export class Exchange {
  #backend: Backend;
  #job = $state.raw<JobView | null>(null);
  #refusal = $state.raw<{ kind: JobKind; error: IpcError } | null>(null);
  /** It was begun here, and what came of it was not read. */
  #fresh = $state(false);

  constructor(backend: Backend) {
    this.#backend = backend;
  }

  /** The latest job. */
  get job(): JobView | null {
    return this.#job;
  }

  get running(): boolean {
    return this.#job?.state === 'running';
  }

  get fresh(): boolean {
    return this.#fresh;
  }

  /** How far it is, or what came of it. */
  get sentence(): string {
    const job = this.#job;
    if (job === null) return '';
    const what = job.kind === 'export' ? 'Export' : 'Import';
    const counted = (count: number): string => count.toLocaleString('en');
    switch (job.state) {
      case 'running': {
        const doing = `${what}ing conversations`;
        // What is read is counted in bytes, what is written in conversations.
        if (job.kind === 'import') return job.total ? `${doing}: ${Math.floor((100 * job.done) / job.total)} %` : `${doing}…`;
        if (job.total !== null) return `${doing}: ${counted(job.done)} of ${counted(job.total)}`;
        return job.done > 0 ? `${doing}: ${counted(job.done)}` : `${doing}…`;
      }
      case 'done':
        return job.summary ?? `${what} finished.`;
      case 'failed':
        return job.summary ?? `The ${what.toLowerCase()} failed.`;
      case 'cancelled':
        return job.summary ?? `The ${what.toLowerCase()} was cancelled.`;
    }
  }

  /** What was asked for last was refused: why. */
  get error(): IpcError | null {
    return this.#refusal?.error ?? null;
  }

  /** Why one of this kind was refused, if that was asked for last. */
  refused(kind: JobKind): IpcError | null {
    return this.#refusal?.kind === kind ? this.#refusal.error : null;
  }

  /** What the job has to say. */
  changed(job: JobView): void {
    this.#job = job;
  }

  async load(): Promise<void> {
    const job = await this.#backend.job().catch(() => null);
    if (job) this.#job ??= job;
  }

  /** Exports these conversations, or all. */
  async export(ids: string[] | null, format: ExportFormat): Promise<void> {
    await this.#begin('export', () => this.#backend.exportConversations(ids, format));
  }

  /** Imports files, or all files in folders. */
  async import(from: 'files' | 'folders' = 'files'): Promise<void> {
    await this.#begin('import', () => this.#backend.importConversations(from === 'folders'));
  }

  async cancel(): Promise<void> {
    const job = this.#job;
    if (!job || job.state !== 'running') return;
    try {
      await this.#backend.cancelJob(job.id);
    } catch (reason) {
      this.#refusal = { kind: job.kind, error: asIpcError(reason) };
    }
  }

  /** What came of it was read. */
  dismiss(): void {
    this.#refusal = null;
    this.#fresh = false;
    if (!this.running) this.#job = null;
  }

  async #begin(kind: JobKind, command: () => Promise<JobView | null>): Promise<void> {
    this.#refusal = null;
    try {
      const job = await command();
      if (job) this.#fresh = true;
      // What it had to say may have been heard before this answer.
      if (job && this.#job?.id !== job.id) this.#job = job;
    } catch (reason) {
      this.#refusal = { kind, error: asIpcError(reason) };
    }
  }
}
