//! Whether a mistake is reported where it is, or at what it breaks.
//!
//! A finding of level warning or error watches a mistake if one of its places is on a line of the mistake, or in
//! the object around it where that belongs to no entity, or belongs to the entity that the mistake is in or to one that a
//! reference connects with it. A place belongs to the innermost entity around it, so that a step is not its
//! procedure and not its neighbour.

use std::collections::BTreeSet;
use std::ops::Range;

use rulec::diagnostic::{Diagnostic, Level};
use rulec::driver::{Checked, check_files};
use rulec::graph::{EntityKind, resolve};
use rulec::model::LayerId;
use rulec::syntax::{Kind, NodeId};

use super::doc::{Doc, Edit};

/// An entity by what it is called.
type Name = (EntityKind, String);

/// A rule set, checked, with what belongs to which entity.
pub(crate) struct Seen {
    pub(crate) checked: Checked,
    pub(crate) docs: Vec<Doc>,
    owners: Vec<(String, Range<usize>, Name)>,
    edges: Vec<(Name, Name)>,
}

impl Seen {
    /// Checks a rule set.
    pub(crate) fn new(files: &[(&str, &str)]) -> Self {
        let checked = check_files(files);
        let is_rules = |path: &str| LayerId::of_path(path).is_some();
        let docs: Vec<Doc> = files
            .iter()
            .filter(|(path, _)| is_rules(path))
            .map(|(path, text)| Doc::new(path, text))
            .collect();
        let (graph, _) = resolve(&checked.rules);
        let (mut owners, mut edges) = (Vec::new(), Vec::new());
        for (index, entity) in graph.entities() {
            let name = (entity.kind, entity.id.to_string());
            let place = checked.rules.location(entity.at);
            let path = &checked.rules.sources.get(place.file).path;
            if let Some(doc) = docs.iter().find(|doc| doc.path == *path) {
                owners.push((path.clone(), owned(doc, &place.span.range()), name.clone()));
            }
            for (_, to) in graph.references(index) {
                let to = graph.entity(to);
                edges.push((name.clone(), (to.kind, to.id.to_string())));
            }
        }
        let mut seen = Self { checked, docs, owners, edges };
        seen.edges.extend(seen.readers());
        seen
    }

    /// From rules to the steps whose conditions name what they decide on: references that the graph leaves to
    /// expressions.
    fn readers(&self) -> Vec<(Name, Name)> {
        let of = |pattern: &str| -> Vec<(&Doc, NodeId)> {
            self.docs
                .iter()
                .flat_map(|doc| doc.select(pattern).into_iter().map(move |node| (doc, node)))
                .collect()
        };
        let owner = |(doc, node): (&Doc, NodeId)| self.owner(&doc.path, &doc.range(node)).cloned();
        let (targets, conditions) = (of("rules/*/action/target"), of("procedures/*/steps/*/when"));
        let pairs = targets.iter().flat_map(|rule| conditions.iter().map(move |step| (*rule, *step)));
        pairs
            .filter(|(rule, step)| {
                step.0.value(step.1).contains(&format!("decisions.{}", rule.0.value(rule.1)))
            })
            .filter_map(|(rule, step)| Some((owner(rule)?, owner(step)?)))
            .collect()
    }

    /// What is reported at level warning or error.
    pub(crate) fn grave(&self) -> impl Iterator<Item = &Diagnostic> {
        self.checked.findings.iter().filter(|found| matches!(found.level, Level::Warning | Level::Error))
    }

    /// The innermost entity around a place.
    fn owner(&self, path: &str, place: &Range<usize>) -> Option<&Name> {
        let around = |it: &&(String, Range<usize>, Name)| {
            it.0 == path && it.1.start <= place.start && place.end <= it.1.end
        };
        self.owners.iter().filter(around).min_by_key(|it| it.1.len()).map(|it| &it.2)
    }

