//! What the files of a rule set mean together: names, then what would go wrong.
//!
//! Takes the documents and gives the graph and findings. A mistake in a file's shape is one finding: what it
//! hides is not reported as missing, and nothing is judged that depends on how much is there.

use petgraph::graph::NodeIndex;

use super::hidden::Hidden;
use super::levels::{Levels, has_errors};
use super::own_rules::own_rules;
use super::read::Read;
use crate::diagnostic::{Diagnostic, RuleInfo, Sink};
use crate::graph::{self, Entity, EntityKind, Graph};
use crate::lint;
use crate::plan::rules::NOTHING_TO_RUN;

/// The graph of a rule set and all of its findings, with their levels and in order.
pub(super) fn examine<'a>(read: &'a Read, levels: Levels<'_>) -> (Graph<'a>, Vec<Diagnostic>) {
    let (graph, mut found) = graph::resolve(&read.rules);
    if is_partial(read) {
        let hidden = Hidden::new(read);
        found.retain(|finding| !hidden.explains(finding));
    } else {
        let context = lint::Context::new(&graph);
        // What is bound to nothing may stay prose until it is compiled; `graph` has said so.
        let drafted = context.found_by_drafting().iter();
        found.extend(drafted.filter(|found| found.rule.id != NOTHING_TO_RUN.id).cloned());
        let level = |rule: &'static RuleInfo| levels.asked(rule).unwrap_or(rule.level);
        found.extend(lint::run(&context, &level));
        found.extend(own_rules(&graph).1);
    }
    levels.apply(&mut found);
    let mut sink = Sink::default();
    sink.extend(read.found.iter().cloned());
    sink.extend(found);
    (graph, sink.finish())
}

/// All that can be compiled: procedures and decisions, in order of file and place.
pub fn entries<'g, 'a>(graph: &'g Graph<'a>) -> impl Iterator<Item = (NodeIndex, &'g Entity<'a>)> {
    graph.entities().filter(|(_, entity)| ENTRIES.contains(&entity.kind))
}

/// True where errors of single files keep the phases that judge the whole from running.
pub(super) fn is_partial(read: &Read) -> bool {
    has_errors(&read.found)
}

/// The kinds of what can be compiled.
pub(super) const ENTRIES: [EntityKind; 2] = [EntityKind::Procedure, EntityKind::Decision];
