//! From a folder on a machine to what is proved and refuted of its procedures and decisions.
//!
//! What can be compiled is verified, whatever else is wrong with the rules. What [`verify`](crate::verify) finds in a plan becomes
//! findings at their places in the rules; limits on time are those of the lints, which have judged them already.

use std::collections::BTreeSet;

use camino::Utf8Path;

use super::check::memory;
use super::compile::{Around, Bar, Entries, Lowered, PlanRequest, lower_each};
use super::entry::Refusal;
use super::levels::Overrides;
use super::own_rules::{StatedRule, own_rules};
use super::refuted::refuted;
use crate::decide::Facts;
use crate::diagnostic::{Diagnostic, Level, RuleInfo};
use crate::host::Host;
use crate::lint::{self, Verb};
use crate::machine::{Machine, Record};
use crate::plan::Plan;
use crate::plan::ir::{Action, Condition, EntryKind, Step};
use crate::simulate::{Entry, Line, lines};
use crate::source::Location;
use crate::verify::{self, Proof, Property, Question, Refutation, Verdict, rules};

/// The rules of limits on time: what they find in an entry refutes that its limits hold.
const TIME_RULES: [&str; 5] =
    ["estimate-exceeded", "unbounded-step", "step-over-limit", "execution-over-limit", "rollback-over-limit"];

/// What is known of an entry.
#[derive(Debug)]
pub struct Verified {
    /// A procedure or a decision.
    pub kind: EntryKind,
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// How many states were explored.
    pub states: usize,
    /// The outcomes that runs can have, as words.
    pub outcomes: Vec<&'static str>,
    /// Jobs without a timeout: that they come to an end is taken for granted.
    pub unbounded: Vec<String>,
    /// Each property and what is known of it.
    pub properties: Vec<Judged>,
    /// The rules of the user's own that name steps which the entry has not.
    pub not_for_it: Vec<String>,
}

/// What is known of a property.
#[derive(Debug)]
pub struct Judged {
    /// What it says, in words.
    pub says: String,
    /// The rule that is broken where it does not hold; none for limits on time, which have several.
    pub rule: Option<&'static RuleInfo>,
    /// The id of a constraint of the user's own.
    pub constraint: Option<String>,
    /// What is known of it.
    pub verdict: Verdict,
    /// Why it does not hold.
    pub findings: Vec<Counterexample>,
}

/// A finding, and the run that shows it.
#[derive(Debug)]
pub struct Counterexample {
    /// What is wrong, and where.
    pub finding: Diagnostic,
    /// The records of the run, in order, as JSON; empty where no run is needed to see it.
    pub records: Vec<serde_json::Value>,
    /// The same for people; without moments, since any job may take any time.
    pub lines: Vec<Line>,
}

/// Verifies what is asked for, each entry with at most so many states.
///
/// # Errors
/// As [`plans`](super::plans).
pub fn verify(
    host: &dyn Host,
    request: &PlanRequest<'_>,
    max_states: usize,
) -> Result<Option<Lowered<Verified>>, Refusal> {
    let mut known: Option<Known> = None;
    lower_each(host, request, Bar::BrokenFiles, |plan, around| {
        let known = known.get_or_insert_with(|| Known::of(around));
        (verified(&plan, around, known, max_states), Vec::new())
    })
}

/// Verifies all procedures and decisions of texts as the files of one rule set, without a machine.
///
/// # Errors
/// Where they are no rule set.
pub fn verify_files(files: &[(&str, &str)], max_states: usize) -> Result<Option<Lowered<Verified>>, Refusal> {
    let request = PlanRequest {
        rule_set: Some(Utf8Path::new(".")),
        entries: Entries::All,
        environment: None,
        facts: &Facts::new(),
        rehearse: None,
        overrides: &Overrides::default(),
        deny: Level::Error,
    };
    verify(&memory(files), &request, max_states)
}

/// What the rules say that plans don't.
struct Known {
    starts: BTreeSet<Location>,
    stops: BTreeSet<Location>,
    own: Vec<StatedRule>,
    time_rules: Vec<Diagnostic>,
}

