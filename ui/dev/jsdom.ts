// What jsdom lacks of a window, only what the screens call; and how long a screen is waited for.
import { configure } from '@testing-library/svelte';

// How long something is waited for that will come: a machine that is busy with other things is no fault.
configure({ asyncUtilTimeout: 30_000 });

class Observer {
  observe(): void {}
  unobserve(): void {}
  disconnect(): void {}
}

// Not a stub of the test's, which would be gone when that takes its own back.
Object.assign(globalThis, { ResizeObserver: Observer, IntersectionObserver: Observer });
Element.prototype.scrollIntoView ??= () => {};
HTMLElement.prototype.showPopover ??= function (this: HTMLElement) {
  this.setAttribute('data-open', '');
};
HTMLElement.prototype.hidePopover ??= function (this: HTMLElement) {
  this.removeAttribute('data-open');
};
HTMLDialogElement.prototype.showModal ??= function (this: HTMLDialogElement) {
  this.open = true;
};
