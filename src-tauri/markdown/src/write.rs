//! From the typed tree back to Markdown, for the clipboard: the inverse of [`crate::read`].
//!
//! What is written reads as the tree it came from. A line is written as plainly as that allows: first
//! without any escape, and if it then reads as something else, with more and more of them. So
//! `2 * 3 * 4` and `snake_case` stay as they are.
//!
//! What does not come back as it was:
//! - the colours of code, whether a code block or raw HTML ended with a line end, and spaces before raw HTML;
//! - white space at the edge of a span stands beside it, and at the edge of a line is gone;
//! - a list that is loose, but has nothing between which a blank line could show it, is tight;
//! - white space at the beginning of the lines of a formula inside a quote or a list;
//! - a paragraph without anything in it, which a link that leads nowhere may leave;
//! - a reference to a footnote that is not there is text;
//! - numbers of a list past 999,999,999;
//! - nesting that was cut at a bound, or that no Markdown can say.

mod line;
mod tidy;

use crate::MAX_DEPTH;
use crate::tree::{Alert, Align, Block, Cell, Chunk, Item, Row};

use line::{Leaf, leaf};
use tidy::tidied;

/// `blocks` as Markdown. It ends without a line end.
pub fn to_markdown(blocks: &[Block]) -> String {
    blocks_to(blocks, Place::default(), 0)
}

/// Where a block stands.
#[derive(Debug, Clone, Copy, Default)]
struct Place {
    /// At the beginning of an item or a quote, where `[ ]` and `[!NOTE]` mean something.
    first: bool,
    /// In a tight list: no blank lines.
    tight: bool,
}

fn blocks_to(blocks: &[Block], place: Place, depth: usize) -> String {
    let mut out = String::new();
    let mut marks = Marks::default();
    let is_there = |block: &&Block| !matches!(block, Block::Paragraph { children } if tidied(children).is_empty());
    let blocks: Vec<&Block> = blocks.iter().filter(is_there).collect();
    for (n, block) in blocks.iter().enumerate() {
        if let Some(before) = n.checked_sub(1).and_then(|n| blocks.get(n)) {
            let is_tight = place.tight && !swallows(before, block);
            out.push_str(if is_tight { "\n" } else { "\n\n" });
        }
        marks.next(block);
        let place = Place {
            first: place.first && n == 0,
            ..place
        };
        block_to(block, place, &marks, depth, &mut out);
    }
    out
}

/// Whether `block` would be read as a part of `before` if no blank line stood between them.
fn swallows(before: &Block, block: &Block) -> bool {
    match before {
        Block::Paragraph { .. } | Block::Math { .. } => {
            matches!(
                block,
                Block::Paragraph { .. } | Block::Math { .. } | Block::Table { .. }
            )
        }
        Block::Quote { .. } | Block::List { .. } | Block::Footnote { .. } | Block::Table { .. } => {
            matches!(
                block,
                Block::Paragraph { .. } | Block::Math { .. } | Block::Table { .. }
            )
        }
        Block::Html { .. } => true,
        Block::Heading { .. } | Block::Code { .. } | Block::Rule => false,
    }
}

/// Lists that follow each other have different marks: with the same, they would be one list.
#[derive(Debug, Default)]
struct Marks {
    /// The list before this one was numbered, or was not.
    before: Option<bool>,
    other: bool,
}

impl Marks {
    fn next(&mut self, block: &Block) {
        let numbered = match block {
            Block::List { start, .. } => Some(start.is_some()),
            _ => None,
        };
        self.other = numbered.is_some() && self.before == numbered && !self.other;
        self.before = numbered;
    }

    fn mark(&self, number: Option<u32>) -> String {
        match (number, self.other) {
            (Some(number), false) => format!("{number}."),
            (Some(number), true) => format!("{number})"),
            (None, false) => "-".to_owned(),
            (None, true) => "+".to_owned(),
        }
    }
}

