import { beforeEach, describe, expect, test } from 'vitest';
import { reply, userMessage } from '../../../dev/fake-backend';
import type { MessageView } from '../bindings/MessageView';
import type { PageView } from '../bindings/PageView';
import { Path } from './path.svelte';

let whole: MessageView[];
let path: Path;

/** The messages of the whole path from `first` on, before `end`. */
const page = (first: number, end: number): PageView => ({ first, total: whole.length, messages: whole.slice(first, end) });
const ids = (): string[] => path.messages.map((message) => message.id);
const idsOf = (first: number, end: number): string[] => whole.slice(first, end).map((view) => view.id);

beforeEach(() => {
  whole = Array.from({ length: 100 }, (_, index) => (index % 2 === 0 ? userMessage(`${index}`) : reply(`${index}`)));
  path = new Path();
  path.show(page(76, 100));
});

test('pages join, each message once, and what is at hand stays the same', () => {
  const [before] = path.messages;
  path.prepend(page(52, 76));
  path.prepend(page(28, 52));
  expect(ids()).toEqual(idsOf(28, 100));
  expect(path.messages[48]).toBe(before);
  path.drop(0, 60);
  expect(ids()).toEqual(idsOf(28, 40));
  expect([path.hasEarlier, path.hasLater]).toEqual([true, true]);
  path.append(page(40, 64));
  expect(ids()).toEqual(idsOf(28, 64));
});

test('a page that does not join is not taken in', () => {
  path.prepend(page(40, 64));
  path.append(page(40, 64));
  expect(ids()).toEqual(idsOf(76, 100));
  path.drop(12, 0);
  path.prepend(page(64, 76));
  expect(ids()).toEqual(idsOf(88, 100));
});

test('the path’s ends are known', () => {
  expect([path.hasEarlier, path.hasLater]).toEqual([true, false]);
  path.move(page(0, 24));
  expect([path.hasEarlier, path.hasLater]).toEqual([false, true]);
});

test('the last messages go on growing when they are not at hand, and come back as they are', () => {
  const last = path.messages.at(-1)!;
  path.prepend(page(52, 76));
  path.drop(0, 40);
  expect(path.find(last.id)).toBe(last);
  expect(path.last('assistant')).toBe(last);
  expect(path.last('user')?.id).toBe(whole[98]!.id);
  path.append(page(60, 84));
  path.append(page(84, 100));
  expect(path.messages.at(-1)).toBe(last);
  path.move(page(0, 24));
  path.move(page(76, 100));
  expect(path.messages.at(-1)).toBe(last);
});

describe('a turn', () => {
  const added = (): MessageView[] => [userMessage('new'), reply('', { status: 'streaming' })];

  test('at the end follows what is at hand', () => {
    const views = added();
    path.extend(100, views);
    expect(ids()).toEqual([...idsOf(76, 100), ...views.map((view) => view.id)]);
    expect(path.hasLater).toBe(false);
  });

  test('among what is at hand cuts it', () => {
    const views = added();
    path.extend(80, views);
    expect(ids()).toEqual([...idsOf(76, 80), ...views.map((view) => view.id)]);
    expect([path.first, path.hasLater]).toEqual([76, false]);
  });

  test('before what is at hand takes its place', () => {
    const views = added();
    path.extend(10, views);
    expect(ids()).toEqual(views.map((view) => view.id));
    expect([path.first, path.hasEarlier, path.hasLater]).toEqual([10, true, false]);
  });

  test('after what is at hand leaves it, and is found', () => {
    path.move(page(0, 24));
    const views = added();
    path.extend(100, views);
    expect(ids()).toEqual(idsOf(0, 24));
    expect(path.hasLater).toBe(true);
    expect(path.find(views[1]!.id)?.streaming).toBe(true);
    expect(path.last('assistant')?.id).toBe(views[1]!.id);
  });

  test('among a part of the path lets what followed go', () => {
    path.move(page(0, 24));
    path.extend(12, added());
    expect(path.messages).toHaveLength(14);
    expect(path.hasLater).toBe(false);
  });
});

describe('another version', () => {
  test('leaves what is before it as it is', () => {
    const kept = path.messages.slice(0, 10);
    const other = [reply('other'), userMessage('and on')];
    path.branch({ first: 86, total: 200, messages: other });
    expect(path.messages.slice(0, 10)).toEqual(kept);
    expect(ids().slice(10)).toEqual(other.map((view) => view.id));
    expect(path.hasLater).toBe(true);
  });
});

describe('the end, fetched anew', () => {
  test('takes the place of the end at hand', () => {
    path.prepend(page(52, 76));
    const [before] = path.messages;
    path.refresh(page(76, 100));
    expect(ids()).toEqual(idsOf(52, 100));
    expect(path.messages[0]).toBe(before);
  });

  test('does not take away what is read far from it', () => {
    path.move(page(0, 24));
    path.refresh(page(76, 100));
    expect(ids()).toEqual(idsOf(0, 24));
    expect(path.last('assistant')?.id).toBe(whole[99]!.id);
  });

  test('of another path is shown in its place', () => {
    whole = [userMessage('other'), reply('path')];
    path.refresh(page(0, 2));
    expect(ids()).toEqual(idsOf(0, 2));
  });
});

describe('when messages are deleted or come back', () => {
  test('what is before them stays as it is', () => {
    path.prepend(page(52, 76));
    const [before] = path.messages;
    whole.splice(80, 2);
    path.replaceFrom(80, page(74, 98));
    expect(ids()).toEqual(idsOf(52, 98));
    expect(path.messages[0]).toBe(before);
    expect(path.hasLater).toBe(false);
  });

  test('what lies between them and the page is fetched when it is looked at', () => {
    path.prepend(page(52, 76));
    whole.splice(60, 2);
    path.replaceFrom(60, page(74, 98));
    expect(ids()).toEqual(idsOf(52, 60));
    expect(path.hasLater).toBe(true);
    expect(path.last('assistant')?.id).toBe(whole.at(-1)!.id);
    path.append(page(60, 84));
    expect(ids()).toEqual(idsOf(52, 84));
  });

  test('and nothing before them is at hand, the page is shown', () => {
    whole.splice(76, 1);
    path.replaceFrom(76, page(80, 99));
    expect(ids()).toEqual(idsOf(80, 99));
  });

  test('a path can become empty', () => {
    whole = [];
    path.replaceFrom(0, page(0, 0));
    expect([ids(), path.hasEarlier, path.hasLater]).toEqual([[], false, false]);
  });
});
