//! Damaged libraries, as disks leave them: what can be kept is kept, and the user is told.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::print_stderr,
    reason = "a failed expectation is the test's failure, and processes speak by their output"
)]

use std::collections::BTreeSet;

use super::*;
use crate::library::backup::back_up;
use crate::library::tests::schemas::{check_content, file_of};
use crate::library::{Draft, NewChat, new_id};
use crate::message::{Message, Part};
use crate::view::{ListScope, MessageStatus, Role};

const PAGE: usize = 4096;

/// A data folder with a library in it.
struct Profile {
    folder: tempfile::TempDir,
    lock: InstanceLock,
}

impl Profile {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let lock = InstanceLock::take(folder.path()).unwrap();
        Self { folder, lock }
    }

    fn dir(&self) -> &Path {
        self.folder.path()
    }

    fn path(&self) -> PathBuf {
        self.dir().join(DATABASE)
    }

    fn open(&self) -> Opened {
        open_profile(self.dir(), &self.lock).unwrap()
    }

    fn back_up(&self) {
        back_up(
            &self.path(),
            self.dir(),
            crate::now(),
            &CancellationToken::new(),
        )
        .unwrap();
    }

    /// Writes over a page of a table or index: the one `place` of the way through it.
    fn damage(&self, table: &str, place: f64) {
        let connection = Connection::open(self.path()).unwrap();
        connection
            .query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))
            .unwrap();
        let pages: Vec<u32> = connection
            .prepare(
                "SELECT pageno FROM dbstat WHERE name = ?1 AND pagetype = 'leaf' ORDER BY path",
            )
            .unwrap()
            .query_map([table], |row| row.get(0))
            .unwrap()
            .collect::<Result<_, _>>()
            .unwrap();
        drop(connection);
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            clippy::cast_precision_loss,
            reason = "there are few pages"
        )]
        let page = pages[(pages.len() as f64 * place) as usize] as usize;
        let mut bytes = fs::read(self.path()).unwrap();
        bytes[(page - 1) * PAGE..page * PAGE].fill(0x5a);
        fs::write(self.path(), bytes).unwrap();
    }

    fn aside(&self) -> Vec<PathBuf> {
        fs::read_dir(self.dir())
            .unwrap()
            .map(|entry| entry.unwrap().path())
            .filter(|path| path.is_dir() && path.to_string_lossy().contains(DAMAGED))
            .collect()
    }
}

/// Adds a conversation of `count` messages, the texts of which begin with `name`.
fn fill(library: &Library, name: &str, count: usize) -> String {
    let conversation = library.create_conversation(name, "plain", 1).unwrap();
    let mut messages: Vec<Message> = Vec::new();
    for index in 0..count {
        messages.push(Message {
            id: new_id(),
            parent: messages.last().map(|message| message.id.clone()),
            role: if index % 2 == 0 {
                Role::User
            } else {
                Role::Assistant
            },
            status: MessageStatus::Complete,
            parts: vec![Part::text(format!("{name} {index} {}", "word ".repeat(60)))],
            error: None,
            model: None,
            created_at: 1,
            finished_at: Some(2),
        });
    }
    library
        .add_messages(&conversation, &messages, false, 2)
        .unwrap();
    conversation
}

/// The beginnings of the texts of the visible path: name and number.
fn texts(library: &Library, conversation: &str) -> Vec<String> {
    library
        .path_of(conversation)
        .unwrap()
        .iter()
        .map(|message| {
            let text = message.text();
            text.split(' ').take(2).collect::<Vec<_>>().join(" ")
        })
        .collect()
}

fn numbered(name: &str, count: usize) -> Vec<String> {
    (0..count).map(|index| format!("{name} {index}")).collect()
}

fn is_sound_now(library: &Library) -> bool {
    let connection = library.lock();
    let violations: u32 = connection
        .query_row("SELECT count(*) FROM pragma_foreign_key_check", [], |row| {
            row.get(0)
        })
        .unwrap();
    read_check(&connection, "integrity_check").is_ok() && violations == 0
}

#[test]
fn a_sound_library_opens_without_a_word() {
    let profile = Profile::new();
    let conversation = fill(&profile.open().library, "rain", 4);
    let opened = profile.open();
    assert_eq!(opened.notice, None);
    assert_eq!(texts(&opened.library, &conversation), numbered("rain", 4));
    assert!(profile.aside().is_empty());
}

