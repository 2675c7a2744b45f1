//! The marks of Markdown that a snippet of a reply leaves out, so that its words stand there as they are shown.
//!
//! Only the surroundings of a hit are read, and a reader that goes so near sees no more than this: where it
//! cannot tell a mark from a text, the text stays as it was written.

use std::ops::Range;

/// A line is read from its beginning if that is at most so many bytes before the window.
const LINE_BYTES: usize = 2_000;
/// How far back it is looked for the fence of a block of code, in bytes.
const FENCE_BYTES: usize = 64 << 10;
/// A link is at most so long, in bytes.
const LINK_BYTES: usize = 600;
/// Links and images in each other at most.
const DEPTH: u32 = 3;

/// The marks in `window` of `text`, in order. None of them touches a hit.
pub(super) fn marks(text: &str, window: Range<usize>, hits: &[Range<usize>]) -> Vec<Range<usize>> {
    let line = text[..window.start].rfind('\n').map_or(0, |at| at + 1);
    let from_line = window.start - line <= LINE_BYTES;
    let begin = if from_line { line } else { window.start };
    let mut reader = Reader {
        text,
        hits,
        found: Vec::new(),
    };
    let mut in_code = is_in_code(text, line);
    let mut at = begin;
    while at < window.end {
        let end = text[at..window.end]
            .find('\n')
            .map_or(window.end, |length| at + length);
        let rest = if at > begin || from_line {
            reader.block(at..end, &mut in_code)
        } else {
            Some((at, false))
        };
        if let Some((rest, is_row)) = rest.filter(|_| !in_code) {
            reader.inline(rest..end, is_row, DEPTH);
        }
        at = end + 1;
    }
    let mut found = reader.found;
    found.retain(|mark| mark.start >= window.start);
    found.sort_by_key(|mark| mark.start);
    found
}

/// Whether the line that begins at `line` is in a block of code.
fn is_in_code(text: &str, line: usize) -> bool {
    line <= FENCE_BYTES && text[..line].lines().filter(|line| is_fence(line)).count() % 2 == 1
}

fn is_fence(line: &str) -> bool {
    let line = line.trim_start();
    line.starts_with("```") || line.starts_with("~~~")
}

struct Reader<'a> {
    text: &'a str,
    hits: &'a [Range<usize>],
    found: Vec<Range<usize>>,
}

