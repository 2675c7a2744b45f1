// The drawing of a reply, fed with patches that Rust made (`fixtures/patches.json`).
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { Block } from '../bindings/Block';
import type { Patch } from '../bindings/Patch';
import '../../../dev/jsdom';
import fixtures from './fixtures/patches.json';
import { reveal } from './code';
import { MarkdownView } from './view';

interface Fixture {
  name: string;
  patches: Patch[];
  blocks: Block[];
}

const cases = fixtures as unknown as Fixture[];
const actions = { openLink: vi.fn<(url: string) => void>(), copyText: vi.fn<(text: string) => Promise<void>>(), loadImage: vi.fn<(address: string) => Promise<Blob>>() };

/** Formulas are drawn when KaTeX has been loaded: from then on at once. */
async function drawn(root: HTMLElement): Promise<void> {
  await vi.waitFor(() => {
    const open = root.querySelectorAll('.math:not(.md-math-drawn, .md-math-unread, .md-math-open)');
    expect(open).toHaveLength(0);
  });
}

function view(): { root: HTMLElement; view: MarkdownView } {
  const root = document.createElement('div');
  document.body.append(root);
  return { root, view: new MarkdownView(root, actions) };
}

/** A document fragment's worth of `blocks`, drawn at once. */
function shown(...blocks: Block[]): HTMLElement {
  const { root, view: it } = view();
  it.set(blocks);
  return root;
}

beforeEach(() => {
  actions.copyText.mockResolvedValue();
});

afterEach(() => {
  document.body.replaceChildren();
  vi.clearAllMocks();
});

describe('patches', () => {
  test.each(cases)('lead to what drawing the whole gives: $name', async ({ patches, blocks }) => {
    const { root, view: growing } = view();
    for (const patch of patches) growing.apply(patch);
    const whole = shown(...blocks);
    // What is shown finished is folded, what grew is not.
    for (const button of whole.querySelectorAll<HTMLElement>('.md-unfold')) button.click();
    // What is drawn at once sleeps out of sight, as high as it is guessed to be; what grew on screen does neither.
    expect(root.querySelector('.md-asleep')).toBeNull();
    for (const section of whole.querySelectorAll('.md-section')) {
      expect(section.classList).toContain('md-asleep');
      section.classList.remove('md-asleep');
      section.removeAttribute('style');
    }
    await drawn(root);
    await drawn(whole);
    root.normalize();
    whole.normalize();
    expect(root.isEqualNode(whole)).toBe(true);
  });

  test('never touch what is finished', () => {
    const { patches } = cases.find(({ name }) => name.startsWith('plain text'))!;
    const { root, view: it } = view();
    it.apply(patches[0]!);
    const paragraph = root.querySelector('p')!;
    const text = paragraph.firstChild;
    for (const patch of patches.slice(1)) it.apply(patch);
    expect(root.querySelector('p')).toBe(paragraph);
    expect(paragraph.firstChild).toBe(text);
    expect(paragraph.childNodes).toHaveLength(1);
    expect(paragraph.textContent).toBe('Hello, world. How are you?');
  });

  test('that name a node that is not there are skipped', () => {
    const { root, view: it } = view();
    it.set([{ t: 'p', c: ['a'] }]);
    it.apply([
      ['text', [4, 2], 'x'],
      ['inlines', [0, 0, 0], 0, []],
      ['rows', [9], 0, [[['x']]]],
      ['text', [0, 0], 'b'],
    ]);
    expect(root.textContent).toBe('ab');
  });

  test('cut texts in UTF-16 units', () => {
    const { root, view: it } = view();
    it.set([{ t: 'p', c: ['👩 漢 *b'] }]);
    it.apply([['text', [0, 0], '!', 5]]);
    expect(root.textContent).toBe('👩 漢 !');
  });

  test('turn a tight list loose without drawing it anew', () => {
    const { root, view: it } = view();
    it.set([{ t: 'list', loose: false, c: [{ c: [{ t: 'p', c: ['a'] }] }] }]);
    const item = root.querySelector('li');
    it.apply([['loose', [0], true]]);
    expect(root.querySelector('ul')!.classList.contains('md-loose')).toBe(true);
    expect(root.querySelector('li')).toBe(item);
  });
});

