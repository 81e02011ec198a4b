//! Trials: plans with everything that one step at a time can do, each with a world in which much
//! goes wrong. For whoever holds a runner against the simulator.
//!
//! No race decides what happens: a job ends at once or hangs until its timeout, and where the run is cancelled,
//! or its bound falls, something is under way that would take a minute. A runner may be late by a second here
//! and there, and the records of the run are still those of the simulator.

use proptest::collection::vec;
use proptest::option::{of, weighted};
use proptest::prelude::*;
use proptest::sample::{Index, select};
use rulec::plan::ir::*;
use serde_json::Value;

use super::plans::{asking, finish, plan, source, step};
use super::world::{Act, Surroundings};

/// A plan and a world.
#[derive(Debug, Clone)]
pub(crate) struct Trial {
    pub(crate) plan: Plan,
    pub(crate) world: Surroundings,
}

/// Longer than anything that a trial waits for, in milliseconds: what takes so long is broken off.
const ENDLESS_MS: u64 = 60_000;

/// How a job behaves, run after run.
type Acts = Vec<Act>;

fn act(stubborn: u32) -> BoxedStrategy<Act> {
    let hang = |ignores_term| Act { hangs: true, ignores_term, ..Act::default() };
    prop_oneof![
        60 => Just(Act::default()),
        22 => select(vec![1, 3, 7, 124, 200]).prop_map(|exit| Act { exit, ..Act::default() }),
        8 => select(vec![1, 3]).prop_map(|exit| Act { exit, stderr: "the port is gone\n".into(), ..Act::default() }),
        8 => Just(Act { takes_ms: 50, ..Act::default() }),
        10 => Just(hang(false)),
        stubborn => Just(hang(true)),
    ]
    .boxed()
}

/// Those of a job of a step, whose grace is short.
fn acts() -> BoxedStrategy<Acts> {
    vec(act(4), 0..4).boxed()
}

/// Those of a check or an alert, whose grace is five seconds.
fn patient_acts() -> BoxedStrategy<Acts> {
    vec(act(1), 0..3).boxed()
}

/// The timeout of a job: short where it hangs, long or none where it does not.
fn timeout(acts: &[Act], bounded: bool) -> Option<u64> {
    match acts.iter().filter(|act| act.hangs).count() {
        0 => bounded.then_some(2 * ENDLESS_MS),
        hanging if hanging == acts.len() => Some(300),
        _ => Some(1_500),
    }
}

/// A condition, and the world around it.
#[derive(Debug, Clone)]
struct DrawnCondition {
    condition: Condition,
    acts: Acts,
    declined: bool,
}

fn condition(acts: BoxedStrategy<Acts>) -> BoxedStrategy<DrawnCondition> {
    let op = select(vec![
        Comparison::Less,
        Comparison::LessOrEqual,
        Comparison::Greater,
        Comparison::GreaterOrEqual,
        Comparison::Equal,
    ]);
    let measure = op.prop_map(|op| Measure { op, value: "10".into(), unit: String::new() });
    let printed = select(vec!["10\n", " 10.0 \nmore\n", "9", "1e2", "-3", "ten", ""]);
    let flags = (weighted(0.8, any::<bool>()), weighted(0.3, measure), printed, any::<[bool; 2]>());
    (acts, flags)
        .prop_map(|(mut acts, (checked, measure, printed, [mandatory, declined]))| {
            let check = checked.map(|bounded| {
                if measure.is_some() && acts.is_empty() {
                    acts.push(Act::default());
                }
                for act in acts.iter_mut().filter(|_| measure.is_some()) {
                    act.stdout = printed.to_owned();
                }
                Check { command: String::new(), timeout_ms: timeout(&acts, bounded), measure, says: None }
            });
            if check.is_none() {
                acts.clear();
            }
            let condition =
                Condition { text: String::new(), check, mandatory, source: source("/conditions") };
            DrawnCondition { condition, acts, declined }
        })
        .boxed()
}

