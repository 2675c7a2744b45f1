//! Finding in one conversation: every message of its visible path, loaded in a window or not; and
//! making the path through a found message visible.

use rusqlite::{Connection, OptionalExtension as _};

use super::words::fold;
use crate::library::versions::show_path_through;
use crate::library::{Library, LibraryError};
use crate::view::{Found, FoundAll, Role};

/// What is looked for counts up to here, in characters.
const TYPED_CHARACTERS: usize = 1_000;
/// Messages given at most.
const MESSAGES: usize = 10_000;

/// What to find: folded, white space one space.
struct Needle {
    folded: String,
    words: Vec<String>,
}

impl Needle {
    fn of(typed: &str) -> Option<Self> {
        let typed: String = typed.chars().take(TYPED_CHARACTERS).collect();
        let folded = folded(typed.trim());
        let words = folded.split(' ').map(bare).collect();
        (!folded.is_empty()).then_some(Self { folded, words })
    }

    /// How many times it is in a message, as a reader sees it.
    fn count_in(&self, role: Role, text: &str) -> u32 {
        let source = folded(text);
        let seen = match role {
            Role::User => source,
            // What Markdown adds can only stand between words or be around them, and reading it takes long.
            Role::Assistant if !has_marks(text) => source,
            Role::Assistant if !self.may_be_in(&source) => return 0,
            Role::Assistant => folded(&serein_markdown::plain_text(
                &serein_markdown::parse_finished(text),
            )),
        };
        u32::try_from(seen.matches(&self.folded).count()).unwrap_or(u32::MAX)
    }

    /// Whether reading the Markdown is worth it.
    fn may_be_in(&self, source: &str) -> bool {
        let bare = bare(source);
        // A character may be written by its name.
        source.contains('&') || self.words.iter().all(|word| bare.contains(word))
    }
}

/// Without the signs that Markdown may have within a word.
fn bare(text: &str) -> String {
    text.replace(['*', '_', '~', '`', '\\'], "")
}

/// Whether Markdown could make anything else of it than paragraphs.
fn has_marks(text: &str) -> bool {
    text.contains(|character: char| {
        character.is_ascii_punctuation() && !matches!(character, ',' | '\'' | '"' | '?' | ';')
    })
}

/// Without case and diacritics, white space one space.
fn folded(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for character in text.chars() {
        if character.is_whitespace() {
            if !out.ends_with(' ') {
                out.push(' ');
            }
        } else {
            fold(character, |part| out.push(part));
        }
    }
    out
}

impl Library {
    /// Finds text in the messages of a conversation's visible path, without regard to case and
    /// diacritics. What was overtaken by a newer question finds nothing.
    ///
    /// # Errors
    /// [`LibraryError::Missing`] when there is no such conversation, or when the database fails.
    pub fn find_in_conversation(
        &self,
        conversation: &str,
        typed: &str,
    ) -> Result<FoundAll, LibraryError> {
        let Some(needle) = Needle::of(typed) else {
            return Ok(FoundAll::default());
        };
        let found = self.desk.finding.read(self, |connection, is_latest| {
            find(connection, is_latest, conversation, &needle)
        })?;
        Ok(found.unwrap_or_default())
    }

    /// The conversation of a message, and whether its visible path leads through the message.
    ///
    /// # Errors
    /// [`LibraryError::Missing`], or when the database fails.
    pub fn place_of_message(&self, message: &str) -> Result<(String, bool), LibraryError> {
        let connection = self.lock();
        place(&connection, message)
    }

    /// Makes the path through a message visible, with the newest of what followed it, unless it is
    /// visible already. Answers with its conversation.
    ///
    /// # Errors
    /// [`LibraryError::Missing`], or when the database fails.
    pub fn show_message(&self, message: &str) -> Result<String, LibraryError> {
        self.write(|tx| {
            let (conversation, is_visible) = place(tx, message)?;
            if !is_visible {
                show_path_through(tx, &conversation, message)?;
            }
            Ok(conversation)
        })
    }
}

fn find(
    connection: &Connection,
    is_latest: &dyn Fn() -> bool,
    conversation: &str,
    needle: &Needle,
) -> Result<FoundAll, LibraryError> {
    let leaf: Option<String> = connection
        .prepare_cached("SELECT leaf FROM conversation WHERE id = ?1 AND deletion IS NULL")?
        .query_row([conversation], |row| row.get(0))
        .optional()?
        .ok_or(LibraryError::Missing)?;
    let mut statement = connection.prepare_cached(
        "WITH RECURSIVE path (id, parent, depth) AS (
             SELECT id, parent, depth FROM message INDEXED BY message_walk WHERE id = ?1
             UNION ALL
             SELECT m.id, m.parent, m.depth FROM path
                 JOIN message m INDEXED BY message_walk ON m.id = path.parent
         )
         SELECT m.id, m.role, m.text, path.depth FROM path JOIN message m ON m.id = path.id ORDER BY path.depth",
    )?;
    let mut rows = statement.query([leaf])?;
    let mut found = FoundAll::default();
    while let Some(row) = rows.next()? {
        if !is_latest() {
            break;
        }
        let role = match row.get_ref(1)?.as_str() {
            Ok("user") => Role::User,
            _ => Role::Assistant,
        };
        let count = match row.get_ref(2)?.as_str() {
            Ok(text) => needle.count_in(role, text),
            Err(_) => 0,
        };
        if count == 0 {
            continue;
        }
        found.total = found.total.saturating_add(count);
        if found.messages.len() < MESSAGES {
            found.messages.push(Found {
                message: row.get(0)?,
                index: row.get(3)?,
                count,
            });
        }
    }
    Ok(found)
}

fn place(connection: &Connection, message: &str) -> Result<(String, bool), LibraryError> {
    let (conversation, depth, leaf): (String, u32, Option<String>) = connection
        .query_row(
            "SELECT m.conversation, m.depth, c.leaf FROM message m JOIN conversation c ON c.id = m.conversation
             WHERE m.id = ?1 AND c.deletion IS NULL",
            [message],
            |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)),
        )
        .optional()?
        .ok_or(LibraryError::Missing)?;
    let is_visible = connection
        .query_row(
            "WITH RECURSIVE path (id, parent, depth) AS (
                 SELECT id, parent, depth FROM message INDEXED BY message_walk WHERE id = ?1
                 UNION ALL
                 SELECT m.id, m.parent, m.depth FROM path
                     JOIN message m INDEXED BY message_walk ON m.id = path.parent
                     WHERE path.depth > ?2
             )
             SELECT id = ?3 FROM path WHERE depth = ?2",
            rusqlite::params![leaf, depth, message],
            |row| row.get(0),
        )
        .optional()?
        .unwrap_or(false);
    Ok((conversation, is_visible))
}
