//! Finding in one conversation: every message of its visible path, loaded in a window or not; and
//! making the path through a found message visible.

use std::borrow::Cow;
use std::collections::HashMap;
use std::num::NonZero;
use std::thread::ScopedJoinHandle;

use rusqlite::{Connection, OptionalExtension as _, params};

use super::words::fold;
use crate::library::versions::show_path_through;
use crate::library::{Library, LibraryError};
use crate::message::Part;
use crate::view::{Found, FoundAll, Role};

/// What is looked for counts up to here, in characters.
const TYPED_CHARACTERS: usize = 1_000;
/// Messages given at most.
const MESSAGES: usize = 10_000;

/// Text of replies that is read at once, in bytes.
const READ_BYTES: usize = 2 << 20;
/// Threads that read it at most.
const READERS: usize = 4;

/// What to find: folded, white space one space.
struct Needle {
    folded: String,
    words: Vec<String>,
    /// It is one word, of letters and digits alone, and not of digits alone.
    is_plain: bool,
}

/// What the source of a message says of what a reader sees of it.
#[derive(Debug, PartialEq, Eq)]
enum Seen {
    /// So many times.
    Count(u32),
    /// Markdown has to be read to know.
    Maybe,
}

impl Needle {
    fn of(typed: &str) -> Option<Self> {
        let typed: String = typed.chars().take(TYPED_CHARACTERS).collect();
        let folded = folded(typed.trim());
        let words = folded
            .split(' ')
            .map(|word| bare(word).into_owned())
            .collect();
        let is_plain =
            folded.chars().all(char::is_alphanumeric) && folded.chars().any(char::is_alphabetic);
        (!folded.is_empty()).then_some(Self {
            folded,
            words,
            is_plain,
        })
    }

    /// How many times it is in a message, as far as its source tells.
    fn look(&self, role: Role, text: &str) -> Seen {
        // Most texts are found out at a glance.
        if text.is_ascii() && !self.may_be_in(&text.to_ascii_lowercase()) {
            return Seen::Count(0);
        }
        let source = folded(text);
        match role {
            Role::User => Seen::Count(self.count(&source)),
            // What Markdown adds can only stand between words or be around them, and reading it takes long.
            Role::Assistant if !self.may_be_in(&source) => Seen::Count(0),
            Role::Assistant if has_marks(text) => {
                let count = self.count_whatever_marks(text, &source);
                count.map_or(Seen::Maybe, Seen::Count)
            }
            Role::Assistant => Seen::Count(self.count(&source)),
        }
    }

    /// How many times a word is in a reply, if its marks cannot matter: there are none that hide words or
    /// stand for others, and it is there as often with the signs within words as without them all.
    fn count_whatever_marks(&self, text: &str, source: &str) -> Option<u32> {
        const DOUBTS: Bytes = Bytes::of(b"[<&$\0");
        if !self.is_plain || DOUBTS.has_any(text) {
            return None;
        }
        // What stands behind a fence is not shown.
        let is_fence = |line: &&str| line.contains("```") || line.contains("~~~");
        if text
            .lines()
            .filter(is_fence)
            .any(|line| self.are_in(&bare(&folded(line))))
        {
            return None;
        }
        let count = self.count(source);
        (count == self.count(&bare(source))).then_some(count)
    }

    /// How many times it is in a reply, its Markdown read.
    fn count_read(&self, text: &str) -> u32 {
        self.count(&folded(&serein_markdown::words(text)))
    }

    fn count(&self, folded: &str) -> u32 {
        u32::try_from(folded.matches(&self.folded).count()).unwrap_or(u32::MAX)
    }

    /// Whether reading the Markdown is worth it.
    fn may_be_in(&self, source: &str) -> bool {
        // A character may be written by its name.
        source.contains('&') || self.are_in(source) || self.are_in(&bare(source))
    }

    fn are_in(&self, source: &str) -> bool {
        self.words.iter().all(|word| source.contains(word))
    }
}

/// Without the signs that Markdown may have within a word.
fn bare(text: &str) -> Cow<'_, str> {
    const SIGNS: Bytes = Bytes::of(b"*_~`\\");
    if !SIGNS.has_any(text) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len());
    out.extend(text.split(|character: char| SIGNS.has(character)));
    Cow::Owned(out)
}

