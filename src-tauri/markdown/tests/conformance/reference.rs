//! A tree in the very words of the specifications' own renderer (cmark), so that texts can be compared
//! as they stand. Nothing but these tests uses it. Of what the tree does not keep, titles, nothing is
//! written; the rest is all there.

use std::fmt::Write;

use serein_markdown::{Align, Block, Cell, Chunk, Inline, Item, Row};

/// `blocks` as cmark would write them.
pub(crate) fn html(blocks: &[Block]) -> String {
    let mut out = String::new();
    for block in blocks {
        of_block(block, false, &mut out);
    }
    out
}

/// `html` without the titles of links and images. Those in raw HTML stay.
pub(crate) fn without_titles(html: &str) -> String {
    let mut out = String::new();
    let mut rest = html;
    while let Some((before, title)) = rest.split_once(" title=\"") {
        out.push_str(before);
        // A quotation mark in it is written `&quot;`. Behind it, cmark ends the tag in its own way.
        match title.split_once('"') {
            Some((_, after)) if after.starts_with('>') || after.starts_with(" />") => rest = after,
            _ => {
                out.push_str(" title=\"");
                rest = title;
            }
        }
    }
    out + rest
}

fn of_block(block: &Block, tight: bool, out: &mut String) {
    if !(tight && matches!(block, Block::Paragraph { .. })) {
        begin_line(out);
    }
    match block {
        Block::Paragraph { children } if tight => of_inlines(children, out),
        Block::Paragraph { children } => wrap("p", children, out),
        Block::Heading { level, children } => wrap(&format!("h{level}"), children, out),
        Block::Quote { alert, children } => {
            assert!(alert.is_none(), "no example has an alert");
            out.push_str("<blockquote>\n");
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
            of_chunks(chunks, out);
            out.push_str("</code></pre>");
        }
        Block::List {
            start,
            loose,
            items,
        } => {
            match start {
                Some(1) => out.push_str("<ol>\n"),
                Some(start) => write(out, format_args!("<ol start=\"{start}\">\n")),
                None => out.push_str("<ul>\n"),
            }
            for item in items {
                of_item(item, !loose, out);
            }
            out.push_str(if start.is_some() { "</ol>" } else { "</ul>" });
        }
        Block::Table { align, rows } => of_table(align, rows, out),
        Block::Footnote { label, children } => {
            write(out, format_args!("<footnote label=\"{label}\">\n"));
            of_blocks(children, out);
            out.push_str("</footnote>");
        }
        Block::Html { chunks } => of_chunks(chunks, out),
        Block::Math { tex, .. } => {
            out.push_str("<math>");
            escape(tex, out);
            out.push_str("</math>");
        }
        Block::Rule => out.push_str("<hr />"),
    }
    if !(tight && matches!(block, Block::Paragraph { .. })) {
        begin_line(out);
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
        Some(true) => out.push_str("<input checked=\"\" disabled=\"\" type=\"checkbox\"> "),
        Some(false) => out.push_str("<input disabled=\"\" type=\"checkbox\"> "),
        None => {}
    }
    for block in &item.children {
        of_block(block, tight, out);
    }
    out.push_str("</li>\n");
}

fn of_table(align: &[Align], rows: &[Row], out: &mut String) {
    out.push_str("<table>\n");
    for (index, row) in rows.iter().enumerate() {
        let (before, name) = match index {
            0 => ("<thead>\n", "th"),
            1 => ("<tbody>\n", "td"),
            _ => ("", "td"),
        };
        write(out, format_args!("{before}<tr>\n"));
        for (column, align) in align.iter().enumerate() {
            let align = match align {
                Align::None => "",
                Align::Left => " align=\"left\"",
                Align::Center => " align=\"center\"",
                Align::Right => " align=\"right\"",
            };
            write(out, format_args!("<{name}{align}>"));
            // The tree leaves out empty cells at the end of a row.
            if let Some(Cell(children)) = row.0.get(column) {
                of_inlines(children, out);
            }
            write(out, format_args!("</{name}>\n"));
        }
        out.push_str("</tr>\n");
        if index == 0 {
            out.push_str("</thead>\n");
        }
    }
    if rows.len() > 1 {
        out.push_str("</tbody>\n");
    }
    out.push_str("</table>");
}

fn of_chunks(chunks: &[Chunk], out: &mut String) {
    for text in chunks.iter().flat_map(Chunk::text) {
        escape(text, out);
    }
}

fn of_inlines(children: &[Inline], out: &mut String) {
    for child in children {
        match child {
            Inline::Em { children } => wrap("em", children, out),
            Inline::Strong { children } => wrap("strong", children, out),
            Inline::Strike { children } => wrap("del", children, out),
            Inline::Code { text } => {
                out.push_str("<code>");
                escape(text, out);
                out.push_str("</code>");
            }
            Inline::Math { tex, .. } => {
                out.push_str("<math>");
                escape(tex, out);
                out.push_str("</math>");
            }
            Inline::Link { href, children } => {
                write(out, format_args!("<a href=\"{}\">", address(href)));
                of_inlines(children, out);
                out.push_str("</a>");
            }
            Inline::Image { src, alt } => {
                write(out, format_args!("<img src=\"{}\" alt=\"", address(src)));
                escape(alt, out);
                out.push_str("\" />");
            }
            Inline::FootnoteRef { label } => {
                write(out, format_args!("<footnote-ref label=\"{label}\" />"));
            }
            Inline::Break => out.push_str("<br />\n"),
            Inline::Text(text) => escape(text, out),
        }
    }
}

fn wrap(name: &str, children: &[Inline], out: &mut String) {
    write(out, format_args!("<{name}>"));
    of_inlines(children, out);
    write(out, format_args!("</{name}>"));
}

/// Where cmark begins a new line, it does so once.
fn begin_line(out: &mut String) {
    if !out.is_empty() && !out.ends_with('\n') {
        out.push('\n');
    }
}

fn write(out: &mut String, text: std::fmt::Arguments<'_>) {
    out.write_fmt(text).expect("a string can be written to");
}

fn escape(text: &str, out: &mut String) {
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            c => out.push(c),
        }
    }
}

/// An address as cmark writes it: percent signs stay, what has no place in an address is encoded.
fn address(href: &str) -> String {
    let mut out = String::new();
    for byte in href.bytes() {
        match byte {
            b'&' => out.push_str("&amp;"),
            b'\'' => out.push_str("&#x27;"),
            byte if byte.is_ascii_alphanumeric() || b"-_.+!*(),%#@?=;:/$~".contains(&byte) => {
                out.push(char::from(byte));
            }
            byte => write(&mut out, format_args!("%{byte:02X}")),
        }
    }
    out
}
