//! Rule sets of any size, made up and the same on every machine: what benchmarks measure and tests hold to
//! be clean.
//!
//! [`teams`] gives a rule set of many small files in all five layers, [`procedure`] one large file of one
//! procedure, [`decisions`] one of one decision's rules. All references lead somewhere and every shape is right, so that what is measured is the way
//! of a rule set without findings.

mod layers;
mod long;
mod random;
mod rules;
mod spell;
mod value;

use random::Random;
use value::Value;

/// A file of a rule set.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct File {
    /// Its path from the rule set's folder.
    pub(crate) path: String,
    /// What it says.
    pub(crate) text: String,
}

/// How the files of a rule set are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Spelling {
    /// All in JSON.
    Json,
    /// All in YAML.
    Yaml,
    /// All in TOML.
    Toml,
    /// One file after the other in JSON, YAML and TOML.
    Mixed,
}

/// How many files a team has.
pub(crate) const FILES_PER_TEAM: usize = 10;

/// A rule set of so many teams, each with [`FILES_PER_TEAM`] files of about 4 KB. Teams rest on one another.
pub(crate) fn teams(count: usize, spelling: Spelling) -> Vec<File> {
    let mut random = Random::new(1);
    let mut files = Vec::new();
    for team in 0..count {
        for (stem, value) in layers::team(team, &mut random) {
            let (ending, spell): (_, fn(&Value) -> String) = match (spelling, files.len() % 3) {
                (Spelling::Json, _) | (Spelling::Mixed, 0) => ("json", spell::json),
                (Spelling::Yaml, _) | (Spelling::Mixed, 1) => ("yaml", spell::yaml),
                (Spelling::Toml, _) | (Spelling::Mixed, _) => ("toml", spell::toml),
            };
            let path = format!("{}/{stem}.{ending}", layers::name(team));
            files.push(File { path, text: spell(&value) });
        }
    }
    files
}

/// A rule set of one file in JSON: one procedure of so many steps, about 690 bytes each.
pub(crate) fn procedure(steps: usize) -> File {
    let value = long::procedure(steps, &mut Random::new(2));
    File { path: "L5-night.json".to_owned(), text: spell::json(&value) }
}

/// A rule set of one file in JSON: so many rules for one decision, and one for what they leave over.
pub(crate) fn decisions(rules: usize) -> File {
    let value = rules::decisions(rules, &mut Random::new(3));
    File { path: "L4-hosts.json".to_owned(), text: spell::json(&value) }
}
