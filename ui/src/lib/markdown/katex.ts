// KaTeX and what it is drawn with: a piece of the app that is loaded when the first formula comes.
import katex from 'katex';
import 'katex/dist/katex.css';

export const render = katex.render;
