// KaTeX and the font its formulas are drawn with: a piece of the app that is loaded when the first one comes.
import katex from 'katex';
import './formula-font.css';
import { repair } from './mathml';

export const render: typeof katex.render = (tex, element, options) => {
  katex.render(tex, element, options);
  repair(element);
};
