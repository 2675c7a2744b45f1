// Ways of drawing a reply that grows: the app's own, and those it is measured against.
import DOMPurify from 'dompurify';
import { marked } from 'marked';
import * as smd from 'streaming-markdown';
import type { Patch } from '../src/lib/bindings/Patch';
import { MarkdownView } from '../src/lib/markdown/view';

/** Takes the batches of one reply, each as what `JSON.parse` makes of it. */
export type Draw = (batch: unknown) => void;

/** A way: from the element a reply is drawn into, to what draws its batches. */
export type Way = (root: HTMLElement) => Draw;

/** Characters of plain text in one element: a growing text is laid out whole. */
const PLAIN_CHUNK = 2560;

/** The app's renderer. Its batches are patches, all others' are text. */
const ours: Way = (root) => {
  const view = new MarkdownView(root, { openLink: () => {}, copyText: () => {}, loadImage: () => Promise.resolve(new Blob()) });
  return (patch) => view.apply(patch as Patch);
};

/** The floor: the text as it is. */
const plain: Way = (root) => {
  root.classList.add('md', 'plain');
  let chunk: HTMLElement | undefined;
  let size = 0;
  return (batch) => {
    const text = batch as string;
    if (!chunk || size >= PLAIN_CHUNK) {
      chunk = document.createElement('div');
      root.append(chunk);
      size = 0;
    }
    chunk.append(text);
    size += text.length;
  };
};

/** streaming-markdown with the renderer it brings. */
const streaming: Way = (root) => {
  root.classList.add('md', 'rival');
  const parser = smd.parser(smd.default_renderer(root));
  return (batch) => smd.parser_write(parser, batch as string);
};

/** marked on the open tail: blocks that are finished stay, the last one is made anew with each batch. */
const tail: Way = (root) => {
  root.classList.add('md', 'rival');
  const open = document.createElement('div');
  root.append(open);
  let source = '';
  return (batch) => {
    source += batch as string;
    const tokens = marked.lexer(source);
    let last = tokens.length - 1;
    while (last > 0 && tokens[last]?.type === 'space') last--;
    if (last > 0) {
      const finished = tokens.slice(0, last);
      open.innerHTML = DOMPurify.sanitize(marked.parser(finished));
      open.before(...open.childNodes);
      source = source.slice(finished.reduce((length, token) => length + token.raw.length, 0));
    }
    open.innerHTML = DOMPurify.sanitize(marked.parser(tokens.slice(last)));
  };
};

/** marked on the whole reply, made anew with each batch. */
const whole: Way = (root) => {
  root.classList.add('md', 'rival');
  let source = '';
  return (batch) => {
    source += batch as string;
    root.innerHTML = DOMPurify.sanitize(marked.parse(source, { async: false }));
  };
};

export const WAYS: Record<string, Way> = { ours, plain, streaming, tail, whole };
