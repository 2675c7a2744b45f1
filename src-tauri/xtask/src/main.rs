//! The project's commands: `cargo xtask help` lists them.
#![allow(
    clippy::print_stdout,
    reason = "the console is this program's interface"
)]

mod app;
mod bench;
mod bindings;
mod bundle;
mod console;
mod demo;
mod files;
mod licences;
mod lint;
mod pictures;
mod process;
mod project;
mod setup;
mod test;
mod ui;

use std::process::ExitCode;
use std::time::Instant;

use project::Project;

const HELP: &str = "\
cargo xtask COMMAND

  demo              build the app and open it on a simulated SereChat, no account needed;
                    with no display: take the tour and leave screenshots in target/demo
  test [PART…]      run every check, or only the named parts and what they need;
                    `test --list` names them all
  run [--release]   build the app and open it on the real service; what follows `--` goes to the app
  setup             install or check what building, testing and bundling need
  bench NAME        run a benchmark; figures go to target/bench/NAME.json; what follows `--` goes to it
  pictures [NAME…]  draw the answers of docs/replies and, as quick-ask, every state of quick ask for
                    the documentation; or only these
  licences          write the list of crates in src-tauri/packaging/copyright; `test` compares it
  bundle            make this system's installable packages
  help              this text

Every command first sets up what it needs; what is already in place costs nothing.";

/// Why a command failed, as a sentence for the person at the console.
pub(crate) type Failure = String;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let (command, rest) = match arguments.split_first() {
        Some((command, rest)) => (command.as_str(), rest),
        None => ("help", [].as_slice()),
    };
    let started = Instant::now();
    let project = Project::here();
    let result = match (command, rest) {
        ("help" | "--help" | "-h", _) => {
            println!("{HELP}");
            return ExitCode::SUCCESS;
        }
        ("setup", []) => setup::run(&project, setup::EVERYTHING),
        ("demo", []) => demo::run(&project),
        ("run", rest) => app::run(&project, rest),
        ("bench", [name]) => bench::run(&project, name, &[]),
        ("bench", [name, dashes, options @ ..]) if dashes == "--" => {
            bench::run(&project, name, options)
        }
        ("pictures", names) => pictures::run(&project, names),
        ("licences", []) => licences::write(&project),
        ("bundle", []) => bundle::run(&project),
        // Its closing line must stay the last one, so it reports its own time.
        ("test", parts) => return test::run(&project, parts),
        _ => {
            console::problem(&format!(
                "`{}` is no command of this project",
                arguments.join(" ")
            ));
            println!("\n{HELP}");
            return ExitCode::FAILURE;
        }
    };
    let took = console::duration(started.elapsed());
    match result {
        Ok(()) => {
            console::say(&format!("`cargo xtask {command}` took {took}"));
            ExitCode::SUCCESS
        }
        Err(failure) => {
            console::problem(&format!(
                "{failure}\n`cargo xtask {command}` failed after {took}"
            ));
            ExitCode::FAILURE
        }
    }
}
