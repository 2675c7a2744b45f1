import { expect, test } from 'vitest';
import { commandsFor, type AppCommand } from './palette';

const command = (label: string, words?: string): AppCommand => ({ label, icon: 'new', words, run: () => {} });
const all = [command('New chat', 'conversation'), command('Temporary chat', 'new private'), command('Settings', 'preferences')];
const found = (text: string) => commandsFor(all, text).map(({ label }) => label);

test('with nothing typed all commands are offered, in their order', () => {
  expect(found('')).toEqual(['New chat', 'Temporary chat', 'Settings']);
});

test('beginnings of words are enough, in any order', () => {
  expect(found('ch te')).toEqual(['Temporary chat']);
  expect(found('pref')).toEqual(['Settings']);
  expect(found('hat')).toEqual([]);
});

test('a name that begins so stands first', () => {
  expect(found('new')).toEqual(['New chat', 'Temporary chat']);
  expect(found('t')).toEqual(['Temporary chat']);
});
