//! The published specifications of Markdown, held against this crate: how their examples are read
//! ([`reading`]), and that the law holds however they arrive ([`law`], [`long`]).
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test that cannot go on has failed"
)]

mod deviations;
mod examples;
mod law;
mod long;
mod reading;
mod reference;
