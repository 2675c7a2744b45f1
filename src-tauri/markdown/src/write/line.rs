//! What stands inside a line, as Markdown: the plainest way that reads as what it is.

use crate::parse_finished;
use crate::tree::{Block, Inline};

/// Bytes of a line for which not every way is tried.
const LONG: usize = 16 << 10;

/// What a run of inlines belongs to.
#[derive(Debug, Clone, Copy)]
pub(super) enum Leaf {
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
pub(super) fn leaf(children: &[Inline], leaf: Leaf) -> String {
    let one_line = match leaf {
        Leaf::Paragraph { .. } => false,
        // Only what is underlined has lines.
        Leaf::Heading { level } => level > 2,
        Leaf::Cell => true,
    };
    let has_lines = has_lines(children);
    let mut text = String::new();
    let mut tries = EmphasisMarks::ALL.len();
    for escapes in [Escapes::None, Escapes::Slashes, Escapes::References] {
        for marks in EmphasisMarks::ALL.into_iter().take(tries) {
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
            // Each try is a reading.
            if text.len() > LONG {
                tries = 1;
                break;
            }
        }
    }
    // No Markdown says it: all is escaped at least.
    text
}

/// A formula that has a paragraph for itself.
pub(super) fn display(tex: &str) -> String {
    let mut text = String::new();
    formula(tex, true, None, Style::default(), &mut text);
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
