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

use crate::tree::{Alert, Align, Block, Cell, Chunk, Inline, Item, Row};
use crate::{MAX_DEPTH, parse_finished};

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
            let display = Inline::Math {
                tex: tex.clone(),
                display: true,
                open: false,
            };
            let mut text = String::new();
            inlines(&[display], Style::default(), &mut text);
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

/// What a run of inlines belongs to.
#[derive(Debug, Clone, Copy)]
enum Leaf {
    Paragraph { guarded: bool },
    Heading { level: usize },
    Cell,
}

/// How inlines are written.
#[derive(Debug, Clone, Copy, Default)]
struct Style {
    escapes: Escapes,
    marks: EmphasisMarks,
    /// Emphasis is `_` here, not `*`.
    underscores: bool,
    /// Line ends are not to be written.
    one_line: bool,
    /// In a table's cell, where a bar ends the cell.
    cell: bool,
    /// There are several lines.
    has_lines: bool,
}

/// Which marks emphasis has: `*` or `_`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
enum EmphasisMarks {
    /// `*`.
    #[default]
    Stars,
    /// `*`, and `_` in emphasis.
    InTurns,
    /// `_`, and `*` in emphasis.
    InOtherTurns,
    /// The same, but strong emphasis has stars.
    WeakInTurns,
    WeakInOtherTurns,
    /// `_` directly behind emphasis.
    BySide,
}

impl EmphasisMarks {
    const ALL: [Self; 6] = [
        Self::Stars,
        Self::InTurns,
        Self::InOtherTurns,
        Self::WeakInTurns,
        Self::WeakInOtherTurns,
        Self::BySide,
    ];
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
enum Escapes {
    /// None but where there is no doubt.
    #[default]
    None,
    /// A backslash before all that may mean something.
    Slashes,
    /// The same, and brackets as character references: `\[` may open a formula.
    References,
}

/// The plainest way to write `children` that reads as what they are.
fn leaf(children: &[Inline], leaf: Leaf) -> String {
    let one_line = match leaf {
        Leaf::Paragraph { .. } => false,
        // Only what is underlined has lines.
        Leaf::Heading { level } => level > 2,
        Leaf::Cell => true,
    };
    let has_lines = has_lines(children);
    let mut text = String::new();
    for escapes in [Escapes::None, Escapes::Slashes, Escapes::References] {
        for marks in EmphasisMarks::ALL {
            use EmphasisMarks::{InOtherTurns, WeakInOtherTurns};
            let style = Style {
                escapes,
                marks,
                underscores: matches!(marks, InOtherTurns | WeakInOtherTurns),
                one_line,
                cell: matches!(leaf, Leaf::Cell),
                has_lines,
            };
            text.clear();
            inlines(children, style, &mut text);
            if matches!(leaf, Leaf::Paragraph { guarded: true }) && is_mark(children) {
                text.replace_range(..text.find('[').map_or(0, |at| at + 1), opening(escapes));
            }
            if reads_as(&text, children, leaf) {
                return text;
            }
        }
    }
    // No Markdown says it: all is escaped at least.
    text
}

/// Whether a text begins as a box or an alert does.
fn is_mark(children: &[Inline]) -> bool {
    matches!(
        children.first(),
        Some(Inline::Text(text)) if ["[ ]", "[x]", "[X]", "[!"].iter().any(|mark| text.starts_with(mark))
    )
}

fn opening(escapes: Escapes) -> &'static str {
    match escapes {
        Escapes::None | Escapes::Slashes => "\\[",
        Escapes::References => "&#91;",
    }
}

