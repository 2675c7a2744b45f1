// Formulas. KaTeX is loaded when the first one comes, and writes MathML with createElementNS: the engine sets it,
// in a font made for it. KaTeX's own boxes would look alike, but each formula is then some forty elements of
// which a dozen are layers: a reply with formulas took twice as long to lay out, all of it.
// (In MathML only `\fcolorbox` and `\pmb` ask for a style attribute, which the content security policy refuses:
// the formula stands, the border does not.)
import type { KatexOptions } from 'katex';
import { finish } from './fit';
import { make, scrollable } from './make';

type Render = (tex: string, element: HTMLElement, options: KatexOptions) => void;

let render: Render | undefined;
let loading: Promise<void> | undefined;

/** Nothing a formula says is trusted, and nothing it says may cost more than a formula should. */
const OPTIONS: KatexOptions = {
  output: 'mathml',
  trust: false,
  strict: 'ignore',
  throwOnError: true,
  maxExpand: 1000,
  maxSize: 50,
};

/**
 * A formula: its source, until it can be drawn. One that is `open` is still being written.
 * `data-tex` and `data-display` are what a copy of it says.
 */
export function makeFormula(tag: 'div' | 'span', tex: string, display: boolean, open = false): HTMLElement {
  const element = make(tag, display ? 'math md-formula' : 'math');
  element.dataset.tex = tex;
  if (display) {
    element.dataset.display = '';
    scrollable(element, 'Formula');
  }
  element.textContent = tex;
  if (open) element.classList.add('md-math-open');
  else draw(element, tex, display);
  return element;
}

function draw(element: HTMLElement, tex: string, display: boolean): void {
  if (render) {
    drawWith(render, element, tex, display);
    return;
  }
  loading ??= import('./katex').then((katex) => {
    render = katex.render;
  });
  // Without KaTeX the source stays.
  loading.then(() => render && drawWith(render, element, tex, display)).catch(() => {});
}

/** Formulas that were drawn: a reply writes the same few again and again, and a copy costs a tenth. */
const drawn = new Map<string, HTMLElement>();

/** How many of them are kept. */
const KEPT = 256;

function drawWith(render: Render, element: HTMLElement, tex: string, display: boolean): void {
  const key = display ? `=${tex}` : `-${tex}`;
  const same = drawn.get(key);
  if (same) {
    element.replaceChildren(...same.cloneNode(true).childNodes);
  } else {
    // What fails in the middle must leave the source, so it is drawn aside.
    const aside = document.createElement('span');
    try {
      render(tex, aside, { ...OPTIONS, displayMode: display });
    } catch {
      element.classList.add('md-math-unread');
      return;
    }
    element.replaceChildren(...aside.childNodes);
    drawn.set(key, element);
    const [oldest] = drawn.keys();
    if (drawn.size > KEPT && oldest !== undefined) drawn.delete(oldest);
  }
  element.classList.add('md-math-drawn');
  if (display) finish(element);
}
