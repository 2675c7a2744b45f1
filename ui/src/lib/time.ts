// Times as the user reads them.
import type { ListHeading } from './bindings/ListHeading';

/** What a section of the list stands under: *Today*, *Yesterday*, *Previous 7 days*, then months. */
export function headingLabel(heading: ListHeading, now: number, locale = 'en'): string {
  switch (heading.heading) {
    case 'temporary':
      return 'Temporary';
    case 'pinned':
      return 'Pinned';
    case 'today':
      return 'Today';
    case 'yesterday':
      return 'Yesterday';
    case 'week':
      return 'Previous 7 days';
    case 'month': {
      const sameYear = heading.year === new Date(now).getFullYear();
      const month = new Date(heading.year, heading.month - 1);
      return new Intl.DateTimeFormat(locale, sameYear ? { month: 'long' } : { month: 'long', year: 'numeric' }).format(month);
    }
  }
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

/** Made once: it is what costs. */
const MOMENT = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'short' });
const TIME = new Intl.DateTimeFormat(undefined, { timeStyle: 'short' });
const DAY_OF_YEAR = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short' });
const DAY_AND_YEAR = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', year: 'numeric' });

/** A moment in words, for tooltips. */
export function moment(time: number): string {
  return MOMENT.format(time);
}

/** A day in few words, for lists: the time of today, `23 Nov` of this year, `23 Nov 2027`. */
export function shortDay(time: number, now: number): string {
  const date = new Date(time);
  const today = new Date(now);
  if (date.toDateString() === today.toDateString()) return TIME.format(time);
  return (date.getFullYear() === today.getFullYear() ? DAY_OF_YEAR : DAY_AND_YEAR).format(time);
}

/** Days chosen in the calendar, both of them included, as `2027-11-23`; `null` is open. */
export interface Days {
  from: string | null;
  to: string | null;
}

/** When the day begins that a text names as `2027-11-23`, by the user's calendar; `null` if there is no such day. */
export function dayOf(text: string): number | null {
  const match = /^(\d{4})-(\d{1,2})-(\d{1,2})$/.exec(text.trim());
  if (!match) return null;
  const [year, month, date] = match.slice(1).map(Number) as [number, number, number];
  // Set apart, for a year below 100 would be taken for one of the last century.
  const day = new Date(0, month - 1, date);
  day.setFullYear(year, month - 1, date);
  return day.getFullYear() === year && day.getMonth() === month - 1 && day.getDate() === date ? day.getTime() : null;
}

/** Days in few words: `23–25 Nov 2027`, `From 23 Nov 2027`, `Until 25 Nov 2027`. */
export function daysLabel({ from, to }: Days): string {
  const [first, last] = [from, to].map((text) => (text === null ? null : dayOf(text))) as [number | null, number | null];
  if (first !== null && last !== null) return DAY_AND_YEAR.formatRange(first, last).replaceAll('\u2009', '');
  if (first !== null) return `From ${DAY_AND_YEAR.format(first)}`;
  return last === null ? 'Any time' : `Until ${DAY_AND_YEAR.format(last)}`;
}

/** From when on something was written. */
export type Since = 'today' | 'week' | 'month' | 'year';

/** Days before today. */
const DAYS: Record<Exclude<Since, 'year'>, number> = { today: 0, week: 6, month: 29 };

/** When such a time begins, by the user's calendar. */
export function beginOf(span: Since, now: number): number {
  const day = new Date(now);
  day.setHours(0, 0, 0, 0);
  if (span === 'year') day.setMonth(0, 1);
  else day.setDate(day.getDate() - DAYS[span]);
  return day.getTime();
}

/** From when on something was written, and before when; `null` is open. */
export function limitsOf(when: Since | Days | null, now: number): { from: number | null; to: number | null } {
  if (when === null) return { from: null, to: null };
  if (typeof when === 'string') return { from: beginOf(when, now), to: null };
  const from = when.from === null ? null : dayOf(when.from);
  const last = when.to === null ? null : dayOf(when.to);
  if (last === null) return { from, to: null };
  const next = new Date(last);
  next.setDate(next.getDate() + 1);
  return { from, to: next.getTime() };
}
