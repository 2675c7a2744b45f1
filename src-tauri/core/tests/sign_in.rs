//! A sign-in over real connections, against the simulator: the bytes are not ours on either side.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test's failure is its message"
)]

use std::sync::Arc;

use serechat::{BaseUrl, Client, Grant, Timeouts};
use serechat_simulator::{Options, Simulator};
use serein_core::error::IpcError;
use serein_core::sign_in::{self, Browser, Command};
use serein_core::view::SignInView;
use tokio::sync::mpsc;
use tokio::task::JoinHandle;

/// More than any test lets wait unread.
const QUEUE: usize = 256;

/// A browser whose pages the test reads.
struct Pages(mpsc::Sender<String>);

impl Browser for Pages {
    fn open(&self, url: &str) -> bool {
        self.0.try_send(url.to_owned()).is_ok()
    }
}

struct Window {
    commands: mpsc::Sender<Command>,
    views: mpsc::Receiver<SignInView>,
    pages: mpsc::Receiver<String>,
    task: JoinHandle<Option<Grant>>,
}

impl Window {
    fn open(simulator: &Simulator) -> Self {
        let base = BaseUrl::parse(&simulator.base_url()).unwrap();
        let client = Client::new(base, Timeouts::default()).unwrap();
        let (commands, mut orders) = mpsc::channel(8);
        let (tell, views) = mpsc::channel(QUEUE);
        let (opened, pages) = mpsc::channel(QUEUE);
        let task = tokio::spawn(async move {
            sign_in::run(&client, Arc::new(Pages(opened)), &mut orders, |view| {
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

    async fn view(&mut self) -> SignInView {
        self.views.recv().await.expect("the sign-in goes on")
    }

    /// Starts, and answers the request's id from the page that was opened.
    async fn start(&mut self) -> String {
        self.commands.send(Command::Start).await.unwrap();
        let requesting = SignInView::Requesting { waiting: None };
        assert_eq!(self.view().await, requesting);
        let SignInView::AwaitingCode { url, .. } = self.view().await else {
            panic!("the code is awaited")
        };
        assert_eq!(self.pages.recv().await.unwrap(), url);
        let (_, id) = url.split_once("/authorize-app?request_id=").unwrap();
        id.to_owned()
    }

    async fn code(&mut self, code: &str) {
        let command = Command::Code(code.to_owned());
        self.commands.send(command).await.unwrap();
        assert!(matches!(self.view().await, SignInView::Checking { .. }));
    }

    async fn failed(&mut self) -> IpcError {
        match self.view().await {
            SignInView::Failed { error } => error,
            other => panic!("not over: {other:?}"),
        }
    }
}

fn another(code: &str) -> &'static str {
    if code == "000000" { "111111" } else { "000000" }
}

#[tokio::test]
async fn a_failing_service_then_the_right_code_too_early_then_the_approval() {
    let simulator = Simulator::start(Options::instant()).await.unwrap();
    let mut window = Window::open(&simulator);
    let id = window.start().await;
    assert_eq!(simulator.last_request_id().as_deref(), Some(id.as_str()));
    let code = simulator.code_of(&id).unwrap();
    simulator.fail_next("/api/auth/app/exchange", 503, 1);

    window.code(&code).await;
    // The service fails, then it says that nobody has approved yet.
    assert!(matches!(
        window.view().await,
        SignInView::Checking {
            waiting: Some(_),
            ..
        }
    ));
    assert!(matches!(
        window.view().await,
        SignInView::AwaitingApproval { waiting: None, .. }
    ));
    simulator.approve(&id).unwrap();
    assert_eq!(window.view().await, SignInView::Done);
    let grant = window.task.await.unwrap().unwrap();
    assert!(!grant.token.expose().is_empty());
    assert!(grant.expires_in.is_some());
    let exchanges = simulator.requests_to("/api/auth/app/exchange");
    assert_eq!(exchanges.len(), 3);
}

#[tokio::test]
async fn five_wrong_codes_end_it_with_the_attempts_counted_down_with_and_without_a_header() {
    for attempts_header in [Some("X-Attempts-Remaining".to_owned()), None] {
        for late_invalidation in [false, true] {
            let simulator = Simulator::start(Options {
                attempts_header: attempts_header.clone(),
                late_invalidation,
                ..Options::instant()
            })
            .await
            .unwrap();
            let mut window = Window::open(&simulator);
            let id = window.start().await;
            let wrong = another(&simulator.approve(&id).unwrap());
            for left in [4, 3, 2, 1] {
                window.code(wrong).await;
                let SignInView::AwaitingCode { error, .. } = window.view().await else {
                    panic!("the code is awaited again")
                };
                assert_eq!(error.unwrap().attempts_left, Some(left));
            }
            window.code(wrong).await;
            let said = window.failed().await;
            assert!(
                said.message.contains("wrong too many times"),
                "{}",
                said.message
            );
        }
    }
}

#[tokio::test]
async fn an_expired_request_ends_it_and_starting_again_signs_in() {
    let simulator = Simulator::start(Options::instant()).await.unwrap();
    let mut window = Window::open(&simulator);
    let id = window.start().await;
    let code = simulator.approve(&id).unwrap();
    simulator.expire(&id);
    window.code(&code).await;
    let said = window.failed().await;
    assert!(said.message.contains("expired"), "{}", said.message);
    assert_eq!(said.status, Some(404));

    let id = window.start().await;
    let code = simulator.approve(&id).unwrap();
    window.code(&code).await;
    assert_eq!(window.view().await, SignInView::Done);
    assert!(window.task.await.unwrap().is_some());
}