describe('blocks', () => {
  test('stand in sections of 64', () => {
    const { root, view: it } = view();
    const blocks: Block[] = Array.from({ length: 130 }, (_, n) => ({ t: 'p', c: [String(n)] }));
    it.set(blocks);
    const sizes = () => Array.from(root.querySelectorAll(':scope > section.md-section'), (section) => section.childElementCount);
    expect(sizes()).toEqual([64, 64, 2]);
    it.apply([['blocks', [], 63, [{ t: 'hr' }, { t: 'hr' }]]]);
    expect(sizes()).toEqual([64, 1]);
    it.apply([['text', [62, 0], '!']]);
    expect(root.querySelectorAll('p')[62]!.textContent).toBe('62!');
    it.apply([['blocks', [], 0, []]]);
    expect(root.childElementCount).toBe(0);
  });

  test('say nothing of their direction as long as it is the usual one', () => {
    const root = shown(
      { t: 'p', c: ['a'] },
      { t: 'h', level: 2, c: ['b'] },
      { t: 'list', loose: false, c: [{ c: [{ t: 'p', c: ['c'] }] }] },
      { t: 'table', align: ['none'], c: [[['d']], [['e']]] },
    );
    for (const name of ['section > p', 'h2', 'li', 'li > p', '.md-table']) expect(root.querySelector(name)!.hasAttribute('dir')).toBe(false);
  });

  test('run as their first letter does, whenever that comes', () => {
    const { root, view: it } = view();
    const dirs = (...names: string[]) => names.map((name) => root.querySelector<HTMLElement>(name)!.dir);
    it.set([
      { t: 'p', c: ['1: ', { t: 'math', tex: 'x', display: false }, ' ', { t: 'em', c: ['שלום'] }, ' a'] },
      { t: 'h', level: 2, c: ['(1) '] },
      { t: 'list', start: 1, loose: false, c: [
        { c: [{ t: 'p', c: ['2.'] }, { t: 'list', loose: false, c: [{ c: [{ t: 'p', c: ['مرحبا'] }] }] }, { t: 'code', c: [[' x']] }] },
      ] },
    ]);
    expect(root.hasAttribute('dir')).toBe(false);
    expect(dirs('section > p', 'h2', 'ol > li', 'ul > li', 'figure')).toEqual(['rtl', '', '', 'rtl', '']);
    it.apply([
      ['text', [1, 0], 'مرحبا'],
      ['text', [2, 0, 0, 0], ' مرحبا'],
      ['inlines', [0], 0, ['a']],
    ]);
    expect(dirs('section > p', 'h2', 'ol > li', 'ul > li')).toEqual(['', 'rtl', 'rtl', 'rtl']);
  });

  test('run as their first letter does, when that is cut off and when another comes before it', () => {
    const { root, view: it } = view();
    const dir = () => root.querySelector('p')!.dir;
    it.set([{ t: 'p', c: ['1', ' a', { t: 'em', c: ['שלום'] }] }]);
    expect(dir()).toBe('');
    it.apply([['text', [0, 0], ' מ']]);
    expect(dir()).toBe('rtl');
    it.apply([['text', [0, 0], '', 1]]);
    expect(dir()).toBe('');
    it.apply([['text', [0, 1], '', 1]]);
    expect(dir()).toBe('rtl');
    it.apply([['text', [0, 2, 0], ' b', 0]]);
    expect(dir()).toBe('');
  });

  test('of a reply with both directions lead the reply, and the quotes, they begin', () => {
    const { root, view: it } = view();
    const led = (name: string) => Array.from(root.querySelectorAll(name), (element) => ['md-from-right', 'md-from-left'].filter((one) => element.classList.contains(one)).join());
    it.set([{ t: 'p', c: ['a'] }, { t: 'quote', c: [{ t: 'p', c: ['b'] }] }]);
    expect([root.className, ...led('blockquote')]).toEqual(['md', '']);
    it.apply([['blocks', [], 2, [{ t: 'quote', alert: 'note', c: [{ t: 'p', c: ['שלום'] }] }, { t: 'quote', c: [{ t: 'hr' }] }]]]);
    expect([root.className, ...led('blockquote, .md-alert')]).toEqual(['md md-both', 'md-from-left', 'md-from-right', '']);
    it.apply([['text', [0, 0], 'שלום', 0]]);
    expect(root.className).toBe('md md-both md-from-right');
    it.apply([['blocks', [], 0, [{ t: 'list', loose: false, c: [{ c: [{ t: 'p', c: ['a'] }] }] }]]]);
    expect(root.className).toBe('md md-both');
    it.apply([['text', [0, 0, 0, 0], 'مرحبا', 0]]);
    expect(root.className).toBe('md md-both md-from-right');
  });

  test('are found again after what is around them has changed', () => {
    const { root, view: it } = view();
    it.set([{ t: 'list', loose: false, c: [{ c: [{ t: 'p', c: ['a'] }] }] }]);
    it.apply([['text', [0, 0, 0, 0], 'b']]);
    it.apply([['blocks', [0, 0], 0, [{ t: 'p', c: ['c'] }]]]);
    it.apply([['text', [0, 0, 0, 0], 'd'], ['items', [0], 0, [{ c: [{ t: 'p', c: ['e'] }] }]]]);
    it.apply([['text', [0, 0, 0, 0], 'f'], ['blocks', [], 0, [{ t: 'p', c: ['g'] }]]]);
    it.apply([['text', [0, 0], 'h'], ['text', [0, 1], 'nowhere'], ['text', [0, 0], 'i']]);
    expect(root.textContent).toBe('ghi');
  });

  test('of code have a language, a button and an element per piece', async () => {
    const root = shown({ t: 'code', lang: 'rust', c: [[` ${'a\n'.repeat(32)}`], ['kb', ' \n']] });
    expect(root.querySelector('.md-code-lang')!.textContent).toBe('Rust');
    expect(root.querySelectorAll('pre > code')).toHaveLength(2);
    const button = root.querySelector<HTMLButtonElement>('button.md-copy')!;
    expect(button.getAttribute('aria-label')).toBe('Copy code');
    vi.useFakeTimers();
    button.click();
    expect(actions.copyText).toHaveBeenCalledExactlyOnceWith('a\n'.repeat(32) + 'b');
    await vi.advanceTimersByTimeAsync(0);
    expect(button.textContent).toBe('Copied');
    await vi.advanceTimersByTimeAsync(5000);
    expect(button.textContent).toBe('Copy');
    vi.useRealTimers();
  });

  test('of code are coloured by classes, and say what the language is called', () => {
    const root = shown({ t: 'code', lang: 'ts', c: [['kconst ', 'fa ', ' = ', '<"x"']] }, { t: 'code', lang: 'Klingon', c: [] }, { t: 'code', c: [] });
    expect(Array.from(root.querySelectorAll('.md-code-lang'), (label) => label.textContent)).toEqual(['TypeScript', 'Klingon', 'Text']);
    const piece = root.querySelector('pre > code')!;
    expect(Array.from(piece.childNodes, (node) => (node instanceof Element ? node.className : node.nodeName))).toEqual(['tk-k', 'tk-f', '#text', '#text']);
    expect(piece.textContent).toBe('const a = "x"');
  });

  test('of code grow by tokens, and inside a token', () => {
    const { root, view: it } = view();
    it.set([{ t: 'code', lang: 'js', c: [['klet ', ' x']] }]);
    it.apply([
      ['text', [0, 0, 1], 'yz', 0],
      ['tokens', [0, 0], 2, ['  = ', 's"a']],
      ['text', [0, 0, 3], 'b"'],
      ['chunks', [0], 1, [['c// end']]],
    ]);
    expect(root.querySelector('pre')!.textContent).toBe('let yz = "ab"// end');
    expect(root.querySelector('.tk-s')!.textContent).toBe('"ab"');
    it.apply([['tokens', [0, 0], 1, []]]);
    expect(root.querySelector('pre > code')!.textContent).toBe('let ');
  });

  test('of code that are long are folded when they are shown finished, and not when they grow', () => {
    const long = Array.from({ length: 3 }, () => [' line\n'.repeat(16)]);
    const root = shown({ t: 'code', c: long }, { t: 'code', c: [[' line\n'.repeat(40)]] });
    const [folded, short] = root.querySelectorAll<HTMLElement>('.md-code');
    expect(short!.querySelector('.md-unfold')).toBeNull();
    const more = folded!.querySelector<HTMLElement>('.md-unfold')!;
    expect(more.textContent).toBe('Show all 48 lines');
    expect(folded!.classList.contains('md-folded')).toBe(true);
    more.click();
    expect(folded!.classList.contains('md-folded')).toBe(false);
    expect(folded!.querySelector('.md-unfold')).toBeNull();
    expect(document.activeElement).toBe(folded!.querySelector('pre'));

    const { root: growing, view: it } = view();
    for (const piece of long.keys()) it.apply(piece === 0 ? [['blocks', [], 0, [{ t: 'code', c: [long[0]!] }]]] : [['chunks', [0], piece, [long[piece]!]]]);
    expect(growing.querySelector('.md-unfold')).toBeNull();
    expect(growing.querySelectorAll('pre > code')).toHaveLength(3);
  });

  test('of code that are folded are found all the same, and unfold then', () => {
    const piece = (from: number): string[] => [` ${Array.from({ length: 4 }, (_, line) => `line ${from + line}\n`).join('')}`];
    const long: Block = { t: 'code', c: Array.from({ length: 12 }, (_, index) => piece(4 * index)) };
    const folded = (): { figure: Element; hidden: () => Element[] } => {
      const figure = shown(long).querySelector('.md-code')!;
      return { figure, hidden: () => Array.from(figure.querySelectorAll('code[hidden="until-found"]')) };
    };
    const isWhole = (figure: Element): boolean => !figure.matches('.md-folded') && !figure.querySelector('.md-unfold, [hidden]');

    const found = folded();
    expect(found.hidden()[0]!.textContent).toMatch(/^line 24\n/);
    expect(found.hidden()).toHaveLength(6);
    found.hidden()[2]!.dispatchEvent(new Event('beforematch', { bubbles: true }));
    expect(isWhole(found.figure)).toBe(true);

    const scrolled = folded();
    const pre = scrolled.figure.querySelector('pre')!;
    pre.dispatchEvent(new Event('scroll'));
    expect(isWhole(scrolled.figure)).toBe(false);
    pre.scrollTop = 100;
    pre.dispatchEvent(new Event('scroll'));
    expect(isWhole(scrolled.figure)).toBe(true);

    const asked = folded();
    reveal(document.body);
    expect(isWhole(asked.figure)).toBe(false);
    reveal(asked.hidden()[1]!.firstChild!);
    expect(isWhole(asked.figure)).toBe(true);
  });

  test('of code that are folded unfold when they go on growing', () => {
    const { root, view: it } = view();
    it.set([{ t: 'code', c: [[' line\n'.repeat(50)]] }]);
    it.apply([['tokens', [0, 0], 1, ['kmore']]]);
    expect(root.querySelector('.md-folded')).toBeNull();
  });

  test('of code wrap their lines when asked to', () => {
    const root = shown({ t: 'code', c: [[' line\n']] });
    const toggle = root.querySelector<HTMLElement>('.md-wrap')!;
    expect(toggle.textContent).toBe('Wrap lines');
    for (const pressed of ['false', 'true', 'false']) {
      expect(toggle.getAttribute('aria-pressed')).toBe(pressed);
      expect(root.querySelector('figure')!.classList.contains('md-wrapped')).toBe(pressed === 'true');
      toggle.click();
    }
  });

  test('of code do not claim a copy that failed', async () => {
    actions.copyText.mockRejectedValue(new Error('no clipboard'));
    const root = shown({ t: 'code', c: [[' a\n']] });
    const button = root.querySelector<HTMLButtonElement>('button.md-copy')!;
    button.click();
    await Promise.resolve();
    await Promise.resolve();
    expect(button.textContent).toBe('Copy');
  });

  test('of code cannot be anything but text', () => {
    const root = shown({ t: 'code', c: [[' <img src=x ', 'sonerror=alert(1)>']] }, { t: 'html', c: [[' <script>1</script>']] });
    expect(root.querySelector('img, script')).toBeNull();
    expect(root.querySelector('pre')!.textContent).toBe('<img src=x onerror=alert(1)>');
  });

  test('that are tables have a head, alignments and a scroller with a name', () => {
    const root = shown({ t: 'table', align: ['left', 'right'], c: [[['a'], ['b']], [['1']]] });
    const scroller = root.querySelector<HTMLElement>('.md-table')!;
    expect(scroller.tabIndex).toBe(0);
    expect(scroller.getAttribute('role')).toBe('group');
    expect(scroller.getAttribute('aria-label')).toBe('Table');
    expect(root.querySelectorAll('thead th')).toHaveLength(2);
    expect(root.querySelectorAll('thead th')[1]!.className).toBe('md-right');
    // The cell that Rust leaves out is there, empty.
    expect(Array.from(root.querySelectorAll('tbody td'), (cell) => cell.textContent)).toEqual(['1', '']);
  });

  test('that are tables lose and win cells at the end of a row', () => {
    const { root, view: it } = view();
    it.set([{ t: 'table', align: ['none', 'none', 'none'], c: [[['a'], ['b'], ['c']], [['1'], ['2']]] }]);
    const cells = () => Array.from(root.querySelectorAll('tbody td'), (cell) => cell.textContent);
    it.apply([['cells', [0, 1], 2, [['3']]]]);
    expect(cells()).toEqual(['1', '2', '3']);
    it.apply([['cells', [0, 1], 1, []]]);
    expect(cells()).toEqual(['1', '', '']);
    it.apply([['inlines', [0, 1, 1], 0, ['not there']]]);
    expect(cells()).toEqual(['1', '', '']);
    it.apply([['rows', [0], 1, [[['x']], [['y']]]]]);
    expect(cells()).toEqual(['x', '', '', 'y', '', '']);
  });

  test('that are tables of thousands of columns are not filled', () => {
    const root = shown({ t: 'table', align: Array(5000).fill('none'), c: [[['a']], [['1']]] });
    expect(root.querySelectorAll('td, th').length).toBeLessThan(200);
  });

  test('that are lists know their number and their boxes', () => {
    const root = shown({
      t: 'list',
      start: 3,
      loose: true,
      c: [{ task: true, c: [{ t: 'p', c: ['a'] }] }, { task: false, c: [] }, { c: [] }],
    });
    expect(root.querySelector('ol')!.getAttribute('start')).toBe('3');
    const boxes = root.querySelectorAll<HTMLInputElement>('input');
    expect(Array.from(boxes, (box) => [box.disabled, box.checked, box.getAttribute('aria-label')])).toEqual([
      [true, true, 'Done'],
      [true, false, 'To do'],
    ]);
  });

  test('that are alerts say which', () => {
    const root = shown({ t: 'quote', alert: 'warning', c: [{ t: 'p', c: ['a'] }] });
    expect(root.querySelector('[role=note]')!.getAttribute('aria-label')).toBe('Warning');
    expect(shown({ t: 'quote', c: [] }).querySelector('blockquote')).not.toBeNull();
  });
});

