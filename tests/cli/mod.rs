//! The binary itself, run on rule sets in temporary folders.

mod check;
mod compile;
mod files;
mod init;
mod terminal;
mod verbs;
mod verify;
mod world;
