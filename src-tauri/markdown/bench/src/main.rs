//! `cargo xtask bench drawing`, and a part of `cargo xtask bench stream`: what drawing a reply costs
//! the window, beside other ways of drawing it, in the same run and window.
//!
//! The patches are made here, 80 characters a batch, by the production code. In a bare window of the
//! app's engine and size the app's own renderer applies them; the others get the text itself. (In the
//! app's window the others cannot run: its policy lets no string become markup.) For each batch the
//! page times `JSON.parse` and applying, then the layout that scrolling to the end forces, and adds
//! whatever was put off until later. The ways take turns, and of their rounds the median counts.
//!
//! As `pictures FOLDER` it measures nothing: it takes the pictures of `cargo xtask pictures`.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a bench prints its table, and stops where it cannot go on"
)]

#[cfg(target_os = "linux")]
mod measure;
#[cfg(target_os = "linux")]
#[path = "../../../tests/bench_stream/mini_browser.rs"]
mod mini_browser;
#[cfg(target_os = "linux")]
mod pictures;
#[cfg(target_os = "linux")]
mod plan;
#[cfg(target_os = "linux")]
mod replies;
#[cfg(target_os = "linux")]
mod shrink;
#[cfg(target_os = "linux")]
mod site;
#[cfg(target_os = "linux")]
mod support;
#[cfg(target_os = "linux")]
#[path = "../../../tests/bench_stream/table.rs"]
mod table;
#[cfg(target_os = "linux")]
mod texts;
#[cfg(target_os = "linux")]
mod window;

fn main() {
    #[cfg(target_os = "linux")]
    match std::env::args_os().nth(1) {
        Some(mode) if mode == "pictures" => pictures::take(),
        _ => measure::measure(),
    }
    #[cfg(not(target_os = "linux"))]
    eprintln!("the window is driven on Linux only");
}
