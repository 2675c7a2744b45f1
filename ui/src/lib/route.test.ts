import { expect, test } from 'vitest';
import { format, parse } from './route';

test('every screen has an address that leads back to it', () => {
  for (const route of [
    { screen: 'settings' as const },
    { screen: 'chat' as const, conversation: null },
    { screen: 'chat' as const, conversation: '0193a7f2-5f6e-7c3e-9d53-2f1be1d0a9c4' },
  ]) {
    expect(parse(format(route))).toEqual(route);
  }
});

test('any other address is a new chat', () => {
  for (const hash of ['', '#', '#/c/', '#/c/../x', '#/elsewhere']) expect(parse(hash)).toEqual({ screen: 'chat', conversation: null });
});
