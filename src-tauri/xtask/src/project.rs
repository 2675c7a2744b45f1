//! Where things are in this checkout, and how its tools are called.

use std::env;
use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::{Failure, files};

/// What every cargo command of the app is given. With the same packages and features, what one
/// command compiled the next one finds ready: a demo, the unit tests and the end-to-end tests
/// share one build.
pub(crate) const WHOLE_APP: [&str; 3] = ["--workspace", "--features", "demo"];

/// This checkout.
#[derive(Debug)]
pub(crate) struct Project {
    root: PathBuf,
    target: PathBuf,
}

impl Project {
    /// The checkout this program was built from.
    pub(crate) fn here() -> Self {
        let manifest = Path::new(env!("CARGO_MANIFEST_DIR"));
        let root = manifest.ancestors().nth(2).unwrap_or(manifest).to_owned();
        // This program is `<target>/debug/xtask`, wherever the target folder was put.
        let target = env::current_exe()
            .ok()
            .and_then(|program| program.ancestors().nth(2).map(Path::to_owned))
            .unwrap_or_else(|| root.join("target"));
        Self { root, target }
    }

    /// Cargo's target folder.
    pub(crate) fn target(&self) -> &Path {
        &self.target
    }

    /// The user interface's folder.
    pub(crate) fn ui(&self) -> PathBuf {
        self.root.join("ui")
    }

    /// The documentation's folder.
    pub(crate) fn docs(&self) -> PathBuf {
        self.root.join("docs")
    }

    /// The folder of what goes into the packages beside the app.
    pub(crate) fn packaging(&self) -> PathBuf {
        self.root.join("src-tauri/packaging")
    }

    /// The built app, by profile (`debug` or `release`).
    pub(crate) fn app(&self, profile: &str) -> PathBuf {
        let name = format!("serein{}", env::consts::EXE_SUFFIX);
        self.target.join(profile).join(name)
    }

    /// A path as a person reads it: relative to the top level where it is inside.
    pub(crate) fn shown(&self, path: &Path) -> String {
        path.strip_prefix(&self.root)
            .unwrap_or(path)
            .display()
            .to_string()
    }

    /// Cargo, at the top level.
    pub(crate) fn cargo<I: AsRef<OsStr>>(&self, arguments: impl IntoIterator<Item = I>) -> Command {
        let mut command = self.command(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
        command.args(arguments);
        // `cargo run` described this program in the environment; to another cargo, and to the
        // build scripts under it, that would be noise that makes two same builds look different.
        for (name, _) in env::vars_os() {
            let name = name.to_string_lossy();
            if name.starts_with("CARGO_PKG_") || name.starts_with("CARGO_MANIFEST_") {
                command.env_remove(name.as_ref());
            }
        }
        command
    }

    /// npm, in the user interface's folder.
    pub(crate) fn npm<I: AsRef<OsStr>>(&self, arguments: impl IntoIterator<Item = I>) -> Command {
        let mut command = self.command(if cfg!(windows) { "npm.cmd" } else { "npm" });
        command.current_dir(self.ui()).args(arguments);
        command
    }

    /// Another program, at the top level.
    pub(crate) fn command(&self, program: impl AsRef<OsStr>) -> Command {
        let mut command = Command::new(program);
        command.current_dir(&self.root);
        command
    }

    /// The names of the targets of one kind (`test`, `bench`) that the app's manifest declares.
    ///
    /// # Errors
    ///
    /// The manifest could not be read.
    pub(crate) fn declared(&self, kind: &str) -> Result<Vec<String>, Failure> {
        let manifest = files::text(&self.root.join("Cargo.toml"))?;
        Ok(names_in(&manifest, kind))
    }

    /// The names of all test targets: those that the app's manifest declares, and the files in
    /// the crates' `tests` folders, which cargo finds by itself.
    ///
    /// # Errors
    ///
    /// The manifest or a folder could not be read.
    pub(crate) fn test_targets(&self) -> Result<Vec<String>, Failure> {
        let mut names = self.declared("test")?;
        for path in files::below(&self.root.join("src-tauri"))? {
            let parts: Vec<_> = path.iter().filter_map(OsStr::to_str).collect();
            match parts[..] {
                [_, "tests", file] => names.extend(file.strip_suffix(".rs").map(str::to_owned)),
                [_, "tests", folder, "main.rs"] => names.push(folder.to_owned()),
                _ => {}
            }
        }
        names.sort();
        names.dedup();
        Ok(names)
    }
}

/// The `name` of every `[[kind]]` in a manifest.
fn names_in(manifest: &str, kind: &str) -> Vec<String> {
    let header = format!("[[{kind}]]");
    let mut inside = false;
    let mut names = Vec::new();
    for line in manifest.lines().map(str::trim) {
        if line.starts_with('[') {
            inside = line == header;
        } else if let Some(("name", value)) = line
            .split_once('=')
            .map(|(key, value)| (key.trim(), value.trim()))
            .filter(|_| inside)
        {
            names.push(value.trim_matches('"').to_owned());
        }
    }
    names
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn targets_are_read_by_their_kind() {
        let manifest = "\
            [package]\nname = \"serein\"\n\
            [[test]]\nname = \"e2e\"\npath = \"src-tauri/tests/e2e.rs\"\n\
            [[bench]]\nname = \"stream\"\nharness = false\n\
            [[test]]\nname=\"tour\"\n";
        assert_eq!(names_in(manifest, "test"), ["e2e", "tour"]);
        assert_eq!(names_in(manifest, "bench"), ["stream"]);
    }
}
