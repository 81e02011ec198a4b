//! Why a text has no tree: no shell runs it, only some do, or nothing is known of it.

use std::ops::Range;

/// Why a text has no tree.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fault {
    /// No shell runs it.
    Broken(Broken),
    /// Only some shells run it, or two of them do two things.
    Extension {
        /// What only some know.
        at: Range<usize>,
        /// What it is.
        extension: Extension,
    },
    /// It is beyond what is read here; it may be right or wrong.
    Unknown,
}

/// What keeps every shell from running a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Broken {
    /// What is opened here is never closed.
    Unclosed {
        /// What opens it.
        at: Range<usize>,
        /// What is missing.
        closing: &'static str,
    },
    /// This can't stand here.
    Misplaced {
        /// The word or sign.
        at: Range<usize>,
        /// What must stand in its place, where that is known.
        expected: Option<&'static str>,
    },
    /// No command follows an operator that asks for one.
    NothingAfter {
        /// The operator.
        at: Range<usize>,
    },
    /// A redirection leads nowhere.
    NoTarget {
        /// Its sign.
        at: Range<usize>,
    },
}

impl Broken {
    /// The bytes that it is about.
    #[must_use]
    pub fn range(&self) -> Range<usize> {
        let (Broken::Unclosed { at, .. }
        | Broken::Misplaced { at, .. }
        | Broken::NothingAfter { at }
        | Broken::NoTarget { at }) = self;
        at.clone()
    }
}

/// What some shells know and others do not, so that the text has no tree.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Extension {
    /// `&>`.
    BothOutputs,
    /// `|&`.
    PipedErrors,
    /// `((…))` as a command.
    Arithmetic,
    /// `<(…)` and `>(…)`.
    ProcessSubstitution,
    /// `<<<`.
    HereString,
    /// `x=(…)`.
    Array,
    /// `$'…'`.
    AnsiQuotes,
    /// `function f`.
    FunctionWord,
    /// `select` and `coproc`.
    Keyword,
}

impl Extension {
    /// What a reserved word of some shells, where a command is expected, stands for.
    pub(super) fn of_word(word: &str) -> Option<Self> {
        match word {
            "function" => Some(Extension::FunctionWord),
            "select" | "coproc" => Some(Extension::Keyword),
            _ => None,
        }
    }
}
