import { beforeEach, expect, test } from 'vitest';
import { Movement, ScrollAnchor, type Edges, type Layout } from './scroll-anchor';

/** A block of the content, as high as what it consists of. */
class Block {
  children: Block[];
  #height: number;

  constructor(height: number, children: Block[] = []) {
    this.#height = height;
    this.children = children;
  }

  get height(): number {
    return this.children.length > 0 ? this.children.reduce((sum, child) => sum + child.height, 0) : this.#height;
  }

  set height(height: number) {
    this.#height = height;
  }
}

/** A scrolling view, 400 px high. */
class Page implements Layout<Block> {
  blocks: Block[];
  scrollTop = 0;

  constructor(blocks: Block[]) {
    this.blocks = blocks;
  }

  view(): Edges {
    return { top: this.scrollTop, bottom: this.scrollTop + 400 };
  }

  edges(wanted: Block): Edges | null {
    let top = 0;
    let found: number | null = null;
    const walk = (blocks: Block[]): void => {
      for (const block of blocks) {
        if (block === wanted) found = top;
        if (block.children.length > 0) walk(block.children);
        else top += block.height;
      }
    };
    walk(this.blocks);
    return found === null ? null : { top: found, bottom: found + wanted.height };
  }

  children(block: Block): Block[] {
    return block.children;
  }
}

let page: Page;
let anchor: ScrollAnchor<Block>;

/** Something changes; the view is put right as the log does it. */
function change(what: () => void): void {
  what();
  page.scrollTop += anchor.drift();
  anchor.settled();
  expect(anchor.drift()).toBe(0);
  anchor.hold(page.blocks);
}

/** Where a block stands in the view. */
const place = (block: Block): number => page.edges(block)!.top - page.scrollTop;

function scrollTo(top: number): void {
  page.scrollTop = top;
  anchor.hold(page.blocks);
}

beforeEach(() => {
  page = new Page(Array.from({ length: 10 }, () => new Block(0, [new Block(100), new Block(100), new Block(100)])));
  anchor = new ScrollAnchor(page);
});

test('what is read stays when something above grows or shrinks', () => {
  scrollTo(1250);
  const read = page.blocks[4]!.children[1]!;
  const before = place(read);
  for (const height of [700, 20, 0, 100]) {
    change(() => (page.blocks[1]!.children[2]!.height = height));
    expect(place(read)).toBe(before);
  }
});

test('what is read stays when a page is prepended, and when the first ones go', () => {
  scrollTo(50);
  const read = page.blocks[0]!.children[1]!;
  change(() => (page.blocks = [new Block(777), new Block(333), ...page.blocks]));
  expect(place(read)).toBe(50);
  change(() => (page.blocks = page.blocks.slice(1)));
  expect(place(read)).toBe(50);
});

test('growth below moves nothing', () => {
  scrollTo(1250);
  change(() => page.blocks.push(new Block(5000)));
  change(() => (page.blocks[9]!.children[0]!.height = 900));
  expect(page.scrollTop).toBe(1250);
});

test('within a message that is cut by the top of the view, it is the part in view that stays', () => {
  scrollTo(350);
  const [gone, read] = page.blocks[1]!.children as [Block, Block];
  change(() => (gone.height = 240));
  expect(place(read)).toBe(50);
});

test('a scroll of the user’s is no movement of the content', () => {
  scrollTo(1250);
  page.scrollTop -= 300;
  expect(anchor.drift()).toBe(0);
});

test('growth and a scroll at once are told from each other', () => {
  scrollTo(1250);
  const read = page.blocks[4]!.children[1]!;
  const before = place(read);
  change(() => {
    page.blocks[0]!.children[0]!.height = 400;
    page.scrollTop += 30;
  });
  expect(place(read)).toBe(before - 30);
});

test('when what was held is gone, what it was in is held instead', () => {
  scrollTo(1250);
  change(() => {
    page.blocks[4]!.children = [new Block(100), new Block(300)];
    page.blocks[0]!.children[0]!.height = 180;
  });
  expect(place(page.blocks[4]!)).toBe(-50);
});

test('when all of it is gone, the view stays as it is', () => {
  scrollTo(1250);
  change(() => (page.blocks = [new Block(3000)]));
  expect(page.scrollTop).toBe(1250);
});

test('what has no height cannot be read and is passed over', () => {
  page.blocks.unshift(new Block(0));
  scrollTo(0);
  const read = page.blocks[1]!;
  change(() => page.blocks.splice(0, 1, new Block(60)));
  expect(place(read)).toBe(0);
});

test('where there is nothing, nothing moves', () => {
  page.blocks = [];
  anchor.hold(page.blocks);
  expect(anchor.drift()).toBe(0);
});

test('what is held is in view until one has scrolled past it, either way', () => {
  scrollTo(1200);
  expect(anchor.inView).toBe(true);
  page.scrollTop = 900;
  expect(anchor.inView).toBe(true);
  page.scrollTop = 790;
  expect(anchor.inView).toBe(false);
  page.scrollTop = 1500;
  expect(anchor.inView).toBe(false);
});

test('of what comes into view above, a guessed size that becomes real moves nothing that was read', () => {
  scrollTo(1250);
  const read = page.blocks[4]!.children[1]!;
  page.scrollTop -= 200;
  const before = place(read);
  page.blocks[3]!.children[2]!.height = 30;
  page.scrollTop += anchor.drift();
  expect(place(read)).toBe(before);
});

test('a movement that an engine takes back is made again, once', () => {
  const movement = new Movement();
  movement.turned();
  movement.made(700, 5_700);
  // The wheel's animation goes on from 700.
  expect(movement.undone(620, 400)).toBe(5_000);
  expect(movement.undone(620, 400)).toBe(0);
});

test('scrolling on from where the view was moved takes nothing back', () => {
  const movement = new Movement();
  movement.turned();
  movement.made(700, 5_700);
  expect(movement.undone(5_700, 400)).toBe(0);
  expect(movement.undone(5_580, 400)).toBe(0);
  // One that is lost all the same is still noticed.
  expect(movement.undone(590, 400)).toBe(5_000);
});

test('after some frames, or when the user goes elsewhere, the place is the user’s', () => {
  const movement = new Movement();
  movement.turned();
  movement.made(700, 5_700);
  for (let frame = 0; frame < 12; frame++) movement.aged();
  expect(movement.undone(620, 400)).toBe(0);
  movement.turned();
  movement.made(700, 5_700);
  movement.forget();
  expect(movement.undone(0, 400)).toBe(0);
});

test('a movement smaller than the view is not told from scrolling', () => {
  const movement = new Movement();
  movement.turned();
  movement.made(700, 900);
  expect(movement.undone(690, 400)).toBe(0);
});

test('movements that follow each other are one', () => {
  const movement = new Movement();
  movement.turned();
  movement.made(700, 5_700);
  movement.made(5_700, 5_730);
  expect(movement.undone(640, 400)).toBe(5_030);
});

test('without the wheel, whoever goes back to where the view was means it', () => {
  const movement = new Movement();
  movement.made(700, 5_700);
  expect(movement.undone(650, 400)).toBe(0);
});
