//! The half-written last line: when it is read, and when it waits for its next character.
//!
//! Markdown is not made for being read while it is written: the `-` of a list item makes the line above
//! it a heading until the space arrives, the first `*` of `**bold**` is a list item, and a table's second
//! line is a row of bars until it is whole. So a last line that has no line end yet waits, unread, while
//! it is
//!
//! 1. one or two equal marks out of `-`, `=`, `*`, `+`, `_`, `` ` ``, `~` and `#`, and nothing else; or
//! 2. nothing but `|`, `-`, `:` and spaces, directly below a line that holds a `|`.
//!
//! This belongs to the reading itself, of a finished text as of a growing one. So what is shown is always
//! the one-shot reading of what has arrived. Every other half-open construct is shown as CommonMark reads
//! it: an open fence is a code block, an open `**` is two stars until it is closed.

/// The part of `source` that is read.
pub(crate) fn settled(source: &str) -> &str {
    let start = source.rfind('\n').map_or(0, |n| n + 1);
    let (before, last) = source.split_at(start);
    // Behind quote marks the rules are the same.
    let line = last.trim_matches([' ', '\t', '>']);
    if is_mark(line) || (is_delimiter_row(line) && previous_line(before).contains('|')) {
        return &source[..start];
    }
    source
}

fn is_mark(line: &str) -> bool {
    let bytes = line.as_bytes();
    match bytes {
        [a] => b"-=*+_`~#".contains(a),
        [a, b] => a == b && b"-=*+_`~#".contains(a),
        _ => false,
    }
}

fn is_delimiter_row(line: &str) -> bool {
    !line.is_empty() && line.bytes().all(|b| b"|-: \t".contains(&b))
}

fn previous_line(before: &str) -> &str {
    before
        .trim_end_matches('\n')
        .rsplit('\n')
        .next()
        .unwrap_or_default()
}
