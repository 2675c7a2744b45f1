//! `cargo xtask bench NAME`: figures of the optimised app, as `target/bench/NAME.json`.

use std::fs;

use crate::project::{Project, WHOLE_APP};
use crate::{Failure, console, files, process, setup, ui};

/// Builds what the benchmark needs, runs it, and says where its figures are.
///
/// # Errors
///
/// Set-up, a build or the benchmark failed, or it left no figures.
pub(crate) fn run(project: &Project, name: &str) -> Result<(), Failure> {
    let known = project.declared("bench")?;
    if !known.iter().any(|bench| bench == name) {
        return Err(format!(
            "there is no benchmark `{name}`; there is: {}",
            known.join(", ")
        ));
    }
    setup::run(project, &[setup::Need::Build, setup::Need::Test])?;
    ui::build(project)?;
    let folder = project.target().join("bench");
    fs::create_dir_all(&folder)
        .map_err(|error| format!("{} cannot be made: {error}", project.shown(&folder)))?;
    let figures = folder.join(format!("{name}.json"));
    // An earlier run's figures must not pass for this one's.
    let _ = fs::remove_file(&figures);
    console::step(&format!("Running the benchmark `{name}`"), || {
        process::run(
            project
                .cargo(["bench"])
                .args(WHOLE_APP)
                .args(["--bench", name]),
        )
    })?;
    files::text(&figures)
        .map_err(|_| format!("the benchmark left no {}", project.shown(&figures)))?;
    console::say(&project.shown(&figures));
    Ok(())
}
