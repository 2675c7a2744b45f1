//! Writes the patches that the window's tests apply: `cargo run -p serein-markdown --example fixtures`.
//! A test says when they are stale.

use serde_json::json;
use serein_markdown::Document;

/// Where they are kept.
pub(crate) const PATH: &str = concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/../../ui/src/lib/markdown/fixtures/patches.json"
);

/// Name, text, and into how many characters at a time it is cut.
fn cases() -> Vec<(&'static str, String, usize)> {
    let code: String = (0..70).map(|n| format!("let x{n} = {n};\n")).collect();
    let everything = concat!(
        "# Title with *emphasis*\n\nA **bold** word, `code`, ~~gone~~, [a link](https://example.com/a),\n",
        "https://example.org/bare and $x^2$.  \nSecond line.<br>Third.\n\n",
        "- one\n- two\n  1. nested\n  2. more\n\n- [x] done\n- [ ] open\n\n",
        "> quoted\n> > deeper\n\n> [!WARNING]\n> Careful.\n\n",
        "| Left | Centre | Right |\n|:-----|:------:|------:|\n| 1 | **2** | 3 |\n| 4 |\n| a | b | c |\n\n",
        "```rust\nfn main() {\n    println!(\"hi\");\n}\n```\n\n",
        "$$\n\\frac{a}{b}\n$$\n\n![A cat](https://example.com/cat.png) and <b>raw</b>.\n\n",
        "<div>\nraw\n</div>\n\n---\n\nNote[^1].\n\n[^1]: The note.\n",
    );
    vec![
        (
            "plain text",
            "Hello, world. How are you?\n\nFine.".into(),
            4,
        ),
        (
            "everything, seven characters at a time",
            everything.into(),
            7,
        ),
        ("everything, at once", everything.into(), usize::MAX),
        (
            "code over several pieces",
            format!("```rust\n{code}```\nAfter."),
            211,
        ),
        ("a list that becomes loose", "- a\n- b\n\n- c\n".into(), 4),
        ("text that is cut", "👩 漢 *b* c **d** e".into(), 1),
        ("more blocks than a section holds", "p\n\n".repeat(130), 100),
        (
            "a reference that comes late",
            "See [a] and [b].\n\nMore.\n\n[a]: https://example.com\n".into(),
            12,
        ),
    ]
}

/// The file's content.
pub(crate) fn fixtures() -> String {
    let fixtures: Vec<_> = cases()
        .into_iter()
        .map(|(name, text, size)| {
            let mut document = Document::new();
            let chars: Vec<char> = text.chars().collect();
            let patches: Vec<_> = chars
                .chunks(size.min(chars.len()))
                .map(|piece| document.push(&piece.iter().collect::<String>()))
                .filter(|patch| !patch.is_empty())
                .collect();
            // A line each, so that a change can be read.
            let patches: Vec<String> = patches.iter().map(|patch| json!(patch).to_string()).collect();
            format!(
                "  {{\n    \"name\": {},\n    \"patches\": [\n      {}\n    ],\n    \"blocks\": {}\n  }}",
                json!(name),
                patches.join(",\n      "),
                json!(document.blocks())
            )
        })
        .collect();
    format!("[\n{}\n]\n", fixtures.join(",\n"))
}

fn main() -> std::io::Result<()> {
    if let Some(folder) = std::path::Path::new(PATH).parent() {
        std::fs::create_dir_all(folder)?;
    }
    std::fs::write(PATH, fixtures())
}
