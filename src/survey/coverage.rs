//! What of a rule set is bound to a check, what is prose, and which goal is served by what.
//!
//! Bound is what a program decides. What names something that no program decides, such as a metric without a probe or a
//! checklist with mandatory items that people look at, is prose: a person attests it in the end.

use petgraph::graph::NodeIndex;
use schemars::JsonSchema;
use schemars::generate::SchemaSettings;
use serde::Serialize;
use serde_json::Value;

use super::serves::{Node, below, is_carried_out, tree};
use super::{Place, Thing, place};
use crate::graph::{EdgeKind, EntityKind, Graph, Item};
use crate::model::{At, Condition, ConditionKind, Criterion, Metric, Spanned, StepKind, TextOr};
use crate::scalar::Threshold;

/// The version of the report's form.
const VERSION: u32 = 1;

/// What is bound, and what is served.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(title = "rulec coverage report", extend("$id" = "https://rulec.dev/schemas/1/coverage.schema.json"))]
#[serde(rename = "CoverageReport")]
pub struct Coverage {
    /// The version of this form.
    #[schemars(extend("const" = VERSION))]
    pub version: u32,
    /// Everything that may be bound to a check, added up.
    pub all: Bound,
    /// The same by kind; kinds of which there is nothing are left out.
    pub bound: Vec<Bound>,
    /// How much of each kind is served; kinds of which there is nothing are left out.
    pub served: Vec<Served>,
    /// The goals, and what serves each.
    pub goals: Vec<Node>,
    /// What is prose, by kind, in order of the source.
    pub prose: Vec<Prose>,
    /// What nothing serves or carries out, by kind, in order of the source.
    pub unserved: Vec<Thing>,
}

/// How much of something is bound to a check.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct Bound {
    /// What it is, in words.
    pub what: &'static str,
    /// How much of it a program decides.
    pub checked: usize,
    /// How much of it a person attests.
    pub prose: usize,
    /// Hundredths that a program decides, rounded down to a tenth; 100 where there is nothing.
    pub percent: f64,
}

/// How much of something is served.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct Served {
    /// What it is, in words.
    pub what: &'static str,
    /// What is counted, in words.
    pub how: &'static str,
    /// How many of them are served.
    pub served: usize,
    /// How many there are.
    pub total: usize,
    /// Hundredths that are served, rounded down to a tenth.
    pub percent: f64,
}

/// Something that a person attests.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Prose {
    /// What it is, in words.
    pub what: &'static str,
    /// Whose it is: the id of a goal, procedure, decision, checklist or timeline.
    pub of: String,
    /// What it says.
    pub text: String,
    /// Why a program does not decide it, where that can be told.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "String")]
    pub why: Option<&'static str>,
    /// Where it stands.
    #[serde(flatten)]
    pub place: Place,
}

/// The JSON Schema of the report.
#[must_use]
pub fn schema() -> Value {
    let settings = SchemaSettings::draft2020_12().for_serialize();
    settings.into_generator().into_root_schema_for::<Coverage>().to_value()
}

/// What is bound and what is served of a rule set.
#[must_use]
pub fn coverage(graph: &Graph<'_>) -> Coverage {
    let mut count = Count { graph, bound: Vec::new(), prose: Vec::new() };
    count.all();
    let steps = count.steps();
    let Count { bound, prose, .. } = count;
    let (checked, spoken) = bound.iter().fold((0, 0), |(a, b), of| (a + of.checked, b + of.prose));
    let goals: Vec<Node> = graph.of_kind(EntityKind::Goal).map(|(index, _)| tree(graph, index)).collect();
    let (mut served, unserved) = serving(graph, &goals);
    served.extend(steps);
    let all = Bound { what: "all", checked, prose: spoken, percent: percent(checked, checked + spoken) };
    Coverage { version: VERSION, all, bound, served, goals, prose, unserved }
}

fn percent(part: usize, total: usize) -> f64 {
    match total {
        0 => 100.0,
        _ => (part * 1_000 / total) as f64 / 10.0,
    }
}

/// What keeps a program from deciding something; none where one does.
type Verdict = Option<&'static str>;

const IN_WORDS: &str = "it is said in words";

/// True where a program decides a condition.
pub(super) fn is_checked(graph: &Graph<'_>, condition: &Condition) -> bool {
    condition_verdict(graph, condition).is_none()
}

