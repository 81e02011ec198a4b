//! `rulec.toml`: what a team has settled for a rule set.
//!
//! [`parse`] is total: it takes what it can, and gives a finding for each thing that it can't, at its place.
//! [`schema`] describes the same keys for editors. Where the file stands, and what its settings change, is
//! left to [`discover`](super::discover) and the phases.

mod compiled;
mod profile;
mod reader;

pub use compiled::Compiled;
pub use profile::{BuiltIn, Profile};

use std::collections::BTreeMap;

use camino::{Utf8Path, Utf8PathBuf};
use schemars::{JsonSchema, Schema, json_schema};
use serde_json::{Value, json};
use toml::de::DeTable;

use crate::diagnostic::{Diagnostic, Level, RuleInfo};
use crate::scalar::Glob;
use crate::source::{FileId, Location};
use reader::Reader;

/// The name of the file. The folder that it stands in is a rule set.
pub const FILE_NAME: &str = "rulec.toml";

/// Settings of a rule set. The file `rulec.toml` stands at its root; every key may be left out.
#[derive(Debug, Clone, Default, PartialEq, Eq, JsonSchema)]
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
    /// Levels of rules, by id or code, where they shall differ from those of the profile.
    #[schemars(schema_with = "levels_ref")]
    pub lints: BTreeMap<&'static str, Level>,
    /// The least level that makes `rulec check` fail; without it, that of the profile, else `error`.
    #[schemars(schema_with = "deny_level")]
    pub deny: Option<Level>,
    /// The levels to start from: `default`; `strict`, where warnings are errors and notes are warnings; `adopt`,
    /// where what can be lived with for now is one level less; or one of `profiles`. `--profile` counts before it.
    #[schemars(with = "String", extend("default" = "default", "examples" = ["strict", "adopt"]))]
    pub profile: Option<String>,
    /// Profiles of the team's own, by name.
    pub profiles: BTreeMap<String, Profile>,
    /// Levels of rules in some files. Where several cover a file and name a rule, the last one counts.
    pub overrides: Vec<PathLevels>,
    /// The file of accepted findings that `rulec check` leaves out, from the folder of `rulec.toml`;
    /// `rulec baseline write` makes it.
    #[schemars(with = "String", extend("examples" = [".rulec-baseline.json"]))]
    pub baseline: Option<BaselinePath>,
    /// The files that hold compiled forms of the rules: `rulec compile --all` writes them, and with `--check` compares them.
    #[schemars(schema_with = "compiled::schema")]
    pub compiled: Vec<Compiled>,
}

/// Levels of rules in some files.
#[derive(Debug, Clone, Default, PartialEq, Eq, JsonSchema)]
#[schemars(deny_unknown_fields, extend("required" = ["paths", "lints"]))]
pub struct PathLevels {
    /// Path patterns, from the folder of `rulec.toml`, for files, or for folders and all that is in them.
    #[schemars(with = "Vec<String>", extend("examples" = [["legacy/**"]]))]
    pub paths: Vec<Glob>,
    /// Levels of rules, by id or code.
    #[schemars(schema_with = "levels_ref")]
    pub lints: BTreeMap<&'static str, Level>,
}

impl PathLevels {
    /// True for a file, by its path from the folder of the rule set.
    #[must_use]
    pub fn covers(&self, path: &str) -> bool {
        covers(&self.paths, Utf8Path::new(path))
    }
}

/// Where the baseline is said to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BaselinePath {
    /// The path, from the folder of `rulec.toml`.
    pub path: Utf8PathBuf,
    /// Where that stands.
    pub place: Location,
}

/// The levels by name, the gravest first.
const LEVELS: [Level; 4] = [Level::Error, Level::Warning, Level::Note, Level::Off];

/// The keys of the file.
const KEYS: [&str; 9] =
    ["name", "exclude", "lints", "deny", "profile", "profiles", "overrides", "baseline", "compiled"];

/// The keys of a profile.
const PROFILE_KEYS: [&str; 3] = ["extends", "deny", "lints"];

/// The keys of an override. It needs them all.
const OVERRIDE_KEYS: [&str; 2] = ["paths", "lints"];

impl Config {
    /// True for the name of a profile, built in or of the team's own.
    #[must_use]
    pub fn has_profile(&self, name: &str) -> bool {
        BuiltIn::of_name(name).is_some() || self.profiles.contains_key(name)
    }

    /// The profiles of the team's own that count, in that order, and the one that is built in below them.
    /// `asked` is the name that the command line says, if any.
    #[must_use]
    pub fn profiles(&self, asked: Option<&str>) -> (Vec<&Profile>, BuiltIn) {
        let (mut own, mut at) = (Vec::new(), asked.or(self.profile.as_deref()));
        while let Some(profile) = at.and_then(|name| self.profiles.get(name)) {
            own.push(profile);
            at = profile.extends.as_deref();
        }
        (own, at.and_then(BuiltIn::of_name).unwrap_or_default())
    }
}

/// True where a pattern matches a path, or a folder that it is in.
pub(super) fn covers(patterns: &[Glob], path: &Utf8Path) -> bool {
    path.ancestors().any(|part| patterns.iter().any(|glob| glob.matches(part.as_str())))
}

