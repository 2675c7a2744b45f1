// Images and links: nothing is loaded unasked, and everything says where it leads.
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { Inline } from '../bindings/Inline';
import type { IpcError } from '../bindings/IpcError';
import { imageOf } from './image';
import { LoadedImages } from './loaded-images';
import { MarkdownView } from './view';

const actions = {
  openLink: vi.fn<(url: string) => void>(),
  copyText: vi.fn<(text: string) => void>(),
  loadImage: vi.fn<(address: string) => Promise<Blob>>(),
};
const CAT = { t: 'img' as const, src: 'https://example.com/cat.png', alt: 'A cat' };
const DATA = 'data:image/png;base64,iVBORw0KGgo=';

/** What jsdom lacks: pictures that can be decoded, and addresses of bytes. */
const decode = vi.fn<() => Promise<void>>();
const held = new Set<string>();

function shown(...inlines: Inline[]): HTMLElement {
  return shownWith(new LoadedImages(), ...inlines);
}

/** A reply where these pictures were loaded before. */
function shownWith(loaded: LoadedImages, ...inlines: Inline[]): HTMLElement {
  const root = document.createElement('div');
  document.body.append(root);
  new MarkdownView(root, actions, loaded).set([{ t: 'p', c: inlines }]);
  return root;
}

const button = (root: HTMLElement): HTMLButtonElement | null => root.querySelector('button');
const settled = (): Promise<void> => new Promise((resolve) => setTimeout(resolve));

beforeEach(() => {
  let count = 0;
  URL.createObjectURL = () => {
    held.add(`blob:${++count}`);
    return `blob:${count}`;
  };
  URL.revokeObjectURL = (url) => void held.delete(url);
  HTMLImageElement.prototype.decode = decode;
  for (const [name, size] of [['naturalWidth', 640], ['naturalHeight', 480]] as const) {
    Object.defineProperty(HTMLImageElement.prototype, name, { configurable: true, get: () => size });
  }
  decode.mockResolvedValue();
  actions.loadImage.mockResolvedValue(new Blob());
});

afterEach(() => {
  document.body.replaceChildren();
  vi.resetAllMocks();
  held.clear();
});

describe('an image on the web', () => {
  test('is its description, its address and a button, and nothing is loaded', async () => {
    const root = shown(CAT);
    await settled();
    expect(root.textContent).toBe('A cathttps://example.com/cat.pngLoad');
    expect(root.querySelector('img')).toBeNull();
    expect(button(root)!.getAttribute('aria-label')).toBe('Load image');
    expect(button(root)!.title).toBe('https://example.com/cat.png');
    expect(actions.loadImage).not.toHaveBeenCalled();
  });

  test('is drawn when the user asks, with its size, and its bytes are let go', async () => {
    const root = shown(CAT);
    let grew = 0;
    decode.mockImplementation(async () => {
      expect(root.querySelector('img')).toBeNull();
      expect(held.size).toBe(1);
      grew++;
    });
    button(root)!.click();
    expect(actions.loadImage).toHaveBeenCalledExactlyOnceWith(CAT.src);
    await vi.waitFor(() => expect(root.querySelector('img')).not.toBeNull());
    const picture = root.querySelector('img')!;
    expect([picture.width, picture.height, picture.alt]).toEqual([640, 480, 'A cat']);
    expect(root.textContent).toBe('');
    expect(grew).toBe(1);
    expect(held.size).toBe(0);
  });

  test('is asked for once, however often the button is pressed', async () => {
    const root = shown(CAT);
    button(root)!.click();
    button(root)!.click();
    await settled();
    expect(actions.loadImage).toHaveBeenCalledTimes(1);
  });

  test('keeps the focus where its button had it', async () => {
    const root = shown(CAT);
    button(root)!.focus();
    button(root)!.click();
    await vi.waitFor(() => expect(root.querySelector('img')).not.toBeNull());
    expect(document.activeElement).toBe(root.querySelector('.md-image'));
  });

  test('that fails says so in a sentence, and can be asked for again', async () => {
    const refusal: IpcError = { code: 'failed', message: 'The site could not be reached.' };
    actions.loadImage.mockRejectedValueOnce(refusal);
    const root = shown(CAT);
    button(root)!.click();
    await vi.waitFor(() => expect(root.textContent).toContain('The site could not be reached.'));
    button(root)!.click();
    await vi.waitFor(() => expect(root.querySelector('img')).not.toBeNull());
    expect(root.textContent).toBe('');
  });

  test('that cannot be drawn says so, and its bytes are let go', async () => {
    decode.mockRejectedValueOnce(new DOMException('EncodingError'));
    const root = shown(CAT);
    button(root)!.click();
    await vi.waitFor(() => expect(root.textContent).toContain('The image is damaged'));
    expect(root.querySelector('img')).toBeNull();
    expect(button(root)).not.toBeNull();
    expect(held.size).toBe(0);
  });

  test('in a link does not open the link when its button is pressed', () => {
    const root = shown({ t: 'a', href: 'https://example.com/', c: [CAT] });
    const click = new MouseEvent('click', { bubbles: true, cancelable: true });
    button(root)!.dispatchEvent(click);
    expect(click.defaultPrevented).toBe(true);
    expect(actions.openLink).not.toHaveBeenCalled();
    expect(actions.loadImage).toHaveBeenCalledTimes(1);
  });
});

