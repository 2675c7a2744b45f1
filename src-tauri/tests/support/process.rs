//! Processes the harness starts: ended by their own id when dropped, never by a name.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command};
use std::time::Duration;

/// A child process that does not outlive its owner.
#[derive(Debug)]
pub(crate) struct Owned {
    child: Child,
}

impl Owned {
    /// Starts `command`; the test fails with its name if the program is not there.
    pub(crate) fn start(command: &mut Command) -> Self {
        match command.spawn() {
            Ok(child) => Self { child },
            Err(error) => panic!("cannot start {:?}: {error}", command.get_program()),
        }
    }

    /// Its process id.
    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }

    /// The child itself, for its pipes.
    pub(crate) fn child(&mut self) -> &mut Child {
        &mut self.child
    }

    /// Whether it still runs.
    pub(crate) fn runs(&mut self) -> bool {
        matches!(self.child.try_wait(), Ok(None))
    }
}

impl Drop for Owned {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The process and everything it started, by way of `/proc`.
pub(crate) fn family(root: u32) -> Vec<u32> {
    let parents: Vec<(u32, u32)> = fs::read_dir("/proc")
        .into_iter()
        .flatten()
        .flatten()
        .filter_map(|entry| entry.file_name().to_str()?.parse::<u32>().ok())
        .filter_map(|id| Some((id, stat(id)?.parent)))
        .collect();
    let mut members = vec![root];
    let mut next = 0;
    while let Some(&parent) = members.get(next) {
        members.extend(
            parents
                .iter()
                .filter(|(_, of)| *of == parent)
                .map(|(id, _)| *id),
        );
        next += 1;
    }
    members
}

/// What `/proc/ID/stat` says of a process.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Stat {
    /// Whether it has ended and only waits to be reaped.
    pub(crate) zombie: bool,
    /// The id of the process that started it.
    pub(crate) parent: u32,
    /// Processor time used so far, in clock ticks.
    pub(crate) ticks: u64,
}

/// Reads `/proc/ID/stat`; `None` once the process is gone.
pub(crate) fn stat(id: u32) -> Option<Stat> {
    let line = fs::read_to_string(format!("/proc/{id}/stat")).ok()?;
    // The name stands in brackets and may itself hold brackets: fields count from the last one.
    let fields: Vec<&str> = line.rsplit_once(')')?.1.split_whitespace().collect();
    Some(Stat {
        zombie: fields.first()? == &"Z",
        parent: fields.get(1)?.parse().ok()?,
        ticks: fields.get(11)?.parse::<u64>().ok()? + fields.get(12)?.parse::<u64>().ok()?,
    })
}

/// Time the main thread of a process has been on a processor so far.
pub(crate) fn main_thread(id: u32) -> Option<Duration> {
    let line = fs::read_to_string(format!("/proc/{id}/schedstat")).ok()?;
    let nanoseconds = line.split_whitespace().next()?.parse().ok()?;
    Some(Duration::from_nanos(nanoseconds))
}

/// Whether the process runs (a zombie does not).
pub(crate) fn runs(id: u32) -> bool {
    stat(id).is_some_and(|stat| !stat.zombie)
}

/// The program a process runs.
pub(crate) fn program(id: u32) -> Option<PathBuf> {
    fs::read_link(format!("/proc/{id}/exe")).ok()
}

/// The processes that run `binary` with `place` in their environment.
pub(crate) fn running(binary: &Path, place: &Path) -> impl Iterator<Item = u32> {
    let all = fs::read_dir("/proc").into_iter().flatten().flatten();
    all.filter_map(|entry| entry.file_name().to_str()?.parse().ok())
        .filter(move |id| runs(*id) && program(*id).is_some_and(|path| path == binary))
        .filter(move |id| {
            let environment = fs::read(format!("/proc/{id}/environ")).unwrap_or_default();
            let place = place.as_os_str().as_encoded_bytes();
            environment.windows(place.len()).any(|bytes| bytes == place)
        })
}

/// Ends a process at once, as `kill -9` does.
pub(crate) fn kill(id: u32) {
    // The shell's own `kill`: the program of that name is a package of its own.
    let status = Command::new("sh")
        .args(["-c", "kill -9 \"$1\"", "kill", &id.to_string()])
        .status();
    assert!(
        status.is_ok_and(|status| status.success()),
        "kill -9 {id} failed"
    );
}

/// The full path of a program, searched in `PATH`.
pub(crate) fn which(program: &str) -> PathBuf {
    std::env::var_os("PATH")
        .iter()
        .flat_map(std::env::split_paths)
        .map(|folder| folder.join(program))
        .find(|path| path.is_file())
        .unwrap_or_else(|| panic!("{program} is not installed; `cargo xtask setup` installs it"))
}
