//! The bounds of what is read, and what becomes of ids, times and names that may not stay as they are.

use serde_json::Value as Json;
use uuid::Uuid;

use crate::exchange::TEMPORARY;
use crate::plain::plain;

/// A message, or another value that is kept, has at most so many bytes in a file.
pub(super) const VALUE_BYTES: usize = 32 << 20;
/// A title, or a folder's name, has at most so many characters; the app's own have fewer.
const TITLE_CHARACTERS: usize = 200;
/// A model's name has at most so many bytes.
const MODEL_BYTES: usize = 256;
/// An id that is kept has at most so many bytes.
const ID_BYTES: usize = 64;
/// An id is looked at up to so many bytes.
const LONG_ID_BYTES: usize = 256;
/// What a conversation says of itself has at most so many bytes each; its draft may have more.
const FACT_BYTES: usize = 64 << 10;
/// Times up to the end of the year 9999.
const LAST_TIME: i64 = 253_402_300_799_999;
/// Made once, for ids made of other ids.
pub(super) const NAMESPACE: Uuid = Uuid::from_u128(0x5e3e_1a6c_9a3c_4d55_8f0e_6d1b_27c4_90aa);

/// An id that may stay as it is.
pub(super) fn kept_id(id: &str) -> Option<String> {
    let is_plain = !id.is_empty()
        && id.len() <= ID_BYTES
        && id
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'));
    (is_plain && !id.starts_with(TEMPORARY)).then(|| id.to_owned())
}

/// An id as it is kept while a conversation is read: an absurdly long one by what it is made of.
pub(super) fn shortened(id: String) -> String {
    if id.len() > LONG_ID_BYTES {
        derived(NAMESPACE, &id)
    } else {
        id
    }
}

/// How many bytes something that a conversation says of itself may have.
pub(super) fn room_of(fact: &str) -> usize {
    if fact == "draft" {
        VALUE_BYTES
    } else {
        FACT_BYTES
    }
}

/// An id made of another: the same each time.
pub(super) fn derived(space: Uuid, id: &str) -> String {
    Uuid::new_v5(&space, id.as_bytes()).to_string()
}

pub(super) fn derived_space(conversation: &str) -> Uuid {
    Uuid::new_v5(&NAMESPACE, conversation.as_bytes())
}

/// A time in milliseconds that can be one.
pub(in crate::exchange) fn time(milliseconds: i64) -> Option<i64> {
    (0..=LAST_TIME)
        .contains(&milliseconds)
        .then_some(milliseconds)
}

/// Seconds, with a fraction, as milliseconds.
pub(in crate::exchange) fn seconds(value: Option<&Json>) -> Option<i64> {
    let seconds = value?.as_f64()?;
    if !(0.0..=(LAST_TIME / 1_000) as f64).contains(&seconds) {
        return None;
    }
    // Within the range just checked.
    time((seconds * 1_000.0).round() as i64)
}

/// A title or a name: on one line and not too long; `None` if nothing is left.
pub(super) fn cleaned(text: &str) -> Option<String> {
    let line: String = plain(text).take(TITLE_CHARACTERS).collect();
    let line = line.trim();
    (!line.is_empty()).then(|| line.to_owned())
}

/// A model's name, if it can be one.
pub(in crate::exchange) fn model(name: Option<&str>) -> Option<String> {
    let name = name.filter(|name| name.len() <= MODEL_BYTES)?;
    let name: String = plain(name).collect();
    let name = name.trim();
    (!name.is_empty()).then(|| name.to_owned())
}
