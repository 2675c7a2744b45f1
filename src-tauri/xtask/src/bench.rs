//! `cargo xtask bench NAME`: figures of the optimised app, as `target/bench/NAME.json`.

use std::fs;

use crate::project::{Project, WHOLE_APP};
use crate::{Failure, console, files, process, setup, ui};

/// Benchmarks that are packages outside the workspace, and their manifests. They take the path of
/// their figures, and what they depend on burdens no other build.
const APART: &[(&str, &str)] = &[("sse", "src-tauri/serechat/bench/Cargo.toml")];

/// Builds what the benchmark needs, runs it, and says where its figures are.
///
/// # Errors
///
/// Set-up, a build or the benchmark failed, or it left no figures.
pub(crate) fn run(project: &Project, name: &str) -> Result<(), Failure> {
    let apart = APART.iter().find(|(apart, _)| *apart == name);
    let mut known = project.declared("bench")?;
    known.extend(APART.iter().map(|(name, _)| (*name).to_owned()));
    if !known.iter().any(|bench| bench == name) {
        return Err(format!(
            "there is no benchmark `{name}`; there is: {}",
            known.join(", ")
        ));
    }
    if apart.is_none() {
        setup::run(project, &[setup::Need::Build, setup::Need::Test])?;
        ui::build(project)?;
    }
    let folder = project.target().join("bench");
    fs::create_dir_all(&folder)
        .map_err(|error| format!("{} cannot be made: {error}", project.shown(&folder)))?;
    let figures = folder.join(format!("{name}.json"));
    // An earlier run's figures must not pass for this one's.
    let _ = fs::remove_file(&figures);
    let mut command = match apart {
        Some((_, manifest)) => {
            let mut command = project.cargo(["run", "--release", "--manifest-path", manifest]);
            command.arg("--target-dir").arg(project.target());
            command.arg("--").arg(&figures);
            command
        }
        None => {
            let mut command = project.cargo(["bench"]);
            command.args(WHOLE_APP).args(["--bench", name]);
            command
        }
    };
    console::step(&format!("Running the benchmark `{name}`"), || {
        process::run(&mut command)
    })?;
    files::text(&figures)
        .map_err(|_| format!("the benchmark left no {}", project.shown(&figures)))?;
    console::say(&project.shown(&figures));
    Ok(())
}
