import { expect, test } from 'vitest';
import { duration, groupByDay, groupLabel, secondsLeft, timeLeft } from './time';

const now = new Date(2026, 10, 23, 9, 30).getTime();
const at = (...parts: [number, number, number, number?, number?]) => new Date(...(parts as [number, number, number])).setHours(parts[3] ?? 12, parts[4] ?? 0);

test('days are the calendar’s, not 24 hours', () => {
  expect(groupLabel(at(2026, 10, 23, 0, 1), now)).toBe('Today');
  expect(groupLabel(at(2026, 10, 22, 23, 59), now)).toBe('Yesterday');
  expect(groupLabel(at(2026, 10, 21), now)).toBe('Previous 7 days');
  expect(groupLabel(at(2026, 10, 16), now)).toBe('Previous 7 days');
  expect(groupLabel(at(2026, 10, 15), now)).toBe('November');
  expect(groupLabel(at(2026, 2, 1), now)).toBe('March');
  expect(groupLabel(at(2025, 11, 31), now)).toBe('December 2025');
});

test('a clock that runs ahead puts nothing into the future', () => {
  expect(groupLabel(now + 90_000_000, now)).toBe('Today');
});

test('the list keeps its order within groups', () => {
  const summary = (id: string, updated_at: number) => ({ id, title: id, updated_at, running: false });
  const groups = groupByDay([summary('a', now), summary('b', now - 1), summary('c', at(2026, 10, 22))], now);
  expect(groups.map((group) => [group.label, group.conversations.map((one) => one.id)])).toEqual([
    ['Today', ['a', 'b']],
    ['Yesterday', ['c']],
  ]);
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