describe('footnotes', () => {
  const noted: Block[] = [
    { t: 'p', c: ['One', { t: 'ref', label: '1' }, ', two', { t: 'ref', label: 'b"]' }, ', one again', { t: 'ref', label: '1' }] },
    { t: 'footnote', label: '1', c: [{ t: 'p', c: ['First'] }] },
    { t: 'footnote', label: 'b"]', c: [{ t: 'p', c: ['Second'] }] },
  ];

  test('lead from the text to the note, and back to its first sign', () => {
    const other = shown(...noted);
    const root = shown(...noted);
    const signs = root.querySelectorAll<HTMLElement>('sup > button');
    const labels = root.querySelectorAll<HTMLElement>('.md-footnote > button');
    expect(Array.from(signs, (sign) => sign.getAttribute('aria-label'))).toEqual(['Footnote 1', 'Footnote b"]', 'Footnote 1']);
    signs[1]!.click();
    expect(document.activeElement).toBe(labels[1]);
    labels[0]!.click();
    expect(document.activeElement).toBe(signs[0]);
    signs[2]!.click();
    expect(document.activeElement).toBe(labels[0]);
    expect(other.contains(document.activeElement)).toBe(false);
  });

  test('without a note lead nowhere', () => {
    const root = shown({ t: 'p', c: [{ t: 'ref', label: '7' }] });
    const sign = root.querySelector<HTMLElement>('button')!;
    sign.focus();
    sign.click();
    expect(document.activeElement).toBe(sign);
  });

  test('grow like any block', () => {
    const { root, view: it } = view();
    it.set(noted);
    it.apply([
      ['text', [1, 0, 0], '!'],
      ['blocks', [1], 1, [{ t: 'hr' }]],
    ]);
    expect(root.querySelector('.md-footnote > div')!.textContent).toBe('First!');
    expect(root.querySelector('.md-footnote > div > hr')).not.toBeNull();
  });
});

