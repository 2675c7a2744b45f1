//! The visible path page by page: a long conversation is never read whole to be shown.

use rusqlite::{Connection, OptionalExtension as _, params};

use super::opening::fold;
use super::rows::{COLUMNS, path_to, read_message};
use super::{Library, LibraryError};
use crate::message::{Message, Part, SHOWN_CHARACTERS};
use crate::view::{MessageStatus, PageAt};

/// Messages on a page at most.
pub const PAGE_MESSAGES: usize = 24;
/// Text on a page at most, in bytes, as far as there are [`PAGE_LEAST`] messages.
pub const PAGE_BYTES: usize = 150 << 10;
/// Messages on a page at least, where there are so many: a question and its reply.
pub const PAGE_LEAST: usize = 2;

/// What the last page has at most, in bytes of text: some screens, so that a conversation is there at once. What
/// is before them comes when they have been drawn.
pub const END_BYTES: usize = 5 << 10;
/// What a message takes of that without any text: its room on the screen.
const MESSAGE_ROOM: usize = 192;

/// A message on the visible path, and its place among its versions.
#[derive(Debug, Clone, PartialEq)]
pub struct PathMessage {
    /// The message.
    pub message: Message,
    /// From 1.
    pub version: u32,
    /// How many.
    pub versions: u32,
}

/// Some consecutive messages of the visible path.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Page {
    /// The first one's index in the visible path.
    pub first: u32,
    /// How many messages the visible path has.
    pub total: u32,
    /// Oldest first.
    pub messages: Vec<PathMessage>,
}

impl Library {
    /// The whole visible path, oldest first: what a request is made of.
    ///
    /// # Errors
    /// [`LibraryError::Missing`], or when the database fails.
    pub fn path_of(&self, conversation: &str) -> Result<Vec<Message>, LibraryError> {
        let connection = self.lock();
        match leaf_of(&connection, conversation)? {
            Some(leaf) => path_to(&connection, &leaf),
            None => Ok(Vec::new()),
        }
    }

    /// A page of the visible path. Reads the rows of that page and no others.
    ///
    /// # Errors
    /// [`LibraryError::Missing`] when there is no such conversation or the message is not on its
    /// visible path, or when the database fails.
    pub fn page(&self, conversation: &str, at: &PageAt) -> Result<Page, LibraryError> {
        let connection = self.lock();
        let Some(leaf) = leaf_of(&connection, conversation)? else {
            return match at {
                PageAt::Start | PageAt::End => Ok(Page::default()),
                PageAt::Before { .. } | PageAt::After { .. } | PageAt::From { .. } => {
                    Err(LibraryError::Missing)
                }
            };
        };
        let total = place_of(&connection, &leaf)?.depth + 1;
        let (first, messages) = match at {
            PageAt::End => upwards(&connection, Some(leaf), total, Room::at_the_end())?,
            PageAt::Before { message } => {
                let before = place_of(&connection, message)?;
                upwards(&connection, before.parent, before.depth, Room::default())?
            }
            PageAt::Start => (0, downwards(&connection, &leaf, 0, |_| true)?),
            PageAt::From { message } => {
                let first = place_of(&connection, message)?.depth;
                let is_on_path = |reached: &Message| reached.id == *message;
                (first, downwards(&connection, &leaf, first, is_on_path)?)
            }
            // Nothing comes after the end.
            PageAt::After { message } if *message == leaf => (total, Vec::new()),
            PageAt::After { message } => {
                let first = place_of(&connection, message)?.depth + 1;
                let is_on_path = |reached: &Message| reached.parent.as_ref() == Some(message);
                (first, downwards(&connection, &leaf, first, is_on_path)?)
            }
        };
        let mut messages = with_versions(&connection, conversation, messages)?;
        if self.has_cut_off {
            for PathMessage { message, .. } in &mut messages {
                if message.status == MessageStatus::Streaming {
                    fold(&connection, message)?;
                }
            }
        }
        Ok(Page {
            first,
            total,
            messages,
        })
    }

    /// The last `count` messages of the visible path.
    ///
    /// # Errors
    /// [`LibraryError::Missing`], or when the database fails.
    pub fn last_messages(
        &self,
        conversation: &str,
        count: usize,
    ) -> Result<Vec<PathMessage>, LibraryError> {
        let connection = self.lock();
        let mut next = leaf_of(&connection, conversation)?;
        let mut messages = Vec::with_capacity(count);
        while messages.len() < count
            && let Some(id) = next.take()
        {
            let message = read(&connection, &id)?;
            next.clone_from(&message.parent);
            messages.push(message);
        }
        messages.reverse();
        with_versions(&connection, conversation, messages)
    }
}

/// Where a message stands.
struct Place {
    parent: Option<String>,
    depth: u32,
}

fn place_of(connection: &Connection, message: &str) -> Result<Place, LibraryError> {
    connection
        .prepare_cached("SELECT parent, depth FROM message INDEXED BY message_walk WHERE id = ?1")?
        .query_row([message], |row| {
            Ok(Place {
                parent: row.get(0)?,
                depth: row.get(1)?,
            })
        })
        .optional()?
        .ok_or(LibraryError::Missing)
}

