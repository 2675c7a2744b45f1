import { describe, expect, test } from 'vitest';
import { keys, record, released } from './shortcut-recorder';

const NONE = { ctrlKey: false, altKey: false, shiftKey: false, metaKey: false };
const press = (code: string, ...down: ('ctrlKey' | 'altKey' | 'shiftKey' | 'metaKey')[]) => ({
  ...NONE, code, ...Object.fromEntries(down.map((name) => [name, true])),
});
const shortcut = (press: Parameters<typeof record>[0], platform = 'linux') => {
  const recorded = record(press, platform);
  return recorded.type === 'shortcut' ? recorded.shortcut : recorded;
};

describe('keys that make a shortcut', () => {
  test.each([
    [press('Space', 'ctrlKey', 'shiftKey'), 'Ctrl+Shift+Space'],
    [press('KeyA', 'altKey'), 'Alt+A'],
    [press('Digit5', 'ctrlKey', 'altKey'), 'Ctrl+Alt+5'],
    [press('Comma', 'metaKey'), 'Super+Comma'],
    [press('ArrowUp', 'ctrlKey', 'metaKey', 'altKey', 'shiftKey'), 'Ctrl+Super+Alt+Shift+ArrowUp'],
    [press('F9'), 'F9'],
    [press('F24', 'shiftKey'), 'Shift+F24'],
  ])('%o is %s', (keys, text) => expect(shortcut(keys)).toBe(text));

  test('Cmd is the key with that name on macOS', () => {
    expect(shortcut(press('Space', 'metaKey', 'shiftKey'), 'macos')).toBe('Cmd+Shift+Space');
  });

  test('they are told by where they lie: on a French keyboard the key that writes z is W', () => {
    expect(shortcut({ ...press('KeyW', 'ctrlKey'), key: 'z' } as never)).toBe('Ctrl+W');
  });
});

describe('keys that make none', () => {
  test('modifiers alone are waited with', () => {
    expect(record(press('ShiftLeft', 'ctrlKey', 'shiftKey'), 'linux')).toEqual({ type: 'modifiers', held: 'Ctrl+Shift' });
    expect(record(press('MetaLeft', 'metaKey'), 'macos')).toEqual({ type: 'modifiers', held: 'Cmd' });
  });

  test('a modifier counts from its press to its release, whatever the engine says of that moment', () => {
    expect(record(press('ShiftLeft', 'ctrlKey'), 'linux')).toEqual({ type: 'modifiers', held: 'Ctrl+Shift' });
    expect(released(press('ShiftLeft', 'ctrlKey', 'shiftKey'), 'linux')).toBe('Ctrl');
    expect(released(press('ControlRight', 'ctrlKey'), 'linux')).toBe('');
    expect(released(press('KeyA', 'altKey'), 'linux')).toBe('Alt');
  });

  test.each([press('KeyA'), press('KeyA', 'shiftKey'), press('Space'), press('Enter', 'shiftKey')])(
    '%o is needed for writing',
    (keys) => expect(record(keys, 'linux')).toMatchObject({ type: 'refused', why: expect.stringContaining('Ctrl, Alt or Super') }),
  );

  test('on macOS the keys to hold have their names there', () => {
    expect(record(press('KeyA'), 'macos')).toMatchObject({ why: expect.stringContaining('Cmd, Ctrl or Option') });
  });

  test('AltGr writes characters, even where it says Ctrl and Alt', () => {
    const altGr = { ...press('KeyE', 'ctrlKey', 'altKey'), getModifierState: (key: string) => key === 'AltGraph' };
    expect(record(altGr, 'windows')).toMatchObject({ type: 'refused' });
  });

  test.each(['', 'Unidentified', 'AudioVolumeUp', 'Escape', 'F25', 'ContextMenu'])('the key “%s” is of no use', (code) => {
    expect(record(press(code, 'ctrlKey'), 'linux')).toMatchObject({ type: 'refused' });
  });
});

test('a shortcut is shown key by key, as they are labelled', () => {
  expect(keys('Ctrl+Shift+Space', 'linux')).toEqual(['Ctrl', 'Shift', 'Space']);
  expect(keys('Cmd+Shift+Comma', 'macos')).toEqual(['⌘', '⇧', ',']);
  expect(keys('Super+ArrowUp', 'windows')).toEqual(['Win', '↑']);
  expect(keys('', 'linux')).toEqual([]);
});
