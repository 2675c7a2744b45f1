//! The address of an image: what is kept of it.

use crate::read::cut;
use crate::{MAX_DATA_IMAGE, MAX_LINK};

/// Kinds of images that a reply may carry, and a name that one of them is often given. SVG is none: it is
/// a document.
const KINDS: [&str; 6] = ["png", "jpeg", "jpg", "gif", "webp", "avif"];

/// What the tree keeps of `src`: of what carries an image, all or only what stands before the comma.
pub(crate) fn address(mut src: String) -> String {
    let Some(kind) = data_kind(&src) else {
        return cut(src, MAX_LINK);
    };
    if src.len() <= MAX_DATA_IMAGE && is_shown(kind) {
        return src;
    }
    let kept = "data:".len() + kind.len();
    src.truncate(kept);
    cut(src, MAX_LINK)
}

/// What stands between `data:` and the comma, of such an address.
fn data_kind(src: &str) -> Option<&str> {
    let (scheme, rest) = src.split_once(':')?;
    let is_data = scheme.eq_ignore_ascii_case("data");
    is_data.then(|| rest.split_once(',').map_or(rest, |(kind, _)| kind))
}

fn is_shown(kind: &str) -> bool {
    let Some((kind, encoding)) = kind.split_once(';') else {
        return false;
    };
    let Some(("image", name)) = kind.split_once('/') else {
        return false;
    };
    KINDS.contains(&name) && encoding.eq_ignore_ascii_case("base64")
}