/// Whether `text` reads as `children`.
fn reads_as(text: &str, children: &[Inline], leaf: Leaf) -> bool {
    let notes = notes(children);
    match leaf {
        Leaf::Paragraph { .. } => match parse_finished(&format!("{text}{notes}")).first() {
            Some(Block::Paragraph { children: read }) => read == children,
            Some(Block::Math { tex, .. }) => matches!(
                children,
                [Inline::Math { tex: wanted, display: true, .. }] if wanted == tex
            ),
            first => first.is_none() && children.is_empty(),
        },
        Leaf::Heading { level } => {
            let source = if text.contains('\n') {
                format!("{text}\n{}{notes}", if level == 1 { "===" } else { "---" })
            } else {
                format!("{} {text}{notes}", "#".repeat(level))
            };
            matches!(
                parse_finished(&source).first(),
                Some(Block::Heading { level: read, children: c })
                    if usize::from(*read) == level && c == children
            )
        }
        Leaf::Cell => {
            let source = format!("| {text} |\n| --- |{notes}");
            let Some(Block::Table { rows, .. }) = parse_finished(&source).into_iter().next() else {
                return false;
            };
            match rows.first().map(|row| row.0.as_slice()) {
                Some([cell]) => cell.0 == children,
                Some([]) => children.is_empty(),
                _ => false,
            }
        }
    }
}

fn has_lines(children: &[Inline]) -> bool {
    children.iter().any(|child| match child {
        Inline::Text(text) => text.contains('\n'),
        Inline::Break => true,
        Inline::Em { children }
        | Inline::Strong { children }
        | Inline::Strike { children }
        | Inline::Link { children, .. } => has_lines(children),
        _ => false,
    })
}

/// The footnotes that `children` refer to: without them, they would not be references.
fn notes(children: &[Inline]) -> String {
    let mut out = String::new();
    for child in children {
        match child {
            Inline::FootnoteRef { label } => out.push_str(&format!("\n\n[^{label}]: x")),
            Inline::Em { children }
            | Inline::Strong { children }
            | Inline::Strike { children }
            | Inline::Link { children, .. } => out.push_str(&notes(children)),
            _ => {}
        }
    }
    out
}

fn inlines(children: &[Inline], style: Style, out: &mut String) {
    for (n, child) in children.iter().enumerate() {
        let next = children.get(n + 1);
        match child {
            Inline::Em { children } => emphasis(1, children, style, out),
            Inline::Strong { children } => emphasis(2, children, style, out),
            Inline::Strike { children } => span("~~", children, style, out),
            Inline::Code { text } => inline_code(text, style, out),
            Inline::Math { tex, display, .. } => formula(tex, *display, next, style, out),
            Inline::Link { href, children } => link(href, children, style, out),
            Inline::Image { src, alt } => {
                out.push_str("![");
                text_to(alt, style, false, out);
                out.push_str("](");
                destination(src, style, out);
                out.push(')');
            }
            Inline::FootnoteRef { label } => out.push_str(&format!("[^{label}]")),
            Inline::Break => line_break(n == 0, next, style, out),
            Inline::Text(text) => {
                let begins = out.is_empty() || out.ends_with('\n');
                text_to(text, style, begins, out);
            }
        }
    }
}

/// Emphasis, or, of two marks, strong emphasis.
fn emphasis(count: usize, children: &[Inline], style: Style, out: &mut String) {
    use EmphasisMarks::{BySide, Stars, WeakInOtherTurns, WeakInTurns};
    let has_stars = count == 2 && matches!(style.marks, WeakInTurns | WeakInOtherTurns);
    let is_underscored = match style.marks {
        BySide => out.ends_with('*'),
        _ => style.underscores && !has_stars,
    };
    let inner = Style {
        underscores: match style.marks {
            Stars => false,
            _ if has_stars => style.underscores,
            _ => !style.underscores,
        },
        ..style
    };
    let mark = if is_underscored { "_" } else { "*" };
    span(&mark.repeat(count), children, inner, out);
}

fn span(mark: &str, children: &[Inline], style: Style, out: &mut String) {
    out.push_str(mark);
    inlines(children, style, out);
    out.push_str(mark);
}

fn inline_code(text: &str, style: Style, out: &mut String) {
    let mut fence = 1;
    while runs(text).any(|run| run == fence) {
        fence += 1;
    }
    let fence = "`".repeat(fence);
    let is_padded = text.starts_with('`')
        || text.ends_with('`')
        || (text.starts_with(' ') && text.ends_with(' ') && !text.trim_matches(' ').is_empty());
    let pad = if is_padded { " " } else { "" };
    let text = if style.cell {
        text.replace('|', "\\|")
    } else {
        text.to_owned()
    };
    out.push_str(&format!("{fence}{pad}{text}{pad}{fence}"));
}

