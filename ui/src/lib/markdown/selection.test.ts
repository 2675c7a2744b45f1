// What is selected, as the tree it was drawn from.
import { afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import '../../../dev/jsdom';
import type { Block } from '../bindings/Block';
import type { Inline } from '../bindings/Inline';
import fixtures from './fixtures/patches.json';
import { selected, type Selected } from './selection';
import { MarkdownView } from './view';

const actions = { openLink: () => {}, copyText: () => {}, loadImage: () => Promise.resolve(new Blob()) };
let log: HTMLElement;

/** A conversation of replies, and of one's own messages. */
function shown(...messages: (Block[] | string)[]): void {
  log = document.createElement('div');
  document.body.append(log);
  for (const message of messages) {
    const article = log.appendChild(document.createElement('article'));
    if (typeof message === 'string') {
      const bubble = article.appendChild(document.createElement('div'));
      bubble.className = 'bubble';
      const text = bubble.appendChild(document.createElement('div'));
      text.className = 'text';
      text.textContent = message;
    } else {
      new MarkdownView(article.appendChild(document.createElement('div')), actions).set(message);
    }
    const button = article.appendChild(document.createElement('button'));
    button.textContent = 'Retry';
  }
}

function all(): Selected | null {
  const range = document.createRange();
  range.selectNodeContents(log);
  return selected(log, range);
}

/** From the first place where `from` stands to the end of the first place where `to` stands behind it. */
function between(from: string, to = from): Selected | null {
  const range = document.createRange();
  const walker = document.createTreeWalker(log, NodeFilter.SHOW_TEXT);
  let begun = false;
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const text = node as Text;
    let at = 0;
    if (!begun && text.data.includes(from)) {
      at = text.data.indexOf(from);
      range.setStart(text, at);
      begun = true;
    }
    if (begun && text.data.includes(to, at)) {
      range.setEnd(text, text.data.indexOf(to, at) + to.length);
      return selected(log, range);
    }
  }
  throw new Error(`${from} … ${to} is not there`);
}

const p = (...c: Inline[]): Block => ({ t: 'p', c });

/** Code comes back in one piece, without its colours. */
function uncoloured(blocks: Block[]): Block[] {
  return JSON.parse(JSON.stringify(blocks), (_, value) => {
    if (value?.t !== 'code' && value?.t !== 'html') return value;
    return value.c === undefined ? value : { ...value, c: [[` ${value.c.flat().map((token: string) => token.slice(1)).join('')}`]] };
  });
}

beforeAll(async () => {
  await import('./katex');
});

afterEach(() => {
  document.body.replaceChildren();
});

describe('all of a reply', () => {
  const cases = (fixtures as unknown as { name: string; blocks: Block[] }[]).filter(({ blocks }) => blocks.length > 1);

  test.each(cases)('is the tree it was drawn from: $name', ({ blocks }) => {
    shown(blocks);
    expect(all()).toEqual({ blocks: uncoloured(blocks) });
  });

  test('says each thing there is', () => {
    const blocks: Block[] = [
      { t: 'h', level: 2, c: ['Rain ', { t: 'em', c: ['falls'] }] },
      p('a ', { t: 'strong', c: ['b ', { t: 's', c: ['c'] }] }, { t: 'code', text: 'd' }, { t: 'br' }, { t: 'a', href: 'https://x.y/', c: ['e'] }),
      p({ t: 'img', src: 'https://x.y/z.png', alt: '' }, ' and ', { t: 'math', tex: 'x^2', display: false }, { t: 'ref', label: '1' }),
      { t: 'quote', alert: 'tip', c: [p('f'), { t: 'quote', c: [p('g')] }] },
      { t: 'code', lang: 'rust', c: [[' fn main() {}\n']] },
      { t: 'list', start: 3, loose: true, c: [{ c: [p('h'), { t: 'list', loose: false, c: [{ task: true, c: [p('i')] }, { task: false, c: [p('j')] }] }] }, { c: [] }] },
      { t: 'table', align: ['left', 'none', 'right'], c: [[['k'], [], ['l']], [[], ['m']], [['n'], [{ t: 'em', c: ['o'] }], ['p']]] },
      { t: 'hr' },
      { t: 'html', c: [[' <b>']] },
      { t: 'math', tex: '\\int x' },
      { t: 'footnote', label: '1', c: [p('q')] },
    ];
    shown(blocks);
    expect(all()).toEqual({ blocks });
  });

  test('that is drawn with formulas has their LaTeX', async () => {
    const blocks: Block[] = [p('a ', { t: 'math', tex: 'x^2', display: false }, ' b'), { t: 'math', tex: '\\frac12' }];
    shown(blocks);
    await vi.waitFor(() => expect(log.querySelectorAll('.math:not(.md-math-drawn)')).toHaveLength(0));
    expect(all()).toEqual({ blocks });
  });

  test('keeps what is nested too deep, without its nesting', () => {
    let deep: Block = p('end');
    let spans: Inline = 'end';
    for (let depth = 0; depth < 40; depth++) {
      deep = { t: 'list', loose: false, c: [{ c: [deep] }, { c: [p(String(depth))] }] };
      spans = { t: 'em', c: [spans] };
    }
    shown([deep, p(spans)]);
    const json = JSON.stringify(all());
    // The app reads JSON to a depth of 128.
    let deepest = 0;
    let depth = 0;
    for (const sign of json) {
      if ('[{'.includes(sign)) deepest = Math.max(deepest, ++depth);
      else if (']}'.includes(sign)) depth--;
    }
    expect(deepest).toBeLessThan(110);
    for (let number = 0; number < 40; number++) expect(json).toContain(`"${number}"`);
    expect(json.match(/"end"/g)).toHaveLength(2);
  });
});

