// The time, for labels that count: ticks once a second, and only while something on screen reads it.
import { createSubscriber } from 'svelte/reactivity';

export class Clock {
  #subscribe = createSubscriber((update) => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const tick = (): void => {
      // Just after the full second, so that no second is skipped or shown twice.
      timer = setTimeout(() => (update(), tick()), 1000 - (Date.now() % 1000) + 10);
    };
    const visibility = (): void => {
      clearTimeout(timer);
      if (document.visibilityState === 'hidden') return;
      update();
      tick();
    };
    document.addEventListener('visibilitychange', visibility);
    if (document.visibilityState !== 'hidden') tick();
    return () => {
      clearTimeout(timer);
      document.removeEventListener('visibilitychange', visibility);
    };
  });

  /** Milliseconds since the Unix epoch. */
  get now(): number {
    this.#subscribe();
    return Date.now();
  }
}
