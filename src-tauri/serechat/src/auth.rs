//! Authorization by device code: the request, the code, the token, and the two calls.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use reqwest::header::HeaderValue;
use serde_json::{Value, json};

use crate::client::{Answer, Client};
use crate::error::{Error, ErrorKind};

/// The longest token that is taken, in bytes.
const MAX_TOKEN: usize = 16 * 1024;

/// The longest answer of an authorization call that is read, in bytes.
const MAX_ANSWER: usize = 1024 * 1024;

/// What lets the app act for the user. It has no `Serialize` and no `Display`, its `Debug` is
/// redacted, and the client sends it to the base URL's origin only.
#[derive(Clone)]
pub struct AccessToken(String);

/// The text cannot be a token: empty, longer than 16 KiB, or not fit for a header.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the access token is empty, too long or holds characters that cannot be sent")]
pub struct InvalidToken;

impl AccessToken {
    /// Takes a token as the server gave it: 1 to 16,384 visible ASCII characters.
    ///
    /// # Errors
    ///
    /// [`InvalidToken`] for anything else.
    pub fn new(token: String) -> Result<Self, InvalidToken> {
        let fits = (1..=MAX_TOKEN).contains(&token.len());
        if fits && token.bytes().all(|byte| byte.is_ascii_graphic()) {
            Ok(Self(token))
        } else {
            Err(InvalidToken)
        }
    }

    /// The token itself, for the place that stores it.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// `Bearer …`, marked sensitive so that nothing below prints it or indexes it.
    pub(crate) fn header(&self) -> Result<HeaderValue, Error> {
        let mut value = HeaderValue::from_str(&format!("Bearer {}", self.0))
            .map_err(|_| Error::new(ErrorKind::Setup))?;
        value.set_sensitive(true);
        Ok(value)
    }
}

impl fmt::Debug for AccessToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("AccessToken(redacted)")
    }
}

/// The id of one authorization request, valid for 10 minutes. It goes into a URL, so it is
/// 1 to 64 of `A-Z a-z 0-9 -` and nothing else.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct RequestId(String);

/// The text is no [`RequestId`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the id of the authorization request is not in the agreed form")]
pub struct InvalidRequestId;

impl RequestId {
    /// Reads an id as the server gave it.
    ///
    /// # Errors
    ///
    /// [`InvalidRequestId`] unless it is `[A-Za-z0-9-]{1,64}`.
    pub fn parse(text: &str) -> Result<Self, InvalidRequestId> {
        let fits = (1..=64).contains(&text.len());
        let legal = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
        if fits && text.bytes().all(legal) {
            Ok(Self(text.to_owned()))
        } else {
            Err(InvalidRequestId)
        }
    }

    /// The id's text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for RequestId {
    type Err = InvalidRequestId;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::parse(text)
    }
}

/// The six digits that the user is shown in the browser. `Debug` is redacted.
#[derive(Clone, PartialEq, Eq)]
pub struct Code(String);

/// The text is not six digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the code is six digits")]
pub struct InvalidCode;

impl Code {
    /// Reads what was typed or pasted; white space (the non-breaking kinds too) and hyphens
    /// are dropped, so that `123 456` and `123-456` are codes.
    ///
    /// # Errors
    ///
    /// [`InvalidCode`] unless exactly six ASCII digits are left.
    pub fn parse(text: &str) -> Result<Self, InvalidCode> {
        let mut digits = String::with_capacity(6);
        for letter in text.chars() {
            match letter {
                '0'..='9' if digits.len() < 6 => digits.push(letter),
                '-' | '\u{2010}' | '\u{2011}' => {}
                _ if letter.is_whitespace() => {}
                _ => return Err(InvalidCode),
            }
        }
        if digits.len() == 6 {
            Ok(Self(digits))
        } else {
            Err(InvalidCode)
        }
    }

    /// The six digits.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Code {
    type Err = InvalidCode;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::parse(text)
    }
}

impl fmt::Debug for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Code(redacted)")
    }
}

/// What a successful exchange gives.
#[derive(Debug, Clone)]
pub struct Grant {
    /// The token.
    pub token: AccessToken,
    /// How long it is valid from now, where the server says so.
    pub expires_in: Option<Duration>,
}

impl Client {
    /// Begins an authorization: `POST /api/auth/app/request`. The id is valid for 10 minutes.
    /// `app_name` is what the user is asked to approve, 1 to 80 characters.
    ///
    /// # Errors
    ///
    /// See [`Error`]; [`ErrorKind::UnreadableAnswer`] when there is no fit id in the answer.
    pub async fn request_authorization(&self, app_name: &str) -> Result<RequestId, Error> {
        let body = json!({ "app_name": app_name });
        let answer = self
            .post_json("api/auth/app/request", &body, MAX_ANSWER)
            .await?;
        read_request(&answer)
    }

