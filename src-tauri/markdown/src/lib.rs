//! Markdown text in, a typed tree and its patches out.
//!
//! A reply is read here, not in the window: [`Document::push`] takes what has arrived and answers with
//! what to do to the tree the window has. There are no HTML strings anywhere on that way, so there is
//! nothing to sanitise; [`to_html`] and [`to_markdown`] serve the clipboard alone.
//!
//! **The law.** After any pushes, the old tree with their patches applied in order is the one-shot
//! [`parse`] of all their text; after [`Document::finish`] it is [`parse_finished`]'s. A test holds it
//! against arbitrary text cut at arbitrary places.
//!
//! What is read: CommonMark; GitHub's tables, task lists, strikethrough, footnotes, alerts and bare
//! links; formulas. Raw HTML is text, except for `<br>`. Links lead to `http`, `https`
//! and `mailto` only; others leave their text. Images are addresses: nothing is loaded here.
//!
//! Every bound on what comes from outside is a constant below. Reading costs time linear in the text but
//! for what pulldown-cmark's documentation excepts, and stack bounded by [`MAX_DEPTH`].

mod code;
mod direction;
mod document;
mod html;
mod image;
mod inline;
mod math;
mod open_end;
mod patch;
mod read;
mod reading;
mod text;
mod tree;
mod write;

use code::Colours;
use reading::Definitions;

pub use document::Document;
pub use html::{inline_html, to_html};
pub use patch::{Op, Patch, apply};
pub use text::plain_text;
pub use tree::{Alert, Align, Block, Cell, Chunk, Inline, Item, Row, Token, TokenClass};
pub use write::to_markdown;

/// Lines of code in one node. A window lays a node that grows out whole, tokens and all: a line more costs
/// 2.2 ms in a node of 32 coloured lines and 0.6 ms in one of 4.
pub const CHUNK_LINES: usize = 4;

/// How deep containers (quotes, lists, footnotes) nest, and how deep spans do inside a line. What is
/// deeper belongs to the deepest that is not: its text stays, its nesting goes.
pub const MAX_DEPTH: usize = 64;

/// Bytes of a link's address; a longer one is no link.
pub const MAX_LINK: usize = 2048;

/// Bytes of an address that carries an image (`data:`). A longer one keeps its beginning, which says what
/// it was.
pub const MAX_DATA_IMAGE: usize = 128 << 10;

/// Bytes of a code block's language and of a footnote's label.
pub const MAX_LANG: usize = 64;

/// Reads `source` as the beginning of a text that grows: how its last line is read, [`open_end`] says. Of a
/// text that ends with a line end, only a table's head is read otherwise than in [`parse_finished`].
pub fn parse(source: &str) -> Vec<Block> {
    reading::read(source, &Definitions::new(), &mut Colours::default(), false).blocks
}

/// Reads `source` as a text that is whole.
pub fn parse_finished(source: &str) -> Vec<Block> {
    reading::read(source, &Definitions::new(), &mut Colours::default(), true).blocks
}

/// The words of a text that is whole: [`plain_text`] of [`parse_finished`], in a fraction of its time, as no
/// code is coloured.
pub fn words(source: &str) -> String {
    plain_text(&reading::read(source, &Definitions::new(), &mut Colours::none(), true).blocks)
}
