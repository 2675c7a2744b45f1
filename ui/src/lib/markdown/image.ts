// Images. One on the web is not loaded by itself, for that would tell a stranger that the reply is being read:
// it says what it is and where, and the app fetches it when the user asks. One that the reply carries
// (`data:`) is given to the app as well, which checks it; it is shown without being asked for, as is one that
// was loaded before.
import { asIpcError } from '../backend';
import './image.css';
import { makeLink } from './link';
import type { LoadedImage, LoadedImages } from './loaded-images';
import { fill, make } from './make';

/** Fetches the picture at an address, or says in a sentence why not. */
export type LoadImage = (address: string) => Promise<Blob>;

/** An image of the tree. */
export interface Image {
  src: string;
  alt: string;
}

/** An image stands in its reply. */
const DRAWN = 'md-image-drawn';

/** An image asks to be loaded. */
const ASKED = 'md-image-asked';

const NOT_DRAWN = 'The image is damaged, or of a kind that cannot be shown here.';

const images = new WeakMap<Node, Image>();

/** The image that an element was made of. */
export function imageOf(element: Node): Image | undefined {
  return images.get(element);
}

export function makeImage(src: string, alt: string): HTMLElement {
  const element = make('span', 'md-image');
  images.set(element, { src, alt });
  const name = make('span', 'md-image-alt');
  name.textContent = alt || 'Image';
  fill(element, [name]);
  const carried = isCarried(src);
  if (/^https?:\/\//i.test(src)) {
    const address = makeLink(src);
    address.className = 'md-image-address';
    address.textContent = src;
    fill(element, [address, makeButton(element, address.title)]);
  } else if (src !== '' && !carried) {
    const address = make('span', 'md-image-address');
    address.title = src;
    address.textContent = src;
    fill(element, [address]);
  }
  // Once it stands in the reply, whose view hears it.
  queueMicrotask(() => say(element, DRAWN));
  return element;
}

/** Loads the images of a reply that ask for it, and shows those that were loaded before. */
export function answerImages(root: HTMLElement, load: LoadImage, loaded: LoadedImages): void {
  root.addEventListener(DRAWN, ({ target }) => {
    const image = target instanceof HTMLElement && images.get(target);
    if (image && (isCarried(image.src) || loaded.get(image.src))) void show(target, image, load, loaded);
  });
  root.addEventListener(ASKED, ({ target }) => {
    const image = target instanceof HTMLElement && images.get(target);
    if (image) void show(target, image, load, loaded);
  });
}

function isCarried(src: string): boolean {
  return /^data:[^,]*,/i.test(src);
}

function say(element: HTMLElement, what: string): void {
  element.dispatchEvent(new Event(what, { bubbles: true }));
}

function makeButton(element: HTMLElement, title: string): HTMLElement {
  const button = document.createElement('button');
  button.type = 'button';
  button.className = 'button small md-image-load';
  button.textContent = 'Load';
  button.title = title;
  button.setAttribute('aria-label', 'Load image');
  button.addEventListener('click', (event) => {
    // An image may stand in a link: pressing the button does not open it.
    event.preventDefault();
    event.stopPropagation();
    say(element, ASKED);
  });
  return button;
}

async function show(element: HTMLElement, image: Image, load: LoadImage, loaded: LoadedImages): Promise<void> {
  if (element.ariaBusy === 'true') return;
  const kept = loaded.get(image.src);
  if (kept) {
    showAgain(element, image, kept);
    return;
  }
  element.ariaBusy = 'true';
  element.querySelector('.md-image-problem')?.remove();
  let url: string | undefined;
  try {
    const bytes = await load(image.src);
    url = URL.createObjectURL(bytes);
    const picture = await decoded(url);
    place(element, image, picture);
    loaded.keep(image.src, { bytes, width: picture.width, height: picture.height });
  } catch (reason) {
    const problem = make('span', 'md-image-problem');
    problem.textContent = asIpcError(reason).message;
    element.append(problem);
  } finally {
    // What is drawn stays drawn; the bytes need not.
    if (url !== undefined) URL.revokeObjectURL(url);
    element.ariaBusy = null;
  }
}

/** At once, before anything is painted: its size is known, so that nothing jumps when it has been decoded. */
function showAgain(element: HTMLElement, image: Image, { bytes, width, height }: LoadedImage): void {
  const url = URL.createObjectURL(bytes);
  const picture = document.createElement('img');
  picture.src = url;
  picture.width = width;
  picture.height = height;
  place(element, image, picture);
  const release = (): void => URL.revokeObjectURL(url);
  picture.decode().then(release, release);
}

/** Puts the picture where its description was. */
function place(element: HTMLElement, { alt }: Image, picture: HTMLImageElement): void {
  picture.alt = alt || 'Image';
  const focused = element.contains(document.activeElement);
  element.replaceChildren(picture);
  element.classList.add('md-image-shown');
  if (focused) {
    // The button that had the focus is gone.
    element.tabIndex = -1;
    element.focus({ preventScroll: true });
  }
}

/** The picture, ready to be drawn: its size is known before it stands anywhere, so that nothing jumps. */
async function decoded(url: string): Promise<HTMLImageElement> {
  const picture = document.createElement('img');
  picture.src = url;
  try {
    await picture.decode();
  } catch {
    throw new Error(NOT_DRAWN);
  }
  picture.width = picture.naturalWidth;
  picture.height = picture.naturalHeight;
  return picture;
}