fn condition_verdict(graph: &Graph<'_>, condition: &Condition) -> Verdict {
    match condition.kind() {
        Some(ConditionKind::Check { .. } | ConditionKind::Probe { .. }) => None,
        Some(ConditionKind::Checklist(name)) => match graph.target(name.at).map(|to| to.item) {
            Some(Item::Checklist(items)) => {
                let by_hand = items.iter().any(|item| item.is_mandatory() && item.asked().is_none());
                by_hand.then_some("mandatory items of the checklist are looked at by people")
            }
            _ => Some("the checklist is not there"),
        },
        Some(ConditionKind::Metric(name)) => match graph.target(name.at).map(|to| to.item) {
            Some(Item::Metric(metric, _)) => metric_verdict(metric),
            _ => Some("the metric is not there"),
        },
        Some(ConditionKind::Health(name)) => match graph.target(name.at).map(|to| to.item) {
            Some(Item::Component(component)) if component.health.is_some() => None,
            _ => Some("the component has no health check"),
        },
        Some(ConditionKind::Prose(_)) | None => Some(IN_WORDS),
    }
}

const NO_PROBE: &str = "the metric has no probe";

fn metric_verdict(metric: &Metric) -> Verdict {
    match metric.spec().and_then(|spec| spec.probe.as_ref()) {
        None => Some(NO_PROBE),
        Some(_) => is_no_threshold(metric),
    }
}

fn is_no_threshold(metric: &Metric) -> Verdict {
    let is_threshold = metric.target().is_some_and(|target| Threshold::parse(target).is_ok());
    (!is_threshold).then_some("the target is no threshold")
}

struct Count<'g, 'a> {
    graph: &'g Graph<'a>,
    bound: Vec<Bound>,
    prose: Vec<Prose>,
}

impl<'a> Count<'_, 'a> {
    fn all(&mut self) {
        self.kind("success criteria", |count, item, of| {
            let Item::Goal(goal) = item else { return };
            for criterion in &goal.success_criteria {
                count.criterion(criterion, of);
            }
        });
        self.kind("metrics", |count, item, of| {
            let Item::Goal(goal) = item else { return };
            for metric in &goal.metrics {
                let text = format!("{} {}", metric.name.value, metric.value.target().unwrap_or_default());
                // One with a query is measured by whoever watches the system; a condition needs a probe.
                let is_watched = metric.value.spec().is_some_and(|spec| spec.query.is_some());
                let verdict = match metric_verdict(&metric.value) {
                    Some(NO_PROBE) if is_watched => is_no_threshold(&metric.value),
                    verdict => verdict,
                };
                count.add(of, text.trim_end(), metric.name.at, verdict);
            }
        });
        self.kind("own constraints", |count, item, of| {
            let Item::Constraint(own) = item else { return };
            let constraint = &own.constraint;
            let is_bound =
                constraint.assert.is_some() || constraint.always.is_some() || constraint.never.is_some();
            let text = constraint.rule.as_ref().map_or(of, |rule| rule.value.as_str());
            count.add(of, text, constraint.id.at, (!is_bound).then_some(IN_WORDS));
        });
        self.kind("conditions of decisions", |count, item, of| {
            let Item::Decision(decision) = item else { return };
            for condition in &decision.conditions {
                let text = condition.value.text();
                count.add(of, text.unwrap_or_default(), condition.at, text.map(|_| IN_WORDS));
            }
        });
        self.kind("preconditions", |count, item, of| {
            let Item::Procedure(procedure) = item else { return };
            procedure.preconditions.iter().for_each(|condition| count.condition(condition, of));
        });
        self.kind("postconditions", |count, item, of| {
            let Item::Procedure(procedure) = item else { return };
            procedure.postconditions.iter().for_each(|condition| count.condition(condition, of));
        });
        self.kind("items of checklists", |count, item, of| {
            let Item::Checklist(items) = item else { return };
            for item in items.iter() {
                let verdict = item.asked().is_none().then_some(IN_WORDS);
                count.add(of, &item.item, item.at, verdict);
            }
        });
        self.kind("checkpoints of timelines", |count, item, of| {
            let Item::Timeline(timeline) = item else { return };
            for checkpoint in &timeline.checkpoints {
                checkpoint.require.iter().for_each(|condition| count.condition(condition, of));
            }
        });
        self.bound.retain(|bound| bound.checked + bound.prose > 0);
    }

    /// Steps are no conditions: how many a program runs is told beside what is served.
    fn steps(&mut self) -> Option<Served> {
        self.kind("steps", |count, item, of| {
            let Item::Procedure(procedure) = item else { return };
            for step in procedure.steps.iter().chain(procedure.finally.iter()) {
                let by_hand = match step.kind() {
                    Some(StepKind::Manual(instruction)) => Some(instruction.value.as_str()),
                    _ => None,
                };
                let verdict = by_hand.map(|_| "a person does it and confirms it");
                count.add(of, by_hand.unwrap_or_default(), step.at, verdict);
            }
        });
        let Bound { what, checked, prose, percent } = self.bound.pop()?;
        let total = checked + prose;
        (total > 0).then_some(Served { what, how: "run by a program", served: checked, total, percent })
    }

    fn kind(&mut self, what: &'static str, each: impl Fn(&mut Self, Item<'a>, &str)) {
        self.bound.push(Bound { what, checked: 0, prose: 0, percent: 100.0 });
        let graph = self.graph;
        for (_, entity) in graph.entities() {
            each(self, entity.item, &entity.id);
        }
        let bound = self.bound.last_mut().expect("it was just put there");
        bound.percent = percent(bound.checked, bound.checked + bound.prose);
    }

    fn criterion(&mut self, criterion: &Spanned<TextOr<Criterion>>, of: &str) {
        let at = criterion.at;
        match &criterion.value {
            TextOr::Text(text) => self.add(of, text, at, Some(IN_WORDS)),
            TextOr::Object(Criterion { criterion, metric, check }) => {
                let verdict = match (check, metric) {
                    (Some(_), _) => None,
                    (None, Some(metric)) => match self.graph.target(metric.at).map(|to| to.item) {
                        Some(Item::Metric(metric, _)) => metric_verdict(metric),
                        _ => Some("the metric is not there"),
                    },
                    (None, None) => Some(IN_WORDS),
                };
                let text = criterion.as_ref().or(metric.as_ref()).or(check.as_ref());
                self.add(of, text.map_or("", |text| text.value.as_str()), at, verdict);
            }
        }
    }

    fn condition(&mut self, condition: &Spanned<Condition>, of: &str) {
        let text = match condition.kind() {
            Some(ConditionKind::Prose(text)) => text.to_owned(),
            Some(ConditionKind::Check { command, .. }) => command.value.clone(),
            Some(ConditionKind::Probe { probe, .. }) => crate::plan::probe::words(&probe),
            Some(ConditionKind::Checklist(name)) => format!("checklist {}", name.value),
            Some(ConditionKind::Metric(name)) => format!("metric {}", name.value),
            Some(ConditionKind::Health(name)) => format!("health of {}", name.value),
            None => String::new(),
        };
        let verdict = condition_verdict(self.graph, condition);
        self.add(of, &text, condition.at, verdict);
    }

    fn add(&mut self, of: &str, text: &str, at: At, verdict: Verdict) {
        let bound = self.bound.last_mut().expect("a kind is being counted");
        let what = bound.what;
        match verdict {
            None => bound.checked += 1,
            Some(why) => {
                bound.prose += 1;
                let place = place(self.graph, at);
                let why = Some(why).filter(|why| *why != IN_WORDS);
                self.prose.push(Prose { what, of: of.to_owned(), text: text.to_owned(), why, place });
            }
        }
    }
}

