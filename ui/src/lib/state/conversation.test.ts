import { beforeEach, describe, expect, test, vi } from 'vitest';
import { FakeBackend, reply, userMessage, type Kept } from '../../../dev/fake-backend';
import type { Block } from '../bindings/Block';
import type { Patch } from '../bindings/Patch';
import { Conversation, type Listener } from './conversation.svelte';
import type { Message } from './message.svelte';

let backend: FakeBackend;
let listener: { [Name in keyof Listener]: ReturnType<typeof vi.fn<Listener[Name]>> };
let conversation: Conversation;

beforeEach(async () => {
  backend = new FakeBackend();
  listener = { opened: vi.fn(), replyStarted: vi.fn(), replyEnded: vi.fn(), waiting: vi.fn(), asked: vi.fn() };
  conversation = new Conversation(backend, listener);
  await backend.on('turn', (event) => conversation.receive(event));
});

/** The text of paragraphs, as the window would draw it. */
function text(message: Message | undefined): string {
  const part = message?.parts[0];
  if (part?.type !== 'text') return '';
  let blocks: Block[] = [];
  part.markdown.attach({
    set: (all) => void (blocks = structuredClone(all)),
    apply: (patch: Patch) => {
      for (const op of patch) {
        if (op[0] === 'blocks') blocks = [...blocks.slice(0, op[2]), ...structuredClone(op[3])];
        else if (op[0] === 'text') {
          const block = blocks[op[1][0]!];
          if (block?.t === 'p') block.c[0] = String(block.c[0]) + op[2];
        }
      }
    },
  })();
  return blocks.map((block) => (block.t === 'p' ? block.c.join('') : '')).join('\n\n');
}

/** A conversation whose reply is being written. */
function running(): Kept {
  const answer = reply('', { status: 'streaming' });
  const kept = backend.add('Rain', [userMessage('Hello'), answer]);
  kept.turn = { id: 't', message: answer.id, retrying: null };
  return kept;
}

/** One more piece of the reply, in the library and on its way to the window. */
function piece(kept: Kept, word: string, deliver = true) {
  const answer = kept.messages.at(-1)!;
  const first = answer.parts[0];
  if (first?.type !== 'text') {
    answer.parts = [{ type: 'text', blocks: [{ t: 'p', c: [word] }] }];
    return backend.turn(kept, { type: 'content', part: 0, patch: [['blocks', [], 0, [{ t: 'p', c: [word] }]]] }, deliver);
  }
  const block = first.blocks[0];
  if (block?.t === 'p') block.c[0] = String(block.c[0]) + word;
  return backend.turn(kept, { type: 'content', part: 0, patch: [['text', [0, 0], word]] }, deliver);
}

const settled = () => new Promise<void>((resolve) => setTimeout(resolve));

test('a conversation opens with its messages, its model and its draft', async () => {
  const kept = backend.add('Rain', [userMessage('Hello'), reply('Hi')], { model: 'plain', draft: 'unsent' });
  await conversation.open(kept.summary.id);
  expect(conversation.title).toBe('Rain');
  expect(conversation.model).toBe('plain');
  expect(conversation.messages.map((message) => message.role)).toEqual(['user', 'assistant']);
  expect(listener.opened).toHaveBeenCalledExactlyOnceWith(kept.summary.id, 'unsent');
});

test('a conversation that cannot be opened says why', async () => {
  await conversation.open('nowhere');
  expect(conversation.error?.message).toContain('not there any more');
});

test('the answer to an opening one has turned away from is dropped', async () => {
  const slow = backend.add('Slow', [userMessage('slow')]);
  const quick = backend.add('Quick', [userMessage('quick')]);
  const open = backend.openConversation;
  let release = (): void => {};
  backend.openConversation = async (id) => {
    const snapshot = await open(id);
    if (id === slow.summary.id) await new Promise<void>((resolve) => (release = resolve));
    return snapshot;
  };
  const first = conversation.open(slow.summary.id);
  await conversation.open(quick.summary.id);
  await settled();
  release();
  await first;
  expect(conversation.title).toBe('Quick');
  expect(listener.opened).toHaveBeenCalledTimes(1);
});

