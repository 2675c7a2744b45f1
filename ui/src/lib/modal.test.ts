import '../../dev/jsdom';
import { beforeEach, expect, test } from 'vitest';
import { modal } from './modal';

let opener: HTMLButtonElement;
let dialog: HTMLDialogElement;
let field: HTMLInputElement;

beforeEach(() => {
  document.body.replaceChildren();
  opener = document.body.appendChild(document.createElement('button'));
  dialog = document.body.appendChild(document.createElement('dialog'));
  field = dialog.appendChild(document.createElement('input'));
  opener.focus();
});

test('what had the focus before has it again when the dialog is gone', () => {
  const gone = modal(dialog);
  expect(dialog.open).toBe(true);
  field.focus();
  dialog.remove();
  gone();
  expect(document.activeElement).toBe(opener);
});

test('what took the focus when the dialog went keeps it', () => {
  const other = document.body.appendChild(document.createElement('button'));
  const gone = modal(dialog);
  field.focus();
  dialog.remove();
  other.focus();
  gone();
  expect(document.activeElement).toBe(other);
});
