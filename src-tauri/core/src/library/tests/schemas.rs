//! Libraries of every earlier schema, as apps of that time left them, open with all that is in them.

use std::path::{Path, PathBuf};

use super::*;
use crate::error::{Code, IpcError};
use crate::library::backup::backups;
use crate::library::opening::SCHEMAS;

/// The file of a schema; `tests/files/make.sh` made it.
pub(crate) fn file_of(schema: u32) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("tests/files/schema_{schema}.db"))
}

fn said(
    role: Role,
    id: &str,
    parent: Option<&str>,
    parts: Vec<Part>,
    times: (i64, i64),
) -> Message {
    Message {
        id: id.to_owned(),
        parent: parent.map(str::to_owned),
        parts,
        created_at: times.0,
        finished_at: Some(times.1),
        ..message(role, None, "")
    }
}

/// All messages, as the present app has them.
pub(crate) fn expected() -> Vec<Message> {
    let by = |model: &str, message: Message| Message {
        model: Some(model.to_owned()),
        ..message
    };
    let user = |id: &str, parent: Option<&str>, text: &str, at: i64| {
        said(Role::User, id, parent, vec![Part::text(text)], (at, at))
    };
    let thinking = Part::Reasoning {
        text: "Clouds.".to_owned(),
        started_at: 1002,
        took: Some(3),
    };
    let call = Part::Tool {
        call: ToolCallView {
            id: "call-1".to_owned(),
            name: "current_time".to_owned(),
            arguments: "{}".to_owned(),
            state: ToolCallState::Succeeded,
            result: Some("noon".to_owned()),
        },
        round: 0,
    };
    let continued = Part::Text {
        text: "It is noon, and".to_owned(),
        continued_at: vec![6],
        round: 1,
    };
    let clouds = Part::text("Water falls from **clouds**.");
    let reply = |id: &str, parent: &str, parts: Vec<Part>, times: (i64, i64)| {
        said(Role::Assistant, id, Some(parent), parts, times)
    };
    vec![
        user("m-1", None, "Why does it rain?", 1001),
        by(
            "plain",
            reply("m-2", "m-1", vec![thinking, clouds], (1002, 1010)),
        ),
        Message {
            status: MessageStatus::Stopped,
            ..by(
                "plain",
                reply(
                    "m-3",
                    "m-1",
                    vec![Part::text("Because the air")],
                    (1020, 1030),
                ),
            )
        },
        user("m-4", Some("m-2"), "And snow?", 1040),
        user("m-5", None, "What time is it?", 2001),
        Message {
            status: MessageStatus::Length,
            ..by(
                "tools",
                reply("m-6", "m-5", vec![call, continued], (2002, 2010)),
            )
        },
        user("m-7", None, "Hello?", 3001),
        Message {
            status: MessageStatus::Failed,
            error: Some(IpcError {
                status: Some(402),
                ..IpcError::new(Code::PaymentRequired, "Your account is empty.")
            }),
            ..by("echo", reply("m-8", "m-7", Vec::new(), (3002, 3003)))
        },
        user("m-9", None, "A long story", 4001),
        // It was being written when the app ended.
        Message {
            status: MessageStatus::Interrupted,
            error: Some(crate::sentences::interrupted_by_quit(true)),
            finished_at: None,
            ..by(
                "long",
                reply(
                    "m-10",
                    "m-9",
                    vec![Part::text("Once upon a time")],
                    (4002, 0),
                ),
            )
        },
    ]
}

/// Opens a copy of the file of a schema in a folder of its own.
fn migrated(schema: u32) -> (tempfile::TempDir, Library) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("serein.db");
    std::fs::copy(file_of(schema), &path).unwrap();
    let library = Library::open(&path).unwrap();
    (folder, library)
}

