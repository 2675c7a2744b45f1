//! The app's own format: nothing is lost, and nothing doubled.

use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;

use super::*;
use crate::library::Draft;

/// A library's content.
#[derive(Debug, Clone)]
struct Content {
    folders: Vec<FolderRow>,
    conversations: Vec<(ConversationRow, Vec<Message>)>,
    drafts: (String, String),
}

impl Content {
    fn into_library(self) -> Library {
        let library = library();
        for folder in &self.folders {
            library.add_folder_row(folder).unwrap();
        }
        for (row, messages) in &self.conversations {
            library.add_rows(row, messages).unwrap();
        }
        for (place, text) in [
            (NewChat::Main, self.drafts.0),
            (NewChat::Quick, self.drafts.1),
        ] {
            if !text.is_empty() {
                library.save_draft(&Draft::New(place), &text).unwrap();
            }
        }
        library
    }
}

fn times() -> impl Strategy<Value = i64> {
    0..4_000_000_000_000_i64
}

fn error() -> impl Strategy<Value = IpcError> {
    let code = prop::sample::select(vec![
        Code::Unauthorized,
        Code::PaymentRequired,
        Code::UnknownModel,
        Code::Interrupted,
        Code::Failed,
        Code::Persistent,
        Code::InvalidInput,
        Code::Notice,
    ]);
    (
        code,
        any::<String>(),
        any::<Option<u16>>(),
        any::<Option<u32>>(),
        any::<Option<u8>>(),
    )
        .prop_map(
            |(code, message, status, retry_after, attempts_left)| IpcError {
                code,
                message,
                status,
                retry_after,
                attempts_left,
            },
        )
}

fn call() -> impl Strategy<Value = ToolCallView> {
    let state = prop::sample::select(vec![
        ToolCallState::Succeeded,
        ToolCallState::Failed,
        ToolCallState::Denied,
        ToolCallState::Skipped,
    ]);
    (
        any::<String>(),
        any::<String>(),
        any::<String>(),
        state,
        any::<Option<String>>(),
    )
        .prop_map(|(id, name, arguments, state, result)| ToolCallView {
            id,
            name,
            arguments,
            state,
            result,
        })
}

fn part() -> impl Strategy<Value = Part> {
    prop_oneof![
        (any::<String>(), vec(0_usize..100, 0..3), any::<u32>()).prop_map(
            |(text, continued_at, round)| Part::Text {
                text,
                continued_at,
                round,
            }
        ),
        (any::<String>(), any::<i64>(), any::<u64>()).prop_map(|(text, started_at, took)| {
            Part::Reasoning {
                text,
                started_at,
                took: Some(took),
            }
        }),
        (call(), any::<u32>()).prop_map(|(call, round)| Part::Tool { call, round }),
        error().prop_map(|error| Part::Notice { error }),
        Just(Part::Continued),
    ]
}

fn loose_message() -> impl Strategy<Value = (Message, prop::sample::Index)> {
    let role = prop::sample::select(vec![Role::User, Role::Assistant]);
    let status = prop::sample::select(vec![
        MessageStatus::Complete,
        MessageStatus::Length,
        MessageStatus::Stopped,
        MessageStatus::Interrupted,
        MessageStatus::Failed,
    ]);
    (
        (role, status, vec(part(), 0..4), option::of(error())),
        (
            option::of("[a-z0-9./:-]{1,20}"),
            times(),
            option::of(times()),
        ),
        any::<prop::sample::Index>(),
    )
        .prop_map(
            |((role, status, parts, error), (model, created_at, finished_at), place)| {
                let message = Message {
                    id: crate::library::new_id(),
                    parent: None,
                    role,
                    status,
                    parts,
                    error,
                    model,
                    created_at,
                    finished_at,
                };
                (message, place)
            },
        )
}

fn conversation() -> impl Strategy<Value = (ConversationRow, Vec<Message>, prop::sample::Index)> {
    (
        ("[^\\p{C}\\s][^\\p{C}]{0,40}[^\\p{C}\\s]", "app|model|user"),
        (option::of("[a-z0-9./:-]{1,20}"), any::<Option<bool>>()),
        (any::<bool>(), any::<bool>(), times(), times()),
        any::<String>(),
        vec(loose_message(), 0..10),
        any::<[prop::sample::Index; 2]>(),
    )
        .prop_map(
            |(
                (title, titled_by),
                (model, tools),
                (pinned, archived, created_at, updated_at),
                draft,
                loose,
                [leaf, folder],
            )| {
                let mut messages: Vec<Message> = Vec::new();
                for (mut message, place) in loose {
                    // One place more than there are messages: the beginning.
                    let place = place.index(messages.len() + 1);
                    message.parent = messages.get(place).map(|parent| parent.id.clone());
                    messages.push(message);
                }
                let leaf = match messages.len() {
                    0 => None,
                    count => Some(messages[leaf.index(count)].id.clone()),
                };
                let row = ConversationRow {
                    id: crate::library::new_id(),
                    title,
                    titled_by,
                    model,
                    tools,
                    pinned,
                    archived,
                    folder: None,
                    created_at,
                    updated_at,
                    draft,
                    leaf,
                };
                (row, messages, folder)
            },
        )
}