/// A step, and the world around it.
#[derive(Debug, Clone)]
struct DrawnStep {
    step: Step,
    acts: Acts,
    polls: Acts,
    undos: Acts,
    declined: bool,
    /// What its remedies are, and how each command of theirs behaves.
    remedies: Vec<(Remedy, Vec<Acts>)>,
    /// A `when` about a step of the plan.
    when: Option<(&'static str, Index)>,
    /// A step of the plan after whose start it may be too late, and whether it is.
    since: Option<(Index, bool)>,
}

/// Remedies whose commands never hang: nothing else bounds them but the timeout of the step.
fn remedies() -> BoxedStrategy<Vec<(Remedy, Vec<Acts>)>> {
    let acts = || {
        let exit = select(vec![0, 0, 0, 1]);
        vec(exit.prop_map(|exit| Act { exit, ..Act::default() }), 0..3)
    };
    let then = select(vec![RemedyThen::Retry, RemedyThen::Continue, RemedyThen::Abort]);
    let codes = vec(select(vec![1, 3, 7, 124]), 1..3);
    let remedy =
        (weighted(0.5, codes), weighted(0.3, Just("port .* gone")), vec(acts(), 0..3), then, 1_u32..3)
            .prop_map(|(codes, pattern, acts, then, max)| {
                let remedy = Remedy {
                    exit_codes: codes.unwrap_or_default(),
                    stderr_matches: pattern.map(str::to_owned),
                    run: Vec::new(),
                    then,
                    max,
                    fallback: false,
                };
                (remedy, acts)
            });
    prop_oneof![3 => Just(Vec::new()), 1 => vec(remedy, 1..3)].boxed()
}

/// Conditions on step `X`, which may not be over, may keep no output, or may not be there.
fn when() -> BoxedStrategy<Option<(&'static str, Index)>> {
    let texts = vec![
        "true",
        "steps.X.status != 'ok' || 2 > 1",
        "steps.X.status == 'ok'",
        "steps.X.exit_code == 0",
        "steps.X.exit_code in [1, 3] || steps.X.status == 'skipped'",
        "steps.X.output == ''",
        "steps.X.output",
    ];
    weighted(0.2, (select(texts), any::<Index>())).boxed()
}

fn action() -> BoxedStrategy<(Action, Acts, bool)> {
    let command = acts().prop_map(|acts| (Action::Command { command: String::new() }, acts, false));
    let manual = any::<bool>().prop_map(|declined| {
        let action = Action::Manual { instruction: String::new() };
        (action, Acts::new(), declined)
    });
    let condition = condition(acts())
        .prop_map(|drawn| (Action::Condition { condition: drawn.condition }, drawn.acts, drawn.declined));
    prop_oneof![7 => command, 1 => manual, 2 => condition].boxed()
}

fn wait(ms: u64) -> BoxedStrategy<u64> {
    prop_oneof![4 => Just(0), 1 => Just(ms)].boxed()
}

fn retry() -> BoxedStrategy<Retry> {
    let codes = vec(select(vec![0, 1, 3, 124]), 1..4);
    let backoff = select(vec![Backoff::Fixed, Backoff::Exponential]);
    let delay = prop_oneof![Just(0), Just(20)];
    (0_u32..4, delay, backoff, weighted(0.3, Just(30)), weighted(0.2, codes))
        .prop_map(|(retries, delay_ms, backoff, max_delay_ms, on_exit_codes)| Retry {
            retries,
            delay_ms,
            backoff,
            max_delay_ms,
            on_exit_codes: on_exit_codes.unwrap_or_default(),
        })
        .boxed()
}

fn drawn_step() -> BoxedStrategy<DrawnStep> {
    let on_failure = prop_oneof![
        3 => select(vec![OnFailure::Abort, OnFailure::RetryThenAbort, OnFailure::Rollback]),
        4 => select(vec![OnFailure::Continue, OnFailure::AlertAndContinue]),
    ];
    let verify = weighted(0.3, (acts(), 1_u32..4, wait(30), any::<bool>()));
    let undo = of((acts(), any::<bool>()));
    let time = (wait(60), wait(70), select(vec![0_u64, 200]), any::<[bool; 4]>());
    let asks = (when(), weighted(0.2, any::<(Index, bool)>()), weighted(0.2, Just(())));
    (action(), verify, undo, (retry(), remedies(), asks), on_failure, time)
        .prop_map(|((action, acts, declined), verify, undo, (retry, remedies, asks), on_failure, time)| {
            let (when, since, asking_only) = asks;
            let (delay_before_ms, delay_after_ms, grace_ms, [bounded, output, read_only, odd]) = time;
            let mut timeout_ms = timeout(&acts, bounded);
            if let Action::Condition { condition: Condition { check: Some(check), .. } } = &action {
                // That of the check goes before that of the step.
                timeout_ms = check.timeout_ms.map(|_| 1);
            }
            let (verify, polls) = verify
                .map(|(acts, attempts, interval_ms, bounded)| {
                    let timeout_ms = timeout(&acts, bounded);
                    (Verify { command: String::new(), timeout_ms, attempts, interval_ms, says: None }, acts)
                })
                .unzip();
            let (undo, undos) = undo
                .map(|(acts, bounded)| {
                    (
                        Undo {
                            command: String::new(),
                            timeout_ms: timeout(&acts, bounded),
                            retries: u32::from(bounded),
                            manual: false,
                        },
                        acts,
                    )
                })
                .unzip();
            let step = Step {
                action,
                delay_before_ms,
                delay_after_ms,
                timeout_ms,
                grace_ms,
                retry,
                verify,
                on_failure,
                undo,
                read_only: read_only && odd,
                output,
                ..step("")
            };
            let step = if asking_only.is_some() { asking(step) } else { step };
            let remedies = if step.probe { Vec::new() } else { remedies };
            let (polls, undos) = (polls.unwrap_or_default(), undos.unwrap_or_default());
            DrawnStep { step, acts, polls, undos, declined: declined && odd, remedies, when, since }
        })
        .boxed()
}

/// Gives jobs their names, and takes down how they behave.
#[derive(Default)]
struct Namer {
    world: Surroundings,
}

impl Namer {
    fn job(&mut self, name: &str, acts: Acts) -> String {
        if !acts.is_empty() {
            self.world.jobs.insert(name.to_owned(), acts);
        }
        format!("act {name}")
    }

