//! The types that cross to the user interface: what Rust exports must be what is committed.

use std::collections::BTreeMap;
use std::path::PathBuf;

use crate::project::{Project, WHOLE_APP};
use crate::{Failure, files, process};

/// The variable that says where tests export the bindings to; `.cargo/config.toml` sets it to
/// `ui/src/lib/bindings`.
pub(crate) const FOLDER: &str = "TS_RS_EXPORT_DIR";

/// The folder that stands in for it while this program runs tests: testing changes nothing in
/// the checkout.
pub(crate) fn fresh(project: &Project) -> PathBuf {
    project.target().join("bindings")
}

/// Exports the bindings to a fresh folder and compares them with `ui/src/lib/bindings`, so that
/// a stale file is found as well as a changed one.
///
/// # Errors
///
/// The files that differ, or the export failed.
pub(crate) fn compare(project: &Project) -> Result<String, Failure> {
    let kept = project.ui().join("src/lib/bindings");
    let fresh = fresh(project);
    files::empty(&fresh)?;
    process::run_tests(
        project
            .cargo(["test"])
            .args(WHOLE_APP)
            .args(["--lib", "export_bindings"])
            .env(FOLDER, &fresh),
    )?;
    let exported = files::contents(&fresh)?;
    let differences = differences(&files::contents(&kept)?, &exported);
    if exported.is_empty() {
        return Err("nothing was exported".into());
    }
    if differences.is_empty() {
        Ok(format!("{} files", exported.len()))
    } else {
        Err(format!(
            "{} is not what Rust exports now:\n{}\n`cargo test --workspace \
             --features demo --lib export_bindings` writes the new ones; files that are no longer exported must be deleted by hand",
            project.shown(&kept),
            differences.join("\n")
        ))
    }
}

fn differences(
    kept: &BTreeMap<PathBuf, Vec<u8>>,
    exported: &BTreeMap<PathBuf, Vec<u8>>,
) -> Vec<String> {
    let mut found = Vec::new();
    for (path, content) in exported {
        match kept.get(path) {
            None => found.push(format!("missing: {}", path.display())),
            Some(other) if other != content => found.push(format!("changed: {}", path.display())),
            Some(_) => {}
        }
    }
    for path in kept.keys().filter(|path| !exported.contains_key(*path)) {
        found.push(format!("no longer exported: {}", path.display()));
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_missing_a_changed_and_a_stale_file_are_each_named() {
        let files = |list: &[(&str, &str)]| {
            list.iter()
                .map(|(path, content)| (PathBuf::from(path), content.as_bytes().to_vec()))
                .collect::<BTreeMap<_, _>>()
        };
        let kept = files(&[("A.ts", "a"), ("B.ts", "b"), ("Old.ts", "")]);
        let exported = files(&[("A.ts", "a"), ("B.ts", "changed"), ("New.ts", "")]);
        assert_eq!(
            differences(&kept, &exported),
            [
                "changed: B.ts",
                "missing: New.ts",
                "no longer exported: Old.ts"
            ]
        );
    }
}
