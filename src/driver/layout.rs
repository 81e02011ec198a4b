//! The files of rule sets, and files that are named, in their canonical form.
//!
//! Which text that is says [`fmt`](crate::fmt); here stands which files are meant. Folders stand for the rule sets in
//! them, with their scenarios and without what `rulec.toml` excludes; a file stands for itself. Nothing is written:
//! what differs is a [`Change`] for [`put`](super::put).

use std::collections::BTreeSet;

use camino::{Utf8Path, Utf8PathBuf};
use rayon::prelude::*;

use super::check::rule_sets;
use super::config::{Config, FILE_NAME};
use super::discover::RuleFile;
use super::entry::Refusal;
use super::mend::Change;
use super::read::read_config;
use super::repository::reach;
use crate::diagnostic::{Diagnostic, Level};
use crate::fmt::{Unformatted, format};
use crate::host::{FileError, Host, Kind, absolute};
use crate::source::{FileId, Source, Sources};
use crate::syntax::{Format, MAX_BYTES, decode_text, unreadable_file};

/// Files in their canonical form.
#[derive(Debug, Default)]
pub struct Layout {
    /// How many files were looked at.
    pub files: usize,
    /// Those that differ, by rule set and path.
    pub changes: Vec<Change>,
    /// The files that have no canonical form, and why.
    pub unusual: Vec<(Utf8PathBuf, &'static str)>,
    /// The files with mistakes.
    pub sources: Sources,
    /// Their mistakes, by file.
    pub mistakes: Vec<Diagnostic>,
    /// True where a `rulec.toml` has mistakes: which files are left out is not known, so none of that rule set was
    /// looked at.
    pub is_misconfigured: bool,
}

/// Formats the files that these paths stand for, each once; without a path, the rule set around the working
/// directory.
///
/// # Errors
/// Where a path leads to nothing that can be looked through, or to a file in another format.
pub fn layout(host: &dyn Host, paths: &[Utf8PathBuf]) -> Result<Layout, Refusal> {
    let mut layout = Layout::default();
    let mut files: Vec<(Utf8PathBuf, Result<Vec<u8>, FileError>)> = Vec::new();
    let mut folders = Vec::new();
    for path in paths {
        if host.kind(path) == Ok(Kind::File) {
            if Format::of_path(path.as_str()).is_none() {
                return Err(no_format(path));
            }
            files.push((path.clone(), host.read(path, MAX_BYTES)));
        } else {
            folders.push(path.clone());
        }
    }
    let sets = if paths.is_empty() || !folders.is_empty() { rule_sets(host, &folders)? } else { Vec::new() };
    for mut set in sets {
        let mut config = Config::default();
        if let Some(path) = &set.config {
            let (source, found) = read_config(host, path, &mut config);
            if found.iter().any(|found| found.level == Level::Error) {
                layout.add_mistakes(shown(&set.root, FILE_NAME), source.text, found);
                layout.is_misconfigured = true;
                continue;
            }
        }
        let root = set.root.clone();
        let reach = if paths.is_empty() { reach(host, &set) } else { None };
        let scenarios = set.load_scenarios(host, &config.exclude, MAX_BYTES);
        let mut of_set: Vec<RuleFile> = set.load(host, &config.exclude, MAX_BYTES);
        of_set.extend(scenarios);
        let is_meant = |path: &Utf8Path| {
            let place = root.join(path);
            let place = absolute(host, &place).unwrap_or(place);
            reach.as_ref().is_none_or(|reach| place.starts_with(reach))
        };
        of_set.retain(|file| is_meant(&file.path));
        of_set.sort_by(|a, b| a.path.cmp(&b.path));
        let shown = |file: RuleFile| (shown(&root, file.path.as_str()), file.content.map(|it| it.bytes));
        files.extend(of_set.into_iter().map(shown));
    }
    let mut seen = BTreeSet::new();
    files.retain(|(path, _)| seen.insert(absolute(host, path).unwrap_or_else(|_| path.clone())));
    layout.files = files.len();
    let formatted: Vec<_> = files.into_par_iter().map(|(path, content)| one(path, content)).collect();
    for (path, outcome) in formatted {
        match outcome {
            Outcome::Same => {}
            Outcome::Changed(change) => layout.changes.push(change),
            Outcome::Unusual(why) => layout.unusual.push((path, why)),
            Outcome::Mistakes(text, found) => layout.add_mistakes(path, text, found),
        }
    }
    Ok(layout)
}

/// Formats bytes as the file of a name.
///
/// # Errors
/// Where the name's ending names no format.
pub fn layout_of(name: &Utf8Path, bytes: Vec<u8>) -> Result<Layout, Refusal> {
    if Format::of_path(name.as_str()).is_none() {
        return Err(no_format(name));
    }
    let mut layout = Layout { files: 1, ..Layout::default() };
    match one(name.to_owned(), Ok(bytes)).1 {
        Outcome::Same => {}
        Outcome::Changed(change) => layout.changes.push(change),
        Outcome::Unusual(why) => layout.unusual.push((name.to_owned(), why)),
        Outcome::Mistakes(text, found) => layout.add_mistakes(name.to_owned(), text, found),
    }
    Ok(layout)
}

impl Layout {
    fn add_mistakes(&mut self, path: Utf8PathBuf, text: String, found: Vec<Diagnostic>) {
        let file = self.sources.add(Source::new(path.as_str().replace('\\', "/"), text));
        for mut found in found {
            found.primary.location.file = file;
            found.related.iter_mut().for_each(|label| label.location.file = file);
            self.mistakes.push(found);
        }
    }
}

enum Outcome {
    Same,
    Changed(Change),
    Unusual(&'static str),
    Mistakes(String, Vec<Diagnostic>),
}

fn one(path: Utf8PathBuf, content: Result<Vec<u8>, FileError>) -> (Utf8PathBuf, Outcome) {
    let file = FileId(0);
    let bytes = match content {
        Ok(bytes) => bytes,
        Err(why) => return (path, Outcome::Mistakes(String::new(), vec![unreadable_file(file, &why)])),
    };
    let (text, fault) = decode_text(bytes.clone());
    if let Some(fault) = fault {
        return (path, Outcome::Mistakes(text, vec![fault.diagnostic(file)]));
    }
    let of_name = Format::of_path(path.as_str()).unwrap_or(Format::Yaml);
    let outcome = match format(file, of_name, &text) {
        Ok(new) if new == text => Outcome::Same,
        Ok(new) => Outcome::Changed(Change { path: path.clone(), old: bytes, new: new.into_bytes() }),
        Err(Unformatted::Unusual(why)) => Outcome::Unusual(why),
        Err(Unformatted::Mistakes(mut found)) => {
            found.sort_by_key(|found| found.primary.location.span);
            Outcome::Mistakes(text, found)
        }
    };
    (path, outcome)
}

fn no_format(path: &Utf8Path) -> Refusal {
    let message = format!("the format of `{path}` is not known");
    Refusal::new(message, "its name does not end in .json, .yaml, .yml or .toml")
}

fn shown(root: &Utf8Path, path: &str) -> Utf8PathBuf {
    if root == "." { path.into() } else { root.join(path) }
}
