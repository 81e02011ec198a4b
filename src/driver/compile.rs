//! From a folder on a machine to plans, scripts or runbooks in memory.
//!
//! Nothing is compiled that has errors. What the rules alone don't show, such as a decision that the facts
//! leave open or a target that can't hold a step, is found here and joins the other findings.

use camino::{Utf8Path, Utf8PathBuf};
use petgraph::graph::NodeIndex;

use super::check::{Checked, rule_sets};
use super::entry::{Refusal, check_environment, check_facts, entry};
use super::examine::{Examination, entries, examine, is_partial};
use super::levels::{Levels, Overrides};
use super::places::Places;
use super::read::{Read, read};
use super::target_cannot::target_cannot;
use crate::decide::Facts;
use crate::diagnostic::{Diagnostic, Level, Sink};
use crate::graph::Graph;
use crate::host::Host;
use crate::plan::{Options, Plan, lower};
use crate::target::{Artifact, Target};

/// What is to be lowered, and how.
#[derive(Clone, Copy)]
pub struct PlanRequest<'a> {
    /// The rule set; without one, that around the working directory.
    pub rule_set: Option<&'a Utf8Path>,
    /// What of it.
    pub entries: Entries<'a>,
    /// The environment whose values are fixed.
    pub environment: Option<&'a str>,
    /// Facts and values of inputs that are fixed.
    pub facts: &'a Facts,
    /// By how much all offsets, delays and intervals are divided, for a rehearsal.
    pub rehearse: Option<u32>,
    /// Levels of rules.
    pub overrides: &'a Overrides,
    /// The least level of findings that keeps something from being lowered.
    pub deny: Level,
}

/// Which procedures and decisions are meant.
#[derive(Debug, Clone, Copy)]
pub enum Entries<'a> {
    /// The one of this id or name.
    One(&'a str),
    /// The only one there is.
    Only,
    /// All that can be compiled.
    All,
}

/// What lowering gave: plans, or what was made of them.
#[derive(Debug)]
pub struct Lowered<T> {
    /// The findings of the rule set, and of lowering it.
    pub checked: Checked,
    /// What was made, in order; nothing where the rules have errors.
    pub made: Vec<T>,
    /// The ids of entries that can't be lowered, in order.
    pub left_out: Vec<String>,
}

/// Lowers what is asked for to plans.
///
/// # Errors
/// Where the request does not fit the rules: no such rule set, entry or environment. `Ok(None)` where no rule
/// set is found.
pub fn plans(host: &dyn Host, request: &PlanRequest<'_>) -> Result<Option<Lowered<Plan>>, Refusal> {
    lower_each(host, request, Bar::Findings, |plan, _| (plan, Vec::new()))
}

/// Compiles what is asked for to a target: the files of each entry.
///
/// # Errors
/// As [`plans`].
pub fn compile(
    host: &dyn Host,
    request: &PlanRequest<'_>,
    target: &dyn Target,
) -> Result<Option<Lowered<Vec<Artifact>>>, Refusal> {
    lower_each(host, request, Bar::Findings, |plan, around| {
        let losses = target.losses(&plan);
        let found = losses.iter().map(|loss| target_cannot(&mut around.places, target, loss, around.levels));
        let found = found.collect();
        (target.files(&plan), found)
    })
}

/// What keeps a rule set from being lowered at all.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Bar {
    /// Any finding of the level that is denied.
    Findings,
    /// Errors of single files, behind which nobody knows what is there.
    BrokenFiles,
}

/// What is known around a plan that was just lowered.
pub(super) struct Around<'r, 'a> {
    /// The rules that it was made from.
    pub(super) graph: &'r Graph<'a>,
    /// Its entry.
    pub(super) entry: NodeIndex,
    pub(super) places: Places<'a>,
    pub(super) levels: Levels<'r>,
    /// What was found in the rules.
    pub(super) found: &'r [Diagnostic],
    /// The rules, for what they say about findings.
    pub(super) rules: &'r Examined<'a>,
}

