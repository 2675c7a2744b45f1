//! The task behind a sign-in: makes the calls, waits, opens the browser, tells the states.

use std::future::{Future, pending};
use std::pin::Pin;
use std::sync::Arc;

use serechat::{Client, Code, Error, Grant, RequestId};
use tokio::sync::mpsc;
use tokio::task::{JoinHandle, spawn_blocking};
use tokio::time::{Instant, sleep, sleep_until};

use super::{APP_NAME, Effect, Event, SignIn};
use crate::now;
use crate::view::SignInView;

/// What a sign-in asks the service. Implemented by [`serechat::Client`].
pub trait Authorization: Sync {
    /// A new authorization request in this app's name.
    fn request(&self) -> impl Future<Output = Result<RequestId, Error>> + Send;
    /// The page on which the user approves it.
    fn page(&self, id: &RequestId) -> String;
    /// The token, once the user has approved and the code is right.
    fn exchange(
        &self,
        id: &RequestId,
        code: &Code,
    ) -> impl Future<Output = Result<Grant, Error>> + Send;
}

impl Authorization for Client {
    async fn request(&self) -> Result<RequestId, Error> {
        self.request_authorization(APP_NAME).await
    }

    fn page(&self, id: &RequestId) -> String {
        self.base().authorize_page(id).to_string()
    }

    async fn exchange(&self, id: &RequestId, code: &Code) -> Result<Grant, Error> {
        Client::exchange(self, id, code).await
    }
}

/// Opens pages in the system's browser.
pub trait Browser: Send + Sync + 'static {
    /// Opens `url`; `false` if no browser could be opened. May block.
    fn open(&self, url: &str) -> bool;
}

/// What the user can do while signing in.
#[derive(Clone)]
pub enum Command {
    /// Sign in; while a sign-in is under way, start it again.
    Start,
    /// This is the code, as typed or pasted.
    Code(String),
    /// Open the browser once more.
    OpenBrowserAgain,
    /// Give up.
    Cancel,
}

impl From<Command> for Event {
    fn from(command: Command) -> Self {
        match command {
            Command::Start => Self::Start,
            Command::Code(text) => Self::Code(text),
            Command::OpenBrowserAgain => Self::OpenBrowser,
            Command::Cancel => Self::Cancel,
        }
    }
}

/// Runs sign-ins by the user's `commands` until one succeeds, and answers its token; `None` once nobody
/// can send commands any more. Every change of state is told to `on_view`, [`SignInView::Done`] last.
///
/// Failing and giving up do not end it: the next [`Command::Start`] begins anew. Dropping it ends
/// whatever is under way.
pub async fn run(
    service: &impl Authorization,
    browser: Arc<impl Browser>,
    commands: &mut mpsc::Receiver<Command>,
    mut on_view: impl FnMut(SignInView),
) -> Option<Grant> {
    let mut sign_in = SignIn::default();
    let mut shown = sign_in.view();
    let mut under_way = UnderWay::default();
    loop {
        let event = tokio::select! {
            biased;
            command = commands.recv() => command?.into(),
            event = under_way.next() => event,
        };
        let effects = sign_in.step(event, now(), &mut rand::rng());
        let view = sign_in.view();
        if view != shown {
            shown = view.clone();
            on_view(view);
        }
        for effect in effects {
            match effect {
                Effect::Abandon => under_way = UnderWay::default(),
                Effect::Request => under_way.step = Some(Box::pin(request(service))),
                Effect::Exchange(id, code) => {
                    under_way.step = Some(Box::pin(async move {
                        Event::Exchanged(service.exchange(&id, &code).await)
                    }));
                }
                Effect::Wait(delay) => {
                    under_way.step = Some(Box::pin(async move {
                        sleep(delay).await;
                        Event::Waited
                    }));
                }
                Effect::ExpireIn(delay) => under_way.deadline = Some(Instant::now() + delay),
                Effect::OpenBrowser(url) => {
                    let browser = Arc::clone(&browser);
                    under_way.opening = Some(spawn_blocking(move || browser.open(&url)));
                }
                Effect::Granted(grant) => return Some(grant),
            }
        }
    }
}

async fn request(service: &impl Authorization) -> Event {
    let answer = service.request().await;
    Event::Requested(answer.map(|id| {
        let page = service.page(&id);
        (id, page)
    }))
}

/// What has been begun and will become an event.
#[derive(Default)]
struct UnderWay<'a> {
    /// The call or the wait; never two.
    step: Option<Pin<Box<dyn Future<Output = Event> + Send + 'a>>>,
    /// When the request's time is up.
    deadline: Option<Instant>,
    /// The browser being opened.
    opening: Option<JoinHandle<bool>>,
}

impl UnderWay<'_> {
    /// The next event; never, if nothing is under way. What is under way stays so if this is dropped.
    async fn next(&mut self) -> Event {
        let Self {
            step,
            deadline,
            opening,
        } = self;
        tokio::select! {
            biased;
            () = until(*deadline) => {
                *deadline = None;
                Event::TimeUp
            }
            opened = ended(opening) => {
                *opening = None;
                // A browser's opener that panics opened nothing.
                Event::BrowserOpened(opened.unwrap_or(false))
            }
            event = ended(step) => {
                *step = None;
                event
            }
        }
    }
}

async fn until(deadline: Option<Instant>) {
    match deadline {
        Some(deadline) => sleep_until(deadline).await,
        None => pending().await,
    }
}

async fn ended<F: Future + Unpin>(future: &mut Option<F>) -> F::Output {
    match future {
        Some(future) => future.await,
        None => pending().await,
    }
}
