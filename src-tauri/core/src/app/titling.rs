//! Titles: the app's own at once, and the model's after the first exchange if the user wishes.

use std::sync::Arc;
use std::time::Duration;

use futures_util::StreamExt as _;
use serechat::{InferenceRequest, Message, StreamEvent};

use super::{Serein, title_of};
use crate::library::is_temporary;

/// Tokens a title may have.
const TOKENS: u32 = 24;
/// Characters of the question and of the answer that the model is shown.
const SHOWN: usize = 2_000;
/// Bytes of a title that are read.
const BYTES: usize = 1_000;
/// A title that takes longer is not waited for.
const PATIENCE: Duration = Duration::from_secs(60);

/// What the model is asked.
const PROMPT: &str = "Give this conversation a title of at most six words, in the language of the question. Answer with the title alone, without quotation marks.";

impl Serein {
    /// Asks the model for a title after the first exchange, if the user wishes so. Once, and silently:
    /// the app's title stays where none comes. Of a temporary chat no more is sent than the user sends.
    pub(crate) fn title(
        self: &Arc<Self>,
        conversation: String,
        model: String,
        question: String,
        answer: String,
    ) {
        if !self.settings().title_by_model || is_temporary(&conversation) {
            return;
        }
        let app = Arc::clone(self);
        self.tasks.spawn(async move {
            let asking = app.ask_for_title(&conversation, model, &question, &answer);
            let named = tokio::select! {
                biased;
                () = app.quitting().cancelled() => None,
                named = tokio::time::timeout(PATIENCE, asking) => named.ok().flatten(),
            };
            let Some(title) = named else {
                return;
            };
            let kept = app
                .library
                .run(move |library| library.title_by_model(&conversation, &title))
                .await;
            match kept {
                Ok(true) => app.host.conversations_changed(),
                Ok(false) => {}
                Err(error) => log::warn!("a title could not be kept: {error}"),
            }
        });
    }

    async fn ask_for_title(
        &self,
        conversation: &str,
        model: String,
        question: &str,
        answer: &str,
    ) -> Option<String> {
        let id = conversation.to_owned();
        let is_wanted = self
            .library
            .run(move |library| library.is_titled_by_app(&id))
            .await
            .unwrap_or_default();
        if !is_wanted {
            return None;
        }
        let (client, token) = self.credentials()?;
        let content = format!(
            "{PROMPT}\n\nQuestion:\n{}\n\nAnswer:\n{}",
            beginning(question),
            beginning(answer)
        );
        let request = InferenceRequest {
            model,
            messages: vec![Message::User { content }],
            tools: Vec::new(),
            max_tokens: Some(TOKENS),
        };
        let mut stream = client.inference(&token, &request).await.ok()?;
        let mut text = String::new();
        while let Some(event) = stream.next().await {
            match event.ok()? {
                StreamEvent::Content(piece) => text.push_str(&piece),
                StreamEvent::Error(_) => return None,
                StreamEvent::Done => break,
                _ => {}
            }
            if text.len() > BYTES {
                break;
            }
        }
        bare_title(&text)
    }
}

fn beginning(text: &str) -> &str {
    text.char_indices()
        .nth(SHOWN)
        .map_or(text, |(end, _)| &text[..end])
}

/// The title without what models put around it.
fn bare_title(text: &str) -> Option<String> {
    let line = title_of(text)?;
    let bare = line
        .trim_start_matches(['#', ' '])
        .trim_matches(|character: char| "\"'`*_“”„«»「」".contains(character) || character == ' ');
    let bare = match bare.strip_suffix('.') {
        // An abbreviation or three dots keep theirs.
        Some(words) if !words.contains('.') => words,
        _ => bare,
    };
    (!bare.is_empty()).then(|| bare.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_title_is_freed_of_what_models_put_around_it() {
        for (said, title) in [
            ("Why it rains", Some("Why it rains")),
            ("\n\"Why it rains.\"\n", Some("Why it rains")),
            ("## **Why it rains**", Some("Why it rains")),
            ("「雨」", Some("雨")),
            ("Made in the U.S.", Some("Made in the U.S.")),
            ("\"\"", None),
            ("", None),
        ] {
            assert_eq!(bare_title(said).as_deref(), title, "{said}");
        }
    }

    #[test]
    fn of_long_texts_the_model_is_shown_the_beginning() {
        let text = "雨".repeat(SHOWN + 1);
        assert_eq!(beginning(&text).chars().count(), SHOWN);
        assert_eq!(beginning("short"), "short");
    }
}
