//! The app killed at any moment: what was shown as saved is there afterwards, once.
//!
//! The app to be killed is a process of its own: this test binary once more, told its folder by the
//! environment. It writes down what it shows as saved, line by line.

mod imports;

use std::collections::{BTreeMap, BTreeSet};
use std::io::{BufRead as _, BufReader, Write as _};
use std::path::Path;
use std::process::{Command, Stdio};

use rand::rngs::StdRng;
use rand::seq::IndexedRandom as _;
use rand::{Rng as _, SeedableRng as _};
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use self::imports::{FILES, Heard, Source};
use super::*;
use crate::instance_lock::InstanceLock;
use crate::library::backup::{BackupError, BackupFile, back_up};
use crate::library::recovery::{DATABASE, open_profile};
use crate::library::tests::schemas::{expected, file_of};

/// How often the app is killed, if not [`KILLS`] times.
const KILLS_WANTED: &str = "SEREIN_KILLS";
const KILLS: u64 = 20;
/// What the app to be killed is told.
const FOLDER: &str = "SEREIN_TEST_KILLED_FOLDER";
const SEED: &str = "SEREIN_TEST_SEED";
/// The folder of what it may import, and which of it comes first, if any.
const IMPORTS: &str = "SEREIN_TEST_IMPORTS";
const FIRST_IMPORT: &str = "SEREIN_TEST_FIRST_IMPORT";
/// A folder is used for so many kills.
const LIVES: u64 = 5;

/// Says in one piece what is saved, so that a line that has its end is a whole one.
fn say(line: &str) {
    let _ = std::io::stderr().write_all(format!("{line}\n").as_bytes());
}

/// Says which replies are shown as saved.
struct Reporter;

impl Host for Reporter {
    fn account_changed(&self, _: &AccountView) {}
    fn turn_event(&self, conversation: &str, event: &RawValue) {
        let event: Value = serde_json::from_str(event.get()).unwrap();
        if event["type"] == "saved" {
            say(&format!(
                "saved {conversation} {}",
                event["message"].as_str().unwrap()
            ));
        }
    }
    fn settings_changed(&self, _: &Settings) {}
    fn conversations_changed(&self) {}
    fn models_changed(&self, _: &ModelList) {}
    fn library_health_changed(&self, _: &LibraryHealth) {}
    fn job_changed(&self, job: &JobView) {
        say(&format!("job {} {} {:?}", job.id, job.done, job.state));
    }
    fn open_in_browser(&self, _: &str) -> bool {
        true
    }
    fn save_settings(&self, _: &Settings) -> Result<(), String> {
        Ok(())
    }
}

/// Does nothing in the run of the tests itself: it is the app to be killed.
#[tokio::test(flavor = "multi_thread")]
async fn the_app_to_be_killed() {
    let Some(folder) = std::env::var_os(FOLDER) else {
        return;
    };
    let seed: u64 = std::env::var(SEED).unwrap().parse().unwrap();
    live(Path::new(&folder), seed).await;
}

