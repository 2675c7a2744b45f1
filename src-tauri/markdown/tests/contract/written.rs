//! The tree as Markdown again: what is written reads as the tree it came from.

use proptest::strategy::{Strategy as _, ValueTree as _};
use proptest::test_runner::TestRunner;
use serein_markdown::{Block, Cell, Chunk, Inline, Item, Row, Token, parse_finished, to_markdown};

use crate::law::markdown;

/// `blocks` without what Markdown cannot say: see `write.rs`.
fn sayable(blocks: &[Block]) -> Vec<Block> {
    sayable_in(blocks, false)
}

fn sayable_in(blocks: &[Block], contained: bool) -> Vec<Block> {
    let empty = Block::Paragraph {
        children: Vec::new(),
    };
    blocks
        .iter()
        .map(|block| sayable_block(block, contained))
        .filter(|block| *block != empty)
        .collect()
}

fn sayable_block(block: &Block, contained: bool) -> Block {
    match block {
        Block::Paragraph { children } => Block::Paragraph {
            children: sayable_inlines(children, contained),
        },
        Block::Heading { level, children } => Block::Heading {
            level: *level,
            children: sayable_inlines(children, contained),
        },
        Block::Quote { alert, children } => Block::Quote {
            alert: *alert,
            children: sayable_in(children, true),
        },
        Block::Footnote { label, children } => Block::Footnote {
            label: label.clone(),
            children: sayable_in(children, true),
        },
        Block::Code { lang, chunks } => Block::Code {
            lang: lang.clone(),
            chunks: uncoloured(chunks),
        },
        Block::Html { chunks } => {
            let text: String = chunks.iter().flat_map(Chunk::text).collect();
            let text = text.trim_start_matches(' ').trim_end_matches('\n');
            Block::Html {
                chunks: vec![Chunk(vec![Token::Text(text.to_owned())])],
            }
        }
        Block::List {
            start,
            loose,
            items,
        } => Block::List {
            start: *start,
            loose: *loose
                && (items.len() > 1
                    || items
                        .iter()
                        .any(|item| sayable_in(&item.children, true).len() > 1)),
            items: items
                .iter()
                .map(|item| Item {
                    task: item.task,
                    children: sayable_in(&item.children, true),
                })
                .collect(),
        },
        Block::Table { align, rows } => Block::Table {
            align: align.clone(),
            rows: rows
                .iter()
                .map(|row| {
                    Row(row
                        .0
                        .iter()
                        .map(|cell| Cell(sayable_inlines(&cell.0, contained)))
                        .collect())
                })
                .collect(),
        },
        Block::Math { tex, open } => Block::Math {
            tex: sayable_tex(tex, contained),
            open: *open,
        },
        Block::Rule => Block::Rule,
    }
}

fn sayable_inlines(children: &[Inline], contained: bool) -> Vec<Inline> {
    const SPACES: [char; 3] = [' ', '\t', '\n'];
    let mut children = children.to_vec();
    if let Some(Inline::Text(text)) = children.first_mut() {
        *text = text.trim_start_matches(SPACES).to_owned();
    }
    while let Some(last) = children.last_mut() {
        match last {
            Inline::Text(text) => {
                *text = text.trim_end_matches(SPACES).to_owned();
                if !text.is_empty() {
                    break;
                }
            }
            Inline::Break => {}
            _ => break,
        }
        children.pop();
    }
    children.retain(|child| *child != Inline::Text(String::new()));
    children
        .iter()
        .map(|child| match child {
            Inline::Math { tex, display, open } => Inline::Math {
                tex: sayable_tex(tex, contained),
                display: *display,
                open: *open,
            },
            Inline::Text(text) => Inline::Text(text.replace("\r\n", "\n")),
            child => child.clone(),
        })
        .collect()
}

fn sayable_tex(tex: &str, contained: bool) -> String {
    if !contained {
        return tex.to_owned();
    }
    let lines: Vec<&str> = tex.lines().map(str::trim_start).collect();
    lines.join("\n")
}

fn uncoloured(chunks: &[Chunk]) -> Vec<Chunk> {
    let text: String = chunks.iter().flat_map(Chunk::text).collect();
    let text = text.trim_end_matches('\n');
    vec![Chunk(vec![Token::Text(text.to_owned())])]
}

#[track_caller]
fn comes_back(source: &str) {
    let tree = parse_finished(source);
    let written = to_markdown(&tree);
    let again = parse_finished(&written);
    assert_eq!(
        sayable(&again),
        sayable(&tree),
        "{source:?} was written {written:?}"
    );
}

