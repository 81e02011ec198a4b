//! # What
//!
//! Something has the name of a rule file, such as `L5-backup.yaml`, and can't be read as one: the user may
//! not open it, it is a folder, a named pipe, a link to nothing or to itself, it is larger than any rule
//! file, or its name is not UTF-8. A folder that can't be looked into counts too, since rule files may be in
//! it.
//!
//! # Why
//!
//! A verdict on half of the rules is a verdict on other rules. What is named like a rule file is meant to be
//! one, so it is never left out in silence; a named pipe is not opened, so it can't keep rulec waiting.
//!
//! # Bad
//!
//! A folder, a named pipe or a link to nothing that is called `L5-backup.yaml`.
//!
//! # Good
//!
//! ```yaml L5-backup.yaml
//! procedures: []
//! ```
//!
//! # Exceptions
//!
//! What is no part of the rules belongs into `.gitignore` or under `exclude` in `rulec.toml`.

use crate::diagnostic::{Diagnostic, Level, RuleInfo};
use crate::host::FileError;
use crate::source::{FileId, Location, Span};

/// `unreadable-file`.
pub(super) static RULE: RuleInfo = RuleInfo {
    id: "unreadable-file",
    code: "R0006",
    level: Level::Error,
    summary: "something that is named like a rule file can't be read",
    source: include_str!("unreadable_file.rs"),
};

/// The finding for a file that could not be read; its source has an empty text.
#[must_use]
pub fn unreadable_file(file: FileId, why: &FileError) -> Diagnostic {
    let help = match why {
        FileError::PermissionDenied => "let yourself read it, or exclude it in `rulec.toml`",
        FileError::DanglingLink | FileError::LinkLoop => "mend the link, or remove it",
        FileError::NameNotUtf8 => "rename it",
        FileError::TooLarge { .. } => "split it into several files of the same layer",
        _ => "rename it, or exclude it in `rulec.toml`",
    };
    let place = Location { file, span: Span::at(0) };
    Diagnostic::new(&RULE, place, format!("this can't be read as a rule file: {why}")).help(help)
}
