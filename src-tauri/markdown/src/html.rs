//! HTML for the rich clipboard, and for nothing else: no window ever shows it. Every text is escaped.
//! What other programs do not understand is written so that it still reads well: boxes and formulas as
//! text, images as links to them. What runs from right to left says so, and stands at the right by a style
//! of its own: LibreOffice and Word leave it at the left otherwise.

use std::fmt::Write;

use crate::direction::{Direction, direction};
use crate::inline;
use crate::tree::{Alert, Align, Block, Chunk, Inline, Item, Row};

/// `blocks` as HTML.
pub fn to_html(blocks: &[Block]) -> String {
    let mut out = String::new();
    of_blocks(blocks, Direction::LeftToRight, &mut out);
    out
}

/// `children` as HTML, without a block around them: they are put into a line.
pub fn inline_html(children: &[Inline]) -> String {
    let mut out = String::new();
    of_inlines(children, &mut out);
    out
}

/// A block, in text that runs as `around` says.
fn of_block(block: &Block, tight: bool, around: Direction, out: &mut String) {
    let own = match block {
        // It is the item's own text, which has said how it runs.
        Block::Paragraph { .. } if tight => around,
        Block::Code { .. } | Block::Html { .. } => Direction::LeftToRight,
        block => direction(std::slice::from_ref(block)).unwrap_or(around),
    };
    let runs = turn(around, own);
    match block {
        Block::Paragraph { children } if tight => of_inlines(children, out),
        Block::Paragraph { children } => {
            tag(out, format_args!("<p{runs}>"));
            of_inlines(children, out);
            out.push_str("</p>");
        }
        Block::Heading { level, children } => {
            tag(out, format_args!("<h{level}{runs}>"));
            of_inlines(children, out);
            tag(out, format_args!("</h{level}>"));
        }
        Block::Quote { alert, children } => {
            tag(out, format_args!("<blockquote{runs}>"));
            if let Some(alert) = alert {
                tag(
                    out,
                    format_args!("<p><strong>{}</strong></p>", name(*alert)),
                );
            }
            of_blocks(children, own, out);
            out.push_str("</blockquote>");
        }
        Block::Code { lang, chunks } => {
            tag(out, format_args!("<pre{runs}><code"));
            if let Some(lang) = lang {
                out.push_str(" class=\"language-");
                escape(lang, out);
                out.push('"');
            }
            out.push('>');
            for text in chunks.iter().flat_map(Chunk::text) {
                escape(text, out);
            }
            out.push_str("</code></pre>");
        }
        Block::List {
            start,
            loose,
            items,
        } => {
            match start {
                Some(1) => tag(out, format_args!("<ol{runs}>")),
                Some(start) => tag(out, format_args!("<ol start=\"{start}\"{runs}>")),
                None => tag(out, format_args!("<ul{runs}>")),
            }
            for item in items {
                of_item(item, !loose, start.is_some(), own, out);
            }
            out.push_str(if start.is_some() { "</ol>" } else { "</ul>" });
        }
        // A table stands where the text around it begins.
        Block::Table { align, rows } if !runs.is_empty() => {
            tag(out, format_args!("<div{runs}>"));
            of_table(align, rows, own, out);
            out.push_str("</div>");
        }
        Block::Table { align, rows } => of_table(align, rows, own, out),
        Block::Footnote { label, children } => of_footnote(label, children, around, out),
        Block::Html { chunks } => {
            tag(out, format_args!("<pre{runs}>"));
            for text in chunks.iter().flat_map(Chunk::text) {
                escape(text, out);
            }
            out.push_str("</pre>");
        }
        Block::Math { tex, .. } => {
            tag(out, format_args!("<p{runs}>"));
            of_formula(tex, true, out);
            out.push_str("</p>");
        }
        Block::Rule => out.push_str("<hr>"),
    }
    if !tight {
        out.push('\n');
    }
}

fn of_blocks(blocks: &[Block], around: Direction, out: &mut String) {
    for block in blocks {
        of_block(block, false, around, out);
    }
}

/// What an element says of its direction, if it is another than that of the text around it.
fn turn(around: Direction, own: Direction) -> &'static str {
    match (around, own) {
        (Direction::LeftToRight, Direction::RightToLeft) => {
            " dir=\"rtl\" style=\"text-align: right\""
        }
        (Direction::RightToLeft, Direction::LeftToRight) => {
            " dir=\"ltr\" style=\"text-align: left\""
        }
        _ => "",
    }
}

fn of_item(item: &Item, tight: bool, numbered: bool, around: Direction, out: &mut String) {
    let own = direction(&item.children).unwrap_or(around);
    let runs = turn(around, own);
    match item.task {
        // The box stands where the bullet would.
        Some(_) if !numbered && runs.is_empty() => {
            out.push_str("<li style=\"list-style-type: none\">");
        }
        _ => tag(out, format_args!("<li{runs}>")),
    }
    match item.task {
        Some(true) => out.push_str("☑ "),
        Some(false) => out.push_str("☐ "),
        None => {}
    }
    for block in &item.children {
        of_block(block, tight, own, out);
    }
    out.push_str("</li>\n");
}

