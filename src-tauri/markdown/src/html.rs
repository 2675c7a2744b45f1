//! HTML for the rich clipboard, and for nothing else: no window ever shows it. Every text is escaped.
//! What other programs do not understand is written so that it still reads well: boxes and formulas as
//! text, images as links to them.

use std::fmt::Write;

use crate::inline;
use crate::tree::{Alert, Align, Block, Chunk, Inline, Item, Row};

/// `blocks` as HTML.
pub fn to_html(blocks: &[Block]) -> String {
    let mut out = String::new();
    for block in blocks {
        of_block(block, false, &mut out);
    }
    out
}

/// `children` as HTML, without a block around them: they are put into a line.
pub fn inline_html(children: &[Inline]) -> String {
    let mut out = String::new();
    of_inlines(children, &mut out);
    out
}

fn of_block(block: &Block, tight: bool, out: &mut String) {
    match block {
        Block::Paragraph { children } if tight => of_inlines(children, out),
        Block::Paragraph { children } => {
            out.push_str("<p>");
            of_inlines(children, out);
            out.push_str("</p>");
        }
        Block::Heading { level, children } => {
            tag(out, format_args!("<h{level}>"));
            of_inlines(children, out);
            tag(out, format_args!("</h{level}>"));
        }
        Block::Quote { alert, children } => {
            out.push_str("<blockquote>");
            if let Some(alert) = alert {
                tag(
                    out,
                    format_args!("<p><strong>{}</strong></p>", name(*alert)),
                );
            }
            of_blocks(children, out);
            out.push_str("</blockquote>");
        }
        Block::Code { lang, chunks } => {
            out.push_str("<pre><code");
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
                Some(1) => out.push_str("<ol>"),
                Some(start) => tag(out, format_args!("<ol start=\"{start}\">")),
                None => out.push_str("<ul>"),
            }
            for item in items {
                of_item(item, !loose, out);
            }
            out.push_str(if start.is_some() { "</ol>" } else { "</ul>" });
        }
        Block::Table { align, rows } => of_table(align, rows, out),
        Block::Footnote { label, children } => {
            out.push_str("<p><sup>");
            escape(label, out);
            out.push_str("</sup></p>");
            of_blocks(children, out);
        }
        Block::Html { chunks } => {
            out.push_str("<pre>");
            for text in chunks.iter().flat_map(Chunk::text) {
                escape(text, out);
            }
            out.push_str("</pre>");
        }
        Block::Math { tex, .. } => {
            out.push_str("<p>");
            of_formula(tex, true, out);
            out.push_str("</p>");
        }
        Block::Rule => out.push_str("<hr>"),
    }
    if !tight {
        out.push('\n');
    }
}

fn of_blocks(blocks: &[Block], out: &mut String) {
    for block in blocks {
        of_block(block, false, out);
    }
}

fn of_item(item: &Item, tight: bool, out: &mut String) {
    out.push_str("<li>");
    match item.task {
        Some(true) => out.push_str("☑ "),
        Some(false) => out.push_str("☐ "),
        None => {}
    }
    for block in &item.children {
        of_block(block, tight, out);
    }
    out.push_str("</li>\n");
}

/// With lines around its cells: without, a word processor shows words that float.
fn of_table(align: &[Align], rows: &[Row], out: &mut String) {
    out.push_str("<table border=\"1\" cellpadding=\"4\" style=\"border-collapse: collapse\">");
    let (head, body) = match rows {
        // A part of a table may come without its head.
        [Row(cells), body @ ..] if cells.is_empty() => (None, body),
        [head, body @ ..] => (Some(head), body),
        [] => (None, rows),
    };
    if let Some(head) = head {
        out.push_str("<thead>");
        of_row(align, head, "th", out);
        out.push_str("</thead>");
    }
    out.push_str("<tbody>");
    for row in body {
        of_row(align, row, "td", out);
    }
    out.push_str("</tbody></table>");
}

fn of_row(align: &[Align], row: &Row, cell: &str, out: &mut String) {
    out.push_str("<tr>");
    // Cells left out at the end of a row end the row: a hostile table stays as small as its text.
    for (align, content) in align.iter().zip(&row.0) {
        match align {
            Align::None => tag(out, format_args!("<{cell}>")),
            Align::Left => tag(out, format_args!("<{cell} align=\"left\">")),
            Align::Center => tag(out, format_args!("<{cell} align=\"center\">")),
            Align::Right => tag(out, format_args!("<{cell} align=\"right\">")),
        }
        of_inlines(&content.0, out);
        tag(out, format_args!("</{cell}>"));
    }
    out.push_str("</tr>");
}

fn of_inlines(children: &[Inline], out: &mut String) {
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
                out.push_str("<sup>");
                escape(label, out);
                out.push_str("</sup>");
            }
            Inline::Break => out.push_str("<br>"),
            Inline::Text(text) => escape(text, out),
        }
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
