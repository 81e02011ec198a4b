//! What is wrong with an expression, and where in its text.

use std::fmt;

use crate::source::Span;

/// A fault of an expression: of its grammar, of its types, or of one evaluation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExprError {
    /// What is wrong: one lower-case line without full stop, names in backticks.
    pub message: String,
    /// The bytes of the text where it is wrong.
    pub span: Span,
    /// What to write instead, where that is known.
    pub help: Option<String>,
}

impl ExprError {
    pub(super) fn new(message: impl Into<String>, span: Span) -> Self {
        Self { message: message.into(), span, help: None }
    }

    #[must_use]
    pub(super) fn help(mut self, text: impl Into<String>) -> Self {
        self.help = Some(text.into());
        self
    }
}

impl fmt::Display for ExprError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for ExprError {}
