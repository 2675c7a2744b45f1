//! A service that answers as each test tells it, and the window a sign-in is seen from.

use std::collections::VecDeque;
use std::future::pending;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use serechat::{AccessToken, Code, Error, Grant, RequestId};
use tokio::sync::mpsc;
use tokio::task::JoinHandle;
use tokio::time::Instant;

use crate::error;
use crate::sign_in::{Authorization, Browser, Command, run};
use crate::view::SignInView;

/// More than any test lets wait unread.
const QUEUE: usize = 256;

/// A service that gives the scripted answers, then none.
#[derive(Clone)]
pub(super) struct Script {
    requests: Arc<Mutex<VecDeque<Result<&'static str, Error>>>>,
    pub(super) exchanges: Arc<Mutex<VecDeque<Result<&'static str, Error>>>>,
    /// Every exchange: its moment, its request and its code.
    calls: Arc<Mutex<Vec<(Duration, String, String)>>>,
    began: Instant,
}

impl Script {
    pub(super) fn new(
        requests: impl IntoIterator<Item = Result<&'static str, Error>>,
        exchanges: impl IntoIterator<Item = Result<&'static str, Error>>,
    ) -> Self {
        Self {
            requests: Arc::new(Mutex::new(requests.into_iter().collect())),
            exchanges: Arc::new(Mutex::new(exchanges.into_iter().collect())),
            calls: Arc::default(),
            began: Instant::now(),
        }
    }

    pub(super) fn calls(&self) -> Vec<(Duration, String, String)> {
        self.calls.lock().unwrap().clone()
    }

    /// The time between each exchange and the one before.
    pub(super) fn gaps(&self) -> Vec<Duration> {
        let calls = self.calls();
        calls.windows(2).map(|two| two[1].0 - two[0].0).collect()
    }
}

impl Authorization for Script {
    async fn request(&self) -> Result<RequestId, Error> {
        let answer = self.requests.lock().unwrap().pop_front();
        match answer {
            Some(answer) => answer.map(|id| RequestId::parse(id).unwrap()),
            None => pending().await,
        }
    }

    fn page(&self, id: &RequestId) -> String {
        format!(
            "https://serechat.test/authorize-app?request_id={}",
            id.as_str()
        )
    }

    async fn exchange(&self, id: &RequestId, code: &Code) -> Result<Grant, Error> {
        let call = (
            self.began.elapsed(),
            id.as_str().into(),
            code.as_str().into(),
        );
        self.calls.lock().unwrap().push(call);
        let answer = self.exchanges.lock().unwrap().pop_front();
        match answer {
            Some(answer) => answer.map(|token| Grant {
                token: AccessToken::new(token.to_owned()).unwrap(),
                expires_in: None,
            }),
            None => pending().await,
        }
    }
}

/// A browser that tells what it was to open.
struct Pages {
    opened: mpsc::Sender<String>,
    broken: bool,
}

impl Browser for Pages {
    fn open(&self, url: &str) -> bool {
        let _ = self.opened.try_send(url.to_owned());
        !self.broken
    }
}

/// A sign-in under way, seen from its window.
pub(super) struct Window {
    pub(super) commands: mpsc::Sender<Command>,
    pub(super) views: mpsc::Receiver<SignInView>,
    pages: mpsc::Receiver<String>,
    pub(super) task: JoinHandle<Option<Grant>>,
}

impl Window {
    pub(super) fn open(script: &Script) -> Self {
        Self::with(script, false)
    }

    pub(super) fn with(script: &Script, broken: bool) -> Self {
        let (commands, mut orders) = mpsc::channel(8);
        let (tell, views) = mpsc::channel(QUEUE);
        let (opened, pages) = mpsc::channel(QUEUE);
        let (script, browser) = (script.clone(), Arc::new(Pages { opened, broken }));
        let task = tokio::spawn(async move {
            run(&script, browser, &mut orders, |view| {
                let _ = tell.try_send(view);
            })
            .await
        });
        Self {
            commands,
            views,
            pages,
            task,
        }
    }

    pub(super) async fn send(&self, command: Command) {
        self.commands.send(command).await.unwrap();
    }

    pub(super) async fn code(&self, text: &str) {
        self.send(Command::Code(text.to_owned())).await;
    }

    pub(super) async fn view(&mut self) -> SignInView {
        self.views.recv().await.expect("the sign-in goes on")
    }

    /// The next state's name, what it has to say, and its attempts left.
    pub(super) async fn next(&mut self) -> (&'static str, Option<error::IpcError>) {
        match self.view().await {
            SignInView::Idle { .. } => ("idle", None),
            SignInView::Requesting { waiting } => ("requesting", waiting),
            SignInView::AwaitingCode { error, .. } => ("awaiting code", error),
            SignInView::Checking { waiting, .. } => ("checking", waiting),
            SignInView::AwaitingApproval { waiting, .. } => ("awaiting approval", waiting),
            SignInView::Done => ("done", None),
            SignInView::Failed { error } => ("failed", Some(error)),
        }
    }

    pub(super) async fn expect(&mut self, state: &str) -> Option<error::IpcError> {
        let (name, said) = self.next().await;
        assert_eq!(name, state, "{said:?}");
        said
    }

    /// The next page the browser opens.
    pub(super) async fn page(&mut self) -> String {
        self.pages.recv().await.expect("the sign-in goes on")
    }

    /// To the step where the code is entered.
    pub(super) async fn start(&mut self) {
        self.send(Command::Start).await;
        self.expect("requesting").await;
        self.expect("awaiting code").await;
    }

    pub(super) async fn token(self) -> Option<String> {
        let grant = self.task.await.unwrap();
        grant.map(|grant| grant.token.expose().to_owned())
    }
}
