//! The simulator over real sockets: every row of its endpoints, and its scenarios.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a failed unwrap is a failed test"
)]

mod authorization;
mod conversations;
mod faults;
mod inference;
mod pages;
mod steering;
mod streams;
mod support;