impl Reader<'_> {
    fn is_hit(&self, place: &Range<usize>) -> bool {
        self.hits
            .iter()
            .any(|hit| hit.start < place.end && place.start < hit.end)
    }

    fn leave_out(&mut self, place: Range<usize>) {
        if !place.is_empty() && !self.is_hit(&place) {
            self.found.push(place);
        }
    }

    /// What begins a line. Answers where its words begin, if it has any, and whether it is a table's.
    fn block(&mut self, line: Range<usize>, in_code: &mut bool) -> Option<(usize, bool)> {
        let mut at = line.start;
        let text = self.text;
        let rest = |at: usize| &text[at..line.end];
        let spaces = |at: usize| at + rest(at).len() - rest(at).trim_start().len();
        at = spaces(at);
        while !*in_code && rest(at).starts_with('>') {
            let next = spaces(at + 1);
            self.leave_out(at..next);
            at = next;
        }
        if is_fence(rest(at)) {
            *in_code = !*in_code;
            self.leave_out(at..line.end);
            return None;
        }
        if *in_code {
            return None;
        }
        if is_line_of_marks(rest(at)) {
            self.leave_out(at..line.end);
            return None;
        }
        let hashes = rest(at).bytes().take_while(|byte| *byte == b'#').count();
        if (1..=6).contains(&hashes) && rest(at + hashes).starts_with([' ', '\t']) {
            let next = spaces(at + hashes);
            self.leave_out(at..next);
            return Some((next, false));
        }
        if rest(at).starts_with(['-', '*', '+']) && rest(at + 1).starts_with(' ') {
            let mut next = spaces(at + 1);
            if ["[ ] ", "[x] ", "[X] "]
                .iter()
                .any(|task| rest(next).starts_with(task))
            {
                next += 4;
            }
            self.leave_out(at..next);
            return Some((next, false));
        }
        Some((at, rest(at).starts_with('|')))
    }

    /// What is among the words of a line.
    fn inline(&mut self, line: Range<usize>, is_row: bool, depth: u32) {
        let bytes = &self.text.as_bytes()[..line.end];
        let mut opened: Vec<Range<usize>> = Vec::new();
        let mut at = line.start;
        while at < line.end {
            match bytes[at] {
                b'\\' if bytes.get(at + 1).is_some_and(u8::is_ascii_punctuation) => {
                    self.leave_out(at..at + 1);
                    at += 2;
                }
                b'`' => {
                    let run = run_at(bytes, at);
                    at = run.end;
                    if let Some(end) = same_run_after(bytes, &run) {
                        at = end.end;
                        self.leave_out(run);
                        self.leave_out(end);
                    }
                }
                b'*' | b'_' | b'~' => {
                    let run = run_at(bytes, at);
                    at = run.end;
                    self.emphasis(run, &line, &mut opened);
                }
                b'!' | b'[' => {
                    let text = at + usize::from(bytes[at] == b'!');
                    let link = link_at(bytes, text).filter(|_| depth > 0);
                    match link {
                        Some((end, after)) if !self.is_hit(&(end..after)) => {
                            self.leave_out(at..text + 1);
                            self.inline(text + 1..end, false, depth - 1);
                            self.leave_out(end..after);
                            at = after;
                        }
                        // The target is what was found: it stays as it is.
                        Some((_, after)) => at = after,
                        None => at += 1,
                    }
                }
                b'|' if is_row => {
                    self.leave_out(at..at + 1);
                    at += 1;
                }
                _ => at += 1,
            }
        }
    }

    /// A run that may begin or end an emphasis: both ends go, or none.
    fn emphasis(&mut self, run: Range<usize>, line: &Range<usize>, opened: &mut Vec<Range<usize>>) {
        let sign = self.text.as_bytes()[run.start];
        if run.len() > 3 || (sign == b'~' && run.len() != 2) {
            return;
        }
        let before = self.text[line.start..run.start].chars().next_back();
        let after = self.text[run.end..line.end].chars().next();
        let is_word = |character: Option<char>| character.is_some_and(char::is_alphanumeric);
        let is_space = |character: Option<char>| character.is_none_or(char::is_whitespace);
        if !is_space(before) && !is_word(after) {
            let same = |open: &Range<usize>| {
                open.len() == run.len() && self.text.as_bytes()[open.start] == sign
            };
            if let Some(place) = opened.iter().rposition(same) {
                let open = opened[place].clone();
                opened.truncate(place);
                self.leave_out(open);
                self.leave_out(run);
                return;
            }
        }
        if !is_word(before) && !is_space(after) {
            opened.push(run);
        }
    }
}

/// A rule, the line under a heading, or the line under the head of a table.
fn is_line_of_marks(line: &str) -> bool {
    let line = line.trim_end();
    let of = |signs: &[u8]| line.bytes().all(|byte| signs.contains(&byte));
    let count = |sign: u8| line.bytes().filter(|byte| *byte == sign).count();
    [b'-', b'*', b'_', b'=']
        .into_iter()
        .any(|sign| count(sign) >= 3 && of(&[sign, b' ']))
        || (count(b'-') > 0 && count(b'|') > 0 && of(b"|-: "))
}

/// The signs of one kind that begin at `at`.
fn run_at(bytes: &[u8], at: usize) -> Range<usize> {
    let length = bytes[at..]
        .iter()
        .take_while(|byte| **byte == bytes[at])
        .count();
    at..at + length
}

/// The next run of the same length.
fn same_run_after(bytes: &[u8], run: &Range<usize>) -> Option<Range<usize>> {
    let mut at = run.end;
    loop {
        at += bytes[at..]
            .iter()
            .position(|byte| *byte == bytes[run.start])?;
        let next = run_at(bytes, at);
        if next.len() == run.len() {
            return Some(next);
        }
        at = next.end;
    }
}

/// Of a link whose text begins with the bracket at `at`: where its text ends, and where all of it does.
fn link_at(bytes: &[u8], at: usize) -> Option<(usize, usize)> {
    let bytes = &bytes[..bytes.len().min(at + LINK_BYTES)];
    let end = closing(bytes, at, b'[', b']')?;
    if bytes.get(end + 1) != Some(&b'(') {
        return None;
    }
    let after = closing(bytes, end + 1, b'(', b')')?;
    Some((end, after + 1))
}

/// Where what opens at `at` is closed.
fn closing(bytes: &[u8], at: usize, open: u8, close: u8) -> Option<usize> {
    if bytes.get(at) != Some(&open) {
        return None;
    }
    let mut depth = 0_u32;
    for (place, byte) in bytes.iter().enumerate().skip(at) {
        if *byte == open {
            depth += 1;
        } else if *byte == close {
            depth -= 1;
            if depth == 0 {
                return Some(place);
            }
        }
    }
    None
}
