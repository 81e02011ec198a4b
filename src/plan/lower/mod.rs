//! From a procedure, a decision or a timeline to its plan.
//!
//! [`lower`] takes the graph, an entry and what is known at compile time, and gives a plan in which calls are
//! inlined, references resolved, defaults filled in and conditions folded. What can't be said in a plan is a
//! finding at its place. [`draft`] does the same without knowing any facts, for whoever wants to measure a
//! procedure: what depends on facts stays in.

mod conditions;
mod context;
mod decision;
mod expressions;
mod ids;
mod inputs;
mod metrics;
mod monitors;
mod order;
mod parts;
mod policy;
mod repeat;
mod size;
mod steps;
mod timeline;

use std::collections::{BTreeMap, BTreeSet};

use petgraph::graph::NodeIndex;

use super::ir::{self, Bounds, Entry, EntryKind, Plan};
use super::settings::Known;
use super::{bounds, canonical, generated, rehearse::rehearse};
use crate::decide::Facts;
use crate::diagnostic::Diagnostic;
use crate::graph::{EntityKind, Graph, Item};
use crate::model::{Decision, Layer, Procedure, Spanned, Text, Timeline};
use context::Context;
pub(super) use inputs::{input_type, plain_text};

/// What is known at compile time.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Options {
    /// The name of the environment.
    pub environment: Option<String>,
    /// Facts and values of inputs. They count before those of the environment.
    pub facts: Facts,
    /// The name of the lock that runs take where the rules name none.
    pub lock_scope: Option<String>,
    /// By how much all offsets, delays and intervals are divided, for a rehearsal.
    pub rehearse: Option<u32>,
}

impl Options {
    /// What is known to settings.
    fn known(&self) -> Known<'_> {
        Known { environment: self.environment.as_deref(), given: Some(&self.facts) }
    }
}

/// A plan and what was found on the way to it.
#[derive(Debug)]
pub struct Lowered {
    /// The plan, sealed with its digest. It is worth something only where no finding is an error.
    pub plan: Plan,
    /// What the plan can't hold, expressions that are wrong, decisions without a value.
    pub diagnostics: Vec<Diagnostic>,
    /// False where calls came to more steps than a plan may have, so that the plan lacks some.
    pub is_whole: bool,
}

/// The plan of a procedure, decision or timeline.
///
/// # Panics
/// If the entry is none of these.
#[must_use]
pub fn lower(graph: &Graph<'_>, entry: NodeIndex, options: &Options) -> Lowered {
    let mut context = Context::new(graph, options);
    let mut plan = plan(&mut context, entry);
    plan.checklists = checklists(&mut context);
    plan.files = generated::files(graph, options.known());
    plan.monitors = context.monitors();
    plan.metrics = context.metrics();
    plan.dropped.append(&mut context.dropped);
    plan.sources = context.source_files();
    plan.decisions = context.decided_values();
    if let Some(factor) = options.rehearse {
        rehearse(&mut plan, factor);
    }
    Lowered { plan: canonical::seal(plan), is_whole: !context.is_full, diagnostics: context.found }
}

/// All facts that the rules know under these options: the variables of the environment too.
#[must_use]
pub fn facts(graph: &Graph<'_>, options: &Options) -> Facts {
    Context::new(graph, options).facts()
}

/// The plan of a procedure, decision or timeline as far as it is known without facts. It has no digest, and nothing
/// that is the same for every plan: no checklists, no monitors, no metrics, no list of files, and of the alerts only `default`.
///
/// # Panics
/// If the entry is none of these.
#[must_use]
pub fn draft(graph: &Graph<'_>, entry: NodeIndex) -> Lowered {
    Drafter::new(graph).draft(entry)
}

/// Makes drafts of one graph. What they have in common is worked out once.
pub struct Drafter<'g, 'a> {
    context: Context<'g, 'a>,
}

impl<'g, 'a> Drafter<'g, 'a> {
    /// One that has made no draft yet.
    #[must_use]
    pub fn new(graph: &'g Graph<'a>) -> Self {
        Self { context: Context::without_facts(graph) }
    }

    /// See [`draft`].
    ///
    /// # Panics
    /// If the entry is none of these.
    pub fn draft(&mut self, entry: NodeIndex) -> Lowered {
        let plan = plan(&mut self.context, entry);
        Lowered {
            plan,
            diagnostics: std::mem::take(&mut self.context.found),
            is_whole: !self.context.is_full,
        }
    }
}

