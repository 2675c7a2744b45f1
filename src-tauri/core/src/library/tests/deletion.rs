//! Deleting, undoing it, and carrying it out.

use super::*;
use crate::view::{ListScope, PageAt};

/// A conversation of messages called `0`, `1`, …, each following the one before.
fn chain(library: &Library, count: usize) -> (String, Vec<Message>) {
    let conversation = library.create_conversation("Chain", "plain", 1).unwrap();
    let mut messages: Vec<Message> = Vec::new();
    for index in 0..count {
        let role = match index % 2 {
            0 => Role::User,
            _ => Role::Assistant,
        };
        let parent = messages.last().map(|message| message.id.clone());
        messages.push(message(role, parent.as_deref(), &index.to_string()));
    }
    library
        .add_messages(&conversation, &messages, false, 2)
        .unwrap();
    (conversation, messages)
}

fn listed(library: &Library) -> Vec<String> {
    library
        .rows(&ListScope::Active, 0, 100)
        .unwrap()
        .into_iter()
        .map(|row| row.id)
        .collect()
}

fn count(library: &Library, table: &str) -> i64 {
    library
        .lock()
        .query_row(&format!("SELECT count(*) FROM {table}"), [], |row| {
            row.get(0)
        })
        .unwrap()
}

/// Carries out everything.
fn purge(library: &Library) -> usize {
    let mut steps = 0;
    while library.purge_step(i64::MAX).unwrap() {
        steps += 1;
    }
    steps
}

#[test]
fn a_deleted_conversation_is_nowhere_until_it_is_brought_back_whole() {
    let library = Library::in_memory().unwrap();
    let (conversation, question, answer) = exchange(&library);
    let (other, ..) = exchange(&library);
    library
        .save_draft(&Draft::Of(conversation.clone()), "unsent")
        .unwrap();
    let before = library.summary(&conversation).unwrap();
    let ids = [conversation.clone()];
    let deleted = library.delete_conversations(&ids, "d", 3).unwrap();
    assert_eq!((deleted.conversations, deleted.messages), (1, 2));

    assert_eq!(listed(&library), std::slice::from_ref(&other));
    assert_eq!(library.summary(&conversation).unwrap(), None);
    let is_gone = [
        library.conversation(&conversation).map(|_| ()),
        library.path_of(&conversation).map(|_| ()),
        library.page(&conversation, &PageAt::End).map(|_| ()),
        library.message(&question.id).map(|_| ()),
        library.select_version(&question.id, 0).map(|_| ()),
        library.rename_conversation(&conversation, "x"),
        library.duplicate(&question.id, "x", 3).map(|_| ()),
        library
            .delete_message(&question.id, false, "e", 3)
            .map(|_| ()),
    ];
    assert!(
        is_gone
            .iter()
            .all(|outcome| matches!(outcome, Err(LibraryError::Missing)))
    );
    assert_eq!(
        library
            .delete_conversations(&ids, "e", 3)
            .unwrap()
            .conversations,
        0
    );

    assert_eq!(
        library.undo_delete("d").unwrap(),
        Some(Restored::Conversations(Some(conversation.clone())))
    );
    assert_eq!(library.summary(&conversation).unwrap(), before);
    assert_eq!(library.conversation(&conversation).unwrap().draft, "unsent");
    assert_eq!(library.path_of(&conversation).unwrap(), [question, answer]);
    assert_eq!(library.undo_delete("d").unwrap(), None, "twice");
    assert_eq!(
        library.undo_delete("e").unwrap(),
        None,
        "nothing was deleted"
    );
    assert_eq!(library.undo_delete("never").unwrap(), None);
}

#[test]
fn a_reply_that_ends_in_a_deleted_conversation_is_kept_and_does_not_bring_it_back() {
    let library = Library::in_memory().unwrap();
    let (conversation, _, answer) = exchange(&library);
    let running = Message {
        status: MessageStatus::Streaming,
        ..message(Role::Assistant, Some(&answer.id), "")
    };
    library
        .add_messages(&conversation, std::slice::from_ref(&running), false, 3)
        .unwrap();
    library
        .delete_conversations(std::slice::from_ref(&conversation), "d", 4)
        .unwrap();
    let entry = JournalEntry::Set {
        part: 0,
        value: Part::text("so far"),
    };
    library.journal(&running.id, 0, &[entry]).unwrap();
    let ended = Message {
        status: MessageStatus::Stopped,
        parts: vec![Part::text("so far")],
        ..running
    };
    library.finish_message(&conversation, &ended, 5).unwrap();
    assert!(listed(&library).is_empty());
    // Nothing can be begun in it either.
    let more = message(Role::User, Some(&answer.id), "more");
    assert!(matches!(
        library.add_messages(&conversation, &[more], false, 6),
        Err(LibraryError::Missing)
    ));
    library.undo_delete("d").unwrap().unwrap();
    assert_eq!(
        library.path_of(&conversation).unwrap().pop(),
        Some(ended.clone())
    );
    assert_eq!(
        library.summary(&conversation).unwrap().unwrap().updated_at,
        3
    );

    // Even if it is carried out meanwhile.
    library
        .delete_conversations(std::slice::from_ref(&conversation), "d", 7)
        .unwrap();
    purge(&library);
    library.finish_message(&conversation, &ended, 8).unwrap();
    assert_eq!(count(&library, "message"), 0);
}

