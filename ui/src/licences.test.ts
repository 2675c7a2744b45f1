// What the app is built of is named in the packages' licence note.
import { expect, test } from 'vitest';
import { readFileSync } from 'node:fs';
import { dependencies } from '../package.json';

const note = readFileSync('../src-tauri/packaging/copyright', 'utf8');
const paragraphs = note.split(/\n\n(?=\S)/);

test.each(Object.keys(dependencies))('%s is named, with whose it is and its licence', (name) => {
  const paragraph = paragraphs.find((text) => text.startsWith(`Files: npm/${name}/*`));
  expect(paragraph).toMatch(/^Copyright: .+\nLicense: .+/m);
});

test('each licence that is named stands there, or where it stands', () => {
  const standing = new Set(Array.from(note.matchAll(/^License: (.+)\n /gm), ([, name]) => name));
  const named = Array.from(note.matchAll(/^License: (.+)$/gm), ([, name]) => name!.split(' or ')).flat();
  for (const name of named) expect(standing).toContain(name);
});
