//! Conversations as Markdown, to be read: the visible path of each, a file for each.

use std::io::Write;
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::names::Names;
use super::writing::{Draft, DraftFolder};
use super::{Exported, Steps, Stop};
use crate::library::{ConversationRow, Library, StoredMessage};
use crate::message::{Message, Part};
use crate::view::{MessageStatus, Role, ToolCallView};

/// Messages read from the library at once.
const AT_ONCE: usize = 32;

/// Writes one conversation to the file `target`, or several, or all, to a new folder in the folder
/// `target`.
pub(super) fn export(
    library: &Library,
    ids: Option<&[String]>,
    target: &Path,
    steps: &Steps,
) -> Result<Exported, Stop> {
    let mut done = Exported {
        conversations: 0,
        messages: 0,
        path: target.to_owned(),
    };
    if let Some([_]) = ids {
        let mut file = Draft::new(target)?;
        super::each_conversation(library, ids, steps, |row| {
            done.messages += conversation(library, &row, &mut file, steps)?;
            done.conversations += 1;
            Ok(())
        })?;
        if done.conversations == 0 {
            return Err(Stop::Library(crate::library::LibraryError::Missing));
        }
        file.finish()?;
        return Ok(done);
    }
    done.path = new_folder(target);
    let folder = DraftFolder::new(&done.path)?;
    let mut names = Names::default();
    super::each_conversation(library, ids, steps, |row| {
        let mut file = loop {
            match folder.create(&names.name(&row.title, "md")) {
                // To the file system, names are the same that are not to us.
                Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {}
                other => break other?,
            }
        };
        done.messages += conversation(library, &row, &mut file, steps)?;
        done.conversations += 1;
        file.into_inner()
            .map_err(std::io::IntoInnerError::into_error)?
            .sync_all()?;
        Ok(())
    })?;
    folder.finish()?;
    Ok(done)
}

/// A folder that is not there yet.
fn new_folder(target: &Path) -> PathBuf {
    let name = format!("Serein {}", day(crate::now()));
    let mut path = target.join(&name);
    let mut number = 1;
    while path.exists() {
        number += 1;
        path = target.join(format!("{name} ({number})"));
    }
    path
}

fn local(time: i64) -> Option<jiff::Zoned> {
    let time = Timestamp::from_millisecond(time).ok()?;
    Some(time.to_zoned(TimeZone::system()))
}

fn day(time: i64) -> String {
    local(time).map_or_else(String::new, |time| time.strftime("%Y-%m-%d").to_string())
}

fn minute(time: i64) -> String {
    local(time).map_or_else(String::new, |time| {
        time.strftime("%Y-%m-%d %H:%M").to_string()
    })
}

/// Writes one conversation; answers how many messages it has.
fn conversation(
    library: &Library,
    row: &ConversationRow,
    file: &mut impl Write,
    steps: &Steps,
) -> Result<u64, Stop> {
    writeln!(file, "# {}\n", plain(&row.title))?;
    writeln!(
        file,
        "*{} – {}*",
        minute(row.created_at),
        minute(row.updated_at)
    )?;
    let mut count = 0;
    for ids in library.visible_ids(&row.id)?.chunks(AT_ONCE) {
        steps.go_on()?;
        let messages = library.messages_by_id(ids)?;
        for stored in &messages {
            match &stored.message {
                Ok(message) => {
                    write_message(file, stored, message)?;
                    count += 1;
                }
                Err(error) => super::unreadable(steps, row, stored, error),
            }
        }
        steps.advance(messages.len() as u64);
    }
    Ok(count)
}

fn write_message(
    file: &mut impl Write,
    stored: &StoredMessage,
    message: &Message,
) -> std::io::Result<()> {
    let author = match (message.role, &message.model) {
        (Role::User, _) => "You".to_owned(),
        (Role::Assistant, Some(model)) => format!("Serein ({})", plain(model)),
        (Role::Assistant, None) => "Serein".to_owned(),
    };
    writeln!(file, "\n## {author}\n")?;
    let mut facts = minute(message.created_at);
    if stored.versions > 1 {
        facts += &format!(" · version {} of {}", stored.version, stored.versions);
    }
    writeln!(file, "*{facts}*")?;
    for part in &message.parts {
        write_part(file, part)?;
    }
    let end = match message.status {
        MessageStatus::Length => Some("The reply reached the length limit."),
        MessageStatus::Stopped => Some("The reply was stopped."),
        _ => None,
    };
    let error = message.error.as_ref().map(|error| error.message.as_str());
    for note in end.into_iter().chain(error) {
        writeln!(file, "\n> **Note:** {}", plain(note))?;
    }
    Ok(())
}

fn write_part(file: &mut impl Write, part: &Part) -> std::io::Result<()> {
    match part {
        Part::Text { text, .. } => writeln!(file, "\n{}", text.trim_end()),
        Part::Reasoning { text, took, .. } => {
            let seconds = took.unwrap_or_default().div_ceil(1_000);
            writeln!(file, "\n> *Thought for {seconds} s*\n>")?;
            for line in text.trim_end().lines() {
                writeln!(file, "> {line}")?;
            }
            Ok(())
        }
        Part::Tool { call, .. } => write_call(file, call),
        Part::Notice { error } => writeln!(file, "\n> **Note:** {}", plain(&error.message)),
        Part::Continued => Ok(()),
    }
}

fn write_call(file: &mut impl Write, call: &ToolCallView) -> std::io::Result<()> {
    writeln!(file, "\n**Tool:** {}", plain(&call.name))?;
    write_fenced(file, &call.arguments)?;
    if let Some(result) = &call.result {
        writeln!(file, "\n**Result:**")?;
        write_fenced(file, result)?;
    }
    Ok(())
}

/// Text in a fence that nothing in it can close.
fn write_fenced(file: &mut impl Write, text: &str) -> std::io::Result<()> {
    let mut longest = 0;
    let mut run = 0;
    for byte in text.bytes() {
        run = if byte == b'`' { run + 1 } else { 0 };
        longest = longest.max(run);
    }
    let fence = "`".repeat(longest.max(2) + 1);
    writeln!(file, "\n{fence}\n{}\n{fence}", text.trim_end_matches('\n'))
}

/// Text on one line that is text and nothing else, to a reader of Markdown or of HTML.
fn plain(text: &str) -> String {
    let mut line = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '\\' | '`' | '*' | '_' | '{' | '}' | '[' | ']' | '<' | '>' | '(' | ')' | '#' | '+'
            | '|' | '~' | '!' | '$' | '^' | '=' | ':' | '@' | '&' => {
                line.push('\\');
                line.push(character);
            }
            other if other.is_control() => line.push(' '),
            other => line.push(other),
        }
    }
    line
}
