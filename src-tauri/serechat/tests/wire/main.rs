//! The client over real sockets, against a server that says what a test wrote down: one test
//! for each row of the API's tables (`table.rs`), and for what servers do that no table foresees.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a failed unwrap is a failed test"
)]

mod authorization;
mod decisions;
mod events;
mod inference;
mod misbehaving;
mod models;
mod origin;
mod proxy;
mod secrets;
mod server;
mod table;
mod time_limits;

use serechat::{AccessToken, BaseUrl, Client, InferenceRequest, Message, Timeouts};

/// What no log and no `Debug` may hold.
const TOKEN: &str = "tok-9f27c1-secret";

fn token() -> AccessToken {
    AccessToken::new(TOKEN.to_owned()).unwrap()
}

fn client(base: &str) -> Client {
    Client::new(BaseUrl::parse(base).unwrap(), Timeouts::default()).unwrap()
}

fn question() -> InferenceRequest {
    InferenceRequest {
        model: "gpt-9".to_owned(),
        messages: vec![Message::User {
            content: "private question".to_owned(),
        }],
        tools: vec![],
        max_tokens: None,
    }
}