impl Known {
    fn of(around: &Around<'_, '_>) -> Self {
        let touches = lint::Context::new(around.graph).touches();
        let all = |verb: Verb| {
            let of_verb = touches.iter().filter(|touch| touch.verb == verb);
            of_verb.map(|touch| around.graph.rules.location(touch.at)).collect()
        };
        let time_rules = around.found.iter().filter(|found| TIME_RULES.contains(&found.rule.id));
        Self {
            starts: all(Verb::Start),
            stops: all(Verb::Stop),
            own: own_rules(around.graph).0,
            time_rules: time_rules.cloned().collect(),
        }
    }
}

fn verified(plan: &Plan, around: &mut Around<'_, '_>, known: &Known, max_states: usize) -> Verified {
    let in_time = in_time(plan, around, &known.time_rules);
    let mut verified = Verified {
        kind: plan.entry.kind,
        id: plan.entry.id.clone(),
        name: plan.entry.name.clone(),
        states: 0,
        outcomes: Vec::new(),
        unbounded: unbounded(plan),
        properties: Vec::new(),
        not_for_it: Vec::new(),
    };
    // Rules never compile to a plan without a meaning, unless their errors were made less than errors.
    if let Ok(machine) = Machine::new(plan) {
        let (own, others): (Vec<&StatedRule>, Vec<_>) =
            known.own.iter().partition(|own| own.rule.applies(&machine));
        verified.not_for_it = others.into_iter().map(|own| own.rule.id.clone()).collect();
        let question = question(&machine, around, known, &own, max_states);
        let proof = verify::verify(&machine, &question);
        verified.states = proof.states;
        verified.outcomes = proof.outcomes().into_iter().map(|outcome| outcome.word()).collect();
        let all = question.properties().map(|property| judged(&machine, around, &own, &proof, property));
        let all: Vec<Judged> = all.collect();
        // A rule that is off judges nothing.
        let is_off = |rule: &RuleInfo| around.levels.is_off(rule);
        verified.properties.extend(all.into_iter().filter(|judged| !judged.rule.is_some_and(is_off)));
    }
    verified.properties.insert(verified.properties.len().min(1), in_time);
    verified
}

fn question(
    machine: &Machine<'_>,
    around: &mut Around<'_, '_>,
    known: &Known,
    own: &[&StatedRule],
    max_states: usize,
) -> Question {
    let mut question = Question { max_states, ..Question::default() };
    question.own = own.iter().map(|own| own.rule.clone()).collect();
    let is_exempt = lint::Context::new(around.graph).needs_no_way_back(around.entry);
    for id in machine.main_steps() {
        let source = &machine.step(id).source;
        let place = around.places.location(&source.file, &source.pointer);
        if known.starts.contains(&place) {
            question.starts.insert(id);
        }
        if is_exempt || known.stops.contains(&place) {
            question.needs_no_way_back.insert(id);
        }
    }
    question
}

fn judged(
    machine: &Machine<'_>,
    around: &mut Around<'_, '_>,
    own: &[&StatedRule],
    proof: &Proof<'_>,
    property: Property,
) -> Judged {
    let (says, rule, constraint) = match property {
        Property::Ends => ("every path ends".to_owned(), &rules::ENDLESS_RUN, None),
        Property::TakenBack => ("what is changed is taken back".to_owned(), &rules::CHANGE_LEFT_BEHIND, None),
        Property::Verified => ("what is started is verified".to_owned(), &rules::UNVERIFIED_SERVICE, None),
        Property::Decidable => ("every condition can be decided".to_owned(), &rules::UNDECIDABLE_WHEN, None),
        Property::Apart => ("what must not overlap does not".to_owned(), &rules::OVERLAPPING_STEPS, None),
        Property::Alerted => ("every alert is raised".to_owned(), &rules::SILENCED_ALERT, None),
        Property::Own(place) => {
            let OwnRuleWords { says, id } = own_words(own[place]);
            (says, &rules::BROKEN_CONSTRAINT, Some(id))
        }
    };
    let found: Vec<&Refutation<'_>> =
        proof.refutations.iter().filter(|found| found.flaw.property == property).collect();
    let mut findings = Vec::new();
    for (mut finding, records) in refuted(machine, around, own, property, &found) {
        let path = &around.graph.rules.sources.get(finding.file()).path;
        finding.level = around.levels.of(finding.rule, path, finding.level);
        let mut reported = vec![finding.clone()];
        around.rules.silence(&mut reported);
        if reported.is_empty() {
            // It does not hold all the same, and whoever asks is told so.
            finding.level = finding.level.min(Level::Note);
        }
        let entries: Vec<Entry<'_>> = records.iter().map(|&record| Entry { at_ms: 0, record }).collect();
        findings.push(Counterexample {
            finding,
            records: records.iter().map(json).collect(),
            lines: lines(&entries, machine.plan()),
        });
    }
    Judged { says, rule: Some(rule), constraint, verdict: proof.verdict(property), findings }
}

