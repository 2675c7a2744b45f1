//! `cargo xtask test`: every check of this project, each timed, none left out in silence.

use std::process::ExitCode;
use std::time::{Duration, Instant};

use crate::project::{Project, WHOLE_APP};
use crate::{Failure, bindings, console, demo, licences, lint, process, setup, ui};

/// One check.
struct Part {
    name: &'static str,
    what: &'static str,
    /// Parts without which this one means nothing.
    needs: &'static [&'static str],
    /// Does it, and notes how much it covered.
    run: fn(&Project) -> Result<String, Failure>,
}

/// In the order in which they run: what is quick to fail comes first, and what the app embeds
/// comes before it is compiled.
const PARTS: &[Part] = &[
    Part {
        name: "setup",
        what: "what this system needs",
        needs: &[],
        run: |project| {
            setup::run(project, &[setup::Need::Build, setup::Need::Test]).map(|()| String::new())
        },
    },
    Part {
        name: "fmt",
        what: "Rust is formatted",
        needs: &["setup"],
        run: |project| {
            quiet(process::run(
                &mut project.cargo(["fmt", "--all", "--check"]),
            ))
        },
    },
    Part {
        name: "no-markup",
        what: "no string becomes markup in the window",
        needs: &[],
        run: lint::markup,
    },
    Part {
        name: "arrows",
        what: "dependencies point one way",
        needs: &[],
        run: lint::arrows,
    },
    Part {
        name: "licences",
        what: "the crates that are built into the app are named with their licences",
        needs: &["setup"],
        run: licences::compare,
    },
    Part {
        name: "ui-lint",
        what: "the user interface's lints",
        needs: &["setup"],
        run: |project| quiet(process::run(&mut project.npm(["run", "lint"]))),
    },
    Part {
        name: "ui-check",
        what: "the user interface's types",
        needs: &["setup"],
        run: |project| quiet(process::run(&mut project.npm(["run", "check"]))),
    },
    Part {
        name: "ui-test",
        what: "the user interface's unit tests",
        needs: &["setup"],
        run: |project| counted(process::run_tests(&mut project.npm(["run", "test"]))),
    },
    Part {
        name: "ui-build",
        what: "the user interface as the app embeds it",
        needs: &["setup"],
        run: |project| quiet(ui::build(project)),
    },
    Part {
        name: "clippy",
        what: "Rust's lints",
        needs: &["ui-build"],
        run: |project| {
            quiet(process::run(
                project.cargo(["clippy"]).args(WHOLE_APP).args([
                    "--all-targets",
                    "--",
                    "-D",
                    "warnings",
                ]),
            ))
        },
    },
    Part {
        name: "unit",
        what: "Rust's unit and property tests",
        needs: &["ui-build"],
        run: |project| counted(unit(project)),
    },
    Part {
        name: "bindings",
        what: "the committed bindings are what Rust exports",
        needs: &["ui-build"],
        run: bindings::compare,
    },
    Part {
        name: "e2e",
        what: "the built app, driven in its real window",
        needs: &["ui-build"],
        run: |project| {
            counted(process::run_tests(
                project.cargo(["test"]).args(WHOLE_APP).args([
                    "--test",
                    "e2e",
                    "--",
                    "--test-threads=1",
                ]),
            ))
        },
    },
    Part {
        name: "tour",
        what: "the demo from end to end, with screenshots",
        needs: &["ui-build"],
        run: |project| {
            let tests = demo::tour(project)?;
            let pictures = demo::screenshots(project)?.len();
            Ok(format!("{} tests, {pictures} screenshots", tests.passed))
        },
    },
];

/// Test targets that are parts of their own.
const OWN_PARTS: &[&str] = &["e2e", "tour"];

/// How a part came out.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Outcome {
    /// With its note.
    Passed(String),
    /// With the reason.
    Failed(Failure),
    /// Something it needs failed: this one's name.
    NotRun(&'static str),
}

/// Runs all parts, or those named with what they need, and reports. A failed part stops only those that need it.
///
/// The last line printed is `N passed, N failed`.
pub(crate) fn run(project: &Project, names: &[String]) -> ExitCode {
    if names == ["--list"] {
        for part in PARTS {
            println!("{:<10} {}", part.name, part.what);
        }
        return ExitCode::SUCCESS;
    }
    if let Some(unknown) = names.iter().find(|name| part(name).is_none()) {
        console::problem(&format!(
            "there is no part `{unknown}`; there are: {}",
            PARTS
                .iter()
                .map(|part| part.name)
                .collect::<Vec<_>>()
                .join(", ")
        ));
        return ExitCode::FAILURE;
    }
    let parts = selected(names);
    let started = Instant::now();
    let mut results: Vec<(&Part, Outcome, Duration)> = Vec::new();
    for (index, part) in parts.iter().enumerate() {
        console::say(&format!(
            "[{}/{}] {}: {}",
            index + 1,
            parts.len(),
            part.name,
            part.what
        ));
        let part_started = Instant::now();
        let outcome = match blocked_by(part, &results) {
            Some(failed) => Outcome::NotRun(failed),
            None => (part.run)(project).map_or_else(Outcome::Failed, Outcome::Passed),
        };
        if let Outcome::Failed(failure) = &outcome {
            console::problem(failure);
        }
        results.push((part, outcome, part_started.elapsed()));
    }
    let failed = report(&results);
    if !names.is_empty() {
        console::say(&format!(
            "This was a partial run: {} of {} parts.",
            parts.len(),
            PARTS.len()
        ));
    }
    console::say(&format!(
        "`cargo xtask test` took {}",
        console::duration(started.elapsed())
    ));
    println!("{} passed, {failed} failed", results.len() - failed);
    if failed == 0 {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}

fn part(name: &str) -> Option<&'static Part> {
    PARTS.iter().find(|part| part.name == name)
}

