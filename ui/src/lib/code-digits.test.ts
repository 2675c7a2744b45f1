import { expect, test } from 'vitest';
import { back, empty, enter, onlyDigits, paste, whole } from './code-digits';

const of = (text: string) => Array.from({ length: 6 }, (_, index) => text[index]?.trim() ?? '');

test('a digit goes into its box and on to the next', () => {
  expect(enter(empty(), 0, '7')).toEqual({ digits: of('7'), focus: 1 });
  expect(enter(of('12345'), 5, '6')).toEqual({ digits: of('123456'), focus: 5 });
});

test('what is no digit is dropped', () => {
  expect(enter(empty(), 2, 'x')).toEqual({ digits: empty(), focus: 2 });
  expect(paste(of('12'), 2, 'code?')).toEqual({ digits: of('12'), focus: 2 });
});

test('a digit typed into a full box takes its place, before or after it', () => {
  expect(enter(of('123'), 1, '92').digits).toEqual(of('193'));
  expect(enter(of('123'), 1, '29').digits).toEqual(of('193'));
  expect(enter(of('123'), 1, '22').digits).toEqual(of('123'));
});

test('a pasted code fills all boxes, whatever stands between its digits and wherever it is pasted', () => {
  for (const text of ['123456', '123 456', ' 123-456\n', 'Your code is 123 456', '１２３４５６', '١٢٣٤٥٦']) {
    expect(whole(paste(of('99'), 3, text).digits)).toBe('123456');
  }
});

test('a part of a code starts where it is pasted', () => {
  expect(paste(of('12'), 2, '34')).toEqual({ digits: of('1234'), focus: 4 });
});

test('a code filled into one box spreads', () => {
  expect(enter(empty(), 0, '123456')).toEqual({ digits: of('123456'), focus: 5 });
});

test('backspace clears the box, and in an empty one the box before', () => {
  expect(back(of('123'), 2)).toEqual({ digits: of('12'), focus: 2 });
  expect(back(of('12'), 2)).toEqual({ digits: of('1'), focus: 1 });
  expect(back(empty(), 0)).toEqual({ digits: empty(), focus: 0 });
});

test('a code is whole with six digits and not before', () => {
  expect(whole(of('12345'))).toBeNull();
  expect(whole(of('12 456'))).toBeNull();
  expect(whole(of('123456'))).toBe('123456');
});

test('digits of every script are digits', () => {
  expect(onlyDigits('०१२ ۹')).toBe('0129');
});
