//! One line a finding, as compilers have printed them for decades: editors and `grep` understand it.

use std::fmt::Write;

use super::{ReportInput, visible};

pub(super) fn render(input: &ReportInput<'_>) -> String {
    let mut out = String::new();
    for found in input.findings {
        let place = found.primary.location;
        let at = input.sources.position(place);
        let path = visible(&input.sources.get(place.file).path);
        let (level, rule, message) = (found.level, found.rule.id, visible(&found.message));
        writeln!(out, "{path}:{}:{}: {level}[{rule}]: {message}", at.line, at.column)
            .expect("writing to a string succeeds");
    }
    out
}
