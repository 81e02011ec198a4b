//! A world in which everything goes well, but for what is named: failures, timeouts, checks that do not hold.
//!
//! [`Faults`] say by name what goes wrong; [`Faults::bind`] finds the names in a plan and gives the
//! [`Surroundings`] to simulate in, or every name that is not there.

use std::collections::{BTreeMap, BTreeSet};

use super::{Answer, Behaviour, World};
use crate::diagnostic::nearest;
use crate::machine::{ConditionList, Gate, Job, Launch, Machine, Purpose, StepId, satisfying};
use crate::plan::ir::{Action, Condition};

/// What goes wrong, and what is printed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Faults {
    /// Jobs that fail.
    pub failures: Vec<Failure>,
    /// Jobs that never end by themselves, and people who never answer.
    pub timeouts: Vec<Pick>,
    /// Conditions that do not hold, and what a person does not confirm.
    pub not_held: Vec<String>,
    /// What the attempts of a step print on standard output, by step.
    pub outputs: Vec<(String, String)>,
    /// What the failing attempts of a step print on standard error, by step.
    pub errors: Vec<(String, String)>,
    /// How long jobs take, in milliseconds; attempts that are not named take what their author expects, all
    /// other jobs no time.
    pub takes: Vec<(Pick, u64)>,
    /// Gates that are not passed.
    pub shut: BTreeSet<Gate>,
    /// When somebody cancels the run, in milliseconds from its start.
    pub cancel_at_ms: Option<u64>,
}

/// Jobs that fail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    /// Which.
    pub pick: Pick,
    /// How often before they succeed; absent: always.
    pub times: Option<u32>,
    /// The exit code.
    pub exit: u8,
}

/// The jobs of a step that serve one purpose.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pick {
    /// The purpose.
    pub role: Role,
    /// The step, by id or number.
    pub step: String,
}

/// What jobs of a step are for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Role {
    /// Its attempts.
    Attempt,
    /// The polls of its verification.
    Verify,
    /// The commands of its remedies.
    Remedy,
    /// Its undo.
    Undo,
    /// The alert that it failed.
    Alert,
}

impl Role {
    /// All of them.
    pub const ALL: [Self; 5] = [Self::Attempt, Self::Verify, Self::Remedy, Self::Undo, Self::Alert];

    /// The word for it before a colon and a step.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Role::Attempt => "attempt",
            Role::Verify => "verify",
            Role::Remedy => "remedy",
            Role::Undo => "undo",
            Role::Alert => "alert",
        }
    }
}

impl Pick {
    /// Reads `STEP`, which means its attempts, or `ROLE:STEP` such as `verify:start`.
    #[must_use]
    pub fn parse(text: &str) -> Self {
        let of = text.split_once(':').and_then(|(word, step)| {
            Role::ALL.into_iter().find(|role| role.word() == word).map(|role| (role, step))
        });
        let (role, step) = of.unwrap_or((Role::Attempt, text));
        Self { role, step: step.to_owned() }
    }
}

/// A name that the plan has not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnknownName {
    /// What was to be found: "step", "check".
    pub kind: &'static str,
    /// The name.
    pub name: String,
    /// The name nearest to it that the plan has.
    pub nearest: Option<String>,
}

