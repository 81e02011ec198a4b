//! The binary itself, run on rule sets in temporary folders.

mod check;
mod compile;
mod compiled;
mod diff;
mod files;
mod fix;
mod fmt;
mod formats;
mod init;
mod living;
mod reading;
mod run;
mod scenarios;
mod simulate;
mod terminal;
mod verbs;
mod verify;
pub(crate) mod world;
