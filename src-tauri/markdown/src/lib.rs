//! Markdown text in, a typed tree and its patches out.
//!
//! A reply is read here, not in the window: [`Document::push`] takes what has arrived and answers with
//! what to do to the tree the window has. There are no HTML strings anywhere on that way, so there is
//! nothing to sanitise; [`to_html`] serves the clipboard alone.
//!
//! **The law.** After any pushes, the old tree with their patches applied in order is the one-shot
//! [`parse`] of all their text. A test holds it against arbitrary text cut at arbitrary places.
//!
//! What is read: CommonMark; GitHub's tables, task lists, strikethrough, footnotes, alerts and bare
//! links; formulas. Raw HTML is text, except for `<br>`. Links lead to `http`, `https`
//! and `mailto` only; others leave their text. Images are never loaded.
//!
//! Every bound on what comes from outside is a constant below. Reading costs time linear in the text but
//! for what pulldown-cmark's documentation excepts, and stack bounded by [`MAX_DEPTH`].

mod held;
mod html;
mod inline;
mod math;
mod patch;
mod read;
mod text;
mod tree;

pub use html::to_html;
pub use patch::{Op, Patch, apply};
pub use text::plain_text;
pub use tree::{Alert, Align, Block, Cell, Chunk, Inline, Item, Row, Token, TokenClass};

/// Lines of code in one node. One growing text node of 80 kB costs a window 36 s, pieces 0.4 s.
pub const CHUNK_LINES: usize = 32;

/// How deep containers (quotes, lists, footnotes) nest, and how deep spans do inside a line. What is
/// deeper belongs to the deepest that is not: its text stays, its nesting goes.
pub const MAX_DEPTH: usize = 64;

/// Bytes of a link's address; a longer one is no link.
pub const MAX_LINK: usize = 2048;

/// Bytes of a code block's language and of a footnote's label.
pub const MAX_LANG: usize = 64;

/// Reads `source` as a whole. A pure function that takes any text.
pub fn parse(source: &str) -> Vec<Block> {
    let source = held::settled(source);
    let (formulas, replaced) = math::Formulas::find(source);
    read::read(replaced.as_deref().unwrap_or(source), &formulas)
}

/// Reads `source` as a text that is whole: nothing at its end waits for more.
pub fn parse_finished(source: &str) -> Vec<Block> {
    let (formulas, replaced) = math::Formulas::find(source);
    read::read(replaced.as_deref().unwrap_or(source), &formulas)
}

/// A text that grows, and its tree.
#[derive(Debug, Clone, Default)]
pub struct Document {
    source: String,
    blocks: Vec<Block>,
}

impl Document {
    /// An empty one.
    pub fn new() -> Self {
        Self::default()
    }

    /// Appends `text` and answers what that does to the tree.
    pub fn push(&mut self, text: &str) -> Patch {
        if text.is_empty() {
            return Patch::default();
        }
        self.source.push_str(text);
        let blocks = parse(&self.source);
        let patch = patch::diff(&self.blocks, &blocks);
        self.blocks = blocks;
        patch
    }

    /// Reads what waited at the end: no more is coming. The tree is then [`parse_finished`]'s. More may
    /// come all the same (a reply that is continued).
    pub fn finish(&mut self) -> Patch {
        let blocks = parse_finished(&self.source);
        let patch = patch::diff(&self.blocks, &blocks);
        self.blocks = blocks;
        patch
    }

    /// The tree.
    pub fn blocks(&self) -> &[Block] {
        &self.blocks
    }

    /// All the text so far.
    pub fn source(&self) -> &str {
        &self.source
    }
}
