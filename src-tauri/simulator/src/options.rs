//! What a run of the simulator can be told: port, lifetimes, paces.

use std::time::Duration;

/// How the models endpoint wraps its list. The real shape is not printed anywhere, so a client
/// has to understand all three (`protocol.md`, *Inference*).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ModelsShape {
    /// `{"models": […]}`
    Models,
    /// `{"data": […]}`
    Data,
    /// `[…]`
    List,
    /// `["id", …]`: names only, no objects.
    Names,
}

/// How a simulator behaves. `Options::default()` is the demo; [`Options::instant`] is for tests.
#[derive(Clone, Debug)]
pub struct Options {
    /// The TCP port on 127.0.0.1. 0 means any; a taken port falls back to any.
    pub port: u16,
    /// How long an authorization request can be used. SereChat: 10 minutes.
    pub code_lifetime: Duration,
    /// How long an access token is valid. SereChat: 365 days.
    pub token_lifetime: Duration,
    /// How many wrong codes invalidate a request: the last of them is answered with 410.
    pub default_attempts: u8,
    /// The response header that says how many attempts are left after a wrong code, or `None` to
    /// leave it out. (The real name is not printed anywhere.)
    pub attempts_header: Option<String>,
    /// Answer the last wrong code with 400 and 0 attempts left, and only what comes after it
    /// with 410. The seed allows both readings; the default is 410 at once.
    pub late_invalidation: bool,
    /// The user's balance in cents at the start.
    pub balance: i64,
    /// How the models endpoint wraps its list.
    pub models_shape: ModelsShape,
    /// The usual pace of the scenarios that people look at: the time between two words.
    pub word_delta: Duration,
    /// The time between two deltas of `slow`.
    pub slow_delta: Duration,
    /// The time between two deltas of `count`.
    pub count_delta: Duration,
    /// How long `one-then-wait` stays silent before it ends the connection.
    pub silence: Duration,
    /// What `429-once` and `429-date` send as `Retry-After` (whole seconds, rounded up).
    pub retry_after: Duration,
}

impl Options {
    /// No waiting between deltas, and `Retry-After: 0`. Everything else as in the demo.
    pub fn instant() -> Self {
        Self {
            word_delta: Duration::ZERO,
            slow_delta: Duration::ZERO,
            count_delta: Duration::ZERO,
            retry_after: Duration::ZERO,
            ..Self::default()
        }
    }
}

impl Default for Options {
    fn default() -> Self {
        Self {
            port: 0,
            code_lifetime: Duration::from_secs(10 * 60),
            token_lifetime: Duration::from_secs(365 * 24 * 60 * 60),
            default_attempts: 5,
            attempts_header: Some("X-Attempts-Remaining".to_owned()),
            late_invalidation: false,
            balance: 1250,
            models_shape: ModelsShape::Models,
            word_delta: Duration::from_millis(20),
            slow_delta: Duration::from_millis(400),
            count_delta: Duration::from_millis(4),
            silence: Duration::from_secs(60),
            retry_after: Duration::from_secs(5),
        }
    }
}
