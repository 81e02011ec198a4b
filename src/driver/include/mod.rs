//! Files of other rule sets that count as if they were a rule set's own: what `include` in a header names.
//!
//! Takes the files of a rule set, already read, and follows what they include, and what that includes in turn. Every
//! file is read once, however often it is named. A circle ends where it began; it is a finding all the same, as are
//! paths that lead to no rules, and versions that will not do.

mod include_cycle;
mod include_not_found;
mod include_version;

use std::ops::Range;

use camino::{Utf8Component, Utf8Path, Utf8PathBuf};
use rustc_hash::{FxHashMap, FxHashSet};

use super::config::Config;
use super::discover::{Content, RuleFile, discover};
use super::read::{ReadFile, read_config, read_file};
use crate::diagnostic::Diagnostic;
use crate::host::{FileError, Host, Kind, absolute};
use crate::model::TextOr;
use crate::scalar::VersionRequirement;
use crate::source::{FileId, Location};
use crate::syntax::{Format, MAX_BYTES};

pub(super) use include_cycle::RULE as INCLUDE_CYCLE;
pub(super) use include_not_found::RULE as INCLUDE_NOT_FOUND;
pub(super) use include_version::RULE as INCLUDE_VERSION;

/// So many rule sets are included at most: more are paths that never come to an end.
const MOST: usize = 200;

/// The files of a rule set with those that it includes.
pub(super) struct Including {
    /// Its own files first, in the order in which they were given, then the others.
    pub(super) files: Vec<ReadFile>,
    /// What is wrong with what is included.
    pub(super) found: Vec<Diagnostic>,
    /// The files that include what could not be read.
    pub(super) lacking: Vec<FileId>,
}

/// A rule set, or a file, that is included; the first of them includes all others.
struct Unit {
    /// Where it is on the machine.
    place: Utf8PathBuf,
    /// Which of all files are its own.
    files: Range<usize>,
    asks: Vec<Ask>,
}

/// A unit that another one asks for.
struct Ask {
    /// The path as it is written.
    path: String,
    /// Where that is.
    at: Location,
    /// Which versions will do, and where that is said.
    version: Option<(VersionRequirement, Location)>,
    /// Its number among all units.
    unit: usize,
}

/// What a file asks for.
struct Wish {
    file: FileId,
    /// The folder of that file, from the folder of the rule set.
    from: Utf8PathBuf,
    path: String,
    at: Location,
    version: Option<(VersionRequirement, Location)>,
}

/// Reads what the files of a rule set include. `first` is the id of the first of them; those of the others follow the
/// last.
pub(super) fn included(host: &dyn Host, root: &Utf8Path, first: u32, files: Vec<ReadFile>) -> Including {
    if files.iter().all(|file| wishes_of(file).next().is_none()) {
        return Including { files, found: Vec::new(), lacking: Vec::new() };
    }
    let place = |path: &Utf8Path| absolute(host, path).unwrap_or_else(|_| path.to_owned());
    let known = files.iter().map(|file| place(&root.join(&file.source.path))).collect();
    let own = Unit { place: place(root), files: 0..files.len(), asks: Vec::new() };
    let numbers = FxHashMap::from_iter([(own.place.clone(), 0)]);
    let mut reader = Reader {
        host,
        root,
        first,
        files,
        units: vec![own],
        numbers,
        known,
        found: Vec::new(),
        lacking: Vec::new(),
    };
    let mut next = 0;
    while next < reader.units.len() {
        for index in reader.units[next].files.clone() {
            let wishes: Vec<Wish> = wishes_of(&reader.files[index]).collect();
            for wish in wishes {
                reader.grant(next, wish);
            }
        }
        next += 1;
    }
    let Reader { files, units, mut found, lacking, .. } = reader;
    found.extend(include_cycle::find(&units));
    found.extend(include_version::find(&units, &files));
    Including { files, found, lacking }
}

fn wishes_of(file: &ReadFile) -> impl Iterator<Item = Wish> {
    let includes = file
        .loaded
        .iter()
        .flat_map(|loaded| loaded.document.header.include.iter().map(move |include| (loaded, include)));
    let from = Utf8Path::new(&file.source.path).parent().unwrap_or(Utf8Path::new("")).to_owned();
    includes.map(move |(loaded, include)| {
        let (path, at, version) = match &include.value {
            TextOr::Text(path) => (path, include.at, None),
            TextOr::Object(inclusion) => {
                (&inclusion.path.value, inclusion.path.at, inclusion.version.as_ref())
            }
        };
        let place = |at: crate::model::At| loaded.tree.location(at.node);
        Wish {
            file: loaded.file,
            from: from.clone(),
            path: path.clone(),
            at: place(at),
            version: version.map(|version| (version.value.clone(), place(version.at))),
        }
    })
}

