//! `rulec.toml`: what a team has settled for a rule set.
//!
//! [`parse`] is total: it takes what it can, and gives a finding for each thing that it can't, at its place.
//! [`schema`] describes the same keys for editors. Where the file stands, and what its settings change, is
//! left to [`discover`](super::discover) and the phases.

use std::collections::BTreeMap;
use std::ops::Range;

use schemars::{JsonSchema, Schema, json_schema};
use serde_json::{Value, json};
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::invalid_config::RULE;
use crate::diagnostic::{Diagnostic, Level, RuleInfo};
use crate::scalar::{Glob, nearest};
use crate::source::{FileId, Location, Span};

/// The name of the file. The folder that it stands in is a rule set.
pub const FILE_NAME: &str = "rulec.toml";

/// Settings of a rule set. The file `rulec.toml` stands at its root; every key may be left out.
#[derive(Debug, Clone, PartialEq, Eq, JsonSchema)]
#[schemars(
    title = "rulec.toml",
    deny_unknown_fields,
    extend("$id" = "https://rulec.dev/schemas/1/config.schema.json")
)]
pub struct Config {
    /// What the rule set is called.
    #[schemars(with = "String", extend("examples" = ["bakery"]))]
    pub name: Option<String>,
    /// Path patterns, from the folder of `rulec.toml`: what matches is no part of the rule set.
    #[schemars(with = "Vec<String>", extend("examples" = [["drafts/**"]]))]
    pub exclude: Vec<Glob>,
    /// Levels of rules, by id or code, where they shall differ from the rules' own.
    #[schemars(schema_with = "any_levels")]
    pub lints: BTreeMap<&'static str, Level>,
    /// The least level that makes `rulec check` fail.
    #[schemars(schema_with = "deny_level")]
    pub deny: Level,
}

impl Default for Config {
    /// What holds without a file.
    fn default() -> Self {
        Self { name: None, exclude: Vec::new(), lints: BTreeMap::new(), deny: Level::Error }
    }
}

/// The levels by name, the gravest first.
const LEVELS: [Level; 4] = [Level::Error, Level::Warning, Level::Note, Level::Off];

/// The keys of the file.
const KEYS: [&str; 4] = ["name", "exclude", "lints", "deny"];

/// Reads a `rulec.toml`. `rules` are all that a level can be given to.
#[must_use]
pub fn parse(file: FileId, text: &str, rules: &[&'static RuleInfo]) -> (Config, Vec<Diagnostic>) {
    let toml = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut reader = Reader { file, skipped: text.len() - toml.len(), rules, found: Vec::new() };
    let (table, errors) = DeTable::parse_recoverable(toml);
    for error in errors {
        reader.push(
            error.span().unwrap_or(0..0),
            lower(error.message()),
            "see https://toml.io for its grammar",
        );
    }
    // What follows a syntax error is guesswork; one mistake shall give one finding.
    let config = if reader.found.is_empty() { reader.config(table.get_ref()) } else { Config::default() };
    (config, reader.found)
}

/// The JSON Schema of the file, with every rule by name.
#[must_use]
pub fn schema(rules: &[&'static RuleInfo]) -> Value {
    let mut schema = schemars::schema_for!(Config).to_value();
    let by_id = rules.iter().map(|rule| {
        (rule.id, json!({ "enum": levels(), "default": rule.level.name(), "description": rule.summary }))
    });
    schema["properties"]["lints"]["properties"] = by_id.collect();
    // Nothing is required: what is left out has its default.
    if let Some(schema) = schema.as_object_mut() {
        schema.remove("required");
    }
    schema
}

fn any_levels(_: &mut schemars::SchemaGenerator) -> Schema {
    json_schema!({
        "type": "object",
        "patternProperties": { "^R[0-9]{4}$": { "enum": levels() } },
        "additionalProperties": false,
    })
}

fn deny_level(_: &mut schemars::SchemaGenerator) -> Schema {
    let levels: Vec<_> = levels().into_iter().filter(|name| *name != Level::Off.name()).collect();
    json_schema!({ "enum": levels, "default": Config::default().deny.name() })
}

fn levels() -> Vec<&'static str> {
    LEVELS.iter().map(|level| level.name()).collect()
}

/// Takes the tables apart and collects what is wrong.
struct Reader<'a> {
    file: FileId,
    /// Bytes of a byte order mark, which the parser did not see.
    skipped: usize,
    rules: &'a [&'static RuleInfo],
    found: Vec<Diagnostic>,
}

type Key<'a> = Spanned<std::borrow::Cow<'a, str>>;

