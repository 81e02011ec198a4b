//! The faults that the options ask for, found in the plan; or everything that is wrong with them at once.
//!
//! Names may hold `:` and `=`: an option is split where its longest name that the plan has ends.

use super::super::super::args::FaultArgs;
use crate::diagnostic::nearest;
use crate::driver::Refusal;
use crate::machine::{Machine, StepId};
use crate::plan::ir::{Action, OnFailure};
use crate::scalar::Duration;
use crate::simulate::{Failure, Faults, Pick, Role, Surroundings, UnknownName, find_jobs, find_step};

/// What is wrong with an option.
struct Wrong {
    option: String,
    message: String,
    help: String,
}

/// The world in which the faults happen that are asked for.
pub(super) fn surroundings(args: &FaultArgs, machine: &Machine<'_>) -> Result<Surroundings, Refusal> {
    let mut asked = Asked { machine, wrong: Vec::new() };
    let faults = Faults {
        failures: asked.each("--fail", &args.fail, Asked::failure),
        timeouts: asked.each("--timeout", &args.timeout, Asked::pick),
        outputs: asked.each("--output", &args.output, Asked::output),
        errors: asked.each("--stderr", &args.stderr, Asked::stderr),
        takes: asked.each("--take", &args.take, Asked::take),
        not_held: args.not_held.clone(),
        shut: args.shut.iter().copied().collect(),
        cancel_at_ms: args.cancel_at.iter().min().map(|at| at.as_millis()),
    };
    asked.gates(args);
    let mut wrong = asked.wrong;
    let bound = faults.bind(machine).map_err(|unknown| wrong.extend(unknown.iter().map(unknown_check)));
    match bound {
        Ok(bound) if wrong.is_empty() => Ok(bound),
        _ => Err(refusal(&wrong)),
    }
}

fn refusal(wrong: &[Wrong]) -> Refusal {
    match wrong {
        [one] => Refusal::new(format!("`{}`: {}", one.option, one.message), one.help.as_str()),
        _ => Refusal {
            message: format!("{} options don't fit the plan", wrong.len()),
            help: wrong.iter().map(|it| format!("`{}`: {}; {}", it.option, it.message, it.help)).collect(),
        },
    }
}

fn unknown_check(unknown: &UnknownName) -> Wrong {
    let help = match &unknown.nearest {
        Some(near) => format!("did you mean `{near}`?"),
        None => "name it by its text, its command, its step, or as `pre:1` or `post:1`".to_owned(),
    };
    Wrong {
        option: format!("--false {}", unknown.name),
        message: format!("the plan has no such {}", unknown.kind),
        help,
    }
}

/// What is wrong with the value of an option, and what to do.
type Fault = (String, String);

struct Asked<'m, 'a> {
    machine: &'m Machine<'a>,
    wrong: Vec<Wrong>,
}

impl Asked<'_, '_> {
    fn each<T>(
        &mut self,
        option: &str,
        texts: &[String],
        parse: impl Fn(&Self, &str) -> Result<T, Fault>,
    ) -> Vec<T> {
        let mut parsed = Vec::new();
        for text in texts {
            match parse(self, text) {
                Ok(value) => parsed.push(value),
                Err((message, help)) => {
                    self.wrong.push(Wrong { option: format!("{option} {text}"), message, help });
                }
            }
        }
        parsed
    }

    /// `STEP[:TIMES][=EXIT]`
    fn failure(&self, text: &str) -> Result<Failure, Fault> {
        let (before, exit) = split_last(text, '=');
        let (name, times) = split_last(before, ':');
        let (whole, last) = split_last(text, ':');
        // The longest name comes first.
        let readings = [(text, None, None), (before, None, exit), (name, times, exit), (whole, last, None)];
        let mut readings = readings.to_vec();
        readings.sort_by_key(|(name, ..)| std::cmp::Reverse(name.len()));
        let known = readings.into_iter().find(|(name, ..)| find_jobs(self.machine, name).is_some());
        let Some((name, times, exit)) = known else {
            let is_number =
                |text: Option<&str>| text.is_some_and(|it| it.bytes().all(|b| b.is_ascii_digit()));
            let name = if is_number(exit) { before } else { text };
            let (start, times) = split_last(name, ':');
            return Err(self.unknown(if is_number(times) { start } else { name }));
        };
        let times = match times.map(|times| (times, times.parse::<u32>())) {
            None => None,
            Some((_, Ok(times))) if times > 0 => Some(times),
            Some((times, _)) => {
                return Err((
                    format!("`{times}` is no number of times"),
                    "write a whole number from 1, or none for every time".to_owned(),
                ));
            }
        };
        let exit = match exit.map(|exit| (exit, exit.parse::<u8>())) {
            None => 1,
            Some((_, Ok(exit))) if exit > 0 => exit,
            Some(("", _)) => {
                return Err((
                    "there is no exit code behind the `=`".to_owned(),
                    "leave the `=` out".to_owned(),
                ));
            }
            Some((exit, _)) => {
                return Err((
                    format!("`{exit}` is no exit code of a failure"),
                    "write a whole number from 1 to 255".to_owned(),
                ));
            }
        };
        Ok(Failure { pick: self.pick(name)?, times, exit })
    }

