//! Out and in again, and what others, well-meaning or not, give to be brought in.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a failed expectation is the test's failure"
)]

mod hostile;
mod markdown;
mod others;
mod round_trip;

use std::fs;
use std::io::Read;

use super::reading::{Imported, import_text};
use super::*;
use crate::error::{Code, IpcError};
use crate::library::{FolderRow, NewChat};
use crate::message::{Message, Part};
use crate::view::{MessageStatus, Role, ToolCallState, ToolCallView};

fn steps() -> Steps {
    Steps::new(JobKind::Import, CancellationToken::new(), |_| {})
}

fn library() -> Library {
    Library::in_memory().unwrap()
}

/// Brings in a text; answers what came in, and what was wrong.
fn take(library: &Library, source: impl Read) -> (Imported, JobView) {
    let steps = steps();
    let done = import_text(library, source, &steps).unwrap();
    (done, steps.view())
}

fn take_text(library: &Library, text: &str) -> (Imported, JobView) {
    take(library, text.as_bytes())
}

/// What was wrong, entry and reason.
fn reasons(view: &JobView) -> Vec<String> {
    view.problems
        .iter()
        .map(|problem| format!("{} | {}", problem.entry, problem.reason))
        .collect()
}

fn conversations(library: &Library) -> Vec<ConversationRow> {
    let mut rows = Vec::new();
    let mut last = i64::MIN;
    while let Some((row, conversation)) = library.conversation_after(last).unwrap() {
        last = row;
        rows.push(conversation);
    }
    rows
}

fn messages(library: &Library, conversation: &str) -> Vec<Message> {
    library
        .messages_after(conversation, i64::MIN, u32::MAX)
        .unwrap()
        .into_iter()
        .map(|stored| stored.message.unwrap())
        .collect()
}

/// The visible path as `role: text`.
fn path(library: &Library, conversation: &str) -> Vec<String> {
    library
        .path_of(conversation)
        .unwrap()
        .iter()
        .map(|message| {
            let role = match message.role {
                Role::User => "user",
                Role::Assistant => "assistant",
            };
            format!("{role}: {}", message.text())
        })
        .collect()
}

fn message(id: &str, parent: Option<&str>, role: Role, text: &str) -> Message {
    Message {
        id: id.to_owned(),
        parent: parent.map(str::to_owned),
        role,
        status: MessageStatus::Complete,
        parts: vec![Part::text(text)],
        error: None,
        model: None,
        created_at: 10,
        finished_at: Some(20),
    }
}

fn row(id: &str, title: &str) -> ConversationRow {
    ConversationRow {
        id: id.to_owned(),
        title: title.to_owned(),
        titled_by: "app".to_owned(),
        model: Some("plain".to_owned()),
        tools: None,
        pinned: false,
        archived: false,
        folder: None,
        created_at: 10,
        updated_at: 20,
        draft: String::new(),
        leaf: None,
    }
}

/// Adds a conversation with a question, two replies, the second visible, and a question after it.
fn rain(library: &Library) -> ConversationRow {
    let mut conversation = row("rain", "Rain");
    conversation.leaf = Some("q2".to_owned());
    let all = [
        message("q1", None, Role::User, "What falls?"),
        message("a1", Some("q1"), Role::Assistant, "Snow."),
        message("a2", Some("q1"), Role::Assistant, "Rain **falls**."),
        message("q2", Some("a2"), Role::User, "Why?"),
    ];
    library.add_rows(&conversation, &all).unwrap();
    conversation
}

/// Everything as JSON.
fn exported(library: &Library) -> String {
    let folder = tempfile::tempdir().unwrap();
    let target = folder.path().join("library.json");
    let steps = steps();
    export(library, None, ExportFormat::Json, &target, &steps);
    let view = steps.view();
    assert_eq!(view.state, JobState::Done, "{view:?}");
    assert_eq!(view.problems, [], "{view:?}");
    // Nothing but the file itself is left beside it.
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    fs::read_to_string(&target).unwrap()
}

#[test]
fn an_export_that_is_cancelled_or_fails_leaves_nothing_behind() {
    let library = library();
    rain(&library);
    let folder = tempfile::tempdir().unwrap();
    let target = folder.path().join("library.json");
    fs::write(&target, "what was there").unwrap();
    for format in [ExportFormat::Json, ExportFormat::Markdown] {
        let cancelled = CancellationToken::new();
        cancelled.cancel();
        let steps = Steps::new(JobKind::Export, cancelled, |_| {});
        let place = match format {
            ExportFormat::Json => &*target,
            ExportFormat::Markdown => folder.path(),
        };
        export(&library, None, format, place, &steps);
        assert_eq!(steps.view().state, JobState::Cancelled);
        let nowhere = folder.path().join("gone").join("library.json");
        let steps = self::steps();
        export(&library, None, format, &nowhere, &steps);
        let view = steps.view();
        assert_eq!(view.state, JobState::Failed);
        assert_eq!(
            view.summary.unwrap(),
            "This file or folder is not there any more. Nothing was exported."
        );
    }
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    assert_eq!(fs::read_to_string(&target).unwrap(), "what was there");
}

#[cfg(unix)]
#[test]
fn an_export_can_be_read_by_its_owner_only() {
    use std::os::unix::fs::PermissionsExt as _;
    let library = library();
    rain(&library);
    let folder = tempfile::tempdir().unwrap();
    let target = folder.path().join("library.json");
    export(&library, None, ExportFormat::Json, &target, &steps());
    let mode = fs::metadata(&target).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
}

#[test]
fn the_first_problems_are_named_and_the_others_counted() {
    let steps = steps();
    for n in 0..250 {
        steps.problem(&format!("entry {n}"), "It is none.");
    }
    let view = steps.view();
    assert_eq!((view.problems.len(), view.more_problems), (PROBLEMS, 150));
}
