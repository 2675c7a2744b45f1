//! The law: the old tree with the patches applied is the one-shot reading of all the text.

use proptest::prelude::*;
use serein_markdown::{Block, Document, Inline, apply, parse, plain_text, to_html};

/// What replies are made of, whole and torn.
const FRAGMENTS: &[&str] = &[
    "word ",
    "two words",
    " ",
    "  ",
    "\n",
    "\n\n",
    "\r\n",
    "\t",
    "    ",
    "# ",
    "## Heading\n",
    "- ",
    "- item\n",
    "  - nested\n",
    "* ",
    "+ ",
    "1. ",
    "2) ",
    "10. ten\n",
    "- [ ] ",
    "- [x] done\n",
    "> ",
    "> quote\n",
    ">> ",
    "> [!NOTE]\n> ",
    "> [!warning]\n",
    "```",
    "```rust\n",
    "``` js,x\n",
    "~~~\n",
    "`",
    "``",
    "`code`",
    "fn main() {}\n",
    "*",
    "**",
    "***",
    "_",
    "__",
    "~~",
    "**bold**",
    "*em*",
    "~~gone~~",
    "[",
    "]",
    "(",
    ")",
    "[text](https://a.example/b)",
    "[js](javascript:x)",
    "![",
    "![alt](x.png)",
    "[ref]",
    "[ref]: https://r.example\n",
    "[^1]",
    "[^1]: note\n",
    "|",
    "| a | b |\n",
    "|---|:-:|\n",
    "| 1 | 2 |\n",
    "| x\n",
    "---\n",
    "***\n",
    "===\n",
    "-",
    "=",
    "$",
    "$$",
    "$x$",
    "$5",
    "$$\nx\n$$\n",
    "\\(",
    "\\)",
    "\\[",
    "\\]",
    "\\(y\\)",
    "\\[\nz\n\\]\n",
    "\\",
    "\\$",
    "<br>",
    "<b>",
    "</b>",
    "<div>\n",
    "<!--",
    "-->",
    "<",
    "https://www.example.org/p?q=1",
    "http://",
    "www.",
    "www.a.b",
    "a@b.c",
    "<https://x.y>",
    "&amp;",
    "&",
    "&#0;",
    "é",
    "漢字",
    "👩‍👩‍👧",
    "\u{202e}",
    "\u{0}",
    "\u{fdd0}",
    "\u{feff}",
    ":",
    "1",
    ".",
    "!",
];

pub(crate) fn markdown() -> impl Strategy<Value = String> {
    prop::collection::vec(prop::sample::select(FRAGMENTS), 0..40).prop_map(|parts| parts.concat())
}

/// A text and where it is cut.
fn cut(text: impl Strategy<Value = String>) -> impl Strategy<Value = Vec<String>> {
    (
        text,
        prop::collection::vec(any::<prop::sample::Index>(), 0..12),
    )
        .prop_map(|(text, cuts)| {
            let mut places: Vec<usize> = cuts
                .iter()
                .map(|cut| text.floor_char_boundary(cut.index(text.len() + 1)))
                .chain([0, text.len()])
                .collect();
            places.sort_unstable();
            places
                .windows(2)
                .map(|w| text[w[0]..w[1]].to_owned())
                .collect()
        })
}

fn hold(pieces: &[String]) -> Result<(), TestCaseError> {
    let mut document = Document::new();
    let mut shown: Vec<Block> = Vec::new();
    for piece in pieces {
        let patch = document.push(piece);
        apply(&mut shown, &patch);
        prop_assert_eq!(&shown, &parse(document.source()));
        prop_assert_eq!(shown.as_slice(), document.blocks());
    }
    prop_assert_eq!(document.source(), pieces.concat());
    well_formed(&shown)?;
    // Neither may panic, whatever the tree.
    let _ = (plain_text(&shown), to_html(&shown));
    Ok(())
}

/// What the types do not say: texts are merged and never empty, links are safe, tables keep their shape.
fn well_formed(blocks: &[Block]) -> Result<(), TestCaseError> {
    for block in blocks {
        match block {
            Block::Paragraph { children } => {
                prop_assert!(!matches!(children.last(), Some(Inline::Break)));
                if let Some(Inline::Text(text)) = children.last() {
                    prop_assert!(
                        !text.ends_with('\n'),
                        "a line end at the end of {children:?}"
                    );
                }
                inlines(children)?;
            }
            Block::Heading { level, children } => {
                prop_assert!((1..=6).contains(level));
                inlines(children)?;
            }
            Block::Quote { children, .. } | Block::Footnote { children, .. } => {
                well_formed(children)?;
            }
            Block::List { items, .. } => {
                for item in items {
                    well_formed(&item.children)?;
                }
            }
            Block::Table { align, rows } => {
                prop_assert!(!rows.is_empty());
                for row in rows {
                    prop_assert!(row.0.len() <= align.len());
                    for cell in &row.0 {
                        inlines(&cell.0)?;
                    }
                }
            }
            Block::Code { chunks, .. } | Block::Html { chunks } => {
                for chunk in chunks {
                    let text: String = chunk.text().collect();
                    prop_assert!(!text.is_empty());
                    prop_assert!(
                        text.split_inclusive('\n').count() <= serein_markdown::CHUNK_LINES
                    );
                    prop_assert!(chunk.0.iter().all(|token| !token.text().is_empty()));
                    for pair in chunk.0.windows(2) {
                        prop_assert!(pair[0].class() != pair[1].class(), "{:?}", pair);
                    }
                }
            }
            Block::Math { tex, .. } => prop_assert!(!tex.is_empty()),
            Block::Rule => {}
        }
    }
    Ok(())
}

fn inlines(children: &[Inline]) -> Result<(), TestCaseError> {
    for pair in children.windows(2) {
        prop_assert!(!matches!(pair, [Inline::Text(_), Inline::Text(_)]));
    }
    for child in children {
        match child {
            Inline::Text(text) => prop_assert!(!text.is_empty()),
            Inline::Em { children } | Inline::Strong { children } | Inline::Strike { children } => {
                inlines(children)?;
            }
            Inline::Link { href, children } => {
                let scheme = href
                    .split(':')
                    .next()
                    .unwrap_or_default()
                    .to_ascii_lowercase();
                prop_assert!(
                    ["http", "https", "mailto"].contains(&scheme.as_str()),
                    "{}",
                    href
                );
                inlines(children)?;
            }
            Inline::Math { tex, .. } => prop_assert!(!tex.is_empty()),
            Inline::Code { .. }
            | Inline::Image { .. }
            | Inline::FootnoteRef { .. }
            | Inline::Break => {}
        }
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn patches_lead_to_the_one_shot_reading_of_markdown(pieces in cut(markdown())) {
        hold(&pieces)?;
    }

    #[test]
    fn patches_lead_to_the_one_shot_reading_of_any_text(pieces in cut(any::<String>())) {
        hold(&pieces)?;
    }

    #[test]
    fn patches_lead_to_the_one_shot_reading_character_by_character(text in markdown()) {
        let pieces: Vec<String> = text.chars().map(String::from).collect();
        hold(&pieces)?;
    }
}
