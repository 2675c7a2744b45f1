//! The Rust crates that are built into the app, by their licences: the list in the packages' licence note. (What
//! the user interface is built of is checked by its own tests.)

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::PathBuf;

use crate::project::Project;
use crate::{Failure, console, files, process};

/// The systems the app is built for, as cargo names them.
const SYSTEMS: [&str; 3] = [
    "x86_64-unknown-linux-gnu",
    "aarch64-apple-darwin",
    "x86_64-pc-windows-msvc",
];

/// The line after which the list stands in the note; an empty line ends it.
const BEFORE: &str = " Apache-2.0 is taken.\n";

/// As long as a line of the list may be, in characters.
const WIDTH: usize = 78;

/// Crates by the licence they declare.
type Crates = BTreeMap<String, BTreeSet<String>>;

/// Writes the list into the note.
///
/// # Errors
///
/// Cargo could not name the crates, or the note could not be read or written.
pub(crate) fn write(project: &Project) -> Result<(), Failure> {
    let note = files::text(&path(project))?;
    let (before, _, after) = parts(&note)?;
    let list = list(&crates(project)?);
    fs::write(path(project), [before, &list, after].concat())
        .map_err(|error| format!("{}: {error}", project.shown(&path(project))))?;
    console::say(&format!("wrote {}", project.shown(&path(project))));
    Ok(())
}

/// Compares the list in the note with what the app is built of, and says how much there is.
///
/// # Errors
///
/// What differs, or cargo could not name the crates.
pub(crate) fn compare(project: &Project) -> Result<String, Failure> {
    let note = files::text(&path(project))?;
    let (_, kept, _) = parts(&note)?;
    let crates = crates(project)?;
    let made = list(&crates);
    if kept == made {
        let count: usize = crates.values().map(BTreeSet::len).sum();
        return Ok(format!("{count} crates"));
    }
    Err(format!(
        "the list of crates in {} is stale; `cargo xtask licences` writes it\n{}",
        project.shown(&path(project)),
        differences(kept, &made).join("\n")
    ))
}

fn path(project: &Project) -> PathBuf {
    project.packaging().join("copyright")
}

/// The note before the list, the list, and what is after it.
fn parts(note: &str) -> Result<(&str, &str, &str), Failure> {
    let begin = note
        .find(BEFORE)
        .map(|index| index + BEFORE.len())
        .ok_or("the licence note has no place for the list of crates")?;
    let (before, rest) = note.split_at(begin);
    let end = rest.find("\n\n").map_or(rest.len(), |index| index + 1);
    let (list, after) = rest.split_at(end);
    Ok((before, list, after))
}

/// What is built into the app on any of the systems: neither what only builds or tests it, nor its own crates.
fn crates(project: &Project) -> Result<Crates, Failure> {
    let mut command = project.cargo(["tree", "--locked", "--package", "serein"]);
    command.args(["--edges", "normal,no-proc-macro", "--prefix", "none"]);
    command.args(["--format", "{p}|{l}"]);
    for system in SYSTEMS {
        command.args(["--target", system]);
    }
    read(&process::read(&mut command)?)
}

/// Reads cargo's lines: `NAME vVERSION|LICENCE`, with the folder after the version where it is no package of the
/// registry, and a sign at the end of those that came before.
fn read(lines: &str) -> Result<Crates, Failure> {
    let mut crates = Crates::new();
    for line in lines.lines().filter(|line| !line.is_empty()) {
        let (package, licence) = line
            .split_once('|')
            .ok_or_else(|| format!("cargo named a crate in an unknown way: {line}"))?;
        let licence = licence.trim_end_matches(" (*)").trim();
        let mut words = package.split(' ');
        let (Some(name), Some(_), None) = (words.next(), words.next(), words.next()) else {
            continue;
        };
        if licence.is_empty() {
            return Err(format!("the crate {name} declares no licence"));
        }
        crates
            .entry(ordered(licence))
            .or_default()
            .insert(name.to_owned());
    }
    Ok(crates)
}

/// The same choice is written in one way: `A/B` and `B OR A` are `A OR B`.
fn ordered(licence: &str) -> String {
    let licence = licence.replace('/', " OR ");
    for (sign, other) in [(" OR ", " AND "), (" AND ", " OR ")] {
        if !licence.contains(other) {
            let mut names: Vec<_> = licence.split(sign).map(str::trim).collect();
            names.sort_unstable();
            return names.join(sign);
        }
    }
    licence
}

