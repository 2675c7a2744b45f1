// Shows an answer as the app draws it, beside its reference HTML as the engine shows it by itself: for the
// pictures of `docs/replies.md`.
import type { Block } from '../src/lib/bindings/Block';
import { MarkdownView } from '../src/lib/markdown/view';
import './pictures.css';

declare global {
  interface Window {
    /** Gives the width and height of both, in pixels. */
    compare(name: string, width: number, appearance: 'light' | 'dark'): Promise<[number, number]>;
  }
}

window.compare = async (name, width, appearance) => {
  document.documentElement.dataset.appearance = appearance;
  const answer = await fetch(`/${name}/blocks.json`);
  const blocks = (await answer.json()) as Block[];

  const root = document.createElement('div');
  const column = document.createElement('div');
  column.className = 'reply';
  column.append(root);
  const here = document.createElement('div');
  here.style.width = `${width}px`;
  here.append(column);

  const frame = document.createElement('iframe');
  frame.width = String(width);
  frame.scrolling = 'no';
  frame.src = `/${name}/reference.html`;

  const pair = document.createElement('main');
  pair.className = 'pair';
  pair.append(title(`Here, ${width} px`), title('Reference HTML, the engine’s own style sheet'), here, frame);
  const loaded = new Promise((resolve) => frame.addEventListener('load', resolve));
  document.body.replaceChildren(pair);
  new MarkdownView(root, { openLink: () => {}, copyText: () => {}, loadImage: () => Promise.reject(new Error()) }).set(blocks);
  await loaded;
  const page = frame.contentDocument as Document;
  page.documentElement.style.colorScheme = appearance;
  await settled(root);
  frame.height = String(Math.max(page.documentElement.scrollHeight, column.clientHeight));
  await settled(root);
  return [pair.offsetWidth, pair.offsetHeight];
};

function title(text: string): HTMLElement {
  const element = document.createElement('h2');
  element.textContent = text;
  return element;
}

/** Fonts are there, and every formula is drawn or never will be. */
async function settled(root: HTMLElement): Promise<void> {
  do {
    await document.fonts.ready;
    for (let frame = 0; frame < 3; frame++) await new Promise((resolve) => requestAnimationFrame(resolve));
  } while (root.querySelector('.math:not(.md-math-drawn, .md-math-unread)'));
}