#[test]
fn a_damaged_page_of_old_messages_costs_nothing_for_the_backup_has_them() {
    let profile = Profile::new();
    let library = profile.open().library;
    let old = fill(&library, "old", 200);
    profile.back_up();
    let new = fill(&library, "new", 100);
    library.rename_conversation(&old, "Renamed since").unwrap();
    library
        .save_draft(&Draft::New(NewChat::Main), "newest")
        .unwrap();
    let gone = fill(&library, "gone", 2);
    library.erase_conversation(&gone).unwrap();
    drop(library);
    profile.damage("message", 0.2);

    // Found by whoever reads that page.
    let library = profile.open().library;
    assert!(library.path_of(&old).unwrap_err().is_damage());
    library.heed(&library.path_of(&old).unwrap_err());
    let trouble = library.trouble().borrow().clone().unwrap();
    assert!(trouble.is_lasting() && trouble.error.message.contains("damaged"));
    drop(library);

    let opened = profile.open();
    let notice = opened.notice.unwrap();
    assert!(notice.contains("restored from the backup of"), "{notice}");
    assert_eq!(texts(&opened.library, &old), numbered("old", 200));
    assert_eq!(texts(&opened.library, &new), numbered("new", 100));
    assert_eq!(
        opened.library.conversation(&old).unwrap().title,
        "Renamed since"
    );
    assert_eq!(
        opened.library.new_chat_draft(NewChat::Main).unwrap(),
        "newest"
    );
    assert!(opened.library.conversation(&gone).is_err());
    assert!(is_sound_now(&opened.library));
    // The damaged file is kept, as it was.
    let aside = profile.aside();
    assert_eq!(aside.len(), 1);
    assert!(notice.contains(&aside[0].display().to_string()));
    assert!(aside[0].join(DATABASE).exists());
    assert!(!aside[0].join(RESTORED).exists());
    // And that was that.
    drop(opened.library);
    assert_eq!(profile.open().notice, None);
}

#[test]
fn of_a_damaged_page_without_a_backup_only_its_own_messages_are_missing() {
    let profile = Profile::new();
    let library = profile.open().library;
    let conversation = fill(&library, "rain", 300);
    drop(library);
    profile.damage("message", 0.3);
    profile.damage("message", 0.7);
    fs::write(damage_mark(&profile.path()), "").unwrap();

    let opened = profile.open();
    let notice = opened.notice.unwrap();
    assert!(notice.contains("there was no backup"), "{notice}");
    let found: BTreeSet<String> = texts(&opened.library, &conversation).into_iter().collect();
    // Of pages of 4 kB, each with a handful of messages, two are lost.
    assert!(found.len() >= 280 && found.len() < 300, "{}", found.len());
    assert!(found.contains("rain 0") && found.contains("rain 299"));
    assert!(is_sound_now(&opened.library));
}

#[test]
fn a_damaged_index_costs_nothing() {
    let profile = Profile::new();
    let library = profile.open().library;
    let conversation = fill(&library, "rain", 300);
    drop(library);
    profile.damage("message_by_parent", 0.5);
    fs::write(damage_mark(&profile.path()), "").unwrap();
    let opened = profile.open();
    assert_eq!(texts(&opened.library, &conversation), numbered("rain", 300));
    assert!(is_sound_now(&opened.library));
}

#[test]
fn messages_of_a_conversation_that_cannot_be_read_are_recovered_under_another_title() {
    let profile = Profile::new();
    let library = profile.open().library;
    let conversation = fill(&library, "rain", 10);
    drop(library);
    profile.damage("conversation", 0.0);
    fs::write(damage_mark(&profile.path()), "").unwrap();
    let opened = profile.open();
    assert_eq!(
        opened.library.conversation(&conversation).unwrap().title,
        "Recovered conversation"
    );
    assert_eq!(texts(&opened.library, &conversation), numbered("rain", 10));
}

#[test]
fn a_file_that_is_no_database_any_more_is_replaced_by_the_newest_backup_that_is_good() {
    let profile = Profile::new();
    let library = profile.open().library;
    let conversation = fill(&library, "rain", 4);
    profile.back_up();
    drop(library);
    // A newer backup that went bad, too.
    let bad = profile.dir().join("backups/serein-29990101-000000.db");
    fs::write(bad, vec![7; 3 * PAGE]).unwrap();
    fs::write(profile.path(), vec![b'x'; 10_000]).unwrap();
    let opened = profile.open();
    let notice = opened.notice.unwrap();
    assert!(
        notice.contains("What was written since is missing"),
        "{notice}"
    );
    assert_eq!(texts(&opened.library, &conversation), numbered("rain", 4));
    let kept = fs::read(profile.aside()[0].join(DATABASE)).unwrap();
    assert_eq!(kept, vec![b'x'; 10_000]);
}

