// Quick ask, come back to: the exchange it was left at, or a fresh one.

/** How long an exchange is come back to, in milliseconds after it was hidden. */
export const SAME_EXCHANGE = 5 * 60_000;

export interface Left {
  /** When quick ask was hidden, in milliseconds since the Unix epoch; `null` while it is shown. */
  at: number | null;
  /** A reply is running: whoever comes back wants to see it. */
  running: boolean;
}

/** Whether what is shown at `now` is a fresh chat. A clock that was put back says nothing: then it is. */
export function startsFresh({ at, running }: Left, now: number): boolean {
  if (at === null || running) return false;
  const passed = now - at;
  return passed < 0 || passed > SAME_EXCHANGE;
}

const LAST = 'quick-ask-last';

/** Keeps which conversation was the last one asked in, over the end of the app. */
export function keepLast(conversation: string): void {
  try {
    localStorage.setItem(LAST, conversation);
  } catch {
    // Without storage it is not offered after a restart, and that is all.
  }
}

/** The conversation last asked in before the app was started. */
export function keptLast(): string | null {
  try {
    return localStorage.getItem(LAST);
  } catch {
    return null;
  }
}