fn plan(context: &mut Context<'_, '_>, entry: NodeIndex) -> Plan {
    (context.room, context.is_full) = (context::MAX_CALLED_STEPS, false);
    let mut plan = match context.graph.entity(entry).item {
        Item::Procedure(procedure) => procedure_plan(context, entry, procedure),
        Item::Decision(decision) => decision_plan(context, decision),
        Item::Timeline(timeline) => timeline_plan(context, timeline),
        _ => panic!("an entry is a procedure, a decision or a timeline"),
    };
    plan.alerts.clone_from(&context.alerts);
    plan.resources = resources(context, &plan);
    plan.breakers = breakers(context, &plan);
    plan.dropped = std::mem::take(&mut context.dropped);
    plan.bounds = bounds::bounds(&plan);
    plan
}

fn procedure_plan<'a>(
    context: &mut Context<'_, 'a>,
    index: NodeIndex,
    procedure: &'a Spanned<Procedure>,
) -> Plan {
    let entry = Entry {
        kind: EntryKind::Procedure,
        id: procedure.id.value.clone(),
        name: name(procedure.name.as_ref(), &procedure.id),
        description: text(procedure.description.as_ref()),
        risk: context.risk(index, procedure).map(policy::risk),
        satisfies: procedure.satisfies.iter().map(|id| id.value.clone()).collect(),
        source: context.source(procedure.at),
    };
    let preconditions = context.conditions(&procedure.preconditions);
    let body = context.body(index, procedure);
    context.hold_ids_apart(procedure, &body.steps);
    let postconditions = context.conditions(&procedure.postconditions);
    let finally = context.finally(procedure);
    let mut rollbacks = body.rollbacks;
    if let Some(reference) = &procedure.rollback_procedure
        && let Some(rollback) = context.rollback(reference, Vec::new(), &BTreeMap::new())
    {
        rollbacks.push(rollback);
    }
    let mut steps = body.steps;
    context.govern_rollback(procedure, &mut steps, &mut rollbacks, &preconditions);
    let mut plan = empty(context, entry);
    plan.inputs = context.take_inputs();
    plan.policy = context.policy(index, procedure);
    plan.preconditions = preconditions;
    plan.steps = steps;
    plan.max_parallel = match (context.graph.order(index).is_graph, procedure.max_parallel) {
        (true, Some(limit)) => Some(limit.value),
        // A sequence is one step at a time, and a graph without a limit runs what is ready.
        (true, None) => None,
        (false, _) => Some(1),
    };
    plan.timeout_ms = procedure.timeout.map(|timeout| timeout.value.as_millis());
    plan.postconditions = postconditions;
    plan.rollbacks = rollbacks;
    plan.finally = finally;
    plan.bounds.estimated_ms = procedure.estimated_duration.map(|estimate| estimate.value.as_millis());
    plan
}

fn decision_plan<'a>(context: &mut Context<'_, 'a>, decision: &'a Spanned<Decision>) -> Plan {
    let entry = Entry {
        kind: EntryKind::Decision,
        id: decision.id.value.clone(),
        name: name(decision.name.as_ref(), &decision.id),
        description: text(decision.description.as_ref()),
        risk: None,
        satisfies: decision.satisfies.iter().map(|id| id.value.clone()).collect(),
        source: context.source(decision.at),
    };
    let preconditions = context.decision_conditions(decision);
    let body = context.decision_body(decision);
    let mut rollbacks = body.rollbacks;
    rollbacks.extend(context.decision_rollback(decision));
    let mut plan = empty(context, entry);
    plan.inputs = context.take_inputs();
    plan.policy = context.bare_policy(decision.at);
    plan.preconditions = preconditions;
    plan.steps = body.steps;
    plan.max_parallel = Some(1);
    plan.rollbacks = rollbacks;
    plan
}

fn timeline_plan<'a>(context: &mut Context<'_, 'a>, timeline: &'a Spanned<Timeline>) -> Plan {
    let entry = Entry {
        kind: EntryKind::Timeline,
        id: timeline.id.value.clone(),
        name: name(timeline.name.as_ref(), &timeline.id),
        description: text(timeline.description.as_ref()),
        risk: None,
        satisfies: timeline.satisfies.iter().map(|id| id.value.clone()).collect(),
        source: context.source(timeline.at),
    };
    context.declare_inputs(&timeline.inputs, |_| false);
    let preconditions = context.conditions(&timeline.preconditions);
    let (body, times) = context.timeline(timeline);
    let postconditions = context.conditions(&timeline.postconditions);
    let mut rollbacks = body.rollbacks;
    if let Some(reference) = &timeline.rollback_procedure
        && let Some(rollback) = context.rollback(reference, Vec::new(), &BTreeMap::new())
    {
        rollbacks.push(rollback);
    }
    let finally = context.timeline_finally(timeline);
    let mut plan = empty(context, entry);
    plan.inputs = context.take_inputs();
    plan.policy = context.bare_policy(timeline.id.at);
    plan.policy.approvals = std::mem::take(&mut context.approvals);
    plan.preconditions = preconditions;
    plan.steps = body.steps;
    plan.bounds.estimated_ms = Some(times.duration_ms);
    plan.timeline = Some(times);
    plan.postconditions = postconditions;
    plan.rollbacks = rollbacks;
    plan.finally = finally;
    plan
}

