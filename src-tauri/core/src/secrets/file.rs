//! The file `token` of a data folder: where tokens are kept when there is no keychain.
//!
//! Mode 0600 from its first byte on Unix; on Windows it has the protection of the user's profile folder.

use std::collections::BTreeMap;
use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use super::Kept;

/// A token has 16 KiB at most, and few services are ever used from one folder.
const SIZE_LIMIT: u64 = 1024 * 1024;

/// By the service's origin.
type Entries = BTreeMap<String, Kept>;

/// The file, read and written whole. Calls block briefly on the disk, on the runtime's blocking pool.
#[derive(Clone)]
pub(super) struct TokenFile {
    path: Arc<PathBuf>,
    /// Held from reading to writing.
    busy: Arc<Mutex<()>>,
}

impl TokenFile {
    pub(super) fn new(data_dir: &Path) -> Self {
        Self {
            path: Arc::new(data_dir.join("token")),
            busy: Arc::default(),
        }
    }

    pub(super) async fn get(&self, origin: &str) -> Option<Kept> {
        let origin = origin.to_owned();
        self.blocking(move |path| Ok(read(path)?.remove(&origin)))
            .await
            .unwrap_or_else(|error| {
                log::error!("The token's file cannot be read: {}", error.kind());
                None
            })
    }

    pub(super) async fn set(&self, origin: &str, kept: Kept) -> io::Result<()> {
        let origin = origin.to_owned();
        self.blocking(move |path| {
            // What cannot be read is of no use to anybody: start afresh.
            let mut entries = read(path).unwrap_or_default();
            entries.insert(origin, kept);
            write(path, &entries)
        })
        .await
    }

    pub(super) async fn remove(&self, origin: &str) -> io::Result<()> {
        let origin = origin.to_owned();
        self.blocking(move |path| {
            let mut entries = read(path).unwrap_or_default();
            entries.remove(&origin);
            if entries.is_empty() {
                delete(path)
            } else {
                write(path, &entries)
            }
        })
        .await
    }

    async fn blocking<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Path) -> io::Result<T> + Send + 'static,
    ) -> io::Result<T> {
        let this = self.clone();
        tokio::task::spawn_blocking(move || {
            let _busy = this.busy.lock().unwrap_or_else(PoisonError::into_inner);
            work(&this.path)
        })
        .await
        .map_err(io::Error::other)?
    }
}

fn read(path: &Path) -> io::Result<Entries> {
    let file = match File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Entries::new()),
        Err(error) => return Err(error),
    };
    let mut bytes = Vec::new();
    file.take(SIZE_LIMIT).read_to_end(&mut bytes)?;
    // The parser's own error may quote the file.
    serde_json::from_slice(&bytes).map_err(|_| io::ErrorKind::InvalidData.into())
}

/// Beside the file first, then in its place: there is always a whole one, and never a readable one.
fn write(path: &Path, entries: &Entries) -> io::Result<()> {
    if let Some(dir) = path.parent() {
        let mut builder = DirBuilder::new();
        builder.recursive(true);
        #[cfg(unix)]
        std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
        builder.create(dir)?;
    }
    let new = path.with_extension("new");
    // A leftover of a crash may have another mode.
    delete(&new)?;
    let written = fill(&new, entries).and_then(|()| fs::rename(&new, path));
    if written.is_err() {
        let _ = delete(&new);
    }
    written
}

fn fill(path: &Path, entries: &Entries) -> io::Result<()> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(path)?;
    file.write_all(&serde_json::to_vec(entries)?)?;
    file.sync_all()
}

fn delete(path: &Path) -> io::Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}
