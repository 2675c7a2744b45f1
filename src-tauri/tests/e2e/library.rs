//! The library: deleting with a way back, search, find, temporary chats, export and import, and a damaged file.

use std::fs;
use std::io::{Seek as _, SeekFrom, Write as _};
use std::path::Path;

use fantoccini::key::Key;
use rusqlite::Connection;
use serde_json::{Value, json};
use serein_core::library::{Library, new_id};
use serein_core::message::{Message, Part};
use serein_core::view::{MessageStatus, Role};

use crate::support::chat::{composer, entry, log, question, reply};
use crate::support::focus::QUICK;
use crate::support::world::BINARY;
use crate::support::{App, By, World, any, containing, process};

const DATABASE: &str = "serein.db";
const INFERENCE: &str = "/api/inference/llm";

/// A conversation of `texts`, question and answer by turns, in the library of a world whose app does not run.
fn add(world: &World, title: &str, texts: &[String], at: i64) -> String {
    fs::create_dir_all(world.profile()).unwrap();
    let library = Library::open(&world.profile().join(DATABASE)).unwrap();
    let conversation = library.create_conversation(title, "echo", at).unwrap();
    let mut messages: Vec<Message> = Vec::new();
    for (index, text) in texts.iter().enumerate() {
        messages.push(Message {
            id: new_id(),
            parent: messages.last().map(|message| message.id.clone()),
            role: if index % 2 == 0 {
                Role::User
            } else {
                Role::Assistant
            },
            status: MessageStatus::Complete,
            parts: vec![Part::text(text.clone())],
            error: None,
            model: None,
            created_at: at,
            finished_at: Some(at),
        });
    }
    library
        .add_messages(&conversation, &messages, false, at)
        .unwrap();
    library.checkpoint().unwrap();
    conversation
}

fn texts(texts: &[&str]) -> Vec<String> {
    texts.iter().map(|text| (*text).to_owned()).collect()
}

fn undo() -> By {
    By::button("Undo")
}

fn search() -> By {
    By::role("searchbox", "Search conversations")
}

async fn chooses(app: &App<'_>, conversation: &str, item: &str) {
    app.click(&By::button(&format!("Options for {conversation}")))
        .await;
    app.click(&By::role("menuitem", item)).await;
}

