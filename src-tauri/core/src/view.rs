//! What the UI sees: the payloads of commands and events. Exported to TypeScript by a test.
//!
//! Times are milliseconds since the Unix epoch.

mod exchange;
mod listing;
mod safety;
mod search;

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use serein_markdown::{Block, Patch};
use ts_rs::TS;

use crate::error::IpcError;
use crate::settings::Settings;

pub use exchange::{ExportFormat, JobKind, JobProblem, JobState, JobView};
pub use listing::{
    ConversationList, ConversationPatch, ConversationSummary, Deleted, DeletedMessage, FolderView,
    ListHeading, ListScope, ListSection, Undone,
};
pub use safety::{LibraryHealth, Remedy};
pub use search::{Found, FoundAll, Marked, SearchFilters, SearchHit, SearchResults};

/// Everything a window needs when it opens.
#[derive(Debug, Clone, Serialize, TS)]
#[ts(export)]
pub struct AppState {
    /// Who is signed in, and the sign-in under way.
    pub account: AccountView,
    /// The user's settings.
    pub settings: Settings,
    /// The service's address in use.
    pub base_url: String,
    /// Whether `SEREIN_BASE_URL` decides the address, so that Settings cannot.
    pub base_url_from_environment: bool,
    /// The address in use cannot be used: why.
    pub base_url_error: Option<IpcError>,
    /// The app's version.
    pub version: String,
    /// Whether the app runs on the simulated service.
    pub demo: bool,
    /// Where conversations, settings and logs are kept.
    pub data_dir: String,
    /// The keyboard's main modifier and wording: `linux`, `macos` or `windows`.
    pub platform: String,
    /// Something went wrong while starting (for example: settings were unreadable and set aside).
    pub startup_notice: Option<String>,
}

/// Where the token is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum TokenStorage {
    /// The system's keychain.
    Keychain,
    /// A file only the user can read, because there is no keychain.
    File,
    /// Neither could be written: the token is lost when the app quits.
    Memory,
}

/// Who is signed in, and the sign-in under way.
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
#[ts(export)]
pub struct AccountView {
    /// Present when there is a token.
    pub signed_in: Option<SignedIn>,
    /// The sign-in screen's state.
    pub sign_in: SignInView,
    /// Why there is no token any more (a 401, or the user's own choice): shown on the sign-in screen.
    pub signed_out_reason: Option<String>,
}

/// The token's facts, never the token.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct SignedIn {
    /// Where the token is kept.
    pub storage: TokenStorage,
    /// When the token ends, if the server said.
    #[ts(type = "number | null")]
    pub expires_at: Option<i64>,
}

/// The sign-in screen, state by state (`product.md`, *Sign in*).
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
#[serde(tag = "state", rename_all = "snake_case")]
#[ts(export)]
pub enum SignInView {
    /// Nothing under way: one button. While the keychain is being read at start, `unlocking` is true.
    Idle {
        /// The keychain is being asked for the token.
        unlocking: bool,
    },
    /// The service is being asked for a request id. `waiting` says why if it has to be asked again.
    Requesting {
        /// The last try failed; the next follows by itself.
        waiting: Option<IpcError>,
    },
    /// The browser is open; the user has to enter the code.
    AwaitingCode {
        /// The page to approve on.
        url: String,
        /// When the request ends.
        #[ts(type = "number")]
        expires_at: i64,
        /// The last code was wrong, or something else to say.
        error: Option<IpcError>,
        /// No browser could be opened: the link is to be copied.
        browser_failed: bool,
    },
    /// The code is being exchanged. `waiting` as in `Requesting`.
    Checking {
        /// The page to approve on.
        url: String,
        /// When the request ends.
        #[ts(type = "number")]
        expires_at: i64,
        /// The last try failed; the next follows by itself.
        waiting: Option<IpcError>,
    },
    /// The code is known but the user has not approved yet (409); polling.
    AwaitingApproval {
        /// The page to approve on.
        url: String,
        /// When the request ends.
        #[ts(type = "number")]
        expires_at: i64,
        /// The last try failed; the next follows by itself.
        waiting: Option<IpcError>,
    },
    /// Signed in.
    Done,
    /// This sign-in is over; `Start again` begins a new one.
    Failed {
        /// Why.
        error: IpcError,
    },
}