describe('a reply', () => {
  test('grows piece by piece, and says when it ended', async () => {
    const kept = running();
    await conversation.open(kept.summary.id);
    for (const word of ['Fine ', 'rain', '.']) piece(kept, word);
    expect(text(conversation.messages[1])).toBe('Fine rain.');
    expect(conversation.running).toBe(true);
    backend.finish(kept, 'complete');
    expect(conversation.running).toBe(false);
    expect(listener.replyEnded).toHaveBeenCalledTimes(1);
  });

  test('of another conversation is none of its business', async () => {
    const shown = backend.add('Shown', [reply('Still')]);
    const other = running();
    await conversation.open(shown.summary.id);
    piece(other, 'elsewhere');
    expect(conversation.messages).toHaveLength(1);
    expect(text(conversation.messages[0])).toBe('Still');
  });

  test('of 2,000 pieces has every character once, through gaps, repeats, large events and reopenings', async () => {
    const kept = running();
    await conversation.open(kept.summary.id);
    let expected = '';
    for (let index = 0; index < 2000; index++) {
      const word = `${index} `;
      expected += word;
      const lost = index % 97 === 13;
      const event = piece(kept, word, !lost && index % 101 !== 17);
      if (!lost && index % 101 === 17) backend.emit('turn', { ...event, type: 'large' } as never);
      if (index % 89 === 5) backend.emit('turn', event);
      if (index % 500 === 250) {
        // As after a reload of the window: a fresh view in mid-stream.
        conversation = new Conversation(backend, listener);
        await backend.on('turn', (one) => conversation.receive(one));
        const opening = conversation.open(kept.summary.id);
        expected += 'x';
        piece(kept, 'x');
        await opening;
      }
      if (index % 50 === 0) await settled();
    }
    await settled();
    backend.finish(kept, 'complete');
    await settled();
    expect(text(conversation.messages[1])).toBe(expected);
    expect(conversation.messages[1]?.status).toBe('complete');
  });

  test('whose events are gone is opened again, without bringing the draft a second time', async () => {
    const kept = running();
    await conversation.open(kept.summary.id);
    backend.turnEventsSince = async () => ({ type: 'gone' });
    piece(kept, 'lost ', false);
    piece(kept, 'found');
    await settled();
    expect(text(conversation.messages[1])).toBe('lost found');
    expect(listener.opened).toHaveBeenCalledTimes(1);
  });

  test('begins with `started`: the path is cut, the new messages follow', async () => {
    const kept = backend.add('Rain', [userMessage('One'), reply('First')]);
    await conversation.open(kept.summary.id);
    const [mine] = conversation.messages;
    await conversation.retry(conversation.messages[1]!, 'plain');
    expect(conversation.messages).toHaveLength(2);
    expect(conversation.messages[0]).toBe(mine);
    expect(conversation.messages[1]?.versions).toBe(2);
    expect(conversation.running).toBe(true);
    expect(listener.replyStarted).toHaveBeenCalledTimes(1);
  });

  test('has its thinking, tools and notices in their places', async () => {
    const kept = running();
    await conversation.open(kept.summary.id);
    backend.turn(kept, { type: 'reasoning', part: 0, started_at: 1, patch: [] });
    backend.turn(kept, { type: 'reasoned', part: 0, took: 12_000 });
    const call = { id: '1', name: 'fetch_url', arguments: '{}', state: 'waiting' as const, result: null };
    backend.turn(kept, { type: 'tool_calls', part: 1, call });
    backend.turn(kept, { type: 'tool_result', part: 1, call: { ...call, state: 'denied' } });
    backend.turn(kept, { type: 'error', part: 2, error: { code: 'notice', message: 'A part could not be read.' } });
    const { parts } = conversation.messages[1]!;
    expect(parts.map((part) => part.type)).toEqual(['reasoning', 'tool', 'notice']);
    expect(parts[0]?.type === 'reasoning' && parts[0].took).toBe(12_000);
    expect(parts[1]?.type === 'tool' && parts[1].call.state).toBe('denied');
    expect(listener.asked).toHaveBeenCalledTimes(1);
  });

  test('that waits for its next try counts down until the request is on its way again', async () => {
    const kept = running();
    await conversation.open(kept.summary.id);
    const retrying = { at: 1, attempt: 2, of: 5, error: { code: 'failed' as const, message: 'Busy.' } };
    backend.turn(kept, { type: 'retrying', retrying });
    expect(conversation.retrying).toEqual(retrying);
    backend.turn(kept, { type: 'requesting' });
    expect(conversation.retrying).toBeNull();
  });
});