#[test]
fn without_any_backup_a_file_that_is_no_database_is_kept_and_an_empty_library_begun() {
    let profile = Profile::new();
    fs::write(profile.path(), vec![b'x'; 10_000]).unwrap();
    let opened = profile.open();
    assert!(opened.notice.unwrap().contains("an empty one"));
    assert!(
        opened
            .library
            .rows(&ListScope::Active, 0, 1)
            .unwrap()
            .is_empty()
    );
    assert!(opened.library.path().is_some(), "it is kept from now on");
}

#[test]
fn a_backup_of_an_earlier_schema_is_brought_up_to_date() {
    let profile = Profile::new();
    fs::create_dir(profile.dir().join("backups")).unwrap();
    fs::copy(
        file_of(1),
        profile
            .dir()
            .join("backups/serein-20260101-000000-schema-1.db"),
    )
    .unwrap();
    fs::write(profile.path(), vec![b'x'; 10_000]).unwrap();
    check_content(&profile.open().library);
}

#[test]
fn a_restoration_that_a_crash_cut_off_goes_on_where_it_was() {
    let profile = Profile::new();
    let library = profile.open().library;
    let conversation = fill(&library, "rain", 4);
    library.checkpoint().unwrap();
    drop(library);
    // Everything is aside already but the log, and the restored library stands ready.
    let aside = profile.dir().join(format!("{DAMAGED}20260101-000000"));
    fs::create_dir(&aside).unwrap();
    fs::rename(profile.path(), aside.join(RESTORED)).unwrap();
    fs::write(aside.join(DATABASE), "damaged").unwrap();
    fs::write(wal_of(&profile.path()), "its log").unwrap();
    let opened = profile.open();
    assert_eq!(texts(&opened.library, &conversation), numbered("rain", 4));
    assert_eq!(
        fs::read_to_string(wal_of(&aside.join(DATABASE))).unwrap(),
        "its log"
    );
}

#[test]
fn a_false_alarm_changes_nothing() {
    let profile = Profile::new();
    let library = profile.open().library;
    let conversation = fill(&library, "rain", 4);
    drop(library);
    fs::write(damage_mark(&profile.path()), "").unwrap();
    let opened = profile.open();
    assert_eq!(opened.notice, None);
    assert_eq!(texts(&opened.library, &conversation), numbered("rain", 4));
    assert!(!damage_mark(&profile.path()).exists());
}

/// A library as a crash leaves it, with its log: one exchange in the file, twenty in the log.
fn with_log(profile: &Profile) -> (String, Vec<String>, Vec<u8>) {
    let elsewhere = Profile::new();
    let library = elsewhere.open().library;
    let first = fill(&library, "first", 2);
    library.checkpoint().unwrap();
    let later: Vec<String> = (0..20)
        .map(|index| fill(&library, &format!("later{index}"), 2))
        .collect();
    fs::copy(elsewhere.path(), profile.path()).unwrap();
    let log = fs::read(wal_of(&elsewhere.path())).unwrap();
    (first, later, log)
}

/// The conversations there are: those from the first to the last that was whole.
fn check_beginning(profile: &Profile, first: &str, later: &[String]) -> usize {
    let opened = profile.open();
    assert_eq!(opened.notice, None);
    assert!(is_sound_now(&opened.library));
    assert_eq!(texts(&opened.library, first), numbered("first", 2));
    let there: Vec<bool> = later
        .iter()
        .map(|id| opened.library.conversation(id).is_ok())
        .collect();
    let count = there.iter().filter(|is_there| **is_there).count();
    assert!(there[..count].iter().all(|is_there| *is_there), "{there:?}");
    for (index, id) in later[..count.saturating_sub(1)].iter().enumerate() {
        assert_eq!(
            texts(&opened.library, id),
            numbered(&format!("later{index}"), 2)
        );
    }
    count
}

#[test]
fn of_a_truncated_log_everything_up_to_the_cut_is_kept() {
    let profile = Profile::new();
    let (first, later, log) = with_log(&profile);
    fs::write(wal_of(&profile.path()), &log[..log.len() * 6 / 10]).unwrap();
    let kept = check_beginning(&profile, &first, &later);
    assert!(kept > 5 && kept < 20, "{kept}");
}

#[test]
fn of_a_log_with_garbage_in_it_everything_before_the_garbage_is_kept() {
    let profile = Profile::new();
    let (first, later, mut log) = with_log(&profile);
    let middle = log.len() / 2;
    log[middle..middle + 5_000].fill(0x5a);
    fs::write(wal_of(&profile.path()), &log).unwrap();
    let kept = check_beginning(&profile, &first, &later);
    assert!(kept > 3 && kept < 20, "{kept}");
}

#[test]
fn an_import_that_was_cut_off_is_said_once() {
    let profile = Profile::new();
    profile.open().library.set_note(IMPORTING, "").unwrap();
    let notice = profile.open().notice.unwrap();
    assert!(notice.contains("import the same file again"), "{notice}");
    assert_eq!(profile.open().notice, None);
}

