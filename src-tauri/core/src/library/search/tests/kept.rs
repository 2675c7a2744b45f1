//! The index stays right whatever happens to the library.

use proptest::prelude::*;
use rusqlite::Connection;

use super::found::{ids, message, said};
use crate::library::{JournalEntry, Library};
use crate::message::Part;
use crate::view::{MessageStatus, Role, SearchFilters};

/// Every term with every place it is at, and the titles' too.
fn all_of_index(library: &Library) -> Vec<(String, i64, i64)> {
    let connection = library.lock();
    connection
        .execute_batch(
            "CREATE VIRTUAL TABLE IF NOT EXISTS temp.of_messages USING fts5vocab (main, message_index, instance);
             CREATE VIRTUAL TABLE IF NOT EXISTS temp.of_titles USING fts5vocab (main, title_index, instance);",
        )
        .unwrap();
    connection
        .prepare(
            "SELECT term, doc, offset FROM temp.of_messages
             UNION ALL SELECT 'title ' || term, doc, offset FROM temp.of_titles ORDER BY 1, 2, 3",
        )
        .unwrap()
        .query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))
        .unwrap()
        .collect::<Result<_, _>>()
        .unwrap()
}

/// Nothing is left to be taken up.
fn settled(library: &Library) -> bool {
    library
        .lock()
        .query_row(
            "SELECT NOT EXISTS (SELECT 1 FROM index_due) AND NOT EXISTS (SELECT 1 FROM title_due)
                 AND (SELECT up_to FROM index_progress) = 0",
            [],
            |row| row.get(0),
        )
        .unwrap()
}

/// The index, thrown away and made anew.
fn rebuilt(library: &Library) {
    library
        .lock()
        .execute_batch(
            "INSERT INTO message_index (message_index) VALUES ('delete-all');
             INSERT INTO title_index (title_index) VALUES ('delete-all');
             DELETE FROM index_due;
             INSERT OR IGNORE INTO title_due SELECT rowid FROM conversation;
             UPDATE index_progress SET up_to = (SELECT coalesce(max(rowid), 0) FROM message);",
        )
        .unwrap();
    while library.index_step().unwrap() {}
}

#[test]
fn a_new_message_is_found_at_once_and_a_changed_one_by_its_new_words_alone() {
    let library = Library::in_memory().unwrap();
    let (conversation, mut messages) = said(&library, "T", &["old words", "answer"]);
    assert!(settled(&library));
    messages[1].parts = vec![Part::text("other words")];
    library
        .finish_message(&conversation, &messages[1], 3)
        .unwrap();
    assert!(settled(&library));
    assert!(ids(&library, "answer").is_empty());
    assert_eq!(ids(&library, "other"), [messages[1].id.clone()]);
}

#[test]
fn a_new_title_is_found_and_the_old_one_is_not() {
    let library = Library::in_memory().unwrap();
    let (conversation, _) = said(&library, "Before", &["x"]);
    library.rename_conversation(&conversation, "After").unwrap();
    let found = |typed: &str| {
        let results = library.search(typed, &SearchFilters::default()).unwrap();
        results.hits.len()
    };
    assert_eq!((found("before"), found("after")), (0, 1));
}

#[test]
fn a_reply_is_found_when_it_ends() {
    let library = Library::in_memory().unwrap();
    let (conversation, messages) = said(&library, "T", &["question"]);
    let mut reply = message(Role::Assistant, messages.last(), "");
    reply.status = MessageStatus::Streaming;
    library
        .add_messages(&conversation, std::slice::from_ref(&reply), false, 3)
        .unwrap();
    assert!(settled(&library));
    reply.parts = vec![Part::text("finished")];
    reply.status = MessageStatus::Complete;
    library.finish_message(&conversation, &reply, 4).unwrap();
    assert_eq!(ids(&library, "finished"), [reply.id.clone()]);
    // It goes on: until it ends again, it is found by what it had.
    reply.status = MessageStatus::Streaming;
    library.reopen_message(&conversation, &reply, 5).unwrap();
    assert_eq!(ids(&library, "finished"), [reply.id]);
}

#[test]
fn a_reply_that_a_crash_cut_off_is_found_after_the_next_start() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("serein.db");
    let library = Library::open(&path).unwrap();
    let (conversation, messages) = said(&library, "T", &["question"]);
    let mut reply = message(Role::Assistant, messages.last(), "");
    reply.status = MessageStatus::Streaming;
    library
        .add_messages(&conversation, std::slice::from_ref(&reply), false, 3)
        .unwrap();
    let gained = JournalEntry::Append {
        part: 0,
        text: "half an answer".to_owned(),
    };
    library.journal(&reply.id, 0, &[gained]).unwrap();
    drop(library);
    let library = Library::open(&path).unwrap();
    while library.index_step().unwrap() {}
    assert_eq!(ids(&library, "half"), [reply.id]);
}

