//! The binary itself, run on rule sets in temporary folders.

mod check;
mod compile;
mod files;
mod formats;
mod init;
mod run;
mod scenarios;
mod simulate;
mod terminal;
mod verbs;
mod verify;
mod world;
