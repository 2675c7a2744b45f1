import { describe, expect, test } from 'vitest';
import type { ModelView } from './bindings/ModelView';
import { choices, exact, facts, idOf, label, onBlur, onEnter } from './model-picker';

const model = (id: string, name = id): ModelView => ({ id, name, context_window: null, input_cost_per_million: null, output_cost_per_million: null });
const models = [model('openai/gpt', 'GPT'), model('openai/gpt-mini', 'GPT mini'), model('plain')];
const ids = (typed: string) => choices(models, typed).map((choice) => (choice.kind === 'literal' ? `“${choice.id}”` : choice.model.id));

test('nothing typed offers every model and nothing else', () => {
  expect(ids('')).toEqual(['openai/gpt', 'openai/gpt-mini', 'plain']);
});

test('typing filters by id and name, whatever the case, and always offers the text itself', () => {
  expect(ids('MINI')).toEqual(['openai/gpt-mini', '“MINI”']);
  expect(ids('gpt open')).toEqual(['openai/gpt', 'openai/gpt-mini', '“gpt open”']);
  expect(ids('none')).toEqual(['“none”']);
});

test('a text that is an id is not offered twice', () => {
  expect(ids('plain')).toEqual(['plain']);
});

test('an exact id wins over an exact name, and both over part of one', () => {
  const clashing = [model('a', 'b'), model('b', 'c')];
  expect(exact(clashing, 'b')?.id).toBe('b');
  expect(exact(models, ' gpt ')?.id).toBe('openai/gpt');
  expect(exact(models, 'gp')).toBeNull();
});

describe('Enter', () => {
  test('takes an exact match, though others begin the same', () => expect(onEnter(models, 'GPT')).toBe('openai/gpt'));
  test('takes the first that fits part of a name', () => expect(onEnter(models, 'mini')).toBe('openai/gpt-mini'));
  test('takes a text that fits nothing as it is', () => expect(onEnter(models, ' scenario-429 ')).toBe('scenario-429'));
  test('changes nothing when the field is empty', () => expect(onEnter(models, '  ')).toBeNull());
  test('takes any text while there are no models', () => expect(onEnter([], 'plain')).toBe('plain'));
});

describe('leaving the field', () => {
  test('takes an exact match', () => expect(onBlur(models, 'plain')).toBe('plain'));
  test('takes a text that fits nothing', () => expect(onBlur(models, 'scenario-429')).toBe('scenario-429'));
  test('does not take part of a name', () => expect(onBlur(models, 'gp')).toBeNull());
  test('does not take nothing', () => expect(onBlur(models, '')).toBeNull());
});

test('a model is shown by its name, an unknown one by its id', () => {
  expect(label(models, 'openai/gpt')).toBe('GPT');
  expect(label(models, 'else/where')).toBe('else/where');
});

test('facts are shown where the server gives them', () => {
  expect(facts(model('x'))).toBe('');
  expect(facts({ ...model('x'), context_window: 128_000, input_cost_per_million: 0.5, output_cost_per_million: 1.5 })).toBe(
    '128k context · $0.50 in, $1.50 out per million',
  );
});

test('choices know the id they stand for', () => {
  expect(choices(models, 'x').map(idOf)).toEqual(['x']);
});
