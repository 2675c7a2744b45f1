import { describe, expect, test } from 'vitest';
import { commandFor, isIdle, sends } from './keys';

const press = (key: string, more: Partial<KeyboardEvent> = {}) =>
  ({ key, code: '', ctrlKey: false, metaKey: false, altKey: false, shiftKey: false, isComposing: false, keyCode: 0, ...more }) as KeyboardEvent;

describe('Enter sends', () => {
  test('by itself, as the setting has it at first', () => {
    expect(sends(press('Enter'), 'enter', 'linux')).toBe(true);
    expect(sends(press('Enter', { shiftKey: true }), 'enter', 'linux')).toBe(false);
    expect(sends(press('Enter', { ctrlKey: true }), 'enter', 'linux')).toBe(false);
  });

  test('with Ctrl or Cmd, by setting', () => {
    expect(sends(press('Enter'), 'mod_enter', 'linux')).toBe(false);
    expect(sends(press('Enter', { ctrlKey: true }), 'mod_enter', 'linux')).toBe(true);
    expect(sends(press('Enter', { metaKey: true }), 'mod_enter', 'macos')).toBe(true);
    expect(sends(press('Enter', { ctrlKey: true }), 'mod_enter', 'macos')).toBe(false);
  });

  test('never while an input method composes, in either way browsers say so', () => {
    expect(sends(press('Enter', { isComposing: true }), 'enter', 'linux')).toBe(false);
    expect(sends(press('Enter', { keyCode: 229 }), 'enter', 'linux')).toBe(false);
    expect(sends(press('Enter', { keyCode: 229, ctrlKey: true }), 'mod_enter', 'linux')).toBe(false);
  });
});

test('the keys of the app', () => {
  expect(commandFor(press('Escape'), 'linux')).toBe('stop');
  expect(commandFor(press('n', { ctrlKey: true }), 'linux')).toBe('new-chat');
  expect(commandFor(press('n', { metaKey: true }), 'macos')).toBe('new-chat');
  expect(commandFor(press('k', { ctrlKey: true }), 'windows')).toBe('search');
  expect(commandFor(press(',', { ctrlKey: true }), 'linux')).toBe('settings');
  expect(commandFor(press('C', { ctrlKey: true, shiftKey: true }), 'linux')).toBe('copy-last');
  expect(commandFor(press('ArrowUp', { altKey: true }), 'linux')).toBe('previous-conversation');
  expect(commandFor(press('ArrowDown', { altKey: true }), 'linux')).toBe('next-conversation');
  expect(commandFor(press('N', { metaKey: true, shiftKey: true }), 'macos')).toBe('temporary-chat');
  expect(commandFor(press('f', { ctrlKey: true }), 'linux')).toBe('find');
  expect(commandFor(press('g', { metaKey: true }), 'macos')).toBe('find-next');
  expect(commandFor(press('G', { ctrlKey: true, shiftKey: true }), 'linux')).toBe('find-previous');
  expect(commandFor(press('F3'), 'windows')).toBe('find-next');
  expect(commandFor(press('F3', { shiftKey: true }), 'windows')).toBe('find-previous');
  expect(commandFor(press('z', { ctrlKey: true }), 'linux')).toBe('undo');
  expect(commandFor(press('p', { metaKey: true }), 'macos')).toBe('print');
});

test('plain keys and the other system’s modifier are nobody’s command', () => {
  expect(commandFor(press('n'), 'linux')).toBeNull();
  expect(commandFor(press('c', { ctrlKey: true }), 'linux')).toBeNull();
  expect(commandFor(press('n', { ctrlKey: true }), 'macos')).toBeNull();
  expect(commandFor(press('ArrowUp'), 'linux')).toBeNull();
});

test('modifiers and function keys do nothing of their own', () => {
  for (const key of ['Control', 'Shift', 'Alt', 'AltGraph', 'Meta', 'F1', 'F12']) expect(isIdle({ key }), key).toBe(true);
  for (const key of ['F', 'f', 'a', 'Enter', 'Escape', 'Tab', ' ', 'ArrowUp', 'Dead']) expect(isIdle({ key }), key).toBe(false);
});