impl Faults {
    /// Finds the names in a plan. A step is named by its id, or by its number in the plan, from 1. A check is
    /// named by its text, its command, its list and number (`pre:1`, `post:2`), or the id of the step that
    /// holds it against the world or that a person confirms.
    ///
    /// # Errors
    /// Every name that the plan has not, in order.
    pub fn bind(&self, machine: &Machine<'_>) -> Result<Surroundings, Vec<UnknownName>> {
        let mut bound =
            Surroundings { cancel_at_ms: self.cancel_at_ms, shut: self.shut.clone(), ..Default::default() };
        for id in machine.step_ids() {
            if let Some(ms) = machine.step(id).estimated_ms {
                bound.jobs.entry((id, Role::Attempt)).or_default().takes_ms = ms;
            }
        }
        let mut unknown = Vec::new();
        let mut step = |name: &str| {
            let found = find_step(machine, name);
            if found.is_none() {
                unknown.push(unknown_name(
                    "step",
                    name,
                    machine.step_ids().map(|id| machine.step(id).id.clone()),
                ));
            }
            found
        };
        for failure in &self.failures {
            if let Some(id) = step(&failure.pick.step) {
                let at = bound.jobs.entry((id, failure.pick.role)).or_default();
                (at.failures, at.exit) = (failure.times.map_or(u64::MAX, u64::from), failure.exit);
            }
        }
        for pick in &self.timeouts {
            if let Some(id) = step(&pick.step) {
                bound.jobs.entry((id, pick.role)).or_default().hangs = true;
            }
        }
        for (pick, ms) in &self.takes {
            if let Some(id) = step(&pick.step) {
                bound.jobs.entry((id, pick.role)).or_default().takes_ms = *ms;
            }
        }
        for (name, text) in &self.outputs {
            if let Some(id) = step(name) {
                bound.jobs.entry((id, Role::Attempt)).or_default().stdout.clone_from(text);
            }
        }
        for (name, text) in &self.errors {
            if let Some(id) = step(name) {
                bound.jobs.entry((id, Role::Attempt)).or_default().stderr.clone_from(text);
            }
        }
        for name in &self.not_held {
            let found = checks(machine).into_iter().filter(|check| check.names.contains(name));
            let found: Vec<Job> = found.map(|check| check.job).collect();
            if found.is_empty() {
                let names = checks(machine).into_iter().flat_map(|check| check.names);
                unknown.push(unknown_name("check", name, names));
            }
            bound.not_held.extend(found);
        }
        bound.measured = measured(machine);
        if unknown.is_empty() { Ok(bound) } else { Err(unknown) }
    }
}

/// What the probes of conditions print where all is well.
fn measured(machine: &Machine<'_>) -> Vec<(Job, String)> {
    let printed = |job, condition: &Condition| {
        let measure = condition.check.as_ref()?.measure.as_ref()?;
        Some((job, satisfying(measure)))
    };
    let plan = machine.plan();
    let of_list = |list, conditions: &[Condition]| {
        let jobs = (0..).map(move |number| Job::Condition(list, number));
        jobs.zip(conditions).filter_map(|(job, condition)| printed(job, condition)).collect::<Vec<_>>()
    };
    let steps = machine.step_ids().filter_map(|id| match &machine.step(id).action {
        Action::Condition { condition } => printed(Job::Step(id), condition),
        _ => None,
    });
    let before = of_list(ConditionList::Preconditions, &plan.preconditions);
    let after = of_list(ConditionList::Postconditions, &plan.postconditions);
    before.into_iter().chain(after).chain(steps).collect()
}

/// Something that holds or does not, and the names that it goes by.
struct NamedCheck {
    job: Job,
    names: Vec<String>,
}

fn checks(machine: &Machine<'_>) -> Vec<NamedCheck> {
    let plan = machine.plan();
    let names_of = |condition: &Condition| {
        let command = condition.check.as_ref().map(|check| check.command.clone());
        [condition.text.clone()].into_iter().chain(command).collect::<Vec<_>>()
    };
    let mut found = Vec::new();
    for (list, word, conditions) in [
        (ConditionList::Preconditions, "pre", &plan.preconditions),
        (ConditionList::Postconditions, "post", &plan.postconditions),
    ] {
        for (number, condition) in (0..).zip(conditions) {
            let mut names = names_of(condition);
            names.push(format!("{word}:{}", number + 1));
            found.push(NamedCheck { job: Job::Condition(list, number), names });
        }
    }
    for id in machine.step_ids() {
        let step = machine.step(id);
        let mut names = match &step.action {
            Action::Condition { condition } => names_of(condition),
            Action::Manual { instruction } => vec![instruction.clone()],
            Action::Command { .. } | Action::Fail { .. } | Action::File { .. } => continue,
        };
        names.push(step.id.clone());
        found.push(NamedCheck { job: Job::Step(id), names });
    }
    found
}

