//! The list of conversations: its sections and rows, folders, and what deleting and undoing answer.

use serde::{Deserialize, Deserializer, Serialize};
use ts_rs::TS;

use super::Snapshot;

/// A line of the sidebar.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct ConversationSummary {
    /// Its id.
    pub id: String,
    /// Its title, never empty.
    pub title: String,
    /// Last change.
    #[ts(type = "number")]
    pub updated_at: i64,
    /// A reply is running.
    pub running: bool,
    /// It stands above the others.
    pub pinned: bool,
    /// It is put away.
    pub archived: bool,
    /// The folder it is in.
    pub folder: Option<String>,
    /// It is kept in memory only.
    pub temporary: bool,
}

/// Which conversations a list has.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, TS)]
#[serde(tag = "scope", rename_all = "snake_case")]
#[ts(export)]
pub enum ListScope {
    /// All that are not archived, the temporary ones among them.
    Active,
    /// Those in a folder that are not archived.
    Folder {
        /// The folder's id.
        id: String,
    },
    /// The archived ones.
    Archived,
}

/// The list of conversations without its rows: how many there are under which headings.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct ConversationList {
    /// How many conversations there are.
    pub total: u32,
    /// In order; their counts add up to the total, and none is empty.
    pub sections: Vec<ListSection>,
}

/// A heading and how many conversations stand under it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct ListSection {
    /// The heading.
    pub heading: ListHeading,
    /// How many.
    pub count: u32,
}

/// What conversations stand under. Days and months are those of the local time zone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(tag = "heading", rename_all = "snake_case")]
#[ts(export)]
pub enum ListHeading {
    /// Kept in memory only.
    Temporary,
    /// Pinned.
    Pinned,
    /// Changed today.
    Today,
    /// Changed yesterday.
    Yesterday,
    /// Changed in the seven days before today, yesterday left out.
    Week,
    /// Changed before that, in this month.
    Month {
        /// The year.
        year: i32,
        /// The month, from 1.
        month: u32,
    },
}

/// A folder.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct FolderView {
    /// Its id.
    pub id: String,
    /// Its name, never empty.
    pub name: String,
    /// How many conversations it lists: those in it that are not archived.
    pub conversations: u32,
}

/// A change to some conversations; what is absent stays.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, TS)]
#[serde(deny_unknown_fields)]
#[ts(export, optional_fields)]
pub struct ConversationPatch {
    /// The title.
    pub title: Option<String>,
    /// Whether it stands above the others.
    pub pinned: Option<bool>,
    /// Whether it is put away.
    pub archived: Option<bool>,
    /// The folder it is in; `null`: none.
    #[serde(default, deserialize_with = "present")]
    #[ts(optional, type = "string | null")]
    pub folder: Option<Option<String>>,
}

/// Tells a value that is `null` from one that is absent.
fn present<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Option<String>>, D::Error> {
    Option::deserialize(deserializer).map(Some)
}

/// Conversations were deleted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct Deleted {
    /// What `undo_delete` is given to bring them back.
    pub deletion: String,
    /// How many conversations.
    pub conversations: u32,
    /// How many messages were in them.
    pub messages: u32,
}

/// A message or a branch was deleted.
#[derive(Debug, Clone, Serialize, TS)]
#[ts(export)]
pub struct DeletedMessage {
    /// What `undo_delete` is given to bring it back.
    pub deletion: String,
    /// How many messages.
    pub messages: u32,
    /// The conversation; its page begins where the message stood, and is empty if nothing is left there.
    pub snapshot: Snapshot,
}

/// A deletion was undone.
#[derive(Debug, Clone, Serialize, TS)]
#[ts(export)]
pub struct Undone {
    /// The conversation that came back, if it was one; the one whose messages came back.
    pub conversation: Option<String>,
    /// Of messages that came back: the conversation; its page begins with the first of them.
    pub snapshot: Option<Snapshot>,
}