/// The parts named, with all that they need, in their order; all parts when none is named.
fn selected(names: &[String]) -> Vec<&'static Part> {
    let mut wanted: Vec<&str> = names.iter().map(String::as_str).collect();
    // Backwards, as what a part needs comes before it.
    for part in PARTS.iter().rev() {
        if wanted.contains(&part.name) {
            wanted.extend(part.needs);
        }
    }
    PARTS
        .iter()
        .filter(|part| names.is_empty() || wanted.contains(&part.name))
        .collect()
}

/// The part that did not pass and without which `part` means nothing.
fn blocked_by(part: &Part, results: &[(&Part, Outcome, Duration)]) -> Option<&'static str> {
    results
        .iter()
        .find(|(earlier, outcome, _)| {
            part.needs.contains(&earlier.name) && !matches!(outcome, Outcome::Passed(_))
        })
        .map(|(earlier, ..)| earlier.name)
}

/// Prints the table and gives the number of parts that did not pass.
fn report(results: &[(&Part, Outcome, Duration)]) -> usize {
    println!();
    for (part, outcome, took) in results {
        let (verdict, note) = match outcome {
            Outcome::Passed(note) => ("passed", note.clone()),
            Outcome::Failed(failure) => ("FAILED", shortened(failure)),
            Outcome::NotRun(needed) => ("FAILED", format!("did not run: {needed} failed")),
        };
        let took = console::duration(*took);
        let line = format!("{:<10} {verdict}  {took:>12}  {note}", part.name);
        println!("{}", line.trim_end());
    }
    println!();
    results
        .iter()
        .filter(|(_, outcome, _)| !matches!(outcome, Outcome::Passed(_)))
        .count()
}

/// A failure's beginning, for the table; the whole was said when it came.
fn shortened(failure: &str) -> String {
    let line = failure.lines().next().unwrap_or_default();
    match line.char_indices().nth(70) {
        None => line.to_owned(),
        Some((end, _)) => format!("{}…", &line[..end]),
    }
}

/// Every test of the workspace that is no part of its own, the examples in the documentation
/// included.
fn unit(project: &Project) -> Result<process::Tests, Failure> {
    let mut command = project.cargo(["test"]);
    command
        .args(WHOLE_APP)
        .args(["--no-fail-fast", "--lib", "--bins"])
        .env(bindings::FOLDER, bindings::fresh(project));
    for name in project.test_targets()? {
        if !OWN_PARTS.contains(&name.as_str()) {
            command.args(["--test", &name]);
        }
    }
    let tests = process::run_tests(&mut command)?;
    process::run(project.cargo(["test"]).args(WHOLE_APP).arg("--doc"))?;
    Ok(tests)
}

fn quiet(result: Result<(), Failure>) -> Result<String, Failure> {
    result.map(|()| String::new())
}

fn counted(result: Result<process::Tests, Failure>) -> Result<String, Failure> {
    result.map(|tests| format!("{} tests", tests.passed))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_need_is_a_part_that_comes_earlier() {
        let mut earlier = Vec::new();
        for part in PARTS {
            for need in part.needs {
                assert!(earlier.contains(need), "{} needs {need}", part.name);
            }
            assert!(
                !earlier.contains(&part.name),
                "{} is there twice",
                part.name
            );
            earlier.push(part.name);
        }
    }

    #[test]
    fn a_named_part_brings_what_it_needs_and_no_more() {
        let names = |chosen: &[&str]| {
            let chosen: Vec<String> = chosen.iter().map(ToString::to_string).collect();
            selected(&chosen)
                .iter()
                .map(|part| part.name)
                .collect::<Vec<_>>()
        };
        assert_eq!(names(&["arrows"]), ["arrows"]);
        assert_eq!(names(&["e2e"]), ["setup", "ui-build", "e2e"]);
        assert_eq!(names(&[]).len(), PARTS.len());
    }

    #[test]
    fn a_part_does_not_run_when_what_it_needs_failed_or_did_not_run() {
        let [setup, build, clippy] = ["setup", "ui-build", "clippy"].map(|name| {
            PARTS
                .iter()
                .find(|part| part.name == name)
                .unwrap_or(&PARTS[0])
        });
        let mut results = vec![(setup, Outcome::Failed("no".into()), Duration::ZERO)];
        assert_eq!(blocked_by(build, &results), Some("setup"));
        results.push((build, Outcome::NotRun("setup"), Duration::ZERO));
        assert_eq!(blocked_by(clippy, &results), Some("ui-build"));
        assert_eq!(report(&results), 2);
    }
}