/// One language model on offer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct ModelView {
    /// The id sent with a request.
    pub id: String,
    /// The name shown; the id where the server gives none.
    pub name: String,
    /// Tokens of context.
    #[ts(type = "number | null")]
    pub context_window: Option<u64>,
    /// Price per million input tokens.
    pub input_cost_per_million: Option<f64>,
    /// Price per million output tokens.
    pub output_cost_per_million: Option<f64>,
}

/// The models on offer; when they cannot be had, why, and a model id can be typed.
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
#[ts(export)]
pub struct ModelList {
    /// In the server's order.
    pub models: Vec<ModelView>,
    /// Why there are none.
    pub error: Option<IpcError>,
}

/// A conversation as a window shows it: a page of the visible path, and the event number up to which it
/// is current.
#[derive(Debug, Clone, Serialize, TS)]
#[ts(export)]
pub struct Snapshot {
    /// Its id.
    pub id: String,
    /// Its title.
    pub title: String,
    /// The model chosen in this conversation.
    pub model: Option<String>,
    /// Whether tools are offered in this conversation; without a choice, the setting decides.
    pub tools: Option<bool>,
    /// The end of the visible path; of another version, its beginning; after a deletion or its undoing,
    /// what stands in that place. What is before it stays as it is.
    pub page: PageView,
    /// The running turn, if any.
    pub turn: Option<TurnView>,
    /// Events of this conversation with a greater `seq` come after this snapshot.
    #[ts(type = "number")]
    pub seq: u64,
    /// The unsent text.
    pub draft: String,
}

/// Some consecutive messages of the visible path.
#[derive(Debug, Clone, Serialize, TS)]
#[ts(export)]
pub struct PageView {
    /// The first one's index in the visible path.
    pub first: u32,
    /// How many messages the visible path has.
    pub total: u32,
    /// Oldest first.
    pub messages: Vec<MessageView>,
}

/// Which page of the visible path.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, TS)]
#[serde(tag = "at", rename_all = "snake_case")]
#[ts(export)]
pub enum PageAt {
    /// The first one.
    Start,
    /// The last one.
    End,
    /// The one that ends before a message.
    Before {
        /// The message's id.
        message: String,
    },
    /// The one that begins after a message.
    After {
        /// The message's id.
        message: String,
    },
    /// The one that begins with a message.
    From {
        /// The message's id.
        message: String,
    },
}

/// The running turn.
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
#[ts(export)]
pub struct TurnView {
    /// Its id.
    pub id: String,
    /// The reply being written.
    pub message: String,
    /// It is waiting before the next try.
    pub retrying: Option<Retrying>,
}

/// The countdown before the next try.
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
#[ts(export)]
pub struct Retrying {
    /// When the next try is made.
    #[ts(type = "number")]
    pub at: i64,
    /// The next try's number, from 2.
    pub attempt: u32,
    /// Tries at most.
    pub of: u32,
    /// Why it has to be tried again.
    pub error: IpcError,
}

/// Who wrote a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum Role {
    /// The user.
    User,
    /// The model.
    Assistant,
}

/// How a message stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum MessageStatus {
    /// Being written.
    Streaming,
    /// Whole.
    Complete,
    /// Whole, but cut by `max_tokens`: *Reached the length limit* and `Continue`.
    Length,
    /// The user stopped it.
    Stopped,
    /// It ended early: `Continue` and `Retry`.
    Interrupted,
    /// It failed; see its error.
    Failed,
}

