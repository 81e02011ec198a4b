//! The machine: its rules, small plans with some faults and the trace that one reads and agrees with; its laws
//! over all plans and events; its growth; and what it takes at most, against the computed durations.

mod attempts;
mod clock;
mod durations;
mod laws;
mod rules;
mod sharing;

use std::collections::BTreeMap;

use rulec::machine::Machine;
use rulec::plan::ir::*;
use rulec::simulate::{End, Failure, Faults, Pick, World, simulate};
use serde_json::Value;

use crate::support::plans::{finish, plan, source, step};

/// One line a record: its moment, its name, and what it says, as words.
fn traced(plan: Plan, faults: &Faults) -> String {
    let plan = finish(plan);
    let machine = Machine::new(&plan).expect("the plan has a meaning");
    let mut world = faults.bind(&machine).expect("the names are there");
    told(&machine, &mut world)
}

/// The same in any world.
fn told(machine: &Machine<'_>, world: &mut dyn World) -> String {
    let trace = simulate(machine, world, &BTreeMap::new());
    let mut lines = Vec::new();
    for entry in &trace.entries {
        let Value::Object(entry) = serde_json::to_value(entry).expect("a record is JSON") else {
            unreachable!()
        };
        let (at, event) = (&entry["at_ms"], entry["event"].as_str().expect("every record is named"));
        if matches!(event, "run_started" | "gate" | "step_started" | "attempt_started" | "undo_started") {
            continue;
        }
        let rest = entry.iter().filter(|(key, _)| !matches!(key.as_str(), "at_ms" | "event"));
        let words: Vec<String> = rest.map(|(key, value)| format!("{key}={value}").replace('"', "")).collect();
        lines.push(format!("{at} {event} {}", words.join(" ")).trim_end().to_owned());
    }
    if !matches!(trace.end, End::Outcome(_)) {
        lines.push(format!("{:?}", trace.end));
    }
    lines.join("\n")
}

fn fails(pick: &str, times: Option<u32>) -> Failure {
    Failure { pick: Pick::parse(pick), times, exit: 1 }
}

fn with_undo(id: &str, needs: &[&str]) -> Step {
    let undo = Some(Undo { command: format!("undo {id}"), timeout_ms: Some(1000), ..Default::default() });
    Step { undo, needs: needs.iter().map(|need| (*need).to_owned()).collect(), ..step(id) }
}

#[track_caller]
fn agrees(trace: &str, expected: &str) {
    let expected: Vec<&str> = expected.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    assert_eq!(trace.lines().collect::<Vec<_>>(), expected, "\n{trace}");
}

#[test]
fn a_step_that_fails_is_tried_again_and_then_everything_is_undone_backwards() {
    let mut b = with_undo("b", &["a"]);
    b.retry = Retry { retries: 2, delay_ms: 100, backoff: Backoff::Exponential, ..b.retry };
    let plan = Plan { max_parallel: Some(1), ..plan(vec![with_undo("a", &[]), b, with_undo("c", &["b"])]) };
    let faults = Faults { failures: vec![fails("b", None)], ..Faults::default() };
    agrees(
        &traced(plan, &faults),
        "0 attempt_ended attempt=1 ended=exited exit_code=0 step=a
         0 step_ended attempts=1 exit_code=0 status=ok step=a
         0 attempt_ended attempt=1 ended=exited exit_code=1 step=b
         0 waiting ms=100 step=b wait=backoff
         100 attempt_ended attempt=2 ended=exited exit_code=1 step=b
         100 waiting ms=200 step=b wait=backoff
         300 attempt_ended attempt=3 ended=exited exit_code=1 step=b
         300 step_ended attempts=3 exit_code=1 status=failed step=b
         300 broken_off cause=failure step=b
         300 rollback_started
         300 undo_ended ended=exited exit_code=0 step=b
         300 undo_ended ended=exited exit_code=0 step=a
         300 run_ended outcome=rolled_back",
    );
}

#[test]
fn what_runs_beside_a_step_that_fails_is_stopped_and_undone_first() {
    let slow = |id: &str| with_undo(id, &[]);
    let plan = plan(vec![slow("a"), slow("b"), slow("c")]);
    let takes = |step: &str, ms| (Pick::parse(step), ms);
    let faults = Faults {
        failures: vec![fails("b", None)],
        takes: vec![takes("a", 50), takes("b", 100), takes("c", 1000)],
        ..Faults::default()
    };
    agrees(
        &traced(plan, &faults),
        "50 attempt_ended attempt=1 ended=exited exit_code=0 step=a
         50 step_ended attempts=1 exit_code=0 status=ok step=a
         100 attempt_ended attempt=1 ended=exited exit_code=1 step=b
         100 step_ended attempts=1 exit_code=1 status=failed step=b
         100 broken_off cause=failure step=b
         100 attempt_ended attempt=1 ended=stopped exit_code=124 step=c
         100 step_ended attempts=1 exit_code=124 status=cancelled step=c
         100 rollback_started
         100 undo_ended ended=exited exit_code=0 step=c
         100 undo_ended ended=exited exit_code=0 step=b
         100 undo_ended ended=exited exit_code=0 step=a
         100 run_ended outcome=rolled_back",
    );
}

