//! Prints the tree of a text as JSON: `cargo run -p serein-markdown --example show <<<'# Hello'`.
#![allow(clippy::print_stdout, reason = "printing is what it is for")]

use std::io::Read;

fn main() -> std::io::Result<()> {
    let mut source = String::new();
    std::io::stdin().read_to_string(&mut source)?;
    for block in serein_markdown::parse(&source) {
        println!("{}", serde_json::to_string(&block)?);
    }
    Ok(())
}
