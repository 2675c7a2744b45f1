//! Snippets: what a hit shows of a text, with what was found marked.

use std::ops::Range;

use super::marks::marks;
use crate::view::{Marked, Role};

/// Characters of a snippet, about.
const CHARACTERS: usize = 160;
/// Of these, so many before the first hit.
const BEFORE: usize = 40;
/// Of a text, so many bytes after the first hit are looked at: with every mark, enough for a snippet.
const WINDOW_BYTES: usize = 4 << 10;

/// The words of `text` around the first of `ranges`, on one line, hits marked. What a model wrote is
/// Markdown, whose marks are left out.
pub(super) fn snippet(text: &str, role: Role, ranges: &[Range<usize>]) -> Vec<Marked> {
    let first = ranges.first().cloned().unwrap_or_default();
    let start = start_of(text, first.start);
    let window = start..text.floor_char_boundary(first.end.max(start) + WINDOW_BYTES);
    let marks = match role {
        Role::User => Vec::new(),
        Role::Assistant => marks(text, window.clone(), ranges),
    };
    // What is between the marks, as far as there is room, and at least the first hit.
    let mut room = CHARACTERS;
    let mut end = start;
    let mut out = Pieces::default();
    if start > 0 {
        out.push("…", false);
    }
    for mark in marks
        .into_iter()
        .chain(std::iter::once(window.end..window.end))
    {
        if mark.start < end {
            continue;
        }
        let between = &text[end..mark.start];
        let cut = between
            .char_indices()
            .nth(room)
            .map_or(between.len(), |(at, _)| at);
        let cut = cut.max(first.end.min(mark.start).saturating_sub(end));
        room -= between[..cut].chars().count().min(room);
        marked_in(text, end..end + cut, ranges, &mut out);
        end += cut;
        if cut < between.len() || (room == 0 && end >= first.end) {
            break;
        }
        if text[mark.clone()] == *"|" {
            out.push(" ", false);
        }
        end = mark.end;
    }
    if end < text.len() {
        out.push("…", false);
    }
    out.into_pieces()
}

/// The whole of `text`, hits marked.
pub(super) fn marked(text: &str, ranges: &[Range<usize>]) -> Vec<Marked> {
    let mut out = Pieces::default();
    marked_in(text, 0..text.len(), ranges, &mut out);
    out.into_pieces()
}

/// Some characters before the first hit, at the beginning of a word if there is one.
fn start_of(text: &str, first: usize) -> usize {
    let before = text[..first]
        .char_indices()
        .rev()
        .nth(BEFORE - 1)
        .map_or(0, |(at, _)| at);
    if before == 0 {
        return 0;
    }
    text[before..first]
        .char_indices()
        .find(|(_, character)| character.is_whitespace())
        .map_or(before, |(at, space)| before + at + space.len_utf8())
}

fn marked_in(text: &str, window: Range<usize>, ranges: &[Range<usize>], out: &mut Pieces) {
    let mut at = window.start;
    for range in ranges {
        let start = range.start.clamp(at, window.end);
        let end = range.end.clamp(start, window.end);
        if start == end {
            continue;
        }
        out.push(&text[at..start], false);
        out.push(&text[start..end], true);
        at = end;
    }
    out.push(&text[at..window.end], false);
}

/// Pieces of one line: white space is one space.
#[derive(Default)]
struct Pieces {
    done: Vec<Marked>,
}

impl Pieces {
    fn push(&mut self, text: &str, hit: bool) {
        let mut line = String::with_capacity(text.len());
        let mut after_space = match self.done.last() {
            Some(last) => last.text.ends_with(' '),
            None => true,
        };
        for character in text.chars() {
            if character.is_whitespace() || character.is_control() {
                if !after_space {
                    line.push(' ');
                }
                after_space = true;
            } else {
                line.push(character);
                after_space = false;
            }
        }
        match self.done.last_mut() {
            _ if line.is_empty() => {}
            Some(last) if last.hit == hit => last.text.push_str(&line),
            _ => self.done.push(Marked { text: line, hit }),
        }
    }

    fn into_pieces(self) -> Vec<Marked> {
        self.done
    }
}
