//! `cargo run --release -p serein-core --example library -- FOLDER [CONVERSATIONS MESSAGES LARGEST]`: the
//! library's own part of `cargo xtask bench library`, without the app.
#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a bench prints its table, and stops where it cannot go on"
)]

#[path = "../../tests/bench_library/core_figures.rs"]
mod core_figures;
#[path = "../../tests/bench_library/made.rs"]
mod made;

use std::path::PathBuf;

fn main() {
    let mut words = std::env::args().skip(1);
    let folder = PathBuf::from(words.next().unwrap_or_else(|| "target/bench".to_owned()));
    let numbers: Vec<usize> = words.filter_map(|word| word.parse().ok()).collect();
    let size = match numbers[..] {
        [conversations, messages, largest] => made::Size {
            conversations,
            messages,
            largest,
        },
        _ => made::MILLION,
    };
    let path = made::made(&folder, size);
    let empty = folder.join("library-empty.db");
    for end in ["", "-wal", "-shm"] {
        let _ = std::fs::remove_file(folder.join(format!("library-empty.db{end}")));
    }
    for (name, value, unit) in core_figures::measure(&path, &empty, size) {
        println!("{name:48} {value:>12.3} {unit}");
    }
}
