//! What the exit codes mean: the same in every format, for every verb.

use std::process::ExitCode;

/// How a command ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Exit {
    /// Done, and nothing to complain about.
    Clean,
    /// There are findings at or above the level asked for, and what has them was not compiled; or scenarios
    /// failed.
    Findings,
    /// Wrong arguments or a broken `rulec.toml`, or the result could not be written.
    Usage,
    /// A fault in rulec itself.
    Fault,
    /// There was nothing to check.
    Nothing,
}

impl Exit {
    /// The code that the process ends with.
    pub(super) fn code(self) -> u8 {
        match self {
            Exit::Clean => 0,
            Exit::Findings => 1,
            Exit::Usage => 2,
            Exit::Fault => 3,
            Exit::Nothing => 4,
        }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        ExitCode::from(exit.code())
    }
}
