//! The user interface's packages and build.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use crate::project::Project;
use crate::{Failure, console, files, process};

/// Installs the packages that `package-lock.json` names, unless that was done for this very file.
///
/// # Errors
///
/// npm failed.
pub(crate) fn install(project: &Project) -> Result<(), Failure> {
    let lock = project.ui().join("package-lock.json");
    let installed = project
        .ui()
        .join("node_modules/.installed-package-lock.json");
    let wanted = files::text(&lock)?;
    if fs::read_to_string(&installed).is_ok_and(|installed| installed == wanted) {
        return Ok(());
    }
    console::step("Installing the user interface's packages", || {
        process::run(&mut project.npm(["ci", "--no-audit", "--no-fund"]))?;
        fs::write(&installed, wanted)
            .map_err(|error| format!("{} cannot be written: {error}", project.shown(&installed)))
    })
}

/// Builds `ui/dist`, which the app embeds.
///
/// Files that come out as they were keep their times, so that cargo does not compile the app
/// again for nothing.
///
/// # Errors
///
/// npm failed.
pub(crate) fn build(project: &Project) -> Result<(), Failure> {
    console::step("Building the user interface", || {
        let dist = project.ui().join("dist");
        let before = files::contents(&dist)?;
        let times = times(&dist, before.keys());
        process::run(&mut project.npm(["run", "build"]))?;
        let after = files::contents(&dist)?;
        if after.is_empty() {
            return Err(format!("the build left {} empty", project.shown(&dist)));
        }
        if after == before {
            for (path, time) in times {
                // Windows opens no folder this way; a build too many is all that it costs there.
                let _ = File::open(&path).and_then(|file| file.set_modified(time));
            }
        }
        Ok(())
    })
}

/// Builds `ui/dist-bench`, the page that draws replies in several ways. Nothing of it is shipped.
///
/// # Errors
///
/// npm failed.
pub(crate) fn build_bench(project: &Project) -> Result<(), Failure> {
    console::step("Building the bench's page", || {
        process::run(&mut project.npm(["run", "build:bench"]))
    })
}

/// The times of the files and of the folders that hold them.
fn times<'a>(
    folder: &Path,
    files: impl Iterator<Item = &'a PathBuf>,
) -> Vec<(PathBuf, SystemTime)> {
    let mut paths: Vec<PathBuf> = files
        .flat_map(|file| file.ancestors().map(|part| folder.join(part)))
        .collect();
    paths.sort();
    paths.dedup();
    paths
        .into_iter()
        .filter_map(|path| {
            let time = fs::metadata(&path).and_then(|data| data.modified()).ok()?;
            Some((path, time))
        })
        .collect()
}
