//! What the files of a rule set mean together: names, then what would go wrong.
//!
//! Takes the documents and gives the graph and findings. A mistake in a file's shape is one finding: what it
//! hides is not reported as missing, and nothing is judged that depends on how much is there.

use petgraph::graph::NodeIndex;

use super::hidden::Hidden;
use super::levels::{Levels, has_errors};
use super::own_rules::own_rules;
use super::read::Read;
use crate::diagnostic::{Diagnostic, Level, RuleInfo, Silenced, Sink};
use crate::graph::{self, Entity, EntityKind, Graph};
use crate::lint;
use crate::model::RuleSet;
use crate::plan::rules::NOTHING_TO_RUN;

/// What a rule set means, and what is wrong with that.
pub(super) struct Examination<'a> {
    pub(super) graph: Graph<'a>,
    /// All findings, with their levels and in order.
    pub(super) findings: Vec<Diagnostic>,
    /// Those that the rules say to leave out, in the same order.
    pub(super) silenced: Vec<Silenced>,
}

/// Looks at a rule set as a whole. `on_disk` was found out about the files that it speaks of.
pub(super) fn examine<'a>(read: &'a Read, levels: Levels<'_>, on_disk: Vec<Diagnostic>) -> Examination<'a> {
    let (graph, mut found) = graph::resolve(&read.rules);
    found.extend(on_disk);
    let is_partial = is_partial(read);
    if is_partial {
        let hidden = Hidden::new(read);
        found.retain(|finding| !hidden.explains(finding));
    } else {
        let context = lint::Context::prepared(&graph);
        // What is bound to nothing may stay prose until it is compiled; `graph` has said so.
        let drafted = context.found_by_drafting().iter();
        found.extend(drafted.filter(|found| found.rule.id != NOTHING_TO_RUN.id).cloned());
        let level = |rule: &'static RuleInfo| if levels.is_off(rule) { Level::Off } else { rule.level };
        found.extend(lint::run(&context, &level));
        found.extend(own_rules(&graph).1);
    }
    levels.apply(&read.rules.sources, &mut found);
    let mut silenced = read.silenced.clone();
    silenced.extend(read.suppressions.silence(&read.rules, &mut found));
    let mut sink = Sink::default();
    sink.extend(read.found.iter().cloned());
    sink.extend(found);
    sink.extend(read.suppressions.leftovers(&read.rules, levels, is_partial));
    let mut findings = sink.finish();
    findings.retain(|finding| finding.level == Level::Error || concerns_own(&read.rules, finding));
    Examination { graph, findings, silenced: Silenced::sorted(silenced) }
}

/// True for a finding that has a place in a file of the rule set's own. What is merely unwise in an included file is
/// told where that is checked.
fn concerns_own(rules: &RuleSet, finding: &Diagnostic) -> bool {
    let places = std::iter::once(&finding.primary).chain(&finding.related);
    places.into_iter().any(|label| !rules.is_included(label.location.file))
}

/// All that can be compiled: procedures, decisions and timelines, in order of file and place. Those that are included are
/// entries of the rule sets that they belong to.
pub fn entries<'g, 'a>(graph: &'g Graph<'a>) -> impl Iterator<Item = (NodeIndex, &'g Entity<'a>)> {
    let is_own = |entity: &Entity<'_>| !graph.rules.is_included(entity.at.file);
    graph.entities().filter(move |(_, entity)| ENTRIES.contains(&entity.kind) && is_own(entity))
}

/// True where errors of single files keep the phases that judge the whole from running.
pub(super) fn is_partial(read: &Read) -> bool {
    has_errors(&read.found)
}

/// The kinds of what can be compiled.
pub(super) const ENTRIES: [EntityKind; 3] =
    [EntityKind::Procedure, EntityKind::Decision, EntityKind::Timeline];
