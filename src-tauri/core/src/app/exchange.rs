//! Taking conversations out and bringing them in, as a job beside everything else.

use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use super::Serein;
use crate::error::{Code, IpcError};
use crate::exchange::{self, Steps, TEMPORARY, file_name};
use crate::library::Library;
use crate::library::recovery::IMPORTING;
use crate::view::{ExportFormat, JobKind, JobState, JobView};

/// The latest job, running or over.
pub(super) type Latest = Mutex<Option<Arc<Steps>>>;

impl Serein {
    /// Whether a job may begin: there is one at a time.
    ///
    /// # Errors
    /// When one is running, or the app is about to quit.
    pub fn check_no_job(&self) -> Result<(), IpcError> {
        let latest = self.job.lock().unwrap_or_else(PoisonError::into_inner);
        self.check(latest.as_deref())
    }

    fn check(&self, latest: Option<&Steps>) -> Result<(), IpcError> {
        let running = latest
            .map(Steps::view)
            .filter(|job| job.state == JobState::Running);
        let sentence = match running.map(|job| job.kind) {
            Some(JobKind::Export) => {
                "An export is under way. Wait until it is done, or cancel it first."
            }
            Some(JobKind::Import) => {
                "An import is under way. Wait until it is done, or cancel it first."
            }
            None if self.is_quitting() => "Serein is being closed.",
            None => return Ok(()),
        };
        Err(IpcError::new(Code::InvalidInput, sentence))
    }

    /// Begins to take conversations out: these, or all. See [`exchange::export`] for where they go.
    ///
    /// # Errors
    /// When none are chosen, or another job is running.
    pub fn export(
        self: &Arc<Self>,
        ids: Option<Vec<String>>,
        format: ExportFormat,
        target: PathBuf,
    ) -> Result<JobView, IpcError> {
        if ids.as_ref().is_some_and(Vec::is_empty) {
            return Err(IpcError::new(
                Code::InvalidInput,
                "There is nothing to export: choose a conversation first.",
            ));
        }
        self.begin_job(JobKind::Export, move |library, steps| {
            exchange::export(library, ids.as_deref(), format, &target, steps);
        })
    }

    /// Begins to bring in the conversations of these files and folders.
    ///
    /// # Errors
    /// When another job is running.
    pub fn import(self: &Arc<Self>, paths: Vec<PathBuf>) -> Result<JobView, IpcError> {
        let host = self.shared_host();
        let quitting = self.quitting().clone();
        self.begin_job(JobKind::Import, move |library, steps| {
            // For the next start, should the app end before the import does.
            let noted = library.set_note(IMPORTING, "");
            exchange::import(library, &paths, steps);
            if !quitting.is_cancelled()
                && let Err(error) = noted.and_then(|()| library.forget_note(IMPORTING))
            {
                log::warn!("an import was not noted: {error}");
            }
            host.conversations_changed();
        })
    }

    fn begin_job(
        self: &Arc<Self>,
        kind: JobKind,
        work: impl FnOnce(&Library, &Steps) + Send + 'static,
    ) -> Result<JobView, IpcError> {
        let host = self.shared_host();
        let steps = {
            let mut latest = self.job.lock().unwrap_or_else(PoisonError::into_inner);
            self.check(latest.as_deref())?;
            let cancel = self.quitting().child_token();
            let steps = Arc::new(Steps::new(kind, cancel, move |job| host.job_changed(job)));
            Arc::clone(latest.insert(steps))
        };
        let begun = steps.view();
        let library = self.library().clone();
        // Among the tasks that the end of the app waits for.
        self.tasks.spawn_blocking(move || {
            let end = EndOfJob(&steps);
            work(&library, &steps);
            drop(end);
        });
        Ok(begun)
    }

    /// Ends a job at its next step; one that is over stays as it is.
    pub fn cancel_job(&self, id: &str) {
        let latest = self.job.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(steps) = latest.as_ref().filter(|steps| steps.view().id == id) {
            steps.cancel();
        }
    }

    /// The latest job, running or over.
    pub fn job(&self) -> Option<JobView> {
        let latest = self.job.lock().unwrap_or_else(PoisonError::into_inner);
        latest.as_ref().map(|steps| steps.view())
    }

    /// What the file of an export is called unless the user calls it something else.
    ///
    /// # Errors
    /// When the conversation is gone, or the database fails.
    pub async fn export_name(
        &self,
        ids: Option<&[String]>,
        format: ExportFormat,
    ) -> Result<String, IpcError> {
        let ending = match format {
            ExportFormat::Markdown => "md",
            ExportFormat::Json => "json",
        };
        let name = match ids {
            Some([id]) if id.starts_with(TEMPORARY) => {
                return Err(IpcError::new(
                    Code::InvalidInput,
                    "Nothing of a temporary chat is exported; keep it first.",
                ));
            }
            Some([id]) => {
                let id = id.clone();
                let conversation = self
                    .library()
                    .run(move |library| library.conversation(&id))
                    .await?;
                file_name(&conversation.title)
            }
            _ => format!("Serein {}", jiff::Zoned::now().strftime("%Y-%m-%d")),
        };
        Ok(format!("{name}.{ending}"))
    }
}

/// Says that a job is over even if its thread ends before it says so itself; else another could never
/// begin.
struct EndOfJob<'a>(&'a Steps);

impl Drop for EndOfJob<'_> {
    fn drop(&mut self) {
        if self.0.view().state == JobState::Running {
            self.0.end(
                JobState::Failed,
                "Something went wrong in Serein itself, and this ended early. Try again."
                    .to_owned(),
            );
        }
    }
}