describe('an image that was loaded before', () => {
  async function loaded(): Promise<LoadedImages> {
    const kept = new LoadedImages();
    const root = shownWith(kept, CAT, CAT);
    button(root)!.click();
    await vi.waitFor(() => expect(root.querySelector('img')).not.toBeNull());
    actions.loadImage.mockClear();
    // The same once more in this reply: it can be had without visiting the site.
    button(root)!.click();
    await settled();
    expect(root.querySelectorAll('img')).toHaveLength(2);
    expect(actions.loadImage).not.toHaveBeenCalled();
    return kept;
  }

  test('is shown when its reply is drawn again, at once and in its size, and nothing is loaded', async () => {
    const kept = await loaded();
    let finish = (): void => {};
    decode.mockReturnValueOnce(new Promise((resolve) => (finish = resolve)));
    const root = shownWith(kept, CAT);
    await Promise.resolve();
    const picture = root.querySelector('img')!;
    expect([picture.width, picture.height, picture.alt]).toEqual([640, 480, 'A cat']);
    expect(button(root)).toBeNull();
    expect(held.size).toBe(1);
    finish();
    await settled();
    expect(held.size).toBe(0);
    expect(actions.loadImage).not.toHaveBeenCalled();
  });

  test('is none that failed, nor one of another address', async () => {
    const kept = await loaded();
    decode.mockRejectedValueOnce(new DOMException('EncodingError'));
    const other = { ...CAT, src: 'https://example.com/other.png' };
    button(shownWith(kept, other))!.click();
    await settled();
    const root = shownWith(kept, other);
    await settled();
    expect(root.querySelector('img')).toBeNull();
    expect(button(root)).not.toBeNull();
  });
});

describe('the pictures that are kept', () => {
  const picture = (size: number) => ({ bytes: new Blob([new Uint8Array(size)]), width: 1, height: 1 });
  const addresses = ['a', 'b', 'c', 'd'];
  const there = (kept: LoadedImages): string => addresses.filter((address) => kept.get(address)).join('');

  test('have so many bytes at most: those that were used last', () => {
    const kept = new LoadedImages(33);
    for (const address of ['a', 'b', 'c']) kept.keep(address, picture(10));
    expect(there(kept)).toBe('abc');
    kept.get('a');
    kept.keep('d', picture(10));
    expect(there(kept)).toBe('acd');
    kept.keep('b', picture(20));
    expect(there(kept)).toBe('bd');
  });

  test('are each counted once, and none that is too large takes the others’ room', () => {
    const kept = new LoadedImages(22);
    for (const size of [10, 9, 10]) kept.keep('a', picture(size));
    kept.keep('b', picture(10));
    expect(there(kept)).toBe('ab');
    kept.keep('c', picture(22));
    expect(there(kept)).toBe('ab');
  });
});

describe('an image that the reply carries', () => {
  test('is given to the app, which checks it, and shown', async () => {
    const root = shown({ t: 'img', src: DATA, alt: '' });
    expect(root.textContent).toBe('Image');
    await vi.waitFor(() => expect(root.querySelector('img')).not.toBeNull());
    expect(actions.loadImage).toHaveBeenCalledExactlyOnceWith(DATA);
    expect(root.querySelector('img')!.alt).toBe('Image');
  });

  test('that is refused stays its description, with the reason', async () => {
    actions.loadImage.mockRejectedValueOnce({ code: 'failed', message: 'This is not an image that Serein can show.' });
    const root = shown({ t: 'img', src: DATA, alt: 'A dot' });
    await vi.waitFor(() => expect(root.textContent).toBe('A dotThis is not an image that Serein can show.'));
  });
});

test('of other addresses, and without one, nothing can be loaded', async () => {
  for (const src of ['javascript:alert(1)', 'data:image/svg+xml;base64', 'cat.png', 'file:///etc/passwd', '']) {
    const root = shown({ t: 'img', src, alt: 'x' });
    await settled();
    expect(button(root)).toBeNull();
    expect(root.querySelector('a, img')).toBeNull();
    expect(root.textContent).toBe(`x${src}`);
    expect(imageOf(root.querySelector('.md-image')!)).toEqual({ src, alt: 'x' });
  }
  expect(actions.loadImage).not.toHaveBeenCalled();
});

test('a link says where it leads, in the letters the browser will use', () => {
  const titles = [
    ['https://example.com/a?b#c', 'https://example.com/a?b#c'],
    ['https://аpple.com/', 'https://xn--pple-43d.com/'],
    ['https://example.com@evil.example/', 'https://example.com@evil.example/'],
    ['mailto:ada@example.com', 'mailto:ada@example.com'],
  ] as const;
  for (const [href, title] of titles) {
    const root = shown({ t: 'a', href, c: ['https://bank.example/'] }, { t: 'img', src: href, alt: '' });
    for (const link of root.querySelectorAll('a')) expect(link.title).toBe(title);
  }
});
