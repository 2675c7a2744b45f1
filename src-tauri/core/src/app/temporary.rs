//! Temporary chats: a library in memory beside the one that is kept. An id says which it belongs to.

use std::sync::Arc;

use super::Serein;
use crate::error::IpcError;
use crate::library::{Library, LibraryError, NewChat, is_temporary};
use crate::sentences;
use crate::view::{ListScope, TurnStarted};

impl Serein {
    /// The library that a conversation or message with this id belongs to.
    pub fn library_of(&self, id: &str) -> Library {
        match self.temporary.get() {
            Some(temporary) if is_temporary(id) => temporary.clone(),
            _ => self.library.clone(),
        }
    }

    /// The library of temporary chats, if there has been one.
    pub(super) fn temporary_if_any(&self) -> Option<Library> {
        self.temporary.get().cloned()
    }

    async fn temporary_library(&self) -> Result<Library, IpcError> {
        if let Some(library) = self.temporary.get() {
            return Ok(library.clone());
        }
        let new = tokio::task::spawn_blocking(Library::temporary)
            .await
            .unwrap_or(Err(LibraryError::Worker))?;
        // Of two made at once, one is taken by both.
        Ok(self.temporary.get_or_init(|| new).clone())
    }

    /// How many temporary chats this list begins with.
    pub(super) async fn temporary_length(&self, scope: &ListScope) -> Result<u32, IpcError> {
        match (scope, self.temporary_if_any()) {
            (ListScope::Active, Some(library)) => Ok(library
                .run(|library| library.list_length(&ListScope::Active))
                .await?),
            _ => Ok(0),
        }
    }

    /// Asks in a chat that is kept in memory only, and is gone when the app quits.
    ///
    /// # Errors
    /// As [`Serein::send`].
    pub async fn send_temporary(
        self: &Arc<Self>,
        place: NewChat,
        text: String,
        model: &str,
    ) -> Result<TurnStarted, IpcError> {
        let library = self.temporary_library().await?;
        self.send_new(library, place, text, model).await
    }

    /// Turns a temporary chat into one that is kept; answers its new id. What was deleted in it is left
    /// behind.
    ///
    /// # Errors
    /// When it is no temporary chat, a reply is running, or the database fails; it stays as it is then.
    pub async fn keep_conversation(&self, id: String) -> Result<String, IpcError> {
        if !is_temporary(&id) {
            return Err(sentences::kept_already());
        }
        let _place = self
            .feeds
            .of(&id)
            .reserve()
            .ok_or_else(sentences::reply_in_the_way)?;
        let temporary = self.library_of(&id);
        let wanted = id.clone();
        let whole = temporary.run(move |library| library.whole(&wanted)).await?;
        let kept = self
            .library
            .run(move |library| library.add_whole(&whole))
            .await?;
        let old = id.clone();
        let removed = temporary
            .run(move |library| library.erase_conversation(&old))
            .await;
        if let Err(error) = removed {
            log::warn!("a temporary chat that is kept now is still there: {error}");
        }
        self.feeds.forget(&id);
        self.host.conversations_changed();
        Ok(kept)
    }
}
