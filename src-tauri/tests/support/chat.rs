//! The vocabulary of the tests: what a user of this app does and sees, in the words of `product.md`.

use fantoccini::key::Key;

use super::app::{App, Seen};
use super::find::{By, any, containing};
use super::world::World;

/// The composer.
pub(crate) fn composer() -> By {
    By::textbox("Message")
}

/// The sign-in button.
pub(crate) fn sign_in_button() -> By {
    By::button("Sign in with SereChat")
}

/// The last reply.
pub(crate) fn reply() -> By {
    By::role("article", "Serein").last()
}

/// The user's last message.
pub(crate) fn question() -> By {
    By::role("article", "You").last()
}

/// The conversation.
pub(crate) fn log() -> By {
    By::role("log", "Conversation")
}

/// A button on the last reply.
pub(crate) fn offer(name: &str) -> By {
    By::button(name).within(reply())
}

/// What is wrong with the last reply.
pub(crate) fn complaint() -> By {
    any("alert").within(reply())
}

/// A conversation in the sidebar whose title has `part` in it.
pub(crate) fn entry(part: &str) -> By {
    containing("link", part).within(By::role("navigation", "Conversations"))
}

impl App<'_> {
    /// Signs in as a person does: button, browser, code.
    pub(crate) async fn signs_in(&self) {
        self.click(&sign_in_button()).await;
        self.enters_the_code().await;
        self.sees(&composer()).await;
    }

    /// Waits for the code from the browser and types it.
    pub(crate) async fn enters_the_code(&self) {
        let code = self.world().person().code().await;
        self.types_code(&code).await;
    }

    /// Types a code digit by digit; the boxes pass the keyboard on by themselves.
    pub(crate) async fn types_code(&self, code: &str) {
        self.click(&digit(1)).await;
        self.strikes(code).await;
    }

    /// Chooses a model by the name it is shown with.
    pub(crate) async fn picks_model(&self, name: &str) {
        let picker = By::role("combobox", "Model");
        self.fills(&picker, name).await;
        // The list has come, and the model is on it.
        self.sees(&containing("option", name)).await;
        self.key(Key::Enter).await;
        self.sees_that(&picker, &format!("set to ‘{name}’"), |seen| {
            !seen.focused && seen.value.as_deref() == Some(name)
        })
        .await;
    }

    /// Types the id of a model that is on no list.
    pub(crate) async fn types_model(&self, id: &str) {
        let picker = By::role("combobox", "Model");
        self.fills(&picker, id).await;
        self.key(Key::Enter).await;
        self.sees_that(&picker, &format!("set to ‘{id}’"), |seen| {
            !seen.focused && seen.value.as_deref() == Some(id)
        })
        .await;
    }

    /// Chooses light, dark or the system's way in the settings.
    pub(crate) async fn sets_appearance(&self, name: &str) {
        self.click(&By::role("radio", name)).await;
    }

    /// Writes a message and sends it with the button.
    pub(crate) async fn asks(&self, text: &str) {
        self.types(&composer(), text).await;
        self.click(&By::button("Send")).await;
        self.sees_that(&question(), &format!("the question ‘{text}’"), |seen| {
            seen.text.contains(text)
        })
        .await;
    }

    /// Waits until no reply runs in this conversation.
    pub(crate) async fn waits_for_the_end(&self) {
        self.misses(&By::button("Stop")).await;
        self.sees_that(&log(), "at rest", |seen| !seen.busy).await;
    }

    /// Waits until the last reply's own words are so.
    pub(crate) async fn replies(&self, what: &str, is_so: impl Fn(&str) -> bool) -> Seen {
        self.sees_that(&reply(), what, |seen| {
            seen.prose.as_deref().is_some_and(&is_so)
        })
        .await
    }

    /// Waits until the last reply has these words in it.
    pub(crate) async fn replies_with(&self, words: &str) -> Seen {
        self.replies(&format!("a reply with ‘{words}’"), |prose| {
            prose.contains(words)
        })
        .await
    }

    /// Opens the settings by their key, `Ctrl+,`.
    pub(crate) async fn opens_settings(&self) {
        self.chord(&[Key::Control], ',').await;
        self.sees(&By::role("heading", "Settings")).await;
    }
}

/// One of the six boxes of the code, from 1.
pub(crate) fn digit(place: u8) -> By {
    By::textbox(&format!("Digit {place}")).within(By::role("group", "Code"))
}

/// Starts the app, signs in and has this said by the model.
pub(crate) async fn answered<'world>(world: &'world World, answer: &str) -> App<'world> {
    let app = world.start().await;
    app.signs_in().await;
    app.picks_model("Echo").await;
    app.pastes(&composer(), answer).await;
    let length = answer.encode_utf16().count();
    app.sees_that(&composer(), "filled", |seen| seen.length == length)
        .await;
    app.click(&By::button("Send")).await;
    app.waits_for_the_end().await;
    app.sees(&offer("Copy")).await;
    app
}