/// Lowers what is asked for, and makes something of each plan, which may find more.
pub(super) fn lower_each<T>(
    host: &dyn Host,
    request: &PlanRequest<'_>,
    bar: Bar,
    mut make: impl FnMut(Plan, &mut Around<'_, '_>) -> (T, Vec<Diagnostic>),
) -> Result<Option<Lowered<T>>, Refusal> {
    let paths: Vec<Utf8PathBuf> = request.rule_set.map(Utf8Path::to_owned).into_iter().collect();
    let mut sets = rule_sets(host, &paths)?;
    if sets.len() > 1 {
        let roots: Vec<_> = sets.iter().map(|set| set.root.as_str()).collect();
        return Err(Refusal::several_rule_sets(&roots));
    }
    let Some(set) = sets.pop() else { return Ok(None) };
    let root = set.root.clone();
    let read = read(host, set, request.overrides);
    let levels = Levels { config: &read.config, overrides: request.overrides };
    levels.check_profile(&read)?;
    let (mut rules, mut findings) = Examined::new(&read, levels, request.deny);
    rules.rehearse = request.rehearse;
    let (mut made, mut left_out) = (Vec::new(), Vec::new());
    let is_barred = match bar {
        Bar::Findings => rules.is_denied(&findings),
        Bar::BrokenFiles => is_partial(&read),
    };
    if !is_barred {
        let chosen = choose(&rules.graph, request)?;
        let (graph, found, places) = (&rules.graph, &findings, Places::new(&read.rules));
        let entry = NodeIndex::default();
        let mut around = Around { graph, entry, places, levels, found, rules: &rules };
        let mut sink = Sink::default();
        for index in chosen {
            let (plan, mut found) = rules.lower(index, request.environment, request.facts);
            around.entry = index;
            let (thing, more) = make(plan, &mut around);
            found.extend(more);
            rules.silence(&mut found);
            if rules.is_denied(&found) {
                left_out.push(rules.graph.entity(index).id.to_string());
            } else {
                made.push(thing);
            }
            sink.extend(found);
        }
        sink.extend(findings);
        findings = sink.finish();
    }
    drop(rules);
    Ok(Some(Lowered { checked: Checked::new(root, read, findings), made, left_out }))
}

/// A rule set that has been examined: its entries can be lowered, each as often as is wanted.
pub(super) struct Examined<'a> {
    pub(super) graph: Graph<'a>,
    read: &'a Read,
    levels: Levels<'a>,
    lock_scope: Option<String>,
    rehearse: Option<u32>,
    deny: Level,
}

impl<'a> Examined<'a> {
    /// The rule set and all that was found in it.
    pub(super) fn new(read: &'a Read, levels: Levels<'a>, deny: Level) -> (Self, Vec<Diagnostic>) {
        let Examination { graph, findings, .. } = examine(read, levels, Vec::new());
        (Self { graph, read, levels, lock_scope: read.config.name.clone(), rehearse: None, deny }, findings)
    }

    /// True where these findings keep something from being lowered.
    pub(super) fn is_denied(&self, found: &[Diagnostic]) -> bool {
        found.iter().any(|finding| finding.level >= self.deny)
    }

    /// What is known when an entry is lowered.
    pub(super) fn options(&self, environment: Option<&str>, facts: &Facts) -> Options {
        Options {
            environment: environment.map(str::to_owned),
            facts: facts.clone(),
            lock_scope: self.lock_scope.clone(),
            rehearse: self.rehearse,
        }
    }

    /// The plan of an entry, and what was found on the way to it.
    pub(super) fn lower(
        &self,
        entry: NodeIndex,
        environment: Option<&str>,
        facts: &Facts,
    ) -> (Plan, Vec<Diagnostic>) {
        let lowered = lower(&self.graph, entry, &self.options(environment, facts));
        let mut found = lowered.diagnostics;
        self.levels.apply(&self.read.rules.sources, &mut found);
        self.silence(&mut found);
        (lowered.plan, found)
    }

    /// Takes out what the rules say to leave out.
    pub(super) fn silence(&self, found: &mut Vec<Diagnostic>) {
        self.read.suppressions.silence(&self.read.rules, found);
    }
}

fn choose(graph: &Graph<'_>, request: &PlanRequest<'_>) -> Result<Vec<NodeIndex>, Refusal> {
    check_environment(graph, request.environment)?;
    check_facts(graph, request.facts)?;
    let chosen = match request.entries {
        Entries::One(asked) => vec![entry(graph, Some(asked))?],
        Entries::Only => vec![entry(graph, None)?],
        Entries::All => entries(graph).map(|(index, _)| index).collect(),
    };
    Ok(chosen)
}
