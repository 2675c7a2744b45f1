//! `cargo xtask bench stream`: how soon the app is there, how soon a word is on the screen, and
//! what a delta costs the window; each beside something measured in the same run.
//!
//! Before this, the command runs the part that needs no app and shares the file of figures: what
//! drawing a reply costs beside other ways of drawing it (`src-tauri/markdown/bench`).
//!
//! Everything is measured from outside: by the clock of this process, by the web view's own clock,
//! and by the kernel's account of processor time. The app has no part for it.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a bench prints its table, and stops where it cannot go on"
)]

#[cfg(target_os = "linux")]
#[path = "bench_stream/figures.rs"]
mod figures;
#[cfg(target_os = "linux")]
#[path = "bench_stream/mini_browser.rs"]
mod mini_browser;
#[cfg(target_os = "linux")]
mod support;
#[cfg(target_os = "linux")]
#[path = "bench_stream/table.rs"]
mod table;
#[cfg(target_os = "linux")]
#[path = "../markdown/bench/src/texts.rs"]
mod texts;

fn main() {
    #[cfg(target_os = "linux")]
    figures::measure();
    #[cfg(not(target_os = "linux"))]
    eprintln!("the window is driven on Linux only");
}