    fn words(&mut self, name: &str, declined: bool) -> String {
        let words = format!("It is true of {name}.");
        if declined {
            self.world.people.insert(words.clone(), false);
        }
        words
    }

    fn condition(&mut self, name: &str, drawn: DrawnCondition) -> Condition {
        let DrawnCondition { mut condition, acts, declined } = drawn;
        condition.text = self.words(name, declined && condition.check.is_none() && condition.mandatory);
        if let Some(check) = &mut condition.check {
            check.command = self.job(name, acts);
        }
        condition
    }

    fn conditions(&mut self, list: &str, drawn: Vec<DrawnCondition>) -> Vec<Condition> {
        (1..).zip(drawn).map(|(i, drawn)| self.condition(&format!("{list}{i}"), drawn)).collect()
    }

    fn step(&mut self, id: String, drawn: DrawnStep, count: usize) -> Step {
        let DrawnStep { mut step, acts, polls, undos, declined, remedies, when, since } = drawn;
        if when.is_some() && step.on_failure == OnFailure::AlertAndContinue {
            // The alert of a step that can't be decided races with the next step.
            step.on_failure = OnFailure::Continue;
        }
        step.when = when.map(|(text, other)| text.replace('X', &format!("s{}", other.index(count))));
        // How late is late enough is settled when all steps are there.
        step.start_before = since.map(|(other, is_late)| StartBefore {
            since: format!("s{}", other.index(count)),
            ms: if is_late { 0 } else { 10 * ENDLESS_MS },
        });
        for (r, (mut remedy, acts)) in (1..).zip(remedies) {
            let runs = (1..).zip(acts).map(|(c, acts)| self.job(&format!("{id}.remedy{r}.{c}"), acts));
            remedy.run = runs.collect();
            step.remedies.push(remedy);
        }
        match &mut step.action {
            Action::Command { command } => *command = self.job(&id, acts),
            Action::Manual { instruction } => *instruction = self.words(&id, declined),
            Action::Condition { condition } => {
                *condition =
                    self.condition(&id, DrawnCondition { condition: condition.clone(), acts, declined });
            }
            Action::Fail { .. } | Action::File { .. } => {
                unreachable!("no step of a trial fails or writes a file")
            }
        }
        if let Some(verify) = &mut step.verify {
            verify.command = self.job(&format!("{id}.verify"), polls);
        }
        if let Some(undo) = &mut step.undo {
            undo.command = self.job(&format!("{id}.undo"), undos);
        }
        Step { name: id.clone(), id, ..step }
    }
}

/// How the run is broken off while something is under way.
#[derive(Debug, Clone, Copy)]
enum Break {
    /// Somebody cancels it.
    Cancel,
    /// Its bound falls.
    Deadline,
}

/// A trial.
pub(crate) fn trial() -> BoxedStrategy<Trial> {
    let needs = vec(any::<Index>(), 0..3);
    let steps = vec((drawn_step(), needs), 1..12);
    let steps = (steps, any::<u64>());
    let conditions = || vec(condition(patient_acts()), 0..3);
    let rollback = (vec(drawn_step(), 0..3), vec(any::<Index>(), 0..3));
    let back = (vec(rollback, 0..3), vec(drawn_step(), 0..3), of((patient_acts(), any::<bool>())));
    let gates = (any::<bool>(), any::<bool>(), weighted(0.08, select(vec!["lock", "inputs", "attendance"])));
    let stop = (any::<Index>(), select(vec![Break::Cancel, Break::Deadline]), any::<bool>());
    (steps, conditions(), conditions(), back, gates, weighted(0.6, stop))
        .prop_map(|((steps, order), before, after, (rollbacks, finally, alert), gates, stop)| {
            let mut namer = Namer::default();
            let mut plan = plan(Vec::new());
            let count = steps.len();
            for (i, (drawn, needs)) in steps.into_iter().enumerate() {
                let mut step = namer.step(format!("s{i}"), drawn, count);
                if i > 0 {
                    step.needs = needs.iter().map(|need| format!("s{}", need.index(i))).collect();
                    step.needs.sort();
                    step.needs.dedup();
                }
                plan.steps.push(step);
            }
            // What is needed may stand behind what needs it.
            plan.steps.rotate_left(usize::try_from(order % count as u64).expect("it is an index"));
            plan.max_parallel = Some(1);
            plan.preconditions = namer.conditions("pre", before);
            plan.postconditions = namer.conditions("post", after);
            for (g, (steps, after)) in rollbacks.into_iter().enumerate() {
                let steps = (0..).zip(steps).map(|(i, drawn)| namer.step(format!("r{g}.{i}"), drawn, count));
                let mut after: Vec<_> = after.iter().map(|step| format!("s{}", step.index(count))).collect();
                after.dedup();
                let (procedure, source) = (format!("R{g}"), source("/rollback"));
                let name = procedure.clone();
                plan.rollbacks.push(Rollback { procedure, name, after, steps: steps.collect(), source });
            }
            plan.finally =
                (0..).zip(finally).map(|(i, drawn)| namer.step(format!("f{i}"), drawn, count)).collect();
            if let Some((acts, bounded)) = alert {
                let timeout_ms = timeout(&acts, bounded);
                let command = namer.job("alert", acts);
                plan.alerts.insert("default".into(), Alert { command, timeout_ms });
            }
            let (locked, asks, shut) = gates;
            plan.policy.lock = plan.policy.lock.filter(|_| locked);
            if asks {
                let (name, kind, source) = ("PORT".into(), InputType::Port, source("/inputs"));
                let description = String::new();
                let (value, default, values) = (None, None, Vec::new());
                plan.inputs = vec![Input {
                    name,
                    kind,
                    values,
                    min: None,
                    max: None,
                    value,
                    default,
                    required: true,
                    description,
                    source,
                }];
            }
            namer.world.gates.extend(shut.map(|gate| (gate.to_owned(), false)));
            let mut trial = Trial { plan, world: namer.world };
            trial.settle_starts();
            if let Some((place, how, ignores_term)) = stop {
                trial.break_off(place, how, ignores_term);
            }
            trial.plan = finish(trial.plan);
            trial
        })
        .boxed()
}

impl Trial {
    /// Lets something at this place of the trace take a minute, and breaks the run off meanwhile. Where it is
    /// past the way forward, a bound means nothing and a cancellation must do nothing.
    fn break_off(&mut self, place: Index, how: Break, ignores_term: bool) {
        let lines = self.world.play(&self.plan).lines;
        let is_long = |line: &&Value| {
            let begins =
                line["event"] == "waiting" || line["event"].as_str().is_some_and(|e| e.ends_with("_started"));
            begins && self.job_of(line).is_some_and(|job| !self.hangs(&job))
        };
        let places: Vec<Value> = lines.iter().filter(is_long).cloned().collect();
        if places.is_empty() {
            return;
        }
        let line = place.get(&places);
        let from = lines.iter().position(|other| other == line).expect("it is one of them");
        let is_forward = !lines[..from].iter().any(|line| {
            matches!(line["event"].as_str(), Some("broken_off" | "rollback_started" | "finally_started"))
        });
        let takes_ms = if is_forward { ENDLESS_MS } else { 800 };
        self.prolong(line, &lines[..from], takes_ms, ignores_term && is_forward);
        let lines = self.world.play(&self.plan).lines;
        let moment = |line: &Value| line["at_ms"].as_u64().expect("every line has a moment");
        // The alert of a step that could not be decided may end meanwhile.
        let stalls = |pair: &[Value]| moment(&pair[1]) - moment(&pair[0]) >= takes_ms / 8 * 7;
        let stall = lines.windows(2).position(stalls);
        let Some(stall) = stall else { return };
        match how {
            Break::Cancel => self.world.cancel_at_ms = Some(moment(&lines[stall]) + 200),
            // Time enough to come there for real.
            Break::Deadline if is_forward => {
                self.plan.timeout_ms = Some(moment(&lines[stall]) + 1_500 + 200 * stall as u64);
            }
            Break::Deadline => {}
        }
    }

