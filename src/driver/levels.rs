//! How grave each rule's findings are: the rule's own level, then `rulec.toml`, then the command line.

use super::config::Config;
use crate::diagnostic::{Diagnostic, Level, RuleInfo};

/// Levels that are asked for at the command line, in its order: the last one for a rule counts.
#[derive(Debug, Clone, Default)]
pub struct Overrides(Vec<(&'static RuleInfo, Level)>);

impl Overrides {
    /// Adds a level for a rule.
    pub fn push(&mut self, rule: &'static RuleInfo, level: Level) {
        self.0.push((rule, level));
    }

    fn of(&self, rule: &RuleInfo) -> Option<Level> {
        self.0.iter().rev().find(|(other, _)| other.id == rule.id).map(|(_, level)| *level)
    }
}

/// What a rule set and a command line say together.
#[derive(Debug, Clone, Copy)]
pub(super) struct Levels<'a> {
    pub(super) config: &'a Config,
    pub(super) overrides: &'a Overrides,
}

impl Levels<'_> {
    /// The level that is asked for, if one is.
    pub(super) fn asked(self, rule: &RuleInfo) -> Option<Level> {
        self.overrides.of(rule).or_else(|| self.config.lints.get(rule.id).copied())
    }

    /// Gives findings their levels, and drops those that are off. A finding that came with a level of its own
    /// keeps it where nothing is asked for.
    pub(super) fn apply(self, found: &mut Vec<Diagnostic>) {
        for finding in found.iter_mut() {
            finding.level = self.asked(finding.rule).unwrap_or(finding.level);
        }
        found.retain(|finding| finding.level != Level::Off);
    }
}

/// True where a finding of level error is among these.
pub(super) fn has_errors(found: &[Diagnostic]) -> bool {
    found.iter().any(|finding| finding.level == Level::Error)
}