/// The list as it stands in the note: the licence of most crates first.
fn list(crates: &Crates) -> String {
    let mut groups: Vec<_> = crates.iter().collect();
    groups.sort_by_key(|(licence, names)| (std::cmp::Reverse(names.len()), *licence));
    let mut list = String::new();
    for (licence, names) in groups {
        list += &format!(" {licence}:\n");
        let mut line = String::from(" ");
        for (index, name) in names.iter().enumerate() {
            let comma = if index + 1 < names.len() { "," } else { "" };
            if line.len() + 1 + name.len() + comma.len() > WIDTH {
                list += &format!("{line}\n");
                line = String::from(" ");
            }
            line += &format!(" {name}{comma}");
        }
        list += &format!("{line}\n");
    }
    list
}

/// What to say of two lists that differ.
fn differences(kept: &str, made: &str) -> Vec<String> {
    let (kept, made) = (entries(kept), entries(made));
    let says = |what: &'static str| move |entry: &String| format!("{what}: {entry}");
    let missing = made.difference(&kept).map(says("missing"));
    let gone = kept.difference(&made).map(says("not in the app"));
    let all: Vec<_> = missing.chain(gone).collect();
    if all.is_empty() {
        return vec!["it is written in another way".to_owned()];
    }
    all
}

/// `NAME (LICENCE)` for each crate of a list.
fn entries(list: &str) -> BTreeSet<String> {
    let mut licence = "";
    let mut entries = BTreeSet::new();
    for line in list.lines() {
        if let Some(name) = line.trim().strip_suffix(':') {
            licence = name;
        } else {
            let names = line.split(',').map(str::trim);
            entries.extend(
                names
                    .filter(|name| !name.is_empty())
                    .map(|name| format!("{name} ({licence})")),
            );
        }
    }
    entries
}

#[cfg(test)]
mod tests {
    use super::*;

    const TREE: &str = "\
        serein v0.1.0 (/home/ada/serein)|MIT OR Apache-2.0\n\
        zeta v1.0.0|Apache-2.0/MIT\n\
        alpha v2.1.0|MIT OR Apache-2.0\n\
        alpha v3.0.0|MIT OR Apache-2.0 (*)\n\
        beta v0.1.0|MIT\n\
        gamma v1.0.0|(MIT OR Apache-2.0) AND Unicode-3.0\n";

    #[test]
    fn crates_of_the_registry_are_listed_by_licence_each_once() {
        let list = read(TREE).map(|crates| list(&crates));
        assert_eq!(
            list.as_deref(),
            Ok(" Apache-2.0 OR MIT:\n  alpha, zeta\n \
                (MIT OR Apache-2.0) AND Unicode-3.0:\n  gamma\n MIT:\n  beta\n")
        );
    }

    #[test]
    fn a_crate_without_a_licence_is_refused() {
        let refused = read("beta v0.1.0|\n");
        assert_eq!(
            refused,
            Err("the crate beta declares no licence".to_owned())
        );
    }

    #[test]
    fn long_lists_are_wrapped() {
        let names = (10..60).map(|number| format!("crate_{number}")).collect();
        let list = list(&Crates::from([("MIT".to_owned(), names)]));
        assert!(list.lines().all(|line| line.len() <= WIDTH), "{list}");
        assert_eq!(entries(&list).len(), 50);
    }

    #[test]
    fn the_list_stands_between_its_sentence_and_an_empty_line() {
        let note = format!("a\n{BEFORE} MIT:\n  b\n\nFiles: c\n");
        let expected = (format!("a\n{BEFORE}"), " MIT:\n  b\n", "\nFiles: c\n");
        let (before, list, after) = expected;
        assert_eq!(parts(&note), Ok((before.as_str(), list, after)));
        assert!(parts("a\n").is_err());
    }

    #[test]
    fn what_is_missing_and_what_is_gone_are_named() {
        assert_eq!(
            differences(" MIT:\n  a, b\n", " MIT:\n  a,\n  c\n"),
            ["missing: c (MIT)", "not in the app: b (MIT)"]
        );
        assert_eq!(
            differences(" MIT:\n  a, b\n", " MIT:\n  a,\n  b\n"),
            ["it is written in another way"]
        );
    }
}
