//! The end of a text that is still being written: what is read of it, and how.
//!
//! Markdown is not made for being read while it is written: the `-` of a list item makes the line above
//! it a heading until the space arrives, `**bold` is two stars and a word until it is closed, and a table
//! is a row of bars until its second line is whole. So the last line, the one that has no line end yet,
//! is read by these rules ([`crate::parse`]); of a text that is whole ([`crate::parse_finished`]) it is
//! read as it stands.
//!
//! **What waits**, unread, for its next character:
//! 1. a line of one or two equal marks out of `-`, `=`, `*`, `+`, `_`, `` ` ``, `~`, `#`, of three `*` or
//!    `_`, of up to six `#`, or `$$`, and nothing else;
//! 2. a line of nothing but `|`, `-`, `:` and spaces, directly below a line that holds a `|`;
//! 3. a fence and the language behind it;
//! 4. a line of up to nine digits, directly below a line of text: it may become a list's number;
//! 5. a backslash at the very end, alone or with the bracket it has just met;
//! 6. a run of `*`, `_`, `~` or `` ` `` at the very end that may become longer: one that closes nothing, or
//!    only a part of what is open.
//!
//! **What is read as if it were closed** at the end of the line:
//! 1. emphasis, strong emphasis, strikethrough and code that the line has opened;
//! 2. a link or an image whose address is being written: its text is shown, and no link yet;
//! 3. a first line of a table, between its bars, as a table's head.
//!
//! A formula in `\(…\)`, `\[…\]` or, from the beginning of a line, `$$…$$` is a formula from its opening
//! on (`open` in the tree, [`crate::math`]). An open fence is a code block. All else is shown as CommonMark
//! reads it.

use std::borrow::Cow;
use std::ops::Range;

use pulldown_cmark::{Event, Tag};

use crate::math::Formulas;
use crate::reading::{Definitions, parser};

/// Marks that open a span and close it.
const DELIMITERS: [char; 4] = ['*', '_', '~', '`'];

/// The text that is read for `source` while it grows.
pub(crate) fn settle<'a>(source: &'a str, known: &Definitions) -> Cow<'a, str> {
    let source = without_what_waits(source);
    if let Some(head) = table_head(source, known) {
        return Cow::Owned(head);
    }
    let line = last_line(source);
    if !line.contains(DELIMITERS) && !line.contains("](") {
        return Cow::Borrowed(source);
    }
    if Formulas::find(source, known, true).0.are_open() {
        return Cow::Borrowed(source);
    }
    closed(source, known)
}

fn last_line(text: &str) -> &str {
    text.rsplit('\n').next().unwrap_or_default()
}

/// Rules 1 to 5 of what waits.
fn without_what_waits(source: &str) -> &str {
    let start = source.len() - last_line(source).len();
    let (before, last) = source.split_at(start);
    // Behind quote marks the rules are the same.
    let line = last.trim_matches([' ', '\t', '>']);
    if is_mark(line)
        || is_fence(line)
        || (is_delimiter_row(line) && previous_line(before).contains('|'))
        || (is_number(line) && !line_above(before).trim().is_empty())
    {
        return &source[..start];
    }
    let escape = last.strip_suffix(['(', '[']).unwrap_or(last);
    if is_escaped(escape, escape.len()) {
        return &source[..start + escape.len() - 1];
    }
    source
}

fn is_mark(line: &str) -> bool {
    let bytes = line.as_bytes();
    let Some(&mark) = bytes.first() else {
        return false;
    };
    let most = match mark {
        b'#' => 6,
        b'*' | b'_' => 3,
        b'-' | b'=' | b'+' | b'`' | b'~' => 2,
        b'$' => return line == "$$",
        _ => return false,
    };
    bytes.len() <= most && bytes.iter().all(|b| *b == mark)
}

fn is_fence(line: &str) -> bool {
    (line.starts_with("```") && !line.trim_start_matches('`').contains('`'))
        || line.starts_with("~~~")
}

fn is_delimiter_row(line: &str) -> bool {
    !line.is_empty() && line.bytes().all(|b| b"|-: \t".contains(&b))
}

fn is_number(line: &str) -> bool {
    !line.is_empty() && line.len() <= 9 && line.bytes().all(|b| b.is_ascii_digit())
}

/// The last line of `before` that is not empty.
fn previous_line(before: &str) -> &str {
    last_line(before.trim_end_matches('\n'))
}

/// The line directly above what follows `before`.
fn line_above(before: &str) -> &str {
    last_line(before.strip_suffix('\n').unwrap_or(before))
}

/// Whether an odd number of backslashes stands before `at`.
fn is_escaped(text: &str, at: usize) -> bool {
    let slashes = text.as_bytes()[..at]
        .iter()
        .rev()
        .take_while(|b| **b == b'\\')
        .count();
    slashes % 2 == 1
}

/// A text whose last line can only be a table's head, with the second line that makes it one.
fn table_head(source: &str, known: &Definitions) -> Option<String> {
    let text = source.strip_suffix('\n').unwrap_or(source);
    let line = last_line(text);
    let above = line_above(&text[..text.len() - line.len()]);
    let bars = line.bytes().filter(|b| *b == b'|').count();
    if !line.starts_with('|') || bars < 2 || line.contains(['\\', '`']) || !above.trim().is_empty()
    {
        return None;
    }
    // In code, a line of bars is one.
    marks(text, known)?;
    let columns = bars - usize::from(line.trim_end().ends_with('|'));
    Some(format!("{text}\n{}", "|-".repeat(columns)))
}

