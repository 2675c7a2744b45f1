// What a key press means.

/** What the app does on a key, wherever the focus is. */
export type Command =
  | 'stop'
  | 'new-chat'
  | 'temporary-chat'
  | 'search'
  | 'find'
  | 'find-next'
  | 'find-previous'
  | 'undo'
  | 'print'
  | 'settings'
  | 'copy-last'
  | 'previous-conversation'
  | 'next-conversation';

type Key = Pick<KeyboardEvent, 'key' | 'code' | 'ctrlKey' | 'metaKey' | 'altKey' | 'shiftKey'>;

/** `Ctrl`, or `Cmd` on macOS, and no other of the two. */
export function isMod(event: Key, platform: string): boolean {
  return platform === 'macos' ? event.metaKey && !event.ctrlKey : event.ctrlKey && !event.metaKey;
}

/** The key belongs to an input method that is composing: it never sends (`keyCode` 229 is how WebKit says it). */
export function isComposing(event: Pick<KeyboardEvent, 'isComposing' | 'keyCode'>): boolean {
  return event.isComposing || event.keyCode === 229;
}

const IDLE = new Set(['Control', 'Shift', 'Alt', 'AltGraph', 'Meta', 'Super', 'Hyper']);

/** A key that does nothing of its own in a page: a modifier, or a function key. */
export function isIdle(event: Pick<KeyboardEvent, 'key'>): boolean {
  return IDLE.has(event.key) || /^F\d+$/.test(event.key);
}

/** The app's command for a key, if any. */
export function commandFor(event: Key, platform: string): Command | null {
  const mod = isMod(event, platform);
  const letter = event.key.toLowerCase();
  if (event.key === 'Escape' && !mod && !event.altKey && !event.shiftKey) return 'stop';
  if (mod && !event.altKey && !event.shiftKey) {
    if (letter === 'n') return 'new-chat';
    if (letter === 'k') return 'search';
    if (letter === 'f') return 'find';
    if (letter === 'g') return 'find-next';
    if (letter === 'z') return 'undo';
    if (letter === 'p') return 'print';
    if (event.key === ',') return 'settings';
  }
  if (mod && !event.altKey && event.shiftKey) {
    if (letter === 'c') return 'copy-last';
    if (letter === 'n') return 'temporary-chat';
    if (letter === 'g') return 'find-previous';
  }
  if (event.key === 'F3' && !mod && !event.altKey) return event.shiftKey ? 'find-previous' : 'find-next';
  if (event.altKey && !event.ctrlKey && !event.metaKey && !event.shiftKey) {
    if (event.key === 'ArrowUp') return 'previous-conversation';
    if (event.key === 'ArrowDown') return 'next-conversation';
  }
  return null;
}

/** Whether what has the focus is written in, and takes back itself what is written. */
export function isWriting(element: Element | null): boolean {
  if (element instanceof HTMLTextAreaElement) return true;
  return element instanceof HTMLInputElement && !['radio', 'checkbox', 'range', 'button'].includes(element.type);
}

/** Something is written where the focus is. */
export function holdsText(element: Element | null): boolean {
  return isWriting(element) && (element as HTMLInputElement | HTMLTextAreaElement).value !== '';
}

/** Whether `Enter` with these modifiers sends. */
export function sends(
  event: Key & Pick<KeyboardEvent, 'isComposing' | 'keyCode'>,
  sendKey: 'enter' | 'mod_enter',
  platform: string,
): boolean {
  if (event.key !== 'Enter' || isComposing(event) || event.altKey) return false;
  const mod = event.ctrlKey || event.metaKey;
  if (sendKey === 'enter') return !event.shiftKey && !mod;
  return isMod(event, platform) && !event.shiftKey;
}

/** The shortcut's name for tooltips. */
export function shortcut(keys: string, platform: string): string {
  return platform === 'macos'
    ? keys.replace('Mod+', '⌘').replace('Shift+', '⇧').replace('Alt+', '⌥')
    : keys.replace('Mod+', 'Ctrl+');
}