#[test]
fn all_conversations_are_deleted_and_brought_back_together() {
    let library = Library::in_memory().unwrap();
    let ids: Vec<String> = (0..5).map(|_| exchange(&library).0).collect();
    library.delete_conversations(&ids[..1], "one", 3).unwrap();
    let deleted = library.delete_all_conversations("all", 4).unwrap();
    assert_eq!((deleted.conversations, deleted.messages), (4, 8));
    assert!(listed(&library).is_empty());
    assert_eq!(
        library.undo_delete("all").unwrap(),
        Some(Restored::Conversations(None))
    );
    assert_eq!(listed(&library).len(), 4, "the other deletion stays");
    assert_eq!(
        library
            .delete_all_conversations("again", 5)
            .unwrap()
            .messages,
        8
    );
}

#[test]
fn what_followed_a_message_that_is_deleted_alone_follows_what_is_before_it() {
    let library = Library::in_memory().unwrap();
    let (conversation, messages) = chain(&library, 6);
    let deleted = library
        .delete_message(&messages[2].id, false, "d", 3)
        .unwrap();
    assert_eq!(deleted.messages, 1);
    assert_eq!(
        deleted.at,
        PageAt::After {
            message: messages[1].id.clone()
        }
    );
    assert_eq!(texts(&library, &conversation), ["0", "1", "3", "4", "5"]);
    let page = library.page(&conversation, &deleted.at).unwrap();
    assert_eq!((page.first, page.total, page.messages.len()), (2, 5, 3));
    assert!(matches!(
        library.message(&messages[2].id),
        Err(LibraryError::Missing)
    ));
    assert_eq!(
        library.undo_delete("d").unwrap(),
        Some(Restored::Messages {
            conversation: conversation.clone(),
            message: messages[2].id.clone()
        })
    );
    assert_eq!(library.path_of(&conversation).unwrap(), messages);
    let from = PageAt::From {
        message: messages[2].id.clone(),
    };
    let page = library.page(&conversation, &from).unwrap();
    assert_eq!((page.first, page.total), (2, 6));
}

#[test]
fn the_first_message_can_be_deleted_alone_and_the_last_too() {
    let library = Library::in_memory().unwrap();
    let (conversation, messages) = chain(&library, 3);
    let first = library
        .delete_message(&messages[0].id, false, "first", 3)
        .unwrap();
    assert_eq!(first.at, PageAt::Start);
    assert_eq!(texts(&library, &conversation), ["1", "2"]);
    library
        .delete_message(&messages[2].id, false, "last", 3)
        .unwrap();
    assert_eq!(texts(&library, &conversation), ["1"]);
    library
        .delete_message(&messages[1].id, true, "all", 3)
        .unwrap();
    assert!(texts(&library, &conversation).is_empty());
    assert_eq!(library.page(&conversation, &PageAt::End).unwrap().total, 0);
    for deletion in ["first", "last", "all"] {
        library.undo_delete(deletion).unwrap().unwrap();
    }
    assert_eq!(library.path_of(&conversation).unwrap(), messages);
}

#[test]
fn a_branch_goes_with_all_its_versions_and_the_version_beside_it_is_shown() {
    let library = Library::in_memory().unwrap();
    let (conversation, question, answer) = exchange(&library);
    let second = message(Role::Assistant, Some(&question.id), "Snow falls.");
    let why = message(Role::User, Some(&second.id), "Why?");
    let how = message(Role::User, Some(&second.id), "How?");
    let third = message(Role::Assistant, Some(&question.id), "Hail falls.");
    for new in [&second, &why, &how, &third] {
        library
            .add_messages(&conversation, std::slice::from_ref(new), false, 3)
            .unwrap();
    }
    library.select_version(&third.id, -1).unwrap();
    assert_eq!(texts(&library, &conversation).last().unwrap(), "How?");
    let deleted = library.delete_message(&second.id, true, "d", 4).unwrap();
    assert_eq!(deleted.messages, 3);
    assert_eq!(
        texts(&library, &conversation),
        ["What falls?", "Rain falls."]
    );
    let versions = shown(&library, &conversation).pop().unwrap();
    assert_eq!((versions.version, versions.versions), (1, 2));

    library.undo_delete("d").unwrap().unwrap();
    assert_eq!(texts(&library, &conversation).last().unwrap(), "How?");
    let shown = shown(&library, &conversation);
    assert_eq!((shown[1].version, shown[1].versions), (2, 3));
    assert_eq!((shown[2].version, shown[2].versions), (2, 2));

    // Without a version beside it, the path ends before it.
    library.delete_message(&question.id, true, "e", 5).unwrap();
    assert!(texts(&library, &conversation).is_empty());
    library.undo_delete("e").unwrap().unwrap();
    assert_eq!(texts(&library, &conversation).len(), 3);
    assert!(library.message(&answer.id).is_ok());
}

