// A key press as the text of a global shortcut. By where keys lie, not by what they write: a shortcut stays
// under the same fingers when the keyboard's layout changes.

type Press = Pick<KeyboardEvent, 'code' | 'ctrlKey' | 'altKey' | 'shiftKey' | 'metaKey'> & {
  getModifierState?: (key: string) => boolean;
};

export type Recorded =
  /** The keys of a shortcut. */
  | { type: 'shortcut'; shortcut: string }
  /** Modifiers alone, so far. */
  | { type: 'modifiers'; held: string }
  /** These keys cannot be one: why. */
  | { type: 'refused'; why: string };

const MODIFIER = /^(Control|Shift|Alt|Meta|OS)(Left|Right)$|^(Fn|FnLock|CapsLock|NumLock|ScrollLock|Hyper|Super)$/;

/** Keys beside letters and digits that keep their name. */
const NAMED = new Set([
  'Space', 'Enter', 'Tab', 'Backspace', 'Delete', 'Insert', 'Home', 'End', 'PageUp', 'PageDown',
  'ArrowUp', 'ArrowDown', 'ArrowLeft', 'ArrowRight',
  'Minus', 'Equal', 'BracketLeft', 'BracketRight', 'Backslash', 'Semicolon', 'Quote', 'Backquote', 'Comma', 'Period', 'Slash',
]);

const FUNCTION_KEY = /^F([1-9]|1\d|2[0-4])$/;

/** The modifiers that are down, in the order they are written in. */
function modifiers(press: Press, platform: string): string[] {
  return [
    press.ctrlKey && 'Ctrl',
    press.metaKey && (platform === 'macos' ? 'Cmd' : 'Super'),
    press.altKey && 'Alt',
    press.shiftKey && 'Shift',
  ].filter((name) => name !== false);
}

/** A key's name, by its `code`; `null` for one that is no use in a shortcut. */
function key(code: string): string | null {
  const plain = /^(?:Key([A-Z])|Digit([0-9]))$/.exec(code);
  if (plain) return plain[1] ?? plain[2]!;
  return NAMED.has(code) || FUNCTION_KEY.test(code) ? code : null;
}

const STATES = { Control: 'ctrlKey', Meta: 'metaKey', OS: 'metaKey', Alt: 'altKey', Shift: 'shiftKey' } as const;

/**
 * The event with the modifier that it is about as it is after it: what an event says of the modifiers is how they
 * were before it on some engines, and how they are after it on others.
 */
function after(press: Press, down: boolean): Press {
  const { code, ctrlKey, altKey, shiftKey, metaKey } = press;
  const modifier = /^(Control|Meta|OS|Alt|Shift)(Left|Right)$/.exec(code)?.[1] as keyof typeof STATES | undefined;
  return modifier ? { code, ctrlKey, altKey, shiftKey, metaKey, [STATES[modifier]]: down } : press;
}

/** The modifiers that are still down after this release. */
export function released(press: Press, platform: string): string {
  return modifiers(after(press, false), platform).join('+');
}

/** What a key press comes to. */
export function record(press: Press, platform: string): Recorded {
  if (MODIFIER.test(press.code)) return { type: 'modifiers', held: modifiers(after(press, true), platform).join('+') };
  const held = modifiers(press, platform);
  if (press.getModifierState?.('AltGraph')) {
    return { type: 'refused', why: 'AltGr writes characters, so it cannot be part of a shortcut.' };
  }
  const name = key(press.code);
  if (name === null) return { type: 'refused', why: 'This key cannot be part of a shortcut. Use a letter, a digit, Space or a function key.' };
  const strong = press.ctrlKey || press.altKey || press.metaKey;
  if (!strong && !FUNCTION_KEY.test(name)) {
    const names = platform === 'macos' ? 'Cmd, Ctrl or Option' : 'Ctrl, Alt or Super';
    return { type: 'refused', why: `This key is needed for writing. Hold ${names} with it.` };
  }
  return { type: 'shortcut', shortcut: [...held, name].join('+') };
}

/** The keys of a shortcut, one by one, as they are labelled. */
export function keys(shortcut: string, platform: string): string[] {
  if (shortcut === '') return [];
  const mac: Record<string, string> = { Cmd: '⌘', Super: '⌘', Ctrl: '⌃', Alt: '⌥', Shift: '⇧' };
  const other: Record<string, string> = { Super: platform === 'windows' ? 'Win' : 'Super', Cmd: 'Super' };
  const labels: Record<string, string> = {
    ArrowUp: '↑', ArrowDown: '↓', ArrowLeft: '←', ArrowRight: '→', PageUp: 'Page Up', PageDown: 'Page Down',
    Minus: '-', Equal: '=', BracketLeft: '[', BracketRight: ']', Backslash: '\\', Semicolon: ';', Quote: "'",
    Backquote: '`', Comma: ',', Period: '.', Slash: '/', ...(platform === 'macos' ? mac : other),
  };
  return shortcut.split('+').map((name) => labels[name] ?? name);
}
