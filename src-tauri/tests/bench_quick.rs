//! `cargo xtask bench quick`: how soon the quick ask is there, beside an empty Tauri window that is shown by
//! the same key in the same way; from when on no key is lost; and what five hundred shows leave behind.
//!
//! Keys are pressed through the X server (XTEST), as a keyboard's are. What is timed is the time from the press
//! of the shortcut's last key until the window has the keyboard, and until a character that is typed in that
//! moment stands in the field, by the page's own clock.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a bench prints its table, and stops where it cannot go on"
)]

#[cfg(target_os = "linux")]
#[path = "bench_quick/empty.rs"]
mod empty;
#[cfg(target_os = "linux")]
#[path = "bench_quick/figures.rs"]
mod figures;
#[cfg(target_os = "linux")]
#[path = "../src/focus.rs"]
#[allow(
    dead_code,
    unused_imports,
    reason = "the empty window needs a part of it"
)]
mod focus;
#[cfg(target_os = "linux")]
#[path = "bench_quick/keyboard.rs"]
mod keyboard;
#[cfg(target_os = "linux")]
#[path = "../src/server.rs"]
#[allow(
    dead_code,
    unused_imports,
    reason = "the empty window needs a part of it"
)]
mod server;
#[cfg(target_os = "linux")]
mod support;
#[cfg(target_os = "linux")]
#[path = "bench_stream/table.rs"]
mod table;
#[cfg(target_os = "linux")]
#[path = "../src/shortcut/x11.rs"]
#[allow(
    dead_code,
    unused_imports,
    reason = "the empty window needs a part of it"
)]
mod x11;

fn main() {
    #[cfg(target_os = "linux")]
    if std::env::args().any(|word| word == empty::ARGUMENT) {
        empty::run();
    } else {
        figures::measure();
    }
    #[cfg(not(target_os = "linux"))]
    eprintln!("the window is driven on Linux only");
}
