//! The tests of the program as a whole: one binary, a file a topic.
#![allow(
    clippy::disallowed_methods,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a test reads the real world, and a panic is how it fails"
)]

mod bad_input;
mod cli;
mod completions;
mod dialect;
mod differential;
mod exec;
mod library;
mod support;
mod writes;
