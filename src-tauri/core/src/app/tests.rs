//! The app without a window, against a simulated service over real sockets.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a failed expectation is the test's failure"
)]

mod account;
mod deleting;
mod exchange;
#[cfg(target_os = "linux")]
mod full_disk;
mod kills;
mod listing;
mod misbehaving;
mod safety;
mod search;
mod temporary;
mod titling;
mod tools;
mod turns;
mod versions;

use std::time::Duration;

use serde_json::Value;
use serde_json::value::RawValue;
use serechat_simulator::{Options, Simulator};
use tempfile::TempDir;
use tokio::sync::mpsc::{self, Receiver, Sender};
use tokio::time::timeout;

use super::asking::MESSAGE_BYTES;
use super::*;
use crate::error::Code;
use crate::message::{Message, Part};
use crate::now;
use crate::view::{AccountView, JobState, JobView, LibraryHealth, ListScope, Role, ToolCallState};

/// Long enough for anything on this machine; a test that waits so long has failed.
const PATIENCE: Duration = Duration::from_secs(30);

/// More than any test's app says before the test listens.
const HEARD: usize = 10_000;

/// What the core says, in order.
#[derive(Debug)]
enum Said {
    Account(Box<AccountView>),
    Turn(Value),
    Opened(String),
    Health(LibraryHealth),
    Job(Box<JobView>),
}

/// Passes on what the core says.
struct Ears(Sender<Said>);

impl Ears {
    fn hear(&self, said: Said) {
        // The test may be over, or listen to something else.
        let _ = self.0.try_send(said);
    }
}

impl Host for Ears {
    fn account_changed(&self, account: &AccountView) {
        self.hear(Said::Account(Box::new(account.clone())));
    }
    fn turn_event(&self, _: &str, event: &RawValue) {
        self.hear(Said::Turn(serde_json::from_str(event.get()).unwrap()));
    }
    fn settings_changed(&self, _: &Settings) {}
    fn conversations_changed(&self) {}
    fn models_changed(&self, _: &ModelList) {}
    fn library_health_changed(&self, health: &LibraryHealth) {
        self.hear(Said::Health(health.clone()));
    }
    fn job_changed(&self, job: &JobView) {
        self.hear(Said::Job(Box::new(job.clone())));
    }
    fn open_in_browser(&self, url: &str) -> bool {
        self.hear(Said::Opened(url.to_owned()));
        true
    }
    fn save_settings(&self, _: &Settings) -> Result<(), String> {
        Ok(())
    }
}

/// An app, its service, and what the app says.
struct Bench {
    app: Arc<Serein>,
    simulator: Simulator,
    said: Receiver<Said>,
    folder: TempDir,
}

impl Bench {
    /// Signed out.
    async fn new() -> Self {
        Self::with(Options::instant()).await
    }

    async fn with(options: Options) -> Self {
        let simulator = Simulator::start(options).await.unwrap();
        let folder = tempfile::tempdir().unwrap();
        let (ears, said) = mpsc::channel(HEARD);
        let app = app_in(&folder, &simulator.base_url(), ears);
        Self {
            app,
            simulator,
            said,
            folder,
        }
    }

    /// Signed in, with a token kept from before.
    async fn signed_in() -> Self {
        Self::signed_in_with(Options::instant()).await
    }

    async fn signed_in_with(options: Options) -> Self {
        let mut bench = Self::with(options).await;
        let token = AccessToken::new(bench.simulator.issue_token()).unwrap();
        let origin = bench.app.base_url().unwrap().origin();
        bench.app.tokens.save(&origin, &token, None).await;
        bench.app.start();
        bench.account(|account| account.signed_in.is_some()).await;
        bench
    }

    /// The next thing said.
    async fn hear(&mut self) -> Said {
        timeout(PATIENCE, self.said.recv())
            .await
            .expect("the app says something")
            .expect("the app is there")
    }

    /// The next account that fits.
    async fn account(&mut self, fits: impl Fn(&AccountView) -> bool) -> AccountView {
        loop {
            if let Said::Account(account) = self.hear().await
                && fits(&account)
            {
                return *account;
            }
        }
    }

    /// The next event of a turn of this type.
    async fn event(&mut self, kind: &str) -> Value {
        loop {
            if let Said::Turn(event) = self.hear().await
                && event["type"] == kind
            {
                return event;
            }
        }
    }

    /// The job, once it is over.
    async fn job(&mut self) -> JobView {
        loop {
            if let Said::Job(job) = self.hear().await
                && job.state != JobState::Running
            {
                return *job;
            }
        }
    }

    async fn ask(&self, model: &str, text: &str) -> String {
        self.app
            .send(Draft::New(NewChat::Main), text.to_owned(), model)
            .await
            .unwrap()
            .conversation
    }

    /// Asks, and waits until the reply is saved.
    async fn exchange(&mut self, model: &str, text: &str) -> (String, Message) {
        let conversation = self.ask(model, text).await;
        self.event("saved").await;
        let reply = self.reply(&conversation);
        (conversation, reply)
    }

    fn path(&self, conversation: &str) -> Vec<Message> {
        self.app.library.path_of(conversation).unwrap()
    }

    /// The end of the visible path as it is shown, with its versions.
    fn shown(&self, conversation: &str) -> Vec<PathMessage> {
        let page = self.app.library.page(conversation, &PageAt::End).unwrap();
        page.messages
    }

    /// The last message of the visible path.
    fn reply(&self, conversation: &str) -> Message {
        self.path(conversation).pop().unwrap()
    }

    fn inference_requests(&self) -> Vec<Value> {
        self.simulator
            .requests_to("/api/inference/llm")
            .iter()
            .map(serechat_simulator::RecordedRequest::json)
            .collect()
    }
}

fn app_in(folder: &TempDir, base_url: &str, ears: Sender<Said>) -> Arc<Serein> {
    Serein::new(Parts {
        host: Arc::new(Ears(ears)),
        library: Library::open(&folder.path().join("serein.db")).unwrap(),
        tokens: TokenStore::without_keychain(folder.path()),
        settings: Settings::default(),
        base_url: Some(base_url.to_owned()),
        data_dir: folder.path().to_owned(),
        tools: Tools::default(),
    })
}

#[test]
fn a_title_is_the_first_line_with_words_cut_at_a_word() {
    assert_eq!(
        title_of("\n  Why does it rain?\nTell me."),
        Some("Why does it rain?".to_owned())
    );
    assert_eq!(title_of(" \n\t"), None);
    let turned = title_of("\u{202e}\n in\u{202e}voice\u{2069}");
    assert_eq!(turned.as_deref(), Some("invoice"));
    let long = "word ".repeat(40);
    let title = title_of(&long).unwrap();
    assert!(
        title.ends_with("word…") && title.chars().count() <= TITLE_CHARACTERS + 1,
        "{title}"
    );
    let unbroken = title_of(&"雨".repeat(200)).unwrap();
    assert_eq!(unbroken.chars().count(), TITLE_CHARACTERS + 1);
}
