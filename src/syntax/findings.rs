//! Collects the findings of one file, and keeps a broken file from drowning all others.

use crate::diagnostic::{Diagnostic, Edit, Fix, RuleInfo};
use crate::source::{FileId, Location, Span};

use super::syntax_error;

/// How many findings one file may have before the rest goes unsaid.
const MOST: usize = 100;

/// The findings of one file.
#[derive(Debug)]
pub(super) struct Findings {
    file: FileId,
    list: Vec<Diagnostic>,
}

impl Findings {
    pub(super) fn new(file: FileId) -> Self {
        Self { file, list: Vec::new() }
    }

    /// A finding to be completed and pushed.
    pub(super) fn make(&self, rule: &'static RuleInfo, span: Span, message: impl Into<String>) -> Diagnostic {
        Diagnostic::new(rule, self.location(span), message)
    }

    /// A finding of `syntax-error` to be completed and pushed.
    pub(super) fn mistake(&self, span: Span, message: impl Into<String>) -> Diagnostic {
        self.make(&syntax_error::RULE, span, message)
    }

    /// A place in the file.
    pub(super) fn location(&self, span: Span) -> Location {
        Location { file: self.file, span }
    }

    pub(super) fn push(&mut self, found: Diagnostic) {
        if self.list.len() < MOST {
            self.list.push(found);
        } else if self.list.len() == MOST {
            let more = Diagnostic::new(
                &syntax_error::RULE,
                found.primary.location,
                format!("more than {MOST} mistakes in one file: the others are not shown"),
            );
            self.list.push(more.help("mend the first ones, then check again"));
        }
    }

    /// Whether a finding already stands at a place, or around it.
    pub(super) fn covers(&self, place: Span) -> bool {
        let around = |span: Span| span.start <= place.start && place.end <= span.end;
        self.list.iter().any(|found| around(found.primary.location.span))
    }

    pub(super) fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    pub(super) fn into_list(self) -> Vec<Diagnostic> {
        self.list
    }
}

/// The span between two offsets of a text no longer than [`super::MAX_BYTES`].
pub(super) fn span(start: usize, end: usize) -> Span {
    Span::new(start as u32, end as u32)
}

/// A fix of one edit that can't change what the author meant.
pub(super) fn safe(title: impl Into<String>, span: Span, text: impl Into<String>) -> Fix {
    Fix { title: title.into(), safe: true, edits: vec![Edit { span, text: text.into() }] }
}

/// A fix of one edit that guesses what the author meant.
pub(super) fn guess(title: impl Into<String>, span: Span, text: impl Into<String>) -> Fix {
    Fix { safe: false, ..safe(title, span, text) }
}

/// The user's text as a message may show it: on one line, without what can't be seen, not too long.
pub(crate) fn show(text: &str) -> String {
    let mut shown = String::from("`");
    for (count, c) in text.chars().enumerate() {
        if count == 40 {
            shown.push('…');
            break;
        }
        match c {
            '`' => shown.push('\''),
            c if c.is_control() || super::hidden_unicode::is_hidden(c) => {
                shown.extend(c.escape_unicode());
            }
            c => shown.push(c),
        }
    }
    shown.push('`');
    shown
}
