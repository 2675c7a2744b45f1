import { expect, test } from 'vitest';
import { ScrollFollow, type Measures } from './scroll-follow';

/** A view 400 px high. */
class View implements Measures {
  scrollTop = 0;
  scrollHeight = 400;
  clientHeight = 400;
  follow = new ScrollFollow();

  grow(by: number): void {
    this.scrollHeight += by;
    if (this.follow.following) {
      this.scrollTop = this.scrollHeight - this.clientHeight;
      this.follow.moved(this.scrollTop);
    }
  }

  scroll(by: number): void {
    this.scrollTop = Math.max(0, Math.min(this.scrollHeight - this.clientHeight, this.scrollTop + by));
    this.follow.scrolled(this);
  }

  get left(): number {
    return this.scrollHeight - this.clientHeight - this.scrollTop;
  }
}

const grown = () => {
  const view = new View();
  view.grow(1000);
  return view;
};

test('a growing reply stays at its end', () => {
  const view = grown();
  view.grow(30);
  expect(view.left).toBe(0);
});

test('any upward scroll lets go, and growth then moves nothing', () => {
  const view = grown();
  view.scroll(-3);
  const { scrollTop } = view;
  view.grow(500);
  expect(view.follow.following).toBe(false);
  expect(view.scrollTop).toBe(scrollTop);
});

test('one pixel upwards by the wheel lets go before the view has moved', () => {
  const view = grown();
  view.follow.pulledUp(view);
  view.scroll(-1);
  view.grow(100);
  expect(view.follow.following).toBe(false);
});

test('scrolling down short of the end does not take hold', () => {
  const view = grown();
  view.scroll(-500);
  view.scroll(400);
  expect(view.follow.following).toBe(false);
});

test('reaching the end takes hold again', () => {
  const view = grown();
  view.scroll(-500);
  view.scroll(1000);
  expect(view.follow.following).toBe(true);
  view.grow(40);
  expect(view.left).toBe(0);
});

test('the end counts as reached within a fraction of a pixel', () => {
  const view = grown();
  view.scroll(-500);
  view.scroll(498.6);
  expect(view.follow.following).toBe(true);
});

test('content that shrinks under the view is no scroll of the user', () => {
  const view = grown();
  view.scrollHeight -= 200;
  view.scroll(0);
  expect(view.follow.following).toBe(true);
});

test('where there is nothing to scroll, the wheel does not let go', () => {
  const view = new View();
  view.follow.pulledUp(view);
  expect(view.follow.following).toBe(true);
});

test('jumping to the latest takes hold', () => {
  const view = grown();
  view.scroll(-500);
  view.follow.hold();
  view.grow(1);
  expect(view.left).toBe(0);
});

test('an end that is not at hand is never reached', () => {
  const view = grown();
  view.scroll(-500);
  view.follow.scrolled({ scrollTop: 1000, clientHeight: 400, scrollHeight: Infinity });
  expect(view.follow.following).toBe(false);
});

test('a reply that is to be left at its start is followed until it outgrows the view', () => {
  const view = grown();
  expect(view.follow.target(view, 700)).toBe(700);
  expect(view.follow.following).toBe(false);
});

test('as long as all of it is in view, its end is followed', () => {
  const view = grown();
  expect(view.follow.target(view, 1000)).toBe(1000);
  expect(view.follow.target(view, 1200)).toBe(1000);
  expect(view.follow.following).toBe(true);
});

test('without a start to keep, the end is the target', () => {
  const view = grown();
  expect(view.follow.target(view)).toBe(1000);
  expect(view.follow.following).toBe(true);
});

test('whoever is busy with what is in view is not taken away from it', () => {
  const view = grown();
  view.follow.release();
  const { scrollTop } = view;
  view.grow(300);
  expect(view.scrollTop).toBe(scrollTop);
});

test('a pixel up is the engine’s rounding, and several of them are a scroll', () => {
  const view = grown();
  view.scrollTop -= 1;
  view.scrollHeight += 40;
  view.follow.scrolled(view);
  expect(view.follow.following).toBe(true);
  view.scroll(-1);
  expect(view.follow.following).toBe(false);
});
