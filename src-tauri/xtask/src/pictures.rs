//! `cargo xtask pictures`: takes the pictures in the documentation again.

use std::fs;

use crate::bench::DRAWING;
use crate::project::{Project, WHOLE_APP};
use crate::{Failure, console, files, process, setup, ui};

/// The name under which quick ask is drawn, in place of an answer's.
const QUICK_ASK: &str = "quick-ask";

/// Draws the answers of `docs/replies`, or those of these names only, in the bench's window; `quick-ask` is the
/// quick ask in every state, in its own.
///
/// # Errors
///
/// Set-up, a build or the drawing failed.
pub(crate) fn run(project: &Project, names: &[String]) -> Result<(), Failure> {
    setup::run(project, &[setup::Need::Build, setup::Need::Test])?;
    let (quick_ask, answers): (Vec<_>, Vec<_>) = names.iter().partition(|name| *name == QUICK_ASK);
    if names.is_empty() || !quick_ask.is_empty() {
        ui::build(project)?;
        draw_quick_ask(project)?;
    }
    if names.is_empty() || !answers.is_empty() {
        ui::build_bench(project)?;
        let mut command = DRAWING.command(project);
        command.args(["pictures", "docs"]).args(answers);
        console::step("Taking the pictures", || process::run(&mut command))?;
    }
    Ok(())
}

/// Has the tour draw it, and puts its pictures where the documentation has them.
fn draw_quick_ask(project: &Project) -> Result<(), Failure> {
    let drawn = project.target().join(QUICK_ASK);
    files::empty(&drawn)?;
    let mut command = project.cargo(["test"]);
    command.args(WHOLE_APP).args(["--test", "tour", "--"]);
    command.arg("quick_ask_is_drawn_in_every_state");
    console::step("Drawing quick ask", || process::run(&mut command))?;
    let kept = project.docs().join("screenshots").join(QUICK_ASK);
    files::empty(&kept)?;
    for picture in files::below(&drawn)? {
        fs::copy(drawn.join(&picture), kept.join(&picture))
            .map_err(|error| format!("{}: {error}", picture.display()))?;
    }
    Ok(())
}
