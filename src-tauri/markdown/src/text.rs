//! The plain text of a reply, for search: its words, without what only shapes them.

use crate::tree::{Block, Chunk, Inline};

/// The text of `blocks`, a line each; formulas as LaTeX, images by their descriptions.
pub fn plain_text(blocks: &[Block]) -> String {
    let mut out = String::new();
    of_blocks(blocks, &mut out);
    out.truncate(out.trim_end().len());
    out
}

pub(crate) fn of_inlines(children: &[Inline]) -> String {
    let mut out = String::new();
    inlines(children, &mut out);
    out
}

fn of_blocks(blocks: &[Block], out: &mut String) {
    for block in blocks {
        match block {
            Block::Paragraph { children } | Block::Heading { children, .. } => {
                inlines(children, out);
            }
            Block::Quote { children, .. } | Block::Footnote { children, .. } => {
                of_blocks(children, out);
            }
            Block::Code { chunks, .. } | Block::Html { chunks } => {
                out.extend(chunks.iter().flat_map(Chunk::text));
            }
            Block::List { items, .. } => {
                for item in items {
                    of_blocks(&item.children, out);
                }
            }
            Block::Table { rows, .. } => {
                for row in rows {
                    for (n, cell) in row.0.iter().enumerate() {
                        out.push_str(if n == 0 { "" } else { "\t" });
                        inlines(&cell.0, out);
                    }
                    out.push('\n');
                }
            }
            Block::Math { tex, .. } => out.push_str(tex),
            Block::Rule => {}
        }
        if !out.is_empty() && !out.ends_with('\n') {
            out.push('\n');
        }
    }
}

fn inlines(children: &[Inline], out: &mut String) {
    for child in children {
        match child {
            Inline::Em { children }
            | Inline::Strong { children }
            | Inline::Strike { children }
            | Inline::Link { children, .. } => inlines(children, out),
            Inline::Code { text } | Inline::Text(text) => out.push_str(text),
            Inline::Math { tex, .. } => out.push_str(tex),
            Inline::Image { alt, .. } => out.push_str(alt),
            Inline::FootnoteRef { .. } => {}
            Inline::Break => out.push('\n'),
        }
    }
}
