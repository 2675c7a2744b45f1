//! What happens to the inlines of a leaf once they are all there: formulas take their places, and
//! addresses written bare become links (GFM 6.9, *Autolinks (extension)*: `http://`, `https://` and
//! `www.`; bare e-mail addresses are left alone).

use crate::MAX_LINK;
use crate::math::Formulas;
use crate::tree::Inline;

/// Whether a link may lead to `href`: `http`, `https` or `mailto`, of a sane length, without control
/// characters. Everything else stays text.
pub(crate) fn is_safe(href: &str) -> bool {
    let Some((scheme, rest)) = href.split_once(':') else {
        return false;
    };
    let scheme_is_safe = ["http", "https"]
        .iter()
        .any(|s| scheme.eq_ignore_ascii_case(s) && rest.starts_with("//") && rest.len() > 2)
        || (scheme.eq_ignore_ascii_case("mailto") && !rest.is_empty());
    scheme_is_safe
        && href.len() <= MAX_LINK
        && !href.chars().any(|c| c.is_control() || c.is_whitespace())
}

/// Appends text: two texts never stand side by side.
pub(crate) fn push_text(children: &mut Vec<Inline>, text: &str) {
    if text.is_empty() {
        return;
    }
    match children.last_mut() {
        Some(Inline::Text(last)) => last.push_str(text),
        _ => children.push(Inline::Text(text.to_owned())),
    }
}

/// Puts formulas and bare links into their places.
pub(crate) fn finish(children: Vec<Inline>, formulas: &Formulas<'_>) -> Vec<Inline> {
    walk(children, formulas, false)
}

fn walk(children: Vec<Inline>, formulas: &Formulas<'_>, in_link: bool) -> Vec<Inline> {
    let mut out = Vec::with_capacity(children.len());
    for child in children {
        let child = match child {
            Inline::Text(text) => {
                split(&text, formulas, in_link, &mut out);
                continue;
            }
            Inline::Em { children } => Inline::Em {
                children: walk(children, formulas, in_link),
            },
            Inline::Strong { children } => Inline::Strong {
                children: walk(children, formulas, in_link),
            },
            Inline::Strike { children } => Inline::Strike {
                children: walk(children, formulas, in_link),
            },
            Inline::Link { href, children } => Inline::Link {
                href,
                children: walk(children, formulas, true),
            },
            other => other,
        };
        out.push(child);
    }
    out
}

fn split(text: &str, formulas: &Formulas<'_>, in_link: bool, out: &mut Vec<Inline>) {
    let mut rest = text;
    while let Some((before, formula, after)) = formulas.next_in(rest) {
        linkify(before, in_link, out);
        out.push(Inline::Math {
            tex: formula.tex.clone(),
            display: formula.display,
            open: formula.open,
        });
        rest = after;
    }
    linkify(rest, in_link, out);
}

fn linkify(text: &str, in_link: bool, out: &mut Vec<Inline>) {
    if in_link {
        return push_text(out, text);
    }
    let mut done = 0;
    let mut from = 0;
    while let Some(start) = next_start(text, from) {
        let end = start + address_length(&text[start..]);
        let address = &text[start..end];
        let href = if starts_with(address, "www.") {
            format!("http://{address}")
        } else {
            address.to_owned()
        };
        // Whether it is one or not, it is not looked at again: hostile text costs no more than its length.
        from = end.max(start + 4);
        if has_host(address) && is_safe(&href) {
            push_text(out, &text[done..start]);
            out.push(Inline::Link {
                href,
                children: vec![Inline::Text(address.to_owned())],
            });
            done = end;
        }
    }
    push_text(out, &text[done..]);
}

/// Where the next address may begin: at the beginning, after a space, or after one of `*_~(`, and, as
/// scripts without spaces need it, after anything that is neither ASCII letter nor digit.
fn next_start(text: &str, from: usize) -> Option<usize> {
    let bytes = text.as_bytes();
    (from..bytes.len()).find(|&i| {
        matches!(bytes[i], b'h' | b'H' | b'w' | b'W')
            && (i == 0 || !bytes[i - 1].is_ascii_alphanumeric())
            && ["http://", "https://", "www."]
                .iter()
                .any(|sign| starts_with(&text[i..], sign))
    })
}

fn starts_with(text: &str, sign: &str) -> bool {
    text.get(..sign.len())
        .is_some_and(|head| head.eq_ignore_ascii_case(sign))
}

/// How far an address goes: to a space, `<` or a character no address holds; less the punctuation
/// that closes a sentence, and a closing bracket that has no opening one.
fn address_length(text: &str) -> usize {
    let mut end = text
        .find(|c: char| {
            c.is_whitespace() || c.is_control() || "<>\"`|\\^{}".contains(c) || is_wide(c)
        })
        .unwrap_or(text.len());
    let count = |end: usize, sign: u8| {
        text.as_bytes()[..end]
            .iter()
            .filter(|&&b| b == sign)
            .count()
    };
    let mut opened = count(end, b'(');
    let mut closed = count(end, b')');
    while let Some(last) = text[..end].chars().next_back() {
        match last {
            // What looks like a character reference is none of the address (GFM 6.9).
            ';' => {
                let name = text[..end - 1].trim_end_matches(|c: char| c.is_ascii_alphanumeric());
                if name.len() < end - 1 && name.ends_with('&') {
                    end = name.len();
                }
            }
            '?' | '!' | '.' | ',' | ':' | '*' | '_' | '~' | '\'' => {}
            ')' if closed > opened => closed -= 1,
            '(' => opened -= 1,
            _ => break,
        }
        end -= last.len_utf8();
    }
    end
}

/// Full-width punctuation ends an address written in Chinese or Japanese text.
fn is_wide(c: char) -> bool {
    matches!(c, '\u{3000}'..='\u{303f}' | '\u{ff00}'..='\u{ffef}' | '\u{2018}'..='\u{201d}')
}

/// Whether something stands where the host should: for `www.` at least one more dot.
fn has_host(address: &str) -> bool {
    let host = match address.split_once("://") {
        Some((_, rest)) => rest,
        None => {
            let rest = address.get(4..).unwrap_or_default();
            if !rest.contains('.') {
                return false;
            }
            rest
        }
    };
    host.starts_with(|c: char| c.is_alphanumeric() || c == '[')
}

/// Takes spaces and breaks off the end.
pub(crate) fn trim(children: &mut Vec<Inline>) {
    while let Some(last) = children.last_mut() {
        match last {
            Inline::Break => {}
            Inline::Text(text) => {
                let kept = text.trim_end_matches([' ', '\n']).len();
                text.truncate(kept);
                if kept > 0 {
                    return;
                }
            }
            _ => return,
        }
        children.pop();
    }
}
