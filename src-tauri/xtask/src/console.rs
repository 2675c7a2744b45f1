//! What the commands say: announcements, timed steps, durations.

use std::io::{IsTerminal, Write};
use std::time::{Duration, Instant};

use crate::Failure;

/// Says one line about what the command itself does, told apart from what its tools print.
pub(crate) fn say(text: &str) {
    line("36", text);
}

/// Says what went wrong.
pub(crate) fn problem(text: &str) {
    line("31", text);
}

/// Announces `title`, does `work`, and says how long it took.
///
/// # Errors
///
/// The failure of `work`.
pub(crate) fn step<T>(
    title: &str,
    work: impl FnOnce() -> Result<T, Failure>,
) -> Result<T, Failure> {
    say(title);
    let started = Instant::now();
    let result = work();
    let took = duration(started.elapsed());
    match &result {
        Ok(_) => say(&format!("{title}: {took}")),
        Err(_) => problem(&format!("{title}: failed after {took}")),
    }
    result
}

/// A duration as a person says it: `0.4 s`, `12 s`, `3 min 5 s`.
pub(crate) fn duration(duration: Duration) -> String {
    let seconds = duration.as_secs();
    match seconds {
        0..10 => format!("{:.1} s", duration.as_secs_f64()),
        10..60 => format!("{seconds} s"),
        _ => format!("{} min {} s", seconds / 60, seconds % 60),
    }
}

fn line(colour: &str, text: &str) {
    let mut out = std::io::stdout();
    for line in text.lines() {
        // A closed standard output is no reason to stop the work.
        let _ = if out.is_terminal() {
            writeln!(out, "\x1b[1;{colour}m▪\x1b[0;1m {line}\x1b[0m")
        } else {
            writeln!(out, "▪ {line}")
        };
    }
    let _ = out.flush();
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_duration_reads_as_a_person_says_it() {
        assert_eq!(duration(Duration::from_millis(420)), "0.4 s");
        assert_eq!(duration(Duration::from_secs(12)), "12 s");
        assert_eq!(duration(Duration::from_secs(185)), "3 min 5 s");
    }
}