/// All texts that were asked for in the last request.
fn requested(world: &World) -> Vec<String> {
    let requests = world.simulator().requests_to(INFERENCE);
    let body = requests.last().unwrap().json();
    let messages = body["messages"].as_array().unwrap();
    messages
        .iter()
        .map(|message| message["content"].as_str().unwrap().to_owned())
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_deleted_conversation_comes_back_whole_and_stays_away_otherwise() {
    let world = World::new().await;
    add(&world, "Apples", &texts(&["Which apples?", "Red ones."]), 1);
    add(
        &world,
        "Rivers",
        &texts(&["Which rivers?", "Long ones."]),
        2,
    );
    let app = world.start().await;
    app.signs_in().await;
    app.click(&entry("Apples")).await;
    app.reads(&reply(), "Red ones.").await;
    chooses(&app, "Apples", "Delete").await;
    app.misses(&entry("Apples")).await;
    app.click(&undo()).await;
    app.click(&entry("Apples")).await;
    app.reads(&question(), "Which apples?").await;
    app.reads(&reply(), "Red ones.").await;

    chooses(&app, "Apples", "Delete").await;
    app.misses(&entry("Apples")).await;
    app.quit().await;
    let app = world.start().await;
    app.sees(&entry("Rivers")).await;
    app.misses(&entry("Apples")).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_archived_conversation_is_said_to_be_and_comes_back() {
    let world = World::new().await;
    add(&world, "Apples", &texts(&["Which apples?", "Red ones."]), 1);
    add(
        &world,
        "Rivers",
        &texts(&["Which rivers?", "Long ones."]),
        2,
    );
    let app = world.start().await;
    app.signs_in().await;
    app.sees(&entry("Apples")).await;
    chooses(&app, "Apples", "Archive").await;
    app.misses(&entry("Apples")).await;
    let said = any("status").within(By::role("complementary", "Sidebar"));
    app.reads(&said, "Archived “Apples”").await;
    app.click(&undo()).await;
    app.sees(&entry("Apples")).await;
    app.misses(&undo()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_palette_gives_the_focus_back_and_brings_quick_ask_up() {
    let palette = By::role("combobox", "Search and commands");
    let world = World::new().await;
    let app = world.start().await;
    app.signs_in().await;
    let has_focus = async |what: &By| {
        app.sees_that(what, "where the keyboard is", |seen| seen.focused)
            .await
    };
    has_focus(&composer()).await;
    app.chord(&[Key::Control], 'k').await;
    has_focus(&palette).await;
    app.key(Key::Escape).await;
    app.misses(&palette).await;
    has_focus(&composer()).await;
    app.chord(&[Key::Control], 'k').await;
    app.types(&palette, "quick ask").await;
    app.key(Key::Enter).await;
    app.has_focus(QUICK).await;
    app.turns_to_quick().await;
    has_focus(&By::textbox("Ask anything")).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn pinned_ones_are_on_top_and_archived_ones_out_of_the_way() {
    let world = World::new().await;
    for (index, title) in ["Oldest", "Middle", "Newest"].into_iter().enumerate() {
        add(
            &world,
            title,
            &texts(&["Question", "Answer"]),
            1_000 + i64::try_from(index).unwrap(),
        );
    }
    let app = world.start().await;
    app.signs_in().await;
    app.sees(&entry("Newest")).await;
    let names = async || {
        app.names(&any("link").within(By::role("navigation", "Conversations")))
            .await
    };
    assert_eq!(names().await, ["Newest", "Middle", "Oldest"]);
    chooses(&app, "Oldest", "Pin").await;
    app.sees(&containing("heading", "Pinned")).await;
    let pinned = app
        .until(async || (names().await == ["Oldest", "Newest", "Middle"]).then_some(()))
        .await;
    assert!(pinned.is_some(), "{:?}", names().await);
    chooses(&app, "Newest", "Archive").await;
    app.misses(&entry("Newest")).await;
    assert_eq!(names().await, ["Oldest", "Middle"]);
    // It is found all the same.
    app.types(&search(), "newest").await;
    app.sees(&entry("Newest")).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_and_what_follows_it_go_and_come_back_and_the_request_is_what_is_seen() {
    let world = World::new().await;
    add(
        &world,
        "Weather",
        &texts(&["First?", "One.", "Second?", "Two."]),
        1,
    );
    let app = world.start().await;
    app.signs_in().await;
    app.click(&entry("Weather")).await;
    app.reads(&reply(), "Two.").await;
    app.click(&By::button("More").within(By::role("article", "You").nth(1)))
        .await;
    app.click(&By::role("menuitem", "Delete with what follows"))
        .await;
    app.reads(&reply(), "One.").await;
    app.click(&undo()).await;
    app.reads(&reply(), "Two.").await;

    app.click(&By::button("More").within(By::role("article", "Serein").nth(0)))
        .await;
    app.click(&By::role("menuitem", "Delete message")).await;
    let gone = app
        .until(async || (app.all(&any("article")).await.len() == 3).then_some(()))
        .await;
    assert!(gone.is_some(), "{}", app.describe().await);
    app.asks("Third?").await;
    app.replies_with("Third?").await;
    app.waits_for_the_end().await;
    assert_eq!(requested(&world), ["First?", "Second?", "Two.", "Third?"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn search_goes_to_a_message_far_up_in_a_long_conversation() {
    let world = World::new().await;
    let mut long: Vec<String> = (0..3_000).map(|index| format!("Message {index}")).collect();
    long[40] = "The heron stands in the reeds".to_owned();
    long[41] = "雨が降ります".to_owned();
    add(&world, "Long", &long, 1);
    add(&world, "Other", &texts(&["Question", "Answer"]), 2);
    let app = world.start().await;
    app.signs_in().await;
    for (words, found) in [
        ("heron reeds", "heron"),
        ("\"stands in\"", "heron"),
        ("雨", "雨"),
    ] {
        app.fills(&search(), words).await;
        app.misses(&entry("Other")).await;
        app.click(&entry("Long")).await;
        app.reads(&log(), found).await;
        app.until(async || {
            let script = "const log = document.querySelector('[role=log]'); \
                const one = [...log.querySelectorAll('article')].find((one) => one.textContent.includes(arguments[0])); \
                if (!one) return false; const box = one.getBoundingClientRect(), view = log.getBoundingClientRect(); \
                return box.bottom > view.top && box.top < view.bottom";
            let seen = app.run(script, vec![json!(found)]).await.ok()?;
            (seen == true).then_some(())
        })
        .await
        .expect("the message comes into view");
        app.click(&By::button("New chat")).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn find_counts_what_is_not_loaded_and_steps_through_it() {
    let world = World::new().await;
    let long: Vec<String> = (0..1_000)
        .map(|index| match index % 250 {
            7 => format!("Message {index} has a needle"),
            _ => format!("Message {index}"),
        })
        .collect();
    add(&world, "Long", &long, 1);
    let app = world.start().await;
    app.signs_in().await;
    app.click(&entry("Long")).await;
    app.reads(&reply(), "Message 999").await;
    app.chord(&[Key::Control], 'f').await;
    app.types(&By::role("searchbox", "Find in conversation"), "NEEDLE")
        .await;
    let status = any("status").within(any("search"));
    app.reads(&status, "of 4").await;
    for _ in 0..4 {
        app.click(&By::button("Next match")).await;
    }
    app.key(Key::Escape).await;
    app.misses(&By::role("searchbox", "Find in conversation"))
        .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_temporary_chat_leaves_nothing_behind() {
    const SECRET: &str = "xylophone-under-the-stairs";
    let world = World::new().await;
    let app = world.start().await;
    app.signs_in().await;
    app.picks_model("Echo").await;
    app.click(&By::button("Temporary chat")).await;
    app.asks(SECRET).await;
    app.replies_with(SECRET).await;
    app.waits_for_the_end().await;
    app.sees(&By::button("Keep")).await;
    app.quit().await;
    let mut folders = vec![world.profile()];
    while let Some(folder) = folders.pop() {
        for file in fs::read_dir(folder).unwrap().flatten() {
            if file.path().is_dir() {
                folders.push(file.path());
            } else {
                let bytes = fs::read(file.path()).unwrap();
                let found = bytes
                    .windows(SECRET.len())
                    .any(|window| window == SECRET.as_bytes());
                assert!(!found, "{}", file.path().display());
            }
        }
    }
    let app = world.start().await;
    app.sees(&composer()).await;
    app.misses(&entry(SECRET)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_damaged_database_is_set_aside_and_the_user_is_told() {
    let world = World::new().await;
    add(&world, "Apples", &texts(&["Which apples?", "Red ones."]), 1);
    let file = world.profile().join(DATABASE);
    fs::write(&file, vec![0x5a; 64 << 10]).unwrap();
    let app = world.start().await;
    app.signs_in().await;
    app.reads(&any("alert"), "damaged").await;
    app.picks_model("Echo").await;
    app.asks("Still here").await;
    app.replies_with("Still here").await;
    app.waits_for_the_end().await;
    assert!(is_set_aside(&world.profile()));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_database_damaged_under_the_app_is_mended_by_the_start_it_offers() {
    let world = World::new().await;
    add(&world, "Apples", &texts(&["Which apples?", "Red ones."]), 2);
    // More than is read for the list, so that it has to come from the file.
    let pears: Vec<String> = (0..400)
        .map(|number| format!("Pear {number}. {}", "x".repeat(4 << 10)))
        .collect();
    add(&world, "Pears", &pears, 1);
    let app = world.start().await;
    app.signs_in().await;
    app.sees(&entry("Pears")).await;
    let first = app.id();
    let mut file = fs::OpenOptions::new()
        .write(true)
        .open(world.profile().join(DATABASE))
        .unwrap();
    let size = file.metadata().unwrap().len();
    file.seek(SeekFrom::Start(size / 4)).unwrap();
    file.write_all(&vec![0x5a; (size / 2) as usize]).unwrap();
    app.click(&entry("Pears")).await;
    app.reads(
        &any("alert"),
        "The conversation database is damaged. Restart Serein",
    )
    .await;
    app.click(&By::button("Restart now")).await;
    // The window that comes is another's, which nobody drives: what it does is seen by what it leaves.
    let mended = app
        .until(async || {
            let next =
                process::running(Path::new(BINARY), &world.profile()).find(|id| *id != first)?;
            is_set_aside(&world.profile()).then_some(next)
        })
        .await;
    let Some(next) = mended else {
        panic!("the app to have started anew, and to have set the damaged file aside")
    };
    assert!(!process::runs(first), "the first one has ended");
    process::kill(next);
    let library = Library::open(&world.profile().join(DATABASE)).unwrap();
    assert!(library.path_of("nobody").is_err(), "it is a library");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_menu_of_a_conversation_far_down_is_whole_at_its_first_opening() {
    let world = World::new().await;
    for index in 1..=16 {
        let title = format!("Conversation {index}");
        add(&world, &title, &texts(&["Question", "Answer"]), index);
    }
    let app = world.start().await;
    app.signs_in().await;
    app.click(&By::button("Options for Conversation 1")).await;
    app.sees(&By::role("menuitem", "Delete")).await;
    let script = "const { top, bottom } = document.querySelector('[role=menu]:popover-open').getBoundingClientRect(); \
        return top >= 0 && bottom <= innerHeight";
    assert_eq!(app.run(script, vec![]).await.unwrap(), true);
}

#[tokio::test(flavor = "multi_thread")]
async fn quitting_asks_before_a_reply_is_lost_that_could_not_be_saved() {
    let world = World::new().await;
    let app = world.start().await;
    app.signs_in().await;
    app.picks_model("Held by a test").await;
    app.asks("Talk").await;
    let gate = world.simulator().gate().await;
    gate.content("Only in memory.").await.unwrap();
    app.replies_with("Only in memory.").await;
    // Another program writes to the file, and does not end.
    let other = Connection::open(world.profile().join(DATABASE)).unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    gate.content(" All of it.").await.unwrap();
    gate.complete().await.unwrap();
    app.waits_for_the_end().await;
    let alert = app.reads(&any("alert"), "kept in memory").await;
    assert!(alert.text.contains("Another program"), "{}", alert.text);

    let display = world.display();
    display.xdotool(&["key", "alt+F4"]);
    let question = "^Quit Serein[?]$";
    if app.until(async || app.place_of(question)).await.is_none() {
        app.fail("a question before the app ends").await;
    }
    app.picture("quit");
    display.xdotool(&["key", "Escape"]);
    if app.until(async || app.place_of("^Serein$")).await.is_none() {
        app.fail("the window to come back").await;
    }
    assert!(app.place_of(question).is_none(), "it was answered");
    app.replies_with("Only in memory. All of it.").await;

    // It is saved without being asked to.
    other.execute_batch("ROLLBACK").unwrap();
    app.misses(&any("alert")).await;
    app.quit().await;
    let app = world.start().await;
    app.click(&entry("Talk")).await;
    app.replies_with("Only in memory. All of it.").await;
}

/// A copy of the damaged file is kept.
fn is_set_aside(profile: &Path) -> bool {
    let files = fs::read_dir(profile).unwrap().flatten();
    files
        .map(|file| file.file_name().to_string_lossy().into_owned())
        .any(|name| name.starts_with("damaged"))
}

#[tokio::test(flavor = "multi_thread")]
async fn three_thousand_conversations_are_a_list_without_gaps() {
    let world = World::new().await;
    fs::create_dir_all(world.profile()).unwrap();
    let library = Library::open(&world.profile().join(DATABASE)).unwrap();
    for index in 0..3_000 {
        library
            .create_conversation(&format!("Conversation {index}"), "echo", index)
            .unwrap();
    }
    library.checkpoint().unwrap();
    drop(library);
    let app = world.start().await;
    // The list comes a little later than the window, and moves the button that signs in.
    app.sees(&entry("Conversation 2999")).await;
    app.signs_in().await;
    app.sees(&entry("Conversation 2999")).await;
    let count = async || -> u64 {
        let script = "return document.querySelectorAll('nav[aria-label=Conversations] a').length";
        let count: Value = app.run(script, vec![]).await.unwrap();
        count.as_u64().unwrap()
    };
    assert!(count().await < 150, "only what is near is laid out");
    // To the oldest one, by the keyboard.
    app.run(
        "document.querySelector('nav[aria-label=Conversations] a').focus()",
        vec![],
    )
    .await
    .unwrap();
    app.key(Key::End).await;
    app.sees(&entry("Conversation 0")).await;
    assert!(count().await < 150);
    app.key(Key::Enter).await;
    app.sees_that(&entry("Conversation 0"), "current", |_| true)
        .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn changes_that_were_cut_off_with_the_log_are_said_to_be_lost() {
    let world = World::new().await;
    let app = world.start().await;
    app.signs_in().await;
    app.picks_model("Echo").await;
    app.asks("Written to the log").await;
    app.replies_with("Written to the log").await;
    app.waits_for_the_end().await;
    app.killed().await;
    let log = world.profile().join("serein.db-wal");
    let file = fs::OpenOptions::new().write(true).open(&log).unwrap();
    file.set_len(file.metadata().unwrap().len() / 2).unwrap();
    let app = world.start().await;
    app.reads(&any("alert"), "latest changes").await;
    app.asks("Once more").await;
    app.replies_with("Once more").await;
}