fn content() -> impl Strategy<Value = Content> {
    let folder = ("[^\\p{C}\\s]{1,20}", times()).prop_map(|(name, created_at)| FolderRow {
        id: crate::library::new_id(),
        name,
        created_at,
    });
    (
        vec(folder, 0..3),
        vec(conversation(), 0..4),
        any::<(String, String)>(),
    )
        .prop_map(|(folders, conversations, drafts)| Content {
            conversations: conversations
                .into_iter()
                .map(|(mut row, messages, place)| {
                    let place = place.index(folders.len() + 1);
                    row.folder = folders.get(place).map(|folder| folder.id.clone());
                    (row, messages)
                })
                .collect(),
            folders,
            drafts,
        })
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 48,
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn what_was_exported_is_imported_row_by_row(content in content()) {
        let first = content.into_library();
        let text = exported(&first);
        let second = library();
        let (_, view) = take_text(&second, &text);
        prop_assert_eq!(reasons(&view), Vec::<String>::new());
        prop_assert_eq!(second.every_row(), first.every_row());
        // And nothing is doubled by doing so again.
        let (again, view) = take_text(&second, &text);
        prop_assert_eq!(again.conversations, 0);
        prop_assert_eq!(reasons(&view), Vec::<String>::new());
        prop_assert_eq!(second.every_row(), first.every_row());
    }
}

#[test]
fn a_deleted_library_comes_back_as_it_was_while_the_deletion_can_be_undone_and_after() {
    let library = library();
    library
        .add_folder_row(&FolderRow {
            id: "weather".to_owned(),
            name: "Weather".to_owned(),
            created_at: 5,
        })
        .unwrap();
    rain(&library);
    library.tamper("UPDATE conversation SET folder = 'weather', pinned = 1, titled_by = 'user', tools = 0, draft = 'and'");
    let before = library.every_row();
    let text = exported(&library);

    library.tamper(
        "INSERT INTO deletion (id, at, undo) VALUES ('d', 1, '{}');
         UPDATE conversation SET deletion = 'd', folder = NULL;
         DELETE FROM folder;",
    );
    let (done, view) = take_text(&library, &text);
    assert_eq!((done.conversations, done.already), (1, 0));
    assert_eq!(reasons(&view), [""; 0]);
    library.tamper("DELETE FROM deletion");
    assert_eq!(library.every_row(), before);

    library.erase_conversation("rain").unwrap();
    library.tamper("DELETE FROM folder; DELETE FROM note;");
    take_text(&library, &text);
    assert_eq!(library.every_row(), before);
}

#[test]
fn deleted_conversations_and_messages_are_not_exported() {
    let library = library();
    rain(&library);
    library.add_rows(&row("gone", "Gone"), &[]).unwrap();
    library.tamper(
        "INSERT INTO deletion (id, at, undo) VALUES ('d', 1, '{}');
         UPDATE conversation SET deletion = 'd' WHERE id = 'gone';
         INSERT INTO deleted_message SELECT m.*, 'd', 1 FROM message m WHERE id = 'a1';
         DELETE FROM message WHERE id = 'a1';",
    );
    let text = exported(&library);
    assert!(!text.contains("Gone") && !text.contains("Snow"), "{text}");
    assert!(text.contains("Rain **falls**."));
}

#[test]
fn only_the_chosen_conversations_are_exported() {
    let library = library();
    rain(&library);
    library.add_rows(&row("other", "Other"), &[]).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let target = folder.path().join("one.json");
    let steps = steps();
    let ids = ["other".to_owned(), "never".to_owned()];
    export(&library, Some(&ids), ExportFormat::Json, &target, &steps);
    let text = fs::read_to_string(&target).unwrap();
    assert!(text.contains("Other") && !text.contains("Rain"));
    assert_eq!(
        reasons(&steps.view()),
        ["never | This conversation no longer exists; it was left out."]
    );
}

