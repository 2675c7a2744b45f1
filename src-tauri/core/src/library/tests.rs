//! The library, on disk.
#![allow(
    clippy::unwrap_used,
    reason = "a failed expectation is the test's failure"
)]

mod copies;
mod deletion;
mod law;
mod listing;
mod pages;
pub(crate) mod schemas;

use super::*;
use crate::message::{Message, Part};
use crate::view::{MessageStatus, PageAt, Role, ToolCallState, ToolCallView};

fn message(role: Role, parent: Option<&str>, text: &str) -> Message {
    Message {
        id: new_id(),
        parent: parent.map(str::to_owned),
        role,
        status: MessageStatus::Complete,
        parts: vec![Part::text(text)],
        error: None,
        model: None,
        created_at: 1,
        finished_at: Some(2),
    }
}

impl Library {
    /// From now on the file cannot grow, as on a full disk, or can again.
    pub(crate) fn fill_disk(&self, is_full: bool) {
        // SQLite makes of too small a number the present size.
        let pages = if is_full { 1 } else { 1_000_000 };
        self.lock()
            .query_row(&format!("PRAGMA max_page_count = {pages}"), [], |_| Ok(()))
            .unwrap();
    }
}

/// A library with one exchange: its conversation, the question and the answer.
fn exchange(library: &Library) -> (String, Message, Message) {
    let conversation = library.create_conversation("Rain", "plain", 1).unwrap();
    let question = message(Role::User, None, "What falls?");
    let answer = message(Role::Assistant, Some(&question.id), "Rain falls.");
    library
        .add_messages(&conversation, &[question.clone(), answer.clone()], true, 2)
        .unwrap();
    (conversation, question, answer)
}

fn texts(library: &Library, conversation: &str) -> Vec<String> {
    library
        .path_of(conversation)
        .unwrap()
        .iter()
        .map(Message::text)
        .collect()
}

/// The end of the visible path, with its versions.
fn shown(library: &Library, conversation: &str) -> Vec<PathMessage> {
    library.page(conversation, &PageAt::End).unwrap().messages
}

#[test]
fn what_was_written_is_there_after_opening_again() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("serein.db");
    let library = Library::open(&path).unwrap();
    let (conversation, question, answer) = exchange(&library);
    library
        .save_draft(&Draft::Of(conversation.clone()), "and then")
        .unwrap();
    library
        .save_draft(&Draft::New(NewChat::Main), "new")
        .unwrap();
    drop(library);
    let library = Library::open(&path).unwrap();
    let path = library.path_of(&conversation).unwrap();
    assert_eq!(path, [question, answer]);
    assert_eq!(
        library.conversation(&conversation).unwrap().draft,
        "and then"
    );
    assert_eq!(library.new_chat_draft(NewChat::Main).unwrap(), "new");
    assert_eq!(library.new_chat_draft(NewChat::Quick).unwrap(), "");
}

#[test]
fn a_reply_cut_off_by_a_crash_comes_back_with_its_journal_and_marked_interrupted() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("serein.db");
    let library = Library::open(&path).unwrap();
    let (conversation, _, answer) = exchange(&library);
    let mut running = message(Role::Assistant, Some(&answer.id), "");
    running.status = MessageStatus::Streaming;
    running.parts = Vec::new();
    library
        .add_messages(&conversation, std::slice::from_ref(&running), false, 3)
        .unwrap();
    let tool = ToolCallView {
        id: "a".to_owned(),
        name: "current_time".to_owned(),
        arguments: "{}".to_owned(),
        state: ToolCallState::Running,
        result: None,
    };
    let entries = [
        JournalEntry::Set {
            part: 0,
            value: Part::text(""),
        },
        JournalEntry::Append {
            part: 0,
            text: "Drop ".to_owned(),
        },
        JournalEntry::Append {
            part: 0,
            text: "by drop".to_owned(),
        },
        JournalEntry::Set {
            part: 1,
            value: Part::Tool {
                call: tool,
                round: 0,
            },
        },
    ];
    library.journal(&running.id, 0, &entries[..2]).unwrap();
    library.journal(&running.id, 2, &entries[2..]).unwrap();
    // Written twice, because the first answer was lost: nothing is doubled.
    library.journal(&running.id, 2, &entries[2..]).unwrap();
    drop(library);

    let library = Library::open(&path).unwrap();
    let (_, reply) = library.message(&running.id).unwrap();
    assert_eq!(reply.status, MessageStatus::Interrupted);
    assert_eq!(
        reply.error.as_ref().unwrap().code,
        crate::error::Code::Interrupted
    );
    assert_eq!(reply.text(), "Drop by drop");
    assert!(
        matches!(&reply.parts[1], Part::Tool { call, .. } if call.state == ToolCallState::Skipped)
    );
    let left: i64 = library
        .lock()
        .query_row("SELECT count(*) FROM journal", [], |row| row.get(0))
        .unwrap();
    assert_eq!(left, 0);
}

