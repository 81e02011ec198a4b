//! Finds rule sets and reads their files.
//!
//! A folder with a `rulec.toml` is a rule set; elsewhere the top-most folder that holds a rule file is one.
//! A rule set has all rule files below its folder but those of rule sets with a `rulec.toml` of their own.
//! Which one is meant:
//!
//! - *A folder* stands for itself if it is a rule set, else for all rule sets in it.
//! - *A file* stands for the rule set around it: the nearest folder upwards with a `rulec.toml`, else the
//!   top-most one that holds a rule file. The search ends at the root of the repository; outside of one, at
//!   the first folder without rule files. Where nothing is around, for the rule sets beside and below it.
//! - *Nothing* stands for the rule set around the working directory, in the same way.
//!
//! What is hidden or ignored by git is not seen, and what is no rule file is left alone. What is named like
//! one counts, also when it can't be read. `NAME.scenario.json`, `.yaml` and `.toml` are scenarios of the rule
//! set that they stand in: they are no rule files, and alone they make no rule set. Meaning and findings are
//! left to the phases that follow.

mod layer;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use camino::{Utf8Path, Utf8PathBuf};
use rayon::prelude::*;

use super::config::{FILE_NAME as CONFIG, covers};
use super::repository;
use crate::host::{self, FileError, Found, Host, Kind};
use crate::scalar::Glob;
use crate::syntax::Format;

/// A rule set whose files are not all read yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RuleSet {
    /// Its folder: as it was asked for, else from the working directory where that is above it.
    pub root: Utf8PathBuf,
    /// Its `rulec.toml`, where it has one.
    pub config: Option<Utf8PathBuf>,
    candidates: Vec<Candidate>,
    scenarios: Vec<Candidate>,
}

/// A file of a rule set.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RuleFile {
    /// Path from the rule set's folder.
    pub path: Utf8PathBuf,
    /// Its content, or why there is none.
    pub content: Result<Content, FileError>,
}

/// What a rule file holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Content {
    /// The format that its name's ending names.
    pub format: Format,
    /// The bytes as they are.
    pub bytes: Vec<u8>,
}

/// Why there is nothing to look through.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DiscoverError {
    /// The path that was asked for.
    pub path: Utf8PathBuf,
    /// What is wrong with it.
    pub why: FileError,
}

