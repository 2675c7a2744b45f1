//! `cargo xtask bench NAME`: figures of the optimised app, as `target/bench/NAME.json`.

use std::fs;
use std::process::Command;

use crate::project::{Project, WHOLE_APP};
use crate::{Failure, console, files, process, setup, ui};

/// The decoder beside other decoders.
const SSE: Apart = Apart {
    name: "sse",
    manifest: "src-tauri/serechat/bench/Cargo.toml",
    has_window: false,
};

/// The renderer beside other renderers.
pub(crate) const DRAWING: Apart = Apart {
    name: "drawing",
    manifest: "src-tauri/markdown/bench/Cargo.toml",
    has_window: true,
};

/// A benchmark that is a package outside the workspace: what it depends on burdens no other build,
/// and it needs no app.
pub(crate) struct Apart {
    name: &'static str,
    manifest: &'static str,
    /// It draws the page of `ui/bench`.
    has_window: bool,
}

/// Builds what the benchmark needs, runs it, and says where its figures are. The options are those of
/// a benchmark apart.
///
/// # Errors
///
/// Set-up, a build or the benchmark failed, or it left no figures.
pub(crate) fn run(project: &Project, name: &str, options: &[String]) -> Result<(), Failure> {
    let of_app = project.declared("bench")?;
    let is_of_app = of_app.iter().any(|bench| bench == name);
    // What streaming costs is what the app takes for it, and beside others what drawing takes.
    let apart = [SSE, DRAWING]
        .into_iter()
        .find(|apart| apart.name == name || (name == "stream" && apart.name == DRAWING.name));
    if apart.is_none() && !is_of_app {
        return Err(format!(
            "there is no benchmark `{name}`; there is: {}, {}, {}",
            of_app.join(", "),
            DRAWING.name,
            SSE.name
        ));
    }
    let folder = project.target().join("bench");
    fs::create_dir_all(&folder)
        .map_err(|error| format!("{} cannot be made: {error}", project.shown(&folder)))?;
    let figures = folder.join(format!("{name}.json"));
    // An earlier run's figures must not pass for this one's.
    let _ = fs::remove_file(&figures);
    if is_of_app || apart.as_ref().is_some_and(|apart| apart.has_window) {
        setup::run(project, &[setup::Need::Build, setup::Need::Test])?;
    }
    let mut commands = Vec::new();
    if let Some(apart) = apart {
        if apart.has_window {
            ui::build_bench(project)?;
        }
        let mut command = apart.command(project);
        command.arg(&figures).args(options);
        commands.push(command);
    }
    if is_of_app {
        ui::build(project)?;
        let mut command = project.cargo(["bench"]);
        command.args(WHOLE_APP).args(["--bench", name]);
        commands.push(command);
    }
    console::step(&format!("Running the benchmark `{name}`"), || {
        commands.iter_mut().try_for_each(process::run)
    })?;
    files::text(&figures)
        .map_err(|_| format!("the benchmark left no {}", project.shown(&figures)))?;
    console::say(&project.shown(&figures));
    Ok(())
}

impl Apart {
    /// Builds and runs it; what is added is given to it.
    pub(crate) fn command(&self, project: &Project) -> Command {
        let mut command = project.cargo(["run", "--release", "--manifest-path", self.manifest]);
        command.arg("--target-dir").arg(project.target()).arg("--");
        command
    }
}
