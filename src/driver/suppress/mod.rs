//! Findings that the rules themselves say to leave out, beside the place, with a reason.
//!
//! `x-rulec-allow` in an object covers what is found in that object (`in_object`); a comment `# rulec: allow` covers
//! its line, or the entry below it (`comment`). What both say is one list here. [`Suppressions::silence`] sorts
//! findings out; [`Suppressions::leftovers`] finds what is wrong with the suppressions.

mod comment;
mod in_object;
mod invalid_suppression;
mod suppression_expired;
mod suppression_without_reason;
mod unused_suppression;

pub(super) use invalid_suppression::RULE as INVALID_SUPPRESSION;
pub(super) use suppression_expired::RULE as SUPPRESSION_EXPIRED;
pub(super) use suppression_without_reason::RULE as SUPPRESSION_WITHOUT_REASON;
pub(super) use unused_suppression::RULE as UNUSED_SUPPRESSION;

use std::ops::Range;
use std::sync::atomic::{AtomicBool, Ordering};

use rustc_hash::{FxHashMap, FxHashSet};

use super::index::Index;
use super::levels::Levels;
use super::target_cannot;
use crate::diagnostic::{Diagnostic, Fix, Level, RuleInfo, Silence, Silenced, nearest};
use crate::model::{Loaded, RuleSet};
use crate::scalar::Date;
use crate::source::{FileId, Location, Span};
use crate::syntax::{Kind, NodeId, Tree};
use crate::{plan, scenario, verify};

/// Whether what the rules say about findings counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Heed {
    /// It does.
    #[default]
    Yes,
    /// Everything is reported.
    No,
}

/// One rule that is not to be reported somewhere.
#[derive(Debug)]
struct Suppression {
    rule: &'static RuleInfo,
    /// Where the rule is named.
    place: Location,
    reason: Option<String>,
    until: Option<Date>,
    /// Takes it away.
    removal: Option<Fix>,
    is_used: AtomicBool,
}

/// What a suppression covers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Cover {
    /// A value and all that is in it.
    Value(NodeId),
    /// What starts on a line, and texts that start or end there.
    Line(u32),
}

/// All that the files of a rule set say about findings.
#[derive(Debug)]
pub(super) struct Suppressions {
    heed: Heed,
    today: Date,
    all: Vec<Suppression>,
    files: FxHashMap<FileId, InFile>,
    /// What is wrong with how they are written.
    invalid: Vec<Diagnostic>,
}

#[derive(Debug)]
struct InFile {
    index: Index,
    covers: FxHashMap<Cover, Vec<usize>>,
}

