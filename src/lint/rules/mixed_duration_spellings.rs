//! # What
//!
//! One length of time is spelt in several ways in a file: `90`, `90s`, `1m30s` and `90 seconds`.
//!
//! # Why
//!
//! Whoever reads the file compares in their head, and whoever searches it for one spelling misses the others.
//!
//! # Bad
//!
//! ```yaml L5-execution.yaml
//! procedures:
//!   - id: E1
//!     steps:
//!       - { step: 1, command: test -s a, read_only: true, timeout: 90s }
//!       - { step: 2, command: test -s b, read_only: true, timeout: 90s }
//!       - { step: 3, command: test -s c, read_only: true, timeout: 1 minute 30 seconds }
//! ```
//!
//! # Good
//!
//! ```yaml L5-execution.yaml
//! procedures:
//!   - id: E1
//!     steps:
//!       - { step: 1, command: test -s a, read_only: true, timeout: 90s }
//!       - { step: 2, command: test -s b, read_only: true, timeout: 90s }
//!       - { step: 3, command: test -s c, read_only: true, timeout: 90s }
//! ```
//!
//! # Exceptions
//!
//! Different lengths of time, each in its own spelling: `90s` beside `2m`. Quotes are no difference.

use std::collections::BTreeMap;

use super::super::{Context, Lint, durations};
use crate::diagnostic::{Diagnostic, Edit, Fix, Level, RuleInfo};
use crate::scalar::Duration;
use crate::source::Location;

/// `mixed-duration-spellings`
pub(super) static LINT: Lint = Lint {
    info: RuleInfo {
        id: "mixed-duration-spellings",
        code: "R0210",
        level: Level::Note,
        summary: "one length of time is spelt in several ways in a file",
        source: include_str!("mixed_duration_spellings.rs"),
    },
    check,
};

fn check(context: &Context<'_>, found: &mut dyn FnMut(Diagnostic)) {
    for loaded in context.rules.files() {
        let mut lengths: BTreeMap<Duration, Vec<Place<'_>>> = BTreeMap::new();
        for duration in durations::of(&loaded.document.body) {
            let location = context.place(duration.at);
            let source = context.rules.source(location.file);
            let place = Place::new(location, &source[location.span.range()]);
            // What stands there need not be the text itself, but the name of it in YAML.
            if Duration::parse(place.spelt).is_ok_and(|read| read == duration.value) {
                lengths.entry(duration.value).or_default().push(place);
            }
        }
        let mut diagnostics: Vec<_> = lengths.into_values().filter_map(judge).collect();
        diagnostics.sort_by(Diagnostic::order);
        diagnostics.into_iter().for_each(&mut *found);
    }
}

/// Where a length of time is written, and how.
struct Place<'a> {
    location: Location,
    /// With the quotes.
    raw: &'a str,
    /// Without them.
    spelt: &'a str,
}

impl<'a> Place<'a> {
    fn new(location: Location, raw: &'a str) -> Self {
        let quote = raw.chars().next().filter(|first| matches!(first, '"' | '\''));
        let inside = quote.and_then(|quote| raw.get(1..)?.strip_suffix(quote));
        Self { location, raw, spelt: inside.unwrap_or(raw) }
    }
}

/// What is to be said of one length of time: all places whose spelling is not the most common one, or, of equally
/// common ones, the first that has a unit.
fn judge(mut places: Vec<Place<'_>>) -> Option<Diagnostic> {
    places.sort_by_key(|place| place.location.span);
    places.dedup_by_key(|place| place.location.span);
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for place in &places {
        *counts.entry(place.spelt).or_default() += 1;
    }
    let most = counts.values().copied().max()?;
    let usual = {
        let mut common = places.iter().filter(|place| counts[place.spelt] == most);
        let has_unit = |place: &&Place<'_>| !place.spelt.bytes().all(|byte| byte.is_ascii_digit());
        common.clone().find(has_unit).or_else(|| common.next())?
    };
    let mut others = places.iter().filter(|place| place.spelt != usual.spelt);
    let edits: Vec<Edit> =
        others.clone().map(|place| Edit { span: place.location.span, text: usual.raw.to_owned() }).collect();
    let first = others.next()?;
    let message = format!("`{}` is also spelt `{}`", first.spelt, usual.spelt);
    let mut diagnostic = Diagnostic::new(&LINT.info, first.location, message)
        .label("is the same length of time")
        .related(usual.location, "is spelt another way")
        .help(format!("write `{}` everywhere in this file", usual.spelt));
    for other in others {
        diagnostic = diagnostic.related(other.location, "and here");
    }
    Some(diagnostic.fix(Fix { title: format!("write `{}`", usual.spelt), safe: true, edits }))
}
