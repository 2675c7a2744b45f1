//! Finding formulas: `$…$`, `$$…$$`, `\(…\)` and `\[…\]`.
//!
//! pulldown-cmark reads the first two, but it takes `**$20** and **$30**` for a formula, and models
//! write the last two as often. So formulas are found here, each is replaced by a sign that Markdown
//! takes for a letter, and the tree gets the formula back where the sign ended up.
//!
//! The rules:
//! - Code, raw HTML and addresses win over formulas.
//! - `$` opens before anything but a space or a `$`, and the next `$` must close it: after anything but
//!   a space, and not before a digit (Pandoc's `tex_math_dollars`). So prices stay text.
//! - A backslash before a dollar makes it text; `\\(` is a backslash and a bracket.
//! - A formula stays inside its paragraph, heading, item or table cell. One that is displayed and
//!   begins its line may go on over lines that look like lists or headings, up to a blank line.
//! - A formula holds at least one character and at most [`MAX_FORMULA`] bytes.
//! - In a text that grows, `\(`, `\[` and a `$$` that begins its line open a formula before their closing
//!   sign has arrived; a single `$` does not, for it may be a price.

use std::ops::Range;

use pulldown_cmark::{Event, LinkType, Tag, TagEnd};

use crate::reading::{Definitions, parser};

/// What may stand for a formula: noncharacters. No text holds them, and if one does, it hardly holds all.
pub(crate) const SIGNS: fn(char) -> bool = |c| ('\u{fdd0}'..='\u{fdef}').contains(&c);

/// Longer formulas stay text.
const MAX_FORMULA: usize = 8192;

/// One formula.
pub(crate) struct Formula<'a> {
    /// What stood in the source, delimiters included.
    source: &'a str,
    /// LaTeX, without delimiters.
    pub(crate) tex: String,
    /// On a line of its own.
    pub(crate) display: bool,
    /// Its closing sign has not arrived.
    pub(crate) open: bool,
}

/// The formulas of a text, and the character that marks their places.
pub(crate) struct Formulas<'a> {
    sign: Option<char>,
    list: Vec<Formula<'a>>,
    /// Where the text behind each formula begins: in the text with signs, and in the source.
    places: Vec<(usize, usize)>,
}

impl<'a> Formulas<'a> {
    /// Finds the formulas of `source`, which `grows` or is whole. Returns them, and the text with signs in
    /// their places, if there are any.
    pub(crate) fn find(
        source: &'a str,
        known: &Definitions,
        grows: bool,
    ) -> (Formulas<'a>, Option<String>) {
        let none = Formulas {
            sign: None,
            list: Vec::new(),
            places: Vec::new(),
        };
        let possible = ["$", "\\(", "\\["].iter().any(|sign| source.contains(sign));
        let sign = ('\u{fdd0}'..='\u{fdef}').find(|&sign| !source.contains(sign));
        let (true, Some(sign)) = (possible, sign) else {
            return (none, None);
        };
        let found = Scan::new(source, known, grows).run();
        if found.is_empty() {
            return (none, None);
        }
        let mut text = String::with_capacity(source.len());
        let mut list = Vec::with_capacity(found.len());
        let mut places = Vec::with_capacity(found.len());
        let mut done = 0;
        for (range, formula) in found {
            text.push_str(&source[done..range.start]);
            text.push(sign);
            text.push_str(&list.len().to_string());
            text.push(sign);
            list.push(formula);
            done = range.end;
            places.push((text.len(), done));
        }
        text.push_str(&source[done..]);
        (
            Formulas {
                sign: Some(sign),
                list,
                places,
            },
            Some(text),
        )
    }

    /// Whether the text ends in a formula whose closing sign has not arrived.
    pub(crate) fn are_open(&self) -> bool {
        self.list.last().is_some_and(|formula| formula.open)
    }

    /// The place in the source of a place in the text with signs.
    pub(crate) fn place(&self, at: usize) -> usize {
        let before = self.places.partition_point(|(text, _)| *text <= at);
        match before.checked_sub(1).and_then(|last| self.places.get(last)) {
            Some((text, source)) => source + (at - text),
            None => at,
        }
    }

    /// The first formula in `text`, with what stands before and after it.
    pub(crate) fn next_in<'t>(&self, text: &'t str) -> Option<(&'t str, &Formula<'a>, &'t str)> {
        let sign = self.sign?;
        let (before, rest) = text.split_once(sign)?;
        let (number, after) = rest.split_once(sign)?;
        let formula = self.list.get(number.parse::<usize>().ok()?)?;
        Some((before, formula, after))
    }

    /// `text` as it stood in the source: for code, addresses and descriptions.
    pub(crate) fn restore(&self, text: &str) -> String {
        let mut out = String::with_capacity(text.len());
        let mut rest = text;
        while let Some((before, formula, after)) = self.next_in(rest) {
            out.push_str(before);
            out.push_str(formula.source);
            rest = after;
        }
        out.push_str(rest);
        out
    }
}

