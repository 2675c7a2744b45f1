// Copying what is selected, as the window hears it.
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { Block } from './bindings/Block';
import { copySelections } from './copy-selection';
import { MarkdownView } from './markdown/view';

const backend = { copyBlocks: vi.fn<(blocks: Block[]) => Promise<void>>(), copyText: vi.fn<(text: string) => Promise<void>>() };
const app = { announce: vi.fn<(text: string) => void>() };
const actions = { openLink: () => {}, copyText: () => {}, loadImage: () => Promise.resolve(new Blob()) };
let stop: () => void;
let beside: HTMLElement;

beforeEach(() => {
  backend.copyBlocks.mockResolvedValue();
  backend.copyText.mockResolvedValue();
  const log = document.body.appendChild(document.createElement('div'));
  const article = log.appendChild(document.createElement('article'));
  new MarkdownView(article.appendChild(document.createElement('div')), actions).set([{ t: 'p', c: ['Rain'] }, { t: 'code', c: [[' let it\n']] }]);
  article.appendChild(document.createElement('textarea')).value = 'an edit';
  beside = document.body.appendChild(document.createElement('p'));
  beside.textContent = 'beside';
  stop = copySelections(log, backend, app);
});

afterEach(() => {
  stop();
  document.body.replaceChildren();
  vi.resetAllMocks();
});

/** Selects what a node holds and copies; answers whether the window's own copying was left to happen. */
function copies(node: Node, type = 'copy', target: Node = document.body): boolean {
  document.getSelection()!.selectAllChildren(node);
  return target.dispatchEvent(new Event(type, { bubbles: true, cancelable: true }));
}

const next = (): Promise<void> => new Promise((resolve) => setTimeout(resolve));

test('what is selected goes to the app as its tree, after the engine has emptied the clipboard', async () => {
  expect(copies(document.body)).toBe(false);
  expect(backend.copyBlocks).not.toHaveBeenCalled();
  await next();
  expect(backend.copyBlocks).toHaveBeenCalledExactlyOnceWith([{ t: 'p', c: ['Rain'] }, { t: 'code', c: [[' let it\n']] }]);
});

test('cutting is copying: nothing goes away', async () => {
  expect(copies(document.querySelector('article')!, 'cut')).toBe(false);
  await next();
  expect(backend.copyBlocks).toHaveBeenCalledTimes(1);
});

test('code goes as its text', async () => {
  expect(copies(document.querySelector('pre')!)).toBe(false);
  await next();
  expect(backend.copyText).toHaveBeenCalledExactlyOnceWith('let it');
});

test('what is selected beside the conversation or in a field is copied as ever', async () => {
  expect(copies(beside)).toBe(true);
  const field = document.querySelector('textarea')!;
  field.setSelectionRange(0, 2);
  expect(copies(document.body, 'copy', field)).toBe(true);
  document.getSelection()!.removeAllRanges();
  expect(document.body.dispatchEvent(new Event('copy', { bubbles: true, cancelable: true }))).toBe(true);
  await next();
  expect(backend.copyBlocks).not.toHaveBeenCalled();
});

test('what is selected is copied even where a field has the focus, if nothing is selected in it', async () => {
  const field = document.querySelector('textarea')!;
  field.setSelectionRange(1, 1);
  expect(copies(document.querySelector('pre')!, 'copy', field)).toBe(false);
  await next();
  expect(backend.copyText).toHaveBeenCalledExactlyOnceWith('let it');
});

test('a clipboard that cannot be written is said', async () => {
  backend.copyBlocks.mockRejectedValueOnce({ code: 'failed', message: 'The clipboard could not be written. Try again.' });
  copies(document.body);
  await vi.waitFor(() => expect(app.announce).toHaveBeenCalledWith('The clipboard could not be written. Try again.'));
});

test('after its end nothing is answered', () => {
  stop();
  expect(copies(document.body)).toBe(true);
});