/// How much is served of each kind, and what is not.
fn serving(graph: &Graph<'_>, goals: &[Node]) -> (Vec<Served>, Vec<Thing>) {
    let (mut all, mut unserved) = (Vec::new(), Vec::new());
    let mut add = |what, how, things: Vec<(NodeIndex, bool)>| {
        let served = things.iter().filter(|(_, is_served)| *is_served).count();
        let total = things.len();
        if total > 0 {
            all.push(Served { what, how, served, total, percent: percent(served, total) });
        }
        let left = things.iter().filter(|(_, is_served)| !is_served);
        unserved.extend(left.map(|(index, _)| Thing::new(graph, *index)));
    };
    let of_kind = |kind| graph.of_kind(kind).map(|(index, _)| index);
    let goal_indices = of_kind(EntityKind::Goal).zip(goals);
    add(
        "goals",
        "carried out by something that runs",
        goal_indices.map(|(index, node)| (index, is_carried_out(node))).collect(),
    );
    let is_served = |index: NodeIndex| (index, !below(graph, index).is_empty());
    add("requirements", "served by something", of_kind(EntityKind::Requirement).map(is_served).collect());
    add("risks", "lessened by something", of_kind(EntityKind::Risk).map(is_served).collect());
    add(
        "decisions",
        "carried out by an action or procedure",
        of_kind(EntityKind::Decision).map(is_served).collect(),
    );
    let serves = |index: NodeIndex| {
        let satisfies = graph.references(index).any(|(edge, _)| edge.kind == EdgeKind::Satisfies);
        let is_used = graph.referrers(index).any(|(edge, _)| edge.kind != EdgeKind::Has);
        (index, satisfies || is_used)
    };
    add("procedures", "serving or used by something", of_kind(EntityKind::Procedure).map(serves).collect());
    (all, unserved)
}
