//! Emitted scripts, run for real under every shell of the matrix.

#![expect(
    clippy::disallowed_methods,
    clippy::unwrap_used,
    clippy::print_stderr,
    reason = "these tests start processes, look at their files, and say aloud what was not run"
)]

mod bench;
mod cancel;
mod checks;
mod command_line;
mod conformance;
mod inputs;
mod integrity;
mod lint;
mod lock;
mod losses;
mod outcomes;
mod plans;
mod processes;
mod stage;
mod steps;
mod terminal;
mod text;
mod trace;
mod trials;
