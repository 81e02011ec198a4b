//! Runs the phases in order, from a folder on a machine to findings and plans.
//!
//! [`discover`] finds rule sets and reads their files, [`config`] reads what a team has settled in
//! `rulec.toml`. Nothing here prints.

pub mod config;
pub mod discover;
mod invalid_config;
mod unreadable_file;

pub use unreadable_file::unreadable_file;

use crate::diagnostic::RuleInfo;

/// The rules that this module reports, by code.
pub static RULES: &[&RuleInfo] = &[&unreadable_file::RULE, &invalid_config::RULE];
