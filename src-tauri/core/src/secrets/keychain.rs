//! The system's keychain behind one thread of its own, every answer within a time limit.
//!
//! A keychain call can block for as long as the system shows an unlock window, or for ever. It runs on a
//! plain thread and not on the runtime's blocking pool, so that a stuck one never holds up the app's end.
//! Calls run in the order they were asked for, also those nobody waits for any more: a token saved late
//! is still deleted by the sign-out that followed.

use std::fmt;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread;
use std::time::Duration;

use tokio::sync::oneshot;
use tokio::time::timeout;

/// Calls that may wait for the thread; beyond, the keychain counts as stuck.
const WAITING: usize = 16;

/// Why the keychain gave no answer. Says nothing of what it holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Unavailable {
    /// This system has none, or none is running.
    Absent,
    /// It is locked and was not unlocked.
    Locked,
    /// It did not answer in time.
    TimedOut,
    /// It answered with an error.
    Failed,
}

impl fmt::Display for Unavailable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Absent => "there is none",
            Self::Locked => "it is locked",
            Self::TimedOut => "it did not answer in time",
            Self::Failed => "it answered with an error",
        })
    }
}

/// What is asked of a keychain. All calls may block.
pub(super) trait Vault: Send + 'static {
    /// The secret kept for `account`.
    fn get(&self, account: &str) -> Result<Option<Vec<u8>>, Unavailable>;
    /// Keeps `secret` for `account`, replacing an earlier one.
    fn set(&self, account: &str, secret: &[u8]) -> Result<(), Unavailable>;
    /// Deletes what is kept for `account`, if anything is.
    fn delete(&self, account: &str) -> Result<(), Unavailable>;
}

type Job = Box<dyn FnOnce(&dyn Vault) + Send>;

/// The thread that asks the keychain. It ends with this value, once its last call returns.
pub(super) struct Keychain {
    jobs: SyncSender<Job>,
}

impl Keychain {
    pub(super) fn new(vault: impl Vault) -> Self {
        let (jobs, queue) = sync_channel::<Job>(WAITING);
        // If no thread can be had, the queue's end is gone and every call answers `Failed`.
        if let Err(error) = thread::Builder::new()
            .name("keychain".to_owned())
            .spawn(move || work(&vault, &queue))
        {
            log::error!("No thread for the keychain: {}", error.kind());
        }
        Self { jobs }
    }

    pub(super) async fn get(
        &self,
        account: String,
        limit: Duration,
    ) -> Result<Option<Vec<u8>>, Unavailable> {
        self.ask(limit, move |vault| vault.get(&account)).await
    }

    pub(super) async fn set(
        &self,
        account: String,
        secret: Vec<u8>,
        limit: Duration,
    ) -> Result<(), Unavailable> {
        self.ask(limit, move |vault| vault.set(&account, &secret))
            .await
    }

    pub(super) async fn delete(&self, account: String, limit: Duration) -> Result<(), Unavailable> {
        self.ask(limit, move |vault| vault.delete(&account)).await
    }

    async fn ask<T: Send + 'static>(
        &self,
        limit: Duration,
        call: impl FnOnce(&dyn Vault) -> Result<T, Unavailable> + Send + 'static,
    ) -> Result<T, Unavailable> {
        let (answer, answered) = oneshot::channel();
        let job: Job = Box::new(move |vault| {
            // The asker may have given up; the call was made all the same.
            let _ = answer.send(call(vault));
        });
        self.jobs.try_send(job).map_err(|_| Unavailable::Failed)?;
        match timeout(limit, answered).await {
            Ok(Ok(result)) => result,
            Ok(Err(_)) => Err(Unavailable::Failed),
            Err(_) => Err(Unavailable::TimedOut),
        }
    }
}

fn work(vault: &dyn Vault, queue: &Receiver<Job>) {
    while let Ok(job) = queue.recv() {
        job(vault);
    }
}

/// The keychain of this system, through the crate `keyring`.
pub(super) struct SystemVault {
    service: String,
}

impl SystemVault {
    pub(super) fn new(service: String) -> Self {
        Self { service }
    }

    fn entry(&self, account: &str) -> Result<keyring::Entry, Unavailable> {
        keyring::Entry::new(&self.service, account).map_err(|error| reason(&error))
    }
}

impl Vault for SystemVault {
    fn get(&self, account: &str) -> Result<Option<Vec<u8>>, Unavailable> {
        match self.entry(account)?.get_secret() {
            Ok(secret) => Ok(Some(secret)),
            Err(keyring::Error::NoEntry) => Ok(None),
            // Another program made a second one: either is ours.
            Err(keyring::Error::Ambiguous(entries)) => match entries.first() {
                Some(entry) => entry.get_secret().map(Some).map_err(|error| reason(&error)),
                None => Ok(None),
            },
            Err(error) => Err(reason(&error)),
        }
    }

    fn set(&self, account: &str, secret: &[u8]) -> Result<(), Unavailable> {
        let entry = self.entry(account)?;
        match entry.set_secret(secret) {
            Err(keyring::Error::Ambiguous(_)) => {
                self.delete(account)?;
                entry.set_secret(secret).map_err(|error| reason(&error))
            }
            result => result.map_err(|error| reason(&error)),
        }
    }

    fn delete(&self, account: &str) -> Result<(), Unavailable> {
        match self.entry(account)?.delete_credential() {
            Ok(()) | Err(keyring::Error::NoEntry) => Ok(()),
            Err(keyring::Error::Ambiguous(entries)) => {
                for entry in entries {
                    entry.delete_credential().map_err(|error| reason(&error))?;
                }
                Ok(())
            }
            Err(error) => Err(reason(&error)),
        }
    }
}

/// The kind of error alone: some of the crate's errors carry the secret itself, so none is ever printed.
fn reason(error: &keyring::Error) -> Unavailable {
    match error {
        keyring::Error::NoDefaultStore | keyring::Error::NotSupportedByStore(_) => {
            Unavailable::Absent
        }
        keyring::Error::NoStorageAccess(_) => Unavailable::Locked,
        _ => Unavailable::Failed,
    }
}