#[test]
fn versions_are_stepped_through_with_what_followed_each() {
    let library = Library::in_memory().unwrap();
    let (conversation, question, answer) = exchange(&library);
    let follow_up = message(Role::User, Some(&answer.id), "Why?");
    library
        .add_messages(&conversation, &[follow_up], false, 3)
        .unwrap();
    let other = message(Role::Assistant, Some(&question.id), "Snow falls.");
    library
        .add_messages(&conversation, std::slice::from_ref(&other), false, 4)
        .unwrap();
    assert_eq!(
        texts(&library, &conversation),
        ["What falls?", "Snow falls."]
    );
    let shown = shown(&library, &conversation);
    assert_eq!((shown[1].version, shown[1].versions), (2, 2));

    library.select_version(&other.id, -1).unwrap();
    assert_eq!(
        texts(&library, &conversation),
        ["What falls?", "Rain falls.", "Why?"]
    );
    assert!(matches!(
        library.select_version(&answer.id, -1),
        Err(LibraryError::Missing)
    ));
    assert_eq!(texts(&library, &conversation).len(), 3);
}

#[test]
fn stepping_away_and_back_shows_what_was_looked_at_last() {
    let library = Library::in_memory().unwrap();
    let (conversation, question, answer) = exchange(&library);
    let follow_up = message(Role::User, Some(&answer.id), "Why?");
    let reworded = message(Role::User, Some(&answer.id), "How?");
    for new in [&follow_up, &reworded] {
        library
            .add_messages(&conversation, std::slice::from_ref(new), false, 3)
            .unwrap();
    }
    library.select_version(&reworded.id, -1).unwrap();
    let other = message(Role::Assistant, Some(&question.id), "Snow falls.");
    library
        .add_messages(&conversation, std::slice::from_ref(&other), false, 4)
        .unwrap();
    library.select_version(&other.id, -1).unwrap();
    assert_eq!(texts(&library, &conversation).last().unwrap(), "Why?");

    // What is newly written is looked at.
    let third = message(Role::User, Some(&answer.id), "When?");
    library
        .add_messages(&conversation, &[third], false, 5)
        .unwrap();
    library.select_version(&answer.id, 1).unwrap();
    library.select_version(&other.id, -1).unwrap();
    assert_eq!(texts(&library, &conversation).last().unwrap(), "When?");
}

#[test]
fn a_first_message_may_have_versions_too() {
    let library = Library::in_memory().unwrap();
    let (conversation, question, _) = exchange(&library);
    let other = message(Role::User, None, "What rises?");
    library
        .add_messages(&conversation, std::slice::from_ref(&other), false, 3)
        .unwrap();
    let shown = shown(&library, &conversation);
    assert_eq!(
        (shown.len(), shown[0].version, shown[0].versions),
        (1, 2, 2)
    );
    library.select_version(&other.id, -1).unwrap();
    assert_eq!(library.path_of(&conversation).unwrap()[0].id, question.id);
}

#[test]
fn deleting_the_end_of_the_path_leaves_what_is_before_it() {
    let library = Library::in_memory().unwrap();
    let (conversation, _, answer) = exchange(&library);
    library.delete_last_message(&answer.id).unwrap();
    assert_eq!(texts(&library, &conversation), ["What falls?"]);
    library.erase_conversation(&conversation).unwrap();
    assert!(matches!(
        library.path_of(&conversation),
        Err(LibraryError::Missing)
    ));
    assert!(matches!(
        library.message(&answer.id),
        Err(LibraryError::Missing)
    ));
}

#[test]
fn a_file_of_a_newer_version_and_a_file_that_is_no_database_are_refused_and_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let newer = folder.path().join("newer.db");
    let library = Library::open(&newer).unwrap();
    library
        .lock()
        .pragma_update(None, "user_version", 9_000)
        .unwrap();
    drop(library);
    assert!(matches!(Library::open(&newer), Err(LibraryError::Newer)));

    let garbage = folder.path().join("garbage.db");
    std::fs::write(&garbage, vec![b'x'; 10_000]).unwrap();
    assert!(Library::open(&garbage).unwrap_err().is_damage());
    assert_eq!(std::fs::read(&garbage).unwrap().len(), 10_000);
}

#[test]
fn every_failure_is_a_sentence() {
    let failures = [
        LibraryError::Missing,
        LibraryError::Newer,
        LibraryError::Worker,
        LibraryError::Sqlite(rusqlite::Error::SqliteFailure(
            rusqlite::ffi::Error::new(13),
            None,
        )),
        LibraryError::Sqlite(rusqlite::Error::SqliteFailure(
            rusqlite::ffi::Error::new(8),
            None,
        )),
    ];
    let sentences: Vec<String> = failures
        .into_iter()
        .map(|error| IpcError::from(error).message)
        .collect();
    assert!(sentences.iter().all(|sentence| sentence.ends_with('.')));
    assert!(sentences[3].contains("disk is full"));
    assert!(sentences[4].contains("cannot be written"));
}
