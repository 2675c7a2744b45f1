// Times as the user reads them.
import type { ConversationSummary } from './bindings/ConversationSummary';

const DAY = 86_400_000;

/** Conversations under one heading of the sidebar. */
export interface Group {
  label: string;
  conversations: ConversationSummary[];
}

const startOfDay = (time: number): number => new Date(time).setHours(0, 0, 0, 0);

/** The heading a time stands under: *Today*, *Yesterday*, *Previous 7 days*, then months. */
export function groupLabel(time: number, now: number, locale = 'en'): string {
  // Days are counted in the user's calendar; rounding absorbs the hour a change of clocks moves.
  const days = Math.round((startOfDay(now) - startOfDay(time)) / DAY);
  if (days <= 0) return 'Today';
  if (days === 1) return 'Yesterday';
  if (days <= 7) return 'Previous 7 days';
  const sameYear = new Date(time).getFullYear() === new Date(now).getFullYear();
  return new Intl.DateTimeFormat(locale, sameYear ? { month: 'long' } : { month: 'long', year: 'numeric' }).format(time);
}

/** The list as it came (newest first), cut into groups. */
export function groupByDay(conversations: ConversationSummary[], now: number): Group[] {
  const groups: Group[] = [];
  for (const conversation of conversations) {
    const label = groupLabel(conversation.updated_at, now);
    const last = groups.at(-1);
    if (last?.label === label) last.conversations.push(conversation);
    else groups.push({ label, conversations: [conversation] });
  }
  return groups;
}

/** What is left until a time as `mm:ss`, never negative. */
export function timeLeft(until: number, now: number): string {
  const seconds = Math.max(0, Math.ceil((until - now) / 1000));
  return `${String(Math.floor(seconds / 60)).padStart(2, '0')}:${String(seconds % 60).padStart(2, '0')}`;
}

/** Whole seconds until a time, never negative. */
export function secondsLeft(until: number, now: number): number {
  return Math.max(0, Math.ceil((until - now) / 1000));
}

/** A duration in words: `4 s`, `2 min 5 s`, `1 h 3 min`. */
export function duration(milliseconds: number): string {
  const seconds = Math.max(0, Math.round(milliseconds / 1000));
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return seconds % 60 ? `${minutes} min ${seconds % 60} s` : `${minutes} min`;
  return minutes % 60 ? `${Math.floor(minutes / 60)} h ${minutes % 60} min` : `${Math.floor(minutes / 60)} h`;
}

/** A day in words: `23 November 2027`. */
export function day(time: number): string {
  return new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'long', year: 'numeric' }).format(time);
}

/** A moment in words, for tooltips. */
export function moment(time: number): string {
  return new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'short' }).format(time);
}