describe('a part', () => {
  const list: Block = { t: 'list', start: 1, loose: false, c: ['one', 'two', 'three'].map((word) => ({ c: [p(word)] })) };
  const table: Block = { t: 'table', align: ['none', 'right'], c: [[['head'], ['size']], [['red'], ['700']], [['green'], ['530']]] };
  const code: Block = { t: 'code', lang: 'sh', c: [[' first\nsecond\nthird\n']] };

  test('of a line is that part, with its spans', () => {
    shown([p('plain ', { t: 'strong', c: ['very bold'] }, ' plain')]);
    expect(between('ain', 'very')).toEqual({ blocks: [p('ain ', { t: 'strong', c: ['very'] })] });
    expect(between('bold')).toEqual({ blocks: [p({ t: 'strong', c: ['bold'] })] });
  });

  test('of a heading, of an item, of a cell or of a quote is the line alone', () => {
    shown([{ t: 'h', level: 1, c: ['Rain falls'] }, list, table, { t: 'quote', c: [p('No cloud')] }]);
    for (const words of ['Rain', 'tw', 'reen', 'cloud']) expect(between(words)).toEqual({ blocks: [p(words)] });
  });

  test('of code is its text, without a fence', () => {
    shown([p('before'), code, p('behind')]);
    expect(between('second')).toEqual({ text: 'second' });
    expect(between('second', 'third\n')).toEqual({ text: 'second\nthird' });
    expect(between('behind')).toEqual({ blocks: [p('behind')] });
    expect(between('second', 'behind')).toEqual({ blocks: [{ t: 'code', lang: 'sh', c: [[' second\nthird\n']] }, p('behind')] });
  });

  test('of a formula is all of its LaTeX', () => {
    shown([p('area ', { t: 'math', tex: '\\pi r^2', display: false }, ' of it'), { t: 'math', tex: 'a+b' }]);
    expect(between('r')).not.toBeNull();
    expect(between('\\pi')).toEqual({ text: '\\pi r^2' });
    expect(between('+')).toEqual({ text: 'a+b' });
    expect(between('rea ', '\\pi')).toEqual({ blocks: [p('rea ', { t: 'math', tex: '\\pi r^2', display: false })] });
  });

  test('of a list is the items it touches, by their numbers', () => {
    shown([list]);
    expect(between('wo', 'thr')).toEqual({ blocks: [{ t: 'list', start: 2, loose: false, c: [{ c: [p('wo')] }, { c: [p('thr')] }] }] });
  });

  test('of a table is its rows; without the head, the head is empty', () => {
    shown([table]);
    expect(between('ead', 'red')).toEqual({ blocks: [{ t: 'table', align: ['none', 'right'], c: [[['ead'], ['size']], [['red']]] }] });
    expect(between('700', 'green')).toEqual({ blocks: [{ t: 'table', align: ['none', 'right'], c: [[], [[], ['700']], [['green']]] }] });
  });

  test('that ends before the first word of the next block leaves that block out', () => {
    shown([p('one'), p('two')]);
    const range = document.createRange();
    const [first, second] = log.querySelectorAll('p');
    range.setStart(first!, 0);
    range.setEnd(second!, 0);
    expect(selected(log, range)).toEqual({ blocks: [p('one')] });
  });
});

describe('messages', () => {
  test('of one’s own are copied as they were written', () => {
    shown('# no *heading*\n\n    code\n', [p('reply')]);
    expect(between('# no', 'code\n')).toEqual({ text: '# no *heading*\n\n    code\n' });
    expect(between('head')).toEqual({ text: 'head' });
  });

  test('are parted by a line, and what is no content is not copied', () => {
    shown('first line\nsecond\n\nthird', [p('reply')], 'thanks');
    expect(all()).toEqual({
      blocks: [p('first line', { t: 'br' }, 'second'), p('third'), { t: 'hr' }, p('reply'), { t: 'hr' }, p('thanks')],
    });
  });

  test('without a word selected give nothing, so that the engine copies what is selected', () => {
    shown([p('reply')]);
    const range = document.createRange();
    range.selectNodeContents(log.querySelector('article > button')!);
    expect(selected(log, range)).toBeNull();
  });

  test('say what a tool was given only where its card is open', () => {
    shown([p('reply')]);
    const card = document.createElement('div');
    card.className = 'call';
    const details = card.appendChild(document.createElement('details'));
    details.appendChild(document.createElement('pre')).textContent = '{"city": "Nice"}';
    log.firstElementChild!.prepend(card);
    expect(all()).toEqual({ blocks: [p('reply')] });
    details.open = true;
    expect(all()).toEqual({ blocks: [{ t: 'code', c: [[' {"city": "Nice"}']] }, p('reply')] });
  });
});
