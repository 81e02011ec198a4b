//! Takes `rulec.toml` apart and collects what is wrong with it.

use std::collections::BTreeMap;
use std::ops::Range;

use camino::Utf8PathBuf;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::compiled;
use super::{BaselinePath, BuiltIn, Config, KEYS, LEVELS, OVERRIDE_KEYS, PROFILE_KEYS, PathLevels, Profile};
use crate::diagnostic::nearest;
use crate::diagnostic::{Diagnostic, Level, RuleInfo};
use crate::driver::invalid_config::RULE;
use crate::scalar::Glob;
use crate::source::{FileId, Location, Span};

/// Reads the text of one file.
pub(super) struct Reader<'a> {
    pub(super) file: FileId,
    /// Bytes of a byte order mark, which the parser did not see.
    pub(super) skipped: usize,
    pub(super) rules: &'a [&'static RuleInfo],
    pub(super) found: Vec<Diagnostic>,
    /// Names of profiles that something asks for, with what asks and where: judged once all are known.
    asked: Vec<(Option<String>, String, Range<usize>)>,
}

pub(super) type Key<'a> = Spanned<std::borrow::Cow<'a, str>>;
type Table<'a> = DeTable<'a>;

impl<'a> Reader<'a> {
    pub(super) fn new(file: FileId, skipped: usize, rules: &'a [&'static RuleInfo]) -> Self {
        Self { file, skipped, rules, found: Vec::new(), asked: Vec::new() }
    }

    pub(super) fn config(&mut self, table: &Table<'_>) -> Config {
        let mut config = Config::default();
        for (key, value) in table {
            match key.get_ref().as_ref() {
                "name" => config.name = self.text(key, value),
                "exclude" => config.exclude = self.globs(key, value),
                "lints" => config.lints = self.lints(key, value),
                "deny" => config.deny = self.level(value, &LEVELS[..3]),
                "profile" => config.profile = self.profile_name(None, key, value),
                "profiles" => config.profiles = self.profiles(key, value),
                "overrides" => config.overrides = self.overrides(key, value),
                "baseline" => config.baseline = self.baseline(key, value),
                "compiled" => config.compiled = compiled::read(self, key, value),
                unknown => self.push_unknown(key, format!("unknown key `{unknown}`"), KEYS.into_iter()),
            }
        }
        self.judge_profiles(&mut config);
        config
    }

    pub(super) fn text(&mut self, key: &Key<'_>, value: &Spanned<DeValue<'_>>) -> Option<String> {
        match value.get_ref() {
            DeValue::String(text) => Some(text.to_string()),
            _ => {
                self.push_type(key, "text", value);
                None
            }
        }
    }

    fn baseline(&mut self, key: &Key<'_>, value: &Spanned<DeValue<'_>>) -> Option<BaselinePath> {
        let path = Utf8PathBuf::from(self.text(key, value)?);
        let place = self.place(value.span());
        if path.as_str().is_empty() {
            self.push(
                value.span(),
                "the path of a file is missing".to_owned(),
                "write `.rulec-baseline.json`",
            );
            return None;
        }
        Some(BaselinePath { path, place })
    }

    fn globs(&mut self, key: &Key<'_>, value: &Spanned<DeValue<'_>>) -> Vec<Glob> {
        let DeValue::Array(items) = value.get_ref() else {
            self.push_type(key, "a list of path patterns", value);
            return Vec::new();
        };
        let mut globs = Vec::new();
        for item in items {
            match item.get_ref() {
                DeValue::String(text) => match Glob::parse(text) {
                    Ok(glob) => globs.push(glob),
                    Err(why) => self.push(item.span(), why.message, &why.help),
                },
                _ => self.push_type(key, "a list of path patterns", item),
            }
        }
        globs
    }

    fn lints(&mut self, key: &Key<'_>, value: &Spanned<DeValue<'_>>) -> BTreeMap<&'static str, Level> {
        let DeValue::Table(table) = value.get_ref() else {
            self.push_type(key, "a table of rules and levels", value);
            return BTreeMap::new();
        };
        let mut lints = BTreeMap::new();
        for (key, value) in table {
            let name = key.get_ref().as_ref();
            let Some(rule) = self.rules.iter().find(|rule| rule.id == name || rule.code == name) else {
                let known = self.rules.iter().flat_map(|rule| [rule.id, rule.code]);
                self.push_unknown(key, format!("there is no rule `{name}`"), known);
                continue;
            };
            let Some(level) = self.level(value, &LEVELS) else { continue };
            if lints.insert(rule.id, level).is_some() {
                let message = format!("`{}` has a level already, by its other name", rule.id);
                self.push(key.span(), message, "keep one of the two");
            }
        }
        lints
    }

    fn level(&mut self, value: &Spanned<DeValue<'_>>, levels: &[Level]) -> Option<Level> {
        let DeValue::String(name) = value.get_ref() else {
            self.push_level(value, levels, None);
            return None;
        };
        let level = levels.iter().copied().find(|level| level.name() == name.as_ref());
        if level.is_none() {
            self.push_level(value, levels, nearest(name, levels.iter().map(|level| level.name())));
        }
        level
    }

    fn push_level(&mut self, value: &Spanned<DeValue<'_>>, levels: &[Level], near: Option<&str>) {
        let names: Vec<_> = levels.iter().map(|level| format!("`{level}`")).collect();
        let (last, before) = names.split_last().expect("there are levels");
        let help = match near {
            Some(near) => format!("did you mean `{near}`?"),
            None => format!("write {} or {last}", before.join(", ")),
        };
        self.push(value.span(), "this is no level".to_owned(), &help);
    }

    fn profile_name(
        &mut self,
        of: Option<&str>,
        key: &Key<'_>,
        value: &Spanned<DeValue<'_>>,
    ) -> Option<String> {
        let name = self.text(key, value)?;
        self.asked.push((of.map(str::to_owned), name.clone(), value.span()));
        Some(name)
    }

    fn profiles(&mut self, key: &Key<'_>, value: &Spanned<DeValue<'_>>) -> BTreeMap<String, Profile> {
        let DeValue::Table(table) = value.get_ref() else {
            self.push_type(key, "a table of profiles", value);
            return BTreeMap::new();
        };
        let mut profiles = BTreeMap::new();
        for (key, value) in table {
            let name = key.get_ref().as_ref();
            if BuiltIn::of_name(name).is_some() {
                let help = "choose another name, and say what it `extends`";
                self.push(key.span(), format!("the profile `{name}` is built in"), help);
                continue;
            }
            let DeValue::Table(table) = value.get_ref() else {
                self.push_type(key, "a table", value);
                continue;
            };
            let mut profile = Profile::default();
            for (key, value) in table {
                match key.get_ref().as_ref() {
                    "extends" => profile.extends = self.profile_name(Some(name), key, value),
                    "deny" => profile.deny = self.level(value, &LEVELS[..3]),
                    "lints" => profile.lints = self.lints(key, value),
                    unknown => {
                        self.push_unknown(key, format!("unknown key `{unknown}`"), PROFILE_KEYS.into_iter());
                    }
                }
            }
            profiles.insert(name.to_owned(), profile);
        }
        profiles
    }

    /// What is asked for and is not there has no effect, nor what rests on itself.
    fn judge_profiles(&mut self, config: &mut Config) {
        for (of, name, place) in std::mem::take(&mut self.asked) {
            if !config.has_profile(&name) {
                let own =
                    config.profiles.keys().map(String::as_str).filter(|own| Some(*own) != of.as_deref());
                let known: Vec<&str> = BuiltIn::ALL.iter().map(|it| it.name()).chain(own).collect();
                let help = choice(&name, known.iter().copied());
                self.push(place, format!("there is no profile `{name}`"), &help);
            } else if let Some(of) = of.as_deref().filter(|of| is_circular(config, of)) {
                let message = format!("the profile `{of}` rests on itself");
                self.push(place, message, "let it extend `default`, `strict` or `adopt`");
            } else {
                continue;
            }
            match of {
                Some(of) => config.profiles.entry(of).or_default().extends = None,
                None => config.profile = None,
            }
        }
    }

    fn overrides(&mut self, key: &Key<'_>, value: &Spanned<DeValue<'_>>) -> Vec<PathLevels> {
        let DeValue::Array(items) = value.get_ref() else {
            self.push_type(key, "a list of tables, each `[[overrides]]`", value);
            return Vec::new();
        };
        let mut overrides = Vec::new();
        for item in items {
            let DeValue::Table(table) = item.get_ref() else {
                self.push_type(key, "a list of tables, each `[[overrides]]`", item);
                continue;
            };
            let mut levels = PathLevels::default();
            for (key, value) in table {
                match key.get_ref().as_ref() {
                    "paths" => levels.paths = self.globs(key, value),
                    "lints" => levels.lints = self.lints(key, value),
                    unknown => {
                        self.push_unknown(key, format!("unknown key `{unknown}`"), OVERRIDE_KEYS.into_iter());
                    }
                }
            }
            for missing in OVERRIDE_KEYS.into_iter().filter(|key| !table.contains_key(*key)) {
                let help = "an override says `paths`, and the levels of `lints` there";
                self.push(item.span(), format!("this override has no `{missing}`"), help);
            }
            overrides.push(levels);
        }
        overrides
    }

    pub(super) fn push_unknown<'k>(
        &mut self,
        key: &Key<'_>,
        message: String,
        known: impl Iterator<Item = &'k str> + Clone,
    ) {
        let help = choice(key.get_ref(), known);
        self.push(key.span(), message, &help);
    }

    pub(super) fn push_type(&mut self, key: &Key<'_>, wanted: &str, value: &Spanned<DeValue<'_>>) {
        let message = format!("`{}` must be {wanted}", key.get_ref());
        let kind = value.get_ref().type_str();
        self.push(value.span(), message, &format!("this has the TOML type {kind}"));
    }

    pub(super) fn push(&mut self, range: Range<usize>, message: String, help: &str) {
        let place = self.place(range);
        self.found.push(Diagnostic::new(&RULE, place, message).help(help));
    }

    fn place(&self, range: Range<usize>) -> Location {
        let [start, end] = [range.start, range.end].map(|offset| (offset + self.skipped) as u32);
        Location { file: self.file, span: Span::new(start, end.max(start)) }
    }
}

/// What was meant, or what there is.
fn choice<'k>(name: &str, known: impl Iterator<Item = &'k str> + Clone) -> String {
    match nearest(name, known.clone()) {
        Some(near) => format!("did you mean `{near}`?"),
        None if known.clone().count() > 10 => "`rulec lints` lists all of them".to_owned(),
        None => format!("there are {}", known.map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")),
    }
}

fn is_circular(config: &Config, name: &str) -> bool {
    let next = |name: &str| config.profiles.get(name).and_then(|profile| profile.extends.as_deref());
    let mut at = next(name);
    for _ in 0..config.profiles.len() {
        match at {
            Some(other) if other == name => return true,
            Some(other) => at = next(other),
            None => return false,
        }
    }
    false
}
