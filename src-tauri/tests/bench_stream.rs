//! Figures of a streamed reply.
fn main() {}