/// Its label stands in its first line.
fn of_footnote(label: &str, children: &[Block], around: Direction, out: &mut String) {
    let (first, rest) = match children {
        [Block::Paragraph { children: first }, rest @ ..] => (first.as_slice(), rest),
        rest => ([].as_slice(), rest),
    };
    let own = direction(&children[..children.len() - rest.len()]).unwrap_or(around);
    let runs = turn(around, own);
    tag(out, format_args!("<p{runs}><sup>"));
    escape(label, out);
    out.push_str("</sup>");
    if !first.is_empty() {
        out.push(' ');
        of_inlines(first, out);
    }
    out.push_str("</p>\n");
    of_blocks(rest, around, out);
}

/// With lines around its cells: without, a word processor shows words that float.
fn of_table(align: &[Align], rows: &[Row], own: Direction, out: &mut String) {
    out.push_str("<table");
    if own == Direction::RightToLeft {
        out.push_str(" dir=\"rtl\"");
    }
    out.push_str(" border=\"1\" cellpadding=\"4\" style=\"border-collapse: collapse\">");
    let (head, body) = match rows {
        // A part of a table may come without its head.
        [Row(cells), body @ ..] if cells.is_empty() => (None, body),
        [head, body @ ..] => (Some(head), body),
        [] => (None, rows),
    };
    // What heads a column is centred by itself, whatever is below it.
    let start = match own {
        Direction::LeftToRight => " align=\"left\"",
        Direction::RightToLeft => " align=\"right\"",
    };
    if let Some(head) = head {
        out.push_str("<thead>");
        of_row(align, head, "th", start, out);
        out.push_str("</thead>");
    }
    out.push_str("<tbody>");
    for row in body {
        of_row(align, row, "td", "", out);
    }
    out.push_str("</tbody></table>");
}

/// `start` is what a cell says that has no side.
fn of_row(align: &[Align], row: &Row, cell: &str, start: &str, out: &mut String) {
    out.push_str("<tr>");
    // Cells left out at the end of a row end the row: a hostile table stays as small as its text.
    for (align, content) in align.iter().zip(&row.0) {
        let side = match align {
            Align::None => start,
            Align::Left => " align=\"left\"",
            Align::Center => " align=\"center\"",
            Align::Right => " align=\"right\"",
        };
        tag(out, format_args!("<{cell}{side}>"));
        of_inlines(&content.0, out);
        tag(out, format_args!("</{cell}>"));
    }
    out.push_str("</tr>");
}

fn of_inlines(children: &[Inline], out: &mut String) {
    let mut after_note = false;
    for child in children {
        match child {
            Inline::Em { children } => wrap("em", children, out),
            Inline::Strong { children } => wrap("strong", children, out),
            Inline::Strike { children } => wrap("s", children, out),
            Inline::Code { text } => {
                out.push_str("<code>");
                escape(text, out);
                out.push_str("</code>");
            }
            Inline::Math { tex, display, .. } => of_formula(tex, *display, out),
            Inline::Link { href, children } => {
                open_link(href, out);
                of_inlines(children, out);
                close_link(href, out);
            }
            Inline::Image { src, alt } => {
                open_link(src, out);
                let carried = src
                    .get(..5)
                    .is_some_and(|scheme| scheme.eq_ignore_ascii_case("data:"));
                let name = match (alt.as_str(), carried) {
                    ("", true) => "Image",
                    ("", false) => src,
                    (alt, _) => alt,
                };
                escape(name, out);
                close_link(src, out);
            }
            Inline::FootnoteRef { label } => {
                // Two notes are not one of two digits.
                out.push_str(if after_note { "<sup>, " } else { "<sup>" });
                escape(label, out);
                out.push_str("</sup>");
            }
            Inline::Break => out.push_str("<br>"),
            Inline::Text(text) => escape(text, out),
        }
        after_note = matches!(child, Inline::FootnoteRef { .. });
    }
}

fn wrap(name: &str, children: &[Inline], out: &mut String) {
    tag(out, format_args!("<{name}>"));
    of_inlines(children, out);
    tag(out, format_args!("</{name}>"));
}

/// The tree of [`crate::parse`] has safe links only; any other tree gets the same treatment.
fn open_link(href: &str, out: &mut String) {
    if inline::is_safe(href) {
        out.push_str("<a href=\"");
        escape(href, out);
        out.push_str("\">");
    }
}

fn close_link(href: &str, out: &mut String) {
    if inline::is_safe(href) {
        out.push_str("</a>");
    }
}

fn of_formula(tex: &str, display: bool, out: &mut String) {
    let sign = if display { "$$" } else { "$" };
    out.push_str(sign);
    escape(tex, out);
    out.push_str(sign);
}

fn name(alert: Alert) -> &'static str {
    match alert {
        Alert::Note => "Note",
        Alert::Tip => "Tip",
        Alert::Important => "Important",
        Alert::Warning => "Warning",
        Alert::Caution => "Caution",
    }
}

fn tag(out: &mut String, tag: std::fmt::Arguments<'_>) {
    // Writing to a string cannot fail.
    let _ = out.write_fmt(tag);
}

fn escape(text: &str, out: &mut String) {
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            c => out.push(c),
        }
    }
}
