//! One line a finding, as compilers have printed them for decades: editors and `grep` understand it.

use super::{ReportInput, visible};
use crate::diagnostic::Diagnostic;

pub(super) fn render(input: &ReportInput<'_>) -> String {
    let shown = |found: &Diagnostic| line(input, &input.sources.get(found.file()).path, found);
    input.findings.iter().map(|found| shown(found) + "\n").collect()
}

/// The line of a finding in the file of a path, without a line break.
pub(super) fn line(input: &ReportInput<'_>, path: &str, found: &Diagnostic) -> String {
    let at = input.sources.position(found.primary.location);
    let (level, rule) = (found.level, found.rule.id);
    let (path, message) = (visible(path), visible(&found.message));
    format!("{path}:{}:{}: {level}[{rule}]: {message}", at.line, at.column)
}
