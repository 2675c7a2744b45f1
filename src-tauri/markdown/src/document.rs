//! A text that grows. What is finished is not read again.
//!
//! Each push reads the text from the last *committed* place on. A place is committed when nothing that
//! follows can change what stands before it: a block of the root begins there, behind a blank line, and
//! its first line is whole. Block structure is decided line by line (CommonMark 3.1), so only references
//! reach across such a place:
//! - a link reference definition serves the whole text. Those before the place are kept for what
//!   follows; a new one that something before the place has been waiting for has all of it read again;
//!   and no place is committed while a definition stands behind it, for it may still be growing;
//! - a footnote reference is one only if the text has such a footnote: a text with footnotes is read
//!   whole at every push.

use std::collections::HashSet;

use crate::code::Colours;
use crate::patch::{self, Patch};
use crate::reading::{self, Definitions, Label, Reading};
use crate::tree::Block;

/// Bytes up to which a text is simply read again.
const SMALL: usize = 4 << 10;

/// Bytes that references may take from definitions before the whole text is read at every push: far
/// below the 100,000 at which pulldown-cmark stops resolving them, which depends on the whole text.
const MAX_EXPANDED: usize = 40_000;

/// Bytes of the block at the end that are drawn again in a frame's time. See [`Document::frames`].
const LEAF_PER_FRAME: usize = 6 << 10;

/// Frames that a giant block is shown behind at the most.
const MAX_FRAMES: u32 = 15;

/// A text that grows, and its tree.
#[derive(Debug, Clone, Default)]
pub struct Document {
    source: String,
    blocks: Vec<Block>,
    committed: Committed,
    colours: Colours,
    /// The text is read whole at every push.
    whole: bool,
}

/// What is finished.
#[derive(Debug, Clone, Default)]
struct Committed {
    /// Bytes of the text.
    bytes: usize,
    /// Blocks of the root.
    blocks: usize,
    definitions: Definitions,
    /// References that have no definition yet.
    missing: HashSet<Label>,
    /// Bytes that references took from definitions, or more.
    expanded: usize,
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
        // Signs of [`crate::math`] are chosen by what the text does not hold.
        self.whole |= text.contains(crate::math::SIGNS);
        self.read(false)
    }

    /// Reads what waited at the end: no more is coming. The tree is then [`crate::parse_finished`]'s. More
    /// may come all the same (a reply that is continued).
    pub fn finish(&mut self) -> Patch {
        self.read(true)
    }

    /// The tree.
    pub fn blocks(&self) -> &[Block] {
        &self.blocks
    }

    /// All the text so far.
    pub fn source(&self) -> &str {
        &self.source
    }

    /// After how many frames the next patch is due: 1, but for a text that ends in one giant paragraph, or
    /// one giant line of code, which the window lays out whole whenever it grows.
    pub fn frames(&self) -> u32 {
        let heft = self.blocks.last().map_or(0, Block::heft);
        u32::try_from(heft / LEAF_PER_FRAME)
            .unwrap_or(MAX_FRAMES)
            .clamp(1, MAX_FRAMES)
    }

    fn read(&mut self, finished: bool) -> Patch {
        let reading = self.reading(finished);
        let kept = self.committed.blocks;
        let patch = patch::diff(&self.blocks[kept..], &reading.blocks, kept);
        let place = self.place_to_commit(&reading);
        self.blocks.truncate(kept);
        if let Some(place) = place {
            self.commit(place, &reading);
        }
        self.blocks.extend(reading.blocks);
        patch
    }

    fn reading(&mut self, finished: bool) -> Reading {
        loop {
            if self.whole {
                self.committed = Committed::default();
                self.colours.rewind();
            }
            let committed = &self.committed;
            let reading = reading::read(
                &self.source[committed.bytes..],
                &committed.definitions,
                &mut self.colours,
                finished,
            );
            if committed.bytes == 0 {
                return reading;
            }
            let defined = |among: &dyn Fn(&Label) -> bool| {
                reading.definitions.iter().any(|(label, ..)| among(label))
            };
            if reading.has_footnotes
                || committed.expanded + reading.expanded > MAX_EXPANDED
                || defined(&|label| committed.definitions.contains_key(label))
            {
                self.whole = true;
            } else if defined(&|label| committed.missing.contains(label)) {
                self.committed = Committed::default();
                self.colours.rewind();
            } else {
                return reading;
            }
        }
    }

    /// The index of the block before which all is finished, in a reading of what was not.
    fn place_to_commit(&self, reading: &Reading) -> Option<usize> {
        let from = self.committed.bytes;
        let text = &self.source[from..];
        if self.whole
            || text.len() < SMALL
            || reading.has_footnotes
            || reading.starts.len() != reading.blocks.len()
            // A formula in a label has a number there, which another reading gives to another one.
            || reading.definitions.iter().any(|(label, ..)| label.contains(crate::math::SIGNS))
        {
            return None;
        }
        let last_definition = reading.definitions.iter().map(|(.., at)| *at).max();
        reading.starts.iter().rposition(|start| {
            start.at.is_some_and(|at| {
                at > 0
                    && last_definition.is_none_or(|definition| definition < at)
                    && is_place(text, at)
            })
        })
    }

    /// Everything before the block at `index` of `reading` is finished.
    fn commit(&mut self, index: usize, reading: &Reading) {
        let Some(start) = reading.starts.get(index) else {
            return;
        };
        let Some(at) = start
            .at
            .and_then(|at| line_start(&self.source[self.committed.bytes..], at))
        else {
            return;
        };
        self.colours.pass(start.codes);
        let committed = &mut self.committed;
        committed.bytes += at;
        committed.blocks += index;
        committed.expanded += reading.expanded;
        for (label, definition, _) in &reading.definitions {
            committed
                .definitions
                .entry(label.clone())
                .or_insert_with(|| definition.clone());
        }
        let missing = reading.missing.iter().filter(|(_, place)| *place < at);
        committed
            .missing
            .extend(missing.map(|(label, _)| label.clone()));
    }
}

/// Where the line begins on which, behind nothing but spaces, a block begins at `at`.
fn line_start(text: &str, at: usize) -> Option<usize> {
    let line = text.get(..at)?.rfind('\n').map_or(0, |end| end + 1);
    text[line..at].bytes().all(|b| b == b' ').then_some(line)
}

/// Whether a block that begins at `at` begins a line behind a blank one, and its first line is whole.
fn is_place(text: &str, at: usize) -> bool {
    let Some(line) = line_start(text, at) else {
        return false;
    };
    let Some(above) = text[..line].strip_suffix('\n') else {
        return false;
    };
    let above = above.rsplit('\n').next().unwrap_or_default();
    above.trim_matches([' ', '\t', '\r']).is_empty()
        && text[at..].contains('\n')
        // At the start of a text it would be no character.
        && !text[line..].starts_with('\u{feff}')
}