/// The jobs that a text names: a step, or a purpose and a step as [`Pick::parse`] reads them. A step whose id has
/// a colon comes before the purpose of another one.
#[must_use]
pub fn find_jobs(machine: &Machine<'_>, text: &str) -> Option<(Role, StepId)> {
    let whole = find_step(machine, text).map(|id| (Role::Attempt, id));
    let pick = Pick::parse(text);
    whole.or_else(|| Some((pick.role, find_step(machine, &pick.step)?)))
}

/// The step of an id, or of a number in the plan, from 1.
#[must_use]
pub fn find_step(machine: &Machine<'_>, name: &str) -> Option<StepId> {
    machine.find(name).or_else(|| {
        let number = name.parse::<usize>().ok()?.checked_sub(1)?;
        machine.main_steps().nth(number)
    })
}

fn unknown_name(kind: &'static str, name: &str, known: impl Iterator<Item = String>) -> UnknownName {
    let known: Vec<String> = known.collect();
    let nearest = nearest(name, known.iter().map(String::as_str)).map(str::to_owned);
    UnknownName { kind, name: name.to_owned(), nearest }
}

/// The world of a plan in which only the named faults happen.
#[derive(Debug, Clone, Default)]
pub struct Surroundings {
    jobs: BTreeMap<(StepId, Role), JobFaults>,
    not_held: Vec<Job>,
    /// What probes print that have a bound.
    measured: Vec<(Job, String)>,
    shut: BTreeSet<Gate>,
    cancel_at_ms: Option<u64>,
}

#[derive(Debug, Clone, Default)]
struct JobFaults {
    /// How many more of them fail.
    failures: u64,
    exit: u8,
    hangs: bool,
    takes_ms: u64,
    stdout: String,
    stderr: String,
}

impl Surroundings {
    /// Shuts a gate.
    pub fn shut(&mut self, gate: Gate) {
        self.shut.insert(gate);
    }
}

impl JobFaults {
    /// Whether the next of them fails.
    fn fails(&mut self) -> bool {
        let fails = self.failures > 0;
        self.failures = self.failures.saturating_sub(u64::from(self.failures < u64::MAX));
        fails
    }
}

impl World for Surroundings {
    fn run(&mut self, launch: &Launch<'_>) -> Behaviour {
        if self.not_held.contains(&launch.job) {
            return Behaviour { exit: 1, ..Behaviour::default() };
        }
        let measured = self.measured.iter().find(|(job, _)| *job == launch.job);
        let well = Behaviour {
            stdout: measured.map_or_else(String::new, |(_, printed)| printed.clone()),
            ..Behaviour::default()
        };
        let role = match launch.purpose {
            Purpose::Condition => return well,
            Purpose::Attempt { .. } => Role::Attempt,
            Purpose::Poll { .. } => Role::Verify,
            Purpose::Remedy { .. } => Role::Remedy,
            Purpose::Alert => Role::Alert,
            Purpose::Undo => Role::Undo,
        };
        let (Job::Step(id) | Job::Undo(id)) = launch.job else { return well };
        let Some(at) = self.jobs.get_mut(&(id, role)) else { return well };
        let fails = at.fails();
        Behaviour {
            exit: if fails { at.exit } else { 0 },
            takes_ms: at.takes_ms,
            hangs: at.hangs,
            ignores_term: false,
            stdout: if at.stdout.is_empty() { well.stdout } else { at.stdout.clone() },
            stderr: if fails { at.stderr.clone() } else { String::new() },
        }
    }

    fn ask(&mut self, launch: &Launch<'_>, _: &str) -> Answer {
        let holds = !self.not_held.contains(&launch.job);
        let at = match launch.job {
            Job::Step(id) => self.jobs.get_mut(&(id, Role::Attempt)),
            Job::Condition(..) | Job::Undo(_) => None,
        };
        let Some(at) = at else { return Answer { confirms: holds, takes_ms: 0 } };
        let takes_ms = if at.hangs { u64::MAX } else { at.takes_ms };
        Answer { confirms: !at.fails() && holds, takes_ms }
    }

    fn passes(&mut self, gate: Gate) -> bool {
        !self.shut.contains(&gate)
    }

    fn cancels_at(&self) -> Option<u64> {
        self.cancel_at_ms
    }
}
