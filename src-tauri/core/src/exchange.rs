//! Taking conversations out of the library and bringing them in (`docs/library-format.md`).
//!
//! Everything here blocks, and works in steps: a little is read or written, then the library is free for
//! others, the job is told how far it has come, and asked whether it is to go on.

mod chatgpt;
mod json;
mod markdown;
mod names;
mod reading;
mod scan;
mod sentences;
mod sessions;
mod staging;
mod tree;
mod writing;

use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use tokio_util::sync::CancellationToken;

use crate::library::{ConversationRow, Library, LibraryError, StoredMessage};
use crate::view::{ExportFormat, JobKind, JobProblem, JobState, JobView};

pub use names::file_name;

/// Problems named one by one; the others are counted.
const PROBLEMS: usize = 100;
/// How the ids of temporary chats begin, of which nothing is kept.
pub(crate) const TEMPORARY: &str = "temporary-";
/// A window is told at most so often.
const TOLD_EVERY: Duration = Duration::from_millis(100);

/// Why a job ended before its work was done.
#[derive(Debug, thiserror::Error)]
enum Stop {
    /// Somebody said so.
    #[error("cancelled")]
    Cancelled,
    /// The database's word.
    #[error(transparent)]
    Library(#[from] LibraryError),
    /// The system's word.
    #[error(transparent)]
    Io(#[from] std::io::Error),
}

/// How a job has come along, and whether it is to go on.
pub struct Steps {
    cancel: CancellationToken,
    state: Mutex<State>,
    tell: Box<dyn Fn(&JobView) + Send + Sync>,
}

struct State {
    view: JobView,
    told: Option<Instant>,
}

impl std::fmt::Debug for Steps {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Steps").field("view", &self.view()).finish()
    }
}

impl Steps {
    /// A job that begins. `tell` hears how it comes along.
    pub fn new(
        kind: JobKind,
        cancel: CancellationToken,
        tell: impl Fn(&JobView) + Send + Sync + 'static,
    ) -> Self {
        let view = JobView {
            id: crate::library::new_id(),
            kind,
            state: JobState::Running,
            done: 0,
            total: None,
            summary: None,
            problems: Vec::new(),
            more_problems: 0,
        };
        Self {
            cancel,
            state: Mutex::new(State { view, told: None }),
            tell: Box::new(tell),
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// How the job stands.
    pub fn view(&self) -> JobView {
        self.state().view.clone()
    }

    /// Ends the job at its next step.
    pub fn cancel(&self) {
        self.cancel.cancel();
    }

    fn is_cancelled(&self) -> bool {
        self.cancel.is_cancelled()
    }

    fn go_on(&self) -> Result<(), Stop> {
        if self.is_cancelled() {
            Err(Stop::Cancelled)
        } else {
            Ok(())
        }
    }

    fn expect(&self, total: u64) {
        self.state().view.total = Some(total);
        self.advance(0);
    }

    fn advance(&self, by: u64) {
        let view = {
            let mut state = self.state();
            state.view.done += by;
            let now = Instant::now();
            let is_due = state
                .told
                .is_none_or(|told| now.duration_since(told) >= TOLD_EVERY);
            if !is_due {
                return;
            }
            state.told = Some(now);
            state.view.clone()
        };
        (self.tell)(&view);
    }

    /// Something could not be taken as it was.
    fn problem(&self, entry: &str, reason: impl Into<String>) {
        let view = &mut self.state().view;
        if view.problems.len() < PROBLEMS {
            view.problems.push(JobProblem {
                entry: names::one_line(entry),
                reason: reason.into(),
            });
        } else {
            view.more_problems = view.more_problems.saturating_add(1);
        }
    }

    /// So many more that are not named.
    fn more_problems(&self, count: u32) {
        let view = &mut self.state().view;
        view.more_problems = view.more_problems.saturating_add(count);
    }

    /// The job is over.
    pub fn end(&self, state: JobState, summary: String) {
        let view = {
            let view = &mut self.state().view;
            view.state = state;
            view.summary = Some(summary);
            if let Some(total) = view.total
                && state == JobState::Done
            {
                view.done = total;
            }
            view.clone()
        };
        (self.tell)(&view);
    }
}

/// Takes conversations out: these, or all. As Markdown, one goes to the file `target`, and all or several
/// to a new folder in the folder `target`; as JSON they go to the file `target`. Nothing is left of an
/// export that did not come to its end.
pub fn export(
    library: &Library,
    ids: Option<&[String]>,
    format: ExportFormat,
    target: &Path,
    steps: &Steps,
) {
    let outcome = match format {
        ExportFormat::Json => json::export(library, ids, target, steps),
        ExportFormat::Markdown => markdown::export(library, ids, target, steps),
    };
    match outcome {
        Ok(done) => steps.end(JobState::Done, sentences::exported(&done)),
        Err(Stop::Cancelled) => steps.end(JobState::Cancelled, sentences::export_cancelled()),
        Err(stop) => {
            log::error!("export: {stop}");
            steps.end(JobState::Failed, sentences::export_failed(&stop));
        }
    }
}

/// Hands out these conversations, or all, one after the other.
fn each_conversation(
    library: &Library,
    ids: Option<&[String]>,
    steps: &Steps,
    mut take: impl FnMut(ConversationRow) -> Result<(), Stop>,
) -> Result<(), Stop> {
    let Some(ids) = ids else {
        let mut last = i64::MIN;
        while let Some((row, conversation)) = library.conversation_after(last)? {
            steps.go_on()?;
            take(conversation)?;
            last = row;
        }
        return Ok(());
    };
    for id in ids {
        steps.go_on()?;
        match library.conversation_row(id)? {
            Some(conversation) => take(conversation)?,
            None if id.starts_with(TEMPORARY) => {
                steps.problem(
                    id,
                    "Nothing of a temporary chat is exported; keep it first.",
                );
            }
            None => steps.problem(id, "This conversation no longer exists; it was left out."),
        }
    }
    Ok(())
}

/// A message in the library cannot be read; the rest is taken out without it.
fn unreadable(
    steps: &Steps,
    conversation: &ConversationRow,
    stored: &StoredMessage,
    error: &LibraryError,
) {
    log::warn!("export: the message {} cannot be read: {error}", stored.id);
    steps.problem(
        &conversation.title,
        "A message of this conversation is damaged in the database; it was left out.",
    );
}

/// What an export has taken out.
#[derive(Debug)]
struct Exported {
    conversations: u64,
    messages: u64,
    path: PathBuf,
}

/// Brings in the conversations of these files, and of the files in these folders. What was brought in
/// before the job ended stays.
pub fn import(library: &Library, paths: &[PathBuf], steps: &Steps) {
    let mut done = reading::Imported::default();
    let outcome = reading::import(library, paths, steps, &mut done);
    let (state, summary) = match outcome {
        Ok(()) => (JobState::Done, sentences::imported(&done)),
        Err(Stop::Cancelled) => (JobState::Cancelled, sentences::import_cancelled(&done)),
        Err(stop) => {
            log::error!("import: {stop}");
            (JobState::Failed, sentences::import_failed(&stop, &done))
        }
    };
    steps.end(state, summary);
}

#[cfg(test)]
mod tests;
