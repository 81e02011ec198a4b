//! The `when`s of a procedure's steps: what they read of other steps, and which of those are over when they are decided.

use petgraph::graph::NodeIndex;
use rustc_hash::{FxHashMap, FxHashSet};

use super::context::Context;
use crate::expr::{self, Expr};
use crate::graph::{EdgeKind, Order};
use crate::model::{OnFailure, Procedure, Spanned, Step, Text};
use crate::source::{FileId, Span};

/// A step with a `when` that has no mistake of its own.
#[derive(Debug)]
pub(super) struct When<'a> {
    /// Position of the step among those of its procedure.
    pub(super) position: usize,
    /// The condition as it is written.
    pub(super) text: &'a Text,
    /// The same, parsed.
    pub(super) expr: Expr,
}

/// What a condition reads of a step.
#[derive(Debug)]
pub(super) struct Read {
    /// Position of the step that is read.
    pub(super) of: usize,
    /// `status`, `exit_code` or `output`.
    pub(super) field: String,
    /// Where in the condition's text.
    pub(super) span: Span,
}

/// The places of conditions that have mistakes, which were told where plans were drafted.
#[derive(Debug)]
pub(super) struct Mistaken(Vec<(FileId, Span)>);

impl Mistaken {
    pub(super) fn of(context: &Context<'_>) -> Self {
        let found = context.found_by_drafting().iter().map(|found| found.primary.location);
        let mut places: Vec<_> = found.map(|location| (location.file, location.span)).collect();
        places.sort_unstable();
        Self(places)
    }

    fn has(&self, context: &Context<'_>, text: &Text) -> bool {
        let place = context.place(text.at);
        let first =
            self.0.partition_point(|(file, span)| (*file, span.start) < (place.file, place.span.start));
        self.0.get(first).is_some_and(|(file, span)| *file == place.file && span.end <= place.span.end)
    }
}

/// The conditions of a procedure's steps.
pub(super) fn of<'a>(context: &Context<'_>, mistaken: &Mistaken, procedure: &'a Procedure) -> Vec<When<'a>> {
    let steps = procedure.steps.iter().enumerate();
    let whens = steps.filter_map(|(position, step)| {
        let text = step.when.as_ref().filter(|text| !mistaken.has(context, text))?;
        Some(When { position, text, expr: expr::parse(&text.value).ok()? })
    });
    whens.collect()
}

/// The positions of steps by what conditions call them.
pub(super) fn keys(procedure: &Procedure) -> FxHashMap<String, usize> {
    let keys = procedure.steps.iter().enumerate().rev();
    keys.filter_map(|(position, step)| Some((step.key()?.value.0, position))).collect()
}

/// What a condition reads of the steps of its procedure.
pub(super) fn reads(keys: &FxHashMap<String, usize>, expr: &Expr) -> Vec<Read> {
    let names = expr::free_names(expr).into_iter();
    let reads = names.filter_map(|name| match name.path.as_slice() {
        [root, step, field] if root == "steps" => {
            Some(Read { of: *keys.get(step)?, field: field.clone(), span: name.span })
        }
        _ => None,
    });
    reads.collect()
}

/// The steps that are over, or were skipped, whenever a step is ready.
#[derive(Debug)]
pub(super) enum Before {
    /// All that are listed before it.
    Listed(usize),
    /// Those that it needs, and those that these need.
    Needed(FxHashSet<usize>),
    /// There are too many to look at.
    Unknown,
}

impl Before {
    /// The steps before one, with so many needs left to look at.
    pub(super) fn of(order: &Order, position: usize, left: &mut usize) -> Self {
        if !order.is_graph {
            return Before::Listed(position);
        }
        let mut seen = FxHashSet::default();
        let mut open = vec![position];
        while let Some(step) = open.pop() {
            for needed in &order.needs[step] {
                let Some(fewer) = left.checked_sub(1) else { return Before::Unknown };
                *left = fewer;
                if seen.insert(*needed) {
                    open.push(*needed);
                }
            }
        }
        Before::Needed(seen)
    }

    /// Whether a step is one of them, where that is known.
    pub(super) fn has(&self, step: usize) -> Option<bool> {
        match self {
            Before::Listed(position) => Some(step < *position),
            Before::Needed(steps) => Some(steps.contains(&step)),
            Before::Unknown => None,
        }
    }
}

/// Whether the run goes on where a step has failed for good: by its own word, or because its procedure is a rollback.
pub(super) fn survives_failure(context: &Context<'_>, procedure: NodeIndex, step: &Spanned<Step>) -> bool {
    matches!(step.on_failure(), OnFailure::Continue | OnFailure::AlertAndContinue)
        || context.graph.referrers(procedure).any(|(edge, _)| edge.kind == EdgeKind::RollsBackTo)
}
