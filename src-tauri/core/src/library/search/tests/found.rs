//! What is found, in which order, and what is not.

use std::sync::Arc;

use crate::library::{Library, new_id};
use crate::message::{Message, Part};
use crate::view::{FoundAll, MessageStatus, Role, SearchFilters};

pub(super) fn message(role: Role, parent: Option<&Message>, text: &str) -> Message {
    Message {
        id: new_id(),
        parent: parent.map(|parent| parent.id.clone()),
        role,
        status: MessageStatus::Complete,
        parts: vec![Part::text(text)],
        error: None,
        model: (role == Role::Assistant).then(|| "plain".to_owned()),
        created_at: 1_000,
        finished_at: Some(2_000),
    }
}

/// A conversation with these messages, one after the other.
pub(super) fn said(library: &Library, title: &str, texts: &[&str]) -> (String, Vec<Message>) {
    let conversation = library.create_conversation(title, "plain", 1).unwrap();
    let mut messages: Vec<Message> = Vec::new();
    for (n, text) in texts.iter().enumerate() {
        let role = if n % 2 == 0 {
            Role::User
        } else {
            Role::Assistant
        };
        messages.push(message(role, messages.last(), text));
    }
    library
        .add_messages(&conversation, &messages, false, 2)
        .unwrap();
    (conversation, messages)
}

/// The messages found, titles left out.
pub(super) fn ids(library: &Library, typed: &str) -> Vec<String> {
    narrowed(library, typed, SearchFilters::default())
}

fn narrowed(library: &Library, typed: &str, filters: SearchFilters) -> Vec<String> {
    let results = library.search(typed, &filters).unwrap();
    results
        .hits
        .into_iter()
        .filter_map(|hit| hit.message)
        .collect()
}

fn sql(library: &Library, statement: &str) {
    library.lock().execute_batch(statement).unwrap();
}

#[test]
fn every_branch_is_searched() {
    let library = Library::in_memory().unwrap();
    let (conversation, messages) = said(&library, "Weather", &["What falls?", "Rain falls."]);
    let other = message(Role::Assistant, Some(&messages[0]), "Snow falls.");
    library
        .add_messages(&conversation, std::slice::from_ref(&other), false, 3)
        .unwrap();
    assert_eq!(ids(&library, "rain"), [messages[1].id.clone()]);
    assert_eq!(ids(&library, "snow"), [other.id]);
    assert_eq!(ids(&library, "fall").len(), 3);
}

#[test]
fn chinese_japanese_and_korean_are_found_from_one_character_on() {
    let library = Library::in_memory().unwrap();
    let (_, messages) = said(
        &library,
        "CJK",
        &[
            "我喜欢学习中文",
            "日本語を勉強します",
            "한국어를 공부해요",
            "用 Rust 写",
        ],
    );
    for (typed, n) in [
        ("我", 0),
        ("中文", 0),
        ("学习中文", 0),
        ("本語を", 1),
        ("勉強", 1),
        ("국어", 2),
        ("공부", 2),
        ("用", 3),
        ("\"用 rust\"", 3),
        ("用 写", 3),
    ] {
        assert_eq!(ids(&library, typed), [messages[n].id.clone()], "{typed}");
    }
    assert!(ids(&library, "中习").is_empty());
}

#[test]
fn a_title_is_a_hit_of_its_own_and_comes_first() {
    let library = Library::in_memory().unwrap();
    let (conversation, messages) = said(&library, "About rain", &["What about rain?"]);
    let hits = library
        .search("rain", &SearchFilters::default())
        .unwrap()
        .hits;
    assert_eq!(hits.len(), 2);
    assert_eq!(hits[0].conversation, conversation);
    assert_eq!(hits[0].message, None);
    assert!(
        hits[0]
            .title
            .iter()
            .any(|piece| piece.hit && piece.text == "rain")
    );
    assert_eq!(hits[1].message.as_deref(), Some(messages[0].id.as_str()));
    assert_eq!(hits[1].role, Some(Role::User));
}

#[test]
fn words_that_stand_together_come_before_words_apart() {
    let library = Library::in_memory().unwrap();
    let (_, messages) = said(
        &library,
        "Colours",
        &["the red door", "the door is red", "red herring at the door"],
    );
    assert_eq!(ids(&library, "red door")[0], messages[0].id);
    assert_eq!(ids(&library, "\"red door\""), [messages[0].id.clone()]);
}