#[test]
fn what_is_written_meanwhile_does_not_take_a_deleted_messages_place() {
    let library = Library::in_memory().unwrap();
    let (conversation, question, answer) = exchange(&library);
    library.delete_message(&answer.id, true, "d", 3).unwrap();
    let newer = message(Role::Assistant, Some(&question.id), "Snow falls.");
    library
        .add_messages(&conversation, std::slice::from_ref(&newer), false, 4)
        .unwrap();
    library.undo_delete("d").unwrap().unwrap();
    // What came back is shown, as the first version, which it was.
    let shown = shown(&library, &conversation).pop().unwrap();
    assert_eq!(shown.message, answer);
    assert_eq!((shown.version, shown.versions), (1, 2));
}

#[test]
fn a_deletion_under_a_reply_that_came_to_nothing_can_still_be_undone() {
    let library = Library::in_memory().unwrap();
    let (conversation, question, answer) = exchange(&library);
    let after = message(Role::User, Some(&answer.id), "Why?");
    library
        .add_messages(&conversation, std::slice::from_ref(&after), false, 3)
        .unwrap();
    library.delete_message(&after.id, true, "d", 4).unwrap();
    library.delete_last_message(&answer.id).unwrap();
    assert_eq!(library.path_of(&conversation).unwrap(), [question, answer]);
    library.undo_delete("d").unwrap().unwrap();
    assert_eq!(texts(&library, &conversation).len(), 3);
}

#[test]
fn a_message_in_a_deleted_conversation_comes_back_after_its_conversation_only() {
    let library = Library::in_memory().unwrap();
    let (conversation, _, answer) = exchange(&library);
    library
        .delete_message(&answer.id, true, "message", 3)
        .unwrap();
    library
        .delete_conversations(std::slice::from_ref(&conversation), "all", 4)
        .unwrap();
    assert!(matches!(
        library.undo_delete("message"),
        Err(LibraryError::Missing)
    ));
    library.undo_delete("all").unwrap().unwrap();
    library.undo_delete("message").unwrap().unwrap();
    assert_eq!(texts(&library, &conversation).len(), 2);
}

#[test]
fn deletions_are_carried_out_in_bounded_steps_and_then_nothing_is_left() {
    let library = Library::in_memory().unwrap();
    let (kept, _) = chain(&library, 5);
    // More levels than SQLite lets one removal reach through.
    let (conversation, messages) = chain(&library, 2_500);
    library
        .delete_message(&messages[2_400].id, true, "branch", 3)
        .unwrap();
    library
        .delete_message(&messages[1].id, false, "alone", 3)
        .unwrap();
    library
        .delete_conversations(std::slice::from_ref(&conversation), "all", 4)
        .unwrap();
    assert!(!library.purge_step(3).unwrap(), "nothing is that old");
    let rows = || count(&library, "message") + count(&library, "deleted_message");
    let mut left = rows();
    while library.purge_step(5).unwrap() {
        let now = rows();
        assert!(left - now <= 64, "a step is small");
        left = now;
    }
    assert_eq!(library.undo_delete("all").unwrap(), None);
    for table in ["deletion", "deleted_message", "moved_message", "choice"] {
        assert_eq!(count(&library, table), 0, "{table}");
    }
    assert_eq!(count(&library, "message"), 5);
    assert_eq!(count(&library, "conversation"), 1);
    assert_eq!(texts(&library, &kept).len(), 5);
}

#[test]
fn what_was_moved_stays_where_it_is_when_the_deletion_is_carried_out() {
    let library = Library::in_memory().unwrap();
    let (conversation, messages) = chain(&library, 6);
    library
        .delete_message(&messages[2].id, false, "older", 3)
        .unwrap();
    library
        .delete_message(&messages[3].id, false, "newer", 9)
        .unwrap();
    while library.purge_step(5).unwrap() {}
    assert_eq!(library.undo_delete("older").unwrap(), None);
    assert_eq!(texts(&library, &conversation), ["0", "1", "4", "5"]);
    library.undo_delete("newer").unwrap().unwrap();
    assert_eq!(texts(&library, &conversation), ["0", "1", "3", "4", "5"]);
    purge(&library);
    assert_eq!(count(&library, "moved_message"), 0);
}

#[test]
fn deletions_are_there_after_opening_again() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("serein.db");
    let library = Library::open(&path).unwrap();
    let (conversation, messages) = chain(&library, 4);
    library
        .delete_message(&messages[1].id, false, "d", 3)
        .unwrap();
    drop(library);
    let library = Library::open(&path).unwrap();
    library.undo_delete("d").unwrap().unwrap();
    assert_eq!(library.path_of(&conversation).unwrap(), messages);
}
