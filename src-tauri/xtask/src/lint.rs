//! Rules of this project that no compiler knows: no string becomes markup in the window, and
//! dependencies point one way (`README.md`, *Layout*).

use std::path::Path;

use crate::project::Project;
use crate::{Failure, files, process};

/// What turns a string into markup or code in a web page, or asks for a parser that does.
const MARKUP: &[&str] = &[
    "innerHTML",
    "outerHTML",
    "insertAdjacentHTML",
    "setHTML",
    "setHTMLUnsafe",
    "{@html",
    "srcdoc",
    "document.write",
    "createContextualFragment",
    "DOMParser",
    "new Function",
    "eval(",
];

/// The only file that may import Tauri, and its test.
const IPC: &[&str] = &["src/lib/ipc.ts", "src/lib/ipc.test.ts"];

/// A crate, and what it must never come to depend on, near or far.
const ARROWS: &[(&str, &[&str])] = &[
    ("serein-core", &["tauri"]),
    ("serechat", &["tauri", "serein-core", "serein-markdown"]),
    ("serein-markdown", &["tauri", "serein-core", "serechat"]),
    (
        "serechat-simulator",
        &["tauri", "serechat", "serein-core", "serein-markdown"],
    ),
];

/// No string becomes markup anywhere in the user interface. Tests may look at what was drawn.
///
/// # Errors
///
/// The lines that break the rule, or the sources could not be read.
pub(crate) fn markup(project: &Project) -> Result<String, Failure> {
    let (looked_at, found) = search(project, |path, line| {
        let is_test = path.contains(".test.");
        let name = MARKUP.iter().find(|name| has_word(line, name))?;
        (!is_test).then(|| format!("`{name}` makes markup or code of a string"))
    })?;
    verdict(looked_at, &found)
}

/// Dependencies point one way, in Rust and in the user interface.
///
/// # Errors
///
/// The dependencies that break the rule, or they could not be read.
pub(crate) fn arrows(project: &Project) -> Result<String, Failure> {
    let (looked_at, mut found) = search(project, |path, line| {
        (line.contains("@tauri-apps/") && !IPC.contains(&path))
            .then(|| format!("only {} may import Tauri", IPC[0]))
    })?;
    for (package, forbidden) in ARROWS {
        let tree = process::read(&mut project.cargo([
            "tree",
            "--package",
            package,
            "--edges",
            "normal,build,dev",
            "--prefix",
            "none",
            "--format",
            "{p}",
        ]))?;
        for name in forbidden.iter().filter(|name| depends_on(&tree, name)) {
            found.push(format!("{package} depends on {name}"));
        }
    }
    verdict(looked_at, &found)
}

/// Whether cargo's tree holds the crate `name` or one of its family (`tauri-utils` for `tauri`).
fn depends_on(tree: &str, name: &str) -> bool {
    tree.lines()
        .skip(1)
        .filter_map(|line| line.split(' ').next())
        .any(|found| found == name || (name == "tauri" && found.starts_with("tauri-")))
}

/// Asks `breach` about every line of the user interface's sources that is no comment, by its
/// file's path in `ui/`. Gives the number of files and what was found.
fn search(
    project: &Project,
    breach: impl Fn(&str, &str) -> Option<String>,
) -> Result<(usize, Vec<String>), Failure> {
    let ui = project.ui();
    let mut sources: Vec<_> = files::below(&ui.join("src"))?
        .into_iter()
        .map(|path| Path::new("src").join(path))
        .filter(|path| is_source(path))
        .collect();
    sources.push("index.html".into());
    let mut found = Vec::new();
    for path in &sources {
        let shown = path.to_string_lossy().replace('\\', "/");
        for (index, line) in files::text(&ui.join(path))?.lines().enumerate() {
            if let Some(breach) = breach(&shown, line).filter(|_| !is_comment(line)) {
                found.push(format!("ui/{shown}:{}: {breach}", index + 1));
            }
        }
    }
    Ok((sources.len(), found))
}

fn is_source(path: &Path) -> bool {
    path.extension()
        .and_then(|extension| extension.to_str())
        .is_some_and(|extension| ["ts", "js", "svelte", "html"].contains(&extension))
}

fn is_comment(line: &str) -> bool {
    let line = line.trim_start();
    ["//", "/*", "* ", "<!--"]
        .iter()
        .any(|start| line.starts_with(start))
        || line == "*"
}

/// Whether `word` stands in `line` by itself, not as a part of a longer name.
fn has_word(line: &str, word: &str) -> bool {
    let in_name = |character: char| character.is_alphanumeric() || character == '_';
    line.match_indices(word).any(|(start, _)| {
        let before = line[..start].chars().next_back();
        let after = line[start + word.len()..].chars().next();
        let goes_on = |inside: bool, next: Option<char>| inside && next.is_some_and(in_name);
        !goes_on(word.starts_with(in_name), before) && !goes_on(word.ends_with(in_name), after)
    })
}

fn verdict(looked_at: usize, found: &[String]) -> Result<String, Failure> {
    if !found.is_empty() {
        return Err(found.join("\n"));
    }
    // `index.html` is always there: without another file, the search looked in the wrong place.
    if looked_at < 2 {
        return Err("no source of the user interface was found".into());
    }
    Ok(format!("{looked_at} files"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_is_found_alone_and_not_inside_a_longer_name() {
        assert!(has_word("node.innerHTML = text", "innerHTML"));
        assert!(has_word("<p>{@html text}</p>", "{@html"));
        assert!(has_word("return eval(text)", "eval("));
        assert!(!has_word("await retrieval(text)", "eval("));
        assert!(!has_word("const innerHTMLs = []", "innerHTML"));
    }

    #[test]
    fn a_comment_may_name_what_code_may_not_use() {
        assert!(is_comment("  // no innerHTML here"));
        assert!(is_comment(" * nor here"));
        assert!(is_comment("<!-- nor here -->"));
        assert!(!is_comment("node.innerHTML = a * b"));
    }

    #[test]
    fn a_crate_is_not_its_own_dependency_and_tauris_family_counts_as_tauri() {
        let tree = "serechat v0.1.0 (/src-tauri/serechat)\nbytes v1.0.0\ntauri-utils v2.0.0\n";
        assert!(!depends_on(tree, "serechat"));
        assert!(depends_on(tree, "bytes"));
        assert!(depends_on(tree, "tauri"));
        assert!(!depends_on(tree, "byte"));
    }
}
