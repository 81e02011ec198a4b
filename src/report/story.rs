//! All that a finding says, in lines of text: for readers that show a text and nothing else.

use super::{ReportInput, visible};
use crate::diagnostic::{Diagnostic, plural};

/// The most places beside the primary one. What has more is seldom mended by looking at all of them.
pub(super) const MOST_RELATED: usize = 12;

/// What has to do with a finding, and what to do about it, a line each: `file:line:column: words`, `help: …`.
pub(super) fn more(input: &ReportInput<'_>, found: &Diagnostic) -> Vec<String> {
    let mut lines: Vec<_> = found
        .related
        .iter()
        .take(MOST_RELATED)
        .map(|label| {
            let at = input.sources.position(label.location);
            let path = visible(&super::place::path(input, label.location.file)).into_owned();
            let words = visible(&label.text).into_owned();
            let words = if words.is_empty() { "this has to do with it".to_owned() } else { words };
            format!("{path}:{}:{}: {words}", at.line, at.column)
        })
        .collect();
    lines.extend(unseen(found));
    lines.extend(help(found).map(|help| format!("help: {}", visible(help))));
    lines
}

/// What to do about a finding, where that is known.
pub(super) fn help(found: &Diagnostic) -> Option<&str> {
    found.help.as_deref().or_else(|| found.fix.as_ref().map(|fix| fix.title.as_str()))
}

/// How many places are left out, where there are too many of them.
pub(super) fn unseen(found: &Diagnostic) -> Option<String> {
    let unseen = found.related.len().checked_sub(MOST_RELATED).filter(|unseen| *unseen > 0)?;
    Some(format!("and {}", plural(unseen, "more place")))
}
