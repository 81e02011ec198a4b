//! What is not known before a run, and the values that stand for all that it may be: exit codes, outputs, inputs.
//!
//! Conditions see little of a value: whether it equals what they compare it with, or stands before or behind that.
//! So those values, those next to them and one that is none of them stand for all. A text of which more is asked
//! (whether it matches a pattern, what number it is) is *open*: a condition that depends on it holds or does not.

use std::collections::{BTreeMap, BTreeSet};

use crate::expr::{self, Comparisons, Expr, Literal, Value};
use crate::machine::{Machine, State, StepId, Verdict};
use crate::plan::ir::{Input, InputType};

/// How many combinations of values of inputs are told apart; what goes beyond that is open.
const MOST_COMBINATIONS: usize = 256;

/// The values of a plan that a run has to do with.
#[derive(Debug)]
pub(super) struct Values {
    /// For each step the exit codes with which its jobs fail.
    codes: Vec<Vec<u8>>,
    /// For each step what its attempts print, where that is kept.
    outputs: Vec<Vec<String>>,
    /// The combinations of values that inputs may have.
    pub(super) inputs: Vec<BTreeMap<String, Value>>,
    /// The names of which more is asked than what they are compared with.
    open: BTreeSet<Vec<String>>,
}

impl Values {
    pub(super) fn of(machine: &Machine<'_>) -> Self {
        let mut asked: BTreeMap<Vec<String>, Comparisons> = BTreeMap::new();
        for when in machine.step_ids().filter_map(|id| machine.when(id)) {
            for name in expr::comparisons(when) {
                match asked.get_mut(&name.path) {
                    Some(known) => {
                        known.with.extend(name.with);
                        known.is_all &= name.is_all;
                    }
                    None => drop(asked.insert(name.path.clone(), name)),
                }
            }
        }
        let of_step = |id: StepId, field: &str| {
            let path = ["steps".to_owned(), machine.step(id).id.clone(), field.to_owned()];
            asked.get(path.as_slice())
        };
        let mut open: BTreeSet<Vec<String>> = BTreeSet::new();
        let codes = machine.step_ids().map(|id| codes(machine, id, of_step(id, "exit_code"))).collect();
        let outputs = machine.step_ids().map(|id| match of_step(id, "output") {
            Some(asked) if machine.step(id).output => {
                if !asked.is_all {
                    open.insert(asked.path.clone());
                }
                texts(asked)
            }
            _ => vec![String::new()],
        });
        let outputs = outputs.collect();
        let mut inputs = vec![BTreeMap::new()];
        for input in &machine.plan().inputs {
            let path = vec!["inputs".to_owned(), input.name.clone()];
            let Some(asked) = asked.get(&path) else { continue };
            let mut values = values_of(input, asked);
            if values.is_none()
                || values.as_ref().is_some_and(|it| it.len() * inputs.len() > MOST_COMBINATIONS)
            {
                open.insert(path);
                values = Some(vec![Value::String(String::new())]);
            }
            let values = values.expect("an open input has one value that stands for all");
            let with = |known: &BTreeMap<String, Value>, value: &Value| {
                let mut known = known.clone();
                known.insert(input.name.clone(), value.clone());
                known
            };
            inputs =
                inputs.iter().flat_map(|known| values.iter().map(move |value| with(known, value))).collect();
        }
        Self { codes, outputs, inputs, open }
    }

    /// The exit codes other than 0 that a job of a step may have.
    pub(super) fn codes(&self, id: StepId) -> &[u8] {
        &self.codes[id.index()]
    }

    /// What an attempt of a step may print that is successful, or that of a probe.
    pub(super) fn outputs(&self, id: StepId) -> &[String] {
        &self.outputs[id.index()]
    }

    /// How it may be decided in a state whether a step runs.
    pub(super) fn verdicts(
        &self,
        machine: &Machine<'_>,
        state: &State,
        id: StepId,
        inputs: &BTreeMap<String, Value>,
    ) -> Vec<Verdict> {
        let mut verdicts = self.verdicts_of_when(machine, state, id, inputs);
        // How late it is nobody knows.
        if machine.step(id).start_before.is_some()
            && verdicts.contains(&Verdict::Holds)
            && !verdicts.contains(&Verdict::DoesNotHold)
        {
            verdicts.push(Verdict::DoesNotHold);
        }
        verdicts
    }

