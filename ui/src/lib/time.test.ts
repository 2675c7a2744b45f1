import { expect, test } from 'vitest';
import { dayOf, daysLabel, duration, headingLabel, limitsOf, secondsLeft, shortDay, timeLeft } from './time';

const now = new Date(2026, 10, 23, 9, 30).getTime();
const at = (...parts: [number, number, number, number?, number?]) => new Date(...(parts as [number, number, number])).setHours(parts[3] ?? 12, parts[4] ?? 0);

test('sections are named by days, then by months, and by years only where they are others', () => {
  expect(headingLabel({ heading: 'pinned' }, now)).toBe('Pinned');
  expect(headingLabel({ heading: 'week' }, now)).toBe('Previous 7 days');
  expect(headingLabel({ heading: 'month', year: 2026, month: 3 }, now)).toBe('March');
  expect(headingLabel({ heading: 'month', year: 2025, month: 12 }, now)).toBe('December 2025');
});

test('a hit of today says its time, others their day, and the year only where it is another', () => {
  expect(shortDay(at(2026, 10, 23, 8, 5), now)).toMatch(/8:05/);
  expect(shortDay(at(2026, 2, 1), now)).toBe('1 Mar');
  expect(shortDay(at(2025, 11, 31), now)).toBe('31 Dec 2025');
});

test('time left is minutes and seconds, and never negative', () => {
  expect(timeLeft(now + 583_000, now)).toBe('09:43');
  expect(timeLeft(now + 59_001, now)).toBe('01:00');
  expect(timeLeft(now - 5000, now)).toBe('00:00');
  expect(secondsLeft(now + 4100, now)).toBe(5);
  expect(secondsLeft(now - 4100, now)).toBe(0);
});

test('durations are said in words', () => {
  expect(duration(400)).toBe('0 s');
  expect(duration(12_300)).toBe('12 s');
  expect(duration(125_000)).toBe('2 min 5 s');
  expect(duration(3_780_000)).toBe('1 h 3 min');
});

test('a day is named by its year, month and date, and there must be one', () => {
  expect(dayOf(' 2026-11-23 ')).toBe(new Date(2026, 10, 23).getTime());
  expect(dayOf('2026-3-1')).toBe(new Date(2026, 2, 1).getTime());
  expect([dayOf('2026-02-30'), dayOf('23.11.2026'), dayOf('')]).toEqual([null, null, null]);
});

test('between two days is from the beginning of the first to the end of the last', () => {
  expect(limitsOf({ from: '2026-11-23', to: '2026-11-30' }, now)).toEqual({ from: new Date(2026, 10, 23).getTime(), to: new Date(2026, 11, 1).getTime() });
  expect(limitsOf({ from: null, to: '2026-11-30' }, now).from).toBeNull();
  expect(limitsOf('today', now)).toEqual({ from: new Date(2026, 10, 23).getTime(), to: null });
  expect(limitsOf(null, now)).toEqual({ from: null, to: null });
});

test('the days chosen are said in few words', () => {
  expect(daysLabel({ from: '2026-11-23', to: null })).toBe('From 23 Nov 2026');
  expect(daysLabel({ from: null, to: '2026-11-25' })).toBe('Until 25 Nov 2026');
  expect(daysLabel({ from: '2025-12-31', to: '2026-11-25' })).toMatch(/^31 Dec 2025\s*–\s*25 Nov 2026$/);
});