/// Works until the process is killed.
async fn live(folder: &Path, seed: u64) {
    let mut random = StdRng::seed_from_u64(seed);
    let lock = InstanceLock::take(folder).unwrap();
    say("opening");
    let opened = open_profile(folder, &lock).unwrap();
    assert_eq!(opened.notice, None);
    say("opened");
    let simulator = Simulator::start(Options {
        word_delta: Duration::from_micros(300),
        ..Options::instant()
    })
    .await
    .unwrap();
    let app = Serein::new(Parts {
        host: Arc::new(Reporter),
        library: opened.library,
        tokens: TokenStore::without_keychain(folder),
        settings: Settings::default(),
        base_url: Some(simulator.base_url()),
        data_dir: folder.to_owned(),
        tools: Tools::default(),
    });
    let token = AccessToken::new(simulator.issue_token()).unwrap();
    let origin = app.base_url().unwrap().origin();
    app.tokens.save(&origin, &token, None).await;
    app.start();
    while app.credentials().is_none() {
        tokio::task::yield_now().await;
    }
    let mut conversations: Vec<String> = Vec::new();
    let mut copying: Option<JoinHandle<Result<BackupFile, BackupError>>> = None;
    let imports = PathBuf::from(std::env::var_os(IMPORTS).unwrap());
    let import = |file: usize| {
        if app.check_no_job().is_ok() {
            say(&format!("importing {file}"));
            let job = app.import(vec![imports::path(&imports, file)]).unwrap();
            say(&format!("import {} {file}", job.id));
        }
    };
    if let Ok(first) = std::env::var(FIRST_IMPORT) {
        import(first.parse().unwrap());
    }
    for number in 0_u64.. {
        let text = format!(
            "ask-{seed}-{number} {}",
            "word ".repeat(random.random_range(1..200))
        );
        let text = text.trim().to_owned();
        let any = conversations.choose(&mut random).cloned();
        match (random.random_range(0..11), any) {
            (0..3, _) | (_, None) => {
                let sent = app
                    .send(Draft::New(NewChat::Main), text.clone(), "echo")
                    .await;
                let conversation = sent.unwrap().conversation;
                say(&format!("asked {conversation} {text}"));
                conversations.push(conversation);
            }
            // Of a conversation with a running reply, the next is refused.
            (3..5, Some(conversation)) => {
                // Sending empties the draft.
                say(&format!("drafting {conversation} "));
                let to = Draft::Of(conversation.clone());
                if app.send(to, text.clone(), "echo").await.is_ok() {
                    say(&format!("asked {conversation} {text}"));
                }
            }
            (5, Some(conversation)) => {
                let path = app.library.path_of(&conversation).unwrap();
                let question = path.iter().rfind(|message| message.role == Role::User);
                let id = question.unwrap().id.clone();
                if app.edit(id, text.clone(), "echo").await.is_ok() {
                    say(&format!("edited {conversation} {text}"));
                }
            }
            (6, Some(conversation)) => {
                say(&format!("drafting {conversation} {text}"));
                let draft = Draft::Of(conversation.clone());
                app.save_draft(draft, text.clone()).await.unwrap();
                say(&format!("drafted {conversation} {text}"));
            }
            (7, Some(conversation)) => {
                say(&format!("deleting {conversation}"));
                app.delete_conversations(vec![conversation.clone()])
                    .await
                    .unwrap();
                say(&format!("deleted {conversation}"));
                conversations.retain(|other| *other != conversation);
            }
            (8, Some(conversation)) => {
                app.stop(&conversation);
                app.rest().await;
            }
            (9, Some(_)) if random.random_bool(0.1) => import(random.random_range(0..FILES)),
            (_, Some(_)) => {
                let (path, folder) = (folder.join(DATABASE), folder.to_owned());
                // One at a time, as in the app.
                if let Some(copying) = copying.take() {
                    copying.await.unwrap().unwrap();
                }
                copying = Some(tokio::task::spawn_blocking(move || {
                    back_up(&path, &folder, now(), &CancellationToken::new())
                }));
            }
        }
    }
}

/// What the killed apps of one folder had shown as saved.
#[derive(Default)]
struct Shown {
    /// Questions, by their text.
    asked: BTreeMap<String, String>,
    /// Replies.
    saved: BTreeMap<String, String>,
    /// The last draft, and the one that was being kept.
    drafts: BTreeMap<String, (String, Option<String>)>,
    deleting: BTreeSet<String>,
    deleted: BTreeSet<String>,
    /// Imports.
    imports: Heard,
}

impl Shown {
    fn hear(&mut self, line: &str) {
        let mut words = line.splitn(3, ' ');
        let kind = words.next().unwrap_or_default();
        let conversation = words.next().unwrap_or_default().to_owned();
        let rest = words.next().unwrap_or_default().to_owned();
        match kind {
            "asked" => {
                // What is sent is no draft any more.
                self.drafts.remove(&conversation);
                self.asked.insert(rest, conversation);
            }
            "edited" => {
                self.asked.insert(rest, conversation);
            }
            "saved" => {
                self.saved.insert(rest, conversation);
            }
            "drafting" => {
                self.drafts.entry(conversation).or_default().1 = Some(rest);
            }
            "drafted" => {
                self.drafts.insert(conversation, (rest, None));
            }
            "deleting" => {
                self.deleting.insert(conversation);
            }
            "deleted" => {
                self.deleted.insert(conversation);
            }
            "importing" => self.imports.begins(),
            "import" => self.imports.reads(conversation, &rest),
            "job" => self.imports.comes_along(conversation, &rest),
            _ => {}
        }
    }

