//! The gate before a change: what L3 demands of the files that a procedure changes, decided before anything runs.
//!
//! A path that may not be written is an error, so no plan has one. What is left is a change that may run, and one that
//! may once somebody has approved it. Beside that: the risk that a procedure has at least, by what it changes.

use petgraph::graph::NodeIndex;
use rustc_hash::FxHashSet;

use super::ir;
use super::paths::{Boundary, Verdict, written};
use crate::diagnostic::plural;
use crate::graph::{Graph, Item};
use crate::model::{
    At, Executor, Layer, List, Operation, Procedure, Risk, RiskFloor, RuleSet, Spanned, Step, StepKind,
    TextOr, Texts,
};

/// SHA-256 of nothing: who expects it makes a new file.
const OF_NOTHING: &str = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
/// How many procedures one may run as its parts, before the rest is left to the gate of the run.
const FOLLOWED: usize = 1_000;

/// A file that a procedure changes, or a glob of such.
#[derive(Debug, Clone)]
pub struct Change {
    /// The path, or the glob.
    pub path: String,
    /// True for a glob of `writes`.
    pub is_glob: bool,
    /// What may be done.
    pub operations: Vec<Operation>,
    /// How many lines are written, where the rules have them.
    pub lines: usize,
    /// Where it is said.
    pub at: At,
}

/// The floor that raises the risk of a procedure most.
#[derive(Debug, Clone)]
pub struct Raised {
    /// The risk.
    pub risk: Risk,
    /// Where L3 states it.
    pub floor: At,
    /// Where the change is.
    pub change: At,
    /// The change in words: ``deletes `config/a` ``.
    pub words: String,
}

/// A change that needs an approval.
#[derive(Debug, Clone)]
pub struct Reviewed {
    /// What it changes.
    pub path: String,
    /// Where the change is.
    pub change: At,
    /// Where L3 demands a review.
    pub category: At,
    /// What is reviewed, in words: ``the paths `migrations/**` ``, `critical configuration`.
    pub words: String,
}

/// The executor policies of a rule set; the first one counts where only one can.
pub fn executors(rules: &RuleSet) -> impl Iterator<Item = &Executor> {
    rules.files().iter().filter_map(|loaded| match &loaded.document.body {
        Layer::Constraints(constraints) => constraints.executor.as_ref().map(|executor| &executor.value),
        _ => None,
    })
}

/// What a procedure says that it changes, with what runs as its parts, in order of the source.
#[must_use]
pub fn changes(graph: &Graph<'_>, index: NodeIndex, procedure: &Procedure) -> Vec<Change> {
    let mut found = Vec::new();
    let mut seen = FxHashSet::from_iter([index]);
    let mut waiting = vec![procedure];
    while let Some(procedure) = waiting.pop() {
        found.extend(procedure.writes.iter().map(|glob| Change {
            path: glob.value.clone(),
            is_glob: true,
            operations: vec![Operation::Create, Operation::Update],
            lines: 0,
            at: glob.at,
        }));
        for step in procedure.steps.iter().chain(procedure.finally.iter()) {
            match step.kind() {
                Some(StepKind::File(_)) => found.extend(change(step)),
                Some(StepKind::Run(reference)) => {
                    let Some(called) = graph.target_index(reference.at) else { continue };
                    if let Item::Procedure(part) = graph.entity(called).item
                        && seen.len() < FOLLOWED
                        && seen.insert(called)
                    {
                        waiting.push(part);
                    }
                }
                _ => {}
            }
        }
    }
    found
}

fn change(step: &Spanned<Step>) -> Option<Change> {
    let file = step.file.as_ref()?;
    let operations = match file.expect_sha256.as_ref().map(|sum| sum.value.as_str()) {
        _ if file.is_deleted() => vec![Operation::Delete],
        Some(OF_NOTHING) => vec![Operation::Create],
        Some(_) => vec![Operation::Update],
        None => vec![Operation::Create, Operation::Update],
    };
    let dir = step.working_dir.as_ref().map(|dir| dir.value.as_str());
    Some(Change {
        path: written(dir, &file.path.value),
        is_glob: false,
        operations,
        lines: file.content.as_ref().map_or(0, |content| content.value.lines().count()),
        at: file.path.at,
    })
}

/// The lines that these changes write, as far as their content is stated.
#[must_use]
pub fn lines(changes: &[Change]) -> usize {
    changes.iter().map(|change| change.lines).sum()
}

/// The strictest floor under the risk of these changes; the first of several.
#[must_use]
pub fn raised(rules: &RuleSet, changes: &[Change]) -> Option<Raised> {
    let written = lines(changes);
    let mut highest: Option<Raised> = None;
    for floor in executors(rules).flat_map(|executor| executor.risk_floors.iter()) {
        if highest.as_ref().is_some_and(|raised| raised.risk >= floor.at_least.value) {
            continue;
        }
        if let Some(change) = changes.iter().find(|change| is_meant(change, &floor.paths, &floor.operations))
            && floor.lines_over.is_none_or(|limit| written > limit.value as usize)
        {
            highest = Some(Raised {
                risk: floor.at_least.value,
                floor: floor.at_least.at,
                change: change.at,
                words: said(change, floor, written),
            });
        }
    }
    highest
}

