//! The list of models, in all the shapes that it may come in.

use std::collections::HashSet;

use log::warn;
use reqwest::Method;
use serde_json::Value;

use crate::auth::AccessToken;
use crate::client::{Answer, Call, Client};
use crate::error::Error;

/// The longest list that is read, in bytes.
const MAX_ANSWER: usize = 8 * 1024 * 1024;

/// The longest id, name or other word of an entry, in characters.
const MAX_WORD: usize = 256;

/// A model that can be asked.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Model {
    /// What an inference request names; 1 to 256 characters.
    pub id: String,
    /// What people call it.
    pub name: Option<String>,
    /// Price of a million input tokens, in the account's currency.
    pub input_cost_per_million: Option<f64>,
    /// Price of a million output tokens.
    pub output_cost_per_million: Option<f64>,
    /// Price of a million tokens read from the cache.
    pub cache_read_cost_per_million: Option<f64>,
    /// Price of a million tokens written to the cache.
    pub cache_write_cost_per_million: Option<f64>,
    /// How many tokens it takes in at most.
    pub context_window: Option<u64>,
    /// What it takes in, as in `text`, `image`.
    pub input_types: Vec<String>,
    /// How hard it can be asked to think, as in `low`, `high`.
    pub reasoning_levels: Vec<String>,
}

impl Client {
    /// The models for conversations: `GET /api/inference/models?type=llm`, in the server's
    /// order. Entries that cannot be used are left out, an id that comes again too.
    ///
    /// # Errors
    ///
    /// See [`Error`]; [`crate::ErrorKind::UnreadableAnswer`] when the body is no list, or no
    /// entry of it can be used. The user can type a model's id then.
    pub async fn models(&self, token: &AccessToken) -> Result<Vec<Model>, Error> {
        let mut url = self.base().join("api/inference/models");
        url.query_pairs_mut().append_pair("type", "llm");
        let call = Call {
            method: Method::GET,
            url,
            token: Some(token),
            body: None,
            accept: "application/json",
        };
        read_models(&self.whole(call, MAX_ANSWER).await?)
    }
}

/// `[…]`, `{"data": […]}` or `{"models": […]}`.
fn read_models(answer: &Answer) -> Result<Vec<Model>, Error> {
    let unreadable = || Error::unreadable(answer.status);
    let json = answer.json().ok_or_else(unreadable)?;
    let entries = match &json {
        Value::Array(entries) => Some(entries),
        object => ["data", "models"]
            .into_iter()
            .find_map(|name| object.get(name).and_then(Value::as_array)),
    }
    .ok_or_else(unreadable)?;
    let mut ids = HashSet::new();
    let models: Vec<_> = entries
        .iter()
        .filter_map(read_model)
        .filter(|model| ids.insert(model.id.clone()))
        .collect();
    if models.len() < entries.len() {
        warn!(
            "{} of {} models in the list cannot be used",
            entries.len() - models.len(),
            entries.len()
        );
    }
    if models.is_empty() && !entries.is_empty() {
        return Err(unreadable());
    }
    Ok(models)
}

fn read_model(entry: &Value) -> Option<Model> {
    if let Some(id) = entry.as_str() {
        return Some(Model {
            id: word(id)?,
            ..Model::default()
        });
    }
    let string = |name| entry.get(name).and_then(Value::as_str).and_then(word);
    let price = |name| entry.get(name).and_then(number);
    Some(Model {
        id: string("id")?,
        name: string("name"),
        input_cost_per_million: price("input_cost_per_million"),
        output_cost_per_million: price("output_cost_per_million"),
        cache_read_cost_per_million: price("cache_read_cost_per_million"),
        cache_write_cost_per_million: price("cache_write_cost_per_million"),
        context_window: entry.get("context_window").and_then(count),
        input_types: words(entry.get("input_types")),
        reasoning_levels: words(entry.get("reasoning_levels")),
    })
}

/// A text that can be shown in one line and sent back; `None` if it is none.
fn word(text: &str) -> Option<String> {
    let text = text.trim();
    let fits =
        !text.is_empty() && text.chars().count() <= MAX_WORD && !text.chars().any(char::is_control);
    fits.then(|| text.to_owned())
}

fn words(list: Option<&Value>) -> Vec<String> {
    list.and_then(Value::as_array)
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
        .filter_map(word)
        .take(64)
        .collect()
}