    /// Opens the library as the next start does, and looks for everything.
    fn check(&mut self, folder: &Path, migrated: bool, sources: &[Source]) {
        let lock = InstanceLock::take(folder).unwrap();
        let opened = open_profile(folder, &lock).unwrap();
        self.imports.check_notice(opened.notice.as_deref());
        let library = opened.library;
        let connection = rusqlite::Connection::open(folder.join(DATABASE)).unwrap();
        let word: String = connection
            .query_row("PRAGMA integrity_check", [], |row| row.get(0))
            .unwrap();
        assert_eq!(word, "ok");
        let count = |sql: &str| -> u32 { connection.query_row(sql, [], |row| row.get(0)).unwrap() };
        assert_eq!(count("SELECT count(*) FROM pragma_foreign_key_check"), 0);
        assert_eq!(
            count("SELECT count(*) FROM message WHERE status = 'streaming'"),
            0
        );
        assert_eq!(count("SELECT count(*) FROM journal"), 0);
        let doubled = "SELECT count(*) FROM
            (SELECT 1 FROM message WHERE role = 'user' GROUP BY text HAVING count(*) > 1)";
        assert_eq!(count(doubled), 0);
        let replies_twice = "SELECT count(*) FROM
            (SELECT 1 FROM message WHERE role = 'assistant' AND parent IS NOT NULL
                AND conversation NOT LIKE 'c-%' AND conversation NOT LIKE 'in-%' GROUP BY parent HAVING count(*) > 1)";
        assert_eq!(count(replies_twice), 0);

        for (text, conversation) in &self.asked {
            if self.deleting.contains(conversation) {
                continue;
            }
            let found: u32 = connection
                .query_row(
                    "SELECT count(*) FROM message WHERE conversation = ?1 AND text = ?2 AND role = 'user'",
                    [conversation, text],
                    |row| row.get(0),
                )
                .unwrap();
            assert_eq!(found, 1, "{text}");
        }
        for (id, conversation) in &self.saved {
            if self.deleting.contains(conversation) {
                continue;
            }
            let (_, reply) = library.message(id).unwrap();
            let (_, question) = library.message(reply.parent.as_deref().unwrap()).unwrap();
            match reply.status {
                MessageStatus::Complete => assert_eq!(reply.text(), question.text()),
                MessageStatus::Stopped => assert!(question.text().starts_with(&reply.text())),
                other => panic!("a saved reply is {other:?}"),
            }
        }
        for (conversation, (last, next)) in &self.drafts {
            if self.deleting.contains(conversation) {
                continue;
            }
            let draft = library.conversation(conversation).unwrap().draft;
            // Sending and keeping a draft may have crossed.
            let fits = draft == *last
                || Some(&draft) == next.as_ref()
                || draft.is_empty() && last.is_empty();
            assert!(fits, "{draft} is neither {last} nor {next:?}");
        }
        for conversation in &self.deleted {
            assert!(library.conversation(conversation).is_err());
        }
        self.imports.check(&library, sources);
        if migrated {
            for message in expected() {
                assert_eq!(library.message(&message.id).unwrap().1, message);
            }
        }
        // What was in the middle of being done is done or not; from now on that is settled.
        for (last, next) in self.drafts.values_mut() {
            if next.is_some() {
                *last = String::new();
            }
        }
        self.drafts
            .retain(|_, (last, next)| next.is_none() && !last.is_empty());
    }
}

/// When the app is killed.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Moment {
    Opening,
    /// Importing this file, and whatever else it does beside that.
    Importing(usize),
    Any,
}

