//! How grave each rule's findings are: the rule's own level, the profile, then `rulec.toml`, for some files its
//! overrides, then the command line.

use super::config::{BuiltIn, Config};
use super::entry::Refusal;
use super::read::Read;
use super::suppress::Heed;
use crate::diagnostic::{Diagnostic, Level, RuleInfo, nearest};
use crate::source::{Location, Sources};

/// What is asked for at the command line: levels in its order, of which the last one for a rule counts, and the
/// profile to start from.
#[derive(Debug, Clone, Default)]
pub struct Overrides {
    levels: Vec<(&'static RuleInfo, Level)>,
    /// The profile, in the place of the one that `rulec.toml` names.
    pub profile: Option<String>,
    /// Whether suppressions count.
    pub suppressions: Heed,
}

impl Overrides {
    /// Adds a level for a rule.
    pub fn push(&mut self, rule: &'static RuleInfo, level: Level) {
        self.levels.push((rule, level));
    }

    fn of(&self, rule: &RuleInfo) -> Option<Level> {
        self.levels.iter().rev().find(|(other, _)| other.id == rule.id).map(|(_, level)| *level)
    }
}

/// What a rule set and a command line say together.
#[derive(Debug, Clone, Copy)]
pub(super) struct Levels<'a> {
    pub(super) config: &'a Config,
    pub(super) overrides: &'a Overrides,
}

impl Levels<'_> {
    /// Refuses a profile that the rule set has not; of a broken `rulec.toml` nobody knows.
    pub(super) fn check_profile(self, read: &Read) -> Result<(), Refusal> {
        let asked = self.overrides.profile.as_deref();
        let unknown = asked.filter(|name| !self.config.has_profile(name) && !read.is_config_broken());
        let Some(name) = unknown else { return Ok(()) };
        let own = self.config.profiles.keys().map(String::as_str);
        let known: Vec<&str> = BuiltIn::ALL.iter().map(|it| it.name()).chain(own).collect();
        let help = match nearest(name, known.iter().copied()) {
            Some(near) => format!("did you mean `{near}`?"),
            None => format!("there are `{}`", known.join("`, `")),
        };
        Err(Refusal::new(format!("there is no profile `{name}`"), help))
    }

    /// The level of a finding in a file, by its path from the folder of the rule set, where `own` is the level
    /// that it came with.
    pub(super) fn of(self, rule: &RuleInfo, path: &str, own: Level) -> Level {
        let with_rule = self.config.overrides.iter().rev().filter(|it| it.lints.contains_key(rule.id));
        let in_file = || with_rule.clone().find(|it| it.covers(path)).map(|it| it.lints[rule.id]);
        let asked = self.overrides.of(rule).or_else(in_file);
        asked.unwrap_or_else(|| self.everywhere(rule, own))
    }

    /// True where nothing that a rule finds is wanted in any file.
    pub(super) fn is_off(self, rule: &RuleInfo) -> bool {
        match self.overrides.of(rule) {
            Some(level) => level == Level::Off,
            None => {
                let in_files = self.config.overrides.iter().filter_map(|it| it.lints.get(rule.id));
                in_files.chain([&self.everywhere(rule, rule.level)]).all(|level| *level == Level::Off)
            }
        }
    }

    /// The least level that fails, where the command line says nothing.
    pub(super) fn deny(self) -> Level {
        let (own, _) = self.config.profiles(self.overrides.profile.as_deref());
        let of_profile = || own.iter().find_map(|profile| profile.deny);
        self.config.deny.or_else(of_profile).unwrap_or(Level::Error)
    }

    /// Gives findings their levels, and drops those that are off. A finding that came with a level of its own
    /// keeps it where nothing is asked for.
    pub(super) fn apply(self, sources: &Sources, found: &mut Vec<Diagnostic>) {
        let path = |place: Location| sources.get(place.file).path.as_str();
        for finding in found.iter_mut() {
            finding.level = self.of(finding.rule, path(finding.primary.location), finding.level);
        }
        found.retain(|finding| finding.level != Level::Off);
    }

    fn everywhere(self, rule: &RuleInfo, own: Level) -> Level {
        if let Some(level) = self.config.lints.get(rule.id) {
            return *level;
        }
        let (profiles, built_in) = self.config.profiles(self.overrides.profile.as_deref());
        let of_profile = profiles.iter().find_map(|profile| profile.lints.get(rule.id).copied());
        of_profile.unwrap_or_else(|| built_in.level(rule, own))
    }
}

/// True where a finding of level error is among these.
pub(super) fn has_errors(found: &[Diagnostic]) -> bool {
    found.iter().any(|finding| finding.level == Level::Error)
}
