//! What a finding is recognised by in the next report, so that it is not taken for a new one.
//!
//! Lines and columns have no part in it: what is added or taken away elsewhere leaves a fingerprint as it is.
//! It is made of the rule, the file, the keys and names that lead to the place, and the start of what stands
//! there; findings that share all that are numbered in their order.

use std::borrow::Cow;

use rustc_hash::FxHashMap;
use sha2::{Digest, Sha256};

use super::{ReportInput, place};
use crate::diagnostic::Diagnostic;
use crate::source::{FileId, Location, Sources};

/// Characters of a place that count. More of a long block would change whenever something in it does.
const LENGTH: usize = 100;

/// What findings are told apart by.
#[derive(Clone, Copy)]
pub struct Marks<'a> {
    /// The files that they are in.
    pub sources: &'a Sources,
    /// What a file is called wherever it is looked at from.
    pub path: &'a dyn Fn(FileId) -> Cow<'a, str>,
    /// The way to the value at a place, as long as there are no lines or positions in it.
    pub trail: &'a dyn Fn(Location) -> Option<String>,
}

/// A fingerprint for each finding, in order; all different. 64 lower-case hexadecimal digits.
#[must_use]
pub fn fingerprints<'d>(marks: &Marks<'_>, found: impl Iterator<Item = &'d Diagnostic>) -> Vec<String> {
    let mut seen: FxHashMap<String, usize> = FxHashMap::default();
    let number = |of: String| {
        let count = seen.entry(of.clone()).or_default();
        *count += 1;
        digest(&format!("{of}\0{count}"))
    };
    found.map(|found| traits(marks, found)).map(number).collect()
}

/// The fingerprints of what is reported, and of what is left out: both count, so that leaving one out does not
/// make others of the rest.
pub(super) fn of_report(input: &ReportInput<'_>) -> (Vec<String>, Vec<String>) {
    let path = |file| place::path(input, file);
    let marks = Marks { sources: input.sources, path: &path, trail: input.trail };
    let silenced = input.silenced.iter().map(|silenced| &silenced.finding);
    let mut all: Vec<(usize, &Diagnostic)> = input.findings.iter().chain(silenced).enumerate().collect();
    all.sort_by(|(_, a), (_, b)| a.order(b));
    let prints = fingerprints(&marks, all.iter().map(|(_, found)| *found));
    let mut in_order = vec![String::new(); all.len()];
    for ((at, _), print) in all.into_iter().zip(prints) {
        in_order[at] = print;
    }
    let of_silenced = in_order.split_off(input.findings.len());
    (in_order, of_silenced)
}

fn traits(marks: &Marks<'_>, found: &Diagnostic) -> String {
    let location = found.primary.location;
    let path = (marks.path)(location.file);
    let trail = (marks.trail)(location).unwrap_or_default();
    let source = marks.sources.get(location.file);
    let mut text = String::new();
    for word in source.slice(place::meant(source, location.span)).split_whitespace() {
        text.extend(word.chars().take(LENGTH));
        text.push(' ');
        if text.len() >= LENGTH {
            break;
        }
    }
    format!("{}\0{path}\0{trail}\0{text}", found.rule.id)
}

fn digest(text: &str) -> String {
    Sha256::digest(text.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect()
}