#[test]
fn a_log_that_is_no_log_is_passed_over() {
    let profile = Profile::new();
    let (first, later, log) = with_log(&profile);
    fs::write(wal_of(&profile.path()), vec![b'x'; log.len()]).unwrap();
    assert_eq!(check_beginning(&profile, &first, &later), 0);
}

#[test]
fn a_whole_log_is_kept_whole() {
    let profile = Profile::new();
    let (first, later, log) = with_log(&profile);
    fs::write(wal_of(&profile.path()), &log).unwrap();
    assert_eq!(check_beginning(&profile, &first, &later), 20);
}

#[test]
fn a_library_opens_even_where_the_index_of_its_log_has_no_place() {
    let profile = Profile::new();
    let (first, later, log) = with_log(&profile);
    fs::write(wal_of(&profile.path()), &log).unwrap();
    // As on a full disk, SQLite cannot make the file.
    fs::create_dir(shm_of(&profile.path())).unwrap();
    assert_eq!(check_beginning(&profile, &first, &later), 20);
}

/// A folder that cannot be written to, read by a process that has no more rights than its permissions give.
#[cfg(unix)]
mod unwritable {
    use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};
    use std::os::unix::process::CommandExt as _;
    use std::process::Command;

    use super::*;

    /// The folder that the other process opens.
    const FOLDER: &str = "SEREIN_TEST_UNWRITABLE_FOLDER";
    /// Whoever that is, it is not root, to whom permissions mean nothing.
    const NOBODY: u32 = 65_534;

    /// Does nothing in the run of the tests itself: it is what the other process runs.
    #[test]
    fn the_other_process() {
        let Some(folder) = std::env::var_os(FOLDER) else {
            return;
        };
        let folder = Path::new(&folder);
        let lock = InstanceLock::take(folder).unwrap();
        assert!(!lock.allows_writing());
        let opened = open_profile(folder, &lock).unwrap();
        let notice = opened.notice.unwrap();
        assert!(notice.contains("cannot be written to"), "{notice}");
        check_content(&opened.library);
        assert!(opened.library.trouble().borrow().is_some());
        let outcome = opened.library.rename_conversation("c-cut", "Changed");
        let is_in_memory = opened.library.path().is_none();
        assert_eq!(outcome.is_ok(), is_in_memory);
        eprintln!("read");
    }

    fn permit(path: &Path, mode: u32) {
        fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
    }

    fn is_read_in(folder: &Path) {
        for entry in fs::read_dir(folder).unwrap() {
            permit(&entry.unwrap().path(), 0o444);
        }
        permit(folder, 0o555);
        // Nobody may be unable to reach this binary where it is.
        let place = tempfile::tempdir().unwrap();
        permit(place.path(), 0o755);
        let binary = place.path().join("tests");
        fs::copy(std::env::current_exe().unwrap(), &binary).unwrap();
        permit(&binary, 0o755);
        let mut command = Command::new(&binary);
        command
            .args([
                "library::recovery::tests::unwritable::the_other_process",
                "--exact",
                "--nocapture",
            ])
            .env(FOLDER, folder)
            .current_dir(place.path());
        if fs::metadata(place.path()).unwrap().uid() == 0 {
            command.uid(NOBODY).gid(NOBODY);
        }
        let output = command.output().unwrap();
        permit(folder, 0o755);
        let text = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success() && text.contains("read"), "{text}");
    }

    #[test]
    fn a_library_in_a_folder_that_cannot_be_written_to_is_read() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(DATABASE);
        fs::copy(file_of(4), &path).unwrap();
        // The reply that was cut off is folded together.
        drop(Library::open(&path).unwrap());
        is_read_in(folder.path());
    }

    #[test]
    fn one_that_a_crash_left_there_with_its_log_is_read_with_what_is_in_the_log() {
        let folder = tempfile::tempdir().unwrap();
        let elsewhere = tempfile::tempdir().unwrap();
        let path = elsewhere.path().join(DATABASE);
        fs::copy(file_of(4), &path).unwrap();
        let _library = Library::open(&path).unwrap();
        for part in [path.clone(), wal_of(&path), shm_of(&path)] {
            fs::copy(&part, folder.path().join(part.file_name().unwrap())).unwrap();
        }
        is_read_in(folder.path());
    }

    #[test]
    fn one_of_an_earlier_schema_there_is_read_as_well() {
        let folder = tempfile::tempdir().unwrap();
        fs::copy(file_of(1), folder.path().join(DATABASE)).unwrap();
        is_read_in(folder.path());
    }
}