#[test]
fn filters_narrow_what_is_found() {
    let library = Library::in_memory().unwrap();
    let (first, messages) = said(
        &library,
        "One",
        &["stone", "stone\n```\nstone\n```", "stone"],
    );
    let (_, others) = said(&library, "Two", &["stone", "stone"]);
    sql(
        &library,
        &format!(
            "INSERT INTO folder VALUES ('f', 'Folder', 1);
             UPDATE conversation SET folder = 'f' WHERE id = '{first}';
             UPDATE message SET created_at = 5 * 86400000 WHERE id = '{}';
             UPDATE message SET status = status, model = 'large' WHERE id IN ('{}', '{}');",
            others[1].id, others[1].id, others[0].id
        ),
    );
    while library.index_step().unwrap() {}
    let all = |filters| {
        let mut found = narrowed(&library, "stone", filters);
        found.sort();
        found
    };
    let none = SearchFilters::default();
    assert_eq!(all(none.clone()).len(), 5);
    assert_eq!(
        all(SearchFilters {
            folder: Some("f".to_owned()),
            ..none.clone()
        }),
        messages
            .iter()
            .map(|message| message.id.clone())
            .collect::<Vec<_>>()
    );
    assert_eq!(
        all(SearchFilters {
            code: true,
            ..none.clone()
        }),
        [messages[1].id.clone()]
    );
    assert_eq!(
        all(SearchFilters {
            model: Some("plain".to_owned()),
            ..none.clone()
        }),
        [messages[1].id.clone()]
    );
    let late = SearchFilters {
        from: Some(4 * 86_400_000),
        ..none.clone()
    };
    assert_eq!(all(late), [others[1].id.clone()]);
    let in_the_day = SearchFilters {
        from: Some(500),
        to: Some(1_000),
        ..none.clone()
    };
    assert!(all(in_the_day).is_empty(), "times count, not days alone");
    let without_words = narrowed(
        &library,
        "  ",
        SearchFilters {
            code: true,
            ..none.clone()
        },
    );
    assert_eq!(without_words, [messages[1].id.clone()]);
    assert!(narrowed(&library, "", none.clone()).is_empty());
    assert!(
        narrowed(
            &library,
            "!?",
            SearchFilters {
                code: true,
                ..none.clone()
            }
        )
        .is_empty()
    );
    assert!(
        all(SearchFilters {
            model: Some("none".to_owned()),
            ..none
        })
        .is_empty()
    );
    assert_eq!(library.search_models().unwrap(), ["large", "plain"]);
}

#[test]
fn a_word_at_the_far_end_of_a_long_message_is_found() {
    let library = Library::in_memory().unwrap();
    let text = format!("{} needle", "hay ".repeat(200_000));
    let (_, messages) = said(&library, "Long", &[&text]);
    while library.index_step().unwrap() {}
    assert_eq!(ids(&library, "needle "), [messages[0].id.clone()]);
    assert_eq!(ids(&library, "needl"), [messages[0].id.clone()]);
}

#[test]
fn an_unfinished_word_is_found_behind_many_newer_messages() {
    let library = Library::in_memory().unwrap();
    let (conversation, messages) = said(&library, "Old", &["a needle"]);
    let hay: Vec<Message> = (0..1_000)
        .map(|n| message(Role::User, None, &format!("hay {n}")))
        .collect();
    library.add_messages(&conversation, &hay, false, 3).unwrap();
    while library.index_step().unwrap() {}
    assert_eq!(ids(&library, "need"), [messages[0].id.clone()]);
    let many = library.search("hay", &SearchFilters::default()).unwrap();
    assert_eq!(many.hits.len(), 100);
    assert!(many.more);
}

#[test]
fn words_are_found_together_however_far_apart_their_messages_lie() {
    let library = Library::in_memory().unwrap();
    let (_, old) = said(&library, "Old", &["a red door", "a door, red"]);
    // What is added later is given rows behind it.
    for row in [20_000, 200_000, 1_000_000] {
        sql(
            &library,
            &format!(
                "INSERT INTO message (rowid, id, conversation, role, status, parts, text, created_at)
                 SELECT {row}, 'far{row}', id, 'user', 'complete', '[]', '', 1 FROM conversation LIMIT 1"
            ),
        );
        let (_, new) = said(&library, "New", &["the red door"]);
        let found = ids(&library, "\"red door\"");
        assert_eq!(found[0], new[0].id, "the newest first");
        assert_eq!(found.last(), Some(&old[0].id));
        assert_eq!(ids(&library, "red door ").len(), found.len() + 1);
        assert_eq!(ids(&library, "door re").len(), found.len() + 1);
    }
    assert_eq!(ids(&library, "\"red door\"").len(), 4);
}

#[test]
fn an_unfinished_word_is_found_among_many_that_begin_so() {
    let library = Library::in_memory().unwrap();
    let all: Vec<String> = (0..300).map(|n| format!("needle{n}")).collect();
    let (conversation, messages) = said(&library, "Old", &[&all.join(" ")]);
    let hay: Vec<Message> = (0..1_100)
        .map(|n| message(Role::User, None, &format!("hay {n}")))
        .collect();
    library.add_messages(&conversation, &hay, false, 3).unwrap();
    while library.index_step().unwrap() {}
    // More than are asked for by themselves, some, and one.
    for typed in ["needl", "needle1", "needle299", "hay needle29"] {
        let expected = if typed.contains(' ') {
            Vec::new()
        } else {
            vec![messages[0].id.clone()]
        };
        assert_eq!(ids(&library, typed), expected, "{typed}");
    }
}

