// What jsdom lacks of a window. Only what the screens call.
import { vi } from 'vitest';

class Observer {
  observe(): void {}
  unobserve(): void {}
  disconnect(): void {}
}

vi.stubGlobal('ResizeObserver', Observer);
vi.stubGlobal('IntersectionObserver', Observer);
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
