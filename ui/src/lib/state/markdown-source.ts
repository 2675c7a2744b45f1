// The Markdown of one part of a reply, as it grows: what a view that comes late has to catch up on.
import type { Block } from '../bindings/Block';
import type { Patch } from '../bindings/Patch';

/** Whatever draws it. */
export interface MarkdownSink {
  set(blocks: Block[]): void;
  apply(patch: Patch): void;
}

export class MarkdownSource {
  #blocks: Block[];
  #patches: Patch[] = [];
  #sinks = new Set<MarkdownSink>();

  constructor(blocks: Block[] = []) {
    this.#blocks = blocks;
  }

  apply(patch: Patch): void {
    this.#patches.push(patch);
    for (const sink of this.#sinks) sink.apply(patch);
  }

  /** Draws all there is and goes on with every patch, until the returned function is called. */
  attach(sink: MarkdownSink): () => void {
    sink.set(this.#blocks);
    for (const patch of this.#patches) sink.apply(patch);
    this.#sinks.add(sink);
    return () => this.#sinks.delete(sink);
  }
}
