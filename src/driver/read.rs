//! From the files of a rule set to a model: every file by itself, so in parallel.
//!
//! Takes what [`discover`](super::discover) has found and gives the documents, and the scenarios beside them,
//! with all that is wrong with bytes, text, grammar and shape. What the files mean together is left to [`examine`](super::examine).

use camino::Utf8Path;
use rayon::prelude::*;

use super::config::{self, Config, FILE_NAME};
use super::discover::{Content, RuleFile, RuleSet as Discovered};
use super::include::{Including, included};
use super::levels::{Levels, Overrides};
use super::suppress::Suppressions;
use super::{all_rules, unknown_layer};
use crate::diagnostic::{Diagnostic, Level, Silenced};
use crate::host::{Host, absolute};
use crate::model::{self, RuleSet, decode};
use crate::scalar::Date;
use crate::scenario::{self, Suite};
use crate::schema::{layer_of, validate};
use crate::source::{FileId, Source, Sources};
use crate::syntax::{EncodingFault, MAX_BYTES, Parsed, decode_text, parse, unreadable_file};

/// A rule set whose files have been read one by one.
#[derive(Debug)]
pub(super) struct Read {
    pub(super) config: Config,
    pub(super) rules: RuleSet,
    /// What was found, with its levels, in no particular order.
    pub(super) found: Vec<Diagnostic>,
    /// What the files say to leave out.
    pub(super) suppressions: Suppressions,
    /// What was found and is left out.
    pub(super) silenced: Vec<Silenced>,
    /// How many files of its own were looked at.
    pub(super) files: usize,
    /// The files that a part of the rules may be hidden in, because they could not be read to the end.
    pub(super) partial: Vec<FileId>,
    /// The `rulec.toml` among the sources.
    pub(super) config_file: Option<FileId>,
    /// How many scenario files were looked at.
    pub(super) scenario_files: usize,
    /// The scenario files that could be read.
    pub(super) suites: Vec<Suite>,
    /// What was found in scenario files. Rules are worth compiling all the same, so it is kept apart; what is
    /// misspelt in a scenario is never let pass, so no setting changes its level.
    pub(super) in_scenarios: Vec<Diagnostic>,
}

impl Read {
    /// True where `rulec.toml` has an error.
    pub(super) fn is_config_broken(&self) -> bool {
        let is_there = |found: &&Diagnostic| Some(found.file()) == self.config_file;
        self.found.iter().filter(is_there).any(|found| found.level == Level::Error)
    }
}

/// Reads a rule set.
pub(super) fn read(host: &dyn Host, mut set: Discovered, overrides: &Overrides) -> Read {
    let mut sources = Sources::default();
    let mut found = Vec::new();
    let mut config = Config::default();
    let config_file = set.config.as_ref().map(|path| {
        let (source, of_file) = read_config(host, path, &mut config);
        found.extend(of_file);
        sources.add(source)
    });

    let root_name = absolute(host, &set.root).ok();
    let root_name = root_name.and_then(|root| root.file_name().map(str::to_owned)).unwrap_or_default();
    let set_root = set.root.clone();
    let scenarios = set.load_scenarios(host, &config.exclude, MAX_BYTES);
    let first = u32::from(config_file.is_some());
    let files: Vec<(FileId, RuleFile)> =
        (first..).map(FileId).zip(set.load(host, &config.exclude, MAX_BYTES)).collect();
    let files = in_parallel(files, |(file, content)| read_file(file, content));

    let count = files.len();
    let Including { files, found: of_includes, lacking: mut partial } =
        included(host, &set_root, first, files);
    found.extend(of_includes);
    let lent = first + count as u32..first + files.len() as u32;
    let mut loaded = Vec::new();
    for (index, file) in files.into_iter().enumerate() {
        let id = sources.add(file.source);
        debug_assert_eq!(id.0, first + index as u32, "files have their ids before they are read");
        partial.extend((!file.is_whole).then_some(id));
        found.extend(file.found);
        loaded.extend(file.loaded);
    }
    Levels { config: &config, overrides }.apply(&sources, &mut found);
    let scenario_files = scenarios.len();
    let (mut suites, mut in_scenarios) = (Vec::new(), Vec::new());
    for file in scenarios {
        let id = FileId(u32::try_from(sources.iter().count()).expect("fewer than 2^32 files"));
        let (source, suite, found) = read_scenarios(id, file);
        sources.add(source);
        suites.extend(suite);
        in_scenarios.extend(found);
    }
    let rules = RuleSet::new(root_name, sources, loaded).with_included(lent);
    let today = Date::of_unix_time(host.now());
    let suppressions = Suppressions::new(&rules, &all_rules(), today, overrides.suppressions);
    let silenced = suppressions.silence(&rules, &mut found);
    Read {
        config,
        rules,
        found,
        suppressions,
        silenced,
        files: count,
        partial,
        config_file,
        scenario_files,
        suites,
        in_scenarios,
    }
}