fn empty(context: &Context<'_, '_>, entry: Entry) -> Plan {
    Plan {
        version: ir::VERSION,
        digest: String::new(),
        entry,
        sources: Vec::new(),
        environment: context.environment.clone(),
        facts: context.given_facts(),
        decisions: BTreeMap::new(),
        inputs: Vec::new(),
        policy: ir::Policy::default(),
        preconditions: Vec::new(),
        steps: Vec::new(),
        timeline: None,
        rehearsal: None,
        max_parallel: None,
        resources: BTreeMap::new(),
        breakers: BTreeMap::new(),
        timeout_ms: None,
        postconditions: Vec::new(),
        rollbacks: Vec::new(),
        finally: Vec::new(),
        alerts: BTreeMap::new(),
        checklists: BTreeMap::new(),
        files: Vec::new(),
        monitors: Vec::new(),
        metrics: Vec::new(),
        bounds: Bounds::default(),
        dropped: Vec::new(),
    }
}

/// The resources that steps of the plan take.
fn resources(context: &Context<'_, '_>, plan: &Plan) -> BTreeMap<String, ir::Resource> {
    let groups = plan.rollbacks.iter().flat_map(|rollback| &rollback.steps);
    let steps = plan.steps.iter().chain(groups).chain(&plan.finally);
    let taken: BTreeSet<&str> = steps.flat_map(|step| step.resources.keys()).map(String::as_str).collect();
    if taken.is_empty() {
        return BTreeMap::new();
    }
    let known = context.graph.of_kind(EntityKind::Resource).filter_map(|(_, entity)| {
        let Item::Resource(resource) = entity.item else { return None };
        let stated = ir::Resource {
            capacity: resource.capacity.value.0,
            unit: resource.unit.as_ref().map(|unit| unit.value.clone()),
            source: context.source(resource.at),
        };
        taken.contains(entity.id.as_ref()).then(|| (entity.id.to_string(), stated))
    });
    known.collect()
}

/// The circuit breakers of the steps of the plan.
fn breakers(context: &Context<'_, '_>, plan: &Plan) -> BTreeMap<String, ir::Breaker> {
    let groups = plan.rollbacks.iter().flat_map(|rollback| &rollback.steps);
    let steps = plan.steps.iter().chain(groups).chain(&plan.finally);
    let named: BTreeSet<&str> = steps.filter_map(|step| step.breaker.as_deref()).collect();
    if named.is_empty() {
        return BTreeMap::new();
    }
    let known = context.graph.of_kind(EntityKind::Component).filter_map(|(_, entity)| {
        let Item::Component(component) = entity.item else { return None };
        let breaker = component.circuit_breaker.as_ref()?;
        let stated = ir::Breaker { failures: breaker.failures.value, source: context.source(breaker.at) };
        named.contains(entity.id.as_ref()).then(|| (entity.id.to_string(), stated))
    });
    known.collect()
}

fn checklists(context: &mut Context<'_, '_>) -> BTreeMap<String, Vec<ir::Condition>> {
    let graph = context.graph;
    let mut checklists = BTreeMap::new();
    for (_, entity) in graph.of_kind(EntityKind::Checklist) {
        if let Item::Checklist(items) = entity.item {
            let items = items.iter().map(|item| context.checklist_item(item)).collect();
            checklists.insert(entity.id.to_string(), items);
        }
    }
    checklists
}

fn alerts(graph: &Graph<'_>) -> BTreeMap<String, ir::Alert> {
    let mut alerts = BTreeMap::new();
    for loaded in graph.rules.files() {
        if let Layer::Execution(execution) = &loaded.document.body {
            for alert in &execution.alerts {
                let raised = ir::Alert { command: alert.value.command.value.clone(), timeout_ms: None };
                alerts.entry(alert.name.value.clone()).or_insert(raised);
            }
        }
    }
    alerts
}

fn name(name: Option<&Text>, id: &Text) -> String {
    name.unwrap_or(id).value.clone()
}

fn text(text: Option<&Text>) -> String {
    text.map(|text| text.value.clone()).unwrap_or_default()
}