struct Reader<'a> {
    host: &'a dyn Host,
    root: &'a Utf8Path,
    first: u32,
    files: Vec<ReadFile>,
    units: Vec<Unit>,
    /// The number of each unit by its place.
    numbers: FxHashMap<Utf8PathBuf, usize>,
    /// The places of all files.
    known: FxHashSet<Utf8PathBuf>,
    found: Vec<Diagnostic>,
    lacking: Vec<FileId>,
}

impl Reader<'_> {
    fn grant(&mut self, from: usize, wish: Wish) {
        let path = folded(&wish.from.join(&wish.path));
        let target = self.root.join(&path);
        let place = absolute(self.host, &target).unwrap_or_else(|_| target.clone());
        let unit = match self.numbers.get(&place) {
            Some(unit) => *unit,
            None => match self.read(&path, &target) {
                Ok(files) => self.add(place, files),
                Err(why) => {
                    self.found.push(include_not_found::finding(&wish.path, wish.at, &why));
                    return self.lacking.push(wish.file);
                }
            },
        };
        let Wish { path, at, version, .. } = wish;
        self.units[from].asks.push(Ask { path, at, version, unit });
    }

    /// The files of what a path leads to, by their paths from the folder of the rule set.
    fn read(&self, path: &Utf8Path, target: &Utf8Path) -> Result<Vec<RuleFile>, String> {
        if self.units.len() > MOST {
            return Err(format!("more than {MOST} rule sets are included"));
        }
        match self.host.kind(target).map_err(told)? {
            Kind::Folder => {}
            Kind::File => {
                let format = Format::of_path(path.as_str()).ok_or("it is no JSON, YAML or TOML file")?;
                let bytes = self.host.read(target, MAX_BYTES);
                let content = bytes.map(|bytes| Content { format, bytes });
                return Ok(vec![RuleFile { path: path.to_owned(), content }]);
            }
            Kind::Special(_) | Kind::Link => return Err("it is neither a folder nor a file".to_owned()),
        }
        let mut sets = discover(self.host, Some(target), MAX_BYTES).map_err(|error| error.why.to_string())?;
        if sets.len() > 1 {
            return Err(format!("there are {} rule sets in it", sets.len()));
        }
        let set = sets.pop().ok_or("there are no rule files in it")?;
        let mut config = Config::default();
        if let Some(file) = &set.config {
            // What is wrong with its settings is told where that rule set is checked.
            read_config(self.host, file, &mut config);
        }
        let below = set.root.strip_prefix(target).map(Utf8Path::to_owned).unwrap_or_default();
        let files = set.load(self.host, &config.exclude, MAX_BYTES);
        if files.is_empty() {
            return Err("there are no rule files in it".to_owned());
        }
        let seen_from_here = |file: RuleFile| RuleFile { path: path.join(&below).join(&file.path), ..file };
        Ok(files.into_iter().map(seen_from_here).collect())
    }

    fn add(&mut self, place: Utf8PathBuf, files: Vec<RuleFile>) -> usize {
        let start = self.files.len();
        for file in files {
            let target = self.root.join(&file.path);
            if self.known.insert(absolute(self.host, &target).unwrap_or(target)) {
                let id = FileId(self.first + self.files.len() as u32);
                self.files.push(read_file(id, file));
            }
        }
        let unit = self.units.len();
        self.numbers.insert(place.clone(), unit);
        self.units.push(Unit { place, files: start..self.files.len(), asks: Vec::new() });
        unit
    }
}

fn told(why: FileError) -> String {
    match why {
        FileError::NotFound => "nothing is there".to_owned(),
        why => why.to_string(),
    }
}

/// A path in which `..` takes back the folder before it, as far as there is one.
pub(super) fn folded(path: &Utf8Path) -> Utf8PathBuf {
    let mut whole = Utf8PathBuf::new();
    for component in path.components() {
        match component {
            Utf8Component::CurDir => {}
            Utf8Component::ParentDir if whole.file_name().is_some() => _ = whole.pop(),
            component => whole.push(component),
        }
    }
    whole
}

#[cfg(test)]
mod tests {
    use super::folded;

    #[test]
    fn what_leads_back_is_taken_back() {
        for (path, whole) in [
            ("a/../b", "b"),
            ("../b/./c", "../b/c"),
            ("../../b/../c", "../../c"),
            ("a/b/../../..", ".."),
            ("/x/../y", "/y"),
            ("", ""),
        ] {
            assert_eq!(folded(path.into()), whole, "{path}");
        }
    }
}
