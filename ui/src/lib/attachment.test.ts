import { expect, test } from 'vitest';
import { withAttachment } from './attachment';

test('the text follows the question in a fence', () => {
  expect(withAttachment('What is this?', 'fn main() {}')).toBe('What is this?\n\n```\nfn main() {}\n```');
});

test('the fence is longer than any in the text', () => {
  expect(withAttachment('Why?', 'a\n```rust\nx\n```\n`````')).toBe('Why?\n\n``````\na\n```rust\nx\n```\n`````\n``````');
});

test('a text that ends its last line gets no empty one', () => {
  expect(withAttachment('Why?\n', 'one\ntwo\n')).toBe('Why?\n\n```\none\ntwo\n```');
});

test('without a question the text is the message', () => {
  expect(withAttachment(' \n', 'one')).toBe('```\none\n```');
});

test('a text of many fences is no burden', () => {
  const text = '```\n'.repeat(200_000);
  expect(withAttachment('', text).startsWith('````\n```')).toBe(true);
});