test('events while another version is fetched come after it, once', async () => {
  const kept = backend.add('Rain', [userMessage('One'), reply('First', { version: 2, versions: 2 })]);
  await conversation.open(kept.summary.id);
  const select = backend.selectVersion;
  backend.selectVersion = async (message, offset) => {
    const snapshot = await select(message, offset);
    kept.turn = { id: 't', message: kept.messages[1]!.id, retrying: null };
    backend.turn(kept, { type: 'started', keep: 1, messages: [reply('', { id: kept.messages[1]!.id, status: 'streaming' })] });
    return snapshot;
  };
  await conversation.selectVersion(conversation.messages[1]!, -1);
  expect(conversation.messages[1]?.streaming).toBe(true);
  expect(listener.replyStarted).toHaveBeenCalledTimes(1);
});

test('a refused version leaves the view as it was, and following', async () => {
  const kept = running();
  await conversation.open(kept.summary.id);
  backend.refusals.set('selectVersion', { code: 'failed', message: 'A reply is still being written here.' });
  const selecting = conversation.selectVersion(conversation.messages[1]!, 1);
  piece(kept, 'meanwhile');
  await selecting;
  expect(conversation.problem?.message).toContain('still being written');
  expect(text(conversation.messages[1])).toBe('meanwhile');
});

test('an edit begun is still there after looking at another conversation', async () => {
  const one = backend.add('One', [userMessage('Hello'), reply('Hi')]);
  const two = backend.add('Two', [userMessage('Other')]);
  await conversation.open(one.summary.id);
  await conversation.startEdit(conversation.messages[0]!);
  conversation.changeEdit('Hello, changed');
  await conversation.open(two.summary.id);
  expect(conversation.editing).toBeNull();
  await conversation.open(one.summary.id);
  expect(conversation.editing?.text).toBe('Hello, changed');
});

