import { describe, expect, test } from 'vitest';
import type { TurnEvent } from './bindings/TurnEvent';
import { EventSequence } from './sequence';

const event = (seq: number): TurnEvent => ({
  conversation: 'c', turn: 't', message: 'm', seq, type: 'finish', finish_reason: String(seq),
});
const large = (seq: number): TurnEvent => ({ conversation: 'c', turn: 't', message: 'm', seq, type: 'large' });
const seqs = (events: TurnEvent[]) => events.map((one) => one.seq);
const opened = (seq: number) => {
  const sequence = new EventSequence();
  sequence.snapshot(seq);
  return sequence;
};

describe('after a snapshot', () => {
  test('the next event is applied at once', () => {
    const sequence = opened(4);
    expect(sequence.receive(event(5))).toEqual({ apply: [event(5)], ask: null, reopen: false });
    expect(sequence.last).toBe(5);
  });

  test('an event the snapshot already holds is dropped', () => {
    const sequence = opened(4);
    expect(sequence.receive(event(4)).apply).toEqual([]);
    expect(sequence.receive(event(1)).apply).toEqual([]);
    expect(sequence.last).toBe(4);
  });

  test('an event that comes twice is applied once', () => {
    const sequence = opened(0);
    expect(seqs(sequence.receive(event(1)).apply)).toEqual([1]);
    expect(seqs(sequence.receive(event(1)).apply)).toEqual([]);
    expect(seqs(sequence.receive(event(2)).apply)).toEqual([2]);
  });
});

describe('before the snapshot is there', () => {
  test('events are kept, then filtered by the snapshot and applied in order', () => {
    const sequence = new EventSequence();
    for (const seq of [3, 5, 4, 6, 5]) expect(sequence.receive(event(seq))).toEqual({ apply: [], ask: null, reopen: false });
    expect(sequence.snapshot(4)).toEqual({ apply: [event(5), event(6)], ask: null, reopen: false });
  });

  test('a gap between the snapshot and the kept events is asked for', () => {
    const sequence = new EventSequence();
    sequence.receive(event(8));
    expect(sequence.snapshot(4)).toEqual({ apply: [], ask: 4, reopen: false });
  });

  test('a second snapshot takes the place of the first without losing what comes between', () => {
    const sequence = opened(4);
    sequence.receive(event(5));
    sequence.expectSnapshot();
    sequence.receive(event(6));
    sequence.receive(event(7));
    expect(seqs(sequence.snapshot(6).apply)).toEqual([7]);
  });

  test('a second snapshot that is not had leaves the view where it was', () => {
    const sequence = opened(4);
    sequence.expectSnapshot();
    sequence.receive(event(5));
    expect(seqs(sequence.snapshot(4).apply)).toEqual([5]);
  });
});

describe('a gap', () => {
  test('is asked for once, from the last event applied', () => {
    const sequence = opened(4);
    expect(sequence.receive(event(7))).toEqual({ apply: [], ask: 4, reopen: false });
    expect(sequence.receive(event(8))).toEqual({ apply: [], ask: null, reopen: false });
  });

  test('is closed by the answer, followed by what came meanwhile', () => {
    const sequence = opened(4);
    sequence.receive(event(7));
    sequence.receive(event(8));
    expect(seqs(sequence.answer({ type: 'events', events: [event(5), event(6), event(7)] }).apply)).toEqual([5, 6, 7, 8]);
    expect(seqs(sequence.receive(event(9)).apply)).toEqual([9]);
  });

  test('that is still open after the answer is asked for again, from where it now begins', () => {
    const sequence = opened(4);
    sequence.receive(event(9));
    const step = sequence.answer({ type: 'events', events: [event(5), event(6)] });
    expect(seqs(step.apply)).toEqual([5, 6]);
    expect(step.ask).toBe(6);
  });

  test('that an answer does not close at all ends in opening again, not in asking for ever', () => {
    const sequence = opened(4);
    sequence.receive(event(9));
    expect(sequence.answer({ type: 'events', events: [] })).toEqual({ apply: [], ask: null, reopen: true });
  });

  test('closes by itself when the late event arrives before the answer', () => {
    const sequence = opened(4);
    sequence.receive(event(6));
    sequence.receive(event(5));
    expect(seqs(sequence.answer({ type: 'events', events: [event(5), event(6)] }).apply)).toEqual([5, 6]);
  });
});