    /// Asks for the token: `POST /api/auth/app/exchange`. Until the user has approved, the
    /// answer is an error with [`Error::is_not_yet_authorized`]; asking again costs no attempt.
    ///
    /// # Errors
    ///
    /// See [`Error`]; [`ErrorKind::UnreadableAnswer`] when there is no fit token in the answer.
    pub async fn exchange(&self, request: &RequestId, code: &Code) -> Result<Grant, Error> {
        let body = json!({ "request_id": request.as_str(), "code": code.as_str() });
        let answer = self
            .post_json("api/auth/app/exchange", &body, MAX_ANSWER)
            .await?;
        read_grant(answer)
    }
}

fn read_request(answer: &Answer) -> Result<RequestId, Error> {
    answer
        .json()
        .as_ref()
        .and_then(|json| json.get("request_id"))
        .and_then(Value::as_str)
        .and_then(|id| RequestId::parse(id).ok())
        .ok_or_else(|| Error::unreadable(answer.status))
}

fn read_grant(answer: Answer) -> Result<Grant, Error> {
    let mut json = answer
        .json()
        .ok_or_else(|| Error::unreadable(answer.status))?;
    let token = match json.get_mut("access_token").map(Value::take) {
        Some(Value::String(token)) => AccessToken::new(token).ok(),
        _ => None,
    };
    let token = token.ok_or_else(|| Error::unreadable(answer.status))?;
    // A lifetime that cannot be read is no reason to throw a good token away.
    let expires_in = json
        .get("expires_in")
        .and_then(Value::as_f64)
        .and_then(|seconds| Duration::try_from_secs_f64(seconds).ok());
    Ok(Grant { token, expires_in })
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_six_digits_whatever_spaces_and_hyphens_stand_between() {
        for text in [
            "123456",
            "123 456",
            "123-456",
            " 1 2 3 4 5 6 ",
            "123\u{a0}456",
            "123\u{202f}456\n",
            "123\u{2011}456",
        ] {
            assert_eq!(Code::parse(text).unwrap().as_str(), "123456", "{text:?}");
        }
        for text in [
            "",
            "12345",
            "1234567",
            "12345a",
            "１２３４５６",
            "123.456",
            "١٢٣٤٥٦",
        ] {
            assert_eq!(Code::parse(text), Err(InvalidCode), "{text:?}");
        }
    }

    #[test]
    fn a_request_id_is_letters_digits_and_hyphens() {
        for text in ["a", "0B2F-77", &"x".repeat(64)] {
            assert_eq!(RequestId::parse(text).unwrap().as_str(), text);
        }
        for text in ["", "a b", "a/b", "a&b", "ä", "a\n", "../x", &"x".repeat(65)] {
            assert_eq!(RequestId::parse(text), Err(InvalidRequestId), "{text:?}");
        }
    }

    #[test]
    fn a_token_is_what_a_header_can_carry() {
        assert!(AccessToken::new("a.B-c_1~+/=".to_owned()).is_ok());
        assert!(AccessToken::new("x".repeat(MAX_TOKEN)).is_ok());
        for text in [
            "",
            "a b",
            "a\r\nX-Evil: 1",
            "ä",
            "a\0",
            &"x".repeat(MAX_TOKEN + 1),
        ] {
            assert_eq!(
                AccessToken::new(text.to_owned()).map(|_| ()),
                Err(InvalidToken)
            );
        }
    }

    #[test]
    fn secrets_do_not_show_in_debug() {
        let token = AccessToken::new("sk-secret".to_owned()).unwrap();
        let code = Code::parse("987654").unwrap();
        let grant = Grant {
            token: token.clone(),
            expires_in: None,
        };
        let shown = format!("{token:?} {code:?} {grant:?} {:?}", token.header().unwrap());
        assert!(!shown.contains("secret") && !shown.contains("987654"));
    }

    #[test]
    fn a_lifetime_that_cannot_be_read_does_not_cost_the_token() {
        for lifetime in ["-1", "1e300", "null", "\"soon\"", "[]"] {
            let body = format!(r#"{{"access_token":"t","expires_in":{lifetime}}}"#);
            let grant = read_grant(Answer::new(200, body.into_bytes())).unwrap();
            assert_eq!(grant.expires_in, None);
            assert_eq!(grant.token.expose(), "t");
        }
    }
}
