//! Emitted scripts, run for real under every shell of the matrix.

#![expect(
    clippy::disallowed_methods,
    clippy::unwrap_used,
    clippy::print_stderr,
    reason = "these tests start processes, look at their files, and say aloud what was not run"
)]

mod acceptance;
mod audit;
mod audit_runs;
mod backups;
mod bench;
mod boundary;
mod calendar;
mod cancel;
mod cancelled;
mod checks;
mod command_line;
mod conformance;
mod deletes;
mod disk;
mod earlier;
mod embed;
mod faults;
mod file_harm;
mod files;
mod folders;
mod gates;
mod inputs;
mod inputs_kept;
mod integrity;
mod lint;
mod lock;
mod losses;
mod mask;
mod monitor;
mod outcomes;
mod pace;
mod parts;
mod pieces;
mod plans;
mod probes;
mod processes;
mod repeat;
mod replay;
mod reports;
mod resume;
mod rollbacks;
mod secrets;
mod signals;
mod signals_asked;
mod signals_held;
mod signals_helped;
mod site;
mod stage;
mod state;
mod status;
mod steering;
mod steps;
mod terminal;
mod text;
mod trace;
mod trials;
mod when;
mod when_chance;
mod when_table;
mod window;