impl Reader<'_> {
    fn config(&mut self, table: &DeTable<'_>) -> Config {
        let mut config = Config::default();
        for (key, value) in table {
            match key.get_ref().as_ref() {
                "name" => config.name = self.text(key, value),
                "exclude" => config.exclude = self.globs(key, value),
                "lints" => config.lints = self.lints(key, value),
                "deny" => config.deny = self.level(value, &LEVELS[..3]).unwrap_or(config.deny),
                unknown => self.push_unknown(key, format!("unknown key `{unknown}`"), KEYS.into_iter()),
            }
        }
        config
    }

    fn text(&mut self, key: &Key<'_>, value: &Spanned<DeValue<'_>>) -> Option<String> {
        match value.get_ref() {
            DeValue::String(text) => Some(text.to_string()),
            _ => {
                self.push_type(key, "text", value);
                None
            }
        }
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
        if let DeValue::String(name) = value.get_ref()
            && let Some(level) = levels.iter().find(|level| level.name() == name.as_ref())
        {
            return Some(*level);
        }
        let names: Vec<_> = levels.iter().map(|level| format!("`{level}`")).collect();
        let (last, before) = names.split_last().expect("there are levels");
        let help = format!("write {} or {last}", before.join(", "));
        self.push(value.span(), "this is no level".to_owned(), &help);
        None
    }

    fn push_unknown<'k>(
        &mut self,
        key: &Key<'_>,
        message: String,
        known: impl Iterator<Item = &'k str> + Clone,
    ) {
        let help = match nearest(key.get_ref(), known.clone()) {
            Some(near) => format!("did you mean `{near}`?"),
            None if known.clone().count() > 10 => "`rulec explain` lists all of them".to_owned(),
            None => {
                format!("there are {}", known.map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", "))
            }
        };
        self.push(key.span(), message, &help);
    }

    fn push_type(&mut self, key: &Key<'_>, wanted: &str, value: &Spanned<DeValue<'_>>) {
        let message = format!("`{}` must be {wanted}", key.get_ref());
        let kind = value.get_ref().type_str();
        self.push(value.span(), message, &format!("this has the TOML type {kind}"));
    }

    fn push(&mut self, range: Range<usize>, message: String, help: &str) {
        let [start, end] = [range.start, range.end].map(|offset| (offset + self.skipped) as u32);
        let place = Location { file: self.file, span: Span::new(start, end.max(start)) };
        self.found.push(Diagnostic::new(&RULE, place, message).help(help));
    }
}

fn lower(message: &str) -> String {
    let mut letters = message.chars();
    let first = letters.next().map(|first| first.to_lowercase().to_string()).unwrap_or_default();
    first + letters.as_str().trim_end_matches('.')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str) -> (Config, Vec<String>) {
        let (config, found) = parse(FileId(0), text, &crate::driver::all_rules());
        let show = |found: &Diagnostic| {
            let place = &text[found.primary.location.span.range()];
            format!("{place}: {}; {}", found.message, found.help.as_deref().unwrap_or_default())
        };
        (config, found.iter().map(show).collect())
    }

    #[test]
    fn takes_every_key() {
        let (config, found) = check(
            "\u{feff}name = \"bakery\"\r\nexclude = [\"drafts/**\"]\ndeny = \"warning\"\n[lints]\nR0007 = \"off\"\n\
             unreadable-file = \"note\"\n",
        );
        assert_eq!(found, Vec::<String>::new());
        assert_eq!(config.name.as_deref(), Some("bakery"));
        assert!(config.exclude[0].matches("drafts/old/L1-a.json"));
        assert_eq!(
            config.lints,
            BTreeMap::from([("invalid-config", Level::Off), ("unreadable-file", Level::Note)])
        );
        assert_eq!(config.deny, Level::Warning);
        assert_eq!(check("").0, Config::default());
    }

    #[test]
    fn says_what_is_wrong_where() {
        for (text, expected) in [
            ("lint = 1", vec!["lint: unknown key `lint`; did you mean `lints`?"]),
            (
                "colour = 1",
                vec!["colour: unknown key `colour`; there are `name`, `exclude`, `lints`, `deny`"],
            ),
            ("name = 1", vec!["1: `name` must be text; this has the TOML type integer"]),
            (
                "exclude = 'a'",
                vec!["'a': `exclude` must be a list of path patterns; this has the TOML type string"],
            ),
            (
                "exclude = [1]",
                vec!["1: `exclude` must be a list of path patterns; this has the TOML type integer"],
            ),
            ("exclude = ['[a']", vec!["'[a': `[` has no `]`; close it, or write `\\[` for the character"]),
            (
                "lints = []",
                vec!["[]: `lints` must be a table of rules and levels; this has the TOML type array"],
            ),
            (
                "lints.unreadable-fil = 'off'",
                vec!["unreadable-fil: there is no rule `unreadable-fil`; did you mean `unreadable-file`?"],
            ),
            (
                "lints.unreadable-file = 'fatal'",
                vec!["'fatal': this is no level; write `error`, `warning`, `note` or `off`"],
            ),
            (
                "[lints]\nR0006 = 'off'\nunreadable-file = 'note'",
                vec![
                    "unreadable-file: `unreadable-file` has a level already, by its other name; keep one of the two",
                ],
            ),
            ("deny = 'off'", vec!["'off': this is no level; write `error`, `warning` or `note`"]),
            (
                "a = 1\n[lints]\nb = 'off'",
                vec![
                    "a: unknown key `a`; there are `name`, `exclude`, `lints`, `deny`",
                    "b: there is no rule `b`; `rulec explain` lists all of them",
                ],
            ),
        ] {
            assert_eq!(check(text).1, expected, "{text}");
        }
    }

    #[test]
    fn broken_text_gives_the_default() {
        for text in
            ["name = ", "[lints", "name = 1\nname = 2", "a = \"\u{0}", "\u{feff}=", &"[".repeat(10_000)]
        {
            let (config, found) = check(text);
            assert_eq!(config, Config::default());
            assert!(!found.is_empty(), "{text}");
        }
    }

    #[test]
    fn the_schema_knows_the_same_keys() {
        let schema = schema(&crate::driver::all_rules());
        let keys: Vec<_> = schema["properties"].as_object().unwrap().keys().map(String::as_str).collect();
        let mut known = KEYS;
        known.sort_unstable();
        assert_eq!(keys, known);
    }
}
