//! Every event name the UI hears. The payloads are in `serein_core::view`.

/// The account or the sign-in under way changed: `AccountView`.
pub(crate) const ACCOUNT: &str = "account";
/// A turn of the conversation the window looks at has something to say: `TurnEvent`.
pub(crate) const TURN: &str = "turn";
/// The settings changed: `Settings`.
pub(crate) const SETTINGS: &str = "settings";
/// The list of conversations changed: nothing; it is to be fetched again.
pub(crate) const CONVERSATIONS: &str = "conversations";
/// The window is about to close; its page keeps what is not kept yet and calls `close_window`.
pub(crate) const CLOSING: &str = "closing";
/// An export or an import has come along, or is over: `JobView`.
pub(crate) const JOB: &str = "job";
/// The models on offer changed: `ModelList`.
pub(crate) const MODELS: &str = "models";
/// Changes are not being kept, or are again, or there is a new backup: `LibraryHealth`.
pub(crate) const LIBRARY_HEALTH: &str = "library_health";
/// The quick ask is shown: `QuickShown`.
pub(crate) const QUICK_SHOWN: &str = "quick_shown";
/// The quick ask has been hidden.
pub(crate) const QUICK_HIDDEN: &str = "quick_hidden";
/// The main window is to show something: `OpenIn`.
pub(crate) const OPEN: &str = "open";
/// It stands differently with the shortcut: `ShortcutStatus`.
pub(crate) const SHORTCUT: &str = "shortcut";
