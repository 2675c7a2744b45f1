//! A library as JSON, without loss (`docs/library-format.md`).

use std::io::Write as _;
use std::path::Path;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use super::reading::{Entry, model, time};
use super::staging::Body;
use super::tree::{Kind, Node};
use super::writing::Draft;
use super::{Exported, Steps, Stop};
use crate::error::IpcError;
use crate::library::{ConversationRow, Library, LibraryError, NewChat};
use crate::message::{Message, Part};
use crate::now;
use crate::view::{MessageStatus, Role};

/// What a file of this format calls it.
pub(super) const FORMAT: &str = "serein-library";
/// The format's version.
pub(super) const VERSION: u64 = 1;
/// What a conversation says of itself in this format, ChatGPT's, and the official client's.
pub(super) const FACTS: &[&str] = &[
    "archived",
    "conversation_id",
    "create_time",
    "created",
    "created_at",
    "current_node",
    "default_model_slug",
    "draft",
    "folder",
    "id",
    "is_archived",
    "is_starred",
    "leaf",
    "model",
    "pinned",
    "title",
    "titled_by",
    "tools",
    "update_time",
    "updated",
    "updated_at",
];
/// Messages read from the library at once.
const AT_ONCE: u32 = 32;

/// A folder as it stands in a file.
#[derive(Debug, Deserialize)]
pub(super) struct Folder {
    pub(super) id: String,
    pub(super) name: String,
    pub(super) created_at: Option<i64>,
}

/// A message as it is written.
#[derive(Serialize)]
struct Written<'a> {
    id: &'a str,
    parent: Option<&'a str>,
    role: Role,
    status: MessageStatus,
    model: Option<&'a str>,
    created_at: i64,
    finished_at: Option<i64>,
    error: Option<&'a IpcError>,
    parts: &'a [Part],
}

/// A message as it is read.
#[derive(Deserialize)]
struct Read {
    id: String,
    parent: Option<String>,
    role: Role,
    status: MessageStatus,
    model: Option<String>,
    created_at: Option<i64>,
    finished_at: Option<i64>,
    error: Option<IpcError>,
    parts: Vec<Part>,
}

/// What is left of a message that is none: where it stood.
#[derive(Deserialize)]
struct Skeleton {
    id: String,
    parent: Option<String>,
}

/// A message as a line of the file.
pub(super) fn line(message: &Message) -> Result<String, LibraryError> {
    Ok(serde_json::to_string(&Written {
        id: &message.id,
        parent: message.parent.as_deref(),
        role: message.role,
        status: message.status,
        model: message.model.as_deref(),
        created_at: message.created_at,
        finished_at: message.finished_at,
        error: message.error.as_ref(),
        parts: &message.parts,
    })?)
}

/// Reads a value; of one whose text is broken, what can be read, and that it was so.
pub(super) fn parse<T: DeserializeOwned>(raw: &[u8]) -> Result<(T, bool), serde_json::Error> {
    match serde_json::from_slice(raw) {
        Ok(value) => Ok((value, false)),
        Err(error) => match String::from_utf8_lossy(raw) {
            std::borrow::Cow::Borrowed(_) => Err(error),
            std::borrow::Cow::Owned(mended) => Ok((serde_json::from_str(&mended)?, true)),
        },
    }
}

/// What is said of a message of which some characters could not be read.
pub(super) const MENDED: &str = "has characters that could not be read; they are shown as �.";

