//! What one running simulator knows, shared by its endpoints.

use std::{
    collections::HashMap,
    sync::{Mutex, MutexGuard, PoisonError},
};

use axum::http::StatusCode;
use tokio_util::sync::CancellationToken;

use crate::{
    account::Account, auth::Authorizations, gate::Gates, options::Options, record::Log,
    wire::OpenStreams,
};

/// The counts of repeated turns that are kept; past it they start anew.
const MAX_TURNS: usize = 1_000;

pub(crate) struct Shared {
    pub(crate) options: Options,
    pub(crate) stop: CancellationToken,
    pub(crate) gates: Gates,
    pub(crate) streams: OpenStreams,
    pub(crate) log: Mutex<Log>,
    pub(crate) authorizations: Mutex<Authorizations>,
    pub(crate) account: Mutex<Account>,
    pub(crate) outages: Mutex<Outages>,
    pub(crate) turns: Mutex<Turns>,
    /// A body that the models endpoint answers with instead of its list.
    pub(crate) models_body: Mutex<Option<String>>,
}

impl Shared {
    pub(crate) fn new(options: Options) -> Self {
        Self {
            stop: CancellationToken::new(),
            gates: Gates::default(),
            streams: OpenStreams::new(),
            log: Mutex::default(),
            authorizations: Mutex::new(Authorizations::new(&options)),
            account: Mutex::new(Account::new(&options)),
            outages: Mutex::default(),
            turns: Mutex::default(),
            models_body: Mutex::default(),
            options,
        }
    }
}

/// Locks, whatever happened to an earlier holder: a test that panicked must not hang the next.
pub(crate) fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The answers that a test has ordered instead of the real ones.
#[derive(Default)]
pub(crate) struct Outages(HashMap<String, (StatusCode, u32)>);

impl Outages {
    pub(crate) fn order(&mut self, path: &str, status: StatusCode, times: u32) {
        self.0.insert(path.to_owned(), (status, times));
    }

    /// The status to answer with, if this path is to fail once more.
    pub(crate) fn take(&mut self, path: &str) -> Option<StatusCode> {
        let (status, left) = self.0.get_mut(path)?;
        let status = *status;
        *left = left.checked_sub(1)?;
        if *left == 0 {
            self.0.remove(path);
        }
        Some(status)
    }
}

/// How often the same turn was asked for, which is what the `…-once` scenarios go by.
#[derive(Default)]
pub(crate) struct Turns(HashMap<(String, usize, String), u32>);

impl Turns {
    /// Counts one more request for a turn, known by its model, the number of user messages and
    /// the last of them. Returns how often it had been asked for before.
    pub(crate) fn count(&mut self, model: &str, user_messages: usize, question: &str) -> u32 {
        if self.0.len() >= MAX_TURNS {
            self.0.clear();
        }
        let question: String = question.chars().take(1_000).collect();
        let asked = self
            .0
            .entry((model.to_owned(), user_messages, question))
            .or_default();
        *asked += 1;
        *asked - 1
    }
}
