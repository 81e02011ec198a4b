//! Where a finding is, for readers that know nothing but a repository: a path from its root, lines, columns.

use std::borrow::Cow;

use super::ReportInput;
use crate::source::{FileId, Location, Position, Source, Span};

/// The part of a span that is meant. A block of YAML ends at the start of the next key: that is no part of
/// it. Of a span of nothing but blanks, the first byte.
pub(super) fn meant(source: &Source, span: Span) -> Span {
    let text = &source.text;
    let start = text.floor_char_boundary(span.start as usize);
    let end = text.ceil_char_boundary(span.end as usize).max(start);
    let end = match text[start..end].trim_end() {
        "" => end.min(start + (end - start).min(1)),
        rest => start + rest.len(),
    };
    Span::new(start as u32, end.max(start) as u32)
}

/// Start and end of the part of a place that is meant; the end is the place after its last character.
pub(super) fn ends(input: &ReportInput<'_>, place: Location) -> (Position, Position) {
    let source = input.sources.get(place.file);
    let span = meant(source, place.span);
    let [start, end] = [span.start, span.end].map(|offset| source.lines().position(&source.text, offset));
    (start, end)
}

/// The path of a file from the root of the repository; as it was asked for where it lies outside.
pub(super) fn path<'a>(input: &ReportInput<'a>, file: FileId) -> Cow<'a, str> {
    let shown = input.sources.get(file).path.as_str();
    (input.in_repository)(shown).map_or(Cow::Borrowed(shown), Cow::Owned)
}