/// Reads a message.
pub(super) fn message(raw: &[u8]) -> Entry {
    let mut entry = Entry::default();
    let (read, mended) = match parse::<Read>(raw) {
        Ok(read) => read,
        Err(_) => {
            entry.is_bad = true;
            entry.problems.push(match parse::<Skeleton>(raw) {
                Ok((skeleton, _)) => {
                    let why = not_a_message(raw);
                    entry.node = Some(Node {
                        id: skeleton.id,
                        parent: skeleton.parent,
                        kind: Kind::Folded,
                        status: MessageStatus::Complete,
                        model: None,
                        created_at: None,
                        finished_at: None,
                    });
                    format!("{why} and was left out; what follows it is kept.")
                }
                Err(_) => "could not be read and was left out.".to_owned(),
            });
            return entry;
        }
    };
    if mended {
        entry.problems.push(MENDED.to_owned());
    }
    let created_at = read.created_at.and_then(time);
    if created_at.is_none() {
        entry
            .problems
            .push("has a time that cannot be right; the conversation's was taken.".to_owned());
    }
    entry.node = Some(Node {
        id: read.id,
        parent: read.parent,
        kind: Kind::Message(read.role),
        status: read.status,
        model: model(read.model.as_deref()),
        created_at,
        finished_at: read.finished_at.and_then(time),
    });
    entry.body = Body {
        parts: read.parts,
        error: read.error,
    };
    entry
}

/// Why it is none.
fn not_a_message(raw: &[u8]) -> &'static str {
    #[derive(Deserialize)]
    struct Author {
        role: serde_json::Value,
    }
    let author = parse::<Author>(raw).ok();
    match author {
        Some((author, _)) if author.role != "user" && author.role != "assistant" => {
            "is by neither you nor a model"
        }
        _ => "could not be read",
    }
}

/// Writes these conversations, or all, to the file `target`.
pub(super) fn export(
    library: &Library,
    ids: Option<&[String]>,
    target: &Path,
    steps: &Steps,
) -> Result<Exported, Stop> {
    steps.expect(library.message_count(ids)?);
    let mut file = Draft::new(target)?;
    let mut done = Exported {
        conversations: 0,
        messages: 0,
        path: target.to_owned(),
    };
    write!(
        file,
        "{{\"format\":\"{FORMAT}\",\"version\":{VERSION},\"exported_at\":{},\n\"folders\":",
        now()
    )?;
    let folders = library.folder_rows()?;
    file.write_all(&serde_json::to_vec(&folders).map_err(LibraryError::from)?)?;
    if ids.is_none() {
        let main = library.new_chat_draft(NewChat::Main)?;
        let quick = library.new_chat_draft(NewChat::Quick)?;
        let drafts = serde_json::json!({ "main": main, "quick": quick });
        write!(file, ",\n\"new_chat\":{drafts}")?;
    }
    file.write_all(b",\n\"conversations\":[")?;
    super::each_conversation(library, ids, steps, |row| {
        file.write_all(if done.conversations == 0 {
            b"\n"
        } else {
            b",\n"
        })?;
        done.messages += conversation(library, &row, &mut file, steps)?;
        done.conversations += 1;
        Ok(())
    })?;
    file.write_all(b"\n]}\n")?;
    file.finish()?;
    Ok(done)
}

/// Writes one conversation; answers how many messages it has.
fn conversation(
    library: &Library,
    row: &ConversationRow,
    file: &mut Draft,
    steps: &Steps,
) -> Result<u64, Stop> {
    let mut facts = serde_json::to_string(row).map_err(LibraryError::from)?;
    // The messages are one more entry of the same object.
    facts.pop();
    write!(file, "{facts},\"messages\":[")?;
    let mut last = i64::MIN;
    let mut count = 0;
    loop {
        steps.go_on()?;
        let messages = library.messages_after(&row.id, last, AT_ONCE)?;
        let Some(newest) = messages.last() else { break };
        last = newest.row;
        for stored in &messages {
            match &stored.message {
                Ok(message) => {
                    file.write_all(if count == 0 { b"\n" } else { b",\n" })?;
                    file.write_all(line(message)?.as_bytes())?;
                    count += 1;
                }
                Err(error) => super::unreadable(steps, row, stored, error),
            }
        }
        steps.advance(messages.len() as u64);
    }
    file.write_all(b"\n]}")?;
    Ok(count)
}