#[test]
fn what_is_deleted_is_not_found_and_is_found_when_it_comes_back() {
    let library = Library::in_memory().unwrap();
    let (conversation, messages) = said(&library, "T", &["stays", "goes"]);
    let columns = "id, conversation, parent, role, status, model, parts, text, error, created_at, finished_at, depth";
    library
        .lock()
        .execute_batch(&format!(
            "INSERT INTO deletion (id, at, undo) VALUES ('d', 1, '{{}}');
             INSERT INTO deleted_message SELECT {columns}, 'd', 0 FROM message WHERE id = '{id}';
             DELETE FROM message WHERE id = '{id}';",
            id = messages[1].id
        ))
        .unwrap();
    assert!(ids(&library, "goes").is_empty());
    library
        .lock()
        .execute_batch(&format!(
            "INSERT INTO message ({columns}) SELECT {columns} FROM deleted_message;
             DELETE FROM deleted_message;
             UPDATE conversation SET deletion = 'd' WHERE id = '{conversation}';"
        ))
        .unwrap();
    while library.index_step().unwrap() {}
    assert!(
        ids(&library, "goes").is_empty(),
        "its conversation is deleted"
    );
    assert!(library.place_of_message(&messages[1].id).is_err());
    library
        .lock()
        .execute("UPDATE conversation SET deletion = NULL", [])
        .unwrap();
    assert_eq!(ids(&library, "goes"), [messages[1].id.clone()]);
    library.erase_conversation(&conversation).unwrap();
    assert!(all_of_index(&library).is_empty());
}

#[test]
fn much_at_once_is_left_for_later_and_nothing_of_it_is_lost() {
    let library = Library::in_memory().unwrap();
    let texts: Vec<String> = (0..500).map(|n| format!("word{n}")).collect();
    let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
    said(&library, "Much", &texts);
    assert!(!settled(&library));
    let waiting = library.search("word3 ", &SearchFilters::default()).unwrap();
    assert!(waiting.waiting > 400);
    while library.index_step().unwrap() {}
    assert!(settled(&library));
    assert_eq!(ids(&library, "word3 ").len(), 1);
}

#[test]
fn an_older_library_is_indexed_in_steps_that_a_crash_may_part() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("serein.db");
    {
        let connection = Connection::open(&path).unwrap();
        for (step, schema) in [
            include_str!("../../schema_1.sql"),
            include_str!("../../schema_2.sql"),
            include_str!("../../schema_3.sql"),
            include_str!("../../schema_4.sql"),
        ]
        .iter()
        .enumerate()
        {
            connection.execute_batch(schema).unwrap();
            connection
                .execute_batch(&format!("PRAGMA user_version = {}", step + 1))
                .unwrap();
        }
        connection
            .execute_batch(
                "INSERT INTO conversation (id, title, created_at, updated_at) VALUES ('c', 'Old title', 1, 1);
                 WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1000)
                 INSERT INTO message (id, conversation, role, status, parts, text, created_at)
                     SELECT 'm' || i, 'c', 'user', 'complete', '[]', 'old word' || i, 1 FROM n;",
            )
            .unwrap();
    }
    let library = Library::open(&path).unwrap();
    let results = library.search("word1 ", &SearchFilters::default()).unwrap();
    assert_eq!((results.hits.len(), results.waiting), (0, 1_000));
    for _ in 0..3 {
        assert!(library.index_step().unwrap());
    }
    assert_eq!(
        ids(&library, "word1000 "),
        ["m1000"],
        "the newest come first"
    );
    // A message that comes meanwhile, and one that goes.
    let (_, new) = said(&library, "New", &["new word"]);
    assert_eq!(ids(&library, "new"), [new[0].id.clone()]);
    library
        .lock()
        .execute("DELETE FROM message WHERE id = 'm5'", [])
        .unwrap();
    drop(library);
    let library = Library::open(&path).unwrap();
    while library.index_step().unwrap() {}
    assert!(settled(&library));
    assert_eq!(ids(&library, "word1 "), ["m1"]);
    assert!(ids(&library, "word5 ").is_empty());
    assert_eq!(
        library
            .search("title", &SearchFilters::default())
            .unwrap()
            .hits
            .len(),
        1
    );
    let before = all_of_index(&library);
    rebuilt(&library);
    assert_eq!(all_of_index(&library), before);
}