struct Scan<'a> {
    source: &'a str,
    /// The text may go on.
    grows: bool,
    /// Where no formula can be, in order.
    taken: Vec<Range<usize>>,
    /// Where blocks begin and end, in order.
    borders: Vec<usize>,
    /// Up to here no `\)`, `\]`, `$$` is ahead: looked for once, not once per opening.
    unclosed: [usize; 3],
    /// Where the paragraph being scanned ends.
    paragraph: usize,
}

impl<'a> Scan<'a> {
    fn new(source: &'a str, known: &Definitions, grows: bool) -> Self {
        let mut taken = Vec::new();
        let mut borders = Vec::new();
        let mut last = 0..0;
        for (event, range) in parser(source, known, &Default::default()).into_offset_iter() {
            match &event {
                Event::Code(_) | Event::InlineHtml(_) => taken.push(range.clone()),
                Event::Start(Tag::CodeBlock(_) | Tag::HtmlBlock) => taken.push(range.clone()),
                Event::Start(Tag::Link {
                    link_type: LinkType::Autolink | LinkType::Email,
                    ..
                }) => taken.push(range.clone()),
                Event::Start(
                    Tag::Paragraph
                    | Tag::Heading { .. }
                    | Tag::BlockQuote(_)
                    | Tag::Item
                    | Tag::FootnoteDefinition(_)
                    | Tag::TableCell,
                ) => borders.extend([range.start, range.end]),
                // What follows a link's text is its address. Without a text, all of it is.
                Event::End(TagEnd::Link | TagEnd::Image) => {
                    let from = if last.end < range.end {
                        last.end
                    } else {
                        range.start
                    };
                    taken.push(from.max(range.start)..range.end);
                }
                _ => {}
            }
            last = range;
        }
        taken.sort_by_key(|range| range.start);
        borders.sort_unstable();
        Scan {
            source,
            grows,
            taken,
            borders,
            unclosed: [0; 3],
            paragraph: 0,
        }
    }

    fn run(mut self) -> Vec<(Range<usize>, Formula<'a>)> {
        let bytes = self.source.as_bytes();
        let mut found = Vec::new();
        let mut taken = 0;
        let mut i = 0;
        while i < bytes.len() {
            while self.taken.get(taken).is_some_and(|range| range.end <= i) {
                taken += 1;
            }
            if let Some(range) = self.taken.get(taken).filter(|range| range.start <= i) {
                i = range.end;
                continue;
            }
            let limit = self
                .taken
                .get(taken)
                .map_or(bytes.len(), |range| range.start);
            let formula = match (bytes[i], bytes.get(i + 1)) {
                (b'$', Some(b'$')) => {
                    let run = bytes[i..].iter().take_while(|&&b| b == b'$').count();
                    if run > 2 {
                        i += run;
                        continue;
                    }
                    self.closed_by(i, "$$", 2, limit)
                }
                (b'$', Some(_)) => self.dollar(i, limit),
                (b'\\', Some(b'(')) => self.closed_by(i, "\\)", 0, limit),
                (b'\\', Some(b'[')) => self.closed_by(i, "\\]", 1, limit),
                (b'\\', Some(_)) => {
                    i += 2;
                    continue;
                }
                _ => {
                    i += 1;
                    continue;
                }
            };
            match formula {
                Some((end, formula)) => {
                    found.push((i..end, formula));
                    i = end;
                }
                None => {
                    i += if bytes[i] == b'\\' || bytes.get(i + 1) == Some(&b'$') {
                        2
                    } else {
                        1
                    }
                }
            }
        }
        found
    }

    /// The formula that the single `$` at `open` begins.
    fn dollar(&mut self, open: usize, limit: usize) -> Option<(usize, Formula<'a>)> {
        let bytes = self.source.as_bytes();
        let inside = open + 1;
        if bytes.get(inside)?.is_ascii_whitespace() {
            return None;
        }
        let end = self.end_of_search(inside, limit, false);
        let mut i = inside;
        while i < end && bytes[i] != b'$' {
            i += if bytes[i] == b'\\' { 2 } else { 1 };
        }
        if i >= end || bytes[i - 1].is_ascii_whitespace() {
            return None;
        }
        match bytes.get(i + 1) {
            Some(b'$') => return None,
            Some(next) if next.is_ascii_digit() => return None,
            _ => {}
        }
        self.formula(open, inside, i, i + 1, false)
    }

