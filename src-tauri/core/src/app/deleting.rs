//! Deleting conversations and messages, undoing it, and carrying it out in the end.

use std::sync::Arc;
use std::time::Duration;

use super::Serein;
use crate::error::IpcError;
use crate::library::{DeletionOf, LibraryError, Restored, new_id};
use crate::now;
use crate::sentences;
use crate::view::{Deleted, DeletedMessage, PageAt, Snapshot, Undone};

/// After starting, nothing is carried out for so long: there is more important work then.
const REST: Duration = Duration::from_secs(60);
/// How often it is looked whether something is to be carried out.
const ROUND: Duration = Duration::from_secs(60 * 60);
/// Between two steps, so that whoever waits for the library has it.
const PAUSE: Duration = Duration::from_millis(20);
/// A deletion can be undone for so long, in milliseconds, whatever happens.
const UNDOABLE_AT_LEAST: i64 = 60 * 60 * 1_000;
/// A deletion can be undone for so long, in milliseconds, while the app runs.
const UNDOABLE_AT_MOST: i64 = 24 * 60 * 60 * 1_000;

impl Serein {
    /// Deletes conversations; replies running in them end.
    ///
    /// # Errors
    /// When none of them is there, or the database fails.
    pub async fn delete_conversations(&self, ids: Vec<String>) -> Result<Deleted, IpcError> {
        let deleted = self.delete(Some(ids.clone())).await?;
        self.stop_those(|id| ids.iter().any(|deleted| deleted == id));
        if deleted.conversations == 0 {
            return Err(LibraryError::Missing.into());
        }
        Ok(deleted)
    }

    /// Deletes every conversation; running replies end.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn delete_all_conversations(&self) -> Result<Deleted, IpcError> {
        let deleted = self.delete(None).await?;
        self.stop_all();
        Ok(deleted)
    }

    /// Deletes these conversations, or all, in both libraries under one id.
    async fn delete(&self, ids: Option<Vec<String>>) -> Result<Deleted, IpcError> {
        let ids = Arc::new(ids);
        let mut deleted = Deleted {
            deletion: new_id(),
            conversations: 0,
            messages: 0,
        };
        for library in std::iter::once(self.library.clone()).chain(self.temporary_if_any()) {
            let deletion = deleted.deletion.clone();
            let ids = Arc::clone(&ids);
            let here = library
                .run(move |library| match ids.as_deref() {
                    Some(ids) => library.delete_conversations(ids, &deletion, now()),
                    None => library.delete_all_conversations(&deletion, now()),
                })
                .await?;
            deleted.conversations += here.conversations;
            deleted.messages += here.messages;
        }
        self.host.conversations_changed();
        Ok(deleted)
    }

    /// Deletes a message: with all that follows it, or alone.
    ///
    /// # Errors
    /// When there is no such message, a reply is running, or the database fails.
    pub async fn delete_message(
        &self,
        message: String,
        following: bool,
    ) -> Result<DeletedMessage, IpcError> {
        let library = self.library_of(&message);
        let wanted = message.clone();
        let (conversation, _) = library.run(move |library| library.message(&wanted)).await?;
        let _place = self
            .feeds
            .of(&conversation)
            .reserve()
            .ok_or_else(sentences::reply_in_the_way)?;
        let deletion = library.new_id();
        let id = deletion.clone();
        let deleted = library
            .run(move |library| library.delete_message(&message, following, &id, now()))
            .await?;
        self.host.conversations_changed();
        Ok(DeletedMessage {
            deletion,
            messages: deleted.messages,
            snapshot: self.snapshot_at(deleted.conversation, deleted.at).await?,
        })
    }

    /// Brings back what was deleted.
    ///
    /// # Errors
    /// When the deletion is unknown or can no longer be undone, when a reply is running where messages
    /// would come back, or the database fails.
    pub async fn undo_delete(&self, deletion: String) -> Result<Undone, IpcError> {
        let mut undone = None;
        for library in std::iter::once(self.library.clone()).chain(self.temporary_if_any()) {
            let wanted = deletion.clone();
            let of = library
                .run(move |library| library.deletion(&wanted))
                .await?;
            let _place = match of {
                None => continue,
                Some(DeletionOf::Conversations) => None,
                Some(DeletionOf::Messages(conversation)) => Some(
                    self.feeds
                        .of(&conversation)
                        .reserve()
                        .ok_or_else(sentences::reply_in_the_way)?,
                ),
            };
            let id = deletion.clone();
            match library.run(move |library| library.undo_delete(&id)).await? {
                None => {}
                Some(Restored::Conversations(only)) => {
                    undone = Some(Undone {
                        // Of several, in both libraries, none is the one.
                        conversation: if undone.is_none() { only } else { None },
                        snapshot: None,
                    });
                }
                Some(Restored::Messages {
                    conversation,
                    message,
                }) => {
                    let at = PageAt::From { message };
                    undone = Some(Undone {
                        conversation: Some(conversation.clone()),
                        snapshot: Some(self.snapshot_at(conversation, at).await?),
                    });
                }
            }
        }
        let undone = undone.ok_or_else(sentences::nothing_to_undo)?;
        self.host.conversations_changed();
        Ok(undone)
    }

    /// A conversation with a page of the visible path; with its end, if that page is on another path.
    async fn snapshot_at(&self, conversation: String, at: PageAt) -> Result<Snapshot, IpcError> {
        match self.snapshot(conversation.clone(), at).await {
            Ok(snapshot) => Ok(snapshot),
            Err(_) => self.snapshot(conversation, PageAt::End).await,
        }
    }

    /// Carries deletions out for good once they can no longer be undone, as long as the app runs.
    pub fn keep_tidy(self: &Arc<Self>) {
        let app = Arc::clone(self);
        self.tasks.spawn(async move {
            let started = now();
            tokio::select! {
                () = app.quitting().cancelled() => {}
                () = app.tidy(started) => {}
            }
        });
    }

    async fn tidy(&self, started: i64) {
        tokio::time::sleep(REST).await;
        loop {
            self.purge(due(started, now())).await;
            tokio::time::sleep(ROUND).await;
        }
    }

    /// Carries out the deletions made before `before`.
    pub(super) async fn purge(&self, before: i64) {
        for library in std::iter::once(self.library.clone()).chain(self.temporary_if_any()) {
            loop {
                match library.run(move |library| library.purge_step(before)).await {
                    Ok(true) => tokio::time::sleep(PAUSE).await,
                    Ok(false) => break,
                    Err(error) => {
                        // The next round tries again.
                        log::warn!("a deletion could not be carried out: {error}");
                        break;
                    }
                }
            }
        }
    }
}

/// Deletions made before this can no longer be undone: those of an earlier start after an hour, and all
/// after a day.
fn due(started: i64, now: i64) -> i64 {
    started
        .min(now.saturating_sub(UNDOABLE_AT_LEAST))
        .max(now.saturating_sub(UNDOABLE_AT_MOST))
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOUR: i64 = UNDOABLE_AT_LEAST;

    #[test]
    fn what_was_deleted_before_the_start_is_due_after_an_hour_and_the_rest_after_a_day() {
        let started = 1_000 * HOUR;
        assert_eq!(due(started, started), started - HOUR);
        assert_eq!(due(started, started + HOUR), started);
        assert_eq!(due(started, started + 5 * HOUR), started);
        assert_eq!(due(started, started + 30 * HOUR), started + 6 * HOUR);
    }
}
