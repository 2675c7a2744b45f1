// JSON as a person reads it.

/** Characters shown of a tool's arguments or result. */
const MOST = 20_000;

/** Indented if it is JSON, as it is if not; its beginning if it is very long. */
export function pretty(text: string): string {
  let shown = text;
  if (text.length <= MOST) {
    try {
      shown = JSON.stringify(JSON.parse(text), null, 2);
    } catch {
      // Shown as it came.
    }
  }
  return shown.length > MOST ? `${shown.slice(0, MOST)}\n…` : shown;
}
