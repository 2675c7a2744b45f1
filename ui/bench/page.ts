// The page that draws replies in every way and times it. The program in `src-tauri/markdown/bench` serves it,
// makes the batches, and asks for one reply after the other.
import { frame, takeLate } from './later';
import '../src/styles/tokens.css';
import '../src/styles/fonts.css';
import '../src/styles/base.css';
import './bench.css';
import './pictures';
import { WAYS, type Draw } from './ways';

/** One batch a frame, or one after the other. */
type Pace = 'frame' | 'b2b';

/** What drawing a reply took. */
interface Drawn {
  /** Milliseconds of each batch: reading and applying it, and what was put off until before the next one. */
  script: number[];
  /** Milliseconds of each batch: layout. */
  layout: number[];
  /** What stands there: characters, formulas, coloured pieces of code. */
  length: number;
  formulas: number;
  coloured: number;
}

declare global {
  interface Window {
    prepare(way: string, address: string): Promise<number>;
    draw(pace: Pace): Promise<Drawn>;
    /** Milliseconds of the finest step of this page's clock. */
    clockStep(): number;
  }
}

const scroller = document.getElementById('scroller') as HTMLElement;
const column = document.getElementById('column') as HTMLElement;

let root = document.createElement('div');
let apply: Draw = () => {};
let batches: string[] = [];

/** Fetches a reply's batches and makes room for it. Gives their number. */
window.prepare = async (way, address) => {
  const answer = await fetch(address);
  batches = await answer.json();
  root = document.createElement('div');
  column.replaceChildren(root);
  const start = WAYS[way];
  if (!start) throw new Error(`there is no way ${way}`);
  apply = start(root);
  await frames(2);
  takeLate();
  return batches.length;
};

window.draw = async (pace) => {
  const script: number[] = [];
  const layout: number[] = [];
  const next = pace === 'frame' ? frames : backToBack();
  for (const batch of batches) {
    await next(1);
    // What the batch before put off has been done by now.
    late(script);
    const began = performance.now();
    apply(JSON.parse(batch));
    // Promises it kept run before this goes on.
    await undefined;
    const applied = performance.now();
    scroller.scrollTop = scroller.scrollHeight;
    const laidOut = performance.now();
    script.push(applied - began);
    layout.push(laidOut - applied);
  }
  await frames(3);
  late(script);
  return {
    script,
    layout,
    length: root.textContent.length,
    formulas: root.querySelectorAll('math, .katex').length,
    coloured: root.querySelectorAll('pre > code span').length,
  };
};

window.clockStep = () => {
  let finest = Infinity;
  for (let index = 0; index < 20; index++) {
    const before = performance.now();
    let after = before;
    while (after === before) after = performance.now();
    finest = Math.min(finest, after - before);
  }
  return finest;
};

/** Adds what was put off to the last batch. */
function late(script: number[]): void {
  const spent = takeLate();
  if (script.length > 0) script[script.length - 1] = (script.at(-1) ?? 0) + spent;
}

async function frames(count: number): Promise<void> {
  for (let index = 0; index < count; index++) await new Promise((resolve) => frame(resolve));
}

/** A message to itself: the next turn of the event loop, without waiting for a frame. */
function backToBack(): (count: number) => Promise<void> {
  const channel = new MessageChannel();
  return () =>
    new Promise((resolve) => {
      channel.port1.onmessage = () => resolve();
      channel.port2.postMessage(null);
    });
}
