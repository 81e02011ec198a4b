//! Profiles: levels for many rules at once, under a name.
//!
//! Three are built in. A profile of the team's own, `[profiles.NAME]`, rests on one of them or on another of
//! its own.

use std::collections::BTreeMap;

use schemars::JsonSchema;

use super::{deny_level, levels_ref};
use crate::diagnostic::{Level, RuleInfo};
use crate::lint::LINTS;

/// A profile of the team's own.
#[derive(Debug, Clone, Default, PartialEq, Eq, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct Profile {
    /// The profile that counts where this one says nothing: `default`, `strict`, `adopt`, or one of the team's
    /// own.
    #[schemars(with = "String", extend("default" = "default"))]
    pub extends: Option<String>,
    /// The least level that makes `rulec check` fail.
    #[schemars(schema_with = "deny_level")]
    pub deny: Option<Level>,
    /// Levels of rules, by id or code.
    #[schemars(schema_with = "levels_ref")]
    pub lints: BTreeMap<&'static str, Level>,
}

/// A profile that every rule set has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum BuiltIn {
    /// Every rule has its own level.
    #[default]
    Default,
    /// Warnings are errors, and notes are warnings.
    Strict,
    /// For rules that were written before anybody checked them: what can be lived with for now is one level
    /// less. What keeps a file from being read, or a name from being understood, stays an error.
    Adopt,
}

/// What `adopt` lowers beside the lints: mistakes that leave everything else readable.
const LIVED_WITH: [&str; 6] = [
    "action-unbound",
    "camel-case-key",
    "undeclared-external",
    "unknown-key",
    "unknown-role",
    "upward-reference",
];

impl BuiltIn {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Default, Self::Strict, Self::Adopt];

    /// The name that `profile` takes.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Default => "default",
            Self::Strict => "strict",
            Self::Adopt => "adopt",
        }
    }

    /// The one of a name.
    #[must_use]
    pub fn of_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|profile| profile.name() == name)
    }

    /// The level of a finding that has `own` by itself.
    #[must_use]
    pub fn level(self, rule: &RuleInfo, own: Level) -> Level {
        match (self, own) {
            (Self::Strict, Level::Warning) => Level::Error,
            (Self::Strict, Level::Note) => Level::Warning,
            (Self::Adopt, Level::Error) if is_lived_with(rule) => Level::Warning,
            (Self::Adopt, Level::Warning) if is_lived_with(rule) => Level::Note,
            _ => own,
        }
    }
}

fn is_lived_with(rule: &RuleInfo) -> bool {
    LIVED_WITH.contains(&rule.id) || LINTS.iter().any(|lint| lint.info.id == rule.id)
}
