//! Search: what is asked for, and what is found.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::Role;

/// What narrows a search.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, TS)]
#[serde(default)]
#[ts(export)]
pub struct SearchFilters {
    /// Replies of this model.
    pub model: Option<String>,
    /// Conversations in this folder.
    pub folder: Option<String>,
    /// From this time on.
    #[ts(type = "number | null")]
    pub from: Option<i64>,
    /// Before this time.
    #[ts(type = "number | null")]
    pub to: Option<i64>,
    /// Messages with a block of code.
    pub code: bool,
}

/// What a search found, the best first.
#[derive(Debug, Clone, Default, PartialEq, Serialize, TS)]
#[ts(export)]
pub struct SearchResults {
    /// At most 100.
    pub hits: Vec<SearchHit>,
    /// There may be more than these.
    pub more: bool,
    /// So many messages cannot be found yet: they were there before search was, and are being taken up.
    pub waiting: u32,
}

/// Something found.
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
#[ts(export)]
pub struct SearchHit {
    /// The conversation.
    pub conversation: String,
    /// Its title.
    pub title: Vec<Marked>,
    /// The message; `None`: the title itself was found.
    pub message: Option<String>,
    /// Who wrote the message.
    pub role: Option<Role>,
    /// The message's words around what was found; of a title none.
    pub snippet: Vec<Marked>,
    /// When the message was begun; of a title, when the conversation last changed.
    #[ts(type = "number")]
    pub at: i64,
    /// The conversation is in the archive.
    pub archived: bool,
}

/// A piece of text that was found, or that stands around it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct Marked {
    /// The text.
    pub text: String,
    /// It was found.
    pub hit: bool,
}

/// A message of the open conversation in which something was found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct Found {
    /// The message.
    pub message: String,
    /// Its index in the visible path.
    pub index: u32,
    /// How many times it is in there.
    pub count: u32,
}

/// All that was found in the open conversation.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct FoundAll {
    /// How many times, all together.
    pub total: u32,
    /// Where, in the order of the visible path: the first 10,000 messages.
    pub messages: Vec<Found>,
}