/// Everything the files have in common is there.
pub(crate) fn check_content(library: &Library) {
    for message in expected() {
        let (_, found) = library.message(&message.id).unwrap();
        assert_eq!(found, message);
    }
    let count: u32 = library
        .lock()
        .query_row("SELECT count(*) FROM message", [], |row| row.get(0))
        .unwrap();
    assert_eq!(count as usize, expected().len(), "nothing is doubled");
    let conversations = [
        (
            "c-branches",
            "Why does it rain?",
            Some("plain"),
            "and then \"quoted\" 雨",
        ),
        ("c-tools", "What time is it?", Some("tools"), ""),
        ("c-error", "Nothing came", Some("echo"), ""),
        ("c-cut", "A long story", Some("long"), ""),
        ("c-empty", "Only a draft", None, "not sent yet"),
    ];
    for (id, title, model, draft) in conversations {
        let conversation = library.conversation(id).unwrap();
        assert_eq!(
            (
                conversation.title.as_str(),
                conversation.model.as_deref(),
                conversation.draft.as_str()
            ),
            (title, model, draft)
        );
    }
    assert_eq!(library.new_chat_draft(NewChat::Main).unwrap(), "a new chat");
    assert_eq!(
        library.new_chat_draft(NewChat::Quick).unwrap(),
        "a quick one"
    );
}

#[test]
fn a_library_of_every_schema_opens_with_all_its_messages_titles_and_drafts() {
    for schema in 1..=SCHEMAS {
        let (_folder, library) = migrated(schema);
        check_content(&library);
    }
}

#[test]
fn the_paths_and_versions_of_every_schema_are_as_they_were() {
    for schema in 1..=SCHEMAS {
        let (_folder, library) = migrated(schema);
        let path = shown(&library, "c-branches");
        let ids: Vec<&str> = path.iter().map(|entry| entry.message.id.as_str()).collect();
        assert_eq!(ids, ["m-1", "m-2", "m-4"]);
        assert_eq!((path[1].version, path[1].versions), (1, 2));
        library.select_version("m-2", 1).unwrap();
        assert_eq!(
            texts(&library, "c-branches"),
            ["Why does it rain?", "Because the air"]
        );
        assert_eq!(
            texts(&library, "c-cut"),
            ["A long story", "Once upon a time"]
        );
    }
}

#[test]
fn what_was_pinned_archived_and_filed_stays_so() {
    let (_folder, library) = migrated(4);
    let facts = |id: &str| -> (bool, bool, Option<String>, String) {
        library
            .lock()
            .query_row(
                "SELECT pinned, archived, folder, titled_by FROM conversation WHERE id = ?1",
                [id],
                |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?)),
            )
            .unwrap()
    };
    assert_eq!(
        facts("c-branches"),
        (true, false, Some("f-1".to_owned()), "user".to_owned())
    );
    assert_eq!(facts("c-error"), (false, true, None, "app".to_owned()));
}

#[test]
fn before_a_library_is_migrated_a_copy_of_it_is_kept_as_it_was() {
    for schema in 1..=SCHEMAS {
        let (folder, _library) = migrated(schema);
        let copies = backups(folder.path());
        if schema == SCHEMAS {
            assert!(copies.is_empty(), "nothing was changed");
            continue;
        }
        assert_eq!(copies.len(), 1);
        assert_eq!(copies[0].schema, Some(schema));
        // To the byte.
        assert_eq!(
            std::fs::read(&copies[0].path).unwrap(),
            std::fs::read(file_of(schema)).unwrap()
        );
    }
}

#[test]
fn a_library_that_cannot_be_copied_is_not_migrated() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("serein.db");
    std::fs::copy(file_of(1), &path).unwrap();
    // Where the folder of backups should be, something else is.
    std::fs::write(folder.path().join("backups"), "").unwrap();
    assert!(Library::open(&path).is_err());
    assert_eq!(
        std::fs::read(&path).unwrap(),
        std::fs::read(file_of(1)).unwrap()
    );
}
