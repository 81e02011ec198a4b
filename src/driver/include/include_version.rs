//! # What
//!
//! What is included has not the version that is asked for, or states none.
//!
//! # Why
//!
//! Whoever wrote the requirement relies on what other versions do not say, or say otherwise. Where two rule sets ask
//! for versions that exclude each other, no version serves both: one of them has to move.
//!
//! # Bad
//!
//! ```yaml L5-bake.yaml
//! include: [{ path: library, version: ^2 }]
//! procedures: []
//! ```
//!
//! ```toml library/rulec.toml
//! name = "library"
//! ```
//!
//! ```yaml library/L5-ovens.yaml
//! version: 1.4.0
//! actions:
//!   heat: { command: ./heat.sh 240, timeout: 60, undo: ./heat.sh 0 }
//! ```
//!
//! # Good
//!
//! ```yaml L5-bake.yaml
//! include: [{ path: library, version: ^1.2 }]
//! procedures: []
//! ```
//!
//! ```toml library/rulec.toml
//! name = "library"
//! ```
//!
//! ```yaml library/L5-ovens.yaml
//! version: 1.4.0
//! actions:
//!   heat: { command: ./heat.sh 240, timeout: 60, undo: ./heat.sh 0 }
//! ```

use super::{Ask, ReadFile, Unit};
use crate::diagnostic::{Diagnostic, Level, RuleInfo};
use crate::scalar::{Version, VersionRequirement};
use crate::source::Location;

/// `include-version`.
pub(in crate::driver) static RULE: RuleInfo = RuleInfo {
    id: "include-version",
    code: "R0402",
    level: Level::Error,
    summary: "what is included has another version than is asked for",
    source: include_str!("include_version.rs"),
};

/// A finding for each requirement that is not met, in order of the units and of the source.
pub(super) fn find(units: &[Unit], files: &[ReadFile]) -> Vec<Diagnostic> {
    let mut asks: Vec<Vec<&Ask>> = vec![Vec::new(); units.len()];
    for ask in units.iter().flat_map(|unit| &unit.asks) {
        asks[ask.unit].push(ask);
    }
    let mut found = Vec::new();
    for (unit, asks) in units.iter().zip(&asks) {
        let versions: Vec<(&Version, Location)> =
            files[unit.files.clone()].iter().filter_map(version).collect();
        for ask in asks {
            let Some((requirement, at)) = &ask.version else { continue };
            if let Some((version, stated)) = versions.iter().find(|(version, _)| !requirement.holds(version))
            {
                let message = format!("`{}` has version {version}, not `{requirement}`", ask.path);
                let finding = Diagnostic::new(&RULE, *at, message).related(*stated, "is another version");
                found.push(with_others(finding, asks, requirement, *at));
            } else if versions.is_empty() {
                let message = format!("`{}` states no version, and `{requirement}` is asked for", ask.path);
                let help = "give its files a `version`, or leave the requirement out";
                found.push(Diagnostic::new(&RULE, *at, message).help(help));
            }
        }
    }
    found
}

/// What else is asked of the same rule set.
fn with_others(finding: Diagnostic, asks: &[&Ask], own: &VersionRequirement, at: Location) -> Diagnostic {
    let others: Vec<_> = asks
        .iter()
        .filter_map(|ask| ask.version.as_ref())
        .filter(|(requirement, place)| requirement != own && *place != at)
        .collect();
    let help = match others.is_empty() {
        true => "include the version that is asked for, or ask for this one",
        false => "agree on one version: it is included once for all",
    };
    others
        .into_iter()
        .fold(finding.help(help), |finding, (_, place)| finding.related(*place, "asks for another"))
}

fn version(file: &ReadFile) -> Option<(&Version, Location)> {
    let loaded = file.loaded.as_ref()?;
    let version = loaded.document.header.version.as_ref()?;
    Some((&version.value, loaded.tree.location(version.at.node)))
}
