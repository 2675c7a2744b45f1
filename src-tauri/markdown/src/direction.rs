//! Which way a text runs, by its first letter: what the window says of what it draws (`direction.ts`), for
//! what is copied.

use std::ops::ControlFlow;

use crate::tree::{Block, Chunk, Inline};

/// Which way a text runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Direction {
    LeftToRight,
    RightToLeft,
}

/// Nodes that are looked at: a table of numbers is not read to its end for each thing around it.
const MOST: usize = 256;

/// The direction of the first letter, if there is one. Formulas and images say nothing of it.
pub(crate) fn direction(blocks: &[Block]) -> Option<Direction> {
    Search { left: MOST }.blocks(blocks).break_value().flatten()
}

/// Ends with what was found, or with nothing when it has looked at enough.
type Found = ControlFlow<Option<Direction>>;

struct Search {
    left: usize,
}

impl Search {
    fn looks(&mut self) -> Found {
        if self.left == 0 {
            return ControlFlow::Break(None);
        }
        self.left -= 1;
        ControlFlow::Continue(())
    }

    fn blocks(&mut self, blocks: &[Block]) -> Found {
        blocks.iter().try_for_each(|block| {
            self.looks()?;
            match block {
                Block::Paragraph { children } | Block::Heading { children, .. } => {
                    self.inlines(children)
                }
                Block::Quote { children, .. } | Block::Footnote { children, .. } => {
                    self.blocks(children)
                }
                Block::List { items, .. } => items.iter().try_for_each(|item| {
                    self.looks()?;
                    self.blocks(&item.children)
                }),
                Block::Table { rows, .. } => {
                    rows.iter().flat_map(|row| &row.0).try_for_each(|cell| {
                        self.looks()?;
                        self.inlines(&cell.0)
                    })
                }
                Block::Code { chunks, .. } | Block::Html { chunks } => chunks
                    .iter()
                    .flat_map(Chunk::text)
                    .try_for_each(|text| self.text(text)),
                Block::Math { .. } | Block::Rule => ControlFlow::Continue(()),
            }
        })
    }

    fn inlines(&mut self, children: &[Inline]) -> Found {
        children.iter().try_for_each(|child| match child {
            Inline::Em { children }
            | Inline::Strong { children }
            | Inline::Strike { children }
            | Inline::Link { children, .. } => self.inlines(children),
            Inline::Code { text } | Inline::Text(text) => self.text(text),
            Inline::FootnoteRef { label } => self.text(label),
            Inline::Math { .. } | Inline::Image { .. } | Inline::Break => self.looks(),
        })
    }

    fn text(&mut self, text: &str) -> Found {
        self.looks()?;
        match text.chars().find(|c| c.is_alphabetic()) {
            None => ControlFlow::Continue(()),
            Some(letter) if runs_from_right(letter) => {
                ControlFlow::Break(Some(Direction::RightToLeft))
            }
            Some(_) => ControlFlow::Break(Some(Direction::LeftToRight)),
        }
    }
}

/// A letter of the scripts that are written from right to left: the blocks that Unicode keeps for them.
fn runs_from_right(letter: char) -> bool {
    matches!(letter,
        '\u{0590}'..='\u{08FF}' | '\u{FB1D}'..='\u{FDFF}' | '\u{FE70}'..='\u{FEFF}'
        | '\u{10800}'..='\u{10FFF}' | '\u{1E800}'..='\u{1EFFF}')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(source: &str) -> Option<Direction> {
        direction(&crate::parse_finished(source))
    }

    #[test]
    fn the_first_letter_decides_whatever_stands_before_it() {
        assert_eq!(of("a שלום"), Some(Direction::LeftToRight));
        assert_eq!(of("1. **(שלום** a)"), Some(Direction::RightToLeft));
        let table = "| 1 | 2 |\n|---|---|\n| 3 | مرحبا |";
        assert_eq!(of(table), Some(Direction::RightToLeft));
        assert_eq!(of("> - 12\n> - مرحبا"), Some(Direction::RightToLeft));
    }

    #[test]
    fn what_has_no_letter_has_no_direction() {
        assert_eq!(of("12 – 13"), None);
        assert_eq!(of("$ש$"), None);
        assert_eq!(of(""), None);
    }

    #[test]
    fn a_long_text_without_a_letter_is_not_read_to_its_end() {
        assert_eq!(of("1\n\nש"), Some(Direction::RightToLeft));
        assert_eq!(of(&format!("{}ש", "1\n\n".repeat(MOST))), None);
        assert_eq!(of(&format!("{}ש", "- \n".repeat(MOST))), None);
    }
}