describe('a long conversation', () => {
  const long = (count = 100): Kept =>
    backend.add('Long', Array.from({ length: count }, (_, index) => (index % 2 === 0 ? userMessage(`${index}`) : reply(`${index}`))));
  const ids = (): string[] => conversation.messages.map((message) => message.id);
  const idsOf = (kept: Kept, first: number, end: number): string[] => kept.messages.slice(first, end).map((view) => view.id);
  const pages = (): number => backend.calls.filter(([name]) => name === 'conversationPage').length;

  test('opens with its last page, and fetches the others one by one', async () => {
    const kept = long();
    await conversation.open(kept.summary.id);
    expect(ids()).toEqual(idsOf(kept, 76, 100));
    expect([conversation.hasEarlier, conversation.hasLater]).toEqual([true, false]);
    while (conversation.hasEarlier) await conversation.earlier();
    expect(ids()).toEqual(idsOf(kept, 0, 100));
    await conversation.earlier();
    expect(pages()).toBe(4);
  });

  test('knows each message’s place in it, whichever are at hand', async () => {
    const kept = long();
    const places = (): unknown[] => [conversation.messages.at(0), conversation.messages.at(-1)].map((message) => conversation.placeOf(message!));
    await conversation.open(kept.summary.id);
    expect(places()).toEqual([{ place: 77, of: 100 }, { place: 100, of: 100 }]);
    await conversation.earlier();
    conversation.drop(10, 20);
    expect(places()).toEqual([{ place: 63, of: 100 }, { place: 80, of: 100 }]);
    await conversation.toStart();
    expect(places()).toEqual([{ place: 1, of: 100 }, { place: 24, of: 100 }]);
    await conversation.retry(conversation.messages[11]!, 'plain');
    expect(places()).toEqual([{ place: 1, of: 12 }, { place: 12, of: 12 }]);
    await conversation.send('More', 'plain');
    expect(places()).toEqual([{ place: 1, of: 14 }, { place: 14, of: 14 }]);
    await conversation.open(null);
    expect(conversation.placeOf(kept.messages[0] as unknown as Message)).toEqual({ place: undefined, of: 0 });
  });

  test('asks for one page at a time', async () => {
    const kept = long();
    await conversation.open(kept.summary.id);
    await Promise.all([conversation.earlier(), conversation.earlier(), conversation.later()]);
    expect(pages()).toBe(1);
    expect(ids()).toEqual(idsOf(kept, 52, 100));
  });

  test('jumps to either end, whatever else is on its way', async () => {
    const kept = long();
    await conversation.open(kept.summary.id);
    const earlier = conversation.earlier();
    await conversation.toStart();
    await earlier;
    expect(ids()).toEqual(idsOf(kept, 0, 24));
    await conversation.later();
    expect(ids()).toEqual(idsOf(kept, 0, 48));
    const later = conversation.later();
    await conversation.toEnd();
    await later;
    expect(ids()).toEqual(idsOf(kept, 76, 100));
  });

  test('whose end is not at hand goes on there: the reply is whole when it is looked at again', async () => {
    const answer = reply('', { status: 'streaming' });
    const kept = long();
    kept.messages.push(userMessage('More'), answer);
    kept.turn = { id: 't', message: answer.id, retrying: null };
    await conversation.open(kept.summary.id);
    piece(kept, 'one ');
    await conversation.toStart();
    piece(kept, 'two ');
    await conversation.toEnd();
    piece(kept, 'three');
    expect(text(conversation.messages.at(-1))).toBe('one two three');
    await conversation.toStart();
    backend.finish(kept, 'complete');
    expect(conversation.running).toBe(false);
    expect(listener.replyEnded).toHaveBeenCalledExactlyOnceWith('complete');
    await conversation.toEnd();
    expect(conversation.messages.at(-1)?.status).toBe('complete');
  });

  test('a turn that begins while a page is on its way makes it be asked for again', async () => {
    const kept = long();
    await conversation.open(kept.summary.id);
    await conversation.toStart();
    const ask = backend.conversationPage;
    backend.conversationPage = async (id, at) => {
      const page = await ask(id, at);
      if (pages() === 2) await conversation.send('More', 'plain');
      return page;
    };
    await conversation.toEnd();
    expect(pages()).toBe(3);
    expect(ids()).toEqual(idsOf(kept, 78, 102));
  });

  test('a retry far above cuts the path there', async () => {
    const kept = long();
    await conversation.open(kept.summary.id);
    await conversation.toStart();
    await conversation.retry(conversation.messages[11]!, 'plain');
    expect(ids()).toEqual(idsOf(kept, 0, 12));
    expect(conversation.hasLater).toBe(false);
  });

  test('another version far above leaves what is before it', async () => {
    const kept = long();
    await conversation.open(kept.summary.id);
    await conversation.toStart();
    const [first] = conversation.messages;
    await conversation.selectVersion(conversation.messages[11]!, -1);
    expect(ids()).toEqual(idsOf(kept, 0, 35));
    expect(conversation.messages[0]).toBe(first);
  });

  test('events that are gone do not take away what is read far above', async () => {
    const kept = long();
    kept.turn = { id: 't', message: kept.messages.at(-1)!.id, retrying: null };
    await conversation.open(kept.summary.id);
    await conversation.toStart();
    backend.turnEventsSince = async () => ({ type: 'gone' });
    piece(kept, ' lost', false);
    piece(kept, ' found');
    await settled();
    expect(ids()).toEqual(idsOf(kept, 0, 24));
    await conversation.toEnd();
    expect(text(conversation.messages.at(-1))).toBe('99 lost found');
  });

  test('the last message is edited although it is not at hand: it is brought', async () => {
    const kept = long();
    await conversation.open(kept.summary.id);
    await conversation.toStart();
    await conversation.startEdit(conversation.last('user')!);
    expect(conversation.editing?.message).toBe(kept.messages[98]!.id);
    expect(ids()).toEqual(idsOf(kept, 76, 100));
  });

  test('a page that cannot be had says why, and can be asked for again', async () => {
    const kept = long();
    await conversation.open(kept.summary.id);
    backend.refusals.set('conversationPage', { code: 'failed', message: 'The disk is gone.' });
    await conversation.earlier();
    expect(conversation.problem?.message).toBe('The disk is gone.');
    backend.refusals.clear();
    await conversation.earlier();
    expect(ids()).toEqual(idsOf(kept, 52, 100));
  });
});

