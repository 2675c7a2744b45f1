//! Long conversations: read page by page, and as dependable as short ones.

use super::*;

/// More levels than SQLite lets one removal reach through.
const MANY: usize = 2_500;

/// A conversation of `count` messages called `0`, `1`, …
fn long(library: &Library, count: usize) -> String {
    with_texts(library, (0..count).map(|index| index.to_string()))
}

fn with_texts(library: &Library, texts: impl IntoIterator<Item = String>) -> String {
    let conversation = library.create_conversation("Long", "plain", 1).unwrap();
    let mut messages: Vec<Message> = Vec::new();
    for text in texts {
        let role = match messages.len() % 2 {
            0 => Role::User,
            _ => Role::Assistant,
        };
        let parent = messages.last().map(|message| message.id.clone());
        messages.push(message(role, parent.as_deref(), &text));
    }
    library
        .add_messages(&conversation, &messages, false, 2)
        .unwrap();
    conversation
}

fn page(library: &Library, conversation: &str, at: PageAt) -> Page {
    library.page(conversation, &at).unwrap()
}

fn words(page: &Page) -> Vec<String> {
    page.messages
        .iter()
        .map(|entry| entry.message.text())
        .collect()
}

fn before(page: &Page) -> PageAt {
    PageAt::Before {
        message: page.messages[0].message.id.clone(),
    }
}

fn after(page: &Page) -> PageAt {
    PageAt::After {
        message: page.messages.last().unwrap().message.id.clone(),
    }
}

#[test]
fn pages_from_the_end_and_from_the_start_join_to_the_whole_path() {
    let library = Library::in_memory().unwrap();
    let conversation = long(&library, MANY);
    let whole = texts(&library, &conversation);

    let mut shown = page(&library, &conversation, PageAt::End);
    let mut up: Vec<String> = words(&shown);
    while shown.first > 0 {
        let earlier = page(&library, &conversation, before(&shown));
        assert_eq!(
            usize::try_from(earlier.first).unwrap() + earlier.messages.len(),
            usize::try_from(shown.first).unwrap()
        );
        assert_eq!(earlier.total, u32::try_from(MANY).unwrap());
        up.splice(0..0, words(&earlier));
        shown = earlier;
    }
    assert_eq!(up, whole);

    let mut shown = page(&library, &conversation, PageAt::Start);
    let mut down = Vec::new();
    while !shown.messages.is_empty() {
        assert_eq!(usize::try_from(shown.first).unwrap(), down.len());
        down.extend(words(&shown));
        shown = page(&library, &conversation, after(&shown));
    }
    assert_eq!(down, whole);
}

fn shown(page: &Page) -> usize {
    page.messages
        .iter()
        .filter(|entry| entry.message.role == Role::Assistant)
        .map(|entry| entry.message.text().len())
        .sum()
}

#[test]
fn a_page_is_bounded_by_messages_and_by_text() {
    let library = Library::in_memory().unwrap();
    let many = long(&library, 100);
    for at in [PageAt::End, PageAt::Start] {
        assert_eq!(page(&library, &many, at).messages.len(), PAGE_MESSAGES);
    }
    let third = "x".repeat(PAGE_BYTES / 3);
    let large = with_texts(&library, (0..10).map(|_| third.clone()));
    let end = page(&library, &large, PageAt::End);
    for page in [
        page(&library, &large, before(&end)),
        page(&library, &large, PageAt::Start),
    ] {
        assert!(shown(&page) <= PAGE_BYTES && page.messages.len() > PAGE_LEAST);
    }
    let huge = with_texts(&library, (0..10).map(|_| "x".repeat(2 * PAGE_BYTES)));
    assert_eq!(
        page(&library, &huge, PageAt::End).messages.len(),
        PAGE_LEAST
    );
}

#[test]
fn the_last_page_is_some_screens_so_that_it_is_there_at_once() {
    let library = Library::in_memory().unwrap();
    let screens = with_texts(&library, (0..10).map(|_| "x".repeat(END_BYTES / 4)));
    let end = page(&library, &screens, PageAt::End);
    assert!(shown(&end) <= END_BYTES && end.messages.len() > PAGE_LEAST);
    let earlier = page(&library, &screens, before(&end));
    assert_eq!(earlier.first, 0);
    assert_eq!(earlier.messages.len() + end.messages.len(), 10);
}