/// What the last line holds that is not closed, by the positions of its marks in the text.
struct Marks {
    /// Runs of delimiters that nothing closes.
    runs: Vec<Range<usize>>,
    /// Brackets that belong to no link.
    brackets: Vec<usize>,
}

/// Reads what is open, in the last line of the leaf at the end of `text`. `None`: it is code, or HTML.
fn marks(text: &str, known: &Definitions) -> Option<Marks> {
    let line = text.len() - last_line(text).len();
    let mut marks = Marks {
        runs: Vec::new(),
        brackets: Vec::new(),
    };
    for (event, range) in parser(text, known, &Default::default()).into_offset_iter() {
        match event {
            Event::Start(Tag::CodeBlock(_) | Tag::HtmlBlock) if range.end > line => return None,
            Event::Start(Tag::TableCell | Tag::Paragraph | Tag::Heading { .. } | Tag::Item) => {
                marks.runs.clear();
                marks.brackets.clear();
            }
            Event::Text(_) if range.start >= line && !is_escaped(text, range.start) => {
                let run = &text[range.clone()];
                if run == "[" || run == "![" || run == "]" {
                    marks.brackets.push(range.start);
                } else if run.starts_with(DELIMITERS) && run.bytes().all(|b| b == run.as_bytes()[0])
                {
                    // Each mark of a run comes by itself.
                    match marks.runs.last_mut() {
                        Some(last)
                            if last.end == range.start && text[last.clone()].ends_with(run) =>
                        {
                            last.end = range.end;
                        }
                        _ => marks.runs.push(range),
                    }
                }
            }
            _ => {}
        }
    }
    Some(marks)
}

/// Rule 6 of what waits, and rules 1 and 2 of what is read as if it were closed.
fn closed<'a>(source: &'a str, known: &Definitions) -> Cow<'a, str> {
    let end = source.trim_end_matches(DELIMITERS).len();
    // A backslash takes the first of them.
    let end = if is_escaped(source, end) {
        (end + 1).min(source.len())
    } else {
        end
    };
    let (text, run) = source.split_at(end);
    let Some(marks) = marks(text, known) else {
        return Cow::Borrowed(source);
    };
    if let Some(shown) = without_address(text, &marks) {
        // An address may hold delimiters: they are not those of the text.
        return Cow::Owned(shown);
    }
    let open = open_spans(text, &marks);
    if open.is_empty() {
        // What closes all it should: of a mark at the very end, nobody knows yet what it will be.
        let waits = text.ends_with(char::is_whitespace)
            || self::marks(source, known)
                .is_some_and(|whole| whole.runs.iter().any(|range| range.end == source.len()));
        return Cow::Borrowed(if waits { text } else { source });
    }
    let mut closing = run;
    let mut still_open = open.as_slice();
    let stands_after_space = text.ends_with(char::is_whitespace);
    while let [outer @ .., last] = still_open
        && !stands_after_space
        && let Some(rest) = closing.strip_prefix(*last)
    {
        closing = rest;
        still_open = outer;
    }
    // What has closed whole spans stays; a run that has closed only a part of one waits.
    let kept = &run[..run.len() - closing.len()];
    if closing.is_empty() && still_open.is_empty() {
        return Cow::Borrowed(source);
    }
    let mut out = String::with_capacity(source.len() + 8);
    // Behind a space a mark closes nothing.
    out.push_str(if kept.is_empty() {
        text.trim_end_matches([' ', '\t'])
    } else {
        text
    });
    out.push_str(kept);
    out.extend(still_open.iter().rev().copied());
    Cow::Owned(out)
}

/// The spans that are open at the end of `text`, outermost first, by their delimiters.
fn open_spans<'a>(text: &'a str, marks: &Marks) -> Vec<&'a str> {
    let mut open = Vec::new();
    for range in &marks.runs {
        let run = &text[range.clone()];
        let before = text[..range.start].chars().next_back();
        let after = text[range.end..].chars().next();
        match run.as_bytes()[0] {
            // What is in code is not looked at.
            b'`' if after.is_some() => {
                open.push(run);
                return open;
            }
            b'~' if run.len() == 2 && opens(before, after, false) => open.push(run),
            b'*' if run.len() <= 3 && opens(before, after, false) => open.push(run),
            b'_' if run.len() <= 3 && opens(before, after, true) => open.push(run),
            _ => {}
        }
    }
    open
}

/// CommonMark 6.2, *left-flanking delimiter run*; `within`: not inside a word (the rule of `_`).
fn opens(before: Option<char>, after: Option<char>, within: bool) -> bool {
    let is_space = |c: Option<char>| c.is_none_or(char::is_whitespace);
    let is_sign = |c: Option<char>| c.is_some_and(|c| !c.is_alphanumeric() && !c.is_whitespace());
    let left = !is_space(after) && (!is_sign(after) || is_space(before) || is_sign(before));
    left && !(within && !is_space(before) && !is_sign(before))
}

/// `text` with its last link's text instead of the link, if its address is not whole.
fn without_address(text: &str, marks: &Marks) -> Option<String> {
    let close = text.rfind("](")?;
    let address = &text[close + 2..];
    if address.contains([')', '\n']) || (address.contains(' ') && !address.contains(['"', '\''])) {
        return None;
    }
    // The bracket that this one closes.
    let mut depth = 0_usize;
    let last = marks.brackets.iter().rposition(|&at| at == close)?;
    for &at in marks.brackets[..last].iter().rev() {
        if text.as_bytes()[at] == b']' {
            depth += 1;
        } else if depth > 0 {
            depth -= 1;
        } else {
            let inside = at + if text.as_bytes()[at] == b'!' { 2 } else { 1 };
            return Some(format!("{}{}", &text[..at], &text[inside..close]));
        }
    }
    None
}
