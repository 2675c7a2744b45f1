//! Replies that could not be written when they ended: kept in memory, shown from there, and offered to the
//! library again until it takes them. The same of what is being written, which its window offers again. And what
//! is said meanwhile: what is kept, and what quitting would cost.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::time::sleep;

use super::Serein;
use crate::error::{Code, IpcError};
use crate::library::{Draft, Library, LibraryError, Page, Trouble, is_temporary};
use crate::message::Message;
use crate::sentences;
use crate::view::{JobState, JobView};

/// The wait before the first new try; each is twice as long as the one before.
const FIRST_WAIT: Duration = Duration::from_secs(2);
/// The longest wait.
const LONGEST_WAIT: Duration = Duration::from_secs(8);

/// A reply that is whole in memory and not in the library.
#[derive(Debug, Clone)]
struct UnsavedReply {
    conversation: String,
    message: Message,
}

/// All of them, in the order in which they ended. A turn begins only when there are none, so there are never
/// more than turns that ran at once.
#[derive(Debug, Default)]
pub(crate) struct Unsaved {
    replies: Mutex<Vec<UnsavedReply>>,
    /// The latest text of each draft that could not be written, where that is not empty.
    drafts: Mutex<Vec<(Draft, String)>>,
    /// Held while they are being written.
    writing: tokio::sync::Mutex<()>,
}

impl Unsaved {
    fn lock(&self) -> MutexGuard<'_, Vec<UnsavedReply>> {
        self.replies.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn is_empty(&self) -> bool {
        self.lock().is_empty()
    }

    /// Takes note of how the saving of a draft went.
    pub(super) fn note_draft(&self, draft: Draft, text: String, is_saved: bool) {
        let mut drafts = self.drafts.lock().unwrap_or_else(PoisonError::into_inner);
        drafts.retain(|(other, _)| *other != draft);
        if !is_saved && !text.is_empty() {
            drafts.push((draft, text));
        }
    }

    fn drafts(&self) -> Vec<(Draft, String)> {
        let drafts = self.drafts.lock().unwrap_or_else(PoisonError::into_inner);
        drafts.clone()
    }

    /// The whole of a message of which the library has only the beginning.
    pub(super) fn find(&self, id: &str) -> Option<Message> {
        let replies = self.lock();
        let found = replies.iter().find(|reply| reply.message.id == id);
        found.map(|reply| reply.message.clone())
    }

    /// Puts the whole replies in the place of what the library has of them.
    pub(super) fn complete(&self, page: &mut Page) {
        let replies = self.lock();
        for shown in &mut page.messages {
            if let Some(reply) = replies
                .iter()
                .find(|reply| reply.message.id == shown.message.id)
            {
                shown.message = reply.message.clone();
            }
        }
    }
}

impl Serein {
    /// Keeps a reply that could not be written, for `why`.
    pub(crate) fn keep_unsaved(&self, conversation: String, message: Message, why: &LibraryError) {
        self.unsaved.lock().push(UnsavedReply {
            conversation,
            message,
        });
        self.library().set_trouble(Trouble::of(why));
    }

    /// What would be lost, or given up, if the app quit now: a reply that ended or is running, or unsent text,
    /// that cannot be saved, though it is tried once more; an import or an export.
    pub async fn lost_by_quitting(&self) -> Option<String> {
        let is_in_trouble = self.library().trouble().borrow().is_some();
        let mut lost = Vec::new();
        if (is_in_trouble || !self.unsaved.is_empty())
            && self.held() > 0
            && let Err(why) = self.save_again().await
        {
            lost.push(sentences::quit_would_lose(&why.message));
        }
        for (draft, text) in self.unsaved.drafts() {
            if let Err(why) = self.save_draft(draft, text).await {
                lost.push(sentences::quit_would_lose_draft(&why.message));
                break;
            }
        }
        let job: Option<JobView> = self.job();
        if let Some(job) = job.filter(|job| job.state == JobState::Running) {
            lost.push(sentences::quit_would_cut(job.kind));
        }
        (!lost.is_empty()).then(|| lost.join(" "))
    }

    /// Replies that are nowhere but in memory while nothing can be saved. Those of temporary chats are so
    /// by choice.
    fn held(&self) -> usize {
        let running = self.feeds.running();
        let kept = running.iter().filter(|id| !is_temporary(id)).count();
        self.unsaved.lock().len() + kept
    }

    /// What the user reads of a trouble: what happened, and what is kept all the same.
    pub(super) fn said_of(&self, trouble: &Trouble) -> IpcError {
        let what = &trouble.error.message;
        let message = if !trouble.is_lasting() {
            sentences::passing_trouble(what, self.held())
        } else if self.library().path().is_some() {
            sentences::lasting_trouble(what, self.held())
        } else {
            // It says itself that nothing of this session is kept.
            what.clone()
        };
        IpcError {
            message,
            ..trouble.error.clone()
        }
    }

    /// Says of a message that was refused while nothing can be saved that it was not sent; what else is the
    /// matter stands elsewhere.
    pub(super) fn not_sent(&self, error: IpcError) -> IpcError {
        match &*self.library().trouble().borrow() {
            Some(trouble) if error.code == Code::Failed => sentences::not_sent(trouble.because),
            _ => error,
        }
    }

    /// Writes the replies that are not written yet.
    ///
    /// # Errors
    /// When the library does not take one; it and those after it are kept.
    pub(super) async fn save_unsaved(&self) -> Result<(), IpcError> {
        if self.unsaved.is_empty() {
            return Ok(());
        }
        let _alone = self.unsaved.writing.lock().await;
        loop {
            let Some(next) = self.unsaved.lock().first().cloned() else {
                return Ok(());
            };
            let id = next.message.id.clone();
            self.library_of(&next.conversation)
                .run(move |library| {
                    let UnsavedReply {
                        conversation,
                        message,
                    } = &next;
                    let ended = message.finished_at.unwrap_or(message.created_at);
                    library.finish_message(conversation, message, ended)
                })
                .await?;
            self.unsaved.lock().retain(|reply| reply.message.id != id);
            self.host().conversations_changed();
        }
    }

    /// Tells the windows when the library stops or begins to keep things, and tries again and again in
    /// between, until the app quits.
    pub(super) async fn watch_library(self: Arc<Self>) {
        let mut trouble = self.library().trouble();
        let mut told = None;
        let mut wait = FIRST_WAIT;
        loop {
            // A change may have come while it was being tried.
            let present = trouble
                .borrow_and_update()
                .as_ref()
                .map(|trouble| self.said_of(trouble));
            let is_in_trouble = present.is_some() || !self.unsaved.is_empty();
            if present != told {
                told = present;
                self.tell_library_health().await;
            }
            tokio::select! {
                () = self.quitting().cancelled() => return,
                changed = trouble.changed() => {
                    if changed.is_err() {
                        return;
                    }
                }
                () = sleep(wait), if is_in_trouble => {
                    wait = match self.save_again().await {
                        Ok(()) => FIRST_WAIT,
                        Err(_) => (wait * 2).min(LONGEST_WAIT),
                    };
                }
                () = self.library().hope(), if is_in_trouble => {
                    if self.save_again().await.is_ok() {
                        wait = FIRST_WAIT;
                    }
                }
            }
        }
    }

    /// Offers the library what is waiting; without that, it is found out whether anything can be kept.
    ///
    /// # Errors
    /// When it still cannot be.
    pub async fn save_again(&self) -> Result<(), IpcError> {
        self.save_unsaved().await?;
        self.library().run(Library::probe).await?;
        Ok(())
    }
}
