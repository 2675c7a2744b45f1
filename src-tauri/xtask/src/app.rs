//! Building the app and opening it: `cargo xtask run`, and what the demo shares with it.

use crate::project::{Project, WHOLE_APP};
use crate::{Failure, console, process, setup, ui};

/// `cargo xtask run [--release] [-- ARGUMENT…]`: the app on the real service.
///
/// # Errors
///
/// Set-up, a build or the app itself failed.
pub(crate) fn run(project: &Project, arguments: &[String]) -> Result<(), Failure> {
    let mut words = arguments.iter().map(String::as_str).peekable();
    let release = words.next_if_eq(&"--release").is_some();
    match words.next() {
        None | Some("--") => {}
        Some(other) => {
            return Err(format!(
                "`{other}` is no option of `run`; put `--` before what is meant for the app"
            ));
        }
    }
    setup::run(project, setup::BUILD)?;
    ui::build(project)?;
    let profile = if release {
        console::step("Building the app, optimised", || {
            process::run(&mut project.cargo(["build", "--release", "--bin", "serein"]))
        })?;
        "release"
    } else {
        build(project)?;
        "debug"
    };
    console::step("Running the app", || {
        process::run(project.command(project.app(profile)).args(words))
    })
}

/// Builds the app for development, able to run the demo.
///
/// # Errors
///
/// Compiling failed.
pub(crate) fn build(project: &Project) -> Result<(), Failure> {
    console::step("Building the app (the first time takes minutes)", || {
        // The tour is named so that cargo takes the tests' features into account, as every
        // test command does: without it, their shared dependencies would be compiled twice.
        process::run(
            project
                .cargo(["build"])
                .args(WHOLE_APP)
                .args(["--bin", "serein", "--test", "tour"]),
        )
    })
}
