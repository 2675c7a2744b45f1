//! The list: its order, its headings, its folders, and that nothing reads more than it shows.

use jiff::civil::date;
use jiff::tz::TimeZone;

use super::super::listing::{Ask, List};
use super::*;
use crate::view::{ConversationPatch, ListHeading, ListScope, ListSection};

fn zone() -> TimeZone {
    TimeZone::get("America/New_York").unwrap()
}

/// A moment in that zone, in milliseconds.
fn at(year: i16, month: i8, day: i8, hour: i8, minute: i8) -> i64 {
    date(year, month, day)
        .at(hour, minute, 0, 0)
        .to_zoned(zone())
        .unwrap()
        .timestamp()
        .as_millisecond()
}

fn conversation(library: &Library, title: &str, at: i64) -> String {
    library.create_conversation(title, "plain", at).unwrap()
}

fn update(library: &Library, id: &str, patch: &ConversationPatch) {
    let ids = [id.to_owned()];
    assert_eq!(library.update_conversations(&ids, patch).unwrap(), 1);
}

fn pinned() -> ConversationPatch {
    ConversationPatch {
        pinned: Some(true),
        ..ConversationPatch::default()
    }
}

fn archived(archived: bool) -> ConversationPatch {
    ConversationPatch {
        archived: Some(archived),
        ..ConversationPatch::default()
    }
}

fn into(folder: Option<&str>) -> ConversationPatch {
    ConversationPatch {
        folder: Some(folder.map(str::to_owned)),
        ..ConversationPatch::default()
    }
}

fn titles(library: &Library, scope: &ListScope) -> Vec<String> {
    library
        .rows(scope, 0, 1_000)
        .unwrap()
        .into_iter()
        .map(|row| row.title)
        .collect()
}

#[test]
fn conversations_stand_under_the_days_and_months_of_the_local_calendar() {
    let library = Library::in_memory().unwrap();
    // Two days after the clocks went back: a day of 25 hours is among the last seven.
    let now = at(2026, 11, 3, 9, 0);
    for (title, moment) in [
        ("from a clock that is ahead", now + 86_400_000_000),
        ("this morning", at(2026, 11, 3, 0, 0)),
        ("late yesterday", at(2026, 11, 2, 23, 59)),
        ("early yesterday", at(2026, 11, 2, 0, 0)),
        ("on the long day", at(2026, 11, 1, 1, 30)),
        ("seven days ago", at(2026, 10, 27, 0, 0)),
        ("eight days ago", at(2026, 10, 26, 23, 59)),
        ("earlier that month", at(2026, 10, 1, 0, 0)),
        ("the month before", at(2026, 9, 30, 23, 59)),
        ("a year ago", at(2025, 10, 15, 12, 0)),
        ("before any calendar", i64::MIN),
    ] {
        conversation(&library, title, moment);
    }
    let kept = conversation(&library, "pinned", at(2024, 1, 1, 0, 0));
    update(&library, &kept, &pinned());
    let away = conversation(&library, "archived", now);
    update(&library, &away, &archived(true));

    let sections = library.sections(&ListScope::Active, now, &zone()).unwrap();
    let month = |year, month| ListHeading::Month { year, month };
    let expected = [
        (ListHeading::Pinned, 1),
        (ListHeading::Today, 2),
        (ListHeading::Yesterday, 2),
        (ListHeading::Week, 2),
        (month(2026, 10), 2),
        (month(2026, 9), 1),
        (month(2025, 10), 1),
    ];
    let (last, before) = sections.split_last().unwrap();
    assert_eq!(
        before,
        expected.map(|(heading, count)| ListSection { heading, count })
    );
    assert!(matches!(last.heading, ListHeading::Month { year, .. } if year < 0));
    let total: u32 = sections.iter().map(|section| section.count).sum();
    assert_eq!(library.list_length(&ListScope::Active).unwrap(), total);
    let rows = titles(&library, &ListScope::Active);
    assert_eq!(rows.len(), usize::try_from(total).unwrap());
    assert_eq!(rows[0], "pinned");
    assert_eq!(rows[1], "from a clock that is ahead");
    assert_eq!(rows.last().unwrap(), "before any calendar");
    assert_eq!(titles(&library, &ListScope::Archived), ["archived"]);
}

#[test]
fn every_row_knows_its_place_in_its_list() {
    let library = Library::in_memory().unwrap();
    for index in 0..50 {
        // Several at the same time.
        let id = conversation(&library, &index.to_string(), index / 4);
        if index % 9 == 0 {
            update(&library, &id, &pinned());
        }
    }
    let rows = library.rows(&ListScope::Active, 0, 100).unwrap();
    for (place, row) in (0..).zip(&rows) {
        assert_eq!(
            library.place(&row.id, &ListScope::Active).unwrap(),
            Some(place)
        );
        let alone = library.rows(&ListScope::Active, place, 1).unwrap();
        assert_eq!(alone, std::slice::from_ref(row));
        assert_eq!(library.summary(&row.id).unwrap().as_ref(), Some(row));
    }
    assert_eq!(rows.len(), 50);
    assert_eq!(
        library.place(&rows[0].id, &ListScope::Archived).unwrap(),
        None
    );
    assert_eq!(library.place("nobody", &ListScope::Active).unwrap(), None);
}