/// Whether Markdown could make anything else of it than paragraphs.
fn has_marks(text: &str) -> bool {
    const MARKS: Bytes = Bytes::of(b"*_~`\\[]<&|$\0");
    const BEGINNINGS: Bytes = Bytes::of(b"-+=#>:0123456789");
    let begins_a_block = |line: &str| line.trim_start().starts_with(|first| BEGINNINGS.has(first));
    MARKS.has_any(text) || text.lines().any(begins_a_block)
}

/// Some ASCII characters, told from others at once.
struct Bytes([bool; 256]);

impl Bytes {
    const fn of(bytes: &[u8]) -> Self {
        let mut table = [false; 256];
        let mut n = 0;
        while n < bytes.len() {
            table[bytes[n] as usize] = true;
            n += 1;
        }
        Self(table)
    }

    fn has(&self, character: char) -> bool {
        u8::try_from(character).is_ok_and(|byte| self.0[usize::from(byte)])
    }

    fn has_any(&self, text: &str) -> bool {
        text.bytes().any(|byte| self.0[usize::from(byte)])
    }
}

/// Without case and diacritics, white space one space.
fn folded(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for character in text.chars() {
        if !character.is_whitespace() {
            fold(character, |part| out.push(part));
        } else if !out.ends_with(' ') {
            out.push(' ');
        }
    }
    out
}

impl Library {
    /// Finds text in the messages of a conversation's visible path, without regard to case and
    /// diacritics; in the model's thinking too, if that is shown (`reasoning`). What was overtaken by a
    /// newer question finds nothing.
    ///
    /// # Errors
    /// [`LibraryError::Missing`] when there is no such conversation, or when the database fails.
    pub fn find_in_conversation(
        &self,
        conversation: &str,
        typed: &str,
        reasoning: bool,
    ) -> Result<FoundAll, LibraryError> {
        let Some(needle) = Needle::of(typed) else {
            return Ok(FoundAll::default());
        };
        let found = self.desk.finding.read(self, |connection, is_latest| {
            find(connection, is_latest, conversation, &needle, reasoning)
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
    reasoning: bool,
) -> Result<FoundAll, LibraryError> {
    let leaf: Option<String> = connection
        .prepare_cached("SELECT leaf FROM conversation WHERE id = ?1 AND deletion IS NULL")?
        .query_row([conversation], |row| row.get(0))
        .optional()?
        .ok_or(LibraryError::Missing)?;
    // In the order in which they lie in the file: looking each up by its id would take longer than all else.
    let mut statement = connection.prepare_cached(
        "SELECT id, parent, depth, role, text,
                CASE WHEN ?2 AND instr(parts, '\"type\":\"reasoning\"') > 0 THEN parts END
         FROM message INDEXED BY message_by_conversation WHERE conversation = ?1 ORDER BY rowid",
    )?;
    let mut rows = statement.query(params![conversation, reasoning])?;
    let mut looked: HashMap<String, Looked> = HashMap::new();
    let mut unread = Unread::default();
    while let Some(row) = rows.next()? {
        if !is_latest() {
            return Ok(FoundAll::default());
        }
        let id: String = row.get(0)?;
        let role = match row.get_ref(3)?.as_str() {
            Ok("user") => Role::User,
            _ => Role::Assistant,
        };
        let seen = match row.get_ref(4)?.as_str() {
            Ok(text) => match needle.look(role, text) {
                Seen::Maybe => {
                    unread.add(&id, text);
                    0
                }
                Seen::Count(count) => count,
            },
            Err(_) => 0,
        };
        let thought = match row.get_ref(5)?.as_str_or_null() {
            Ok(Some(parts)) => count_thinking(needle, parts),
            _ => 0,
        };
        looked.insert(
            id,
            Looked {
                parent: row.get(1)?,
                index: row.get(2)?,
                count: seen + thought,
            },
        );
        if unread.bytes >= READ_BYTES {
            unread.read(needle, &mut looked);
        }
    }
    unread.read(needle, &mut looked);
    Ok(along(leaf, looked))
}

/// How many times it is in the thinking among these parts.
fn count_thinking(needle: &Needle, parts: &str) -> u32 {
    // What cannot be read is not shown either.
    let parts: Vec<Part> = serde_json::from_str(parts).unwrap_or_default();
    parts
        .iter()
        .map(|part| match part {
            Part::Reasoning { text, .. } => match needle.look(Role::Assistant, text) {
                Seen::Maybe => needle.count_read(text),
                Seen::Count(count) => count,
            },
            _ => 0,
        })
        .sum()
}

/// A message that was looked through.
struct Looked {
    parent: Option<String>,
    /// In its path.
    index: u32,
    /// How many times it has what is looked for.
    count: u32,
}

/// What the path to `leaf` has.
fn along(leaf: Option<String>, mut looked: HashMap<String, Looked>) -> FoundAll {
    let mut found = FoundAll::default();
    let mut next = leaf;
    while let Some(message) = next.take()
        && let Some(one) = looked.remove(&message)
    {
        next = one.parent;
        if one.count > 0 {
            found.total = found.total.saturating_add(one.count);
            found.messages.push(Found {
                message,
                index: one.index,
                count: one.count,
            });
        }
    }
    found.messages.reverse();
    found.messages.truncate(MESSAGES);
    found
}

/// Replies whose Markdown is still to be read.
#[derive(Default)]
struct Unread {
    texts: Vec<(String, String)>,
    bytes: usize,
}

impl Unread {
    fn add(&mut self, id: &str, text: &str) {
        self.bytes += text.len();
        self.texts.push((id.to_owned(), text.to_owned()));
    }

    /// Reads them, with as many threads as there are processors, a few at most.
    fn read(&mut self, needle: &Needle, looked: &mut HashMap<String, Looked>) {
        let texts = std::mem::take(&mut self.texts);
        self.bytes = 0;
        let threads = std::thread::available_parallelism()
            .map_or(1, NonZero::get)
            .min(READERS);
        let share = texts.len().div_ceil(threads).max(1);
        let counts: Vec<u32> = std::thread::scope(|scope| {
            let parts: Vec<_> = texts
                .chunks(share)
                .map(|part| {
                    scope.spawn(|| {
                        let counts = part.iter().map(|(_, text)| needle.count_read(text));
                        counts.collect::<Vec<u32>>()
                    })
                })
                .collect();
            let join = |part: ScopedJoinHandle<'_, Vec<u32>>| match part.join() {
                Ok(counts) => counts,
                Err(panic) => std::panic::resume_unwind(panic),
            };
            parts.into_iter().flat_map(join).collect()
        });
        for ((id, _), count) in texts.iter().zip(counts) {
            if let Some(one) = looked.get_mut(id) {
                one.count += count;
            }
        }
    }
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

#[cfg(test)]
#[expect(
    clippy::expect_used,
    reason = "a failed expectation is the test's failure"
)]
mod tests {
    use proptest::prelude::*;