impl Suppressions {
    /// Reads what the files say. `known` are all rules.
    pub(super) fn new(rules: &RuleSet, known: &[&'static RuleInfo], today: Date, heed: Heed) -> Self {
        let mut reader = Reader { rules, known, all: Vec::new(), invalid: Vec::new() };
        let mut files = FxHashMap::default();
        for loaded in rules.files() {
            let source = rules.source(loaded.file);
            let (has_objects, has_comments) = (in_object::may_be_in(source), comment::may_be_in(source));
            if has_objects || has_comments {
                let index = Index::new(&loaded.tree);
                let mut covers = Vec::new();
                if has_objects {
                    covers.extend(in_object::read(&mut reader, loaded, &index));
                }
                if has_comments {
                    covers.extend(comment::read(&mut reader, loaded, &index));
                }
                let mut by_cover: FxHashMap<Cover, Vec<usize>> = FxHashMap::default();
                for (cover, suppression) in covers {
                    by_cover.entry(cover).or_default().push(suppression);
                }
                files.insert(loaded.file, InFile { index, covers: by_cover });
            }
        }
        let Reader { all, invalid, .. } = reader;
        Self { heed, today, all, files, invalid }
    }

    /// Takes out the findings that are covered, and gives them with the reasons.
    pub(super) fn silence(&self, rules: &RuleSet, found: &mut Vec<Diagnostic>) -> Vec<Silenced> {
        let mut silenced = Vec::new();
        if self.files.is_empty() {
            return silenced;
        }
        found.retain(|finding| {
            let by = self.covering(rules, finding);
            silenced.extend(by.map(|by| Silenced { finding: finding.clone(), by: self.silence_of(by) }));
            by.is_none() || self.heed == Heed::No
        });
        if self.heed == Heed::No { Vec::new() } else { silenced }
    }

    /// What is wrong with the suppressions, once all findings were sorted out.
    pub(super) fn leftovers(&self, rules: &RuleSet, levels: Levels<'_>, is_partial: bool) -> Vec<Diagnostic> {
        let mut found = self.invalid.clone();
        for suppression in &self.all {
            let Suppression { rule, place, removal, .. } = suppression;
            let path = &rules.sources.get(place.file).path;
            let is_unused = || {
                let is_used = suppression.is_used.load(Ordering::Relaxed);
                let is_judged = !is_partial && !is_judged_later(rule);
                !is_used && is_judged && levels.of(rule, path, rule.level) != Level::Off
            };
            let expired = suppression.until.filter(|until| *until < self.today);
            if suppression.reason.is_none() {
                found.push(suppression_without_reason::finding(rule, *place));
            } else if let Some(until) = expired {
                found.push(suppression_expired::finding(rule, *place, until, self.today));
            } else if is_unused() {
                found.push(unused_suppression::finding(rule, *place, removal.clone()));
            }
        }
        levels.apply(&rules.sources, &mut found);
        found
    }

    /// The nearest suppression that covers a finding; all that do are used.
    fn covering(&self, rules: &RuleSet, finding: &Diagnostic) -> Option<&Suppression> {
        let place = finding.primary.location;
        let in_file = self.files.get(&place.file)?;
        let tree = &rules.file(place.file)?.tree;
        let lines = Lines { rules, file: place.file };
        let mut covers = vec![Cover::Line(lines.of(place.span.start))];
        let mut seen = FxHashSet::default();
        for node in in_file.index.all_innermost(tree, place) {
            if !matches!(tree.kind(node), Kind::Array | Kind::Object) {
                let span = tree.node(node).span;
                covers.extend([span.start, span.end].map(|offset| Cover::Line(lines.of(offset))));
            }
            // A finding at a key is one about its value.
            let mut at = if tree.kind(node) == Kind::Key { NodeId(node.0 + 1) } else { node };
            while seen.insert(at) {
                covers.push(Cover::Value(at));
                at = in_file.index.pointers.parent(at);
            }
        }
        let all = covers.iter().filter_map(|cover| in_file.covers.get(cover)).flatten();
        let mut nearest = None;
        for suppression in all.map(|index| &self.all[*index]).filter(|it| it.rule.id == finding.rule.id) {
            if suppression.until.is_none_or(|until| until >= self.today) {
                suppression.is_used.store(true, Ordering::Relaxed);
                nearest.get_or_insert(suppression);
            }
        }
        nearest
    }

    fn silence_of(&self, by: &Suppression) -> Silence {
        let until = by.until.map(|until| until.to_string());
        Silence::InSource { place: by.place, reason: by.reason.clone(), until }
    }
}

/// True for rules whose findings come from more than checking: nobody knows yet whether there are any.
fn is_judged_later(rule: &RuleInfo) -> bool {
    let of_lowering = [plan::rules::UNDECIDED.id, plan::rules::NOTHING_TO_RUN.id, target_cannot::RULE.id];
    let others = verify::rules::RULES.iter().chain(scenario::RULES);
    of_lowering.contains(&rule.id) || others.into_iter().any(|other| other.id == rule.id)
}

/// Collects suppressions while files are read.
struct Reader<'a> {
    rules: &'a RuleSet,
    known: &'a [&'static RuleInfo],
    all: Vec<Suppression>,
    invalid: Vec<Diagnostic>,
}

impl Reader<'_> {
    /// The rule of a name; where there is none, that is found.
    fn rule(&mut self, name: &str, place: Location) -> Option<&'static RuleInfo> {
        let rule = self.known.iter().copied().find(|rule| rule.id == name || rule.code == name);
        if rule.is_none() {
            let help = match nearest(name, self.known.iter().flat_map(|rule| [rule.id, rule.code])) {
                Some(near) => format!("did you mean `{near}`?"),
                None => "`rulec lints` lists all of them".to_owned(),
            };
            self.push(place, format!("there is no rule {}", crate::syntax::show(name)), &help);
        }
        rule
    }

    /// The day that a text names; where it names none, that is found.
    fn date(&mut self, text: &str, at: impl Fn(Range<usize>) -> Location) -> Option<Date> {
        match Date::parse(text) {
            Ok(date) => Some(date),
            Err(why) => {
                self.push(at(why.range.clone()), why.message, &why.help);
                None
            }
        }
    }

    fn push(&mut self, place: Location, message: String, help: &str) {
        self.invalid.push(Diagnostic::new(&INVALID_SUPPRESSION, place, message).help(help));
    }

    fn lines(&self, loaded: &Loaded) -> Lines<'_> {
        Lines { rules: self.rules, file: loaded.file }
    }
}

/// Offsets to lines.
struct Lines<'a> {
    rules: &'a RuleSet,
    file: FileId,
}

impl Lines<'_> {
    fn of(&self, offset: u32) -> u32 {
        self.rules.sources.position(Location { file: self.file, span: Span::at(offset) }).line
    }
}

/// The place of a part of the text of a string.
fn part(rules: &RuleSet, tree: &Tree, node: NodeId, range: Range<usize>) -> Location {
    Location { file: tree.file, span: tree.text_span(rules.source(tree.file), node, range) }
}
