// Quick ask: one exchange, one draft whatever is shown, and what may go with it.
import type { MessageStatus } from '../bindings/MessageStatus';
import type { OpenIn } from '../bindings/OpenIn';
import type { QuickContext } from '../bindings/QuickContext';
import type { QuickShown } from '../bindings/QuickShown';
import type { QuickSource } from '../bindings/QuickSource';
import { withAttachment } from '../attachment';
import { asIpcError, type Backend } from '../backend';
import { keepLast, keptLast, SAME_EXCHANGE, startsFresh } from '../quick-session';
import { App } from './app.svelte';
import { Composer } from './composer.svelte';
import { Serein } from './serein.svelte';

const NOTHING: QuickContext = { clipboard: false, selection: false };

/** What the page does at once. */
export interface Field {
  /** The keys go to the field; `atEnd` with the caret after what is written. */
  focus(atEnd: boolean): void;
}

/** Signing in is done in the main window. */
class QuickApp extends App {
  #open: () => void;

  constructor(backend: Backend, open: () => void) {
    super(backend);
    this.#open = open;
  }

  override signIn(): void {
    this.#open();
  }
}

export class QuickAsk extends Serein {
  #field: Field;
  #pinned = $state(false);
  #attached = $state.raw<string | null>(null);
  #context = $state.raw<QuickContext>(NOTHING);
  /** The exchange before the one shown. */
  #last = $state<string | null>(null);
  #shown = $state(0);
  /** When it was hidden, or a reply ended after that; `null` while it is shown. */
  #left: number | null = null;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #sent: Promise<boolean> = Promise.resolve(false);
  /** The draft is there. */
  #begun: () => void = () => {};
  readonly #drafted = new Promise<void>((resolve) => (this.#begun = resolve));
  /** The reply that was already asked to stop. */
  #stopped: string | null = null;

  constructor(backend: Backend, field: Field) {
    super(backend, new QuickApp(backend, () => void this.signIn()), new Composer(backend, true));
    this.#field = field;
    this.composer.switchTo(null);
  }

  /** It stays though the focus goes elsewhere. */
  get pinned(): boolean {
    return this.#pinned;
  }

  set pinned(pinned: boolean) {
    this.#pinned = pinned;
  }

  /** Whether it is to stay when the focus goes. */
  get held(): boolean {
    return this.#pinned || (this.app.ready && this.conversation.running && this.app.settings.quick_keep_open);
  }

  /** The text that goes with the next question. */
  get attached(): string | null {
    return this.#attached;
  }

  /** What could be attached now. */
  get context(): QuickContext {
    return this.#attached === null ? this.#context : NOTHING;
  }

  /** There is something to send. */
  get hasQuestion(): boolean {
    return this.#attached !== null || this.composer.text.trim() !== '';
  }

  /** There is an exchange to go on with instead of a fresh one. */
  get canContinueLast(): boolean {
    return this.#last !== null && this.conversation.id === null;
  }

  /** Counts the times it was shown. */
  get shown(): number {
    return this.#shown;
  }

