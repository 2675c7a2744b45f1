//! Prints what reading costs: whole replies pushed 80 characters at a time, as the turn does.
//! `cargo run --release -p serein-markdown --example cost [FILE…]`; without files, texts of its own, 80 kB each.
#![allow(clippy::print_stdout, reason = "printing is what it is for")]

use std::time::Instant;

use serein_markdown::Document;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    println!("80 characters a push, milliseconds a push");
    println!("text             total    p50    p99    max  patches/text");
    let files: Vec<String> = std::env::args().skip(1).collect();
    for file in &files {
        let name = std::path::Path::new(file).file_stem().unwrap_or_default();
        measure(&name.to_string_lossy(), &std::fs::read_to_string(file)?)?;
    }
    if files.is_empty() {
        for (name, unit) in texts() {
            measure(name, &unit.repeat(80_000 / unit.len() + 1))?;
        }
    }
    Ok(())
}

fn measure(name: &str, text: &str) -> Result<(), serde_json::Error> {
    let chars: Vec<char> = text.chars().collect();
    let mut document = Document::new();
    let mut bytes = 0;
    let mut times = Vec::new();
    for piece in chars.chunks(80) {
        let piece: String = piece.iter().collect();
        let start = Instant::now();
        let patch = document.push(&piece);
        bytes += serde_json::to_string(&patch)?.len();
        times.push(start.elapsed().as_secs_f64() * 1e3);
    }
    times.sort_by(f64::total_cmp);
    let at = |part: f64| times[((times.len() - 1) as f64 * part) as usize];
    println!(
        "{name:<14} {:>7.0} {:>6.2} {:>6.2} {:>6.2} {:>13.2}",
        times.iter().sum::<f64>(),
        at(0.5),
        at(0.99),
        at(1.0),
        bytes as f64 / text.len() as f64
    );
    Ok(())
}

fn texts() -> [(&'static str, &'static str); 6] {
    [
        (
            "mixed",
            "## A heading\n\nA paragraph with **bold**, *emphasis*, `code` and [a link](https://example.com/a/b).\n\
             It goes on for a second line, as paragraphs do, and then a third.\n\n\
             - one\n- two with `code`\n  - nested\n\n1. first\n2. second\n\n\
             ```rust\nfn main() {\n    println!(\"hello\");\n}\n```\n\n\
             | a | b | c |\n|---|--:|:-:|\n| 1 | 2 | 3 |\n| x | y | z |\n\n> A quote.\n\n",
        ),
        (
            "formulas",
            "The sum $\\sum_{i=1}^n x_i$ is \\(n\\bar x\\), for $5 or less.\n\n\\[\na = b\n\\]\n\n",
        ),
        (
            "one paragraph",
            "The quick brown fox jumps over the *lazy* dog and goes on. ",
        ),
        (
            "one code block",
            "    let value = compute(the, other, things);\n",
        ),
        ("one list", "- An item of some length, with `code` in it\n"),
        (
            "prose",
            "A paragraph of some length that says this and that.\n\n",
        ),
    ]
}