    /// Only behind a step that waits before it begins is it certainly too late: another one may be over at once.
    fn settle_starts(&mut self) {
        let waiting = self.plan.steps.iter().filter(|step| step.delay_before_ms > 0);
        let waiting: Vec<String> = waiting.map(|step| step.id.clone()).collect();
        for before in self.steps().filter_map(|step| step.start_before.as_mut()) {
            if !waiting.contains(&before.since) {
                before.ms = 10 * ENDLESS_MS;
            }
        }
    }

    fn hangs(&self, job: &str) -> bool {
        self.world.jobs.get(job).is_some_and(|acts| acts.iter().any(|act| act.hangs))
    }

    fn steps(&mut self) -> impl Iterator<Item = &mut Step> {
        let rollbacks = self.plan.rollbacks.iter_mut().flat_map(|rollback| &mut rollback.steps);
        self.plan.steps.iter_mut().chain(rollbacks).chain(&mut self.plan.finally)
    }

    /// The name of what begins with a line of the trace; empty for a wait.
    fn job_of(&self, line: &Value) -> Option<String> {
        let step = line["step"].as_str().unwrap_or_default();
        let number = || line["number"].as_u64().and_then(|number| usize::try_from(number).ok());
        let checked = |conditions: &[Condition], list: &str| {
            let number = number().expect("conditions have numbers");
            conditions[number - 1].check.is_some().then(|| format!("{list}{number}"))
        };
        match line["event"].as_str().unwrap_or_default() {
            "waiting" => Some(String::new()),
            "condition_started" if line["list"] == "preconditions" => {
                checked(&self.plan.preconditions, "pre")
            }
            "condition_started" => checked(&self.plan.postconditions, "post"),
            "poll_started" => Some(format!("{step}.verify")),
            "undo_started" => Some(format!("{step}.undo")),
            "remedy_started" => Some(format!("{step}.remedy{}.{}", line["remedy"], line["command"])),
            "alert_started" => self.plan.alerts.contains_key("default").then(|| "alert".to_owned()),
            "attempt_started" => {
                let rollbacks = self.plan.rollbacks.iter().flat_map(|rollback| &rollback.steps);
                let mut steps = self.plan.steps.iter().chain(rollbacks).chain(&self.plan.finally);
                let step = steps.find(|other| other.id == step).expect("it is a step of the plan");
                let runs = match &step.action {
                    Action::Command { .. } => true,
                    Action::Condition { condition } => condition.check.is_some(),
                    Action::Manual { .. } | Action::Fail { .. } | Action::File { .. } => false,
                };
                runs.then(|| step.id.clone())
            }
            _ => None,
        }
    }

