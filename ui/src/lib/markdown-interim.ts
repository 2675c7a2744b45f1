// The plainest drawing of a reply: the tree is kept and drawn anew at every patch.
import type { Block } from './bindings/Block';
import type { Patch } from './bindings/Patch';

export class MarkdownView {
  #root: HTMLElement;
  #tree: unknown[] = [];

  constructor(root: HTMLElement, _options: { openLink: (url: string) => void; copyText: (text: string) => void }) {
    this.#root = root;
  }

  set(blocks: Block[]): void {
    this.#tree = structuredClone(blocks) as unknown[];
    this.#draw();
  }

  apply(patch: Patch): void {
    for (const op of patch) {
      let children: unknown[] = this.#tree;
      let parent: unknown[] = this.#tree;
      let node: unknown = null;
      for (const index of op.at) {
        node = children[index];
        parent = children;
        children = Array.isArray(node) ? node : ((node as { c?: unknown[] }).c ?? []);
      }
      if (op.op === 'text') {
        const index = op.at.at(-1)!;
        if (typeof node === 'string') parent[index] = (op.keep === undefined ? node : node.slice(0, op.keep)) + op.add;
        else {
          const leaf = node as { text?: string; tex?: string };
          const key = 'tex' in leaf ? 'tex' : 'text';
          leaf[key] = (op.keep === undefined ? (leaf[key] ?? '') : (leaf[key] ?? '').slice(0, op.keep)) + op.add;
        }
      } else if (op.op !== 'loose') {
        children.length = op.keep;
        children.push(...structuredClone(op.add as unknown[]));
      }
    }
    this.#draw();
  }

  #draw(): void {
    this.#root.replaceChildren(...this.#tree.map((block) => make(block)));
  }
}

const TAGS: Record<string, string> = {
  p: 'p', quote: 'blockquote', code: 'pre', list: 'ul', table: 'table', hr: 'hr', em: 'em', strong: 'strong', s: 's', br: 'br',
};

function make(node: unknown): Node {
  if (typeof node === 'string') return document.createTextNode(node);
  const { t, c, text, tex, level, start } = node as Record<string, any>; // eslint-disable-line @typescript-eslint/no-explicit-any
  const tag = t === 'h' ? `h${level}` : t === 'list' && start !== undefined ? 'ol' : t === undefined ? 'li' : (TAGS[t] ?? 'span');
  const element = document.createElement(tag);
  if (t === 'table') {
    for (const row of c as unknown[][]) {
      const tr = element.appendChild(document.createElement('tr'));
      for (const cell of row as unknown[][]) {
        tr.appendChild(document.createElement('td')).append(...cell.map((child) => make(child)));
      }
    }
  } else element.append(...((c as unknown[]) ?? []).map((child) => make(child)), ...(text ?? tex ? [String(text ?? tex)] : []));
  return element;
}
