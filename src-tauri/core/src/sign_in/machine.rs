//! What a sign-in does next: events in, effects out.

use std::time::Duration;

use rand::Rng;
use serechat::retry::{Backoff, poll_delay};
use serechat::{Code, Error, Grant, RequestId};

use super::{ATTEMPTS, LIFETIME};
use crate::error::IpcError;
use crate::sentences;
use crate::view::SignInView;

/// Something happened: the user did something, or what an [`Effect`] asked for came about.
#[derive(Clone)]
pub enum Event {
    /// The user wants to sign in, or to start again.
    Start,
    /// The user typed or pasted this.
    Code(String),
    /// The user wants the browser opened once more.
    OpenBrowser,
    /// The user gives up.
    Cancel,
    /// [`Effect::Request`] was answered: the request's id, and the page to approve it on.
    Requested(Result<(RequestId, String), Error>),
    /// [`Effect::OpenBrowser`] was done; `false` if no browser could be opened.
    BrowserOpened(bool),
    /// [`Effect::Exchange`] was answered.
    Exchanged(Result<Grant, Error>),
    /// [`Effect::Wait`] is over.
    Waited,
    /// [`Effect::ExpireIn`] is over.
    TimeUp,
}

/// Something to be done. `Request`, `Exchange` and `Wait` are never under way at the same time: a new one
/// takes the place of the one before.
#[derive(Debug, Clone)]
pub enum Effect {
    /// Drop whatever is under way, its timers and its browser included.
    Abandon,
    /// Ask the service for a request id.
    Request,
    /// Open this page in the system's browser.
    OpenBrowser(String),
    /// Tell [`Event::TimeUp`] after this long.
    ExpireIn(Duration),
    /// Exchange the user's code for a token.
    Exchange(RequestId, Code),
    /// Tell [`Event::Waited`] after this long.
    Wait(Duration),
    /// The user is signed in: keep the token.
    Granted(Grant),
}

/// A sign-in and where it stands. See [`SignInView`] for what the states mean to the user.
#[derive(Debug, Clone, Default)]
pub struct SignIn {
    state: State,
}

#[derive(Debug, Clone, Default)]
enum State {
    #[default]
    Idle,
    Requesting {
        backoff: Backoff,
        waiting: Option<IpcError>,
    },
    Open(Request, Stage),
    Done,
    Failed(IpcError),
}

/// The authorization request under way.
#[derive(Debug, Clone)]
struct Request {
    id: RequestId,
    url: String,
    /// Milliseconds since the Unix epoch.
    expires_at: i64,
    /// Our own count, corrected by the service's.
    attempts_left: u8,
    browser_failed: bool,
}

#[derive(Debug, Clone)]
enum Stage {
    AwaitingCode(Option<IpcError>),
    /// The user's code is being exchanged, again and again until the answer is final.
    Exchanging {
        code: Code,
        /// Answers of 409 so far. With one, the code is known to be awaiting the approval.
        pending: u32,
        backoff: Backoff,
        waiting: Option<IpcError>,
    },
}

impl SignIn {
    /// Takes an event at `now` (milliseconds since the Unix epoch) and answers what is to be done, in
    /// this order. An event that does not fit the state changes nothing.
    pub fn step(&mut self, event: Event, now: i64, rng: &mut impl Rng) -> Vec<Effect> {
        match event {
            // Pressed twice.
            Event::Start if matches!(self.state, State::Requesting { waiting: None, .. }) => {
                Vec::new()
            }
            Event::Start => {
                self.state = State::Requesting {
                    backoff: Backoff::polling(),
                    waiting: None,
                };
                vec![Effect::Abandon, Effect::Request]
            }
            Event::Cancel => {
                self.state = State::Idle;
                vec![Effect::Abandon]
            }
            Event::TimeUp => match self.state {
                State::Open(..) => self.fail(sentences::sign_in_time_up()),
                _ => Vec::new(),
            },
            Event::Requested(answer) => self.requested(answer, now, rng),
            Event::Exchanged(answer) => self.exchanged(answer, rng),
            Event::Waited => self.waited(),
            Event::Code(text) => self.code(&text),
            Event::OpenBrowser => match &self.state {
                State::Open(request, _) => vec![Effect::OpenBrowser(request.url.clone())],
                _ => Vec::new(),
            },
            Event::BrowserOpened(opened) => {
                if let State::Open(request, _) = &mut self.state {
                    request.browser_failed = !opened;
                }
                Vec::new()
            }
        }
    }