describe('links', () => {
  test('show where they lead, and the app opens them', () => {
    const root = shown({ t: 'p', c: [{ t: 'a', href: 'https://example.com/a', c: [{ t: 'em', c: ['text'] }] }] });
    const link = root.querySelector('a')!;
    expect(link.title).toBe('https://example.com/a');
    const click = new MouseEvent('click', { bubbles: true, cancelable: true });
    root.querySelector('em')!.dispatchEvent(click);
    expect(click.defaultPrevented).toBe(true);
    expect(actions.openLink).toHaveBeenCalledExactlyOnceWith('https://example.com/a');
  });

  test('that are written out are known, for paper', () => {
    const root = shown({ t: 'p', c: [{ t: 'a', href: 'http://www.x.y', c: ['www.x.y'] }, { t: 'a', href: 'https://x.y', c: ['here'] }] });
    expect(Array.from(root.querySelectorAll('a'), (link) => link.className)).toEqual(['md-bare', '']);
  });

  test('open with the middle button, not with the right one', () => {
    const link = shown({ t: 'p', c: [{ t: 'a', href: 'https://x.y', c: ['a'] }] }).querySelector('a')!;
    for (const [button, times] of [[1, 1], [2, 1]] as const) {
      const click = new MouseEvent('auxclick', { bubbles: true, cancelable: true, button });
      link.dispatchEvent(click);
      expect(click.defaultPrevented).toBe(true);
      expect(actions.openLink).toHaveBeenCalledTimes(times);
    }
  });

  test('are what images become, and nothing is loaded', () => {
    const root = shown({
      t: 'p',
      c: [
        { t: 'img', src: 'https://example.com/cat.png', alt: 'A cat' },
        { t: 'img', src: 'javascript:alert(1)', alt: '' },
      ],
    });
    expect(root.querySelector('img')).toBeNull();
    expect(Array.from(root.querySelectorAll('a'), (link) => link.getAttribute('href'))).toEqual(['https://example.com/cat.png']);
    expect(root.textContent).toContain('A cat');
    expect(root.textContent).toContain('Image');
  });
});