/// One message of the visible path.
#[derive(Debug, Clone, Serialize, TS)]
#[ts(export)]
pub struct MessageView {
    /// Its id.
    pub id: String,
    /// Who wrote it.
    pub role: Role,
    /// How it stands.
    pub status: MessageStatus,
    /// What it consists of, in order. A user's message is one `Plain` part.
    pub parts: Vec<PartView>,
    /// What went wrong, with `status` `failed` or `interrupted`.
    pub error: Option<IpcError>,
    /// The model that wrote it.
    pub model: Option<String>,
    /// When it was begun.
    #[ts(type = "number")]
    pub created_at: i64,
    /// This version's place among its siblings, from 1.
    pub version: u32,
    /// How many versions there are.
    pub versions: u32,
}

/// A piece of a message.
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
#[serde(tag = "type", rename_all = "snake_case")]
#[ts(export)]
pub enum PartView {
    /// A user's own words, shown as they are. Long ones are cut here: `length` is the whole's, in
    /// characters, and `message_text` fetches it.
    Plain {
        /// The text or its beginning.
        text: String,
        /// The whole text's length in characters.
        length: u32,
    },
    /// The reply's text.
    Text {
        /// Its tree.
        blocks: Vec<Block>,
    },
    /// The model's thinking.
    Reasoning {
        /// Its tree.
        blocks: Vec<Block>,
        /// When it began.
        #[ts(type = "number")]
        started_at: i64,
        /// How long it took, in milliseconds; absent while it runs.
        #[ts(type = "number | null")]
        took: Option<u64>,
    },
    /// A tool call.
    Tool {
        /// The call.
        call: ToolCallView,
    },
    /// Something the user should know about the reply at this place.
    Notice {
        /// What.
        error: IpcError,
    },
    /// The user asked for more here; the reply goes on in the next part.
    Continued,
}

/// A tool call as its card shows it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct ToolCallView {
    /// The model's id for it, or ours.
    pub id: String,
    /// The function's name.
    pub name: String,
    /// The arguments' JSON text, as the model wrote it.
    pub arguments: String,
    /// How it stands.
    pub state: ToolCallState,
    /// What it returned, or why it failed.
    pub result: Option<String>,
}

/// How a tool call stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum ToolCallState {
    /// The user is asked: `Allow once`, `Always allow`, `Deny`.
    Waiting,
    /// Under way.
    Running,
    /// It returned.
    Succeeded,
    /// It failed, or no such tool exists.
    Failed,
    /// The user did not allow it.
    Denied,
    /// Not run: the reply was cut or stopped before it.
    Skipped,
}

impl ToolCallState {
    /// Whether the call has yet to end.
    pub fn is_open(self) -> bool {
        matches!(self, Self::Waiting | Self::Running)
    }
}

/// What the user says to a tool call that asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum ToolAnswer {
    /// This call may run.
    Once,
    /// This call and all later ones of this tool may run.
    Always,
    /// This call may not run.
    Deny,
}

/// A tool as Settings lists it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct ToolView {
    /// The name the model calls it by.
    pub name: String,
    /// What it does: a sentence.
    pub summary: String,
    /// Whether the user is asked first.
    pub asks: bool,
    /// The user has allowed it for good.
    pub allowed: bool,
}

/// What the running turn of a conversation has to say. Event name: `turn`.
#[derive(Debug, Clone, Serialize, TS)]
#[ts(export)]
pub struct TurnEvent {
    /// The conversation.
    pub conversation: String,
    /// The turn.
    pub turn: String,
    /// The reply being written.
    pub message: String,
    /// Consecutive within a conversation while the app runs.
    #[ts(type = "number")]
    pub seq: u64,
    /// What happened.
    #[serde(flatten)]
    pub kind: TurnEventKind,
}

