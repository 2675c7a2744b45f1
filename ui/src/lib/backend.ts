// What the window asks of the app and hears from it: the whole contract, without the toolkit that carries it.
import type { AccountView } from './bindings/AccountView';
import type { AppState } from './bindings/AppState';
import type { Block } from './bindings/Block';
import type { ConversationList } from './bindings/ConversationList';
import type { ConversationPatch } from './bindings/ConversationPatch';
import type { ConversationSummary } from './bindings/ConversationSummary';
import type { Deleted } from './bindings/Deleted';
import type { DeletedMessage } from './bindings/DeletedMessage';
import type { ExportFormat } from './bindings/ExportFormat';
import type { FolderView } from './bindings/FolderView';
import type { FoundAll } from './bindings/FoundAll';
import type { IpcError } from './bindings/IpcError';
import type { JobView } from './bindings/JobView';
import type { LibraryHealth } from './bindings/LibraryHealth';
import type { ListScope } from './bindings/ListScope';
import type { MissedEvents } from './bindings/MissedEvents';
import type { ModelList } from './bindings/ModelList';
import type { OpenIn } from './bindings/OpenIn';
import type { PageAt } from './bindings/PageAt';
import type { PageView } from './bindings/PageView';
import type { QuickContext } from './bindings/QuickContext';
import type { QuickShown } from './bindings/QuickShown';
import type { QuickSource } from './bindings/QuickSource';
import type { SearchFilters } from './bindings/SearchFilters';
import type { SearchResults } from './bindings/SearchResults';
import type { Settings } from './bindings/Settings';
import type { SettingsPatch } from './bindings/SettingsPatch';
import type { ShortcutStatus } from './bindings/ShortcutStatus';
import type { Snapshot } from './bindings/Snapshot';
import type { ToolAnswer } from './bindings/ToolAnswer';
import type { ToolView } from './bindings/ToolView';
import type { TurnEvent } from './bindings/TurnEvent';
import type { TurnStarted } from './bindings/TurnStarted';
import type { Undone } from './bindings/Undone';

/** The events a window hears, by name. */
export interface Events {
  account: AccountView;
  turn: TurnEvent;
  settings: Settings;
  /** The list of conversations changed: fetch it again. */
  conversations: null;
  models: ModelList;
  /** The export or import under way. */
  job: JobView;
  library_health: LibraryHealth;
  /** The window is about to close: keep what is not kept yet, then call `closeWindow`. */
  closing: null;
  /** Where the main window is to be. */
  open: OpenIn;
  /** The global shortcut changed, or whether it can be had. */
  shortcut: ShortcutStatus;
  /** Quick ask has been shown. */
  quick_shown: QuickShown;
  /** Quick ask has been hidden. */
  quick_hidden: null;
}

/** Every command; each rejects with an `IpcError`. */
export interface Backend {
  appState(): Promise<AppState>;

  signInStart(): Promise<void>;
  signInCode(code: string): Promise<void>;
  signInCancel(): Promise<void>;
  signInOpenBrowser(): Promise<void>;
  /** The six digits on the clipboard; rejects when there are none. */
  clipboardCode(): Promise<string>;
  signOut(): Promise<void>;
  openProfile(): Promise<void>;
  openPlan(): Promise<void>;
  openLink(url: string): Promise<void>;
  /** The picture at a web address, fetched without saying who asks, or the one in a `data:` address. */
  loadImage(url: string): Promise<Blob>;

  models(refresh: boolean): Promise<ModelList>;

  conversationList(scope: ListScope): Promise<ConversationList>;
  /** Rows of the list, in the order of its sections; at most 200. */
  conversationRows(scope: ListScope, first: number, count: number): Promise<ConversationSummary[]>;
  conversationSummary(id: string): Promise<ConversationSummary | null>;
  /** The conversation before (`-1`) or after (`1`) one in the list; without one, the first. */
  neighbour(id: string | null, scope: ListScope, offset: -1 | 1): Promise<string | null>;
  /** A conversation's row in the list. */
  conversationPlace(id: string, scope: ListScope): Promise<number | null>;
  openConversation(id: string): Promise<Snapshot>;
  /** A page of the visible path, as it is saved. */
  conversationPage(conversation: string, at: PageAt): Promise<PageView>;
  closeConversation(): Promise<void>;
  setConversationModel(id: string, model: string): Promise<void>;
  /** Whether tools are offered in a conversation; `null` leaves it to the setting. */
  setConversationTools(id: string, tools: boolean | null): Promise<void>;
  renameConversation(id: string, title: string): Promise<void>;
  updateConversations(ids: string[], patch: ConversationPatch): Promise<void>;
  deleteConversations(ids: string[]): Promise<Deleted>;
  deleteAllConversations(): Promise<Deleted>;
  /** Deletes a message alone, or with all that follows it. */
  deleteMessage(message: string, following: boolean): Promise<DeletedMessage>;
  undoDelete(deletion: string): Promise<Undone>;
  /** Makes a conversation of the visible path up to and with a message; answers with its id. */
  duplicateConversation(message: string): Promise<string>;
  /** Makes a temporary chat one that is kept; answers with its new id. */
  keepConversation(id: string): Promise<string>;