#[test]
fn a_tolerant_failure_raises_its_alert_and_degrades_the_run() {
    let a = Step { on_failure: OnFailure::AlertAndContinue, timeout_ms: Some(500), ..step("a") };
    let b = Step { when: Some("steps.a.status == \"ok\"".into()), needs: vec!["a".into()], ..step("b") };
    let mut plan = plan(vec![a, b]);
    plan.alerts.insert("default".into(), Alert { command: "alert".into(), timeout_ms: None });
    plan.finally = vec![Step { source: source("/finally"), ..step("finally/f") }];
    let faults = Faults { timeouts: vec![Pick::parse("a")], ..Faults::default() };
    agrees(
        &traced(plan, &faults),
        "500 attempt_ended attempt=1 ended=timed_out exit_code=124 step=a
         500 step_ended attempts=1 exit_code=124 status=failed step=a
         500 alert_started step=a
         500 alert_ended delivered=true step=a
         500 step_ended attempts=0 status=skipped step=b
         500 finally_started
         500 attempt_ended attempt=1 ended=exited exit_code=0 step=finally/f
         500 step_ended attempts=1 exit_code=0 status=ok step=finally/f
         500 run_ended outcome=degraded",
    );
}

#[test]
fn a_bound_on_the_run_and_a_cancellation_break_it_off() {
    let long = |faults: Faults| {
        let mut plan = plan(vec![with_undo("a", &[]), with_undo("b", &["a"])]);
        plan.timeout_ms = Some(250);
        let takes = vec![(Pick::parse("a"), 100), (Pick::parse("b"), 1000)];
        traced(plan, &Faults { takes, ..faults })
    };
    let ends = |cause: &str, outcome: &str, at: u64| {
        format!(
            "100 attempt_ended attempt=1 ended=exited exit_code=0 step=a
             100 step_ended attempts=1 exit_code=0 status=ok step=a
             {at} broken_off cause={cause}
             {at} attempt_ended attempt=1 ended=stopped exit_code=124 step=b
             {at} step_ended attempts=1 exit_code=124 status=cancelled step=b
             {at} rollback_started
             {at} undo_ended ended=exited exit_code=0 step=b
             {at} undo_ended ended=exited exit_code=0 step=a
             {at} run_ended outcome={outcome}"
        )
    };
    agrees(&long(Faults::default()), &ends("deadline", "rolled_back", 250));
    agrees(
        &long(Faults { cancel_at_ms: Some(150), ..Faults::default() }),
        &ends("cancelled", "cancelled", 150),
    );
}

#[test]
fn a_condition_costs_a_step_no_place_in_the_order() {
    let when = |id: &str| Step { when: Some("true".into()), ..step(id) };
    let plan = Plan { max_parallel: Some(1), ..plan(vec![when("a"), step("b"), when("c")]) };
    let ends = ["a", "b", "c"].map(|id| {
        format!(
            "0 attempt_ended attempt=1 ended=exited exit_code=0 step={id}
             0 step_ended attempts=1 exit_code=0 status=ok step={id}\n"
        )
    });
    agrees(&traced(plan, &Faults::default()), &(ends.concat() + "0 run_ended outcome=succeeded"));
}

#[test]
fn what_hangs_without_a_timeout_never_ends() {
    let plan = plan(vec![Step { timeout_ms: None, ..step("a") }]);
    let faults = Faults { timeouts: vec![Pick::parse("a")], ..Faults::default() };
    agrees(&traced(plan, &faults), "Never");
}

#[test]
fn where_all_is_well_probes_print_what_satisfies_their_bounds() {
    let condition = |op, value: &str| {
        let measure = Some(Measure { op, value: value.into(), unit: String::new() });
        let check = Some(Check { command: "probe".into(), timeout_ms: None, measure, says: None });
        Condition { text: "probe".into(), check, mandatory: true, source: source("/postconditions/0") }
    };
    let plan = Plan {
        preconditions: vec![condition(Comparison::Less, "5")],
        postconditions: vec![condition(Comparison::Greater, "-0.5"), condition(Comparison::Equal, "3")],
        ..plan(vec![])
    };
    let statuses = |word: &str| {
        format!(
            "0 condition_started list=preconditions number=1
             0 condition_ended list=preconditions number=1 status=held
             0 condition_started list=postconditions number=1
             0 condition_ended list=postconditions number=1 status={word}"
        )
    };
    let rest = "0 condition_started list=postconditions number=2
                0 condition_ended list=postconditions number=2 status=held
                0 run_ended outcome=succeeded";
    agrees(&traced(plan.clone(), &Faults::default()), &format!("{}\n{rest}", statuses("held")));
    let faults = Faults { not_held: vec!["post:1".into()], ..Faults::default() };
    let ends = "0 broken_off cause=postcondition\n0 run_ended outcome=failed";
    agrees(&traced(plan, &faults), &format!("{}\n{ends}", statuses("failed")));
}

#[test]
fn a_person_may_decline_take_their_time_or_never_answer() {
    let asks = || {
        let action = Action::Manual { instruction: "look".into() };
        let retry = Retry { retries: 1, ..step("a").retry };
        plan(vec![Step { action, retry, timeout_ms: Some(500), ..step("a") }])
    };
    let takes = vec![(Pick::parse("a"), 200)];
    let declines = Faults { failures: vec![fails("a", Some(1))], takes, ..Faults::default() };
    agrees(
        &traced(asks(), &declines),
        "200 attempt_ended attempt=1 ended=declined step=a
         400 attempt_ended attempt=2 ended=confirmed step=a
         400 step_ended attempts=2 status=ok step=a
         400 run_ended outcome=succeeded",
    );
    let silent = Faults { timeouts: vec![Pick::parse("a")], ..Faults::default() };
    agrees(
        &traced(asks(), &silent),
        "500 attempt_ended attempt=1 ended=timed_out exit_code=124 step=a
         1000 attempt_ended attempt=2 ended=timed_out exit_code=124 step=a
         1000 step_ended attempts=2 exit_code=124 status=failed step=a
         1000 broken_off cause=failure step=a
         1000 run_ended outcome=failed",
    );
}
