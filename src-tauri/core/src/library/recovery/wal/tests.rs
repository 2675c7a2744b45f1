#![allow(
    clippy::unwrap_used,
    reason = "a failed expectation is the test's failure"
)]

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
