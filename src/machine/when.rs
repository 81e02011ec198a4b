//! The `when` of a step, evaluated over the state of a run.

use std::collections::BTreeMap;

use super::Machine;
use super::event::Verdict;
use super::state::{State, Status, StepId};
use crate::expr::{Value, evaluate};

impl Machine<'_> {
    /// Whether the `when` of a step holds in a state, under these values of inputs. A step that has none holds. Whether
    /// it is too late for the step, `start_before`, is for those to say who have a clock: [`Machine::in_time`].
    ///
    /// `steps.ID.status` is there once the step is over and was not cancelled, `exit_code` where an attempt had
    /// one, `output` where it is kept and the step is ok. An expression that asks for what is not there, or
    /// that is not true or false, is [`Verdict::Undecidable`].
    #[must_use]
    pub fn decide(&self, state: &State, id: StepId, inputs: &BTreeMap<String, Value>) -> Verdict {
        let Some(when) = self.when(id) else { return Verdict::Holds };
        let known = |path: &[&str]| self.value(state, path, inputs);
        match evaluate(when, &known) {
            Ok(Value::Bool(true)) => Verdict::Holds,
            Ok(Value::Bool(false)) => Verdict::DoesNotHold,
            _ => Verdict::Undecidable,
        }
    }

    /// Whether a step holds of which all but the time was decided: `started` is when the step was started that its
    /// `start_before` names, if it was, and `now` the moment, both in milliseconds of one clock.
    #[must_use]
    pub fn in_time(&self, id: StepId, verdict: Verdict, started: Option<u64>, now: u64) -> Verdict {
        match (&self.step(id).start_before, started) {
            (Some(before), Some(started))
                if verdict == Verdict::Holds && now.saturating_sub(started) > before.ms =>
            {
                Verdict::DoesNotHold
            }
            _ => verdict,
        }
    }

    /// What a name of a `when` stands for in a state, under these values of inputs; none where it is not there.
    #[must_use]
    pub fn value(&self, state: &State, path: &[&str], inputs: &BTreeMap<String, Value>) -> Option<Value> {
        match *path {
            ["inputs", name] => inputs.get(name).cloned(),
            ["steps", step, field] => self.field(state, self.find(step)?, field),
            _ => None,
        }
    }

    fn field(&self, state: &State, id: StepId, field: &str) -> Option<Value> {
        let at = state.step(id);
        let status = at.status().filter(|status| *status != Status::Cancelled)?;
        match field {
            "status" => Some(Value::String(status.word().to_owned())),
            "exit_code" => at.exit_code.map(|code| Value::Int(i64::from(code))),
            "output" => at.output.clone().map(Value::String),
            _ => None,
        }
    }
}
