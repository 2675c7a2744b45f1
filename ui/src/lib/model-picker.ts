// What the model picker offers and what a typed text means.
import type { ModelView } from './bindings/ModelView';

/** One line of the list. */
export type Choice = { kind: 'model'; model: ModelView } | { kind: 'literal'; id: string };

const plain = (text: string): string => text.trim().toLocaleLowerCase();

/** The model meant by a text that is its whole id or name. */
export function exact(models: ModelView[], typed: string): ModelView | null {
  const text = typed.trim();
  const lower = plain(typed);
  return (
    models.find((model) => model.id === text) ??
    models.find((model) => model.name === text) ??
    models.find((model) => plain(model.id) === lower) ??
    models.find((model) => plain(model.name) === lower) ??
    null
  );
}

/** The list for a text: the models whose id or name hold all its words, and the text itself as an id. */
export function choices(models: ModelView[], typed: string): Choice[] {
  const words = plain(typed).split(/\s+/).filter(Boolean);
  const found: Choice[] = models
    .filter((model) => words.every((word) => plain(model.id).includes(word) || plain(model.name).includes(word)))
    .map((model) => ({ kind: 'model', model }));
  if (words.length > 0 && !models.some((model) => model.id === typed.trim())) {
    found.push({ kind: 'literal', id: typed.trim() });
  }
  return found;
}

/** The id a choice stands for. */
export const idOf = (choice: Choice): string => (choice.kind === 'model' ? choice.model.id : choice.id);

/** `Enter` with nothing chosen by arrow: a whole id or name, else the first that fits, else the text itself. */
export function onEnter(models: ModelView[], typed: string): string | null {
  const text = typed.trim();
  if (text === '') return null;
  const match = exact(models, typed);
  if (match) return match.id;
  const first = choices(models, typed)[0];
  return first ? idOf(first) : text;
}

/** Leaving the field: a whole id or name, or a text that fits no model, is taken; half a name is not. */
export function onBlur(models: ModelView[], typed: string): string | null {
  const text = typed.trim();
  if (text === '') return null;
  const match = exact(models, typed);
  if (match) return match.id;
  return choices(models, typed).some((choice) => choice.kind === 'model') ? null : text;
}

/** What the field shows for a chosen id. */
export function label(models: ModelView[], id: string): string {
  return models.find((model) => model.id === id)?.name || id;
}

/** Facts worth a second line: context and prices per million tokens. */
export function facts(model: ModelView): string {
  const parts: string[] = [];
  if (model.context_window) parts.push(`${tokens(model.context_window)} context`);
  if (model.input_cost_per_million !== null && model.output_cost_per_million !== null) {
    parts.push(`${money(model.input_cost_per_million)} in, ${money(model.output_cost_per_million)} out per million`);
  }
  return parts.join(' · ');
}

const tokens = (count: number): string =>
  count >= 1_000_000 ? `${trim(count / 1_000_000)}M` : count >= 1000 ? `${trim(count / 1000)}k` : String(count);
/** Two digits at least; more where a price is a fraction of a cent. */
const money = (amount: number): string =>
  new Intl.NumberFormat('en-US', { style: 'currency', currency: 'USD', maximumSignificantDigits: amount < 0.01 ? 2 : undefined }).format(amount);
const trim = (value: number): string => String(Math.round(value * 100) / 100);