    /// `STEP=DURATION`
    fn take(&self, text: &str) -> Result<(Pick, u64), Fault> {
        let Some((name, duration)) = text.rsplit_once('=') else {
            return Err((
                "it does not say how long".to_owned(),
                "write STEP=DURATION, such as `1=30s`".to_owned(),
            ));
        };
        let pick = self.pick(name)?;
        let duration = Duration::parse(duration).map_err(|error| (error.to_string(), error.help.clone()))?;
        Ok((pick, duration.as_millis()))
    }

    fn output(&self, text: &str) -> Result<(String, String), Fault> {
        let (id, printed) = self.text(text)?;
        let step = self.machine.step(id);
        let is_measured = match &step.action {
            Action::Condition { condition } => {
                condition.check.as_ref().is_some_and(|check| check.measure.is_some())
            }
            _ => false,
        };
        match step.output || is_measured {
            true => Ok((step.id.clone(), printed)),
            false => Err((
                format!("nothing reads what `{}` prints", step.id),
                "say `output: true` at the step to keep it".to_owned(),
            )),
        }
    }

    fn stderr(&self, text: &str) -> Result<(String, String), Fault> {
        let (id, printed) = self.text(text)?;
        let step = self.machine.step(id);
        match step.remedies.iter().any(|remedy| remedy.stderr_matches.is_some()) {
            true => Ok((step.id.clone(), printed)),
            false => Err((
                format!("no remedy of `{}` looks at what it prints", step.id),
                "say `stderr_matches` at a remedy to have it looked at".to_owned(),
            )),
        }
    }

    /// `STEP=TEXT`
    fn text(&self, text: &str) -> Result<(StepId, String), Fault> {
        let splits = text.rmatch_indices('=').map(|(at, _)| (&text[..at], &text[at + 1..]));
        let known = splits
            .filter_map(|(name, printed)| Some((find_step(self.machine, name)?, printed.to_owned())))
            .next();
        known.ok_or_else(|| match text.split_once('=') {
            Some((name, _)) => self.unknown(name),
            None => ("it does not say what is printed".to_owned(), "write STEP=TEXT".to_owned()),
        })
    }

    /// A step, or a purpose and a step that has something for it.
    fn pick(&self, text: &str) -> Result<Pick, Fault> {
        let (role, id) = find_jobs(self.machine, text).ok_or_else(|| self.unknown(text))?;
        let step = self.machine.step(id);
        let has_alert = step.on_failure == OnFailure::AlertAndContinue
            && self.machine.plan().alerts.contains_key("default");
        let (is_there, what) = match role {
            Role::Attempt => (true, ""),
            Role::Verify => (step.verify.is_some(), "has no verification"),
            Role::Undo => (self.machine.is_undoable(id), "has no undo"),
            Role::Remedy => {
                (step.remedies.iter().any(|it| !it.run.is_empty()), "has no remedy that runs anything")
            }
            Role::Alert => (has_alert, "raises no alert"),
        };
        match is_there {
            true => Ok(Pick { role, step: step.id.clone() }),
            false => {
                Err((format!("`{}` {what}", step.id), format!("leave `{text}` out, or add it to the step")))
            }
        }
    }

    fn unknown(&self, text: &str) -> Fault {
        let ids = || self.machine.step_ids().map(|id| self.machine.step(id).id.as_str());
        // Either the purpose is misspelt or the step, or the colon is a part of an id.
        let near = text.split_once(':').and_then(|(word, step)| {
            let role = nearest(word, Role::ALL.into_iter().map(Role::word))?;
            let step = find_step(self.machine, step).map_or_else(|| nearest(step, ids()), |_| Some(step))?;
            Some(format!("{role}:{step}"))
        });
        let near = near.or_else(|| nearest(text, ids()).map(str::to_owned));
        let help = near.map_or_else(
            || {
                let names: Vec<String> = ids().take(MOST_LISTED).map(|id| format!("`{id}`")).collect();
                let more = ids().count().saturating_sub(MOST_LISTED);
                let more = if more > 0 { format!(" and {more} more") } else { String::new() };
                format!("there are {}{more}", names.join(", "))
            },
            |near| format!("did you mean `{near}`?"),
        );
        ("the plan has no such step".to_owned(), help)
    }

    /// A gate that the plan does not ask for can't be shut.
    fn gates(&mut self, args: &FaultArgs) {
        let gates = self.machine.gates();
        for gate in args.shut.iter().filter(|gate| !gates.contains(gate)) {
            let names: Vec<String> = gates.iter().map(|gate| format!("`{}`", gate.word())).collect();
            let help = match names.as_slice() {
                [] => "it asks for none".to_owned(),
                names => format!("it asks for {}", names.join(", ")),
            };
            let message = "the plan does not ask for this gate".to_owned();
            self.wrong.push(Wrong { option: format!("--shut {}", gate.word()), message, help });
        }
    }
}

/// The most names that are listed.
const MOST_LISTED: usize = 20;

/// A text up to the last of these characters, and what follows it.
fn split_last(text: &str, at: char) -> (&str, Option<&str>) {
    text.rsplit_once(at).map_or((text, None), |(before, after)| (before, Some(after)))
}