describe('a large event', () => {
  test('is fetched, and the order kept', () => {
    const sequence = opened(4);
    expect(sequence.receive(large(5))).toEqual({ apply: [], ask: 4, reopen: false });
    sequence.receive(event(6));
    expect(seqs(sequence.answer({ type: 'events', events: [event(5)] }).apply)).toEqual([5, 6]);
  });

  test('behind others is fetched when it is its turn', () => {
    const sequence = new EventSequence();
    sequence.receive(event(5));
    sequence.receive(large(6));
    expect(sequence.snapshot(4)).toEqual({ apply: [event(5)], ask: 5, reopen: false });
  });

  test('that the snapshot already holds is not fetched', () => {
    const sequence = new EventSequence();
    sequence.receive(large(4));
    expect(sequence.snapshot(4).ask).toBeNull();
  });

  test('does not take the place of the whole event when it arrives second', () => {
    const sequence = new EventSequence();
    sequence.receive(event(5));
    sequence.receive(large(5));
    expect(seqs(sequence.snapshot(4).apply)).toEqual([5]);
  });

  test('answered by itself ends in opening again', () => {
    const sequence = opened(4);
    sequence.receive(large(5));
    expect(sequence.answer({ type: 'events', events: [large(5)] }).reopen).toBe(true);
  });
});

describe('events that are gone', () => {
  test('lead to a new snapshot, and what arrives meanwhile is kept for it', () => {
    const sequence = opened(4);
    sequence.receive(event(9));
    expect(sequence.answer({ type: 'gone' })).toEqual({ apply: [], ask: null, reopen: true });
    expect(sequence.last).toBeNull();
    sequence.receive(event(10));
    expect(seqs(sequence.snapshot(8).apply)).toEqual([9, 10]);
  });

  test('a question that failed does the same', () => {
    const sequence = opened(4);
    sequence.receive(event(9));
    expect(sequence.failed().reopen).toBe(true);
  });

  test('an answer that comes after a new snapshot was asked for changes nothing', () => {
    const sequence = opened(4);
    sequence.receive(event(9));
    sequence.expectSnapshot();
    expect(sequence.answer({ type: 'events', events: [event(5)] })).toEqual({ apply: [], ask: null, reopen: false });
    expect(seqs(sequence.snapshot(8).apply)).toEqual([9]);
  });
});

test('whatever the order of arrival, every event is applied exactly once and in order', () => {
  // A small linear congruential generator: the same shuffles on every run.
  let state = 1;
  const random = (below: number) => (state = (state * 1103515245 + 12345) % 2147483648) % below;
  for (let round = 0; round < 200; round++) {
    const total = 30;
    const from = random(total);
    const sequence = new EventSequence();
    const arrivals = Array.from({ length: total }, (_, index) => index + 1)
      .flatMap((seq) => (random(6) === 0 ? [] : random(6) === 0 ? [seq, seq] : [seq]))
      .map((seq) => ({ seq, at: seq + random(5) }))
      .sort((one, other) => one.at - other.at);
    arrivals.push({ seq: total, at: 99 });
    const snapshotAt = random(arrivals.length);
    const applied: number[] = [];
    const handle = (step: ReturnType<EventSequence['receive']>): void => {
      expect(step.reopen).toBe(false);
      applied.push(...seqs(step.apply));
      if (step.ask !== null) {
        const since = step.ask;
        handle(sequence.answer({ type: 'events', events: Array.from({ length: total - since }, (_, index) => event(since + index + 1)) }));
      }
    };
    arrivals.forEach(({ seq }, index) => {
      if (index === snapshotAt) handle(sequence.snapshot(from));
      handle(sequence.receive(random(7) === 0 ? large(seq) : event(seq)));
    });
    expect(applied).toEqual(Array.from({ length: total - from }, (_, index) => from + index + 1));
  }
});
