//! The access token's place: the system's keychain; where there is none, a file only the user can read.
//!
//! On Linux the keychain is the Secret Service on the session bus, on macOS the Keychain, on Windows the
//! Credential Manager. One entry per service address and data folder, so that profiles and services
//! never mix. The file is written only when the keychain could not be, and deleted when it can; while it
//! has an entry, that entry is the newer one and wins.

mod file;
mod keychain;
#[cfg(test)]
mod tests;

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use serechat::AccessToken;
use tokio::sync::Mutex;

use crate::view::TokenStorage;
use file::TokenFile;
use keychain::{Keychain, SystemVault, Unavailable, Vault};

/// How long reading may take: the user may be asked to unlock the keychain.
const LOAD_LIMIT: Duration = Duration::from_secs(60);
/// How long writing and deleting may take before the file takes over.
const SAVE_LIMIT: Duration = Duration::from_secs(10);
/// How long moving a token from the file into the keychain may take at start.
const MOVE_LIMIT: Duration = Duration::from_secs(3);

/// Where the access token is kept. Cheap to clone. Its calls may take as long as the limits above, so
/// they are not awaited where the app starts.
#[derive(Clone)]
pub struct TokenStore {
    inner: Arc<Inner>,
}

struct Inner {
    keychain: Keychain,
    file: TokenFile,
    /// Tells this data folder's entries from another's.
    profile: String,
    /// Held while an entry changes, so that keychain and file change together.
    changing: Mutex<()>,
}

/// What [`TokenStore::load`] found.
#[derive(Debug, Clone)]
pub struct Loaded {
    /// The token, if there is one.
    pub token: Option<AccessToken>,
    /// When it ends, in milliseconds since the Unix epoch, if the server said.
    pub expires_at: Option<i64>,
    /// Where the token is kept; without one, where it would be.
    pub storage: TokenStorage,
    /// The keychain is there but was not unlocked (in time): it may hold a token all the same.
    pub locked: bool,
}

/// What is kept, in the keychain and in the file alike.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Kept {
    /// `None` only in the file: signed out while the keychain could not be reached, so whatever the
    /// keychain holds is void.
    token: Option<String>,
    #[serde(default)]
    expires_at: Option<i64>,
}

impl TokenStore {
    /// A store for the data folder `data_dir`. `service_name` is what the keychain's own window lists the
    /// entry under. Touches neither the keychain nor the disk beyond resolving the folder.
    pub fn new(data_dir: &Path, service_name: String) -> Self {
        Self::with_vault(data_dir, SystemVault::new(service_name))
    }

    /// A store that finds no keychain, whatever this machine has.
    #[cfg(test)]
    pub(crate) fn without_keychain(data_dir: &Path) -> Self {
        struct NoVault;
        impl Vault for NoVault {
            fn get(&self, _: &str) -> Result<Option<Vec<u8>>, Unavailable> {
                Err(Unavailable::Absent)
            }
            fn set(&self, _: &str, _: &[u8]) -> Result<(), Unavailable> {
                Err(Unavailable::Absent)
            }
            fn delete(&self, _: &str) -> Result<(), Unavailable> {
                Err(Unavailable::Absent)
            }
        }
        Self::with_vault(data_dir, NoVault)
    }

    fn with_vault(data_dir: &Path, vault: impl Vault) -> Self {
        let data_dir = canonical(data_dir);
        Self {
            inner: Arc::new(Inner {
                keychain: Keychain::new(vault),
                profile: format!("{:016x}", fnv1a(data_dir.as_os_str().as_encoded_bytes())),
                file: TokenFile::new(&data_dir),
                changing: Mutex::new(()),
            }),
        }
    }

    /// Reads the token for the service at `origin`. A token left in the file moves into the keychain if
    /// one has become available. Takes 60 s at most, and so long only while the system asks the user to
    /// unlock the keychain.
    pub async fn load(&self, origin: &str) -> Loaded {
        if let Some(loaded) = self.load_from_file(origin).await {
            return loaded;
        }
        let answer = self
            .inner
            .keychain
            .get(self.account(origin), LOAD_LIMIT)
            .await;
        match answer {
            Ok(secret) => Loaded::new(
                secret
                    .as_deref()
                    .and_then(|it| serde_json::from_slice(it).ok()),
                TokenStorage::Keychain,
            ),
            Err(reason) => {
                log::warn!("The keychain cannot be read: {reason}");
                Loaded {
                    locked: matches!(reason, Unavailable::Locked | Unavailable::TimedOut),
                    ..Loaded::new(None, TokenStorage::File)
                }
            }
        }
    }

