//! Signing in: a pure state machine, and the one task that runs what it decides.
//!
//! The machine ([`SignIn`]) takes events and answers effects as data; it knows no clock, no network and
//! no browser. [`run()`] makes the calls, waits, and tells every new state to the window. The rules are
//! `protocol.md`'s, *Authorization*.

mod machine;
mod run;
#[cfg(test)]
mod tests;

pub use machine::{Effect, Event, SignIn};
pub use run::{Authorization, Browser, Command, run};

use std::time::Duration;

/// The name under which the user finds this app at SereChat.
pub const APP_NAME: &str = "Serein";
/// How long an authorization request is valid.
pub const LIFETIME: Duration = Duration::from_secs(10 * 60);
/// How many wrong codes end an authorization request.
pub const ATTEMPTS: u8 = 5;

/// The six digits of `text`, if it is a code and nothing else; as the user would type them.
pub fn code_in(text: &str) -> Option<String> {
    serechat::Code::parse(text)
        .ok()
        .map(|code| code.as_str().to_owned())
}