/// The lengths of the runs of backticks in `text`.
fn runs(text: &str) -> impl Iterator<Item = usize> {
    text.split(|c| c != '`').map(str::len)
}

fn formula(tex: &str, display: bool, next: Option<&Inline>, style: Style, out: &mut String) {
    let tex = if style.cell {
        tex.replace('|', "\\vert ")
    } else {
        tex.to_owned()
    };
    let digit_follows =
        matches!(next, Some(Inline::Text(text)) if text.starts_with(|c: char| c.is_ascii_digit()));
    // Directly behind a dollar, another would belong to it.
    let is_clear = !out.ends_with('$') || out.ends_with("\\$");
    let (open, close) = if display {
        if is_clear && holds_no(&tex, "$$") && !tex.starts_with('$') {
            ("$$", "$$")
        } else {
            ("\\[", "\\]")
        }
    } else if is_clear && !digit_follows && holds_no(&tex, "$") {
        ("$", "$")
    } else {
        ("\\(", "\\)")
    };
    out.push_str(&format!("{open}{tex}{close}"));
}

/// Whether `tex` can stand before `close`, which then ends it and nothing before.
fn holds_no(tex: &str, close: &str) -> bool {
    let mut rest = tex;
    while let Some(at) = rest.find(['\\', '$']) {
        if rest[at..].starts_with(close) || rest.len() == at + 1 {
            return false;
        }
        // What a backslash takes is no sign.
        let skipped = if rest[at..].starts_with('\\') {
            rest[at + 1..].chars().next().map_or(0, char::len_utf8)
        } else {
            0
        };
        rest = &rest[at + 1 + skipped..];
    }
    true
}

fn link(href: &str, children: &[Inline], style: Style, out: &mut String) {
    if let [Inline::Text(text)] = children {
        let is_bare = text == href || href.strip_prefix("http://") == Some(text);
        if is_bare && style.escapes != Escapes::References {
            out.push_str(text);
            return;
        }
        if (text == href || href.strip_prefix("mailto:") == Some(text))
            && style.escapes != Escapes::References
            && !text.contains(['<', '>'])
        {
            out.push_str(&format!("<{text}>"));
            return;
        }
    }
    out.push('[');
    inlines(children, style, out);
    out.push_str("](");
    destination(href, style, out);
    out.push(')');
}

fn destination(address: &str, style: Style, out: &mut String) {
    let is_enclosed = address.is_empty()
        || address.starts_with('<')
        || address.contains(|c: char| c.is_whitespace() || c.is_control() || "()".contains(c));
    if is_enclosed {
        out.push('<');
    }
    for (at, c) in address.char_indices() {
        match c {
            '\n' => out.push_str("&#10;"),
            '\\' | '<' | '>' => out.extend(['\\', c]),
            '&' if is_reference(&address[at..]) => out.push_str("\\&"),
            '|' if style.cell => out.push_str("\\|"),
            c => out.push(c),
        }
    }
    if is_enclosed {
        out.push('>');
    }
}

/// Whether `text` begins with what could be a character reference.
fn is_reference(text: &str) -> bool {
    text[1..].find(';').is_some_and(|end| {
        end < 40
            && text[1..=end]
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || b == b'#')
    })
}

/// A break in a line that may not end, before a line end, or beside another break is an element: nothing
/// else says it.
fn line_break(first: bool, next: Option<&Inline>, style: Style, out: &mut String) {
    let before_line_end = match next {
        Some(Inline::Text(text)) => text.starts_with([' ', '\t', '\n']),
        Some(Inline::Break | Inline::FootnoteRef { .. }) | None => true,
        Some(_) => false,
    };
    if style.one_line || first || before_line_end || out.ends_with(['>', ' ', '\t', '\n']) {
        out.push_str("<br>");
    } else {
        out.push_str("  \n");
    }
}

