//! `cargo xtask pictures`: takes the pictures of `docs/replies.md` again.

use crate::bench::DRAWING;
use crate::project::Project;
use crate::{Failure, console, process, setup, ui};

/// Draws the answers of `docs/replies`, or those of these names only, in the bench's window.
///
/// # Errors
///
/// Set-up, a build or the drawing failed.
pub(crate) fn run(project: &Project, names: &[String]) -> Result<(), Failure> {
    setup::run(project, &[setup::Need::Build, setup::Need::Test])?;
    ui::build_bench(project)?;
    let mut command = DRAWING.command(project);
    command.args(["pictures", "docs"]).args(names);
    console::step("Taking the pictures", || process::run(&mut command))
}
