//! The contract of `serein-markdown`, one sentence a test.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test that cannot go on has failed"
)]

mod clipboard;
mod fixtures;
mod half_written;
mod hostile;
mod images;
mod law;
mod maths;
mod patches;
mod reading;
mod written;

use serde_json::{Value, json};
use serein_markdown::{parse, parse_finished};

/// The tree of a whole text, as the window gets it.
fn tree(source: &str) -> Value {
    json!(parse_finished(source))
}

/// The tree of a text that grows, as the window gets it.
fn growing(source: &str) -> Value {
    json!(parse(source))
}
