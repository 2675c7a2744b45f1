//! `serechat-simulator [--port N]`: a SereChat on this machine until Ctrl+C.

use std::process::ExitCode;

use serechat_simulator::{Options, Simulator};

const USAGE: &str = "usage: serechat-simulator [--port N]";

#[tokio::main]
async fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let port = match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        [] => 0,
        ["--port", port] => match port.parse() {
            Ok(port) => port,
            Err(_) => return fail(USAGE),
        },
        _ => return fail(USAGE),
    };
    match Simulator::start(Options {
        port,
        ..Options::default()
    })
    .await
    {
        Ok(simulator) => {
            say(&simulator.base_url());
            let waited = tokio::signal::ctrl_c().await;
            simulator.stop().await;
            match waited {
                Ok(()) => ExitCode::SUCCESS,
                Err(error) => fail(&error.to_string()),
            }
        }
        Err(error) => fail(&error.to_string()),
    }
}

#[expect(
    clippy::print_stdout,
    reason = "the base URL is what this program is run for"
)]
fn say(text: &str) {
    println!("{text}");
}

#[expect(
    clippy::print_stderr,
    reason = "a program on the command line says why it ends"
)]
fn fail(text: &str) -> ExitCode {
    eprintln!("serechat-simulator: {text}");
    ExitCode::FAILURE
}