    /// Lets what begins with a line of the trace, after these, take so long.
    fn prolong(&mut self, line: &Value, before: &[Value], takes_ms: u64, ignores_term: bool) {
        let job = self.job_of(line).expect("only what has a name is prolonged");
        if line["event"] == "waiting" {
            let id = line["step"].as_str().expect("a step waits").to_owned();
            let wait = line["wait"].as_str().expect("it is said what for").to_owned();
            let step = self.steps().find(|step| step.id == id).expect("it is a step of the plan");
            match wait.as_str() {
                "delay_before" => step.delay_before_ms = takes_ms,
                "delay_after" => step.delay_after_ms = takes_ms,
                "interval" => {
                    step.verify.as_mut().expect("it is between two polls").interval_ms = takes_ms;
                }
                _ => (step.retry.delay_ms, step.retry.max_delay_ms) = (takes_ms, None),
            }
            return;
        }
        let run = before.iter().filter(|line| self.job_of(line).is_some_and(|other| other == job)).count();
        let acts = self.world.jobs.entry(job).or_default();
        let last = acts.last().cloned().unwrap_or_default();
        while acts.len() < run + 2 {
            acts.push(last.clone());
        }
        acts[run] = Act { takes_ms, ignores_term, ..acts[run].clone() };
    }
}

#[cfg(test)]
mod tests {
    use std::cell::RefCell;
    use std::collections::BTreeSet;