/// Text; `begins` tells that it begins a line.
fn text_to(text: &str, style: Style, begins: bool, out: &mut String) {
    let mut begins = begins;
    let mut digits = 0;
    let mut rest = text.char_indices().peekable();
    while let Some((at, c)) = rest.next() {
        let next = rest.peek().map(|(_, c)| *c);
        let is_escaped = match style.escapes {
            Escapes::None => match c {
                '[' => next == Some('^'),
                '|' => style.cell,
                // Raw HTML over several lines would keep what stands before each.
                '<' => {
                    style.has_lines
                        && next
                            .is_some_and(|next| "!?/".contains(next) || next.is_ascii_alphabetic())
                }
                _ => false,
            },
            _ => {
                "\\*_`<&~$!#^|[]".contains(c) && !(c == ']' && style.escapes == Escapes::Slashes)
                    || (begins && ">-+=:".contains(c))
                    || (digits > 0 && (c == '.' || c == ')'))
            }
        };
        match c {
            '\n' if style.one_line => out.push(' '),
            '\n' if style.escapes == Escapes::References
                && (next == Some('\n') || out.ends_with('\n') || out.is_empty()) =>
            {
                out.push_str("&#10;");
            }
            ' ' | '\t'
                if style.escapes != Escapes::None && (begins || matches!(next, Some('\n'))) =>
            {
                out.push_str(if c == ' ' { "&#32;" } else { "&#9;" });
            }
            '[' | ']' | '`' if style.escapes == Escapes::References => {
                out.push_str(&format!("&#{};", u32::from(c)));
            }
            c if is_escaped => out.extend(['\\', c]),
            c => out.push(c),
        }
        let at_start = begins || text[..at].ends_with('\n');
        digits = if c.is_ascii_digit() && (at_start || digits > 0) {
            digits + 1
        } else {
            0
        };
        begins = c == '\n';
    }
}

/// `children` without what no Markdown says: texts stand together, white space stands beside spans and not
/// at the ends.
fn tidied(children: &[Inline]) -> Vec<Inline> {
    let mut out = Vec::with_capacity(children.len());
    for child in children {
        push_tidied(child, &mut out);
    }
    take_start(&mut out);
    loop {
        take_end(&mut out);
        match out.last() {
            Some(Inline::Break) => out.pop(),
            _ => return out,
        };
    }
}

fn push_tidied(child: &Inline, out: &mut Vec<Inline>) {
    let wrap: fn(Vec<Inline>) -> Inline = match child {
        Inline::Text(text) => return crate::inline::push_text(out, &text.replace("\r\n", "\n")),
        Inline::Em { .. } => |children| Inline::Em { children },
        Inline::Strong { .. } => |children| Inline::Strong { children },
        Inline::Strike { .. } => |children| Inline::Strike { children },
        other => return out.push(other.clone()),
    };
    let (Inline::Em { children } | Inline::Strong { children } | Inline::Strike { children }) =
        child
    else {
        return;
    };
    let mut inner = Vec::with_capacity(children.len());
    for child in children {
        push_tidied(child, &mut inner);
    }
    let before = take_start(&mut inner);
    let after = take_end(&mut inner);
    crate::inline::push_text(out, &before);
    if !inner.is_empty() {
        out.push(wrap(inner));
    }
    crate::inline::push_text(out, &after);
}

const SPACES: [char; 3] = [' ', '\t', '\n'];

/// Takes the white space off the beginning.
fn take_start(children: &mut Vec<Inline>) -> String {
    let Some(Inline::Text(text)) = children.first_mut() else {
        return String::new();
    };
    let end = text.len() - text.trim_start_matches(SPACES).len();
    let taken = text.drain(..end).collect();
    if text.is_empty() {
        children.remove(0);
    }
    taken
}

/// Takes the white space off the end.
fn take_end(children: &mut Vec<Inline>) -> String {
    let Some(Inline::Text(text)) = children.last_mut() else {
        return String::new();
    };
    let taken = text.split_off(text.trim_end_matches(SPACES).len());
    if text.is_empty() {
        children.pop();
    }
    taken
}
