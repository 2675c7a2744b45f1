// The app as a whole: who is signed in, the settings, which screen is shown.
import type { AccountView } from '../bindings/AccountView';
import type { AppState } from '../bindings/AppState';
import type { IpcError } from '../bindings/IpcError';
import type { Settings } from '../bindings/Settings';
import type { SettingsPatch } from '../bindings/SettingsPatch';
import { asIpcError, type Backend } from '../backend';
import { format, parse, type Route } from '../route';

export class App {
  #backend: Backend;
  #state = $state.raw<AppState | null>(null);
  #account = $state.raw<AccountView | null>(null);
  #settings = $state.raw<Settings | null>(null);
  #failure = $state.raw<IpcError | null>(null);
  #route = $state.raw<Route>({ screen: 'chat', conversation: null });
  /** Where `Settings` was opened from. */
  #before: Route = { screen: 'chat', conversation: null };
  #asksToSignIn = $state(false);
  #signInProblem = $state.raw<IpcError | null>(null);
  #announcement = $state('');

  constructor(backend: Backend) {
    this.#backend = backend;
  }

  /** Nothing can be shown before this. */
  get ready(): boolean {
    return this.#state !== null;
  }

  /** The app could not be reached at all: why. */
  get failure(): IpcError | null {
    return this.#failure;
  }

  /** The facts that do not change while the app runs. */
  get state(): AppState {
    if (!this.#state) throw new Error('read before the app is ready');
    return this.#state;
  }

  get account(): AccountView {
    return this.#account ?? this.state.account;
  }

  get settings(): Settings {
    return this.#settings ?? this.state.settings;
  }

  get signedIn(): boolean {
    return this.account.signed_in !== null;
  }

  get platform(): string {
    return this.#state?.platform ?? 'linux';
  }

  get route(): Route {
    return this.#route;
  }

  /** The sign-in screen takes the place of the conversation: right after a 401, or when asked for. */
  get asksToSignIn(): boolean {
    return this.#asksToSignIn && !this.signedIn;
  }

  /** A sign-in command was refused: why. */
  get signInProblem(): IpcError | null {
    return this.#signInProblem;
  }

  /** What a screen reader is told: starts and ends, never tokens. */
  get announcement(): string {
    return this.#announcement;
  }

  /** Fetches the state; tried again by calling it again. */
  async start(): Promise<void> {
    this.#failure = null;
    this.#route = parse(location.hash);
    try {
      this.#state = await this.#backend.appState();
    } catch (reason) {
      this.#failure = asIpcError(reason);
    }
  }

  /** The account changed. */
  accountChanged(account: AccountView): void {
    const before = this.#account ?? this.#state?.account;
    this.#account = account;
    if (account.signed_in) this.#asksToSignIn = false;
    else if (before?.signed_in) this.#asksToSignIn = true;
    this.#signInProblem = null;
  }

  settingsChanged(settings: Settings): void {
    this.#settings = settings;
  }

  async updateSettings(patch: SettingsPatch): Promise<void> {
    const address = patch.base_url !== undefined;
    this.#settings = await this.#backend.updateSettings(patch);
    // The address in use is worked out by the app, not here.
    if (address) this.#state = await this.#backend.appState();
  }

  /** Opens a screen. */
  go(route: Route): void {
    const hash = format(route);
    if (hash === location.hash) this.moved();
    else location.hash = hash;
  }

  /** The address changed, by a link, a key or the history. */
  moved(): void {
    const next = parse(location.hash);
    if (this.#route.screen !== 'settings') this.#before = this.#route;
    if (next.screen === 'chat') this.#asksToSignIn = false;
    this.#route = next;
  }

  /** The conversation shown has another address now, as when it has just begun; the screen stays as it is. */
  adopt(conversation: string | null): void {
    this.#route = { screen: 'chat', conversation };
    history.replaceState(null, '', format(this.#route));
  }

  /** Where the settings lead back to. */
  comeBackTo(route: Route): void {
    this.#before = route;
  }

  /** Leaves the settings. */
  closeSettings(): void {
    this.go(this.#before);
  }

  /** Shows the sign-in screen, and begins at once if nothing is under way. */
  signIn(): void {
    if (this.#route.screen === 'settings') {
      // Not by the fragment: its event comes later, and going to a conversation leaves the sign-in screen.
      this.#route = this.#before;
      history.pushState(null, '', format(this.#route));
    }
    this.#asksToSignIn = true;
    const { state } = this.account.sign_in;
    if (state === 'idle' || state === 'failed' || state === 'done') this.startSignIn();
  }

  startSignIn(): void {
    void this.#attempt(this.#backend.signInStart());
  }

  enterCode(code: string): void {
    void this.#attempt(this.#backend.signInCode(code));
  }

  cancelSignIn(): void {
    void this.#attempt(this.#backend.signInCancel());
  }

  openBrowser(): void {
    void this.#attempt(this.#backend.signInOpenBrowser());
  }

  /** The code on the clipboard, or nothing and a sentence. */
  async clipboardCode(): Promise<string | null> {
    this.#signInProblem = null;
    try {
      return await this.#backend.clipboardCode();
    } catch (reason) {
      this.#signInProblem = asIpcError(reason);
      return null;
    }
  }

  /** Says something to a screen reader. */
  announce(text: string): void {
    // The same words twice would be said once.
    this.#announcement = this.#announcement === text ? `${text}\u00a0` : text;
  }

  async #attempt(command: Promise<void>): Promise<void> {
    this.#signInProblem = null;
    try {
      await command;
    } catch (reason) {
      this.#signInProblem = asIpcError(reason);
    }
  }
}
