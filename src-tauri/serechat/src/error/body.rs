//! The body of an error answer, and the error texts inside other JSON: many shapes, one text.

use serde_json::Value;

/// The longest text that is kept, in characters.
const MAX_TEXT: usize = 2_000;

/// The longest plain text that is looked at, though not shown, in bytes.
const MAX_PLAIN: usize = 400;

/// What an error's body says.
#[derive(Clone, Default)]
pub(crate) struct ErrorBody {
    /// For people: never HTML, never raw JSON, at most 2,000 characters.
    pub(crate) text: Option<String>,
    /// For telling errors apart only: a code, or a plain body that is not JSON.
    hint: Option<String>,
}

impl ErrorBody {
    /// Reads a body: `{"error": "…"}`, `{"error": {"message", "code"}}`,
    /// `{"error": "code", "message": "…"}`, `{"detail": "…"}`, or whatever a proxy wrote.
    pub(crate) fn read(body: &[u8]) -> Self {
        match serde_json::from_slice::<Value>(body) {
            Ok(json) => Self::of(&json),
            Err(_) => Self {
                text: None,
                hint: std::str::from_utf8(body)
                    .ok()
                    .filter(|text| text.len() <= MAX_PLAIN && !is_html(text))
                    .map(str::to_owned),
            },
        }
    }

    /// Reads the same shapes from JSON.
    pub(crate) fn of(json: &Value) -> Self {
        Self::of_nested(json, 2)
    }

    fn of_nested(json: &Value, depth: u8) -> Self {
        let string = |name| json.get(name).and_then(Value::as_str).and_then(clean);
        if let Some(text) = json.as_str() {
            return match (serde_json::from_str::<Value>(text), depth) {
                // JSON in a string: its text, never the JSON itself.
                (Ok(inner @ (Value::Object(_) | Value::Array(_))), 1..) => {
                    Self::of_nested(&inner, depth - 1)
                }
                (Ok(Value::Object(_) | Value::Array(_)), 0) => Self::default(),
                _ => Self {
                    text: clean(text),
                    hint: None,
                },
            };
        }
        let message = string("message");
        let code = string("code");
        match json.get("error") {
            Some(inner @ Value::Object(_)) if depth > 0 => {
                let mut inner = Self::of_nested(inner, depth - 1);
                inner.text = inner.text.or(message);
                inner.hint = inner.hint.or(code);
                inner
            }
            Some(Value::String(error)) => match message {
                // `{"error": "code", "message": "…"}`
                Some(message) => Self {
                    text: Some(message),
                    hint: clean(error).or(code),
                },
                None => {
                    let inner = Self::of_nested(&Value::String(error.clone()), depth);
                    Self {
                        text: inner.text,
                        hint: inner.hint.or(code),
                    }
                }
            },
            _ => Self {
                text: message.or_else(|| match json.get("detail") {
                    Some(Value::String(detail)) => clean(detail),
                    // A validator's list: its first complaint.
                    Some(Value::Array(list)) => list
                        .first()
                        .and_then(|first| first.get("msg"))
                        .and_then(Value::as_str)
                        .and_then(clean),
                    _ => None,
                }),
                hint: code,
            },
        }
    }

    /// Whether the body says `word`, in any case. Text and code both count.
    pub(crate) fn says(&self, word: &str) -> bool {
        let word = word.to_lowercase();
        !word.is_empty()
            && [&self.text, &self.hint]
                .into_iter()
                .flatten()
                .any(|text| text.to_lowercase().contains(&word))
    }
}

/// A text fit to be shown: no markup, no control characters, not empty, not endless.
fn clean(text: &str) -> Option<String> {
    if is_html(text) {
        return None;
    }
    let legal = |letter: &char| !letter.is_control() || matches!(letter, '\n' | '\t');
    let text: String = text.chars().filter(legal).take(MAX_TEXT).collect();
    let text = text.trim();
    (!text.is_empty()).then(|| text.to_owned())
}

/// Whether a text looks like markup: it begins with a tag, or closes one somewhere.
fn is_html(text: &str) -> bool {
    let begins = text.trim_start().strip_prefix('<').is_some_and(|rest| {
        rest.starts_with(|next: char| next.is_ascii_alphabetic() || matches!(next, '!' | '?' | '/'))
    });
    let closes = text
        .match_indices("</")
        .any(|(at, _)| text[at + 2..].starts_with(|next: char| next.is_ascii_alphabetic()));
    begins || closes
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(body: &str) -> Option<String> {
        ErrorBody::read(body.as_bytes()).text
    }

    #[test]
    fn every_shape_of_an_error_body_gives_its_text() {
        for body in [
            r#"{"error":"Why."}"#,
            r#"{"error":{"message":"Why.","code":"x"}}"#,
            r#"{"error":{"message":"Why."},"message":"other"}"#,
            r#"{"error":"some_code","message":"Why."}"#,
            r#"{"detail":"Why."}"#,
            r#"{"detail":[{"loc":["body"],"msg":"Why."}]}"#,
            r#"{"message":"Why."}"#,
            r#"{"error":"{\"error\":\"Why.\"}"}"#,
            r#"{"error":true,"message":"Why."}"#,
            r#""Why.""#,
            "  {\"error\": \"  Why.\\u0000\\u001b \"}\n",
        ] {
            assert_eq!(text(body).as_deref(), Some("Why."), "{body}");
        }
    }

    #[test]
    fn a_body_without_a_text_has_none() {
        for body in [
            "",
            "{}",
            "[]",
            "null",
            "404",
            r#"{"error":null}"#,
            r#"{"error":""}"#,
            r#"{"error":{}}"#,
            r#"{"error":{"error":{"error":{"error":"deep"}}}}"#,
            r#"{"error":[1]}"#,
            "upstream connect error",
            "{\"error\": \"cut",
            "\u{0}\u{1}",
        ] {
            assert_eq!(text(body), None, "{body}");
        }
        assert_eq!(ErrorBody::read(&[0xff, 0xfe, 0x00]).text, None);
    }

    #[test]
    fn html_is_never_kept() {
        for body in [
            "<html><body>502</body></html>",
            "  <!DOCTYPE html>\n<title>Oops",
            r#"{"error":"<html><h1>Bad gateway</h1></html>"}"#,
            r#"{"error":{"message":"Oops <b>really</b>"}}"#,
            r#"{"detail":"<p>"}"#,
            "\"<br/>\"",
        ] {
            let read = ErrorBody::read(body.as_bytes());
            assert_eq!((read.text, read.hint), (None, None), "{body}");
        }
        assert_eq!(text(r#"{"error":"a < b"}"#).as_deref(), Some("a < b"));
    }

    #[test]
    fn a_text_is_at_most_2000_characters() {
        let body = format!(r#"{{"error":"{}"}}"#, "ä".repeat(5_000));
        assert_eq!(text(&body).map(|text| text.chars().count()), Some(2_000));
    }

    #[test]
    fn a_plain_body_tells_errors_apart_but_is_not_shown() {
        let read = ErrorBody::read(b"Invalid code");
        assert_eq!(read.text, None);
        assert!(read.says("invalid CODE"));
        assert!(!ErrorBody::read(&[b'x'; 500]).says("x"));
    }
}
