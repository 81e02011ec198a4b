//! How much was found, as numbers and as the line that ends a report.

use std::collections::BTreeSet;

use crate::diagnostic::{Diagnostic, Level, Silence, Silenced, plural};

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
    /// Findings that the rules say to leave out.
    pub suppressed: usize,
    /// Findings that are left out since they are in the baseline.
    pub in_baseline: usize,
}

impl Counts {
    /// Counts findings and what is left out, of some number of files that were looked at.
    #[must_use]
    pub fn new(findings: &[Diagnostic], silenced: &[Silenced], looked_at: usize) -> Self {
        let of = |level| findings.iter().filter(|found| found.level == level).count();
        let files: BTreeSet<_> = findings.iter().map(|found| found.file()).collect();
        Self {
            errors: of(Level::Error),
            warnings: of(Level::Warning),
            notes: of(Level::Note),
            files_with_findings: files.len(),
            // A configuration can have findings without being a rule file.
            files: looked_at.max(files.len()),
            suppressed: silenced.iter().filter(|it| it.by != Silence::Baseline).count(),
            in_baseline: silenced.iter().filter(|it| it.by == Silence::Baseline).count(),
        }
    }
}

/// One line, without its line break: "2 errors and 5 warnings in 4 of 12 files; 3 suppressed".
#[must_use]
pub fn summary(counts: &Counts) -> String {
    let (found, left_out) = (reported(counts), left_out(counts));
    if left_out.is_empty() { found } else { format!("{found}; {left_out}") }
}

/// What is left out, in words; empty where nothing is.
#[must_use]
pub fn left_out(counts: &Counts) -> String {
    let parts = [(counts.suppressed, "suppressed"), (counts.in_baseline, "in the baseline")];
    let parts = parts.iter().filter(|(count, _)| *count > 0).map(|(count, words)| format!("{count} {words}"));
    parts.collect::<Vec<_>>().join(", ")
}

fn reported(counts: &Counts) -> String {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_as_a_sentence() {
        let line = |errors, warnings, notes, files_with_findings, files| {
            let (suppressed, in_baseline) = (0, 0);
            let counts =
                Counts { errors, warnings, notes, files_with_findings, files, suppressed, in_baseline };
            summary(&counts)
        };
        assert_eq!(line(0, 0, 0, 0, 12), "no findings in 12 files");
        assert_eq!(line(0, 0, 0, 0, 1), "no findings in 1 file");
        assert_eq!(line(0, 0, 0, 0, 0), "no findings in 0 files");
        assert_eq!(line(1, 0, 0, 1, 1), "1 error in 1 file");
        assert_eq!(line(2, 5, 0, 4, 4), "2 errors and 5 warnings in 4 files");
        let left_out = |suppressed, in_baseline| {
            summary(&Counts { files: 3, suppressed, in_baseline, ..Counts::default() })
        };
        assert_eq!(left_out(2, 0), "no findings in 3 files; 2 suppressed");
        assert_eq!(left_out(1, 5), "no findings in 3 files; 1 suppressed, 5 in the baseline");
        assert_eq!(line(2, 1, 1, 4, 12), "2 errors, 1 warning and 1 note in 4 of 12 files");
    }
}
