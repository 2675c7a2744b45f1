//! A walk through the demo that leaves pictures in `target/demo`.
