// One message of the visible path, and the parts it consists of.
import type { IpcError } from '../bindings/IpcError';
import type { MessageStatus } from '../bindings/MessageStatus';
import type { MessageView } from '../bindings/MessageView';
import type { PartView } from '../bindings/PartView';
import type { Role } from '../bindings/Role';
import type { ToolCallView } from '../bindings/ToolCallView';
import type { TurnEventKind } from '../bindings/TurnEventKind';
import { MarkdownSource } from './markdown-source';

export interface PlainPart {
  type: 'plain';
  text: string;
  length: number;
}

export interface TextPart {
  type: 'text';
  markdown: MarkdownSource;
}

/** The user asked for more here. */
export interface ContinuedPart {
  type: 'continued';
}

export interface NoticePart {
  type: 'notice';
  error: IpcError;
}

export class ReasoningPart {
  readonly type = 'reasoning';
  readonly markdown: MarkdownSource;
  readonly startedAt: number;
  /** How long it took, in milliseconds; absent while it runs. */
  took = $state<number | null>(null);

  constructor(markdown: MarkdownSource, startedAt: number, took: number | null) {
    this.markdown = markdown;
    this.startedAt = startedAt;
    this.took = took;
  }
}

export class ToolPart {
  readonly type = 'tool';
  call = $state.raw<ToolCallView>()!;

  constructor(call: ToolCallView) {
    this.call = call;
  }
}

export type Part = PlainPart | TextPart | ReasoningPart | ToolPart | NoticePart | ContinuedPart;

function partOf(view: PartView): Part {
  switch (view.type) {
    case 'plain':
    case 'notice':
    case 'continued':
      return view;
    case 'text':
      return { type: 'text', markdown: new MarkdownSource(view.blocks) };
    case 'reasoning':
      return new ReasoningPart(new MarkdownSource(view.blocks), view.started_at, view.took);
    case 'tool':
      return new ToolPart(view.call);
  }
}

export class Message {
  readonly id: string;
  readonly role: Role;
  readonly model: string | null;
  readonly createdAt: number;
  readonly version: number;
  readonly versions: number;
  status = $state<MessageStatus>('complete');
  error = $state.raw<IpcError | null>(null);
  parts = $state.raw<Part[]>([]);
  /** The user's words, whole, where they were cut. */
  whole = $state.raw<string | null>(null);
  /** How much of a long text is shown, in characters; 0: it is folded. */
  shown = $state(0);

  constructor(view: MessageView) {
    this.id = view.id;
    this.role = view.role;
    this.model = view.model;
    this.createdAt = view.created_at;
    this.version = view.version;
    this.versions = view.versions;
    this.status = view.status;
    this.error = view.error;
    this.parts = view.parts.map(partOf);
  }

  get streaming(): boolean {
    return this.status === 'streaming';
  }

  /** The user's words, or their beginning. */
  get plain(): PlainPart | null {
    const first = this.parts[0];
    return first?.type === 'plain' ? first : null;
  }

  /** The user's words, as far as they are at hand. */
  get text(): string {
    return this.whole ?? this.plain?.text ?? '';
  }

  /** There are more of the user's words than are at hand. */
  get cut(): boolean {
    const plain = this.plain;
    return plain !== null && this.whole === null && plain.length > [...plain.text].length;
  }

  /** Applies what a turn has to say about this reply. */
  apply(event: TurnEventKind): void {
    switch (event.type) {
      case 'content': {
        const part = this.#part(event.part, () => ({ type: 'text', markdown: new MarkdownSource() }));
        if (part?.type === 'text') part.markdown.apply(event.patch);
        return;
      }
      case 'reasoning': {
        const part = this.#part(event.part, () => new ReasoningPart(new MarkdownSource(), event.started_at, null));
        if (part?.type === 'reasoning') part.markdown.apply(event.patch);
        return;
      }
      case 'reasoned': {
        const part = this.parts[event.part];
        if (part?.type === 'reasoning') part.took = event.took;
        return;
      }
      case 'tool_calls':
      case 'tool_result': {
        const part = this.#part(event.part, () => new ToolPart(event.call));
        if (part?.type === 'tool') part.call = event.call;
        return;
      }
      case 'error':
        this.#part(event.part, () => ({ type: 'notice', error: event.error }));
        return;
      case 'done':
        this.status = event.status;
        this.error = event.error;
    }
  }

  /** The part at an index; the one after the last is added first. */
  #part(index: number, add: () => Part): Part | undefined {
    if (index === this.parts.length) this.parts = [...this.parts, add()];
    return this.parts[index];
  }
}
