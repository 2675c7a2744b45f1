//! The `held` scenario: a test pushes every event by hand.

use std::{collections::VecDeque, sync::Mutex};

use bytes::Bytes;
use serde_json::Value;
use tokio::sync::{Notify, mpsc};

use crate::{
    state::locked,
    wire::{self, Step},
};

/// How many steps may wait in a gate before pushing has to wait for the client.
const CAPACITY: usize = 1_024;
/// How many held streams may wait for a test; more than that ends the oldest.
const MAX_WAITING: usize = 64;

/// The client of a [`Gate`] has gone away: it closed the connection, or the stream was ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Gone;

impl std::fmt::Display for Gone {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str("the client has closed this stream")
    }
}

impl std::error::Error for Gone {}

/// The hand on one open `held` stream. The response's head has been sent; nothing more happens
/// until the test says so. Dropping a gate ends the body cleanly, without `finish` or `done`, as
/// [`Gate::end`] does.
#[derive(Debug)]
pub struct Gate {
    steps: mpsc::Sender<Step>,
    question: String,
}

impl Gate {
    /// A gate and the step that obeys it.
    pub(crate) fn new(question: String) -> (Self, Step) {
        let (steps, held) = mpsc::channel(CAPACITY);
        (Self { steps, question }, Step::Held(held))
    }

    /// The user's last message in the request that opened this stream.
    pub fn question(&self) -> &str {
        &self.question
    }

    /// Sends a `content` event.
    pub async fn content(&self, text: &str) -> Result<(), Gone> {
        self.step(wire::content(text)).await
    }

    /// Sends a `reasoning` event.
    pub async fn reasoning(&self, text: &str) -> Result<(), Gone> {
        self.step(wire::reasoning(text)).await
    }

    /// Sends a `tool_calls` event with one call; `arguments` is JSON text.
    pub async fn tool_call(&self, id: &str, name: &str, arguments: &str) -> Result<(), Gone> {
        self.step(wire::tool_calls(&[(id, name, arguments)])).await
    }

    /// Sends a `finish` event.
    pub async fn finish(&self, reason: &str) -> Result<(), Gone> {
        self.step(wire::finish(reason)).await
    }

    /// Sends an `error` event.
    pub async fn error(&self, text: &str) -> Result<(), Gone> {
        self.step(wire::error(text)).await
    }

    /// Sends any named event.
    pub async fn event(&self, name: &str, data: &Value) -> Result<(), Gone> {
        self.step(wire::event(name, data)).await
    }

    /// Sends bytes as they are.
    pub async fn raw(&self, bytes: impl Into<Bytes>) -> Result<(), Gone> {
        self.step(Step::Send(bytes.into())).await
    }

    /// Sends `finish` (`stop`) and `done`, and ends the body.
    pub async fn complete(self) -> Result<(), Gone> {
        self.finish("stop").await?;
        self.step(wire::done()).await
    }

    /// Ends the body cleanly, without any further event.
    pub fn end(self) {}

    /// Drops the connection in mid-stream.
    pub async fn cut(self) -> Result<(), Gone> {
        self.step(Step::Cut).await
    }

    /// Waits until the client has closed the connection.
    pub async fn closed(&self) {
        self.steps.closed().await;
    }

    async fn step(&self, step: Step) -> Result<(), Gone> {
        self.steps.send(step).await.map_err(|_| Gone)
    }
}

/// The gates of streams that have been opened and not yet taken by a test.
#[derive(Default)]
pub(crate) struct Gates {
    waiting: Mutex<VecDeque<Gate>>,
    arrived: Notify,
}

impl Gates {
    pub(crate) fn put(&self, gate: Gate) {
        let mut waiting = locked(&self.waiting);
        waiting.push_back(gate);
        if waiting.len() > MAX_WAITING {
            waiting.pop_front();
        }
        drop(waiting);
        self.arrived.notify_waiters();
    }

    pub(crate) async fn take(&self) -> Gate {
        loop {
            // Made before looking, so that an arrival in between is not missed.
            let arrival = self.arrived.notified();
            if let Some(gate) = locked(&self.waiting).pop_front() {
                return gate;
            }
            arrival.await;
        }
    }
}
