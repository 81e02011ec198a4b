//! From a folder on a machine, or a few texts, to findings.

use camino::{Utf8Path, Utf8PathBuf};

use super::config::{Config, FILE_NAME};
use super::discover::{self, DiscoverError, discover};
use super::examine::{examine, is_partial};
use super::levels::{Levels, Overrides};
use super::read::{Read, read};
use crate::diagnostic::{Diagnostic, Sink};
use crate::host::{Host, Memory, absolute};
use crate::model::RuleSet;
use crate::scenario::Suite;
use crate::source::FileId;
use crate::syntax::MAX_BYTES;

/// A rule set that has been checked.
#[derive(Debug)]
pub struct Checked {
    /// Its folder, as it was asked for.
    pub root: Utf8PathBuf,
    /// What its `rulec.toml` says.
    pub config: Config,
    /// What its files say.
    pub rules: RuleSet,
    /// What was found, by file and place; nothing of level `off`.
    pub findings: Vec<Diagnostic>,
    /// How many files were looked at, those included that could not be read: rule files, and the scenarios
    /// beside them where those are judged too.
    pub files: usize,
    /// The `rulec.toml` among the sources, where there is one.
    pub config_file: Option<FileId>,
    /// The scenario files that could be read.
    pub suites: Vec<Suite>,
    /// True where errors of single files kept the phases that judge the whole from running.
    pub is_partial: bool,
}

impl Checked {
    pub(super) fn new(root: Utf8PathBuf, read: Read, findings: Vec<Diagnostic>) -> Self {
        let is_partial = is_partial(&read);
        let Read { config, rules, files, config_file, suites, .. } = read;
        Self { root, config, rules, findings, files, config_file, suites, is_partial }
    }
}

/// Checks the rule sets that these paths stand for, each once; without a path, the one around the working
/// directory.
///
/// # Errors
/// Where a path leads to nothing that can be looked through.
pub fn check(
    host: &dyn Host,
    paths: &[Utf8PathBuf],
    overrides: &Overrides,
) -> Result<Vec<Checked>, DiscoverError> {
    let sets = rule_sets(host, paths)?;
    Ok(sets.into_iter().map(|set| check_set(host, set, overrides)).collect())
}

/// Checks texts as the files of one rule set, without a machine: paths and what stands there. One of them may
/// be `rulec.toml`; what is no rule file is left alone.
///
/// ```
/// let checked = rulec::driver::check_files(&[("L5-bake.yaml", "procedures: []\nbread: rye\n")]);
/// let messages: Vec<_> = checked.findings.iter().map(|found| found.message.as_str()).collect();
/// assert_eq!(messages, ["unknown key `bread`"]);
/// ```
#[must_use]
pub fn check_files(files: &[(&str, &str)]) -> Checked {
    let host = memory(files);
    let mut sets = discover(&host, Some(Utf8Path::new(".")), MAX_BYTES).expect("the folder is there");
    let set = sets.swap_remove(0);
    check_set(&host, set, &Overrides::default())
}

/// A machine that has these files and nothing else.
pub(super) fn memory(files: &[(&str, &str)]) -> Memory {
    let host = Memory::new().file(FILE_NAME, "");
    files.iter().fold(host, |host, (path, text)| host.file(path, *text))
}

/// The rule sets that these paths stand for, each once.
pub(super) fn rule_sets(
    host: &dyn Host,
    paths: &[Utf8PathBuf],
) -> Result<Vec<discover::RuleSet>, DiscoverError> {
    if paths.is_empty() {
        return discover(host, None, MAX_BYTES);
    }
    let mut sets: Vec<discover::RuleSet> = Vec::new();
    let mut seen = Vec::new();
    for path in paths {
        for set in discover(host, Some(path), MAX_BYTES)? {
            let place = absolute(host, &set.root).unwrap_or_else(|_| set.root.clone());
            if !seen.contains(&place) {
                seen.push(place);
                sets.push(set);
            }
        }
    }
    Ok(sets)
}

fn check_set(host: &dyn Host, set: discover::RuleSet, overrides: &Overrides) -> Checked {
    let root = set.root.clone();
    let read = read(host, set, overrides);
    let levels = Levels { config: &read.config, overrides };
    let (_, findings) = examine(&read, levels);
    let mut sink = Sink::default();
    sink.extend(findings);
    sink.extend(read.in_scenarios.iter().cloned());
    let scenario_files = if read.files > 0 { read.scenario_files } else { 0 };
    let checked = Checked::new(root, read, sink.finish());
    Checked { files: checked.files + scenario_files, ..checked }
}