/// Fewer files than this are done before other threads have started.
const WORTH_THREADS: usize = 16;

fn in_parallel<T: Send, R: Send>(items: Vec<T>, work: impl Fn(T) -> R + Sync + Send) -> Vec<R> {
    if items.len() < WORTH_THREADS {
        items.into_iter().map(work).collect()
    } else {
        items.into_par_iter().map(work).collect()
    }
}

pub(super) fn read_config(
    host: &dyn Host,
    path: &Utf8Path,
    config: &mut Config,
) -> (Source, Vec<Diagnostic>) {
    let file = FileId(0);
    match host.read(path, MAX_BYTES) {
        Err(why) => (Source::new(FILE_NAME, ""), vec![unreadable_file(file, &why)]),
        Ok(bytes) => {
            let (text, fault) = decode_text(bytes);
            let found = match fault {
                Some(fault) => vec![fault.diagnostic(file)],
                None => {
                    let (settled, found) = config::parse(file, &text, &all_rules());
                    *config = settled;
                    found
                }
            };
            (Source::new(FILE_NAME, text), found)
        }
    }
}

fn read_scenarios(
    file: FileId,
    RuleFile { path, content }: RuleFile,
) -> (Source, Option<Suite>, Vec<Diagnostic>) {
    let path = path.as_str().replace('\\', "/");
    let lost = |path: String, finding: Diagnostic| (Source::new(path, ""), None, vec![finding]);
    let Content { format, bytes } = match content {
        Ok(content) => content,
        Err(why) => {
            let message = format!("these scenarios can't be read: {why}");
            return lost(path, Diagnostic { message, ..unreadable_file(file, &why) });
        }
    };
    let (text, fault) = decode_text(bytes);
    if let Some(fault) = fault {
        return lost(path, fault.diagnostic(file));
    }
    let (suite, found) = scenario::read(file, format, &text);
    (Source::new(path, text), Some(suite), found)
}

/// A rule file by itself.
pub(super) struct ReadFile {
    pub(super) source: Source,
    pub(super) loaded: Option<model::Loaded>,
    found: Vec<Diagnostic>,
    is_whole: bool,
}

/// Reads a rule file; `file` is the id that its source is to have.
pub(super) fn read_file(file: FileId, RuleFile { path, content }: RuleFile) -> ReadFile {
    let path = path.as_str().replace('\\', "/");
    let lost = |path: String, finding: Diagnostic| ReadFile {
        source: Source::new(path, ""),
        loaded: None,
        found: vec![finding],
        is_whole: false,
    };
    let Content { format, bytes } = match content {
        Ok(content) => content,
        Err(why) => return lost(path, unreadable_file(file, &why)),
    };
    let (text, fault) = decode_text(bytes);
    if let Some(fault) = fault.filter(EncodingFault::hides_text) {
        return lost(path, fault.diagnostic(file));
    }
    let mut parsed = parse(file, format, &text);
    let mut found: Vec<Diagnostic> = fault.map(|fault| fault.diagnostic(file)).into_iter().collect();
    found.append(&mut parsed.diagnostics);
    let document = match layer_of(&path, &parsed.tree, &text) {
        None => {
            found.extend(unknown_layer(&parsed.tree, &text));
            None
        }
        Some(layer) => {
            let (of_shape, bad) = validate(&parsed, &text, layer);
            found.extend(of_shape);
            Some((layer, decode(&parsed.tree, &text, layer, &bad)))
        }
    };
    let Parsed { tree, complete, .. } = parsed;
    let loaded = document.map(|(layer, document)| model::Loaded { file, layer, tree, document });
    ReadFile { source: Source::new(path, text), loaded, found, is_whole: complete }
}
