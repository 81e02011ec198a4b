//! What a finding is recognised by in the next report, so that it is not taken for a new one.
//!
//! Lines and columns have no part in it: what is added or taken away elsewhere leaves a fingerprint as it is.
//! It is made of the rule, the file, the keys that lead to the place, and the start of what stands there;
//! findings that share all that are numbered in their order.

use rustc_hash::FxHashMap;
use sha2::{Digest, Sha256};

use super::{ReportInput, place};
use crate::diagnostic::Diagnostic;

/// Characters of a place that count. More of a long block would change whenever something in it does.
const LENGTH: usize = 100;

/// A fingerprint for each finding, in order; all different. 64 lower-case hexadecimal digits.
pub(super) fn fingerprints(input: &ReportInput<'_>) -> Vec<String> {
    let mut seen: FxHashMap<String, usize> = FxHashMap::default();
    let number = |of: String| {
        let count = seen.entry(of.clone()).or_default();
        *count += 1;
        digest(&format!("{of}\0{count}"))
    };
    input.findings.iter().map(|found| traits(input, found)).map(number).collect()
}

fn traits(input: &ReportInput<'_>, found: &Diagnostic) -> String {
    let location = found.primary.location;
    let path = place::path(input, location.file);
    let pointer = (input.pointer)(location).unwrap_or_default();
    let is_index = |key: &&str| !key.is_empty() && key.bytes().all(|byte| byte.is_ascii_digit());
    let keys: Vec<_> = pointer.split('/').filter(|key| !is_index(key)).collect();
    let source = input.sources.get(location.file);
    let mut text = String::new();
    for word in source.slice(place::meant(source, location.span)).split_whitespace() {
        text.extend(word.chars().take(LENGTH));
        text.push(' ');
        if text.len() >= LENGTH {
            break;
        }
    }
    format!("{}\0{path}\0{}\0{text}", found.rule.id, keys.join("/"))
}

fn digest(text: &str) -> String {
    Sha256::digest(text.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect()
}
