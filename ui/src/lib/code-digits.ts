// The six boxes of the sign-in code: what typing, pasting and deleting do.

/** How many digits a code has. */
export const LENGTH = 6;

/** The boxes' contents (one digit or nothing each) and the box to go to. */
export interface Boxes {
  digits: string[];
  focus: number;
}

/** Empty boxes. */
export const empty = (): string[] => Array.from({ length: LENGTH }, () => '');

/** Digits of any script as `0` to `9`; everything else is dropped. */
export function onlyDigits(text: string): string {
  return text.normalize('NFKC').replace(/\p{Nd}/gu, (digit) => {
    const code = digit.codePointAt(0)!;
    // Decimal digits stand in runs of ten that start at a multiple of ten from their zero.
    let zero = code;
    while (/\p{Nd}/u.test(String.fromCodePoint(zero - 1)) && code - zero < 9) zero--;
    return String(code - zero);
  }).replace(/[^0-9]/g, '');
}

/** Box `index` now reads `text`: one digit typed, several pasted or filled in, or nothing. */
export function enter(digits: string[], index: number, text: string): Boxes {
  let fresh = onlyDigits(text);
  const old = digits[index] ?? '';
  // A digit typed beside the one that stands there takes its place.
  if (fresh.length === 2 && old !== '') fresh = fresh.startsWith(old) ? fresh.slice(1) : fresh.slice(0, 1);
  const next = [...digits];
  if (fresh === '') {
    next[index] = '';
    return { digits: next, focus: index };
  }
  return spread(next, index, fresh);
}

/** Pasted text: a whole code fills all boxes from the first, less than one starts where it is pasted. */
export function paste(digits: string[], index: number, text: string): Boxes {
  const fresh = onlyDigits(text);
  if (fresh === '') return { digits, focus: index };
  return fresh.length >= LENGTH ? spread(empty(), 0, fresh) : spread([...digits], index, fresh);
}

/** Backspace in an empty box clears the one before it. */
export function back(digits: string[], index: number): Boxes {
  const next = [...digits];
  if (next[index] !== '') {
    next[index] = '';
    return { digits: next, focus: index };
  }
  const focus = Math.max(0, index - 1);
  next[focus] = '';
  return { digits: next, focus };
}

/** The code, once every box has its digit. */
export function whole(digits: string[]): string | null {
  const code = digits.join('');
  return code.length === LENGTH ? code : null;
}

function spread(digits: string[], index: number, fresh: string): Boxes {
  const room = fresh.slice(0, LENGTH - index);
  for (let offset = 0; offset < room.length; offset++) digits[index + offset] = room[offset]!;
  return { digits, focus: Math.min(LENGTH - 1, index + room.length) };
}
