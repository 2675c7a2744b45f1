// @vitest-environment node
// What the windows are built of is named in the packages' licence note. (For the Rust crates, see xtask.)
import { build, type Rolldown } from 'vite';
import { beforeAll, expect, test } from 'vitest';
import { readFileSync } from 'node:fs';

const note = readFileSync('../src-tauri/packaging/copyright', 'utf8');
const lock = JSON.parse(readFileSync('package-lock.json', 'utf8')) as { packages: Record<string, { license?: string }> };
const named = new Map(
  note
    .split(/\n\n(?=\S)/)
    .filter((paragraph) => paragraph.startsWith('Files: npm/'))
    .map((paragraph) => [/^Files: npm\/(.+)\/\*$/m.exec(paragraph)?.[1] ?? '', paragraph]),
);

/** The package a file comes from, if it comes from one. */
const packageOf = (file: string): string | undefined => /.*node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(file)?.[1];

let built: Set<string>;

beforeAll(async () => {
  const { output } = (await build({ logLevel: 'silent', build: { write: false, minify: false } })) as Rolldown.RolldownOutput;
  const files = output.flatMap((piece) => (piece.type === 'chunk' ? piece.moduleIds : piece.originalFileNames));
  built = new Set(files.map(packageOf).filter((name) => name !== undefined));
}, 120_000);

test('every package that is built into the windows is named, and no other', () => {
  expect([...named.keys()].sort()).toEqual([...built].sort());
});

test('each has the licence that it declares, and says whose it is', () => {
  for (const [name, paragraph] of named) {
    const declared = lock.packages[`node_modules/${name}`]?.license?.replace(/ OR /g, ' or ').split(' or ').sort();
    const [, licence] = /^License: (.+)$/m.exec(paragraph) ?? [];
    expect(licence?.split(' or ').sort(), name).toEqual(declared);
    expect(paragraph, name).toMatch(/^Copyright: .+$/m);
  }
});

test('each licence that is named stands there, or where it stands', () => {
  const standing = new Set(Array.from(note.matchAll(/^License: (.+)\n /gm), ([, name]) => name));
  const all = Array.from(note.matchAll(/^License: (.+)$/gm), ([, name]) => name!.split(' or ')).flat();
  for (const name of all) expect(standing).toContain(name);
});
