//! `cargo xtask bench library`: a library of 10,000 conversations and 1,000,000 messages beside an empty one:
//! the start, searches by kind, writes while searching, opening conversations, and scrolling the list and the
//! largest conversation.
//!
//! First the library by itself, then the app's window. The large library is made up once and kept.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a bench prints its table, and stops where it cannot go on"
)]

#[cfg(target_os = "linux")]
#[path = "bench_library/core_figures.rs"]
mod core_figures;
#[cfg(target_os = "linux")]
#[path = "bench_library/made.rs"]
mod made;
#[cfg(target_os = "linux")]
mod support;
#[cfg(target_os = "linux")]
#[path = "bench_stream/table.rs"]
mod table;
#[cfg(target_os = "linux")]
#[path = "bench_library/window.rs"]
mod window;

/// What the issue asks for.
#[cfg(target_os = "linux")]
const SEARCH_BOUND_MS: f64 = 50.0;

fn main() {
    #[cfg(target_os = "linux")]
    {
        use support::output::output_folder;

        let folder = output_folder("bench");
        let size = made::MILLION;
        let full = made::made(&folder, size);
        let empty = folder.join("library-empty.db");
        for end in ["", "-wal", "-shm"] {
            let _ = std::fs::remove_file(folder.join(format!("library-empty.db{end}")));
        }
        let mut figures = table::Figures::default();
        for (name, value, unit) in core_figures::measure(&full, &empty, size) {
            if name == "search_p99_ms" {
                figures.at_most("search_p99_vs_bound", value / SEARCH_BOUND_MS, 1.0);
            }
            figures.add(name, value, unit);
        }
        window::measure(&full, &empty, &mut figures);
        figures.write(&folder.join("library.json"));
    }
    #[cfg(not(target_os = "linux"))]
    eprintln!("the window is driven on Linux only");
}
