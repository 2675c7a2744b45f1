//! Search, finding in a conversation, and the way to what was found.

use std::time::{Duration, Instant};

use super::Serein;
use crate::error::IpcError;
use crate::library::Library;
use crate::sentences;
use crate::settings::ReasoningDisplay;
use crate::view::{FoundAll, PageAt, SearchFilters, SearchResults, Snapshot};

/// After the start, before what an older version left unindexed is taken up: first comes the window.
const AFTER_START: Duration = Duration::from_secs(3);
/// After a failure of the database.
const AFTER_FAILURE: Duration = Duration::from_secs(60);

impl Serein {
    /// Titles and messages of every branch with these words, the best first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn search(
        &self,
        text: String,
        filters: SearchFilters,
    ) -> Result<SearchResults, IpcError> {
        Ok(self
            .library
            .run(move |library| library.search(&text, &filters))
            .await?)
    }

    /// The models there are in the library.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn search_models(&self) -> Result<Vec<String>, IpcError> {
        Ok(self.library.run(Library::search_models).await?)
    }

    /// Where text is in a conversation's visible path.
    ///
    /// # Errors
    /// When there is no such conversation, or the database fails.
    pub async fn find_in_conversation(
        &self,
        conversation: String,
        text: String,
    ) -> Result<FoundAll, IpcError> {
        // What is not drawn cannot be gone to.
        let reasoning = self.settings().reasoning != ReasoningDisplay::Hidden;
        Ok(self
            .library_of(&conversation)
            .run(move |library| library.find_in_conversation(&conversation, &text, reasoning))
            .await?)
    }

    /// Makes the path through a message visible: the page begins with it. Before the page is read,
    /// `look` is told the conversation, so that whoever looks at it misses no event.
    ///
    /// # Errors
    /// When there is no such message, the path would change under a running reply, or the database
    /// fails.
    pub async fn show_message(
        &self,
        message: String,
        look: impl FnOnce(&str),
    ) -> Result<Snapshot, IpcError> {
        let wanted = message.clone();
        let (conversation, is_visible) = self
            .library
            .run(move |library| library.place_of_message(&wanted))
            .await?;
        if !is_visible {
            let _place = self
                .reserve(&conversation)
                .map_err(|_| sentences::reply_running_elsewhere())?;
            let wanted = message.clone();
            self.library
                .run(move |library| library.show_message(&wanted))
                .await?;
        }
        look(&conversation);
        self.snapshot(conversation, PageAt::From { message }).await
    }

    /// Takes up, as long as the app runs, what is not in the index yet. Writers get their turn between
    /// two steps.
    pub(crate) async fn keep_index(&self) {
        tokio::time::sleep(AFTER_START).await;
        loop {
            match self.take_up_all().await {
                Ok(()) => self.library.has_work_for_index().await,
                Err(error) => {
                    log::error!("the index is not up to date: {}", error.message);
                    tokio::time::sleep(AFTER_FAILURE).await;
                }
            }
        }
    }

    async fn take_up_all(&self) -> Result<(), IpcError> {
        let mut steps = 0_u32;
        loop {
            let began = Instant::now();
            let more = self.library.run(Library::index_step).await?;
            steps += 1;
            if !more {
                break;
            }
            tokio::time::sleep(began.elapsed()).await;
        }
        if steps < 50 {
            return Ok(());
        }
        let mut begins = true;
        loop {
            let began = Instant::now();
            let more = self
                .library
                .run(move |library| library.order_index_step(begins))
                .await?;
            if !more {
                return Ok(());
            }
            begins = false;
            tokio::time::sleep(began.elapsed()).await;
        }
    }
}