#[test]
fn a_reply_that_is_being_written_is_exported_as_far_as_it_has_come() {
    use crate::library::JournalEntry;
    let library = library();
    rain(&library);
    let mut running = message("a3", Some("q2"), Role::Assistant, "");
    running.status = MessageStatus::Streaming;
    running.parts = Vec::new();
    library.add_messages("rain", &[running], false, 30).unwrap();
    let gained = [JournalEntry::Set {
        part: 0,
        value: Part::text("Because"),
    }];
    library.journal("a3", 0, &gained).unwrap();
    let second = self::library();
    take_text(&second, &exported(&library));
    let reply = second.path_of("rain").unwrap().pop().unwrap();
    assert_eq!(reply.text(), "Because");
    assert_eq!(reply.status, MessageStatus::Interrupted);
    assert_eq!(reply.error.unwrap().code, Code::Interrupted);
}

#[test]
fn a_conversation_that_went_on_since_is_there_already() {
    let library = library();
    rain(&library);
    let text = exported(&library);
    library
        .add_messages(
            "rain",
            &[message("a3", Some("q2"), Role::Assistant, "Because.")],
            false,
            30,
        )
        .unwrap();
    library.rename_conversation("rain", "Weather").unwrap();
    let before = library.every_row();
    let (done, _) = take_text(&library, &text);
    assert_eq!((done.conversations, done.already), (0, 1));
    assert_eq!(library.every_row(), before);
}

#[test]
fn another_content_under_the_same_id_is_added_under_new_ids_once() {
    let library = library();
    rain(&library);
    let text = exported(&library).replace("Snow.", "Hail.");
    for (added, already) in [(1, 0), (0, 1)] {
        let (done, view) = take_text(&library, &text);
        assert_eq!((done.conversations, done.already), (added, already));
        assert_eq!(reasons(&view), [""; 0]);
    }
    let rows = conversations(&library);
    assert_eq!(rows.len(), 2);
    assert_eq!(rows[0].id, "rain");
    let first = messages(&library, "rain");
    let second = messages(&library, &rows[1].id);
    assert_eq!(first[1].text(), "Snow.");
    assert_eq!(second[1].text(), "Hail.");
    assert_eq!(path(&library, "rain"), path(&library, &rows[1].id));
    assert!(
        second
            .iter()
            .all(|message| !first.iter().any(|other| other.id == message.id))
    );
}

#[test]
fn a_message_id_of_another_conversation_is_not_taken_from_it() {
    let library = library();
    rain(&library);
    let text = exported(&library).replace("\"rain\"", "\"snow\"");
    let (done, _) = take_text(&library, &text);
    assert_eq!(done.conversations, 1);
    assert_eq!(messages(&library, "rain").len(), 4);
    assert_eq!(library.message_count(None).unwrap(), 8);
}

#[test]
fn a_folder_of_the_same_name_is_the_same_folder() {
    let library = library();
    let folder = |id: &str| FolderRow {
        id: id.to_owned(),
        name: "Weather".to_owned(),
        created_at: 5,
    };
    library.add_folder_row(&folder("here")).unwrap();
    let there = self::library();
    there.add_folder_row(&folder("there")).unwrap();
    let mut conversation = row("rain", "Rain");
    conversation.folder = Some("there".to_owned());
    there.add_rows(&conversation, &[]).unwrap();
    take_text(&library, &exported(&there));
    assert_eq!(library.folder_rows().unwrap(), [folder("here")]);
    assert_eq!(conversations(&library)[0].folder.as_deref(), Some("here"));
}

#[test]
fn unsent_text_here_is_not_replaced() {
    let there = library();
    there
        .save_draft(&Draft::New(NewChat::Main), "theirs")
        .unwrap();
    there
        .save_draft(&Draft::New(NewChat::Quick), "theirs")
        .unwrap();
    let here = library();
    here.save_draft(&Draft::New(NewChat::Main), "mine").unwrap();
    take_text(&here, &exported(&there));
    assert_eq!(here.new_chat_draft(NewChat::Main).unwrap(), "mine");
    assert_eq!(here.new_chat_draft(NewChat::Quick).unwrap(), "theirs");
}

/// A conversation of so many messages, each following the one before.
fn long(library: &Library, count: usize) {
    let all: Vec<Message> = (0..count)
        .map(|n| {
            let parent = n.checked_sub(1).map(|n| format!("m{n}"));
            let role = if n % 2 == 0 {
                Role::User
            } else {
                Role::Assistant
            };
            message(&format!("m{n}"), parent.as_deref(), role, "drip")
        })
        .collect();
    let mut conversation = row("long", "Long");
    conversation.leaf = all.last().map(|message| message.id.clone());
    library.add_rows(&conversation, &all).unwrap();
}

#[test]
fn a_conversation_too_long_for_one_step_comes_in_whole() {
    let first = library();
    long(&first, 1_001);
    let second = library();
    take_text(&second, &exported(&first));
    assert_eq!(second.every_row(), first.every_row());
}

