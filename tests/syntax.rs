//! Reading JSON, YAML and TOML: every kind of mistake at its exact place, and the laws that hold for any text.

#[path = "syntax/invariants.rs"]
mod invariants;
#[path = "syntax/json.rs"]
mod json;
#[path = "syntax/laws.rs"]
mod laws;
#[path = "syntax/places.rs"]
mod places;
#[path = "syntax/toml.rs"]
mod toml;
#[path = "syntax/yaml.rs"]
mod yaml;

use rulec::diagnostic::{Diagnostic, Sink};
use rulec::source::{FileId, Span};
use rulec::syntax::{Format, NodeId, Parsed, Tree, parse};

/// Parses a text and holds the result against the laws of any tree.
fn read(format: Format, source: &str) -> Parsed {
    let parsed = parse(FileId(0), format, source);
    invariants::check(source, &parsed);
    parsed
}

fn sorted(found: Vec<Diagnostic>) -> Vec<Diagnostic> {
    let mut sink = Sink::default();
    sink.extend(found);
    sink.finish()
}

/// Parses a text in which `«»` mark the places of the findings, in order, and compares places and messages.
#[track_caller]
fn check(format: Format, marked: &str, messages: &[&str]) -> Parsed {
    let (mut source, mut places, mut start) = (String::new(), Vec::new(), None);
    for c in marked.chars() {
        match c {
            '«' => start = Some(source.len() as u32),
            '»' => places.push(Span::new(start.take().expect("opened"), source.len() as u32)),
            c => source.push(c),
        }
    }
    let mut parsed = read(format, &source);
    parsed.diagnostics = sorted(parsed.diagnostics);
    let found: Vec<(Span, &str)> = parsed
        .diagnostics
        .iter()
        .map(|found| (found.primary.location.span, found.message.as_str()))
        .collect();
    let expected: Vec<(Span, &str)> = places.iter().copied().zip(messages.iter().copied()).collect();
    assert_eq!(found, expected, "in {source}");
    assert_eq!(places.len(), messages.len(), "a mark for each message in {marked}");
    for found in &parsed.diagnostics {
        assert!(found.help.is_some(), "no help for: {}", found.message);
        check_fix(format, &source, found, parsed.diagnostics.len());
    }
    parsed
}

/// A fix makes its finding go away and adds no other.
#[track_caller]
fn check_fix(format: Format, source: &str, found: &Diagnostic, before: usize) {
    let Some(fix) = &found.fix else { return };
    let mut mended = source.to_owned();
    for edit in fix.edits.iter().rev() {
        mended.replace_range(edit.span.range(), &edit.text);
    }
    let after = parse(FileId(0), format, &mended).diagnostics.len();
    assert!(after < before, "`{}` leaves {after} of {before} findings:\n{source}\n->\n{mended}", fix.title);
}

/// A tree as a `serde_json` value; a hole is null.
fn value(tree: &Tree, source: &str) -> serde_json::Value {
    invariants::value_of(tree, source, Tree::ROOT)
}

fn node(tree: &Tree, source: &str, path: &[&str]) -> NodeId {
    tree.get_path(source, Tree::ROOT, path).expect("the path is there")
}
