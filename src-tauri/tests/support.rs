//! The end-to-end harness: a screen, a bus, a person at a browser, a driver, and the built app.
//!
//! Each test owns a [`World`]: its own X display, D-Bus session, home folder, service and browser.
//! Nothing is shared between tests but the machine, so they run one at a time (see [`turnstile`]).
#![allow(
    dead_code,
    unused_imports,
    reason = "the end-to-end tests, the tour and the bench each use a part of the harness"
)]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::print_stderr,
    reason = "a harness that cannot go on says why and fails the test"
)]

pub(crate) mod app;
pub(crate) mod bus;
pub(crate) mod chat;
pub(crate) mod display;
pub(crate) mod driver;
pub(crate) mod find;
pub(crate) mod focus;
pub(crate) mod other;
pub(crate) mod output;
pub(crate) mod parts;
pub(crate) mod person;
pub(crate) mod portal;
pub(crate) mod process;
pub(crate) mod tray;
pub(crate) mod turnstile;
pub(crate) mod wait;
pub(crate) mod world;

pub(crate) use app::App;
pub(crate) use find::{By, any, containing};
pub(crate) use wait::until;
pub(crate) use world::World;