    use proptest::test_runner::{Config, TestRunner};
    use rulec::simulate::End;

    use super::*;

    #[test]
    fn trials_end_and_show_everything() {
        let seen = RefCell::new(BTreeSet::new());
        let config = Config { cases: 500, failure_persistence: None, ..Config::default() };
        let mut runner = TestRunner::new(config);
        let law = runner.run(&trial(), |Trial { plan, world }| {
            let played = world.play(&plan);
            prop_assert!(matches!(played.end, End::Outcome(_)), "{:?}", played.end);
            let last = played.lines.last().and_then(|line| line["at_ms"].as_u64());
            prop_assert!(last < Some(ENDLESS_MS), "{last:?}");
            for line in &played.lines {
                for key in ["event", "ended", "status", "cause", "wait", "outcome"] {
                    seen.borrow_mut().extend(line[key].as_str().map(str::to_owned));
                }
            }
            Ok(())
        });
        law.unwrap();
        let seen = seen.into_inner();
        for word in [
            "exited",
            "timed_out",
            "stopped",
            "confirmed",
            "declined",
            "unasked",
            "held",
            "failed",
            "attested",
            "unconfirmed",
            "cancelled",
            "deadline",
            "failure",
            "postcondition",
            "delay_before",
            "delay_after",
            "interval",
            "backoff",
            "succeeded",
            "degraded",
            "rolled_back",
            "rollback_failed",
            "refused",
            "alert_ended",
            "undo_ended",
            "remedy_ended",
            "skipped",
            "procedure_started",
            "finally_started",
            "gate",
        ] {
            assert!(seen.contains(word), "no trial shows {word}: {seen:?}");
        }
    }
}
