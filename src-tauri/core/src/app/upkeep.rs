//! The library's upkeep while the app runs: a backup a day, a check with it, and rest when nobody looks.

use std::sync::atomic::Ordering;
use std::sync::{Arc, PoisonError};
use std::time::Duration;

use tokio::time::sleep;

use super::Serein;
use crate::error::IpcError;
use crate::library::backup::{BackupError, back_up, backups, check_in_use, is_due};
use crate::library::{Library, LibraryError, Trouble};
use crate::now;
use crate::sentences;
use crate::view::LibraryHealth;

/// Starting comes first.
const AFTER_START: Duration = Duration::from_secs(60);
/// How often to look whether a backup is due.
const LOOK: Duration = Duration::from_secs(60 * 60);

impl Serein {
    /// How it stands with the library.
    pub async fn library_health(&self) -> LibraryHealth {
        let data_dir = self.data_dir().to_owned();
        let made = tokio::task::spawn_blocking(move || backups(&data_dir)).await;
        let made = made.unwrap_or_default();
        let backup_trouble = self
            .backup_trouble
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone();
        let trouble = self.library().trouble().borrow().clone();
        LibraryHealth {
            unsaved: trouble.as_ref().map(|trouble| self.said_of(trouble)),
            remedy: trouble.and_then(|trouble| trouble.remedy),
            last_backup: made.first().map(|backup| backup.at),
            backups: u32::try_from(made.len()).unwrap_or(u32::MAX),
            backup_trouble,
        }
    }

    pub(super) async fn tell_library_health(&self) {
        let health = self.library_health().await;
        self.host().library_health_changed(&health);
    }

    /// Nobody looks any more: what is in the write-ahead log goes into the file.
    pub async fn rest(&self) {
        if let Err(error) = self.library().run(Library::checkpoint_at_once).await {
            log::warn!("no checkpoint: {error}");
        }
    }

    /// Begins to look after the library, once.
    pub(crate) fn look_after_library(self: &Arc<Self>) {
        if self.is_looked_after.swap(true, Ordering::Relaxed) {
            return;
        }
        self.tasks.spawn(Arc::clone(self).watch_library());
        self.tasks.spawn(Arc::clone(self).back_up_daily());
    }

    async fn back_up_daily(self: Arc<Self>) {
        let mut pause = AFTER_START;
        loop {
            tokio::select! {
                () = self.quitting().cancelled() => return,
                () = sleep(pause) => {}
            }
            pause = LOOK;
            self.back_up_if_due().await;
        }
    }

    /// Makes a backup, if one is due and the library is sound and kept in a file.
    pub(crate) async fn back_up_if_due(&self) {
        let is_in_lasting_trouble = self
            .library()
            .trouble()
            .borrow()
            .as_ref()
            .is_some_and(Trouble::is_lasting);
        let Some(path) = self.library().path().filter(|_| !is_in_lasting_trouble) else {
            return;
        };
        let (path, data_dir) = (path.to_owned(), self.data_dir().to_owned());
        let stop = self.quitting().clone();
        let made = tokio::task::spawn_blocking(move || {
            if !is_due(&data_dir, now()) {
                return None;
            }
            Some(match back_up(&path, &data_dir, now(), &stop) {
                // The copy would have been checked.
                Err(BackupError::NoRoom { needed, free }) => match check_in_use(&path, &stop) {
                    Ok(()) => Err(BackupError::NoRoom { needed, free }),
                    Err(error) => Err(error),
                },
                outcome => outcome,
            })
        });
        let Some(outcome) = made.await.ok().flatten() else {
            return;
        };
        let trouble = match &outcome {
            Ok(backup) => {
                log::info!("a backup of {} bytes was made", backup.bytes);
                None
            }
            Err(BackupError::Stopped) => return,
            Err(error) => Some(self.no_backup(error)),
        };
        *self
            .backup_trouble
            .lock()
            .unwrap_or_else(PoisonError::into_inner) = trouble;
        self.tell_library_health().await;
    }

    /// Why there is no backup, in a sentence.
    fn no_backup(&self, error: &BackupError) -> IpcError {
        log::error!("no backup: {error}");
        match error {
            BackupError::NoRoom { needed, .. } => sentences::no_room_for_backup(*needed),
            BackupError::Damaged(_) => {
                self.library().heed(&LibraryError::Damaged);
                sentences::no_backup()
            }
            BackupError::Sqlite(_) | BackupError::Io(_) | BackupError::Stopped => {
                sentences::no_backup()
            }
        }
    }
}
