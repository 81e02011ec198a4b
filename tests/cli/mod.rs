//! The binary itself, run on rule sets in temporary folders.

mod check;
mod compile;
mod files;
mod init;
mod simulate;
mod terminal;
mod verbs;
mod world;
