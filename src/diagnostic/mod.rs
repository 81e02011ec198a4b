//! What the compiler has to say: findings with a rule, a level, a message and exact places.
//!
//! Findings are data. Every phase collects them, the driver sorts them once ([`Sink::finish`]), `report`
//! renders them. Nothing here reads files or prints.

mod plural;
mod rule;
mod silence;
mod sink;
mod suggest;

pub use plural::plural;
pub use rule::{Example, Level, RuleInfo};
pub use silence::{Silence, Silenced};
pub use sink::Sink;
pub use suggest::{is_unmistakable, nearest};

use crate::source::{FileId, Location, Span};

/// One finding. It can't be built without a rule and a primary place.
#[derive(Debug, Clone)]
pub struct Diagnostic {
    /// The rule that found it.
    pub rule: &'static RuleInfo,
    /// How grave it is: the rule's own level, unless the configuration says otherwise.
    pub level: Level,
    /// What is wrong *there*: one lower-case line without full stop, names in backticks.
    pub message: String,
    /// Where it is wrong, with a few words for the underline.
    pub primary: Label,
    /// The other sides: the place that is contradicted, the earlier definition, the edges of a cycle.
    pub related: Vec<Label>,
    /// What to do, one line.
    pub help: Option<String>,
    /// A change of the source that mends it.
    pub fix: Option<Fix>,
}

/// A place with a few words about it (empty words draw a bare underline).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Label {
    /// The place.
    pub location: Location,
    /// What is to be seen there.
    pub text: String,
}

/// A change of the source: all edits together, or none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fix {
    /// What the change does, as an imperative: "rename to `on_failure`".
    pub title: String,
    /// True where the change can't alter the meaning that the author intended.
    pub safe: bool,
    /// The replacements, in order of place, not overlapping, all in the primary label's file.
    pub edits: Vec<Edit>,
}

/// One replacement of bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Edit {
    /// What is replaced; empty to insert.
    pub span: Span,
    /// What takes its place.
    pub text: String,
}

impl Diagnostic {
    /// A finding of `rule` at a place, with the rule's own level.
    #[must_use]
    pub fn new(rule: &'static RuleInfo, location: Location, message: impl Into<String>) -> Self {
        Self {
            rule,
            level: rule.level,
            message: message.into(),
            primary: Label { location, text: String::new() },
            related: Vec::new(),
            help: None,
            fix: None,
        }
    }

    /// The words at the primary place.
    #[must_use]
    pub fn label(mut self, text: impl Into<String>) -> Self {
        self.primary.text = text.into();
        self
    }

    /// One more place, usually the other side of a contradiction.
    #[must_use]
    pub fn related(mut self, location: Location, text: impl Into<String>) -> Self {
        self.related.push(Label { location, text: text.into() });
        self
    }

    /// What to do about it.
    #[must_use]
    pub fn help(mut self, text: impl Into<String>) -> Self {
        self.help = Some(text.into());
        self
    }

    /// A change that mends it.
    #[must_use]
    pub fn fix(mut self, fix: Fix) -> Self {
        self.fix = Some(fix);
        self
    }

    /// The order of findings in a report: by file, offset, code and message.
    #[must_use]
    pub fn order(&self, other: &Self) -> std::cmp::Ordering {
        sink::key(self).cmp(&sink::key(other))
    }

    /// The file of the primary place.
    #[must_use]
    pub fn file(&self) -> FileId {
        self.primary.location.file
    }
}