    use super::{Needle, Seen, folded, has_marks};
    use crate::view::Role;

    #[test]
    fn the_marks_of_a_reply_are_read_only_where_they_could_matter() {
        let needle = Needle::of("Water").expect("it is a word");
        for (text, seen) in [
            (
                "# **Water** falls\n\n- `water`\n```\nlet water;\n```",
                Seen::Count(3),
            ),
            ("wa**ter** and *water*", Seen::Maybe),
            ("[clouds](https://water.example) *water*", Seen::Maybe),
            ("*one*\n```water\n```", Seen::Maybe),
            ("&#119;ater", Seen::Maybe),
        ] {
            assert_eq!(needle.look(Role::Assistant, text), seen, "{text}");
        }
    }

    proptest! {
        #[test]
        fn what_is_counted_without_reading_the_marks_is_what_a_reader_sees(
            pieces in prop::collection::vec(
                "[*_~`#>|\\[\\]()!\\\\\n 1.=-]{0,4}|(ab|a|b|aab|ba){1,3}|    |```|~~~|&amp;|<b>|\\$|\\]\\(b\\)", 0..30),
            typed in "[ab]{1,3}",
        ) {
            let text = pieces.concat();
            let needle = Needle::of(&typed).expect("it is a word");
            if let Some(count) = needle.count_whatever_marks(&text, &folded(&text)) {
                prop_assert_eq!(count, needle.count_read(&text), "{:?}", text);
            }
        }

        #[test]
        fn a_text_without_marks_is_what_a_reader_sees(text in "[ \t\n,.;:?!()/@#+=a-zA-Z0-9é中-]{0,60}") {
            prop_assume!(!has_marks(&text));
            let read = folded(&serein_markdown::words(&text));
            let source = folded(&text);
            prop_assert_eq!(read.trim(), source.trim());
        }
    }
}