    /// The formula that the two-byte sign at `open` begins and `close` ends.
    fn closed_by(
        &mut self,
        open: usize,
        close: &str,
        kind: usize,
        limit: usize,
    ) -> Option<(usize, Formula<'a>)> {
        let inside = open + 2;
        let display = close != "\\)";
        let end = self.end_of_search(inside, limit, display && self.begins_line(open));
        let from = inside.max(self.unclosed[kind]);
        let at = self
            .source
            .get(from..end)
            .and_then(|rest| find_unescaped(rest, close));
        let Some(at) = at else {
            self.unclosed[kind] = self.unclosed[kind].max(end);
            return self.unclosed_formula(open, inside, end, display);
        };
        let at = from + at;
        self.formula(open, inside, at, at + 2, display)
    }

    /// The formula at the end of a text that grows, whose closing sign may yet arrive: nothing but space
    /// stands behind `end`.
    fn unclosed_formula(
        &self,
        open: usize,
        inside: usize,
        end: usize,
        display: bool,
    ) -> Option<(usize, Formula<'a>)> {
        let is_price = self.source[open..].starts_with("$$") && !self.begins_line(open);
        if !self.grows || is_price || !self.source.get(end..)?.trim().is_empty() {
            return None;
        }
        // A closing sign of which only the first half is there is no part of the formula.
        let end = self.source[..end]
            .trim_end()
            .trim_end_matches(['$', '\\'])
            .len();
        let (_, formula) = self.formula(open, inside, end.max(inside), end.max(inside), display)?;
        Some((
            self.source.len(),
            Formula {
                source: &self.source[open..],
                open: true,
                ..formula
            },
        ))
    }

    /// How far to look for the end of a formula whose inside begins at `inside`: to the end of its
    /// paragraph, not into what is taken, and over no border unless it may.
    fn end_of_search(&mut self, inside: usize, limit: usize, over_borders: bool) -> usize {
        if inside > self.paragraph {
            self.paragraph = paragraph_end(self.source, inside);
        }
        let mut end = self.paragraph.min(limit).min(inside + MAX_FORMULA + 2);
        if !over_borders {
            let next = self.borders.partition_point(|&border| border < inside);
            end = self
                .borders
                .get(next)
                .map_or(end, |&border| end.min(border));
        }
        self.source.floor_char_boundary(end)
    }

    fn formula(
        &self,
        open: usize,
        inside: usize,
        at: usize,
        end: usize,
        display: bool,
    ) -> Option<(usize, Formula<'a>)> {
        let tex = self.without_quote_marks(open, &self.source[inside..at]);
        let tex = tex.trim();
        if tex.is_empty() || at - inside > MAX_FORMULA {
            return None;
        }
        Some((
            end,
            Formula {
                source: &self.source[open..end],
                tex: tex.to_owned(),
                display,
                open: false,
            },
        ))
    }

    /// What stands before `at` on its line.
    fn line_before(&self, at: usize) -> &'a str {
        let start = self.source[..at].rfind('\n').map_or(0, |n| n + 1);
        &self.source[start..at]
    }

    fn begins_line(&self, at: usize) -> bool {
        let before = self.source[..at].trim_end_matches([' ', '\t', '>']);
        before.is_empty() || before.ends_with('\n')
    }

    /// The lines of a formula in a quote without the marks that make them belong to it.
    fn without_quote_marks(&self, open: usize, tex: &'a str) -> String {
        if !tex.contains('\n') {
            return tex.to_owned();
        }
        let marks = self
            .line_before(open)
            .bytes()
            .take_while(|b| matches!(b, b' ' | b'\t' | b'>'))
            .filter(|&b| b == b'>')
            .count();
        if marks == 0 {
            return tex.to_owned();
        }
        let mut out = String::with_capacity(tex.len());
        for (n, line) in tex.split_inclusive('\n').enumerate() {
            let mut line = line;
            for _ in 0..if n == 0 { 0 } else { marks } {
                line = line
                    .trim_start_matches([' ', '\t'])
                    .strip_prefix('>')
                    .unwrap_or(line);
            }
            out.push_str(line);
        }
        out
    }
}

/// Where the first blank line at or after `from` begins. Quote marks do not fill a line.
fn paragraph_end(source: &str, from: usize) -> usize {
    let bytes = source.as_bytes();
    let mut i = from;
    while let Some(n) = bytes[i..].iter().position(|&b| b == b'\n') {
        i += n + 1;
        let filled = bytes[i..]
            .iter()
            .find(|&&b| !matches!(b, b' ' | b'\t' | b'\r' | b'>'));
        if filled.is_none_or(|&b| b == b'\n') {
            return i;
        }
    }
    source.len()
}

/// Where `close` stands in `text`, if no backslash takes it: in `\\)`, the bracket is a bracket.
fn find_unescaped(text: &str, close: &str) -> Option<usize> {
    let bytes = text.as_bytes();
    let mut i = 0;
    while i < bytes.len() {
        if text.as_bytes()[i..].starts_with(close.as_bytes()) {
            return Some(i);
        }
        i += if bytes[i] == b'\\' { 2 } else { 1 };
    }
    None
}
