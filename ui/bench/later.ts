// What a way of drawing puts off is work all the same: whatever it asks the window to call later is timed,
// too. This is imported before everything else, so that nobody has the window's own functions.

type Callback = (...parameters: never[]) => unknown;

let spent = 0;
let depth = 0;

/** Milliseconds spent in postponed calls since the last time this was asked. */
export function takeLate(): number {
  const late = spent;
  spent = 0;
  return late;
}

/** Calls of the bench itself do not count. */
export const frame = window.requestAnimationFrame.bind(window);

function timed<C extends Callback>(callback: C): C {
  return function (this: unknown, ...parameters: never[]) {
    const began = performance.now();
    depth++;
    try {
      return callback.apply(this, parameters);
    } finally {
      depth--;
      // One inside another is a part of it.
      if (depth === 0) spent += performance.now() - began;
    }
  } as C;
}

window.requestAnimationFrame = (callback) => frame(timed(callback));

const timeout = window.setTimeout.bind(window);
window.setTimeout = ((callback: Callback, ...rest: never[]) => timeout(timed(callback), ...rest)) as typeof window.setTimeout;

for (const name of ['IntersectionObserver', 'MutationObserver', 'ResizeObserver'] as const) {
  const Own = window[name] as unknown as new (callback: Callback, options?: unknown) => object;
  const Timed = class extends Own {
    constructor(callback: Callback, options?: unknown) {
      super(timed(callback), options);
    }
  };
  Object.assign(window, { [name]: Timed });
}