    /// The entities that lie within a place, or else the innermost around it.
    fn homes(&self, path: &str, place: &Range<usize>) -> Vec<&Name> {
        let within = self
            .owners
            .iter()
            .filter(|it| it.0 == path && place.start <= it.1.start && it.1.end <= place.end);
        within.map(|it| &it.2).chain(self.owner(path, place)).collect()
    }
}

/// The bytes that belong to the entity whose name is at a place: the object around it, the value of a key, or an
/// element alone.
fn owned(doc: &Doc, place: &Range<usize>) -> Range<usize> {
    let ids = (0..doc.tree.len() as u32).map(NodeId);
    let Some(node) = ids.filter(|id| doc.range(*id).start == place.start).max() else { return place.clone() };
    let by_key = (0..doc.tree.len() as u32)
        .map(NodeId)
        .find(|id| doc.tree.kind(*id) == Kind::Key && doc.range(*id) == *place);
    if let Some(key) = by_key {
        return place.start..doc.extent(NodeId(key.0 + 1)).end.max(place.end);
    }
    match doc.tree.kind(doc.above(node, 1)) {
        Kind::Array => place.clone(),
        _ => doc.object_around(place),
    }
}

/// The rule of the finding that watches a mistake; else what was reported elsewhere.
pub(crate) fn watched(
    clean: &Seen,
    path: &str,
    edits: &[Edit],
    mutant: &Seen,
) -> Result<&'static str, Vec<&'static str>> {
    let doc = mutant.docs.iter().find(|doc| doc.path == path).expect("the file is still there");
    let places = after(edits);
    let mut homes: BTreeSet<Name> = BTreeSet::new();
    for ((before, _), place) in edits.iter().zip(&places) {
        // What is removed with its line is at home without the end of that.
        let text = &clean.docs.iter().find(|doc| doc.path == path).expect("the file was there").text;
        let before = before.start..before.start + text[before.clone()].trim_end().len();
        homes.extend(clean.homes(path, &before).into_iter().cloned());
        homes.extend(mutant.homes(path, place).into_iter().cloned());
    }
    let own = homes.clone();
    for (from, to) in clean.edges.iter().chain(&mutant.edges) {
        if own.contains(from) {
            homes.insert(to.clone());
        }
        if own.contains(to) {
            homes.insert(from.clone());
        }
    }
    let lines: Vec<_> = places.iter().map(|place| lines(&doc.text, place)).collect();
    let objects: Vec<_> =
        places.iter().filter(|_| own.is_empty()).map(|place| doc.object_around(place)).collect();
    let is_there = |found: &Diagnostic| {
        std::iter::once(&found.primary).chain(&found.related).any(|label| {
            let at = &mutant.checked.rules.sources.get(label.location.file).path;
            let span = label.location.span.range();
            let touches = |it: &Range<usize>| span.start <= it.end && it.start <= span.end;
            let is_near = at == path && (lines.iter().any(touches) || objects.iter().any(touches));
            is_near || mutant.owner(at, &span).is_some_and(|owner| homes.contains(owner))
        })
    };
    match mutant.grave().find(|found| is_there(found)) {
        Some(found) => Ok(found.rule.id),
        None => Err(mutant.grave().map(|found| found.rule.id).collect()),
    }
}

/// Where the edits of a text are when all are made.
fn after(edits: &[Edit]) -> Vec<Range<usize>> {
    let mut shift = 0_isize;
    let mut places = Vec::new();
    for (range, text) in edits {
        let start = range.start.checked_add_signed(shift).expect("edits are in order");
        places.push(start..start + text.len());
        shift += text.len() as isize - range.len() as isize;
    }
    places
}

/// The lines that a place is on.
fn lines(text: &str, place: &Range<usize>) -> Range<usize> {
    let start = text[..place.start].rfind('\n').map_or(0, |newline| newline + 1);
    let end = text[place.end..].find('\n').map_or(text.len(), |newline| place.end + newline);
    start..end
}