/// Reads a `rulec.toml`. `rules` are all that a level can be given to.
#[must_use]
pub fn parse(file: FileId, text: &str, rules: &[&'static RuleInfo]) -> (Config, Vec<Diagnostic>) {
    let toml = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut reader = Reader::new(file, text.len() - toml.len(), rules);
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
        let level = json!({ "enum": levels(), "default": rule.level.name(), "description": rule.summary });
        (rule.id.to_owned(), level)
    });
    schema["$defs"]["Levels"] = json!({
        "type": "object",
        "properties": by_id.collect::<serde_json::Map<_, _>>(),
        "patternProperties": { "^R[0-9]{4}$": { "enum": levels() } },
        "additionalProperties": false,
    });
    // Nothing is required: what is left out has its default.
    for place in ["", "/$defs/Profile"] {
        if let Some(Value::Object(schema)) = schema.pointer_mut(place) {
            schema.remove("required");
        }
    }
    schema
}

fn levels_ref(_: &mut schemars::SchemaGenerator) -> Schema {
    json_schema!({ "$ref": "#/$defs/Levels" })
}

fn deny_level(_: &mut schemars::SchemaGenerator) -> Schema {
    let levels: Vec<_> = levels().into_iter().filter(|name| *name != Level::Off.name()).collect();
    json_schema!({ "enum": levels })
}

fn levels() -> Vec<&'static str> {
    LEVELS.iter().map(|level| level.name()).collect()
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
             unreadable-file = \"note\"\n[[compiled]]\nentry = \"E1\"\ntarget = \"sh\"\noutput = \"E1.sh\"\n\
             set = { ovens = 3, name = \"a\" }\n[[compiled]]\noutput = \"plans/\"\n",
        );
        assert_eq!(found, Vec::<String>::new());
        assert_eq!(config.name.as_deref(), Some("bakery"));
        assert!(config.exclude[0].matches("drafts/old/L1-a.json"));
        assert_eq!(
            config.lints,
            BTreeMap::from([("invalid-config", Level::Off), ("unreadable-file", Level::Note)])
        );
        assert_eq!(config.deny, Some(Level::Warning));
        let [of_one, of_all] = &config.compiled[..] else { panic!("two tables: {config:?}") };
        assert_eq!(
            (of_one.entry.as_deref(), of_one.target.as_str(), of_one.output.as_str()),
            (Some("E1"), "sh", "E1.sh")
        );
        assert_eq!(
            of_one.set,
            BTreeMap::from([("name".to_owned(), json!("a")), ("ovens".to_owned(), json!(3))])
        );
        assert_eq!((&of_all.entry, of_all.target.as_str()), (&None, "plan"));
        assert_eq!(check("").0, Config::default());
    }

    #[test]
    fn says_what_is_wrong_where() {
        for (text, expected) in [
            ("lint = 1", vec!["lint: unknown key `lint`; did you mean `lints`?"]),
            (
                "colour = 1",
                vec![
                    "colour: unknown key `colour`; there are `name`, `exclude`, `lints`, `deny`, `profile`, `profiles`, `overrides`, `baseline`, `compiled`",
                ],
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
            ("profile = 'strickt'", vec!["'strickt': there is no profile `strickt`; did you mean `strict`?"]),
            (
                "profile = 'x'\n[profiles.night]",
                vec!["'x': there is no profile `x`; there are `default`, `strict`, `adopt`, `night`"],
            ),
            (
                "[profiles.adopt]\ndeny = 'note'",
                vec![
                    "adopt: the profile `adopt` is built in; choose another name, and say what it `extends`",
                ],
            ),
            (
                "[profiles.a]\nextend = 'adopt'\nlints.unreadable-fil = 'off'",
                vec![
                    "extend: unknown key `extend`; did you mean `extends`?",
                    "unreadable-fil: there is no rule `unreadable-fil`; did you mean `unreadable-file`?",
                ],
            ),
            (
                "profile = 'a'\n[profiles.a]\nextends = 'b'\n[profiles.b]\nextends = 'a'",
                vec!["'b': the profile `a` rests on itself; let it extend `default`, `strict` or `adopt`"],
            ),
            (
                "[[overrides]]\npath = ['a']",
                vec![
                    "path: unknown key `path`; did you mean `paths`?",
                    "[[overrides]]: this override has no `paths`; an override says `paths`, and the levels of `lints` there",
                    "[[overrides]]: this override has no `lints`; an override says `paths`, and the levels of `lints` there",
                ],
            ),
            ("baseline = ''", vec!["'': the path of a file is missing; write `.rulec-baseline.json`"]),
            ("deny = 'errors'", vec!["'errors': this is no level; did you mean `error`?"]),
            (
                "compiled = 1",
                vec![
                    "1: `compiled` must be a list of tables, each `[[compiled]]`; this has the TOML type integer",
                ],
            ),
            (
                "compiled = [{}]",
                vec!["{}: `compiled` has no `output`; say which file is compiled: `output = \"E1.sh\"`"],
            ),
            (
                "compiled = [{ outputs = 'x' }]",
                vec!["outputs: unknown key `outputs`; did you mean `output`?"],
            ),
            (
                "compiled = [{ output = 'x', target = 'bash' }]",
                vec![
                    "'bash': there is no target `bash`; there are `plan`, `sh`, `markdown`, `mermaid`, `dot`, `systemd`, `nginx`, `logrotate`, `env`, `prometheus`",
                ],
            ),
            ("deny = 'off'", vec!["'off': this is no level; write `error`, `warning` or `note`"]),
            (
                "a = 1\n[lints]\nb = 'off'",
                vec![
                    "a: unknown key `a`; there are `name`, `exclude`, `lints`, `deny`, `profile`, `profiles`, `overrides`, `baseline`, `compiled`",
                    "b: there is no rule `b`; `rulec lints` lists all of them",
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
