//! Of the end-to-end harness: a screen, and the driver of its window.
#![allow(dead_code, reason = "the end-to-end tests use the rest")]

#[path = "../../../tests/support/display.rs"]
pub(crate) mod display;
#[path = "../../../tests/support/driver.rs"]
pub(crate) mod driver;
#[path = "../../../tests/support/process.rs"]
pub(crate) mod process;
#[path = "../../../tests/support/wait.rs"]
pub(crate) mod wait;
