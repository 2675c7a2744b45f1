//! `cargo xtask demo`: the whole product on a simulated SereChat, without an account.

use std::env;
use std::path::{Path, PathBuf};

use crate::project::{Project, WHOLE_APP};
use crate::{Failure, app, console, files, process, setup, ui};

/// Opens the demo, or takes the tour where there is no display.
///
/// # Errors
///
/// Set-up, a build, the app or the tour failed.
pub(crate) fn run(project: &Project) -> Result<(), Failure> {
    if has_display() {
        setup::run(project, setup::BUILD)?;
        ui::build(project)?;
        app::build(project)?;
        open(project)
    } else {
        console::say(
            "There is no display here (neither DISPLAY nor WAYLAND_DISPLAY is set): the app is \
             built and taken on a tour on a virtual one.",
        );
        setup::run(project, &[setup::Need::Build, setup::Need::Test])?;
        ui::build(project)?;
        app::build(project)?;
        console::step("Taking the tour: sign in, ask, watch, quit", || {
            tour(project).map(|_| ())
        })?;
        for picture in screenshots(project)? {
            console::say(&project.shown(&picture));
        }
        Ok(())
    }
}

/// Runs the tour's test in an emptied `target/demo`.
///
/// # Errors
///
/// It failed, or left no screenshot.
pub(crate) fn tour(project: &Project) -> Result<process::Tests, Failure> {
    files::empty(&folder(project))?;
    let tests = process::run_tests(project.cargo(["test"]).args(WHOLE_APP).args([
        "--test",
        "tour",
        "--",
        "--nocapture",
    ]))?;
    if screenshots(project)?.is_empty() {
        return Err(format!(
            "the tour left no screenshot in {}",
            project.shown(&folder(project))
        ));
    }
    Ok(tests)
}

/// The tour's pictures, in the order of their names.
///
/// # Errors
///
/// The folder could not be read.
pub(crate) fn screenshots(project: &Project) -> Result<Vec<PathBuf>, Failure> {
    let folder = folder(project);
    Ok(files::below(&folder)?
        .into_iter()
        .filter(|path| path.components().count() == 1)
        .filter(|path| path.extension().is_some_and(|extension| extension == "png"))
        .map(|path| folder.join(path))
        .collect())
}

fn open(project: &Project) -> Result<(), Failure> {
    let profile = folder(project).join("profile");
    files::empty(&profile)?;
    console::say(
        "The app opens on a simulated SereChat. `Sign in with SereChat` shows its page in your \
         browser; the models are scenarios: start with `markdown`.",
    );
    console::step("Running the demo", || {
        process::run(
            project
                .command(project.app("debug"))
                .arg("--demo")
                .env("SEREIN_DATA_DIR", &profile)
                .env_remove("SEREIN_BASE_URL"),
        )
    })
}

fn folder(project: &Project) -> PathBuf {
    project.target().join("demo")
}

fn has_display() -> bool {
    !cfg!(target_os = "linux")
        || ["DISPLAY", "WAYLAND_DISPLAY"].iter().any(|name| {
            env::var_os(name).is_some_and(|value| !Path::new(&value).as_os_str().is_empty())
        })
}
