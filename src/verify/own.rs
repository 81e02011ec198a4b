//! The user's own rules: expressions over a state that hold always, or never.
//!
//! A state offers `procedure.id` and `procedure.risk` (`none` where the rules state none), `run.phase`,
//! `run.outcome` (`none` until the run is over), and of each step `steps.ID.status`, `steps.ID.begun` (its first
//! attempt was started) and `steps.ID.undone` (its undo succeeded). [`scope`] has their types.

use std::collections::{BTreeMap, BTreeSet};

use crate::expr::{self, Expr, Key, Type, Value, evaluate};
use crate::machine::{Machine, Outcome, Phase, Stage, State, StepId, Undone};
use crate::plan::ir::Risk;

/// The parts of a run, as rules name them, in order.
pub(super) const PHASES: [&str; 8] =
    ["gates", "preconditions", "steps", "postconditions", "stopping", "rollback", "finally", "over"];
/// Where a step stands, as rules name it.
pub(super) const STATUSES: [&str; 6] = ["waiting", "running", "ok", "failed", "skipped", "cancelled"];

/// A rule of the user's own.
#[derive(Debug, Clone)]
pub struct OwnRule {
    /// Its id.
    pub id: String,
    /// What must hold in every state, or in none.
    pub expr: Expr,
    /// In how many states it must hold.
    pub holds: Holds,
}

/// In how many states an expression must hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Holds {
    /// In all of them.
    Always,
    /// In none.
    Never,
}

impl Holds {
    /// The word for it, as rules spell it.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Holds::Always => "always",
            Holds::Never => "never",
        }
    }
}

impl OwnRule {
    /// True where a plan has every step that the rule names.
    #[must_use]
    pub fn applies(&self, machine: &Machine<'_>) -> bool {
        self.steps().iter().all(|step| machine.find(step).is_some())
    }

    /// The steps that it names.
    #[must_use]
    pub fn steps(&self) -> BTreeSet<String> {
        self.asks().into_iter().filter_map(|(step, _)| step).collect()
    }

    /// The steps and fields that it asks for; none for all of them.
    pub(super) fn asks(&self) -> Vec<(Option<String>, Option<String>)> {
        let names = expr::free_names(&self.expr).into_iter().map(|name| name.path);
        let of_steps = names.filter(|path| path[0] == "steps");
        of_steps.map(|path| (path.get(1).cloned(), path.get(2).cloned())).collect()
    }

    /// True where a state is as the rule wants it.
    pub(super) fn is_kept(&self, machine: &Machine<'_>, state: &State) -> bool {
        let known = |path: &[&str]| value(machine, state, path);
        match (evaluate(&self.expr, &known), self.holds) {
            (Ok(Value::Bool(holds)), Holds::Always) => holds,
            (Ok(Value::Bool(holds)), Holds::Never) => !holds,
            // What can't be computed holds nowhere.
            (_, holds) => holds == Holds::Never,
        }
    }
}

/// The types of what a state offers, where steps of these ids are known.
#[must_use]
pub fn scope<'s>(steps: impl Iterator<Item = &'s str>) -> BTreeMap<String, Type> {
    let step =
        || Type::record([("status", Type::one_of(STATUSES)), ("begun", Type::Bool), ("undone", Type::Bool)]);
    let risk = Type::one_of(["none", "low", "medium", "high", "critical"]);
    let outcome = Type::one_of(["none"].into_iter().chain(Outcome::ALL.map(Outcome::word)));
    [
        ("procedure", Type::record([("id", Type::String), ("risk", risk)])),
        ("run", Type::record([("phase", Type::one_of(PHASES)), ("outcome", outcome)])),
        ("steps", Type::record(steps.map(|id| (id, step())))),
    ]
    .map(|(name, of)| (name.to_owned(), of))
    .into()
}

fn value(machine: &Machine<'_>, state: &State, path: &[&str]) -> Option<Value> {
    let text = |word: &str| Some(Value::String(word.to_owned()));
    let of_steps = |ids: &mut dyn Iterator<Item = StepId>| {
        let entry = |id: StepId| (Key::String(machine.step(id).id.clone()), step(state, id));
        Value::Map(ids.map(entry).collect())
    };
    match *path {
        ["procedure", "id"] => text(&machine.plan().entry.id),
        ["procedure", "risk"] => text(match machine.plan().entry.risk {
            None => "none",
            Some(Risk::Low) => "low",
            Some(Risk::Medium) => "medium",
            Some(Risk::High) => "high",
            Some(Risk::Critical) => "critical",
        }),
        ["run", "phase"] => text(phase(state.phase)),
        ["run", "outcome"] => text(state.outcome().map_or("none", Outcome::word)),
        ["steps"] => Some(of_steps(&mut machine.step_ids())),
        ["steps", id] => machine.find(id).map(|id| step(state, id)),
        ["steps", id, field] => {
            let id = machine.find(id)?;
            match field {
                "status" => text(status(state, id)),
                "begun" => Some(Value::Bool(state.step(id).begun)),
                "undone" => Some(Value::Bool(state.step(id).undone == Undone::Ok)),
                _ => None,
            }
        }
        _ => None,
    }
}

fn step(state: &State, id: StepId) -> Value {
    let at = state.step(id);
    let fields = [
        ("status", Value::String(status(state, id).to_owned())),
        ("begun", Value::Bool(at.begun)),
        ("undone", Value::Bool(at.undone == Undone::Ok)),
    ];
    Value::Map(fields.map(|(name, value)| (Key::String(name.to_owned()), value)).into())
}

fn status(state: &State, id: StepId) -> &'static str {
    let at = state.step(id);
    match (at.status(), at.stage) {
        (Some(status), _) => status.word(),
        (None, Stage::Waiting | Stage::Deciding | Stage::Ready) => "waiting",
        (None, _) => "running",
    }
}

fn phase(phase: Phase) -> &'static str {
    match phase {
        Phase::Gate(_) => "gates",
        Phase::Preconditions(_) => "preconditions",
        Phase::Steps => "steps",
        Phase::Postconditions(_) => "postconditions",
        Phase::Stopping => "stopping",
        Phase::Undo(_) | Phase::Rollback { .. } => "rollback",
        Phase::Finally(_) => "finally",
        Phase::Over(_) => "over",
    }
}