/// A price: a number or a number in a string, finite and not negative.
fn number(value: &Value) -> Option<f64> {
    let number = match value {
        Value::String(text) => text.trim().parse().ok(),
        other => other.as_f64(),
    };
    number.filter(|number: &f64| number.is_finite() && *number >= 0.0)
}

/// A count: whole, perhaps written as a float or in a string.
fn count(value: &Value) -> Option<u64> {
    if let Some(count) = value.as_u64() {
        return Some(count);
    }
    let number = number(value)?;
    // Exact up to 2^53, and no model reads more tokens than that.
    let fits = number.fract() == 0.0 && number < 9e15;
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "whole, not negative and below 2^53, as checked"
    )]
    fits.then_some(number as u64)
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]
mod tests {
    use super::*;
    use crate::error::ErrorKind;

    fn read(body: &str) -> Result<Vec<Model>, ErrorKind> {
        read_models(&Answer::new(200, body.as_bytes().to_vec())).map_err(|error| error.kind())
    }

    fn ids(body: &str) -> Vec<String> {
        read(body).unwrap().into_iter().map(|m| m.id).collect()
    }

    #[test]
    fn a_list_comes_bare_or_as_data_or_as_models() {
        for body in [
            r#"["a","b"]"#,
            r#"{"data":["a",{"id":"b"}]}"#,
            r#"{"object":"list","models":[{"id":"a"},{"id":"b","x":1}]}"#,
            r#"{"data":null,"models":["a","b"]}"#,
            "\u{feff}[\"a\",\"b\"]",
        ] {
            assert_eq!(ids(body), ["a", "b"], "{body}");
        }
        assert_eq!(read("[]"), Ok(vec![]));
    }

    #[test]
    fn an_entry_carries_all_its_fields() {
        let body = r#"[{"id":"gpt","name":"The GPT","input_cost_per_million":1.5,
            "output_cost_per_million":"2.25","cache_read_cost_per_million":0,
            "cache_write_cost_per_million":3,"context_window":200000,
            "input_types":["text","image",7],"reasoning_levels":["low","high"],
            "unknown":{"deep":[1]}}]"#;
        let expected = Model {
            id: "gpt".to_owned(),
            name: Some("The GPT".to_owned()),
            input_cost_per_million: Some(1.5),
            output_cost_per_million: Some(2.25),
            cache_read_cost_per_million: Some(0.0),
            cache_write_cost_per_million: Some(3.0),
            context_window: Some(200_000),
            input_types: vec!["text".to_owned(), "image".to_owned()],
            reasoning_levels: vec!["low".to_owned(), "high".to_owned()],
        };
        assert_eq!(read(body), Ok(vec![expected]));
    }

    #[test]
    fn entries_that_cannot_be_used_are_left_out() {
        let long = "x".repeat(MAX_WORD + 1);
        let body = format!(
            r#"[1,null,[],{{}},{{"id":7}},{{"id":""}}," ","{long}","a\nb",{{"name":"n"}},"a","a"]"#
        );
        assert_eq!(ids(&body), ["a"]);
    }

    #[test]
    fn a_field_of_the_wrong_type_is_as_good_as_absent() {
        let body = r#"[{"id":"a","name":7,"input_cost_per_million":-1,
            "output_cost_per_million":"free","context_window":1.5,"input_types":"text",
            "reasoning_levels":{}}]"#;
        let expected = Model {
            id: "a".to_owned(),
            ..Model::default()
        };
        assert_eq!(read(body), Ok(vec![expected]));
        let body = r#"[{"id":"a","context_window":128000.0}]"#;
        assert_eq!(read(body).unwrap()[0].context_window, Some(128_000));
    }

    #[test]
    fn a_body_of_garbage_is_an_unreadable_answer() {
        for body in [
            "",
            "null",
            "garbage",
            "<html>",
            "{}",
            "{\"data\":7}",
            "\"models\"",
            "[1,2,3]",
            "[\"a\"",
        ] {
            assert_eq!(read(body), Err(ErrorKind::UnreadableAnswer), "{body}");
        }
        let garbage = Answer::new(200, vec![0xff, 0x00, 0xfe]);
        assert!(read_models(&garbage).is_err());
    }
}
