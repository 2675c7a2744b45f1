// The colours and the text size the user chose, on the whole window.
import type { Settings } from './bindings/Settings';

/** Takes over how things look. */
export function showAppearance({ appearance, text_size }: Pick<Settings, 'appearance' | 'text_size'>): void {
  const root = document.documentElement;
  if (appearance === 'system') delete root.dataset.appearance;
  else root.dataset.appearance = appearance;
  root.style.fontSize = text_size === 100 ? '' : `${text_size}%`;
}