/// SQLite gives no word for it: the index knows messages by their rows.
#[test]
fn vacuuming_leaves_messages_at_their_rows() {
    let folder = tempfile::tempdir().unwrap();
    let library = Library::open(&folder.path().join("serein.db")).unwrap();
    let (_, messages) = said(&library, "T", &["one", "two", "three"]);
    let (_, others) = said(&library, "U", &["four", "five"]);
    library
        .lock()
        .execute("DELETE FROM message WHERE id = ?1", [&messages[2].id])
        .unwrap();
    let copy = folder.path().join("copy.db");
    library
        .lock()
        .execute("VACUUM INTO ?1", [copy.to_str().unwrap()])
        .unwrap();
    library.lock().execute_batch("VACUUM").unwrap();
    for library in [library, Library::open(&copy).unwrap()] {
        assert_eq!(ids(&library, "four"), [others[0].id.clone()]);
        assert_eq!(ids(&library, "five"), [others[1].id.clone()]);
    }
}

#[test]
fn an_index_put_in_order_finds_the_same() {
    let library = Library::in_memory().unwrap();
    for n in 0..60 {
        said(&library, "T", &[&format!("common word{n}")]);
    }
    let before = all_of_index(&library);
    let mut begins = true;
    while library.order_index_step(begins).unwrap() {
        begins = false;
    }
    assert_eq!(all_of_index(&library), before);
}

#[derive(Debug, Clone)]
enum Change {
    Add(String),
    Edit(usize, String),
    Stream(usize),
    Remove(usize),
    Title(String),
    Step,
}

fn text() -> impl Strategy<Value = String> {
    "([a-cé]{1,3}|[中文字]{1,3}|```\n| ){0,6}"
}

fn change() -> impl Strategy<Value = Change> {
    prop_oneof![
        4 => text().prop_map(Change::Add),
        2 => (any::<usize>(), text()).prop_map(|(n, text)| Change::Edit(n, text)),
        1 => any::<usize>().prop_map(Change::Stream),
        2 => any::<usize>().prop_map(Change::Remove),
        1 => text().prop_map(Change::Title),
        1 => Just(Change::Step),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn the_index_is_what_a_new_one_would_be(changes in prop::collection::vec(change(), 1..40)) {
        let library = Library::in_memory().unwrap();
        let conversation = library.create_conversation("Title", "plain", 1).unwrap();
        let mut messages = Vec::new();
        for change in changes {
            match change {
                Change::Add(text) => {
                    let added = message(Role::Assistant, None, &text);
                    library.add_messages(&conversation, std::slice::from_ref(&added), false, 1).unwrap();
                    messages.push(added);
                }
                Change::Edit(n, text) if !messages.is_empty() => {
                    let n = n % messages.len();
                    messages[n].parts = vec![Part::text(text)];
                    messages[n].status = MessageStatus::Complete;
                    library.finish_message(&conversation, &messages[n], 1).unwrap();
                }
                Change::Stream(n) if !messages.is_empty() => {
                    let n = n % messages.len();
                    messages[n].status = MessageStatus::Streaming;
                    library.reopen_message(&conversation, &messages[n], 1).unwrap();
                    messages[n].status = MessageStatus::Complete;
                    library.finish_message(&conversation, &messages[n], 1).unwrap();
                }
                Change::Remove(n) if !messages.is_empty() => {
                    let gone = messages.remove(n % messages.len());
                    library.delete_last_message(&gone.id).unwrap();
                }
                Change::Title(title) => library.rename_conversation(&conversation, &title).unwrap(),
                Change::Step => { library.index_step().unwrap(); }
                _ => {}
            }
        }
        while library.index_step().unwrap() {}
        let kept = all_of_index(&library);
        rebuilt(&library);
        prop_assert_eq!(kept, all_of_index(&library));
    }

    #[test]
    fn whatever_a_text_has_the_index_has_too(texts in prop::collection::vec("([a-c]{1,2}|[中文字]{1,3}|[ ,]){0,8}", 1..6), typed in "(\"?([a-c]{1,2}|[中文字]{1,3}| )){0,4}") {
        let library = Library::in_memory().unwrap();
        let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
        let (_, messages) = said(&library, "-", &texts);
        let query = super::Query::read(&typed);
        let mut expected: Vec<String> = messages
            .iter()
            .filter(|message| !query.is_empty() && query.places(&message.text()).is_some())
            .map(|message| message.id.clone())
            .collect();
        let mut found = ids(&library, &typed);
        found.sort();
        expected.sort();
        prop_assert_eq!(&found, &expected);
        // The index by itself, with what is unfinished asked of it, has them as well.
        if let Some(question) = query.question(&[], super::Unfinished::Beginning) {
            let by_index: i64 = library.lock().query_row(
                "SELECT count(*) FROM message_index WHERE message_index MATCH ?1", [question], |row| row.get(0)).unwrap();
            prop_assert!(usize::try_from(by_index).unwrap() >= expected.len());
        }
    }
}
