//! One window at a time: two apps drawing on two cores would only measure each other.

use std::fs::File;

use super::output::output_folder;

/// Held while a test has its window; a file lock, so that it also holds between processes.
#[derive(Debug)]
pub(crate) struct Turnstile {
    _lock: File,
}

impl Turnstile {
    /// Waits for its turn.
    pub(crate) fn enter() -> Self {
        let file = File::create(output_folder("e2e").join(".lock")).expect("the lock file opens");
        file.lock().expect("the file system has locks");
        Self { _lock: file }
    }
}