struct OwnRuleWords {
    says: String,
    id: String,
}

fn own_words(own: &StatedRule) -> OwnRuleWords {
    let id = own.rule.id.clone();
    let says = match &own.prose {
        Some(prose) => format!("`{id}`: {prose}"),
        None => format!("`{id}`: {} {}", own.rule.holds.word(), own.rule.expr),
    };
    OwnRuleWords { says, id }
}

fn json(record: &Record<'_>) -> serde_json::Value {
    serde_json::to_value(record).expect("a record has string keys only")
}

/// What the lints say of the time that an entry takes: what they find in it, or in a step that it has.
fn in_time(plan: &Plan, around: &mut Around<'_, '_>, found: &[Diagnostic]) -> Judged {
    let mut place = |source: &crate::plan::ir::Source| around.places.location(&source.file, &source.pointer);
    let entry = place(&plan.entry.source);
    let steps: Vec<Location> = steps(plan).map(|step| place(&step.source)).collect();
    let is_in = |outer: &Location, inner: Location| {
        outer.file == inner.file && outer.span.start <= inner.span.start && inner.span.end <= outer.span.end
    };
    let concerns = |finding: &&Diagnostic| {
        let primary = finding.primary.location;
        is_in(&entry, primary)
            || finding.related.iter().any(|label| is_in(&entry, label.location))
            || steps.iter().any(|step| is_in(step, primary))
    };
    let findings: Vec<Counterexample> = found
        .iter()
        .filter(concerns)
        .map(|finding| Counterexample { finding: finding.clone(), records: Vec::new(), lines: Vec::new() })
        .collect();
    let verdict = if findings.is_empty() { Verdict::Proved } else { Verdict::Refuted };
    Judged { says: "limits on time hold".to_owned(), rule: None, constraint: None, verdict, findings }
}

fn steps(plan: &Plan) -> impl Iterator<Item = &Step> {
    let rollbacks = plan.rollbacks.iter().flat_map(|rollback| &rollback.steps);
    plan.steps.iter().chain(rollbacks).chain(&plan.finally)
}

/// The jobs without a timeout, in words, but for what people do.
fn unbounded(plan: &Plan) -> Vec<String> {
    let mut jobs = Vec::new();
    let is_open =
        |condition: &Condition| condition.check.as_ref().is_some_and(|check| check.timeout_ms.is_none());
    for condition in plan.preconditions.iter().chain(&plan.postconditions).filter(|it| is_open(it)) {
        jobs.push(format!("the check `{}`", condition.text));
    }
    for step in steps(plan) {
        let is_bounded = match &step.action {
            // What is late is stopped.
            _ if step.end_by_ms.is_some() => true,
            Action::Command { .. } => step.timeout_ms.is_some(),
            Action::Condition { condition } => step.timeout_ms.is_some() || !is_open(condition),
            Action::Manual { .. } | Action::Fail { .. } | Action::File { .. } => true,
        };
        if !is_bounded {
            jobs.push(format!("`{}`", step.id));
        }
        let is_late = step.end_by_ms.is_some();
        if step.verify.as_ref().is_some_and(|verify| verify.timeout_ms.is_none()) && !is_late {
            jobs.push(format!("the verification of `{}`", step.id));
        }
        if step.undo.as_ref().is_some_and(|undo| undo.timeout_ms.is_none()) {
            jobs.push(format!("the undo of `{}`", step.id));
        }
        if step.timeout_ms.is_none() && !is_late && step.remedies.iter().any(|remedy| !remedy.run.is_empty())
        {
            jobs.push(format!("the remedies of `{}`", step.id));
        }
    }
    let raises = |step: &Step| step.on_failure == crate::plan::ir::OnFailure::AlertAndContinue;
    if plan.alerts.get("default").is_some_and(|alert| alert.timeout_ms.is_none()) && steps(plan).any(raises) {
        jobs.push("the alert".to_owned());
    }
    jobs
}