/// Torn texts make trees that no marks say: a formula over lines that look like something else, emphasis
/// that touches a word because a link between them was dropped. They are few.
#[test]
fn of_a_thousand_torn_texts_all_but_two_come_back() {
    let mut runner = TestRunner::deterministic();
    let mut wrong = Vec::new();
    for _ in 0..10_000 {
        let source = markdown().new_tree(&mut runner).unwrap().current();
        let tree = parse_finished(&source);
        let written = to_markdown(&tree);
        if sayable(&parse_finished(&written)) != sayable(&tree) {
            wrong.push(format!("{source:?} was written {written:?}"));
        }
    }
    assert!(
        wrong.len() <= 20,
        "{} do not:\n{}",
        wrong.len(),
        wrong.join("\n")
    );
}

#[test]
fn the_published_examples_come_back() {
    let mut wrong = Vec::new();
    for file in ["commonmark-0.31.2.txt", "gfm-0.29.txt"] {
        let path = format!("{}/tests/spec/{file}", env!("CARGO_MANIFEST_DIR"));
        let text = std::fs::read_to_string(path).unwrap();
        for (n, source) in examples(&text).into_iter().enumerate() {
            let tree = parse_finished(&source);
            let written = to_markdown(&tree);
            let again = parse_finished(&written);
            if sayable(&again) != sayable(&tree) {
                wrong.push(format!(
                    "{file} {}: {source:?} was written {written:?}",
                    n + 1
                ));
            }
        }
    }
    assert!(
        wrong.is_empty(),
        "{} do not:\n{}",
        wrong.len(),
        wrong.join("\n")
    );
}

/// The Markdown of the examples of a specification.
fn examples(text: &str) -> Vec<String> {
    let fence = "`".repeat(32);
    let mut out = Vec::new();
    let mut lines = text.lines();
    while let Some(line) = lines.next() {
        if line.starts_with(&format!("{fence} example")) {
            let source: String = lines
                .by_ref()
                .take_while(|line| *line != ".")
                .map(|line| format!("{}\n", line.replace('→', "\t")))
                .collect();
            out.push(source);
            // What stands up to the closing fence is HTML.
            let _ = lines.by_ref().take_while(|line| *line != fence).count();
        }
    }
    out
}

#[test]
fn plain_words_stay_as_they_were_written() {
    for source in [
        "2 * 3 * 4 and snake_case_name, ~5 km, $5 and $6, array[i], a < b && c > d",
        "# C# and F#",
        "Wait - what? 1. No.",
        "**bold** and *leaning* and ***both***, `code` and ~~gone~~",
        "https://example.com/a_b?c=d&e=f and www.example.com",
        "[text](https://example.com/a) and ![alt](https://example.com/a.png)",
        "| a | b |\n| :-- | --: |\n| 1 | 2 |",
        "- a\n- b\n  - c\n\n1. d\n2. e",
        "- [ ] to do\n- [x] done",
        "> [!NOTE]\n> Rain\n\n> quote",
        "```rust\nfn main() {}\n```",
        "The area is $\\pi r^2$:\n\n$$\n\\int_0^1 x\n$$",
        "a[^1]\n\n[^1]: note",
    ] {
        assert_eq!(to_markdown(&parse_finished(source)), source);
    }
}

#[test]
fn what_would_mean_something_is_escaped() {
    for source in [
        "\\*not leaning\\*",
        "\\# no heading",
        "\\- no item",
        "1\\. no item",
        "\\> no quote",
        "\\[x](https://a.b)",
        "- \\[ ] no box",
        "> \\[!NOTE]",
        "\\`a\\`",
        "\\<br>",
        "\\&amp;",
        "a\\\n\\=\\=",
        "\\$x\\$",
        "a \\[^1]\n\n[^1]: b",
        "[a\\]b](https://x.y/\\(\\))",
        "| a\\|b |\n| --- |\n| `c\\|d` |",
        "<https://x.y/z> <a@b.c>",
        "a<br><br>b",
        "`` ` `` ``` `` ```",
        "````\n```\n````",
        "~~~a`b\nx\n~~~",
        "- a\n\n* b\n\n- c",
        "*a*_b_",
        "**a *b* c**",
        "# a<br>b",
        "\\$5 and $x$",
        "$a$1 $x$",
        "\\(a\\)1",
    ] {
        comes_back(source);
    }
}
