//! The one user of this SereChat: the balance, and the tokens that apps hold.

use std::{collections::HashMap, time::Duration};

use tokio::time::Instant;
use uuid::Uuid;

use crate::options::Options;

/// The tokens that are kept; past it the oldest are forgotten.
const MAX_TOKENS: usize = 1_000;

/// Why a token is not accepted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Refused {
    Unknown,
    Revoked,
    Expired,
}

impl Refused {
    /// The `error` text of the 401.
    pub(crate) fn text(self) -> &'static str {
        match self {
            Self::Unknown => "Invalid token",
            Self::Revoked => "Token revoked",
            Self::Expired => "Token expired",
        }
    }
}

/// An app on the profile page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ConnectedApp {
    pub(crate) name: String,
    /// How many valid tokens it holds.
    pub(crate) tokens: usize,
}

struct Token {
    app: String,
    issued: Instant,
    revoked: bool,
}

pub(crate) struct Account {
    /// In cents.
    pub(crate) balance: i64,
    lifetime: Duration,
    tokens: HashMap<String, Token>,
}

impl Account {
    pub(crate) fn new(options: &Options) -> Self {
        Self {
            balance: options.balance,
            lifetime: options.token_lifetime,
            tokens: HashMap::new(),
        }
    }

    pub(crate) fn issue(&mut self, app: &str, now: Instant) -> String {
        if self.tokens.len() >= MAX_TOKENS {
            let oldest = self
                .tokens
                .iter()
                .min_by_key(|(_, token)| token.issued)
                .map(|(text, _)| text.clone());
            if let Some(oldest) = oldest {
                self.tokens.remove(&oldest);
            }
        }
        let text = format!("sim_{}", Uuid::new_v4().simple());
        self.tokens.insert(
            text.clone(),
            Token {
                app: app.to_owned(),
                issued: now,
                revoked: false,
            },
        );
        text
    }

    pub(crate) fn check(&self, token: &str, now: Instant) -> Result<(), Refused> {
        let token = self.tokens.get(token).ok_or(Refused::Unknown)?;
        if token.revoked {
            Err(Refused::Revoked)
        } else if now.duration_since(token.issued) >= self.lifetime {
            Err(Refused::Expired)
        } else {
            Ok(())
        }
    }

    pub(crate) fn revoke(&mut self, token: &str) {
        if let Some(token) = self.tokens.get_mut(token) {
            token.revoked = true;
        }
    }

    /// Revokes the tokens of one app, or of all.
    pub(crate) fn revoke_app(&mut self, app: Option<&str>) {
        for token in self.tokens.values_mut() {
            if app.is_none_or(|app| app == token.app) {
                token.revoked = true;
            }
        }
    }

    /// The apps that hold a valid token, by name.
    pub(crate) fn apps(&self, now: Instant) -> Vec<ConnectedApp> {
        let mut counts: HashMap<&str, usize> = HashMap::new();
        for (text, token) in &self.tokens {
            if self.check(text, now).is_ok() {
                *counts.entry(&token.app).or_default() += 1;
            }
        }
        let mut apps: Vec<_> = counts
            .into_iter()
            .map(|(name, tokens)| ConnectedApp {
                name: name.to_owned(),
                tokens,
            })
            .collect();
        apps.sort_by(|left, right| left.name.cmp(&right.name));
        apps
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_ends_with_its_lifetime_or_when_it_is_revoked() {
        let options = Options::default();
        let mut account = Account::new(&options);
        let now = Instant::now();
        let (first, second) = (account.issue("One", now), account.issue("Two", now));
        let end = now + options.token_lifetime;
        assert_eq!(account.check(&first, end - Duration::from_secs(1)), Ok(()));
        assert_eq!(account.check(&first, end), Err(Refused::Expired));
        account.revoke_app(Some("One"));
        assert_eq!(account.check(&first, now), Err(Refused::Revoked));
        assert_eq!(account.check(&second, now), Ok(()));
        assert_eq!(account.apps(now).len(), 1);
        account.revoke(&second);
        assert_eq!(account.apps(now), []);
    }

    #[test]
    fn the_oldest_token_is_forgotten_past_the_bound() {
        let mut account = Account::new(&Options::default());
        let start = Instant::now();
        let first = account.issue("Serein", start);
        for number in 1..=MAX_TOKENS {
            account.issue("Serein", start + Duration::from_millis(number as u64));
        }
        assert_eq!(account.tokens.len(), MAX_TOKENS);
        assert_eq!(account.check(&first, start), Err(Refused::Unknown));
    }
}