/// Starts the app, kills it at a moment that `random` chooses, and says how far it came.
fn kill_once(
    folder: &Path,
    imports: &Path,
    seed: u64,
    random: &mut StdRng,
    moment: Moment,
    shown: &mut Shown,
) -> usize {
    let mut app = Command::new(std::env::current_exe().unwrap());
    app.args([
        "app::tests::kills::the_app_to_be_killed",
        "--exact",
        "--nocapture",
    ])
    .env(FOLDER, folder)
    .env(IMPORTS, imports)
    .env(SEED, seed.to_string())
    .env_remove(FIRST_IMPORT)
    .stdout(Stdio::null())
    .stderr(Stdio::piped());
    if let Moment::Importing(file) = moment {
        app.env(FIRST_IMPORT, file.to_string());
    }
    let mut app = app.spawn().unwrap();
    let mut lines = BufReader::new(app.stderr.take().unwrap());
    let mut next = || -> Option<String> {
        let mut line = Vec::new();
        lines.read_until(b'\n', &mut line).unwrap();
        // A line without an end was cut off by the kill.
        (line.pop() == Some(b'\n')).then(|| String::from_utf8(line).unwrap())
    };
    // Lines, and microseconds after them. The moment is any; nothing here depends on which.
    let (wanted, longest) = match moment {
        Moment::Opening => (1, 12_000),
        Moment::Importing(_) => (4, 600_000),
        Moment::Any => (random.random_range(2..60), 6_000),
    };
    let mut heard = 0;
    while heard < wanted {
        let line = next().expect("the app runs until it is killed");
        assert!(!line.contains("panicked"), "{line}");
        shown.hear(&line);
        heard += 1;
    }
    std::thread::sleep(Duration::from_micros(random.random_range(0..longest)));
    app.kill().unwrap();
    app.wait().unwrap();
    while let Some(line) = next() {
        assert!(!line.contains("panicked"), "{line}");
        shown.hear(&line);
        heard += 1;
    }
    heard
}

#[test]
fn whenever_the_app_is_killed_nothing_that_was_shown_as_saved_is_missing_or_doubled() {
    let kills = std::env::var(KILLS_WANTED).map_or(KILLS, |kills| kills.parse().unwrap());
    let imports = tempfile::tempdir().unwrap();
    let sources = imports::write(imports.path());
    let mut folder = tempfile::tempdir().unwrap();
    let mut shown = Shown::default();
    let mut migrated = false;
    let (mut questions, mut replies, mut opening) = (0, 0, 0);
    let (mut importing, mut half_imported) = (0, 0);
    for kill in 0..kills {
        let mut random = StdRng::seed_from_u64(kill);
        let life = kill % LIVES;
        if life == 0 {
            folder = tempfile::tempdir().unwrap();
            shown = Shown::default();
            // Every other folder begins with a library of an earlier schema.
            let schema = u32::try_from(kill / LIVES % 8).unwrap();
            migrated = (1..=5).contains(&schema);
            if migrated {
                std::fs::copy(file_of(schema), folder.path().join(DATABASE)).unwrap();
            }
        }
        let moment = match life {
            0 if migrated => Moment::Opening,
            2 | 4 => Moment::Importing(usize::try_from(life).unwrap() % FILES),
            _ => Moment::Any,
        };
        let before = (shown.asked.len(), shown.saved.len());
        let heard = kill_once(
            folder.path(),
            imports.path(),
            kill,
            &mut random,
            moment,
            &mut shown,
        );
        let was_importing = shown.imports.is_under_way();
        shown.check(folder.path(), migrated, &sources);
        importing += u32::from(was_importing);
        half_imported += u32::from(was_importing && shown.imports.is_half_there(&sources));
        if life == LIVES - 1 {
            imports::import_again(folder.path(), imports.path(), &sources);
        }
        questions += shown.asked.len() - before.0;
        replies += shown.saved.len() - before.1;
        opening += u32::from(heard < 2);
    }
    say(&format!(
        "{kills} kills, {opening} of them while opening and {importing} while importing, {half_imported} of which \
         left a file half imported: {questions} questions and {replies} replies were shown as saved"
    ));
    assert!(questions > 0 && replies > 0, "the app got something done");
    assert!(
        importing > 0 && half_imported > 0,
        "imports were cut off in their middle"
    );
}
