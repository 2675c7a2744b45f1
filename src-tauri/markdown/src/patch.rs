//! What to do to a tree so that it becomes another: down the right-hand spine, *keep n children,
//! append these, append text*.

use serde::{Serialize, Serializer};
use ts_rs::TS;

use crate::tree::{Block, Cell, Chunk, Inline, Item, Row, Token};

/// What turns one tree into another. Its operations are applied in order.
#[derive(Debug, Clone, PartialEq, Default, Serialize, TS)]
#[ts(export)]
pub struct Patch(#[ts(as = "Vec<Wire<'static>>")] pub Vec<Op>);

impl Patch {
    /// Whether there is nothing to do.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// One operation. `at` names the node: indices of children from the root. The operations named after
/// a kind of children keep the first `keep` of the node's and append `add` to them.
///
/// On the wire it is an array that begins with its name, for every operation of a stream pays for its
/// field names again.
#[derive(Debug, Clone, PartialEq)]
pub enum Op {
    /// At the root, a quote, an item or a footnote.
    Blocks {
        /// The node.
        at: Vec<u32>,
        /// How many children stay.
        keep: u32,
        /// What follows them.
        add: Vec<Block>,
    },
    /// At a list.
    Items {
        /// The node.
        at: Vec<u32>,
        /// How many children stay.
        keep: u32,
        /// What follows them.
        add: Vec<Item>,
    },
    /// At a table.
    Rows {
        /// The node.
        at: Vec<u32>,
        /// How many children stay.
        keep: u32,
        /// What follows them.
        add: Vec<Row>,
    },
    /// At a row.
    Cells {
        /// The node.
        at: Vec<u32>,
        /// How many children stay.
        keep: u32,
        /// What follows them.
        add: Vec<Cell>,
    },
    /// At a paragraph, a heading, a cell, or an inline that has children.
    Inlines {
        /// The node.
        at: Vec<u32>,
        /// How many children stay.
        keep: u32,
        /// What follows them.
        add: Vec<Inline>,
    },
    /// At a code block or raw HTML.
    Chunks {
        /// The node.
        at: Vec<u32>,
        /// How many children stay.
        keep: u32,
        /// What follows them.
        add: Vec<Chunk>,
    },
    /// At a piece of code or raw HTML.
    Tokens {
        /// The node.
        at: Vec<u32>,
        /// How many children stay.
        keep: u32,
        /// What follows them.
        add: Vec<Token>,
    },
    /// At a text, or at a token: append to it.
    Text {
        /// The node.
        at: Vec<u32>,
        /// Cut the text to so many UTF-16 units first; absent: all of it stays.
        keep: Option<u32>,
        /// What follows.
        add: String,
    },
    /// At a list: whether it is loose.
    Loose {
        /// The node.
        at: Vec<u32>,
        /// Whether it is.
        loose: bool,
    },
}

/// An operation as it travels.
#[derive(Serialize, TS)]
#[serde(untagged)]
#[ts(export, rename = "Op")]
enum Wire<'a> {
    Blocks(#[ts(type = "\"blocks\"")] Name, &'a [u32], u32, &'a [Block]),
    Items(#[ts(type = "\"items\"")] Name, &'a [u32], u32, &'a [Item]),
    Rows(#[ts(type = "\"rows\"")] Name, &'a [u32], u32, &'a [Row]),
    Cells(#[ts(type = "\"cells\"")] Name, &'a [u32], u32, &'a [Cell]),
    Inlines(
        #[ts(type = "\"inlines\"")] Name,
        &'a [u32],
        u32,
        &'a [Inline],
    ),
    Chunks(#[ts(type = "\"chunks\"")] Name, &'a [u32], u32, &'a [Chunk]),
    Tokens(#[ts(type = "\"tokens\"")] Name, &'a [u32], u32, &'a [Token]),
    Append(#[ts(type = "\"text\"")] Name, &'a [u32], &'a str),
    Replace(#[ts(type = "\"text\"")] Name, &'a [u32], &'a str, u32),
    Loose(#[ts(type = "\"loose\"")] Name, &'a [u32], bool),
}

type Name = &'static str;

impl Serialize for Op {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Blocks { at, keep, add } => Wire::Blocks("blocks", at, *keep, add),
            Self::Items { at, keep, add } => Wire::Items("items", at, *keep, add),
            Self::Rows { at, keep, add } => Wire::Rows("rows", at, *keep, add),
            Self::Cells { at, keep, add } => Wire::Cells("cells", at, *keep, add),
            Self::Inlines { at, keep, add } => Wire::Inlines("inlines", at, *keep, add),
            Self::Chunks { at, keep, add } => Wire::Chunks("chunks", at, *keep, add),
            Self::Tokens { at, keep, add } => Wire::Tokens("tokens", at, *keep, add),
            Self::Text {
                at,
                keep: None,
                add,
            } => Wire::Append("text", at, add),
            Self::Text {
                at,
                keep: Some(keep),
                add,
            } => Wire::Replace("text", at, add, *keep),
            Self::Loose { at, loose } => Wire::Loose("loose", at, *loose),
        }
        .serialize(serializer)
    }
}

/// A kind of child: how two of them are compared, and how a list of them is spliced.
trait Node: PartialEq + Clone {
    /// Adds what turns `self`, which is at `path`, into `new`, and says so; or says that only a
    /// replacement can, and adds nothing.
    fn grow(&self, new: &Self, path: &mut Vec<u32>, ops: &mut Vec<Op>) -> bool;
    /// The operation that splices children of this kind.
    fn splice(at: Vec<u32>, keep: u32, add: Vec<Self>) -> Op;
}

/// What turns a root whose blocks from the one at `first` on are `old` into one where they are `new`.
pub(crate) fn diff(old: &[Block], new: &[Block], first: usize) -> Patch {
    let mut ops = Vec::new();
    children_from(first, old, new, &mut Vec::new(), &mut ops);
    Patch(ops)
}

fn children<T: Node>(old: &[T], new: &[T], path: &mut Vec<u32>, ops: &mut Vec<Op>) {
    children_from(0, old, new, path, ops);
}

fn children_from<T: Node>(
    first: usize,
    old: &[T],
    new: &[T],
    path: &mut Vec<u32>,
    ops: &mut Vec<Op>,
) {
    let mut keep = old.iter().zip(new).take_while(|(a, b)| a == b).count();
    if keep == old.len() && keep == new.len() {
        return;
    }
    if let (Some(a), Some(b)) = (old.get(keep), new.get(keep)) {
        path.push(index(first + keep));
        if a.grow(b, path, ops) {
            keep += 1;
        }
        path.pop();
    }
    if keep < old.len() || keep < new.len() {
        let at = path.clone();
        ops.push(T::splice(at, index(first + keep), new[keep..].to_vec()));
    }
}

/// Replies are bounded far below 4 G nodes.
fn index(n: usize) -> u32 {
    u32::try_from(n).unwrap_or(u32::MAX)
}

fn text(old: &str, new: &str, path: &[u32], ops: &mut Vec<Op>) {
    if old == new {
        return;
    }
    let (keep, add) = match new.strip_prefix(old) {
        Some(add) => (None, add),
        None => {
            let same: usize = old
                .chars()
                .zip(new.chars())
                .take_while(|(a, b)| a == b)
                .map(|(a, _)| a.len_utf8())
                .sum();
            let units = new[..same].encode_utf16().count();
            (Some(index(units)), &new[same..])
        }
    };
    ops.push(Op::Text {
        at: path.to_vec(),
        keep,
        add: add.to_owned(),
    });
}

impl Node for Block {
    fn grow(&self, new: &Self, path: &mut Vec<u32>, ops: &mut Vec<Op>) -> bool {
        match (self, new) {
            (Block::Paragraph { children: a }, Block::Paragraph { children: b }) => {
                children(a, b, path, ops);
            }
            (
                Block::Heading {
                    level: la,
                    children: a,
                },
                Block::Heading {
                    level: lb,
                    children: b,
                },
            ) if la == lb => children(a, b, path, ops),
            (
                Block::Quote {
                    alert: ka,
                    children: a,
                },
                Block::Quote {
                    alert: kb,
                    children: b,
                },
            ) if ka == kb => children(a, b, path, ops),
            (
                Block::Code {
                    lang: la,
                    chunks: a,
                },
                Block::Code {
                    lang: lb,
                    chunks: b,
                },
            ) if la == lb => children(a, b, path, ops),
            (
                Block::List {
                    start: sa,
                    loose: la,
                    items: a,
                },
                Block::List {
                    start: sb,
                    loose: lb,
                    items: b,
                },
            ) if sa == sb => {
                if la != lb {
                    ops.push(Op::Loose {
                        at: path.clone(),
                        loose: *lb,
                    });
                }
                children(a, b, path, ops);
            }
            (Block::Table { align: ka, rows: a }, Block::Table { align: kb, rows: b })
                if ka == kb =>
            {
                children(a, b, path, ops);
            }
            (
                Block::Footnote {
                    label: la,
                    children: a,
                },
                Block::Footnote {
                    label: lb,
                    children: b,
                },
            ) if la == lb => children(a, b, path, ops),
            (Block::Html { chunks: a }, Block::Html { chunks: b }) => children(a, b, path, ops),
            _ => return false,
        }
        true
    }

    fn splice(at: Vec<u32>, keep: u32, add: Vec<Self>) -> Op {
        Op::Blocks { at, keep, add }
    }
}

impl Node for Inline {
    fn grow(&self, new: &Self, path: &mut Vec<u32>, ops: &mut Vec<Op>) -> bool {
        match (self, new) {
            (Inline::Text(a), Inline::Text(b)) => text(a, b, path, ops),
            (Inline::Em { children: a }, Inline::Em { children: b })
            | (Inline::Strong { children: a }, Inline::Strong { children: b })
            | (Inline::Strike { children: a }, Inline::Strike { children: b }) => {
                children(a, b, path, ops);
            }
            (
                Inline::Link {
                    href: ha,
                    children: a,
                },
                Inline::Link {
                    href: hb,
                    children: b,
                },
            ) if ha == hb => children(a, b, path, ops),
            _ => return false,
        }
        true
    }

    fn splice(at: Vec<u32>, keep: u32, add: Vec<Self>) -> Op {
        Op::Inlines { at, keep, add }
    }
}

impl Node for Item {
    fn grow(&self, new: &Self, path: &mut Vec<u32>, ops: &mut Vec<Op>) -> bool {
        if self.task != new.task {
            return false;
        }
        children(&self.children, &new.children, path, ops);
        true
    }

    fn splice(at: Vec<u32>, keep: u32, add: Vec<Self>) -> Op {
        Op::Items { at, keep, add }
    }
}

impl Node for Row {
    fn grow(&self, new: &Self, path: &mut Vec<u32>, ops: &mut Vec<Op>) -> bool {
        children(&self.0, &new.0, path, ops);
        true
    }

    fn splice(at: Vec<u32>, keep: u32, add: Vec<Self>) -> Op {
        Op::Rows { at, keep, add }
    }
}

impl Node for Cell {
    fn grow(&self, new: &Self, path: &mut Vec<u32>, ops: &mut Vec<Op>) -> bool {
        children(&self.0, &new.0, path, ops);
        true
    }

    fn splice(at: Vec<u32>, keep: u32, add: Vec<Self>) -> Op {
        Op::Cells { at, keep, add }
    }
}

impl Node for Chunk {
    fn grow(&self, new: &Self, path: &mut Vec<u32>, ops: &mut Vec<Op>) -> bool {
        children(&self.0, &new.0, path, ops);
        true
    }

    fn splice(at: Vec<u32>, keep: u32, add: Vec<Self>) -> Op {
        Op::Chunks { at, keep, add }
    }
}

impl Node for Token {
    fn grow(&self, new: &Self, path: &mut Vec<u32>, ops: &mut Vec<Op>) -> bool {
        if self.class() != new.class() {
            return false;
        }
        text(self.text(), new.text(), path, ops);
        true
    }

    fn splice(at: Vec<u32>, keep: u32, add: Vec<Self>) -> Op {
        Op::Tokens { at, keep, add }
    }
}

/// Does to `blocks` what `patch` says, exactly as a window does to what it shows. An operation that
/// names a node that is not there is skipped: the patch was made for another tree.
pub fn apply(blocks: &mut Vec<Block>, patch: &Patch) {
    for op in &patch.0 {
        match op {
            Op::Blocks { at, keep, add } => {
                if let Some(Children::Blocks(c)) = find(blocks, at) {
                    splice(c, *keep, add);
                }
            }
            Op::Items { at, keep, add } => {
                if let Some(Children::List(_, c)) = find(blocks, at) {
                    splice(c, *keep, add);
                }
            }
            Op::Rows { at, keep, add } => {
                if let Some(Children::Rows(c)) = find(blocks, at) {
                    splice(c, *keep, add);
                }
            }
            Op::Cells { at, keep, add } => {
                if let Some(Children::Cells(c)) = find(blocks, at) {
                    splice(c, *keep, add);
                }
            }
            Op::Inlines { at, keep, add } => {
                if let Some(Children::Inlines(c)) = find(blocks, at) {
                    splice(c, *keep, add);
                }
            }
            Op::Chunks { at, keep, add } => {
                if let Some(Children::Chunks(c)) = find(blocks, at) {
                    splice(c, *keep, add);
                }
            }
            Op::Tokens { at, keep, add } => {
                if let Some(Children::Tokens(c)) = find(blocks, at) {
                    splice(c, *keep, add);
                }
            }
            Op::Text { at, keep, add } => {
                if let Some(Children::Text(text)) = find(blocks, at) {
                    if let Some(keep) = keep {
                        text.truncate(byte_of_unit(text, *keep as usize));
                    }
                    text.push_str(add);
                }
            }
            Op::Loose { at, loose } => {
                if let Some(Children::List(flag, _)) = find(blocks, at) {
                    *flag = *loose;
                }
            }
        }
    }
}

fn splice<T: Clone>(children: &mut Vec<T>, keep: u32, add: &[T]) {
    children.truncate(keep as usize);
    children.extend_from_slice(add);
}

fn byte_of_unit(text: &str, unit: usize) -> usize {
    let mut units = 0;
    for (byte, c) in text.char_indices() {
        if units >= unit {
            return byte;
        }
        units += c.len_utf16();
    }
    text.len()
}

/// What a node has below it.
enum Children<'a> {
    Blocks(&'a mut Vec<Block>),
    List(&'a mut bool, &'a mut Vec<Item>),
    Rows(&'a mut Vec<Row>),
    Cells(&'a mut Vec<Cell>),
    Inlines(&'a mut Vec<Inline>),
    Chunks(&'a mut Vec<Chunk>),
    Tokens(&'a mut Vec<Token>),
    Text(&'a mut String),
}

fn find<'a>(root: &'a mut Vec<Block>, at: &[u32]) -> Option<Children<'a>> {
    at.iter()
        .try_fold(Children::Blocks(root), |node, &i| node.child(i as usize))
}

impl<'a> Children<'a> {
    fn child(self, i: usize) -> Option<Children<'a>> {
        Some(match self {
            Children::Blocks(c) => match c.get_mut(i)? {
                Block::Paragraph { children } | Block::Heading { children, .. } => {
                    Children::Inlines(children)
                }
                Block::Quote { children, .. } | Block::Footnote { children, .. } => {
                    Children::Blocks(children)
                }
                Block::Code { chunks, .. } | Block::Html { chunks } => Children::Chunks(chunks),
                Block::List { loose, items, .. } => Children::List(loose, items),
                Block::Table { rows, .. } => Children::Rows(rows),
                Block::Math { .. } | Block::Rule => return None,
            },
            Children::List(_, c) => Children::Blocks(&mut c.get_mut(i)?.children),
            Children::Rows(c) => Children::Cells(&mut c.get_mut(i)?.0),
            Children::Cells(c) => Children::Inlines(&mut c.get_mut(i)?.0),
            Children::Inlines(c) => match c.get_mut(i)? {
                Inline::Em { children }
                | Inline::Strong { children }
                | Inline::Strike { children }
                | Inline::Link { children, .. } => Children::Inlines(children),
                Inline::Text(text) => Children::Text(text),
                Inline::Code { .. }
                | Inline::Math { .. }
                | Inline::Image { .. }
                | Inline::FootnoteRef { .. }
                | Inline::Break => return None,
            },
            Children::Chunks(c) => Children::Tokens(&mut c.get_mut(i)?.0),
            Children::Tokens(c) => match c.get_mut(i)? {
                Token::Text(text) | Token::Span(_, text) => Children::Text(text),
            },
            Children::Text(_) => return None,
        })
    }
}