  /** By name. */
  folders(): Promise<FolderView[]>;
  createFolder(name: string): Promise<FolderView>;
  renameFolder(id: string, name: string): Promise<void>;
  /** Its conversations stay, in no folder. */
  deleteFolder(id: string): Promise<void>;

  search(text: string, filters: SearchFilters): Promise<SearchResults>;
  /** The models there are in the library. */
  searchModels(): Promise<string[]>;
  findInConversation(conversation: string, text: string): Promise<FoundAll>;
  /** Makes the path through a message visible; the page begins with it. */
  showMessage(message: string): Promise<Snapshot>;

  /** Asks where to, then exports these conversations, or all; `null`: the user thought better of it. */
  exportConversations(ids: string[] | null, format: ExportFormat): Promise<JobView | null>;
  /** Asks which files, or which folders of files, then imports them. */
  importConversations(folders: boolean): Promise<JobView | null>;
  cancelJob(id: string): Promise<void>;
  /** The latest job. */
  job(): Promise<JobView | null>;
  libraryHealth(): Promise<LibraryHealth>;
  /** Tries at once to save what could not be saved. */
  saveAgain(): Promise<void>;
  /** Ends the app, and starts it anew. */
  restart(): Promise<void>;

  draft(): Promise<string>;
  saveDraft(conversation: string | null, text: string): Promise<void>;

  messageText(message: string): Promise<string>;
  copyMessage(message: string): Promise<void>;
  copyText(text: string): Promise<void>;
  /** Copies blocks as rich text and as Markdown; one paragraph alone as its words. */
  copyBlocks(blocks: Block[]): Promise<void>;

  /** Without a conversation, a new one is begun: a temporary one, if that is wanted. */
  send(conversation: string | null, text: string, model: string, temporary: boolean): Promise<TurnStarted>;
  edit(message: string, text: string, model: string): Promise<TurnStarted>;
  retry(message: string, model: string): Promise<TurnStarted>;
  continueReply(message: string, model: string): Promise<TurnStarted>;
  selectVersion(message: string, offset: -1 | 1): Promise<Snapshot>;
  stop(conversation: string): Promise<void>;
  retryNow(conversation: string): Promise<void>;
  retryCancel(conversation: string): Promise<void>;
  /** What the user says to the tool call at a part of the running reply. */
  answerTool(conversation: string, part: number, answer: ToolAnswer): Promise<void>;
  turnEventsSince(conversation: string, seq: number): Promise<MissedEvents>;

  updateSettings(patch: SettingsPatch): Promise<Settings>;
  tools(): Promise<ToolView[]>;
  diagnostics(): Promise<string>;

  shortcutStatus(): Promise<ShortcutStatus>;
  /** Has the shortcut do nothing for now, or work again. */
  restShortcut(resting: boolean): Promise<void>;
  /** Has quick ask come at other keys; `''` is none. Rejects, and keeps the old ones, when these cannot be had. */
  setShortcut(shortcut: string): Promise<ShortcutStatus>;

  /** This window hears of being shown from now on; what it missed is told again. */
  quickReady(): Promise<void>;
  /** Brings quick ask up, as its shortcut does. */
  quickShow(): Promise<void>;
  quickHide(): Promise<void>;
  /** The height the page of quick ask would have, in pixels; the shell knows how much there is. */
  quickResize(height: number): Promise<void>;
  /** Whether quick ask stays when the focus goes. */
  quickHold(hold: boolean): Promise<void>;
  /** What could be attached now; nothing of it is read. */
  quickContext(): Promise<QuickContext>;
  quickAttach(source: QuickSource): Promise<string>;
  /** Hides quick ask and shows the main window there. */
  openInMain(where: OpenIn): Promise<void>;

  /** Closes this window, all being kept. */
  closeWindow(): Promise<void>;

  /** Calls `handler` for every such event until the returned function is called. */
  on<Name extends keyof Events>(name: Name, handler: (payload: Events[Name]) => void): Promise<() => void>;
}

/** Whatever a command rejected with, as the error to show. */
export function asIpcError(reason: unknown): IpcError {
  if (typeof reason === 'object' && reason !== null && 'message' in reason && typeof reason.message === 'string') {
    return 'code' in reason ? (reason as IpcError) : { code: 'failed', message: reason.message };
  }
  return { code: 'failed', message: typeof reason === 'string' ? reason : 'Something went wrong. Nothing was lost.' };
}
