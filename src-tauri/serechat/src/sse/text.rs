//! UTF-8 that comes in pieces, checked piece by piece while it is in the cache.

use std::borrow::Cow;

/// "Streams must be decoded using the UTF-8 decode algorithm", which replaces what is no UTF-8.
/// Neither a line end nor a colon is ever inside a character, so decoding the values comes to
/// the same as decoding the stream.
pub(super) fn decode(bytes: &[u8]) -> Cow<'_, str> {
    match simdutf8::basic::from_utf8(bytes) {
        Ok(text) => Cow::Borrowed(text),
        Err(_) => String::from_utf8_lossy(bytes),
    }
}

/// A text whose pieces may be cut inside a character.
#[derive(Debug, Default)]
pub(super) struct Text {
    text: String,
    /// The beginning of a character whose rest has not come: at most 3 bytes.
    cut: Vec<u8>,
}

impl Text {
    /// Appends a piece; what comes is the same however the pieces are cut.
    pub(super) fn push(&mut self, mut piece: &[u8]) {
        if !self.cut.is_empty() {
            // 3 more bytes complete any character, or show that it is none.
            let more = piece.len().min(3);
            self.cut.extend_from_slice(&piece[..more]);
            let open = open_end(&self.cut);
            if open > more {
                return;
            }
            let whole = self.cut.len() - open;
            self.text.push_str(&decode(&self.cut[..whole]));
            self.cut.clear();
            piece = &piece[more - open..];
        }
        let (whole, open) = piece.split_at(piece.len() - open_end(piece));
        self.text.push_str(&decode(whole));
        self.cut.extend_from_slice(open);
    }

    /// The line is over: a character that is not complete now is none.
    pub(super) fn end_line(&mut self) {
        if !self.cut.is_empty() {
            self.text.push_str(&decode(&self.cut));
            self.cut.clear();
        }
    }

    pub(super) fn as_str(&self) -> &str {
        &self.text
    }

    pub(super) fn clear(&mut self) {
        self.text.clear();
        self.cut.clear();
    }
}

/// How many bytes at the end are the beginning of a character that is not complete.
fn open_end(bytes: &[u8]) -> usize {
    if bytes.last().is_none_or(u8::is_ascii) {
        return 0;
    }
    let is_open = |length: &usize| {
        std::str::from_utf8(&bytes[bytes.len() - length..])
            .is_err_and(|error| error.valid_up_to() == 0 && error.error_len().is_none())
    };
    (1..=bytes.len().min(3)).find(is_open).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use proptest::collection::vec;
    use proptest::prelude::*;

    use super::*;

    /// Beginnings, middles and ends of characters, in any order.
    fn bytes() -> impl Strategy<Value = Vec<u8>> {
        let byte = prop_oneof![
            Just(b'a'),
            Just(0xc3),
            Just(0xe2),
            Just(0xed),
            Just(0xf0),
            Just(0xf4),
            Just(0x80),
            Just(0x90),
            Just(0xa0),
            Just(0xff),
            any::<u8>(),
        ];
        vec(byte, 0..24)
    }

    proptest! {
        #[test]
        fn a_text_in_pieces_decodes_as_it_does_at_once(pieces in vec(bytes(), 0..6)) {
            let mut text = Text::default();
            for piece in &pieces {
                text.push(piece);
            }
            text.end_line();
            let whole = pieces.concat();
            prop_assert_eq!(text.as_str(), String::from_utf8_lossy(&whole));
        }

        #[test]
        fn a_text_byte_by_byte_decodes_as_it_does_at_once(bytes in bytes()) {
            let mut text = Text::default();
            for byte in &bytes {
                text.push(&[*byte]);
            }
            text.end_line();
            prop_assert_eq!(text.as_str(), String::from_utf8_lossy(&bytes));
        }
    }
}
