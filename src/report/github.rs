//! Workflow commands: lines in the log of a GitHub workflow, of which annotations are made.
//!
//! Ten annotations of a kind are shown for a step, and the first ones win: errors come first, then warnings.
//! Columns are said for places in one line only; GitHub refuses others.

use std::cmp::Reverse;
use std::fmt::Write;

use super::{ReportInput, place, story, visible};
use crate::diagnostic::{Diagnostic, Level};

pub(super) fn render(input: &ReportInput<'_>) -> String {
    let mut findings: Vec<_> = input.findings.iter().collect();
    findings.sort_by_key(|found| Reverse(found.level));
    let mut out = String::new();
    for found in findings {
        push_command(&mut out, input, found);
    }
    out
}

fn push_command(out: &mut String, input: &ReportInput<'_>, found: &Diagnostic) {
    let command = match found.level {
        Level::Error => "error",
        Level::Warning => "warning",
        Level::Note | Level::Off => "notice",
    };
    let file = property(&place::path(input, found.file()));
    let (start, end) = place::ends(input, found.primary.location);
    write!(out, "::{command} file={file},line={},endLine={}", start.line, end.line)
        .expect("writing to a string succeeds");
    if start.line == end.line {
        write!(out, ",col={},endColumn={}", start.column, end.column).expect("writing to a string succeeds");
    }
    let mut lines = vec![visible(&found.message).into_owned()];
    lines.extend(story::more(input, found));
    writeln!(out, ",title={}::{}", property(found.rule.id), data(&lines.join("\n")))
        .expect("writing to a string succeeds");
}

/// A value before the message: there, `:` and `,` end it.
fn property(text: &str) -> String {
    data(&visible(text)).replace(':', "%3A").replace(',', "%2C")
}

/// A text that must not end its line.
fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_ends_a_command_early() {
        assert_eq!(data("50%\r\n::error::no"), "50%25%0D%0A::error::no");
        assert_eq!(property("a:b,c%\n"), "a%3Ab%2Cc%25<U+000A>");
    }
}
