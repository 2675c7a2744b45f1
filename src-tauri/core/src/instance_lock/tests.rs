//! Two apps on one folder; the second is a process of its own.
#![allow(
    clippy::unwrap_used,
    clippy::print_stderr,
    reason = "a failed expectation is the test's failure, and processes speak by their output"
)]

use std::io::{BufRead as _, BufReader, Read as _};
use std::process::{Child, Command, Stdio};

use super::*;

/// The folder that the second process is to lock.
const FOLDER: &str = "SEREIN_TEST_LOCKED_FOLDER";

/// Does nothing in the run of the tests itself: it is what the second process runs.
#[test]
fn the_second_process() {
    let Some(folder) = std::env::var_os(FOLDER) else {
        return;
    };
    let lock = InstanceLock::take(Path::new(&folder)).unwrap();
    assert!(lock.allows_writing());
    eprintln!("locked");
    // Until whoever started it lets go, or ends it.
    let _ = std::io::stdin().read(&mut [0]);
}

fn second_app(folder: &Path) -> Child {
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args([
            "instance_lock::tests::the_second_process",
            "--exact",
            "--nocapture",
        ])
        .env(FOLDER, folder)
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let lines = BufReader::new(child.stderr.take().unwrap()).lines();
    assert!(lines.map_while(Result::ok).any(|line| line == "locked"));
    child
}

fn two_apps_never_have(folder: &Path) {
    let mut other = second_app(folder);
    assert!(matches!(InstanceLock::take(folder), Err(LockError::Taken)));
    // However it ends.
    other.kill().unwrap();
    other.wait().unwrap();
    let lock = InstanceLock::take(folder).unwrap();
    assert!(lock.allows_writing());
    assert!(matches!(InstanceLock::take(folder), Err(LockError::Taken)));
}

#[test]
fn a_second_app_is_refused_until_the_first_is_gone_even_if_it_was_killed() {
    let folder = tempfile::tempdir().unwrap();
    two_apps_never_have(folder.path());
}

#[cfg(target_os = "linux")]
#[test]
fn the_lock_holds_in_a_folder_in_memory_too() {
    // A tmpfs on every Linux.
    let folder = tempfile::tempdir_in("/dev/shm").unwrap();
    two_apps_never_have(folder.path());
}

#[test]
fn a_folder_that_is_not_there_is_an_error_and_not_one_without_a_lock() {
    let folder = tempfile::tempdir().unwrap();
    let missing = folder.path().join("missing");
    assert!(matches!(
        InstanceLock::take(&missing),
        Err(LockError::Io(_))
    ));
}
