//! Files and folders that are there whole, or not at all: written beside their place, then moved to it.

use std::fs::{self, File, OpenOptions};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

/// A file being written.
pub(super) struct Draft {
    file: Option<BufWriter<File>>,
    path: PathBuf,
    target: PathBuf,
}

impl Draft {
    pub(super) fn new(target: &Path) -> io::Result<Self> {
        let path = beside(target)?;
        let file = Some(BufWriter::new(create(&path)?));
        Ok(Self {
            file,
            path,
            target: target.to_owned(),
        })
    }

    /// Moves the file to its place, in the stead of what is there.
    pub(super) fn finish(mut self) -> io::Result<()> {
        if let Some(file) = self.file.take() {
            file.into_inner()
                .map_err(io::IntoInnerError::into_error)?
                .sync_all()?;
        }
        fs::rename(&self.path, &self.target)?;
        sync_folder(&self.target);
        Ok(())
    }
}

impl Write for Draft {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match &mut self.file {
            Some(file) => file.write(bytes),
            None => Err(io::ErrorKind::BrokenPipe.into()),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.as_mut().map_or(Ok(()), Write::flush)
    }
}

impl Drop for Draft {
    fn drop(&mut self) {
        self.file = None;
        // Gone already if it was moved to its place.
        let _ = fs::remove_file(&self.path);
    }
}

/// A folder being filled.
pub(super) struct DraftFolder {
    path: PathBuf,
    target: PathBuf,
}

impl DraftFolder {
    pub(super) fn new(target: &Path) -> io::Result<Self> {
        let path = beside(target)?;
        fs::create_dir(&path)?;
        Ok(Self {
            path,
            target: target.to_owned(),
        })
    }

    /// A new file in it.
    pub(super) fn create(&self, name: &str) -> io::Result<BufWriter<File>> {
        create(&self.path.join(name)).map(BufWriter::new)
    }

    /// Moves the folder to its place.
    pub(super) fn finish(self) -> io::Result<()> {
        fs::rename(&self.path, &self.target)?;
        sync_folder(&self.target);
        Ok(())
    }
}

impl Drop for DraftFolder {
    fn drop(&mut self) {
        // Gone already if it was moved to its place.
        let _ = fs::remove_dir_all(&self.path);
    }
}

/// A name of our own in the folder where `target` is to be.
fn beside(target: &Path) -> io::Result<PathBuf> {
    if target.file_name().is_none() {
        return Err(io::ErrorKind::InvalidInput.into());
    }
    Ok(target.with_file_name(format!(".serein-{}.part", uuid::Uuid::new_v4())))
}

/// A new file that nobody else can read: conversations are private.
fn create(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt as _;
        options.mode(0o600);
    }
    options.open(path)
}

/// The name itself is on the disk only when the folder is. Where a folder cannot be opened, there is
/// nothing more to be done.
fn sync_folder(target: &Path) {
    if let Some(folder) = target.parent()
        && let Ok(folder) = File::open(folder)
    {
        let _ = folder.sync_all();
    }
}
