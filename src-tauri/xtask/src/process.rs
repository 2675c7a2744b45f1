//! Running other programs: shown, waited for, their failures as sentences, their tests counted.

use std::io::{BufRead, BufReader, Write};
use std::process::{Command, Stdio};

use crate::{Failure, console};

/// Runs a program, its output going to the console.
///
/// # Errors
///
/// It could not be started, or it ended with anything but success.
pub(crate) fn run(command: &mut Command) -> Result<(), Failure> {
    let shown = show(command);
    let status = command
        .status()
        .map_err(|error| format!("`{shown}` did not start: {error}"))?;
    if status.success() {
        Ok(())
    } else {
        Err(format!("`{shown}` failed ({status})"))
    }
}

/// Runs a program whose output holds the closing lines of test runners, and adds them up.
///
/// # Errors
///
/// As [`run`], and when no test ran or when any was skipped: both would let a contract go
/// unchecked without a word.
pub(crate) fn run_tests(command: &mut Command) -> Result<Tests, Failure> {
    let shown = show(command);
    let mut child = command
        .stdout(Stdio::piped())
        .spawn()
        .map_err(|error| format!("`{shown}` did not start: {error}"))?;
    let mut tests = Tests::default();
    if let Some(output) = child.stdout.take() {
        let mut output = BufReader::new(output);
        let mut line = Vec::new();
        loop {
            line.clear();
            match output.read_until(b'\n', &mut line) {
                Ok(0) | Err(_) => break,
                Ok(_) => {}
            }
            let mut console = std::io::stdout();
            let _ = console.write_all(&line).and_then(|()| console.flush());
            tests.read(&String::from_utf8_lossy(&line));
        }
    }
    let status = child
        .wait()
        .map_err(|error| format!("`{shown}` was lost: {error}"))?;
    match tests {
        Tests { failed: 1.., .. } => Err(format!(
            "{} of {} tests failed",
            tests.failed,
            tests.failed + tests.passed
        )),
        _ if !status.success() => Err(format!("`{shown}` failed ({status})")),
        Tests { skipped: 1.., .. } => Err(format!("{} tests were skipped", tests.skipped)),
        Tests { passed: 0, .. } => Err(format!("`{shown}` ran no test")),
        _ => Ok(tests),
    }
}

/// Runs a program quietly and gives what it printed.
///
/// # Errors
///
/// It could not be started, or it ended with anything but success: its error output is in the
/// sentence.
pub(crate) fn read(command: &mut Command) -> Result<String, Failure> {
    let shown = words(command);
    let output = command
        .stdin(Stdio::null())
        .output()
        .map_err(|error| format!("`{shown}` did not start: {error}"))?;
    if output.status.success() {
        Ok(String::from_utf8_lossy(&output.stdout).into_owned())
    } else {
        Err(format!(
            "`{shown}` failed ({}): {}",
            output.status,
            String::from_utf8_lossy(&output.stderr).trim()
        ))
    }
}

/// How many tests ran, by the closing lines of their runners.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Tests {
    pub(crate) passed: u64,
    pub(crate) failed: u64,
    pub(crate) skipped: u64,
}

impl Tests {
    /// Reads one line: the closing line of Rust's harness (`test result: ok. 3 passed; …`) or of
    /// vitest (`Tests  1 failed | 3 passed (4)`); any other changes nothing.
    fn read(&mut self, line: &str) {
        let line = without_colours(line);
        let line = line.trim();
        let Some(counts) = line
            .strip_prefix("test result: ")
            .and_then(|rest| rest.split_once(". "))
            .map(|(_, counts)| counts)
            .or_else(|| line.strip_prefix("Tests  "))
        else {
            return;
        };
        let words: Vec<&str> = counts
            .split([' ', ';', '|'])
            .filter(|word| !word.is_empty())
            .collect();
        for pair in words.windows(2) {
            let &[number, what] = pair else { continue };
            let Ok(number) = number.parse::<u64>() else {
                continue;
            };
            match what {
                "passed" => self.passed += number,
                "failed" => self.failed += number,
                "ignored" | "skipped" | "todo" => self.skipped += number,
                _ => {}
            }
        }
    }
}

/// Takes out the colour sequences (`ESC [ … m`) that test runners write on some terminals.
fn without_colours(line: &str) -> String {
    let mut plain = String::with_capacity(line.len());
    let mut rest = line;
    while let Some((before, after)) = rest.split_once("\x1b[") {
        plain.push_str(before);
        rest = after.split_once('m').map_or("", |(_, rest)| rest);
    }
    plain.push_str(rest);
    plain
}

/// Prints the command line, as typed by hand, and gives it for later sentences.
fn show(command: &Command) -> String {
    let shown = words(command);
    console::say(&format!("$ {shown}"));
    shown
}

fn words(command: &Command) -> String {
    let program = std::path::Path::new(command.get_program());
    let mut words = program
        .file_stem()
        .unwrap_or(program.as_os_str())
        .to_string_lossy()
        .into_owned();
    for argument in command.get_args() {
        words.push(' ');
        words.push_str(&argument.to_string_lossy());
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn closing_lines_of_both_runners_add_up() {
        let mut tests = Tests::default();
        for line in [
            "running 3 tests",
            "test result: ok. 3 passed; 0 failed; 1 ignored; 0 measured; 2 filtered out; finished in 0.01s",
            "\x1b[2m      Tests \x1b[22m \x1b[1m\x1b[32m20 passed\x1b[39m\x1b[22m | 2 skipped\x1b[90m (22)\x1b[39m",
            "      Tests  1 failed | 4 passed (5)",
            " Test Files  4 passed (4)",
        ] {
            tests.read(line);
        }
        assert_eq!(
            tests,
            Tests {
                passed: 27,
                failed: 1,
                skipped: 3
            }
        );
    }
}