    async fn load_from_file(&self, origin: &str) -> Option<Loaded> {
        let inner = &self.inner;
        let _changing = inner.changing.lock().await;
        let kept = inner.file.get(origin).await?;
        let moved = match secret(&kept) {
            Some(secret) => {
                inner
                    .keychain
                    .set(self.account(origin), secret, MOVE_LIMIT)
                    .await
            }
            None => {
                inner
                    .keychain
                    .delete(self.account(origin), MOVE_LIMIT)
                    .await
            }
        };
        let storage = match moved {
            Ok(()) => {
                self.remove_from_file(origin).await;
                TokenStorage::Keychain
            }
            Err(reason) => {
                log::info!("The keychain cannot be used, the token stays in its file: {reason}");
                TokenStorage::File
            }
        };
        Some(Loaded::new(Some(kept), storage))
    }

    /// Keeps `token` for the service at `origin`, replacing an earlier one; `expires_at` in milliseconds
    /// since the Unix epoch. Answers where it is kept now: [`TokenStorage::Memory`] means nowhere.
    pub async fn save(
        &self,
        origin: &str,
        token: &AccessToken,
        expires_at: Option<i64>,
    ) -> TokenStorage {
        let inner = &self.inner;
        let kept = Kept {
            token: Some(token.expose().to_owned()),
            expires_at,
        };
        let _changing = inner.changing.lock().await;
        let saved = match secret(&kept) {
            Some(secret) => {
                inner
                    .keychain
                    .set(self.account(origin), secret, SAVE_LIMIT)
                    .await
            }
            None => Err(Unavailable::Failed),
        };
        match saved {
            Ok(()) => {
                self.remove_from_file(origin).await;
                TokenStorage::Keychain
            }
            Err(reason) => {
                log::warn!("The keychain cannot be written, the token goes to a file: {reason}");
                match inner.file.set(origin, kept).await {
                    Ok(()) => TokenStorage::File,
                    Err(error) => {
                        log::error!("The token's file cannot be written: {}", error.kind());
                        TokenStorage::Memory
                    }
                }
            }
        }
    }

    /// Deletes the token for the service at `origin` from wherever it is kept. If the keychain cannot be
    /// reached now, its entry is marked void and deleted when it can be.
    pub async fn forget(&self, origin: &str) {
        let inner = &self.inner;
        let void = Kept {
            token: None,
            expires_at: None,
        };
        let _changing = inner.changing.lock().await;
        // First, so that quitting while the keychain is slow does not sign in again.
        if let Err(error) = inner.file.set(origin, void).await {
            log::error!("The token's file cannot be written: {}", error.kind());
        }
        let deleted = inner
            .keychain
            .delete(self.account(origin), SAVE_LIMIT)
            .await;
        match deleted {
            Ok(()) => self.remove_from_file(origin).await,
            // Not there today: it may be another day, and then its entry is still void.
            Err(reason) => {
                log::info!("The keychain cannot be cleared, its entry is void: {reason}")
            }
        }
    }

    async fn remove_from_file(&self, origin: &str) {
        if let Err(error) = self.inner.file.remove(origin).await {
            log::error!("The token's file cannot be deleted: {}", error.kind());
        }
    }

    /// The entry's name beside the service's: the address and the data folder.
    fn account(&self, origin: &str) -> String {
        format!("{origin} {}", self.inner.profile)
    }
}

impl fmt::Debug for TokenStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TokenStore")
            .field("profile", &self.inner.profile)
            .finish_non_exhaustive()
    }
}

impl Loaded {
    fn new(kept: Option<Kept>, storage: TokenStorage) -> Self {
        let expires_at = kept.as_ref().and_then(|kept| kept.expires_at);
        let token = kept
            .and_then(|kept| kept.token)
            .and_then(|token| AccessToken::new(token).ok());
        Self {
            expires_at: token.as_ref().and(expires_at),
            token,
            storage,
            locked: false,
        }
    }
}

/// The bytes for the keychain; `None` for a void entry.
fn secret(kept: &Kept) -> Option<Vec<u8>> {
    kept.token.as_ref()?;
    serde_json::to_vec(kept).ok()
}

/// The folder's one true name, whether or not it exists yet: its nearest existing ancestor resolved, the
/// rest as it is.
fn canonical(dir: &Path) -> PathBuf {
    let absolute = std::path::absolute(dir).unwrap_or_else(|_| dir.to_owned());
    for ancestor in absolute.ancestors() {
        if let Ok(resolved) = ancestor.canonicalize() {
            return match absolute.strip_prefix(ancestor) {
                Ok(rest) if rest.as_os_str().is_empty() => resolved,
                Ok(rest) => resolved.join(rest),
                Err(_) => absolute,
            };
        }
    }
    absolute
}

/// FNV-1a, 64 bits: a short name for a path that stays the same from one build to the next, which the
/// standard library's hasher does not promise. Nothing secret depends on it.
fn fnv1a(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3)
    })
}
