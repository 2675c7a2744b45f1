//! The window's tests feed on patches made here: they must be today's.

#[allow(dead_code, reason = "its main writes what is compared here")]
#[path = "../../examples/fixtures.rs"]
mod example;

#[test]
fn the_fixtures_of_the_window_are_what_this_crate_makes() {
    let committed = std::fs::read_to_string(example::PATH).unwrap_or_default();
    assert!(
        committed == example::fixtures(),
        "stale: run `cargo run -p serein-markdown --example fixtures`"
    );
}