  protected override listen(): Promise<() => void>[] {
    return [
      ...super.listen(),
      this.backend.on('quick_shown', (how) => void this.#appeared(how)),
      this.backend.on('quick_hidden', () => this.#disappeared()),
    ];
  }

  protected override async begin(): Promise<void> {
    void this.backend.quickReady().catch(() => {});
    void this.lookAround();
    const { route } = this.app;
    const shown = route.screen === 'chat' ? route.conversation : null;
    // A page that is loaded anew shows what it showed; the app, started anew, offers what was last.
    if (shown === null) this.#last = keptLast();
    const opening = this.conversation.open(shown);
    this.composer.arrived(null, await this.backend.draft().catch(() => ''));
    this.#begun();
    await opening;
  }

  protected override message(): string {
    const { text } = this.composer;
    return this.#attached === null ? text : withAttachment(text, this.#attached);
  }

  protected override sent(text: string, conversation: string): void {
    super.sent(text, conversation);
    keepLast(conversation);
    this.#attached = null;
    this.#last = null;
    void this.lookAround();
  }

  protected override replyEnded(status: MessageStatus): void {
    super.replyEnded(status);
    if (this.#left !== null) this.#leave();
  }

  override send(): Promise<boolean> {
    if (!this.sending) this.#sent = super.send();
    return this.#sent;
  }

  /** The key that asks: sends what there is, or opens the sign-in. */
  async ask(): Promise<void> {
    if (!this.app.ready) return;
    if (!this.app.signedIn) await this.signIn();
    else if (this.hasQuestion && !this.conversation.running) await this.send();
  }

  /** Opens the sign-in in the main window. */
  async signIn(): Promise<void> {
    await this.#openInMain({ conversation: null, screen: 'sign_in' });
  }

  /** Goes on in the main window. What has not been asked yet is asked first. */
  async openInSerein(): Promise<void> {
    if (!this.app.ready) return;
    await this.#sent;
    if (this.conversation.id === null && this.hasQuestion && this.app.signedIn && !(await this.send())) return;
    const { id } = this.conversation;
    if (!(await this.#openInMain({ conversation: id, screen: 'chat' }))) return;
    // It is the main window's from now on: what is pressed here next is not meant for it.
    if (this.conversation.id === id) this.startFresh();
  }

  async openSettings(): Promise<void> {
    await this.#openInMain({ conversation: null, screen: 'settings' });
  }

  /** Shows a fresh chat; what is being written stays. */
  startFresh(): void {
    const { id } = this.conversation;
    if (id === null) return;
    this.#last = id;
    this.app.adopt(null);
    void this.conversation.open(null);
  }

  /** Shows the exchange before this one again. */
  async continueLast(): Promise<void> {
    const id = this.#last;
    if (id === null) return;
    this.#last = null;
    this.#field.focus(false);
    this.app.adopt(id);
    await this.conversation.open(id);
    const { error } = this.conversation;
    if (this.conversation.id !== id || error === null) return;
    this.app.adopt(null);
    await this.conversation.open(null);
    this.conversation.refuse(error);
  }

  async attach(source: QuickSource): Promise<void> {
    this.#field.focus(false);
    await this.#attempt(async () => {
      this.#attached = await this.backend.quickAttach(source);
    });
  }

  removeAttached(): void {
    this.#attached = null;
    this.#field.focus(false);
    void this.lookAround();
  }

  /** One step back: a running reply is stopped, else what is written is cleared, else quick ask is hidden. */
  escape(): void {
    const { reply } = this.conversation;
    if (reply !== null && reply !== this.#stopped) {
      this.stop();
    } else if (this.composer.text !== '' || this.#attached !== null) {
      this.composer.text = '';
      this.conversation.dismiss();
      if (this.#attached !== null) this.removeAttached();
    } else {
      void this.#attempt(() => this.backend.quickHide());
    }
  }

  stop(): void {
    this.#stopped = this.conversation.reply;
    this.#field.focus(false);
    void this.conversation.stop();
  }

  /** Finds out what could be attached. */
  async lookAround(): Promise<void> {
    this.#context = await this.backend.quickContext().catch(() => NOTHING);
  }

  async #appeared({ text }: QuickShown): Promise<void> {
    this.#field.focus(false);
    this.#freshen();
    clearTimeout(this.#timer);
    this.#left = null;
    this.#shown++;
    void this.lookAround();
    if (text === null || text === '') return;
    await this.#drafted;
    const draft = this.composer.text;
    this.composer.text = draft === '' ? text : `${draft}\n\n${text}`;
    this.#field.focus(true);
  }

  #disappeared(): void {
    void this.composer.flush();
    // So that the first keys of the next time find it, however early they are.
    this.#field.focus(false);
    this.#leave();
  }

  /** From now on the time runs after which the exchange is over; then nothing old is left to be seen at all. */
  #leave(): void {
    this.#left = Date.now();
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#freshen(), SAME_EXCHANGE + 1000);
  }

  #freshen(): void {
    if (startsFresh({ at: this.#left, running: this.conversation.running }, Date.now())) this.startFresh();
  }

  async #openInMain(where: OpenIn): Promise<boolean> {
    await this.composer.flush();
    return this.#attempt(() => this.backend.openInMain(where));
  }

  async #attempt(command: () => Promise<void>): Promise<boolean> {
    try {
      await command();
      return true;
    } catch (reason) {
      this.conversation.refuse(asIpcError(reason));
      return false;
    }
  }
}