impl fmt::Display for DiscoverError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}` is no rule set: {}", self.path, self.why)
    }
}

impl std::error::Error for DiscoverError {}

/// Something that may be a rule file.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Candidate {
    path: Utf8PathBuf,
    /// None for a folder that can't be looked into.
    format: Option<Format>,
    /// True where the name alone makes it what it is.
    is_named: bool,
    kind: FileKind,
    content: Progress,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum FileKind {
    Rules,
    Scenarios,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Progress {
    Unread,
    Read(Result<Vec<u8>, FileError>),
}

/// The rule sets that an argument stands for, by path; none where there are none. Files of more than `limit`
/// bytes are not read.
pub fn discover(
    host: &dyn Host,
    argument: Option<&Utf8Path>,
    limit: u64,
) -> Result<Vec<RuleSet>, DiscoverError> {
    let start = argument.unwrap_or(Utf8Path::new("."));
    let at_start = |why| DiscoverError { path: start.to_owned(), why };
    let folder = match host.kind(start).map_err(at_start)? {
        Kind::Folder if argument.is_some() => start.to_owned(),
        Kind::Folder => around(host, start, limit).map_err(at_start)?,
        Kind::File => {
            let parent = start.parent().unwrap_or(start);
            around(host, parent, limit).map_err(at_start)?
        }
        Kind::Special(special) => return Err(at_start(FileError::NotRegular(special))),
        Kind::Link => unreachable!("a path leads to something else than a link"),
    };
    below(host, &folder, limit).map_err(|why| DiscoverError { path: folder, why })
}

impl RuleSet {
    /// The rule files that no pattern excludes, by path, each with its content.
    #[must_use]
    pub fn load(self, host: &dyn Host, exclude: &[Glob], limit: u64) -> Vec<RuleFile> {
        load(host, &self.root, self.candidates, exclude, limit)
    }

    /// The same for the files of scenarios.
    #[must_use]
    pub fn load_scenarios(&mut self, host: &dyn Host, exclude: &[Glob], limit: u64) -> Vec<RuleFile> {
        load(host, &self.root, std::mem::take(&mut self.scenarios), exclude, limit)
    }
}

fn load(
    host: &dyn Host,
    root: &Utf8Path,
    mut candidates: Vec<Candidate>,
    exclude: &[Glob],
    limit: u64,
) -> Vec<RuleFile> {
    candidates.retain(|candidate| !covers(exclude, &candidate.path));
    read(host, root, candidates, limit)
        .into_iter()
        .map(|candidate| RuleFile {
            content: match (candidate.content, candidate.format) {
                (Progress::Read(Ok(bytes)), Some(format)) => Ok(Content { format, bytes }),
                (Progress::Read(Err(why)), _) => Err(why),
                (Progress::Unread, _) | (_, None) => unreachable!("all files have been read"),
            },
            path: candidate.path,
        })
        .collect()
}

/// The folder of the rule set around a folder; the folder itself where there is none.
fn around(host: &dyn Host, folder: &Utf8Path, limit: u64) -> Result<Utf8PathBuf, FileError> {
    let start = host::absolute(host, folder)?;
    let repository = repository::root(host, &start);
    let inside = |place: &&Utf8Path| repository.is_none_or(|root| place.starts_with(root));
    let holds = |place: &&Utf8Path| holds_rules(host, place, limit);

    let mut places = start.ancestors().take_while(inside);
    let found = match places.find(|place| host.exists(&place.join(CONFIG))) {
        Some(place) => Some(place),
        None if repository.is_some() => start.ancestors().take_while(inside).filter(holds).last(),
        None => start.ancestors().take_while(holds).last(),
    };
    Ok(from_working_dir(host, found.unwrap_or(&start)))
}

fn from_working_dir(host: &dyn Host, path: &Utf8Path) -> Utf8PathBuf {
    match host.working_dir().as_deref().map(|working| path.strip_prefix(working)) {
        Ok(Ok(rest)) if rest.as_str().is_empty() => ".".into(),
        Ok(Ok(rest)) => rest.to_owned(),
        _ => path.to_owned(),
    }
}

/// Whether a rule file stands in a folder itself.
fn holds_rules(host: &dyn Host, folder: &Utf8Path, limit: u64) -> bool {
    let entries = host.list(folder).unwrap_or_default().entries;
    let candidates = entries
        .into_iter()
        .filter(|entry| !entry.name.starts_with('.') && entry.kind != Kind::Folder)
        .filter_map(|entry| candidate(Found { path: entry.name.into(), kind: Ok(Kind::File) }))
        .filter(|candidate| candidate.kind == FileKind::Rules)
        .collect();
    !read(host, folder, candidates, limit).is_empty()
}

/// The rule sets in a folder, or the one that it is.
fn below(host: &dyn Host, folder: &Utf8Path, limit: u64) -> Result<Vec<RuleSet>, FileError> {
    let found = host::walk(host, folder)?;
    let configured: BTreeSet<Utf8PathBuf> = found
        .iter()
        .filter(|found| found.path.file_name() == Some(CONFIG))
        .filter_map(|found| found.path.parent().map(Utf8Path::to_owned))
        .collect();
    let mut sets: BTreeMap<Utf8PathBuf, Vec<Candidate>> =
        configured.iter().map(|folder| (folder.clone(), Vec::new())).collect();
    let (mut free, mut free_scenarios) = (Vec::new(), Vec::new());
    for candidate in found.into_iter().filter_map(candidate) {
        match candidate.path.ancestors().skip(1).find(|place| configured.contains(*place)) {
            Some(place) => sets.entry(place.to_owned()).or_default().push(candidate),
            None if candidate.kind == FileKind::Scenarios => free_scenarios.push(candidate),
            None => free.push(candidate),
        }
    }

    let root = Utf8Path::new("");
    if !configured.contains(root) {
        let free = read(host, folder, free, limit);
        let holders: BTreeSet<Utf8PathBuf> = free
            .iter()
            .filter(|candidate| candidate.format.is_some())
            .filter_map(|candidate| candidate.path.parent().map(Utf8Path::to_owned))
            .collect();
        for candidate in free.into_iter().chain(free_scenarios) {
            let top = candidate.path.ancestors().skip(1).filter(|place| holders.contains(*place)).last();
            if let Some(top) = top.map(Utf8Path::to_owned) {
                sets.entry(top).or_default().push(candidate);
            }
        }
    }
    if let Some(itself) = sets.remove(root) {
        sets = BTreeMap::from([(root.to_owned(), itself)]);
    }
    Ok(sets
        .into_iter()
        .map(|(place, candidates)| {
            let root = match place.as_str() {
                "" => folder.to_owned(),
                _ if folder == "." => place.clone(),
                _ => folder.join(&place),
            };
            let candidates = candidates.into_iter().map(|candidate| candidate.seen_from(&place));
            let (candidates, scenarios) = candidates.partition(|candidate| candidate.kind == FileKind::Rules);
            RuleSet {
                config: configured.contains(&place).then(|| root.join(CONFIG)),
                candidates,
                scenarios,
                root,
            }
        })
        .collect())
}

/// What may be a rule file, judged by its name and kind.
fn candidate(found: Found) -> Option<Candidate> {
    let name = found.path.file_name()?;
    let Some(format) = Format::of_path(name) else {
        // There may be rules in a folder that can't be looked into; other things without an ending are none.
        let why = found.kind.err()?;
        let is_shut = matches!(why, FileError::PermissionDenied | FileError::Other(_));
        let content = Progress::Read(Err(why));
        let kind = FileKind::Rules;
        return is_shut.then_some(Candidate {
            path: found.path,
            format: None,
            is_named: true,
            kind,
            content,
        });
    };
    let kind = if is_scenario(name) { FileKind::Scenarios } else { FileKind::Rules };
    let is_named = kind == FileKind::Scenarios || is_named(name);
    let content = match found.kind {
        Ok(Kind::File) if name == CONFIG => return None,
        Ok(Kind::File) => Progress::Unread,
        Ok(_) | Err(_) if !is_named => return None,
        Ok(Kind::Special(special)) => Progress::Read(Err(FileError::NotRegular(special))),
        Ok(Kind::Folder | Kind::Link) => Progress::Read(Err(FileError::IsFolder)),
        Err(why) => Progress::Read(Err(why)),
    };
    Some(Candidate { path: found.path, format: Some(format), is_named, kind, content })
}

/// True for `NAME.scenario.ENDING`.
fn is_scenario(name: &str) -> bool {
    let stem = name.rsplit_once('.').map_or("", |(stem, _)| stem);
    stem.strip_suffix(".scenario").is_some_and(|name| !name.is_empty())
}

/// True for `L1-` to `L5-` at the start of a name.
fn is_named(name: &str) -> bool {
    matches!(name.as_bytes(), [b'L', b'1'..=b'5', b'-', ..])
}

impl Candidate {
    fn seen_from(self, folder: &Utf8Path) -> Self {
        let path = self.path.strip_prefix(folder).map(Utf8Path::to_owned).unwrap_or(self.path);
        Self { path, ..self }
    }

    /// Reads what is unread, and drops what turns out to be no rule file.
    fn read(mut self, host: &dyn Host, folder: &Utf8Path, limit: u64) -> Option<Self> {
        if self.content == Progress::Unread {
            let content = host.read(&folder.join(&self.path), limit);
            let is_rule_file = self.is_named
                || content.as_ref().is_ok_and(|bytes| {
                    self.format
                        .is_some_and(|format| layer::is_stated(format, &String::from_utf8_lossy(bytes)))
                });
            if !is_rule_file {
                return None;
            }
            self.content = Progress::Read(content);
        }
        Some(self)
    }
}

/// Fewer files than this are read before other threads have started.
const WORTH_THREADS: usize = 32;

fn read(host: &dyn Host, folder: &Utf8Path, candidates: Vec<Candidate>, limit: u64) -> Vec<Candidate> {
    let read = |candidate: Candidate| candidate.read(host, folder, limit);
    if candidates.len() < WORTH_THREADS {
        candidates.into_iter().filter_map(read).collect()
    } else {
        candidates.into_par_iter().filter_map(read).collect()
    }
}

#[cfg(test)]
mod tests;
