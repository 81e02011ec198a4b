//! Fixes that are tried out before they are made: a file that is changed is never worse for it.
//!
//! Takes rule sets and which fixes are wanted, and gives what the files become. Each round makes all fixes that get
//! along, looks at the rule set as it would then be, and keeps those after which their finding is gone and no
//! other has come; it ends when a round has nothing left to make. What a fix merely uncovers (the rest of a file
//! that could be read no further, names once every file says what it means) is not held against it. Files are
//! written by [`put`], each as a whole, and only where they still are what was looked at.

use std::collections::BTreeMap;

use camino::{Utf8Path, Utf8PathBuf};

use super::RULES;
use super::check::{Checked, check_set, rule_sets};
use super::discover::{self, discover};
use super::entry::Refusal;
use super::levels::Overrides;
use super::repository::reach;
use crate::diagnostic::{Diagnostic, Fix, Level, RuleInfo};
use crate::fix::{apply, compatible, moved};
use crate::host::{FileError, Host, Overlay, absolute};
use crate::source::{FileId, Source};
use crate::syntax::{MAX_BYTES, decode_text};
use crate::{scenario, schema, syntax};

/// More rounds than this are fixes that undo one another.
const ROUNDS: usize = 50;

/// So often a rule set is looked at, at most, to tell good fixes from bad ones.
const TRIALS: usize = 400;

/// Which fixes are made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wanted {
    /// Those that can't alter what the author meant.
    Safe,
    /// Those too that guess.
    All,
}

/// A rule set with its fixes made, in memory.
#[derive(Debug)]
pub struct Mended {
    /// What is left to be found.
    pub checked: Checked,
    /// The files that differ, by path.
    pub changes: Vec<Change>,
    /// What was fixed, in the order in which it was.
    pub fixed: Vec<Told>,
    /// What was not, although it was wanted, and why.
    pub dropped: Vec<(Told, String)>,
    /// How many findings have a fix that was not wanted.
    pub unwanted: usize,
}

/// A file and its two contents.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// Its path, from where the rule set was asked for.
    pub path: Utf8PathBuf,
    /// What it holds.
    pub old: Vec<u8>,
    /// What it is to hold.
    pub new: Vec<u8>,
}

/// A fix as it is told of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Told {
    /// The file.
    pub path: String,
    /// Line and column before the change, from 1.
    pub line: u32,
    /// The column.
    pub column: u32,
    /// The rule that found it.
    pub rule: &'static str,
    /// What the fix does.
    pub title: String,
}

/// Makes the fixes of the rule sets that these paths stand for, in memory: of files named, only these are changed.
/// Findings below `least` are left alone.
///
/// # Errors
/// Where a path leads to nothing that can be looked through.
pub fn mend(
    host: &dyn Host,
    paths: &[Utf8PathBuf],
    overrides: &Overrides,
    wanted: Wanted,
    least: Level,
) -> Result<Vec<Mended>, Refusal> {
    let place = |path: &Utf8PathBuf| absolute(host, path).unwrap_or_else(|_| path.clone());
    let scope: Vec<Utf8PathBuf> = paths.iter().map(place).collect();
    let sets = rule_sets(host, paths)?;
    let mend = |set: discover::RuleSet| {
        let files = Overlay::new(host);
        let scope = match paths.is_empty() {
            true => reach(host, &set).into_iter().collect(),
            false => scope.clone(),
        };
        let root = set.root.clone();
        Mender { root, files, overrides, scope, wanted, least, trials: TRIALS }.mend(set)
    };
    sets.into_iter().map(mend).collect()
}

/// Puts changes in place, each as a whole and only where the file still holds what the change was made from. Gives
/// the paths that were written, and why others were not.
pub fn put(host: &dyn Host, changes: &[Change]) -> (Vec<Utf8PathBuf>, Vec<(Utf8PathBuf, FileError)>) {
    let (mut written, mut failed) = (Vec::new(), Vec::new());
    for Change { path, old, new } in changes {
        match host.replace(path, old, new) {
            Ok(()) => written.push(path.clone()),
            // One file may have two names.
            Err(FileError::Changed) if host.read(path, MAX_BYTES).is_ok_and(|now| now == *new) => {}
            Err(why) => failed.push((path.clone(), why)),
        }
    }
    (written, failed)
}

struct Mender<'a> {
    root: Utf8PathBuf,
    /// The files as they are so far.
    files: Overlay<'a>,
    overrides: &'a Overrides,
    /// Where files may be changed; empty for everywhere.
    scope: Vec<Utf8PathBuf>,
    wanted: Wanted,
    least: Level,
    trials: usize,
}

/// A round: the state it starts from, and what has come of it so far.
struct Round<'c> {
    before: &'c Checked,
    kept: Vec<usize>,
    dropped: Vec<(usize, String)>,
    after: Option<(Checked, BTreeMap<FileId, Vec<u8>>)>,
}

