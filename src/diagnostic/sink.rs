//! Where the findings of all phases pool.

use super::{Diagnostic, Level};

/// Collects findings; sorts them once.
#[derive(Debug, Default)]
pub struct Sink {
    found: Vec<Diagnostic>,
}

impl Sink {
    /// Adds one finding.
    pub fn push(&mut self, diagnostic: Diagnostic) {
        self.found.push(diagnostic);
    }

    /// True where a finding of level [`Level::Error`] has been added.
    #[must_use]
    pub fn has_errors(&self) -> bool {
        self.found.iter().any(|found| found.level == Level::Error)
    }

    /// All findings by file, offset, code and message; identical ones once.
    #[must_use]
    pub fn finish(mut self) -> Vec<Diagnostic> {
        self.found.sort_by(Diagnostic::order);
        self.found.dedup_by(|a, b| key(a) == key(b));
        self.found
    }
}

impl Extend<Diagnostic> for Sink {
    fn extend<T: IntoIterator<Item = Diagnostic>>(&mut self, found: T) {
        self.found.extend(found);
    }
}

pub(super) fn key(found: &Diagnostic) -> (u32, u32, u32, &str, &str) {
    let place = found.primary.location;
    (place.file.0, place.span.start, place.span.end, found.rule.code, &found.message)
}