describe('deleting messages', () => {
  const ids = () => conversation.messages.map((message) => message.id);

  async function opened(): Promise<Kept> {
    const kept = backend.add('Rain', [userMessage('One'), reply('1'), userMessage('Two'), reply('2')]);
    await conversation.open(kept.summary.id);
    return kept;
  }

  test('takes one alone, and what followed it stays', async () => {
    const kept = await opened();
    const deleted = await conversation.deleteMessage(conversation.messages[1]!, false);
    expect(deleted?.messages).toBe(1);
    expect(ids()).toEqual(kept.messages.map(({ id }) => id));
    expect(ids()).toHaveLength(3);
  });

  test('takes it with what follows, and brings all of it back', async () => {
    await opened();
    const before = ids();
    const deleted = await conversation.deleteMessage(conversation.messages[2]!, true);
    expect(ids()).toEqual(before.slice(0, 2));
    await conversation.undoDelete(deleted!.deletion, 2);
    expect(ids()).toEqual(before);
  });

  test('that is refused says why at the composer, and events go on', async () => {
    const kept = running();
    await conversation.open(kept.summary.id);
    backend.refusals.set('deleteMessage', { code: 'failed', message: 'A reply is running.' });
    expect(await conversation.deleteMessage(conversation.messages[0]!, false)).toBeNull();
    expect(conversation.problem?.message).toBe('A reply is running.');
    piece(kept, 'goes on');
    await settled();
    expect(text(conversation.messages[1])).toBe('goes on');
  });

  test('cannot be undone when the app says so, and that is what it rejects with', async () => {
    await opened();
    await expect(conversation.undoDelete('none', 0)).rejects.toMatchObject({ message: 'This cannot be undone any more.' });
    expect(conversation.problem).toBeNull();
  });

  test('is undone for a conversation one has left, without showing it', async () => {
    await opened();
    const deleted = await conversation.deleteMessage(conversation.messages[0]!, true);
    const other = backend.add('Sun', [userMessage('Hello')]);
    await conversation.open(other.summary.id);
    await conversation.undoDelete(deleted!.deletion, 0);
    expect(ids()).toEqual(other.messages.map(({ id }) => id));
  });
});

test('a message that was found is shown with what follows it, and looked at', async () => {
  const messages = Array.from({ length: 100 }, (_, index) => userMessage(`${index}`));
  const kept = backend.add('Rain', messages);
  await conversation.open(kept.summary.id);
  await conversation.showMessage(messages[10]!.id, 'words');
  expect(conversation.messages[0]!.id).toBe(messages[10]!.id);
  expect(conversation.target).toEqual({ message: messages[10]!.id, words: 'words' });
  await conversation.open(null);
  expect(conversation.target).toBeNull();
});

test('a message of the path is fetched only if it is not at hand', async () => {
  const messages = Array.from({ length: 100 }, (_, index) => userMessage(`${index}`));
  const kept = backend.add('Rain', messages);
  await conversation.open(kept.summary.id);
  await conversation.toMessage(messages[99]!.id);
  expect(backend.calls.filter(([name]) => name === 'conversationPage')).toEqual([]);
  await conversation.toMessage(messages[3]!.id);
  expect(conversation.indexOf(messages[3]!.id)).toBe(3);
});
