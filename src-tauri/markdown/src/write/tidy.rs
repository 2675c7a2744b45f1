//! Inlines without what no Markdown says.

use crate::inline::push_text;
use crate::tree::Inline;

/// `children` without what no Markdown says: texts stand together, white space stands beside spans and not
/// at the ends.
pub(super) fn tidied(children: &[Inline]) -> Vec<Inline> {
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
        Inline::Text(text) => return push_text(out, &text.replace("\r\n", "\n")),
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
    push_text(out, &before);
    if !inner.is_empty() {
        out.push(wrap(inner));
    }
    push_text(out, &after);
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
