//! End-to-end tests: the built app in a real window, against the simulated service, found by role
//! and name only (`product.md`, *Accessible by name*).
#![cfg(target_os = "linux")]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a failed unwrap is a failed test"
)]

mod support;

#[path = "e2e/access.rs"]
mod access;
#[path = "e2e/attacks.rs"]
mod attacks;
#[path = "e2e/copy.rs"]
mod copy;
#[path = "e2e/failures.rs"]
mod failures;
#[path = "e2e/input.rs"]
mod input;
#[path = "e2e/library.rs"]
mod library;
#[path = "e2e/links.rs"]
mod links;
#[path = "e2e/long.rs"]
mod long;
#[path = "e2e/profile.rs"]
mod profile;
#[path = "e2e/quick.rs"]
mod quick;
#[path = "e2e/settings.rs"]
mod settings;
#[path = "e2e/sign_in.rs"]
mod sign_in;
#[path = "e2e/stream.rs"]
mod stream;
#[path = "e2e/tools.rs"]
mod tools;
#[path = "e2e/tray.rs"]
mod tray;
