//! Backups on disk: whole, checked, bounded, and in nobody's way.
#![allow(
    clippy::unwrap_used,
    reason = "a failed expectation is the test's failure"
)]

use super::*;
use crate::library::{Draft, Library, NewChat};

const NOW: i64 = 1_785_230_000_000;
const HOUR: i64 = DAY / 24;

fn library_in(folder: &Path) -> (PathBuf, Library) {
    let path = folder.join("serein.db");
    let library = Library::open(&path).unwrap();
    (path, library)
}

fn write(library: &Library, text: &str) {
    library
        .save_draft(&Draft::New(NewChat::Main), text)
        .unwrap();
}

fn made(folder: &Path, path: &Path, now: i64) -> BackupFile {
    back_up(path, folder, now, &CancellationToken::new()).unwrap()
}

#[test]
fn a_backup_is_one_moment_of_the_library_whatever_is_written_meanwhile() {
    let folder = tempfile::tempdir().unwrap();
    let (path, library) = library_in(folder.path());
    // Enough for several steps.
    for index in 0..400 {
        library
            .create_conversation(&"long title ".repeat(900), "plain", index)
            .unwrap();
    }
    write(&library, "before");
    let data_dir = folder.path().to_owned();
    let copying = std::thread::spawn(move || made(&data_dir, &path, NOW));
    let mut written = 0_u32;
    while !copying.is_finished() {
        library
            .create_conversation("meanwhile", "plain", 1)
            .unwrap();
        written += 1;
    }
    let backup = copying.join().unwrap();
    assert!(written > 0, "nobody was held up");
    let copy = open_unchanging(&backup.path).unwrap();
    let (old, all): (u32, u32) = copy
        .query_row(
            "SELECT count(*) FILTER (WHERE title <> 'meanwhile'), count(*) FROM conversation",
            [],
            |row| Ok((row.get(0)?, row.get(1)?)),
        )
        .unwrap();
    assert_eq!(old, 400);
    assert!(all <= 400 + written);
    assert_eq!(backups(folder.path()), [backup]);
    let left: Vec<_> = fs::read_dir(folder.path().join(BACKUPS))
        .unwrap()
        .map(|entry| entry.unwrap().file_name())
        .collect();
    assert_eq!(left.len(), 1, "{left:?}");
}

#[test]
fn a_backup_is_due_once_a_day_and_after_the_clock_was_set_back() {
    let folder = tempfile::tempdir().unwrap();
    let (path, _library) = library_in(folder.path());
    assert!(is_due(folder.path(), NOW));
    made(folder.path(), &path, NOW);
    assert!(!is_due(folder.path(), NOW + 23 * HOUR));
    assert!(is_due(folder.path(), NOW + DAY));
    assert!(is_due(folder.path(), NOW - DAY));
}

#[test]
fn the_copy_before_a_migration_does_not_put_off_the_backup_of_the_day() {
    let folder = tempfile::tempdir().unwrap();
    let (path, library) = library_in(folder.path());
    drop(library);
    before_migration(&path, folder.path(), 3, NOW).unwrap();
    assert!(is_due(folder.path(), NOW));
}

#[test]
fn names_tell_when_and_of_which_schema() {
    assert_eq!(name(NOW, None), "serein-20260728-091320.db");
    assert_eq!(name(NOW, Some(3)), "serein-20260728-091320-schema-3.db");
    assert_eq!(read_name(&name(NOW, None)), Some((NOW, None)));
    assert_eq!(read_name(&name(NOW, Some(12))), Some((NOW, Some(12))));
    for other in [
        "serein.db",
        "serein-20260728-091320.part",
        "serein-x.db",
        "notes.txt",
    ] {
        assert_eq!(read_name(other), None);
    }
}

#[test]
fn a_week_of_backups_is_kept_and_one_copy_of_each_schema() {
    let folder = tempfile::tempdir().unwrap();
    let (path, library) = library_in(folder.path());
    drop(library);
    before_migration(&path, folder.path(), 2, NOW - 2 * HOUR).unwrap();
    before_migration(&path, folder.path(), 2, NOW - HOUR).unwrap();
    before_migration(&path, folder.path(), 3, NOW - HOUR).unwrap();
    for day in 0..10 {
        made(folder.path(), &path, NOW + day * DAY);
    }
    let kept = backups(folder.path());
    let daily: Vec<i64> = kept
        .iter()
        .filter(|backup| backup.schema.is_none())
        .map(|backup| (backup.at - NOW) / DAY)
        .collect();
    assert_eq!(daily, [9, 8, 7, 6, 5, 4, 3]);
    let schemas: Vec<(i64, u32)> = kept
        .iter()
        .filter_map(|backup| Some((backup.at, backup.schema?)))
        .collect();
    assert_eq!(schemas, [(NOW - HOUR, 3), (NOW - HOUR, 2)]);
}

#[test]
fn large_backups_are_fewer_but_never_none_of_a_kind() {
    let of = |day: i64, schema: Option<u32>, bytes: u64| BackupFile {
        path: PathBuf::from(name(NOW - day * DAY, schema)),
        at: NOW - day * DAY,
        schema,
        bytes,
    };
    let half = KEPT_BYTES / 2;
    let all = [
        of(0, None, half),
        of(1, None, half),
        of(2, None, half),
        of(3, Some(4), half),
        of(4, Some(3), half),
        of(5, None, 10),
    ];
    let gone: Vec<i64> = superfluous(&all)
        .iter()
        .map(|backup| (NOW - backup.at) / DAY)
        .collect();
    assert_eq!(gone, [2, 4, 5]);
    let huge = [of(0, None, KEPT_BYTES * 4), of(1, Some(4), KEPT_BYTES * 4)];
    assert!(superfluous(&huge).is_empty());
}

#[test]
fn a_damaged_library_never_becomes_a_backup_and_pushes_out_none() {
    let folder = tempfile::tempdir().unwrap();
    let (path, library) = library_in(folder.path());
    for index in 0..200 {
        library
            .create_conversation(&"title ".repeat(200), "plain", index)
            .unwrap();
    }
    library.checkpoint().unwrap();
    drop(library);
    let good = made(folder.path(), &path, NOW);
    let mut bytes = fs::read(&path).unwrap();
    let middle = bytes.len() / 2 / 4096 * 4096;
    bytes[middle..middle + 4096].fill(0x5a);
    fs::write(&path, bytes).unwrap();
    let outcome = back_up(&path, folder.path(), NOW + DAY, &CancellationToken::new());
    assert!(
        matches!(outcome, Err(BackupError::Damaged(_))),
        "{outcome:?}"
    );
    assert!(matches!(
        check_in_use(&path, &CancellationToken::new()),
        Err(BackupError::Damaged(_))
    ));
    assert_eq!(backups(folder.path()), [good]);
    assert_eq!(
        fs::read_dir(folder.path().join(BACKUPS)).unwrap().count(),
        1
    );
}

#[test]
fn quitting_ends_a_backup_and_leaves_nothing_of_it() {
    let folder = tempfile::tempdir().unwrap();
    let (path, _library) = library_in(folder.path());
    let stop = CancellationToken::new();
    stop.cancel();
    let outcome = back_up(&path, folder.path(), NOW, &stop);
    assert!(matches!(outcome, Err(BackupError::Stopped)));
    assert_eq!(
        fs::read_dir(folder.path().join(BACKUPS)).unwrap().count(),
        0
    );
}