    fn requested(
        &mut self,
        answer: Result<(RequestId, String), Error>,
        now: i64,
        rng: &mut impl Rng,
    ) -> Vec<Effect> {
        let State::Requesting { backoff, waiting } = &mut self.state else {
            return Vec::new();
        };
        match answer {
            Ok((id, url)) => {
                let lifetime = i64::try_from(LIFETIME.as_millis()).unwrap_or(i64::MAX);
                let request = Request {
                    id,
                    url: url.clone(),
                    expires_at: now.saturating_add(lifetime),
                    attempts_left: ATTEMPTS,
                    browser_failed: false,
                };
                self.state = State::Open(request, Stage::AwaitingCode(None));
                vec![Effect::ExpireIn(LIFETIME), Effect::OpenBrowser(url)]
            }
            Err(error) => match backoff.next(&error, rng) {
                Some(delay) => {
                    *waiting = Some(sentences::for_sign_in_waiting(&error));
                    vec![Effect::Wait(delay)]
                }
                None => self.fail(sentences::for_sign_in_request(&error)),
            },
        }
    }

    /// Taken only while a code is awaited: one at a time, for attempts are scarce.
    fn code(&mut self, text: &str) -> Vec<Effect> {
        let State::Open(request, stage @ Stage::AwaitingCode(_)) = &mut self.state else {
            return Vec::new();
        };
        let Ok(code) = Code::parse(text) else {
            *stage = Stage::AwaitingCode(Some(sentences::not_a_code()));
            return Vec::new();
        };
        *stage = Stage::Exchanging {
            code: code.clone(),
            pending: 0,
            backoff: Backoff::polling(),
            waiting: None,
        };
        vec![Effect::Exchange(request.id.clone(), code)]
    }

    fn exchanged(&mut self, answer: Result<Grant, Error>, rng: &mut impl Rng) -> Vec<Effect> {
        let State::Open(request, stage) = &mut self.state else {
            return Vec::new();
        };
        let Stage::Exchanging {
            pending,
            backoff,
            waiting,
            ..
        } = stage
        else {
            return Vec::new();
        };
        let error = match answer {
            Ok(grant) => {
                self.state = State::Done;
                return vec![Effect::Abandon, Effect::Granted(grant)];
            }
            Err(error) => error,
        };
        if error.is_not_yet_authorized() {
            let delay = poll_delay(*pending, rng);
            *pending = pending.saturating_add(1);
            *backoff = Backoff::polling();
            *waiting = None;
            return vec![Effect::Wait(delay)];
        }
        if error.is_invalid_code() {
            let left = error
                .attempts_left()
                .unwrap_or(request.attempts_left.saturating_sub(1));
            if left == 0 {
                return self.fail(sentences::no_attempts_left(error.status()));
            }
            request.attempts_left = left;
            *stage = Stage::AwaitingCode(Some(sentences::wrong_code(left, error.status())));
            return Vec::new();
        }
        match backoff.next(&error, rng) {
            Some(delay) => {
                *waiting = Some(sentences::for_sign_in_waiting(&error));
                vec![Effect::Wait(delay)]
            }
            None => self.fail(sentences::for_sign_in(&error)),
        }
    }

    fn waited(&self) -> Vec<Effect> {
        match &self.state {
            State::Requesting { .. } => vec![Effect::Request],
            State::Open(request, Stage::Exchanging { code, .. }) => {
                vec![Effect::Exchange(request.id.clone(), code.clone())]
            }
            _ => Vec::new(),
        }
    }

    fn fail(&mut self, error: IpcError) -> Vec<Effect> {
        self.state = State::Failed(error);
        vec![Effect::Abandon]
    }

    /// The state as the window shows it.
    pub fn view(&self) -> SignInView {
        let (request, stage) = match &self.state {
            State::Idle => return SignInView::Idle { unlocking: false },
            State::Requesting { waiting, .. } => {
                return SignInView::Requesting {
                    waiting: waiting.clone(),
                };
            }
            State::Done => return SignInView::Done,
            State::Failed(error) => {
                return SignInView::Failed {
                    error: error.clone(),
                };
            }
            State::Open(request, stage) => (request, stage),
        };
        let url = request.url.clone();
        let expires_at = request.expires_at;
        match stage {
            Stage::AwaitingCode(error) => SignInView::AwaitingCode {
                url,
                expires_at,
                error: error.clone(),
                browser_failed: request.browser_failed,
            },
            Stage::Exchanging {
                pending: 0,
                waiting,
                ..
            } => SignInView::Checking {
                url,
                expires_at,
                waiting: waiting.clone(),
            },
            Stage::Exchanging { waiting, .. } => SignInView::AwaitingApproval {
                url,
                expires_at,
                waiting: waiting.clone(),
            },
        }
    }
}