    fn verdicts_of_when(
        &self,
        machine: &Machine<'_>,
        state: &State,
        id: StepId,
        inputs: &BTreeMap<String, Value>,
    ) -> Vec<Verdict> {
        let Some(when) = machine.when(id) else { return vec![Verdict::Holds] };
        let is_open = |path: &[&str]| self.open.iter().any(|open| open.iter().eq(path.iter()));
        let known = |path: &[&str]| machine.value(state, path, inputs).filter(|_| !is_open(path));
        let reads_open = expr::free_names(when).iter().any(|name| {
            let path: Vec<&str> = name.path.iter().map(String::as_str).collect();
            is_open(&path) && machine.value(state, &path, inputs).is_some()
        });
        if !reads_open {
            return vec![machine.decide(state, id, inputs)];
        }
        let rest = expr::fold(when, &known);
        match rest.kind {
            expr::ExprKind::Literal(Literal::Bool(true)) => vec![Verdict::Holds],
            expr::ExprKind::Literal(Literal::Bool(false)) => vec![Verdict::DoesNotHold],
            // A text need not be a number, and what is not there decides nothing.
            _ => vec![Verdict::Holds, Verdict::DoesNotHold, Verdict::Undecidable],
        }
    }
}

/// The names in a `when` that stand for nothing in a state.
pub(super) fn missing(
    machine: &Machine<'_>,
    state: &State,
    when: &Expr,
    inputs: &BTreeMap<String, Value>,
) -> Vec<Vec<String>> {
    let names = expr::free_names(when).into_iter().map(|name| name.path);
    let is_missing = |path: &Vec<String>| {
        let path: Vec<&str> = path.iter().map(String::as_str).collect();
        machine.value(state, &path, inputs).is_none()
    };
    names.filter(is_missing).collect()
}

/// The exit codes that retries, remedies and conditions tell apart, and one other.
fn codes(machine: &Machine<'_>, id: StepId, asked: Option<&Comparisons>) -> Vec<u8> {
    let step = machine.step(id);
    let mut codes: BTreeSet<u8> = step.retry.on_exit_codes.iter().copied().collect();
    codes.extend(step.remedies.iter().flat_map(|remedy| &remedy.exit_codes));
    let compared = asked.iter().flat_map(|asked| whole_numbers(&asked.with));
    codes.extend(compared.filter_map(|code| u8::try_from(code).ok()));
    codes.remove(&0);
    codes.extend((1..=u8::MAX).find(|code| !codes.contains(code)));
    codes.into_iter().collect()
}

/// The texts that a name is compared with, and one other.
fn texts(asked: &Comparisons) -> Vec<String> {
    let compared = asked.with.iter().filter_map(|literal| match literal {
        Literal::String(text) => Some(text.clone()),
        _ => None,
    });
    let mut texts: BTreeSet<String> = compared.collect();
    let mut other = String::from("-");
    while texts.contains(&other) {
        other.push('-');
    }
    texts.insert(other);
    texts.into_iter().collect()
}

/// The whole numbers that a name is compared with, and those next to them.
fn whole_numbers(with: &[Literal]) -> Vec<i64> {
    let mut numbers = BTreeSet::new();
    for literal in with {
        let number = match literal {
            Literal::Int(number) => *number,
            Literal::Uint(number) => i64::try_from(*number).unwrap_or(i64::MAX),
            Literal::Double(number) => *number as i64,
            _ => continue,
        };
        numbers.extend([number.saturating_sub(1), number, number.saturating_add(1)]);
    }
    numbers.into_iter().collect()
}

/// The values that an input may have; none where a few do not stand for all. What is fixed was folded away.
fn values_of(input: &Input, asked: &Comparisons) -> Option<Vec<Value>> {
    match input.kind {
        InputType::Bool => Some(vec![Value::Bool(false), Value::Bool(true)]),
        InputType::Enum => Some(input.values.iter().cloned().map(Value::String).collect()),
        InputType::Int | InputType::Port if asked.is_all => {
            let numbers = if asked.with.is_empty() { vec![0] } else { whole_numbers(&asked.with) };
            Some(numbers.into_iter().map(Value::Int).collect())
        }
        InputType::Int | InputType::Port | InputType::Float => None,
        _ if asked.is_all => Some(texts(asked).into_iter().map(Value::String).collect()),
        _ => None,
    }
}