fn said(change: &Change, floor: &RiskFloor, written: usize) -> String {
    match floor.lines_over {
        Some(limit) => format!("writes {} > {}", plural(written, "line"), limit.value),
        None if change.operations == [Operation::Delete] => format!("deletes `{}`", change.path),
        None => format!("writes `{}`", change.path),
    }
}

/// The changes that need an approval, each with the first category that says so.
#[must_use]
pub fn reviewed(rules: &RuleSet, changes: &[Change]) -> Vec<Reviewed> {
    let categories: Vec<_> =
        executors(rules).flat_map(|executor| executor.always_review_categories.iter()).collect();
    let first = |change: &Change| {
        categories.iter().find_map(|category| {
            let words = match &category.value {
                TextOr::Text(glob) => {
                    let is_meant = names(std::slice::from_ref(glob), change);
                    is_meant.then(|| format!("`{glob}`"))?
                }
                TextOr::Object(own) => {
                    is_meant(change, &own.paths, &own.operations).then(|| category_words(own))?
                }
            };
            let (path, change, category) = (change.path.clone(), change.at, category.at);
            Some(Reviewed { path, change, category, words })
        })
    };
    changes.iter().filter_map(first).collect()
}

fn category_words(category: &crate::model::ReviewCategory) -> String {
    if let Some(name) = &category.name {
        return format!("`{}`", name.value);
    }
    let operations: Vec<&str> =
        category.operations.iter().map(|operation| operation_word(operation.value)).collect();
    let paths: Vec<String> = category.paths.iter().map(|path| format!("`{}`", path.value)).collect();
    match (operations.is_empty(), paths.is_empty()) {
        (false, true) => format!("`{}`", operations.join(", ")),
        (true, _) => paths.join(", "),
        (false, false) => format!("`{}` of {}", operations.join(", "), paths.join(", ")),
    }
}

/// The word of an operation.
#[must_use]
pub fn operation_word(operation: Operation) -> &'static str {
    match operation {
        Operation::Create => "create",
        Operation::Update => "update",
        Operation::Delete => "delete",
    }
}

fn is_meant(change: &Change, paths: &Texts, operations: &List<Operation>) -> bool {
    let by_operation =
        operations.is_empty() || operations.iter().any(|named| change.operations.contains(&named.value));
    let globs: Vec<String> = paths.iter().map(|path| path.value.clone()).collect();
    by_operation && (globs.is_empty() || names(&globs, change))
}

fn names(globs: &[String], change: &Change) -> bool {
    let named = Boundary::new(&[], globs);
    let verdict = if change.is_glob { named.judge_glob(&change.path) } else { named.judge(&change.path) };
    matches!(verdict, Verdict::Forbidden(_))
}

/// What the gate decides of a procedure, and why: each reason with the rule that decided. Nothing where it changes no
/// file that the rules know of, or where L3 has no policy.
#[must_use]
pub fn judge(
    graph: &Graph<'_>,
    index: NodeIndex,
    procedure: &Procedure,
) -> Option<(ir::GateVerdict, Vec<(String, At)>)> {
    executors(graph.rules).next()?;
    let changes = changes(graph, index, procedure);
    if changes.is_empty() {
        return None;
    }
    let under_review = reviewed(graph.rules, &changes).into_iter();
    let mut reasons: Vec<(String, At)> = under_review
        .map(|it| (format!("`{}` is under review by {}", it.path, it.words), it.category))
        .collect();
    if let Some(approval) = &procedure.approval {
        reasons.push(("the procedure asks for an approval".to_owned(), approval.at));
    }
    let verdict = if reasons.is_empty() { ir::GateVerdict::Allow } else { ir::GateVerdict::NeedsApproval };
    if let Some(raised) = raised(graph.rules, &changes)
        && procedure.risk.is_none_or(|stated| stated.value < raised.risk)
    {
        let text = format!("the risk is {}, since it {}", risk_word(raised.risk), raised.words);
        reasons.push((text, raised.floor));
    }
    Some((verdict, reasons))
}

/// The same as a part of the plan.
pub(super) fn of(
    graph: &Graph<'_>,
    index: NodeIndex,
    procedure: &Procedure,
    source: impl Fn(At) -> ir::Source,
) -> Option<ir::WriteGate> {
    let (verdict, reasons) = judge(graph, index, procedure)?;
    let reasons = reasons.into_iter().map(|(text, at)| ir::GateReason { text, source: source(at) });
    Some(ir::WriteGate { verdict, reasons: reasons.collect() })
}

/// The word of a risk.
#[must_use]
pub fn risk_word(risk: Risk) -> &'static str {
    match risk {
        Risk::Low => "low",
        Risk::Medium => "medium",
        Risk::High => "high",
        Risk::Critical => "critical",
    }
}
