//! Whether the write-ahead log was cut short since the library was last used.
//!
//! SQLite takes a log that ends early for one whose last changes were never finished, and says nothing. How long
//! it was is known from the index beside it (`-shm`), which outlives a crash:
//! <https://www.sqlite.org/walformat.html>, sections 1 and 2.

use std::fs::{self, File};
use std::io::Read as _;
use std::path::Path;

use super::{shm_of, wal_of};

/// The log's header, in bytes; its salts are the last 8 but 8.
const LOG_HEADER: u64 = 32;
/// What stands before each page in it.
const FRAME_HEADER: u64 = 24;
/// As much of the index as is looked at.
const INDEX_HEADER: usize = 100;

/// Changes that were made for good are missing from the log of the library at `path`. To be asked before SQLite
/// opens it.
pub(super) fn is_cut(path: &Path) -> bool {
    let Some(index) = read::<INDEX_HEADER>(&shm_of(path)) else {
        return false;
    };
    let number = |at: usize| {
        let bytes = index
            .get(at..at + 4)
            .and_then(|bytes| bytes.try_into().ok());
        bytes.map_or(0, u32::from_ne_bytes)
    };
    // Two copies that differ were being written when the app ended: neither says anything.
    let is_whole = index[..48] == index[48..96] && index[12] == 1;
    let (frames, copied) = (number(16), number(96));
    if !is_whole || frames == 0 || copied >= frames {
        return false;
    }
    let page = match u16::from_ne_bytes([index[14], index[15]]) {
        1 => 1 << 16,
        size => u64::from(size),
    };
    let Ok(log) = fs::metadata(wal_of(path)) else {
        return true;
    };
    // A log that was begun anew is another.
    if let Some(header) = read::<{ LOG_HEADER as usize }>(&wal_of(path))
        && header[16..24] != index[32..40]
    {
        return false;
    }
    log.len() < LOG_HEADER + u64::from(frames) * (FRAME_HEADER + page)
}

/// The first bytes of a file that has so many.
fn read<const SIZE: usize>(path: &Path) -> Option<[u8; SIZE]> {
    let mut bytes = [0; SIZE];
    File::open(path).ok()?.read_exact(&mut bytes).ok()?;
    Some(bytes)
}

#[cfg(test)]
mod tests;