#[test]
fn a_newer_search_overtakes_the_one_that_waits() {
    let folder = tempfile::tempdir().unwrap();
    let library = Library::open(&folder.path().join("serein.db")).unwrap();
    said(&library, "Rain", &["rain"]);
    let filters = SearchFilters::default();
    assert_eq!(library.search("rain", &filters).unwrap().hits.len(), 2);
    let reader = &library.desk.searching;
    let held = reader.connection.lock().unwrap();
    let waiting = {
        let library = library.clone();
        std::thread::spawn(move || library.search("rain", &SearchFilters::default()).unwrap())
    };
    while reader.latest.lock().unwrap().number < 2 {
        std::thread::yield_now();
    }
    reader.latest.lock().unwrap().number += 1;
    drop(held);
    let overtaken = waiting.join().unwrap();
    assert!(overtaken.hits.is_empty() && overtaken.more);
    assert_eq!(library.search("rain", &filters).unwrap().hits.len(), 2);
}

#[test]
fn searching_does_not_wait_for_a_writer() {
    let folder = tempfile::tempdir().unwrap();
    let library = Library::open(&folder.path().join("serein.db")).unwrap();
    said(&library, "Rain", &["rain"]);
    let library = Arc::new(library);
    let writing = library.lock();
    writing.execute_batch("BEGIN IMMEDIATE").unwrap();
    assert_eq!(
        library
            .search("rain", &SearchFilters::default())
            .unwrap()
            .hits
            .len(),
        2
    );
    writing.execute_batch("ROLLBACK").unwrap();
}

#[test]
fn finding_counts_every_place_in_the_visible_path() {
    let library = Library::in_memory().unwrap();
    let (conversation, messages) = said(
        &library,
        "Menu",
        &[
            "crème and CREME",
            "**Crè**me is [nice](https://creme.example/)",
            "nothing",
        ],
    );
    let found = library
        .find_in_conversation(&conversation, " Creme ", true)
        .unwrap();
    assert_eq!(found.total, 3);
    assert_eq!(found.messages.len(), 2);
    assert_eq!(found.messages[0].message, messages[0].id);
    assert_eq!((found.messages[0].index, found.messages[0].count), (0, 2));
    assert_eq!((found.messages[1].index, found.messages[1].count), (1, 1));
    assert_eq!(
        library
            .find_in_conversation(&conversation, "me is nice", true)
            .unwrap()
            .total,
        1
    );
    assert_eq!(
        library
            .find_in_conversation(&conversation, " ", true)
            .unwrap(),
        FoundAll::default()
    );
    assert!(library.find_in_conversation("none", "x", true).is_err());
}

#[test]
fn what_was_found_on_another_branch_becomes_visible_with_what_follows_it() {
    let library = Library::in_memory().unwrap();
    let (conversation, messages) = said(&library, "Tree", &["root", "left", "left leaf"]);
    let right = message(Role::Assistant, Some(&messages[0]), "right");
    library
        .add_messages(&conversation, std::slice::from_ref(&right), false, 3)
        .unwrap();
    let (found, is_visible) = library.place_of_message(&messages[1].id).unwrap();
    assert_eq!((found.as_str(), is_visible), (conversation.as_str(), false));
    library.show_message(&messages[1].id).unwrap();
    let path: Vec<String> = library
        .path_of(&conversation)
        .unwrap()
        .iter()
        .map(Message::text)
        .collect();
    assert_eq!(path, ["root", "left", "left leaf"]);
    library.show_message(&messages[0].id).unwrap();
    assert_eq!(
        library.path_of(&conversation).unwrap().len(),
        3,
        "it was visible already"
    );
    assert!(library.show_message("none").is_err());
}

#[test]
fn thinking_is_found_where_it_is_shown() {
    let library = Library::in_memory().unwrap();
    let (conversation, messages) = said(&library, "Coins", &["How many coins?", "Nine coins."]);
    let mut reply = messages[1].clone();
    reply.parts.insert(
        0,
        Part::Reasoning {
            text: "The *coins* were watched. Coins fall.".to_owned(),
            started_at: 1,
            took: Some(1),
        },
    );
    library.finish_message(&conversation, &reply, 2).unwrap();
    let counts = |typed: &str, reasoning: bool| -> Vec<u32> {
        let found = library.find_in_conversation(&conversation, typed, reasoning);
        found
            .unwrap()
            .messages
            .iter()
            .map(|one| one.count)
            .collect()
    };
    assert_eq!(counts("coins", true), [1, 3]);
    assert_eq!(counts("coins", false), [1, 1]);
    assert_eq!(counts("watched", true), [1]);
    assert!(counts("watched", false).is_empty());
}
