//! A bench's figures: printed as a table, kept as one flat object, figure → number.

use std::fs;
use std::path::Path;

use serde_json::{Map, Value, json};

/// What is printed after a figure.
enum Note {
    /// Its unit; a ratio's is `x`, a count has none.
    Unit(&'static str),
    /// A ratio with the most it may be. A bench reports; it does not fail.
    AtMost(f64),
    /// It is kept and not printed: another table has it.
    Kept,
}

/// The figures, in the order of the table.
#[derive(Default)]
pub(crate) struct Figures(Vec<(String, f64, Note)>);

#[allow(
    dead_code,
    reason = "each bench says of its figures what there is to say"
)]
impl Figures {
    /// Adds a figure with its unit.
    pub(crate) fn add(&mut self, name: impl Into<String>, value: f64, unit: &'static str) {
        self.push(name.into(), value, Note::Unit(unit));
    }

    /// Adds a ratio that has a bound.
    pub(crate) fn at_most(&mut self, name: impl Into<String>, value: f64, bound: f64) {
        self.push(name.into(), value, Note::AtMost(bound));
    }

    /// Adds a figure that has been printed elsewhere.
    pub(crate) fn keep(&mut self, name: impl Into<String>, value: f64) {
        self.push(name.into(), value, Note::Kept);
    }

    fn push(&mut self, name: String, value: f64, note: Note) {
        self.0.push((name, value, note));
    }

    /// Prints them and adds them to the file, where another part of the same run may have left its own.
    pub(crate) fn write(&self, path: &Path) {
        let printed = || {
            self.0
                .iter()
                .filter(|(.., note)| !matches!(note, Note::Kept))
        };
        let wide = printed().map(|(name, ..)| name.len()).max().unwrap_or(0);
        println!();
        for (name, value, note) in printed() {
            let note = match note {
                Note::Unit(unit) => (*unit).to_owned(),
                Note::AtMost(bound) if value <= bound => format!("x  at most {bound}: holds"),
                Note::AtMost(bound) => format!("x  at most {bound}: DOES NOT HOLD"),
                Note::Kept => continue,
            };
            println!("{name:wide$}  {value:>12.3} {note}");
        }
        let mut all: Map<String, Value> = fs::read_to_string(path)
            .ok()
            .and_then(|text| serde_json::from_str(&text).ok())
            .unwrap_or_default();
        let own = self
            .0
            .iter()
            .map(|(name, value, _)| (name.clone(), json!((value * 1_000.0).round() / 1_000.0)));
        all.extend(own);
        let text = serde_json::to_string_pretty(&all).unwrap();
        fs::write(path, text + "\n").unwrap();
    }
}
