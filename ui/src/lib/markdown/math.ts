// Formulas. KaTeX is loaded when the first one comes, and writes MathML with createElementNS: the engine
// draws it with its own font, so there is no style sheet, no web font, no style attribute and no markup.
// (Its HTML output sets styles on every box. In MathML only `\fcolorbox` and `\pmb` ask for a style
// attribute, which the content security policy refuses: the formula stands, the border does not.)
import type { KatexOptions } from 'katex';

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

/** Shows the source in `element`, and the formula in its place as soon as it can be drawn. */
export function drawFormula(element: HTMLElement, tex: string, display: boolean): void {
  element.textContent = tex;
  if (render) {
    draw(render, element, tex, display);
    return;
  }
  loading ??= import('katex').then(({ default: katex }) => {
    render = katex.render;
  });
  // Without KaTeX the source stays.
  loading.then(() => render && draw(render, element, tex, display)).catch(() => {});
}

function draw(render: Render, element: HTMLElement, tex: string, display: boolean): void {
  // What fails in the middle must leave the source, so it is drawn aside.
  const aside = document.createElement('span');
  try {
    render(tex, aside, { ...OPTIONS, displayMode: display });
    element.replaceChildren(...aside.childNodes);
    element.classList.add('md-math-drawn');
  } catch {
    element.classList.add('md-math-unread');
  }
}
