// What the palette offers: the app's commands, and which of them a text means.
import type { IconName } from '../components/Icon.svelte';

/** Something the app does. */
export interface AppCommand {
  label: string;
  icon: IconName;
  /** Other words it is looked for by. */
  words?: string;
  /** Its keys, as they are shown. */
  keys?: string;
  run: () => void;
}

const plain = (text: string): string => text.trim().toLocaleLowerCase();

/** Whether every word of a text begins a word of the command. */
function fits(command: AppCommand, words: string[]): boolean {
  const own = plain(`${command.label} ${command.words ?? ''}`).split(/\s+/);
  return words.every((word) => own.some((one) => one.startsWith(word)));
}

/** The commands a text means, those first whose name begins with it. */
export function commandsFor(commands: AppCommand[], text: string): AppCommand[] {
  const words = plain(text).split(/\s+/).filter(Boolean);
  const found = commands.filter((command) => fits(command, words));
  const begins = (command: AppCommand): number => (plain(command.label).startsWith(plain(text)) ? 0 : 1);
  return found.sort((one, other) => begins(one) - begins(other));
}