fn block_to(block: &Block, place: Place, marks: &Marks, depth: usize, out: &mut String) {
    match block {
        Block::Paragraph { children } => {
            let children = tidied(children);
            let guarded = place.first;
            out.push_str(&leaf(&children, Leaf::Paragraph { guarded }));
        }
        Block::Heading { level, children } => {
            let level = usize::from(*level).clamp(1, 6);
            let children = tidied(children);
            let text = leaf(&children, Leaf::Heading { level });
            if text.contains('\n') {
                let line = if level == 1 { "===" } else { "---" };
                out.push_str(&format!("{text}\n{line}"));
            } else {
                out.push_str(format!("{} {text}", "#".repeat(level)).trim_end());
            }
        }
        Block::Quote { alert, children } => {
            let mut inner = String::new();
            if let Some(alert) = alert {
                inner.push_str(alert_mark(*alert));
                inner.push('\n');
            }
            inner.push_str(&container(children, alert.is_none(), false, depth));
            prefixed(&inner, "> ", "> ", out);
        }
        Block::Code { lang, chunks } => {
            let text: String = chunks.iter().flat_map(Chunk::text).collect();
            code(lang.as_deref(), &text, out);
        }
        Block::List {
            start,
            loose,
            items,
        } => {
            for (n, item) in items.iter().enumerate() {
                if n > 0 {
                    out.push_str(if *loose { "\n\n" } else { "\n" });
                }
                let number = start.map(|start| {
                    let n = u32::try_from(n).unwrap_or(u32::MAX);
                    start.saturating_add(n).min(MAX_NUMBER)
                });
                item_to(item, &marks.mark(number), *loose, depth, out);
            }
        }
        Block::Table { align, rows } => table(align, rows, out),
        Block::Footnote { label, children } => {
            let inner = container(children, false, false, depth);
            prefixed(&inner, &format!("[^{label}]: "), "    ", out);
        }
        Block::Html { chunks } => {
            let text: String = chunks.iter().flat_map(Chunk::text).collect();
            out.push_str(text.trim_start_matches(' ').trim_end_matches('\n'));
        }
        Block::Math { tex, .. } => {
            let text = line::display(tex);
            // On lines of its own, as people write it.
            match text
                .strip_prefix("$$")
                .and_then(|rest| rest.strip_suffix("$$"))
            {
                Some(tex) => out.push_str(&format!("$$\n{tex}\n$$")),
                None => out.push_str(&text),
            }
        }
        // Hyphens are what people know; behind an item's mark, or below a line, they would be something else.
        Block::Rule if place.first || place.tight => out.push_str("___"),
        Block::Rule => out.push_str("---"),
    }
}

/// CommonMark 5.2: a number has nine digits at most.
const MAX_NUMBER: u32 = 999_999_999;

/// What stands inside a container.
fn container(children: &[Block], first: bool, tight: bool, depth: usize) -> String {
    if depth >= MAX_DEPTH * 2 {
        return crate::plain_text(children);
    }
    blocks_to(children, Place { first, tight }, depth + 1)
}

fn item_to(item: &Item, mark: &str, loose: bool, depth: usize, out: &mut String) {
    let mut inner = match item.task {
        Some(true) => "[x] ".to_owned(),
        Some(false) => "[ ] ".to_owned(),
        None => String::new(),
    };
    inner.push_str(&container(
        &item.children,
        item.task.is_none(),
        !loose,
        depth,
    ));
    // Three hyphens on a line would be a rule.
    let is_rule = mark == "-" && inner.lines().next().is_some_and(is_hyphens);
    let mark = if is_rule { "*" } else { mark };
    let indent = " ".repeat(mark.len() + 1);
    prefixed(&inner, &format!("{mark} "), &indent, out);
}

fn is_hyphens(line: &str) -> bool {
    line.starts_with('-') && line.bytes().all(|b| b == b'-' || b == b' ')
}

/// The lines of `text`, each behind a mark. Lines without text get no space at their end.
fn prefixed(text: &str, first: &str, rest: &str, out: &mut String) {
    for (n, line) in text.split('\n').enumerate() {
        if n > 0 {
            out.push('\n');
        }
        let prefix = if n == 0 { first } else { rest };
        if line.is_empty() {
            out.push_str(prefix.trim_end());
        } else {
            out.push_str(prefix);
            out.push_str(line);
        }
    }
}

fn code(lang: Option<&str>, text: &str, out: &mut String) {
    let lang = lang.unwrap_or_default();
    let sign = if lang.contains('`') { '~' } else { '`' };
    let fence: String = std::iter::repeat_n(sign, longest_run(text, sign).max(2) + 1).collect();
    out.push_str(&fence);
    for c in lang.chars() {
        if c == '\\' || c == '&' {
            out.push('\\');
        }
        out.push(c);
    }
    out.push('\n');
    out.push_str(text);
    if !text.is_empty() && !text.ends_with('\n') {
        out.push('\n');
    }
    out.push_str(&fence);
}

fn longest_run(text: &str, sign: char) -> usize {
    let mut longest = 0;
    let mut run = 0;
    for c in text.chars() {
        run = if c == sign { run + 1 } else { 0 };
        longest = longest.max(run);
    }
    longest
}

fn table(align: &[Align], rows: &[Row], out: &mut String) {
    for (n, row) in rows.iter().enumerate() {
        if n > 0 {
            out.push('\n');
        }
        // Cells left out at a row's end stay out, but for the head, which says how many there are.
        let columns = if n == 0 {
            align.len()
        } else {
            row.0.len().clamp(1, align.len().max(1))
        };
        out.push('|');
        for column in 0..columns {
            let Some(Cell(children)) = row.0.get(column) else {
                out.push_str("  |");
                continue;
            };
            out.push_str(&format!(" {} |", leaf(&tidied(children), Leaf::Cell)));
        }
        if n == 0 {
            out.push_str("\n|");
            for align in align {
                out.push_str(match align {
                    Align::None => " --- |",
                    Align::Left => " :-- |",
                    Align::Center => " :-: |",
                    Align::Right => " --: |",
                });
            }
        }
    }
}

fn alert_mark(alert: Alert) -> &'static str {
    match alert {
        Alert::Note => "[!NOTE]",
        Alert::Tip => "[!TIP]",
        Alert::Important => "[!IMPORTANT]",
        Alert::Warning => "[!WARNING]",
        Alert::Caution => "[!CAUTION]",
    }
}
