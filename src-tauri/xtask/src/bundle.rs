//! `cargo xtask bundle`: this system's installable packages.

use std::path::{Path, PathBuf};

use crate::project::Project;
use crate::{Failure, console, files, process, setup, ui};

/// The package formats of this system, by Tauri's names for them.
const FORMATS: &[&str] = if cfg!(target_os = "macos") {
    &["app", "dmg"]
} else if cfg!(windows) {
    &["nsis"]
} else {
    &["deb", "rpm"]
};

/// Builds the optimised app without the demo, packs it, and says what came out.
///
/// # Errors
///
/// Set-up, a build or the packing failed.
pub(crate) fn run(project: &Project) -> Result<(), Failure> {
    setup::run(project, &[setup::Need::Build, setup::Need::Bundle])?;
    ui::build(project)?;
    let folder = project.target().join("release/bundle");
    files::empty(&folder)?;
    console::step(
        "Building and packing the app (the first time takes minutes)",
        || {
            process::run(
                project
                    .command("node")
                    .arg(project.ui().join("node_modules/@tauri-apps/cli/tauri.js"))
                    .args(["build", "--ci", "--bundles", &FORMATS.join(",")]),
            )
        },
    )?;
    let packages: Vec<PathBuf> = files::below(&folder)?
        .into_iter()
        .filter(|path| is_package(path))
        .map(|path| folder.join(path))
        .collect();
    for package in &packages {
        let size = package
            .metadata()
            .map_err(|error| format!("{} is not there: {error}", project.shown(package)))?
            .len();
        console::say(&format!(
            "{} ({:.1} MB)",
            project.shown(package),
            size as f64 / 1e6
        ));
        describe(project, package)?;
    }
    let made = |format: &&&str| {
        let extension = if **format == "nsis" { "exe" } else { format };
        packages
            .iter()
            .any(|package| package.extension().is_some_and(|found| found == extension))
    };
    // An `.app` is a folder, and lies inside the `.dmg`.
    match FORMATS
        .iter()
        .filter(|format| **format != "app")
        .find(|format| !made(format))
    {
        None => Ok(()),
        Some(format) => Err(format!("no {format} was made")),
    }
}

fn is_package(path: &Path) -> bool {
    path.extension()
        .and_then(|extension| extension.to_str())
        .is_some_and(|extension| ["deb", "rpm", "dmg", "exe"].contains(&extension))
}

/// Reads the package's own description back, so that whoever made it sees what users will.
fn describe(project: &Project, package: &Path) -> Result<(), Failure> {
    match package.extension().and_then(|extension| extension.to_str()) {
        Some("deb") => process::run(project.command("dpkg-deb").arg("--field").arg(package)),
        Some("rpm") => process::run(
            project
                .command("rpm")
                .args(["--query", "--info", "--package"])
                .arg(package),
        ),
        _ => Ok(()),
    }
}