#[test]
fn a_conversation_without_messages_is_one_empty_page() {
    let library = Library::in_memory().unwrap();
    let conversation = long(&library, 0);
    assert_eq!(page(&library, &conversation, PageAt::End), Page::default());
    assert!(matches!(
        library.page("nowhere", &PageAt::End),
        Err(LibraryError::Missing)
    ));
}

#[test]
fn a_page_after_what_is_on_another_branch_is_refused() {
    let library = Library::in_memory().unwrap();
    let conversation = long(&library, 60);
    let path = library.path_of(&conversation).unwrap();
    let other = message(Role::Assistant, Some(&path[10].id), "another way");
    library
        .add_messages(&conversation, std::slice::from_ref(&other), false, 3)
        .unwrap();
    let end = page(&library, &conversation, PageAt::End);
    assert_eq!(
        (end.total, words(&end).pop().unwrap().as_str()),
        (12, "another way")
    );
    for at in [
        PageAt::After {
            message: path[20].id.clone(),
        },
        PageAt::From {
            message: path[20].id.clone(),
        },
    ] {
        assert!(matches!(
            library.page(&conversation, &at),
            Err(LibraryError::Missing)
        ));
    }
    // What comes before a message is the same on every branch.
    let at = PageAt::Before {
        message: path[20].id.clone(),
    };
    assert_eq!(
        words(&page(&library, &conversation, at)).pop().unwrap(),
        "19"
    );
}

#[test]
fn the_page_from_a_version_has_what_followed_it() {
    let library = Library::in_memory().unwrap();
    let conversation = long(&library, 200);
    let path = library.path_of(&conversation).unwrap();
    let other = message(Role::Assistant, Some(&path[100].id), "another way");
    library
        .add_messages(&conversation, std::slice::from_ref(&other), false, 3)
        .unwrap();
    let (_, chosen) = library.select_version(&other.id, -1).unwrap();
    assert_eq!(chosen, path[101].id);
    let page = page(&library, &conversation, PageAt::From { message: chosen });
    assert_eq!((page.first, page.total), (101, 200));
    assert_eq!(words(&page)[..2], ["101", "102"]);
    assert_eq!(
        (page.messages[0].version, page.messages[0].versions),
        (1, 2)
    );
}

#[test]
fn a_long_conversation_can_be_deleted() {
    let library = Library::in_memory().unwrap();
    let kept = long(&library, 3);
    let conversation = long(&library, MANY);
    let first = library.path_of(&conversation).unwrap()[0].id.clone();
    library.erase_conversation(&conversation).unwrap();
    assert!(matches!(
        library.message(&first),
        Err(LibraryError::Missing)
    ));
    assert_eq!(texts(&library, &kept), ["0", "1", "2"]);
}

#[test]
fn a_message_that_others_follow_is_not_deleted() {
    let library = Library::in_memory().unwrap();
    let conversation = long(&library, 4);
    let path = library.path_of(&conversation).unwrap();
    library.delete_last_message(&path[1].id).unwrap();
    assert_eq!(texts(&library, &conversation).len(), 4);
}

#[test]
fn messages_of_an_older_file_get_their_places() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("serein.db");
    // As it was before pages: no places.
    let old = Connection::open(&path).unwrap();
    for step in &opening::MIGRATIONS[..2] {
        old.execute_batch(step).unwrap();
    }
    old.pragma_update(None, "user_version", 2).unwrap();
    for (conversation, count) in [("long", 50), ("short", 5)] {
        old.execute(
            "INSERT INTO conversation (id, title, leaf, created_at, updated_at)
             VALUES (?1, 'Old', ?2, 1, 1)",
            [conversation, &format!("{conversation}-{}", count - 1)],
        )
        .unwrap();
        for index in 0..count {
            old.execute(
                "INSERT INTO message (id, conversation, parent, role, status, parts, created_at)
                 VALUES (?1, ?2, ?3, 'user', 'complete', '[]', 1)",
                (
                    format!("{conversation}-{index}"),
                    conversation,
                    (index > 0).then(|| format!("{conversation}-{}", index - 1)),
                ),
            )
            .unwrap();
        }
    }
    drop(old);
    let library = Library::open(&path).unwrap();
    let end = page(&library, "long", PageAt::End);
    assert_eq!((end.first, end.total), (26, 50));
    assert_eq!(page(&library, "short", PageAt::End).total, 5);
}