/// What happened in a turn: the stream's own events and the app's.
#[derive(Debug, Clone, Serialize, TS)]
#[serde(tag = "type", rename_all = "snake_case")]
#[ts(export)]
pub enum TurnEventKind {
    /// A turn began: the messages from `from` on (an index of the visible path) are replaced by these.
    /// The last of them is the reply.
    Started {
        /// How many messages of the visible path stay.
        keep: u32,
        /// The messages after them.
        messages: Vec<MessageView>,
    },
    /// The reply's text grew. A `part` equal to the number of parts adds a `Text` part first.
    Content {
        /// The part's index.
        part: u32,
        /// What to do to its tree.
        patch: Patch,
    },
    /// The thinking grew. A `part` equal to the number of parts adds a `Reasoning` part first.
    Reasoning {
        /// The part's index.
        part: u32,
        /// When it began.
        #[ts(type = "number")]
        started_at: i64,
        /// What to do to its tree.
        patch: Patch,
    },
    /// The thinking at `part` is over.
    Reasoned {
        /// The part's index.
        part: u32,
        /// How long it took, in milliseconds.
        #[ts(type = "number")]
        took: u64,
    },
    /// The model calls a tool: the new part at `part`.
    ToolCalls {
        /// The part's index.
        part: u32,
        /// The call.
        call: ToolCallView,
    },
    /// A tool call's state or result changed.
    ToolResult {
        /// The part's index.
        part: u32,
        /// The call as it stands now.
        call: ToolCallView,
    },
    /// A non-fatal error in the stream, or a part that could not be read: the new part at `part`.
    Error {
        /// The part's index.
        part: u32,
        /// What.
        error: IpcError,
    },
    /// The request failed before anything arrived and is tried again later.
    Retrying {
        /// The countdown.
        retrying: Retrying,
    },
    /// The countdown is over; the request is on its way again.
    Requesting,
    /// The model said why it stopped.
    Finish {
        /// `stop`, `tool_calls`, `length`, or what else the server said.
        finish_reason: String,
    },
    /// The turn is over: how the reply stands.
    Done {
        /// How it stands.
        status: MessageStatus,
        /// What went wrong, if anything.
        error: Option<IpcError>,
    },
    /// The reply is saved.
    Saved,
    /// The event itself is larger than an event should be: fetch it with `turn_events_since`.
    Large,
}

/// Answer of `turn_events_since`.
#[derive(Debug, Clone, Serialize, TS)]
#[serde(tag = "type", rename_all = "snake_case")]
#[ts(export)]
pub enum MissedEvents {
    /// The events asked for, in order.
    Events {
        /// Oldest first.
        #[ts(as = "Vec<TurnEvent>")]
        events: Vec<Box<RawValue>>,
    },
    /// They are not kept any more: open the conversation again.
    Gone,
}

/// What `send`, `edit`, `retry` and `continue_reply` answer once the turn has begun.
#[derive(Debug, Clone, Serialize, TS)]
#[ts(export)]
pub struct TurnStarted {
    /// The conversation, new if none was given.
    pub conversation: String,
    /// The turn.
    pub turn: String,
}

/// The quick ask is shown.
#[derive(Debug, Clone, Serialize, TS)]
#[ts(export)]
pub struct QuickShown {
    /// What the command line brought, to be asked.
    pub text: Option<String>,
}

/// What can be attached in the quick ask; of its content nothing is said before the user asks for it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct QuickContext {
    /// Text that came to the clipboard in the last minute.
    pub clipboard: bool,
    /// Text that is selected in some window (X11).
    pub selection: bool,
}

/// Where the text comes from that the user attaches.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum QuickSource {
    /// The clipboard.
    Clipboard,
    /// What is selected in some window (X11).
    Selection,
}

/// Where the main window is to be opened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct OpenIn {
    /// The conversation; `None`: a new chat.
    pub conversation: Option<String>,
    /// The screen.
    pub screen: Screen,
}

/// A screen of the main window.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum Screen {
    /// A conversation, or a new chat.
    Chat,
    /// The settings.
    Settings,
    /// Signing in.
    SignIn,
}

/// How it stands with the keys that show the quick ask.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct ShortcutStatus {
    /// The keys, as `Ctrl+Shift+Space`; empty: switched off.
    pub shortcut: String,
    /// What the desktop calls the keys it gave, where it has the say (Wayland).
    pub given: Option<String>,
    /// They work now.
    pub active: bool,
    /// The user has paused them.
    pub paused: bool,
    /// Why they cannot be had, in a sentence.
    pub problem: Option<String>,
    /// The command to bind in the system's own settings instead.
    pub command: Option<String>,
    /// A tray shows the app's icon.
    pub tray: bool,
}