impl Mender<'_> {
    fn mend(mut self, set: discover::RuleSet) -> Result<Mended, Refusal> {
        let mut checked = check_set(&self.files, set, self.overrides)?;
        self.least = self.least.min(checked.deny);
        let mut old: BTreeMap<String, Vec<u8>> = BTreeMap::new();
        let (mut fixed, mut dropped) = (Vec::new(), Vec::new());
        for _ in 0..ROUNDS {
            let wanted: Vec<usize> = self.wanted_fixes(&checked).collect();
            let fixes = wanted.iter().filter_map(|&at| {
                let found = &checked.findings[at];
                Some((found.file(), found.fix.as_ref()?.edits.as_slice()))
            });
            let chosen: Vec<usize> = compatible(fixes).into_iter().map(|position| wanted[position]).collect();
            let mut round = Round { before: &checked, kept: Vec::new(), dropped: Vec::new(), after: None };
            self.settle(&chosen, &mut round);
            let Round { kept, dropped: bad, after, .. } = round;
            dropped = bad.into_iter().map(|(at, why)| (told(&self.root, &checked, at), why)).collect();
            let Some((after, contents)) = after else { break };
            fixed.extend(kept.iter().map(|&at| told(&self.root, &checked, at)));
            for (file, content) in contents {
                let path = &checked.rules.sources.get(file).path;
                let place = self.root.join(path);
                if !old.contains_key(path) {
                    old.insert(path.clone(), self.files.read(&place, MAX_BYTES).unwrap_or_default());
                }
                self.files.set(&place, content);
            }
            checked = after;
        }
        let changes = old.into_iter().filter_map(|(path, old)| {
            let place = self.root.join(&path);
            let new = self.files.read(&place, MAX_BYTES).ok().filter(|new| *new != old)?;
            Some(Change { path: shown(&self.root, &path), old, new })
        });
        let changes = changes.collect();
        let unwanted = match self.wanted {
            Wanted::All => 0,
            Wanted::Safe => {
                self.fixes(&checked).filter(|(_, found, fix)| !is_safe(&checked, found, fix)).count()
            }
        };
        Ok(Mended { checked, changes, fixed, dropped, unwanted })
    }

    /// The findings with fixes in the files that are meant.
    fn fixes<'c>(&self, checked: &'c Checked) -> impl Iterator<Item = (usize, &'c Diagnostic, &'c Fix)> {
        let is_meant =
            |(id, it): (FileId, &Source)| self.is_meant(&it.path) && !checked.rules.is_included(id);
        let inside: Vec<bool> = checked.rules.sources.iter().map(is_meant).collect();
        let least = self.least;
        checked.findings.iter().enumerate().filter_map(move |(at, found)| {
            let fix = found.fix.as_ref()?;
            (found.level >= least && inside[found.file().index()]).then_some((at, found, fix))
        })
    }

    fn wanted_fixes(&self, checked: &Checked) -> impl Iterator<Item = usize> {
        let all = self.wanted == Wanted::All;
        self.fixes(checked)
            .filter(move |(_, found, fix)| all || is_safe(checked, found, fix))
            .map(|(at, ..)| at)
    }

    fn is_meant(&self, path: &str) -> bool {
        let place = self.root.join(path);
        let place = absolute(&self.files, &place).unwrap_or(place);
        self.scope.is_empty() || self.scope.iter().any(|part| place.starts_with(part))
    }

    /// Keeps as many of these fixes as do no harm, beside those that are kept already.
    fn settle(&mut self, group: &[usize], round: &mut Round<'_>) {
        if group.is_empty() {
            return;
        }
        let mut all: Vec<usize> = round.kept.iter().chain(group).copied().collect();
        all.sort_unstable();
        match self.attempt(round.before, &all) {
            Ok(after) => {
                round.kept = all;
                round.after = Some(after);
            }
            Err(why) if group.len() == 1 => round.dropped.push((group[0], why)),
            Err(_) => {
                let (first, second) = group.split_at(group.len() / 2);
                self.settle(first, round);
                self.settle(second, round);
            }
        }
    }

    /// The rule set with these fixes made, or what speaks against them.
    fn attempt(
        &mut self,
        before: &Checked,
        fixes: &[usize],
    ) -> Result<(Checked, BTreeMap<FileId, Vec<u8>>), String> {
        self.trials =
            self.trials.checked_sub(1).ok_or("too many other fixes do harm: mend those by hand first")?;
        let mut edits: BTreeMap<FileId, Vec<_>> = BTreeMap::new();
        for &at in fixes {
            let found = &before.findings[at];
            edits.entry(found.file()).or_default().extend(found.fix.iter().flat_map(|fix| &fix.edits));
        }
        let mut trial = Overlay::new(&self.files);
        let mut contents = BTreeMap::new();
        for (&file, edits) in &mut edits {
            edits.sort_by_key(|edit| edit.span);
            let source = before.rules.sources.get(file);
            let place = self.root.join(&source.path);
            let bytes = self.files.read(&place, MAX_BYTES).map_err(|why| why.to_string())?;
            if decode_text(bytes.clone()).0 != source.text {
                return Err(FileError::Changed.to_string());
            }
            let bytes = apply(&bytes, edits.iter().copied());
            trial.set(&place, bytes.clone());
            contents.insert(file, bytes);
        }
        let sets = discover(&trial, Some(&self.root), MAX_BYTES).unwrap_or_default();
        let set = sets.into_iter().find(|set| set.root == self.root);
        let after = check_set(&trial, set.ok_or("the rule set would be none")?, self.overrides)
            .map_err(|refusal| refusal.message)?;
        let place = |found: &Diagnostic| {
            let edits = edits.get(&found.file()).into_iter().flatten().copied();
            moved(found.primary.location.span.start, edits)
        };
        judge(before, &after, fixes, &place)?;
        Ok((after, contents))
    }
}

