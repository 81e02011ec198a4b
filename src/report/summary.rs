//! How much was found, as numbers and as the line that ends a report.

use std::collections::BTreeSet;

use crate::diagnostic::{Diagnostic, Level};

/// How many findings there are of each level, and in how many files.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Counts {
    /// Findings of level error.
    pub errors: usize,
    /// Findings of level warning.
    pub warnings: usize,
    /// Findings of level note.
    pub notes: usize,
    /// Files that have findings.
    pub files_with_findings: usize,
    /// Files that were looked at.
    pub files: usize,
}

impl Counts {
    /// Counts findings, of some number of files that were looked at.
    #[must_use]
    pub fn new(findings: &[Diagnostic], looked_at: usize) -> Self {
        let of = |level| findings.iter().filter(|found| found.level == level).count();
        let files: BTreeSet<_> = findings.iter().map(|found| found.file()).collect();
        Self {
            errors: of(Level::Error),
            warnings: of(Level::Warning),
            notes: of(Level::Note),
            files_with_findings: files.len(),
            // A configuration can have findings without being a rule file.
            files: looked_at.max(files.len()),
        }
    }
}

/// One line, without its line break: "2 errors and 5 warnings in 4 of 12 files".
#[must_use]
pub fn summary(counts: &Counts) -> String {
    let levels = [(counts.errors, "error"), (counts.warnings, "warning"), (counts.notes, "note")];
    let parts: Vec<_> =
        levels.iter().filter(|(count, _)| *count > 0).map(|(count, noun)| plural(*count, noun)).collect();
    let files = plural(counts.files, "file");
    match parts.split_last() {
        None => format!("no findings in {files}"),
        Some((last, before)) => {
            let found =
                if before.is_empty() { last.clone() } else { format!("{} and {last}", before.join(", ")) };
            if counts.files_with_findings == counts.files {
                format!("{found} in {files}")
            } else {
                format!("{found} in {} of {files}", counts.files_with_findings)
            }
        }
    }
}

fn plural(count: usize, noun: &str) -> String {
    let ending = if count == 1 { "" } else { "s" };
    format!("{count} {noun}{ending}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_as_a_sentence() {
        let line = |errors, warnings, notes, files_with_findings, files| {
            summary(&Counts { errors, warnings, notes, files_with_findings, files })
        };
        assert_eq!(line(0, 0, 0, 0, 12), "no findings in 12 files");
        assert_eq!(line(0, 0, 0, 0, 1), "no findings in 1 file");
        assert_eq!(line(0, 0, 0, 0, 0), "no findings in 0 files");
        assert_eq!(line(1, 0, 0, 1, 1), "1 error in 1 file");
        assert_eq!(line(2, 5, 0, 4, 4), "2 errors and 5 warnings in 4 files");
        assert_eq!(line(2, 1, 1, 4, 12), "2 errors, 1 warning and 1 note in 4 of 12 files");
    }
}