#[test]
fn a_folder_lists_what_is_in_it_and_leaves_it_when_it_goes() {
    let library = Library::in_memory().unwrap();
    let work = library.create_folder("Work", 1).unwrap().id;
    let home = library.create_folder("äther", 1).unwrap().id;
    let [a, b, c] = ["a", "b", "c"].map(|title| conversation(&library, title, 1));
    for id in [&a, &b, &c] {
        update(&library, id, &into(Some(&work)));
    }
    update(&library, &b, &archived(true));
    let scope = ListScope::Folder { id: work.clone() };
    assert_eq!(titles(&library, &scope), ["c", "a"]);
    assert_eq!(titles(&library, &ListScope::Active), ["c", "a"]);
    let counts = |library: &Library| -> Vec<(String, u32)> {
        let folders = library.folders().unwrap();
        folders
            .into_iter()
            .map(|folder| (folder.name, folder.conversations))
            .collect()
    };
    assert_eq!(
        counts(&library),
        [("Work".to_owned(), 2), ("äther".to_owned(), 0)]
    );

    library.delete_conversations(&[a], "d", 2).unwrap();
    assert_eq!(titles(&library, &scope), ["c"]);
    update(&library, &c, &into(Some(&home)));
    update(&library, &c, &into(None));
    assert!(titles(&library, &scope).is_empty());

    library.rename_folder(&work, "Play").unwrap();
    library.delete_folder(&work).unwrap();
    assert_eq!(library.summary(&b).unwrap().unwrap().folder, None);
    assert_eq!(titles(&library, &ListScope::Archived), ["b"]);
    assert!(matches!(
        library.delete_folder(&work),
        Err(LibraryError::Missing)
    ));
    assert!(matches!(
        library.rename_folder(&work, "x"),
        Err(LibraryError::Missing)
    ));
    // A deleted conversation comes back without the folder that is gone.
    library.undo_delete("d").unwrap().unwrap();
    assert_eq!(titles(&library, &ListScope::Active), ["c", "a"]);
}

#[test]
fn several_conversations_are_changed_at_once_or_not_at_all() {
    let library = Library::in_memory().unwrap();
    let [a, b] = ["a", "b"].map(|title| conversation(&library, title, 1));
    let patch = ConversationPatch {
        title: Some("same".to_owned()),
        ..pinned()
    };
    let ids = [a.clone(), "gone".to_owned(), b];
    assert_eq!(library.update_conversations(&ids, &patch).unwrap(), 2);
    assert_eq!(titles(&library, &ListScope::Active), ["same", "same"]);
    let refused = library.update_conversations(&ids, &into(Some("nowhere")));
    assert!(matches!(refused, Err(LibraryError::Missing)));
    assert_eq!(library.summary(&a).unwrap().unwrap().folder, None);
}

#[test]
fn a_patch_tells_no_folder_from_no_change() {
    let read = |json: &str| -> ConversationPatch { serde_json::from_str(json).unwrap() };
    assert_eq!(read("{}"), ConversationPatch::default());
    assert_eq!(read(r#"{"folder": null}"#), into(None));
    assert_eq!(read(r#"{"folder": "f"}"#), into(Some("f")));
}

#[test]
fn the_users_title_is_never_replaced_by_the_models() {
    let library = Library::in_memory().unwrap();
    let id = conversation(&library, "first line", 1);
    assert!(library.is_titled_by_app(&id).unwrap());
    assert!(library.title_by_model(&id, "by the model").unwrap());
    assert!(!library.title_by_model(&id, "again").unwrap());
    library.rename_conversation(&id, "mine").unwrap();
    assert!(!library.title_by_model(&id, "by the model").unwrap());
    assert_eq!(titles(&library, &ListScope::Active), ["mine"]);
    let other = conversation(&library, "first line", 1);
    let patch = ConversationPatch {
        title: Some("mine too".to_owned()),
        ..ConversationPatch::default()
    };
    update(&library, &other, &patch);
    assert!(!library.is_titled_by_app(&other).unwrap());
}

/// How SQLite carries a statement out.
fn plan(connection: &Connection, statement: &str) -> String {
    let lines: Vec<String> = connection
        .prepare(&format!("EXPLAIN QUERY PLAN {statement}"))
        .unwrap()
        .raw_query()
        .mapped(|row| row.get(3))
        .collect::<Result<_, _>>()
        .unwrap();
    lines.join("\n")
}

#[test]
fn the_list_is_counted_and_skipped_in_its_index_alone() {
    let library = Library::in_memory().unwrap();
    let connection = library.lock();
    for scope in [
        ListScope::Active,
        ListScope::Archived,
        ListScope::Folder { id: "f".to_owned() },
    ] {
        let list = List::new(&connection, &scope);
        for ask in [
            Ask::Length,
            Ask::Pinned,
            Ask::Between,
            Ask::Newest,
            Ask::Rows,
            Ask::Before,
        ] {
            let plan = plan(&connection, &list.statement(ask));
            let index = if matches!(ask, Ask::Rows) {
                "USING INDEX"
            } else {
                "USING COVERING INDEX"
            };
            assert!(
                plan.starts_with("SEARCH conversation") && plan.contains(index),
                "{ask:?}: {plan}"
            );
            assert_eq!(plan.lines().count(), 1, "{ask:?}: {plan}");
        }
    }
}