/// Scenarios speak of steps by number, so numbers that change are no longer theirs.
fn is_safe(checked: &Checked, found: &Diagnostic, fix: &Fix) -> bool {
    fix.safe && (checked.suites.is_empty() || found.rule.id != "step-number-gap")
}

/// What speaks against a change: a finding that was not there, or one that should be gone and is not.
fn judge(
    before: &Checked,
    after: &Checked,
    fixes: &[usize],
    place: &dyn Fn(&Diagnostic) -> u32,
) -> Result<(), String> {
    type Key<'c> = (&'c str, &'c str);
    fn by_rule(checked: &Checked) -> BTreeMap<Key<'_>, Vec<&Diagnostic>> {
        let mut all: BTreeMap<Key<'_>, Vec<&Diagnostic>> = BTreeMap::new();
        for found in &checked.findings {
            all.entry((path_of(checked, found), found.rule.id)).or_default().push(found);
        }
        all
    }
    let old = by_rule(before);
    let new = by_rule(after);
    let unread = |path: &str| {
        let mut in_file = old.range((path, "")..).take_while(|((other, _), _)| *other == path);
        in_file.any(|(_, found)| {
            found.iter().any(|it| phase(it.rule) == Phase::Text && it.level == Level::Error)
        })
    };
    for (key, found) in &new {
        let were = old.get(key).map_or(&[][..], Vec::as_slice);
        let is_news = match phase(found[0].rule) {
            Phase::Text => true,
            Phase::Shape => !unread(key.0),
            Phase::Whole => !before.is_partial,
        };
        if is_news && found.len() > were.len() {
            let is_new = |it: &&&Diagnostic| were.iter().all(|other| other.message != it.message);
            let one = found.iter().find(is_new).unwrap_or(&found[found.len() - 1]);
            let position = after.rules.sources.position(one.primary.location);
            return Err(format!(
                "then `{}` would be found at {}:{}:{}",
                one.rule.id, key.0, position.line, position.column
            ));
        }
    }
    for &at in fixes {
        let found = &before.findings[at];
        let stands = new.get(&(path_of(before, found), found.rule.id)).is_some_and(|found_after| {
            let start = place(found);
            found_after
                .iter()
                .any(|it| it.primary.location.span.start == start && it.message == found.message)
        });
        if stands {
            return Err("it would be found again".to_owned());
        }
    }
    Ok(())
}

fn path_of<'c>(checked: &'c Checked, found: &Diagnostic) -> &'c str {
    &checked.rules.sources.get(found.file()).path
}

/// What has to be known for a rule to be held against rules.
#[derive(PartialEq, Eq)]
enum Phase {
    /// The bytes.
    Text,
    /// One file that can be read.
    Shape,
    /// All files.
    Whole,
}

fn phase(rule: &RuleInfo) -> Phase {
    let has = |rules: &[&RuleInfo]| rules.iter().any(|other| other.id == rule.id);
    if has(syntax::RULES) {
        Phase::Text
    } else if has(schema::RULES) || has(RULES) || has(scenario::RULES) {
        Phase::Shape
    } else {
        Phase::Whole
    }
}

fn told(root: &Utf8Path, checked: &Checked, at: usize) -> Told {
    let found = &checked.findings[at];
    let position = checked.rules.sources.position(found.primary.location);
    Told {
        path: shown(root, path_of(checked, found)).into_string(),
        line: position.line,
        column: position.column,
        rule: found.rule.id,
        title: found.fix.as_ref().map_or_else(String::new, |fix| fix.title.clone()),
    }
}

fn shown(root: &Utf8Path, path: &str) -> Utf8PathBuf {
    if root == "." { path.into() } else { root.join(path) }
}