/// The end of the visible path; `None` while the conversation is empty.
pub(super) fn leaf_of(
    connection: &Connection,
    conversation: &str,
) -> Result<Option<String>, LibraryError> {
    connection
        .prepare_cached("SELECT leaf FROM conversation WHERE id = ?1 AND deletion IS NULL")?
        .query_row([conversation], |row| row.get(0))
        .optional()?
        .ok_or(LibraryError::Missing)
}

fn read(connection: &Connection, id: &str) -> Result<Message, LibraryError> {
    connection
        .prepare_cached(&format!("SELECT {COLUMNS} FROM message m WHERE id = ?1"))?
        .query_row([id], |row| Ok(read_message(row)))
        .optional()?
        .ok_or(LibraryError::Missing)?
}

/// The page that ends with `last`, of which `end` messages begin the path; and where it begins.
fn upwards(
    connection: &Connection,
    last: Option<String>,
    end: u32,
    mut room: Room,
) -> Result<(u32, Vec<Message>), LibraryError> {
    let mut messages = Vec::new();
    let mut first = end;
    let mut next = last;
    while let Some(id) = next.take() {
        let message = read(connection, &id)?;
        if !room.takes(&message) {
            break;
        }
        next.clone_from(&message.parent);
        first = first.saturating_sub(1);
        messages.push(message);
    }
    messages.reverse();
    Ok((first, messages))
}

/// The page that begins at index `first` of the path to `leaf`, if the message there `is_on_path`.
fn downwards(
    connection: &Connection,
    leaf: &str,
    first: u32,
    is_on_path: impl Fn(&Message) -> bool,
) -> Result<Vec<Message>, LibraryError> {
    // A message knows what it follows, not what follows it: the way there is from the end.
    let mut walk = connection.prepare_cached(
        "WITH RECURSIVE path (id, parent, depth) AS (
             SELECT id, parent, depth FROM message INDEXED BY message_walk WHERE id = ?1
             UNION ALL
             SELECT m.id, m.parent, m.depth FROM path
                 JOIN message m INDEXED BY message_walk ON m.id = path.parent
                 WHERE path.depth > ?2
         )
         SELECT id FROM path WHERE depth >= ?2 ORDER BY depth LIMIT ?3",
    )?;
    let most = i64::try_from(PAGE_MESSAGES).unwrap_or(i64::MAX);
    let mut ids = walk.query(params![leaf, first, most])?;
    let mut room = Room::default();
    let mut messages = Vec::new();
    while let Some(row) = ids.next()? {
        let message = read(connection, &row.get::<_, String>(0)?)?;
        if messages.is_empty() && !is_on_path(&message) {
            break;
        }
        if !room.takes(&message) {
            return Ok(messages);
        }
        messages.push(message);
    }
    if messages.is_empty() {
        return Err(LibraryError::Missing);
    }
    Ok(messages)
}

fn with_versions(
    connection: &Connection,
    conversation: &str,
    messages: Vec<Message>,
) -> Result<Vec<PathMessage>, LibraryError> {
    let mut siblings = connection.prepare_cached(
        "SELECT count(*), count(*) FILTER (WHERE rowid <= (SELECT rowid FROM message WHERE id = ?3))
         FROM message WHERE conversation = ?1 AND parent IS ?2",
    )?;
    messages
        .into_iter()
        .map(|message| {
            let (versions, version) = siblings
                .query_row(params![conversation, message.parent, message.id], |row| {
                    Ok((row.get(0)?, row.get(1)?))
                })?;
            Ok(PathMessage {
                message,
                version,
                versions,
            })
        })
        .collect()
}

/// What a page still has room for.
struct Room {
    messages: usize,
    bytes: usize,
    /// What every message takes beside its text, in bytes.
    apiece: usize,
}

impl Default for Room {
    fn default() -> Self {
        Self {
            messages: 0,
            bytes: PAGE_BYTES,
            apiece: 0,
        }
    }
}

impl Room {
    /// That of the last page.
    fn at_the_end() -> Self {
        Self {
            messages: 0,
            bytes: END_BYTES,
            apiece: MESSAGE_ROOM,
        }
    }

    /// Takes the message in, if there is room for it.
    fn takes(&mut self, message: &Message) -> bool {
        let bytes = shown_bytes(message) + self.apiece;
        let fits =
            self.messages < PAGE_LEAST || (self.messages < PAGE_MESSAGES && bytes <= self.bytes);
        if fits {
            self.messages += 1;
            self.bytes = self.bytes.saturating_sub(bytes);
        }
        fits
    }
}

/// How much text a window is given of a message, roughly.
fn shown_bytes(message: &Message) -> usize {
    message
        .parts
        .iter()
        .map(|part| match (message.role, part) {
            (crate::view::Role::User, Part::Text { text, .. }) => text.len().min(SHOWN_CHARACTERS),
            (_, Part::Text { text, .. } | Part::Reasoning { text, .. }) => text.len(),
            (_, Part::Tool { call, .. }) => {
                call.arguments.len() + call.result.as_ref().map_or(0, String::len)
            }
            (_, Part::Notice { .. } | Part::Continued) => 0,
        })
        .sum()
}