/// Reads a text, and does something each time more of it is asked for.
struct Watched<'a, F> {
    text: &'a [u8],
    each: F,
}

impl<F: FnMut(usize)> Read for Watched<'_, F> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let read = self.text.len().min(buffer.len()).min(4_096);
        buffer[..read].copy_from_slice(&self.text[..read]);
        self.text = &self.text[read..];
        (self.each)(self.text.len());
        Ok(read)
    }
}

#[test]
fn the_library_is_free_for_others_while_a_file_is_read_and_while_a_job_is_told_of() {
    let first = library();
    for n in 0..50 {
        first.add_rows(&row(&format!("c{n}"), "Drip"), &[]).unwrap();
    }
    long(&first, 1_001);
    let text = exported(&first);
    let second = library();
    second.add_rows(&row("mine", "Mine"), &[]).unwrap();
    let mut writes = 0;
    let other = second.clone();
    let source = Watched {
        text: text.as_bytes(),
        // Would never return if the lock were held.
        each: |_| {
            writes += 1;
            other
                .rename_conversation("mine", &format!("Mine {writes}"))
                .unwrap();
        },
    };
    let told = second.clone();
    let steps = Steps::new(JobKind::Import, CancellationToken::new(), move |_| {
        told.folder_rows().unwrap();
    });
    let done = import_text(&second, source, &steps).unwrap();
    assert_eq!(done.conversations, 51);
    assert!(writes > 10, "{writes}");
    assert_eq!(conversations(&second)[0].title, format!("Mine {writes}"));
}

#[test]
fn cancelling_keeps_what_is_in_and_leaves_nothing_half_done() {
    let first = library();
    for n in 0..200 {
        first
            .add_rows(
                &row(&format!("c{n}"), "Drip"),
                &[message(
                    &format!("m{n}"),
                    None,
                    Role::User,
                    &"drip ".repeat(40),
                )],
            )
            .unwrap();
    }
    let text = exported(&first);
    let second = library();
    let cancel = CancellationToken::new();
    let source = Watched {
        text: text.as_bytes(),
        each: |left: usize| {
            if left < text.len() / 2 {
                cancel.cancel();
            }
        },
    };
    let steps = Steps::new(JobKind::Import, cancel.clone(), |_| {});
    let mut done = Imported::default();
    let folder = tempfile::tempdir().unwrap();
    let stopped = import_text(&second, source, &steps);
    assert!(matches!(stopped, Err(Stop::Cancelled)));
    let kept = conversations(&second).len();
    assert!((10..190).contains(&kept), "{kept}");
    // The same file again: the rest comes in, and nothing twice.
    let path = folder.path().join("library.json");
    fs::write(&path, &text).unwrap();
    reading::import(&second, &[path], &self::steps(), &mut done).unwrap();
    assert_eq!(
        (done.already as usize, done.conversations as usize),
        (kept, 200 - kept)
    );
    assert_eq!(second.every_row(), first.every_row());
}

#[test]
fn a_long_conversation_whose_import_is_cancelled_is_not_there_and_what_a_crash_left_is_removed() {
    let library = library();
    let mark = library.begin_adding(&row("half", "Half"), 1).unwrap();
    let some: Vec<Message> = (0..1_500)
        .map(|n: usize| {
            let parent = n.checked_sub(1).map(|n| format!("m{n}"));
            message(&format!("m{n}"), parent.as_deref(), Role::User, "drip")
        })
        .collect();
    library.add_more("half", &some).unwrap();
    assert!(mark.starts_with("import-"));
    assert_eq!(conversations(&library), []);
    let done_before = library.every_row().len();
    assert!(done_before > 1_500);
    reading::import(&library, &[], &steps(), &mut Imported::default()).unwrap();
    assert_eq!(library.every_row(), [""; 0]);
}

#[test]
fn a_damaged_row_is_named_and_the_rest_is_exported() {
    let library = library();
    rain(&library);
    library.tamper("UPDATE message SET parts = 'no JSON' WHERE id = 'a1'");
    let folder = tempfile::tempdir().unwrap();
    let target = folder.path().join("library.json");
    let steps = steps();
    export(&library, None, ExportFormat::Json, &target, &steps);
    let view = steps.view();
    assert_eq!(view.state, JobState::Done);
    assert_eq!(
        reasons(&view),
        ["Rain | A message of this conversation is damaged in the database; it was left out."]
    );
    let second = self::library();
    take_text(&second, &fs::read_to_string(target).unwrap());
    assert_eq!(messages(&second, "rain").len(), 3);
}
