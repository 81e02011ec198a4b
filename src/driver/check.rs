//! From a folder on a machine, or a few texts, to findings.

use camino::{Utf8Path, Utf8PathBuf};
use rustc_hash::FxHashMap;

use super::config::{Config, FILE_NAME};
use super::discover::{self, discover};
use super::entry::Refusal;
use super::examine::{Examination, examine, is_partial};
use super::levels::{Levels, Overrides};
use super::path_missing::path_missing;
use super::read::{Read, read};
use crate::diagnostic::{Diagnostic, Level, Silenced, Sink};
use crate::host::{Host, Kind, Memory, absolute};
use crate::model::RuleSet;
use crate::scenario::Suite;
use crate::source::{FileId, Location};
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
    /// What was found and is left out, by file and place.
    pub silenced: Vec<Silenced>,
    /// The least level that fails, as its `rulec.toml` says.
    pub deny: Level,
    /// How many files were looked at, those included that could not be read: rule files, and the scenarios
    /// beside them where those are judged too.
    pub files: usize,
    /// The `rulec.toml` among the sources, where there is one.
    pub config_file: Option<FileId>,
    /// The baseline among the sources, where it was read.
    pub baseline_file: Option<FileId>,
    /// The scenario files that could be read.
    pub suites: Vec<Suite>,
    /// True where errors of single files kept the phases that judge the whole from running.
    pub is_partial: bool,
}

impl Checked {
    pub(super) fn new(root: Utf8PathBuf, read: Read, findings: Vec<Diagnostic>) -> Self {
        let is_partial = is_partial(&read);
        let deny = Levels { config: &read.config, overrides: &Overrides::default() }.deny();
        let Read { config, rules, files, config_file, suites, .. } = read;
        let silenced = Vec::new();
        let baseline_file = None;
        Self {
            root,
            config,
            rules,
            findings,
            silenced,
            deny,
            baseline_file,
            files,
            config_file,
            suites,
            is_partial,
        }
    }
}

/// Which of the findings of a rule set were asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Part {
    /// All.
    Whole,
    /// Those that these of its files have a part in.
    Files(Vec<FileId>),
}

/// What was asked for and is no file of the rule set around it.
pub type Strangers = Vec<Utf8PathBuf>;

/// Checks the rule sets that these paths stand for, each once; without a path, the one around the working
/// directory. A file stands for the rule set around it, which is checked as a whole.
///
/// # Errors
/// Where a path leads to nothing that can be looked through, or the profile that is asked for does not exist.
pub fn check(host: &dyn Host, paths: &[Utf8PathBuf], overrides: &Overrides) -> Result<Vec<Checked>, Refusal> {
    let sets = rule_sets(host, paths)?;
    sets.into_iter().map(|set| check_set(host, set, overrides)).collect()
}

/// Which part of a rule set was asked for with these paths: the whole, unless all that lead to it are files. Its
/// `rulec.toml` is about all of it.
#[must_use]
pub fn part(host: &dyn Host, paths: &[Utf8PathBuf], checked: &Checked) -> (Part, Strangers) {
    let place = |path: &Utf8Path| absolute(host, path).unwrap_or_else(|_| path.to_owned());
    let root = place(&checked.root);
    let (files, folders): (Vec<_>, Vec<_>) =
        paths.iter().partition(|path| matches!(host.kind(path), Ok(Kind::File)));
    let is_near = |folder: &&&Utf8PathBuf| {
        let folder = place(folder);
        folder.starts_with(&root) || root.starts_with(&folder)
    };
    let files: Vec<_> = files.into_iter().filter(|file| place(file).starts_with(&root)).collect();
    if paths.is_empty() || folders.iter().any(|folder| is_near(&folder)) {
        return (Part::Whole, Vec::new());
    }
    let known: FxHashMap<Utf8PathBuf, FileId> =
        checked.rules.sources.iter().map(|(id, source)| (root.join(&source.path), id)).collect();
    let (mut asked, mut strangers) = (Vec::new(), Vec::new());
    for file in files {
        match known.get(&place(file)) {
            Some(id) if Some(*id) == checked.config_file => return (Part::Whole, Vec::new()),
            Some(id) => asked.push(*id),
            None => strangers.push(file.clone()),
        }
    }
    asked.sort_unstable();
    asked.dedup();
    (Part::Files(asked), strangers)
}

impl Checked {
    /// Keeps the findings that have a place in one of these files, and errors of `rulec.toml`, without which
    /// nothing is certain. Gives how many were taken out.
    pub fn keep_only(&mut self, files: &[FileId]) -> usize {
        let is_in = |place: &Location| files.binary_search(&place.file).is_ok();
        let settings = [self.config_file, self.baseline_file];
        let concerns = |finding: &Diagnostic| {
            let labels = std::iter::once(&finding.primary).chain(&finding.related);
            let is_setting = finding.level == Level::Error && settings.contains(&Some(finding.file()));
            is_setting || labels.into_iter().any(|label| is_in(&label.location))
        };
        let before = self.findings.len();
        self.findings.retain(concerns);
        self.silenced.retain(|silenced| concerns(&silenced.finding));
        self.files = files.len();
        before - self.findings.len()
    }

    /// True where `rulec.toml`, or the baseline that it names, has an error.
    #[must_use]
    pub fn is_config_broken(&self) -> bool {
        let settings = [self.config_file, self.baseline_file];
        let is_in = |found: &&Diagnostic| settings.contains(&Some(found.file()));
        self.findings.iter().filter(is_in).any(|found| found.level == Level::Error)
    }
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
    check_set(&host, set, &Overrides::default()).expect("no profile is asked for")
}

/// A machine that has these files and nothing else.
pub(super) fn memory(files: &[(&str, &str)]) -> Memory {
    let host = Memory::new().file(FILE_NAME, "");
    files.iter().fold(host, |host, (path, text)| host.file(path, *text))
}

/// The rule sets that these paths stand for, each once.
pub(super) fn rule_sets(host: &dyn Host, paths: &[Utf8PathBuf]) -> Result<Vec<discover::RuleSet>, Refusal> {
    if paths.is_empty() {
        return Ok(discover(host, None, MAX_BYTES)?);
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

pub(super) fn check_set(
    host: &dyn Host,
    set: discover::RuleSet,
    overrides: &Overrides,
) -> Result<Checked, Refusal> {
    let root = set.root.clone();
    let read = read(host, set, overrides);
    let levels = Levels { config: &read.config, overrides };
    levels.check_profile(&read)?;
    let deny = levels.deny();
    let Examination { findings, silenced, .. } =
        examine(&read, levels, path_missing(host, &root, &read.rules));
    let mut sink = Sink::default();
    sink.extend(findings);
    sink.extend(read.in_scenarios.iter().cloned());
    let scenario_files = if read.files > 0 { read.scenario_files } else { 0 };
    let checked = Checked::new(root, read, sink.finish());
    Ok(Checked { files: checked.files + scenario_files, silenced, deny, ..checked })
}