describe('formulas', () => {
  test('are drawn as MathML, with the LaTeX for those who copy', async () => {
    const root = shown({ t: 'math', tex: '\\boxed{\\frac{a}{b}}' }, { t: 'p', c: [{ t: 'math', tex: 'x^2', display: false }] });
    await drawn(root);
    const formulas = root.querySelectorAll('math');
    expect(formulas).toHaveLength(2);
    expect(formulas[0]!.namespaceURI).toBe('http://www.w3.org/1998/Math/MathML');
    expect(formulas[0]!.getAttribute('display')).toBe('block');
    expect(root.querySelector('mfrac')).not.toBeNull();
    const [block, inline] = root.querySelectorAll<HTMLElement>('.math');
    expect({ ...block!.dataset }).toEqual({ tex: '\\boxed{\\frac{a}{b}}', display: '' });
    expect({ ...inline!.dataset }).toEqual({ tex: 'x^2' });
  });

  test('keep the spaces that TeX has', async () => {
    const spaced = ['a \\, b', '\\sin x', '\\log_2 x', '\\sin^2 \\alpha'];
    const tight = ['a b', '\\sin(x)', 'a \\! b', 'e^{\\sin}'];
    const root = shown(...[...spaced, ...tight].map((tex): Block => ({ t: 'math', tex })));
    await drawn(root);
    const spaces = Array.from(root.querySelectorAll('math'), (math) => math.querySelectorAll('mspace').length);
    expect(spaces).toEqual([1, 1, 1, 1, 0, 0, 0, 0]);
  });

  test('have their accents where the engine sets them right', async () => {
    const root = shown({ t: 'math', tex: '\\bar X + \\overline{ab}' }, { t: 'math', tex: '\\vec v + \\dot x' });
    await drawn(root);
    const [bars, accents] = root.querySelectorAll('math');
    expect(Array.from(bars!.querySelectorAll('mrow.md-overline'), (bar) => bar.textContent)).toEqual(['X', 'ab']);
    expect(bars!.querySelector('mover')).toBeNull();
    expect(Array.from(accents!.querySelectorAll('mover > mo[stretchy="true"]'), (accent) => accent.textContent)).toEqual(['→', '˙']);
  });

  test('that are still being written are their source', async () => {
    const root = shown({ t: 'math', tex: 'a_1 + b', open: true }, { t: 'p', c: [{ t: 'math', tex: 'x_', display: false, open: true }] });
    await import('./katex');
    await Promise.resolve();
    expect(Array.from(root.querySelectorAll('.md-math-open'), (math) => math.textContent)).toEqual(['a_1 + b', 'x_']);
    expect(root.querySelector('.katex')).toBeNull();
  });

  test('that cannot be read stay as they were written', async () => {
    const root = shown({ t: 'math', tex: '\\frac{a' }, { t: 'p', c: [{ t: 'math', tex: '\\nosuch', display: false }] });
    await drawn(root);
    expect(root.querySelector('div.math')!.textContent).toBe('\\frac{a');
    expect(root.querySelector('span.math')!.textContent).toBe('\\nosuch');
  });

  test('are not trusted', async () => {
    const root = shown({ t: 'math', tex: '\\href{javascript:alert(1)}{x} \\includegraphics{https://x.y/z.png}' });
    await drawn(root);
    expect(root.querySelector('[href], [src]')).toBeNull();
  });
});
