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
mod tests {
    use std::fs::OpenOptions;

    use rusqlite::Connection;

    use super::*;

    /// A database as a crash leaves it: of `rows` rows, none in the file itself yet.
    fn crashed(folder: &Path, rows: u32) -> std::path::PathBuf {
        let live = folder.join("live.db");
        let connection = Connection::open(&live).unwrap();
        connection
            .pragma_update(None, "journal_mode", "WAL")
            .unwrap();
        connection.execute_batch("CREATE TABLE t (x)").unwrap();
        for row in 0..rows {
            connection
                .execute("INSERT INTO t VALUES (?1)", [format!("{row:01000}")])
                .unwrap();
        }
        let dead = folder.join("dead.db");
        for (from, to) in [
            (live.clone(), dead.clone()),
            (wal_of(&live), wal_of(&dead)),
            (shm_of(&live), shm_of(&dead)),
        ] {
            fs::copy(from, to).unwrap();
        }
        dead
    }

    fn cut(path: &Path, to: u64) {
        let log = OpenOptions::new().write(true).open(wal_of(path)).unwrap();
        log.set_len(to).unwrap();
    }

    #[test]
    fn a_log_as_a_crash_leaves_it_is_whole() {
        let folder = tempfile::tempdir().unwrap();
        let path = crashed(folder.path(), 50);
        assert!(!is_cut(&path));
        // Opened and closed, there is none.
        Connection::open(&path)
            .unwrap()
            .execute_batch("INSERT INTO t VALUES (1)")
            .unwrap();
        assert!(!is_cut(&path));
        assert!(!is_cut(&folder.path().join("none.db")));
    }

    #[test]
    fn a_log_that_lost_its_end_or_all_of_it_is_cut() {
        let folder = tempfile::tempdir().unwrap();
        let path = crashed(folder.path(), 50);
        let whole = fs::metadata(wal_of(&path)).unwrap().len();
        for length in [whole - 1, whole / 2, LOG_HEADER, 10, 0] {
            cut(&path, length);
            assert!(is_cut(&path), "{length} of {whole} bytes");
        }
        fs::remove_file(wal_of(&path)).unwrap();
        assert!(is_cut(&path));
    }

    #[test]
    fn what_is_in_the_file_already_is_not_missed() {
        let folder = tempfile::tempdir().unwrap();
        let live = folder.path().join("copied.db");
        let connection = Connection::open(&live).unwrap();
        connection
            .pragma_update(None, "journal_mode", "WAL")
            .unwrap();
        connection
            .execute_batch("CREATE TABLE t (x); INSERT INTO t VALUES (1);")
            .unwrap();
        connection
            .query_row("PRAGMA wal_checkpoint(PASSIVE)", [], |_| Ok(()))
            .unwrap();
        assert!(!is_cut(&live));
        let log = OpenOptions::new().write(true).open(wal_of(&live)).unwrap();
        log.set_len(LOG_HEADER).unwrap();
        assert!(!is_cut(&live));
    }

    #[test]
    fn an_index_of_nonsense_says_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let path = crashed(folder.path(), 5);
        cut(&path, 100);
        fs::write(shm_of(&path), [0x5a; 200]).unwrap();
        assert!(!is_cut(&path));
        fs::write(shm_of(&path), [1; 7]).unwrap();
        assert!(!is_cut(&path));
    }
}
