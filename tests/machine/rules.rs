//! Each rule of what a procedure means: a small plan, what goes wrong, and the trace.

use rulec::machine::*;
use rulec::plan::Plan;
use rulec::plan::ir::*;
use rulec::simulate::{Failure, Faults, Pick};

use super::{agrees, fails, traced, with_undo};
use crate::support::plans::{finish, plan, source, step};

pub(super) fn exits(pick: &str, times: Option<u32>, exit: u8) -> Failure {
    Failure { pick: Pick::parse(pick), times, exit }
}

pub(super) fn takes(pick: &str, ms: u64) -> (Pick, u64) {
    (Pick::parse(pick), ms)
}

pub(super) fn needing(id: &str, needs: &[&str]) -> Step {
    Step { needs: needs.iter().map(|need| (*need).to_owned()).collect(), ..step(id) }
}

pub(super) fn retrying(id: &str, retries: u32, delay_ms: u64) -> Step {
    let step = step(id);
    Step { retry: Retry { retries, delay_ms, ..step.retry.clone() }, ..step }
}

pub(super) fn verified(id: &str, attempts: u32, interval_ms: u64) -> Step {
    let verify =
        Verify { command: "verify".into(), timeout_ms: Some(500), attempts, interval_ms, says: None };
    Step { verify: Some(verify), ..step(id) }
}

fn condition(check: Option<&str>, mandatory: bool) -> Condition {
    let check = check.map(|command| Check {
        command: command.into(),
        timeout_ms: Some(500),
        measure: None,
        says: None,
    });
    let text = check.as_ref().map_or("look".to_owned(), |check| format!("it is {}", check.command));
    Condition { text, check, mandatory, source: source("/conditions/0") }
}

pub(super) fn remedy(exit_codes: &[u8], run: &[&str], then: RemedyThen, max: u32) -> Remedy {
    let run = run.iter().map(|command| (*command).to_owned()).collect();
    Remedy { exit_codes: exit_codes.to_vec(), stderr_matches: None, run, then, max, fallback: false }
}

fn with_alert(mut plan: Plan) -> Plan {
    plan.alerts.insert("default".into(), Alert { command: "alert".into(), timeout_ms: Some(300) });
    plan
}

fn rollback(procedure: &str, after: &[&str], steps: Vec<Step>) -> Rollback {
    let after = after.iter().map(|id| (*id).to_owned()).collect();
    Rollback {
        procedure: procedure.into(),
        name: procedure.into(),
        after,
        steps,
        source: source("/procedures/1"),
    }
}

/// A step in each stage after 10 ms, and one, `z`, that then fails if `takes` says that it lasts so long.
fn in_every_stage() -> (Plan, Faults) {
    let undo = |of: Step| Step { undo: with_undo("x", &[]).undo, ..of };
    let held = |id: &str| Step { mutex: Some("m".into()), ..step(id) };
    let fixed = vec![remedy(&[], &["fix"], RemedyThen::Retry, 1)];
    let steps = vec![
        undo(Step { delay_before_ms: 100, ..step("delayed") }),
        undo(step("attempting")),
        undo(verified("polling", 2, 0)),
        undo(verified("between", 2, 100)),
        undo(Step { remedies: fixed, ..retrying("remedying", 1, 0) }),
        undo(retrying("backing", 1, 100)),
        undo(Step { on_failure: OnFailure::AlertAndContinue, ..step("alerting") }),
        undo(Step { delay_after_ms: 100, ..step("settling") }),
        undo(step("done")),
        undo(held("holding")),
        undo(held("ready")),
        undo(needing("waiting", &["attempting"])),
        undo(Step { when: Some("false".into()), ..step("skipped") }),
        undo(step("z")),
    ];
    let faults = Faults {
        failures: vec![
            fails("verify:between", None),
            fails("remedying", None),
            fails("backing", None),
            fails("alerting", None),
        ],
        takes: vec![
            takes("attempting", 100),
            takes("verify:polling", 100),
            takes("remedy:remedying", 100),
            takes("alert:alerting", 100),
            takes("holding", 100),
            takes("z", 10),
        ],
        ..Faults::default()
    };
    (with_alert(plan(steps)), faults)
}

/// The lines from the moment at which the run is broken off.
fn from_the_break(trace: &str) -> String {
    let lines = trace.lines().skip_while(|line| !line.contains(" broken_off"));
    lines.collect::<Vec<_>>().join("\n")
}

#[test]
fn what_is_under_way_is_stopped_and_everything_is_undone_backwards() {
    let (plan, mut faults) = in_every_stage();
    faults.failures.push(fails("z", None));
    agrees(
        &from_the_break(&traced(plan, &faults)),
        "10 broken_off cause=failure step=z
         10 step_ended attempts=0 status=cancelled step=delayed
         10 step_ended attempts=1 exit_code=0 status=cancelled step=between
         10 step_ended attempts=1 exit_code=1 status=cancelled step=backing
         10 attempt_ended attempt=1 ended=stopped exit_code=124 step=attempting
         10 step_ended attempts=1 exit_code=124 status=cancelled step=attempting
         10 attempt_ended attempt=1 ended=stopped exit_code=124 step=holding
         10 step_ended attempts=1 exit_code=124 status=cancelled step=holding
         10 poll_ended attempt=1 ended=stopped exit_code=124 poll=1 step=polling
         10 step_ended attempts=1 exit_code=124 status=cancelled step=polling
         10 remedy_ended attempt=1 command=1 ended=stopped exit_code=124 remedy=1 step=remedying
         10 step_ended attempts=1 exit_code=1 status=cancelled step=remedying
         10 alert_ended delivered=false step=alerting
         10 rollback_started
         10 undo_ended ended=exited exit_code=0 step=remedying
         10 undo_ended ended=exited exit_code=0 step=polling
         10 undo_ended ended=exited exit_code=0 step=holding
         10 undo_ended ended=exited exit_code=0 step=attempting
         10 undo_ended ended=exited exit_code=0 step=backing
         10 undo_ended ended=exited exit_code=0 step=between
         10 undo_ended ended=exited exit_code=0 step=z
         10 undo_ended ended=exited exit_code=0 step=done
         10 undo_ended ended=exited exit_code=0 step=settling
         10 undo_ended ended=exited exit_code=0 step=alerting
         10 run_ended outcome=rolled_back",
    );
}

#[test]
fn a_cancellation_and_the_bound_on_the_run_stop_the_same() {
    let (plan, mut faults) = in_every_stage();
    faults.failures.push(fails("z", None));
    let failed = from_the_break(&traced(plan.clone(), &faults));
    faults.failures.pop();
    faults.takes.retain(|(pick, _)| pick.step != "z");
    faults.takes.push(takes("z", 100));
    let rest = |trace: &str| {
        let lines = from_the_break(trace);
        let lines = lines.lines().skip(1).filter(|line| !line.contains("step=z"));
        lines.map(str::to_owned).collect::<Vec<_>>()
    };
    let cancelled = traced(plan.clone(), &Faults { cancel_at_ms: Some(10), ..faults.clone() });
    let bounded = traced(Plan { timeout_ms: Some(10), ..plan }, &faults);
    assert!(cancelled.contains("10 broken_off cause=cancelled\n"), "{cancelled}");
    assert!(bounded.contains("10 broken_off cause=deadline\n"), "{bounded}");
    let (failed, mut cancelled) = (rest(&failed), rest(&cancelled));
    assert_eq!(rest(&bounded), failed);
    assert_eq!(cancelled.pop().as_deref(), Some("10 run_ended outcome=cancelled"));
    assert_eq!(cancelled, failed[..failed.len() - 1]);
}

#[test]
fn final_steps_run_after_every_outcome_but_a_refusal() {
    let outcome = |plan: Plan, faults: Faults| {
        let mut plan = plan;
        plan.finally = vec![step("finally/f")];
        let trace = traced(plan, &faults);
        let last = trace.lines().last().expect("a run has an end").rsplit('=').next();
        (last.expect("an end is an outcome").to_owned(), trace.contains("step=finally/f"))
    };
    let failing = |failures: &[&str]| {
        let failures = failures.iter().map(|pick| fails(pick, None)).collect();
        Faults { failures, ..Faults::default() }
    };
    let tolerant = || Step { on_failure: OnFailure::Continue, ..step("a") };
    let gated = |mut plan: Plan| {
        plan.preconditions = vec![condition(Some("up"), true)];
        plan
    };
    let not_up = Faults { not_held: vec!["pre:1".into()], ..Faults::default() };
    let shut = |gate| Faults { shut: [gate].into(), ..Faults::default() };
    let kept = |mut plan: Plan| {
        plan.policy.idempotency = Some(Idempotency { ttl_ms: 1000 });
        plan
    };
    let cancelled = Faults { cancel_at_ms: Some(5), takes: vec![takes("a", 10)], ..Faults::default() };
    for (found, outcome, runs) in [
        (outcome(plan(vec![step("a")]), Faults::default()), "succeeded", true),
        (outcome(plan(vec![tolerant()]), failing(&["a"])), "degraded", true),
        (outcome(plan(vec![step("a")]), failing(&["finally/f"])), "degraded", true),
        (outcome(plan(vec![step("a")]), failing(&["a"])), "failed", true),
        (outcome(plan(vec![step("a")]), failing(&["a", "finally/f"])), "failed", true),
        (outcome(plan(vec![with_undo("a", &[])]), failing(&["a"])), "rolled_back", true),
        (outcome(plan(vec![with_undo("a", &[])]), failing(&["a", "finally/f"])), "rolled_back", true),
        (outcome(plan(vec![with_undo("a", &[])]), failing(&["a", "undo:a"])), "rollback_failed", true),
        (outcome(plan(vec![step("a")]), cancelled.clone()), "cancelled", true),
        (outcome(plan(vec![with_undo("a", &[])]), cancelled), "cancelled", true),
        (outcome(gated(plan(vec![step("a")])), not_up), "refused", false),
        (outcome(plan(vec![step("a")]), shut(Gate::Lock)), "refused", false),
        (outcome(kept(plan(vec![step("a")])), shut(Gate::Earlier)), "already_done", false),
    ] {
        assert_eq!(found, (outcome.to_owned(), runs));
    }
}

#[test]
fn the_order_is_undo_then_each_rollback_that_is_due_then_the_final_steps() {
    let mut plan = plan(vec![with_undo("a", &[]), with_undo("b", &["a"]), with_undo("c", &["b"])]);
    plan.rollbacks = vec![
        rollback("R1", &["c"], vec![step("R1/1")]),
        rollback("R2", &["a", "c"], vec![step("R2/1"), step("R2/2")]),
        rollback("R3", &[], vec![Step { when: Some("steps.b.status == \"failed\"".into()), ..step("R3/1") }]),
        rollback("R4", &[], vec![Step { when: Some("steps.c.status == \"ok\"".into()), ..step("R4/1") }]),
        rollback("R5", &[], Vec::new()),
    ];
    plan.finally = vec![
        step("finally/1"),
        Step { when: Some("steps.a.status == \"failed\"".into()), ..step("finally/2") },
    ];
    let faults = Faults {
        failures: vec![
            fails("b", None),
            fails("undo:b", None),
            fails("R2/1", None),
            fails("finally/1", None),
        ],
        ..Faults::default()
    };
    agrees(
        &traced(plan, &faults),
        "0 attempt_ended attempt=1 ended=exited exit_code=0 step=a
         0 step_ended attempts=1 exit_code=0 status=ok step=a
         0 attempt_ended attempt=1 ended=exited exit_code=1 step=b
         0 step_ended attempts=1 exit_code=1 status=failed step=b
         0 broken_off cause=failure step=b
         0 rollback_started
         0 undo_ended ended=exited exit_code=1 step=b
         0 undo_ended ended=exited exit_code=0 step=a
         0 procedure_started procedure=R2
         0 attempt_ended attempt=1 ended=exited exit_code=1 step=R2/1
         0 step_ended attempts=1 exit_code=1 status=failed step=R2/1
         0 attempt_ended attempt=1 ended=exited exit_code=0 step=R2/2
         0 step_ended attempts=1 exit_code=0 status=ok step=R2/2
         0 procedure_started procedure=R3
         0 attempt_ended attempt=1 ended=exited exit_code=0 step=R3/1
         0 step_ended attempts=1 exit_code=0 status=ok step=R3/1
         0 procedure_started procedure=R4
         0 step_ended attempts=0 status=failed step=R4/1
         0 procedure_started procedure=R5
         0 finally_started
         0 attempt_ended attempt=1 ended=exited exit_code=1 step=finally/1
         0 step_ended attempts=1 exit_code=1 status=failed step=finally/1
         0 step_ended attempts=0 status=skipped step=finally/2
         0 run_ended outcome=rollback_failed",
    );
}

#[test]
fn what_was_stopped_or_never_ran_has_no_status() {
    let reads = |id: &str, of: &str| Step { when: Some(format!("steps.{of}.status != \"ok\"")), ..step(id) };
    let mut plan = plan(vec![step("slow"), step("z"), needing("never", &["slow"])]);
    plan.rollbacks =
        vec![rollback("R", &[], vec![reads("R/1", "slow"), reads("R/2", "never"), reads("R/3", "z")])];
    let faults =
        Faults { failures: vec![fails("z", None)], takes: vec![takes("slow", 9)], ..Faults::default() };
    let trace = traced(plan, &faults);
    let status = |id: &str| {
        let line =
            trace.lines().find(|line| line.contains("step_ended") && line.ends_with(&format!("step={id}")));
        line.expect("the step ends")
            .split("status=")
            .nth(1)
            .and_then(|rest| rest.split(' ').next())
            .map(str::to_owned)
    };
    assert_eq!(["R/1", "R/2", "R/3"].map(|id| status(id).expect("it has one")), ["failed", "failed", "ok"]);
}

#[test]
fn nothing_to_undo_is_not_undone() {
    let file = Action::File {
        path: "f".into(),
        content: None,
        from: None,
        expect_sha256: None,
        mode: None,
        absent: false,
    };
    let steps = vec![
        Step { action: file.clone(), ..step("file") },
        Step { action: file, read_only: true, ..step("kept") },
        Step { read_only: true, ..with_undo("reads", &[]) },
        Step { delay_before_ms: 100, ..with_undo("not begun", &[]) },
        Step { when: Some("false".into()), ..with_undo("skipped", &[]) },
        with_undo("undone", &[]),
        Step { on_failure: OnFailure::Continue, ..with_undo("failed", &[]) },
        step("nothing"),
        needing("z", &["undone"]),
    ];
    let faults = Faults { failures: vec![fails("failed", None), fails("z", None)], ..Faults::default() };
    agrees(
        &from_the_break(&traced(plan(steps), &faults)),
        "0 broken_off cause=failure step=z
         0 step_ended attempts=0 status=cancelled step=not begun
         0 rollback_started
         0 undo_ended ended=exited exit_code=0 step=failed
         0 undo_ended ended=exited exit_code=0 step=undone
         0 undo_ended ended=exited exit_code=0 step=file
         0 run_ended outcome=rolled_back",
    );
}

#[test]
fn gates_come_in_their_order_and_each_can_end_the_run() {
    let mut plan = plan(vec![step("a")]);
    plan.policy.idempotency = Some(Idempotency { ttl_ms: 1 });
    plan.policy.window = Some(Window { start: "08:00".into(), end: "18:00".into(), source: source("") });
    plan.policy.approvals = vec![Approval { roles: Vec::new(), reason: String::new(), source: source("") }];
    plan.inputs = vec![Input {
        name: "A".into(),
        kind: InputType::Int,
        values: Vec::new(),
        min: None,
        max: None,
        value: None,
        default: None,
        required: true,
        description: String::new(),
        source: source(""),
    }];
    plan.postconditions = vec![condition(None, true)];
    plan.timeout_ms = Some(50);
    let plan = finish(plan);
    let machine = Machine::new(&plan).expect("the plan has a meaning");
    let order = [Gate::Lock, Gate::Earlier, Gate::Inputs, Gate::Window, Gate::Approval, Gate::Attendance];
    let until = |last: usize| {
        let (mut state, mut effects) = machine.begin();
        for &gate in &order[..last] {
            assert_eq!(effects.last(), Some(&Effect::Ask(gate)));
            // The bound on the run counts from the lock.
            let sets = effects.contains(&Effect::Set(Timer::Deadline, 50));
            assert_eq!(sets, gate == Gate::Earlier, "{gate:?}");
            effects.clear();
            machine.apply(&mut state, Event::Answered { gate, passed: true }, &mut effects);
        }
        state
    };
    for (place, &gate) in order.iter().enumerate() {
        let ends = |event: Event| {
            let (mut state, mut effects) = (until(place), Vec::new());
            machine.apply(&mut state, event, &mut effects);
            assert_eq!(machine.pending(&state), []);
            let told: Vec<_> = effects.iter().filter(|effect| !matches!(effect, Effect::Clear(_))).collect();
            assert_eq!(told.len(), 2, "{told:?}");
            state.outcome()
        };
        let refused = if gate == Gate::Earlier { Outcome::AlreadyDone } else { Outcome::Refused };
        assert_eq!(ends(Event::Answered { gate, passed: false }), Some(refused));
        assert_eq!(ends(Event::Cancel), Some(Outcome::Cancelled));
        if gate != Gate::Lock {
            assert_eq!(ends(Event::Elapsed(Timer::Deadline)), Some(Outcome::Refused));
        }
    }
    assert_eq!(until(6).phase, Phase::Steps);
}

/// Goes on until the state is in a phase, all going well, then takes the event and all that follows it.
fn interrupted(plan: &Plan, phase: fn(Phase) -> bool, event: &Event) -> String {
    let machine = Machine::new(plan).expect("the plan has a meaning");
    let (mut state, mut effects) = machine.begin();
    let goes_on = |state: &mut State, effects: &mut Vec<Effect<'_>>| {
        let pending = machine.pending(state);
        let event = match *pending.first().expect("a run that is not over waits") {
            Pending::Answer(gate) => Event::Answered { gate, passed: true },
            Pending::Decision(step) => Event::Decided { step, verdict: Verdict::Holds },
            Pending::Timer(timer) => Event::Elapsed(timer),
            Pending::Job(job) => {
                let fails = matches!(job, Job::Step(id) if machine.step(id).id == "fails");
                Event::Ended { job, ending: Ending::of(Exit::Exited(u8::from(fails))) }
            }
        };
        // The effects borrow from the plan, which outlives them.
        let mut new = Vec::new();
        machine.apply(state, event, &mut new);
        effects.clear();
        drop(new);
    };
    while !phase(state.phase) {
        goes_on(&mut state, &mut effects);
    }
    let mut told = Vec::new();
    let before = state.clone();
    machine.apply(&mut state, event.clone(), &mut told);
    if state == before {
        return "goes on".to_owned();
    }
    let mut seen = Vec::new();
    while state.outcome().is_none() {
        seen.push(format!("{:?}", state.phase).split(['(', ' ']).next().unwrap_or_default().to_owned());
        goes_on(&mut state, &mut effects);
    }
    seen.dedup();
    seen.push(state.outcome().map_or("", Outcome::word).to_owned());
    seen.join(", ")
}

#[test]
fn a_cancellation_and_the_bound_count_on_the_way_forward_only() {
    let mut whole = plan(vec![with_undo("a", &[])]);
    whole.timeout_ms = Some(50);
    whole.preconditions = vec![condition(Some("up"), true)];
    whole.postconditions = vec![condition(Some("well"), true)];
    whole.rollbacks = vec![rollback("R", &[], vec![step("R/1")])];
    whole.finally = vec![step("finally/1")];
    let mut failing = whole.clone();
    failing.steps.push(needing("fails", &["a"]));
    let (whole, failing) = (finish(whole), finish(failing));
    let both = |plan: &Plan, phase: fn(Phase) -> bool| {
        [Event::Cancel, Event::Elapsed(Timer::Deadline)].map(|event| interrupted(plan, phase, &event))
    };
    let back = "Stopping, Undo, Rollback, Finally";
    let all_back = [format!("{back}, cancelled"), format!("{back}, rolled_back")];
    let goes_on = ["goes on", "goes on"];
    assert_eq!(both(&whole, |phase| matches!(phase, Phase::Gate(_))), ["cancelled", "goes on"]);
    assert_eq!(
        both(&whole, |phase| matches!(phase, Phase::Preconditions(_))),
        ["Stopping, cancelled", "Stopping, refused"]
    );
    assert_eq!(both(&whole, |phase| matches!(phase, Phase::Steps)), all_back);
    assert_eq!(both(&whole, |phase| matches!(phase, Phase::Postconditions(_))), all_back);
    assert_eq!(both(&whole, |phase| matches!(phase, Phase::Finally(_))), goes_on);
    assert_eq!(both(&failing, |phase| matches!(phase, Phase::Undo(_))), goes_on);
    assert_eq!(both(&failing, |phase| matches!(phase, Phase::Rollback { .. })), goes_on);
    assert_eq!(both(&failing, |phase| matches!(phase, Phase::Finally(_))), goes_on);
    assert_eq!(both(&failing, |phase| matches!(phase, Phase::Over(_))), goes_on);
}

#[test]
fn a_tolerated_failure_lets_the_run_go_on_degraded() {
    let tolerant = |id: &str, on_failure| Step { on_failure, delay_after_ms: 50, ..step(id) };
    let steps = vec![
        tolerant("a", OnFailure::Continue),
        tolerant("b", OnFailure::AlertAndContinue),
        needing("c", &["a", "b"]),
    ];
    let faults = Faults {
        failures: vec![fails("a", None), fails("b", None), fails("alert:b", None)],
        takes: vec![takes("alert:b", 20)],
        ..Faults::default()
    };
    agrees(
        &traced(with_alert(plan(steps.clone())), &faults),
        "0 attempt_ended attempt=1 ended=exited exit_code=1 step=a
         0 step_ended attempts=1 exit_code=1 status=failed step=a
         0 attempt_ended attempt=1 ended=exited exit_code=1 step=b
         0 step_ended attempts=1 exit_code=1 status=failed step=b
         0 alert_started step=b
         20 alert_ended delivered=false step=b
         20 attempt_ended attempt=1 ended=exited exit_code=0 step=c
         20 step_ended attempts=1 exit_code=0 status=ok step=c
         20 run_ended outcome=degraded",
    );
    // Without a command the alert is told, and nothing runs.
    let told = traced(plan(steps), &faults);
    assert!(told.contains("0 alert_started step=b\n0 alert_ended delivered=true step=b\n"), "{told}");
}

#[test]
fn a_when_that_cannot_be_decided_fails_the_step_and_takes_no_place() {
    let undecidable = Step {
        when: Some("steps.a.output == \"x\"".into()),
        on_failure: OnFailure::AlertAndContinue,
        mutex: Some("m".into()),
        ..step("b")
    };
    let a = Step { mutex: Some("m".into()), ..step("a") };
    let steps = vec![a, undecidable, needing("c", &["b"])];
    let plan = with_alert(Plan { max_parallel: Some(1), ..plan(steps) });
    let faults = Faults { takes: vec![takes("a", 50), takes("alert:b", 20)], ..Faults::default() };
    agrees(
        &traced(plan, &faults),
        "0 step_ended attempts=0 status=failed step=b
         0 alert_started step=b
         20 alert_ended delivered=true step=b
         50 attempt_ended attempt=1 ended=exited exit_code=0 step=a
         50 step_ended attempts=1 exit_code=0 status=ok step=a
         50 attempt_ended attempt=1 ended=exited exit_code=0 step=c
         50 step_ended attempts=1 exit_code=0 status=ok step=c
         50 run_ended outcome=degraded",
    );
    let strict = Step { when: Some("steps.z.status == \"ok\"".into()), ..step("a") };
    agrees(
        &traced(crate::support::plans::plan(vec![strict]), &Faults::default()),
        "0 step_ended attempts=0 status=failed step=a
         0 broken_off cause=failure step=a
         0 run_ended outcome=failed",
    );
}

#[test]
fn a_condition_that_is_not_mandatory_is_told_and_decides_nothing() {
    let measured = Condition {
        check: Some(Check {
            command: "df".into(),
            timeout_ms: None,
            measure: Some(Measure { op: Comparison::Greater, value: "5".into(), unit: "GB".into() }),
            says: None,
        }),
        ..condition(Some("roomy"), false)
    };
    let gate = |condition| Step { action: Action::Condition { condition }, timeout_ms: None, ..step("gate") };
    let mut plan = plan(vec![
        gate(condition(None, false)),
        Step { id: "soft".into(), ..gate(condition(Some("soft"), false)) },
        Step { id: "measured".into(), ..gate(measured.clone()) },
        Step { id: "manual".into(), action: Action::Manual { instruction: "turn".into() }, ..step("") },
    ]);
    plan.max_parallel = Some(1);
    plan.preconditions = vec![condition(None, false), condition(Some("pre"), false), measured];
    plan.postconditions = vec![condition(None, true), condition(Some("post"), false), condition(None, false)];
    let not_held = ["pre:2", "pre:3", "soft", "post:2"].map(str::to_owned).to_vec();
    agrees(
        &traced(plan, &Faults { not_held, ..Faults::default() }),
        "0 condition_ended list=preconditions number=1 status=unconfirmed
         0 condition_started list=preconditions number=2
         0 condition_ended list=preconditions number=2 status=failed
         0 condition_started list=preconditions number=3
         0 condition_ended list=preconditions number=3 status=failed
         0 attempt_ended attempt=1 ended=unasked step=gate
         0 step_ended attempts=1 status=ok step=gate
         0 attempt_ended attempt=1 ended=exited exit_code=1 step=soft
         0 step_ended attempts=1 exit_code=1 status=ok step=soft
         0 attempt_ended attempt=1 ended=exited exit_code=0 step=measured
         0 step_ended attempts=1 exit_code=0 status=ok step=measured
         0 attempt_ended attempt=1 ended=confirmed step=manual
         0 step_ended attempts=1 status=ok step=manual
         0 condition_started list=postconditions number=1
         0 condition_ended list=postconditions number=1 status=attested
         0 condition_started list=postconditions number=2
         0 condition_ended list=postconditions number=2 status=failed
         0 condition_ended list=postconditions number=3 status=unconfirmed
         0 run_ended outcome=succeeded",
    );
}

#[test]
fn a_mandatory_condition_decides() {
    let mut before = plan(vec![with_undo("a", &[])]);
    before.preconditions = vec![condition(Some("up"), true)];
    let not = |name: &str| Faults { not_held: vec![name.into()], ..Faults::default() };
    agrees(
        &traced(before, &not("up")),
        "0 condition_started list=preconditions number=1
         0 condition_ended list=preconditions number=1 status=failed
         0 run_ended outcome=refused",
    );
    let mut after = plan(vec![with_undo("a", &[])]);
    after.postconditions = vec![condition(Some("well"), true), condition(Some("never asked"), true)];
    agrees(
        &traced(after, &not("post:1")),
        "0 attempt_ended attempt=1 ended=exited exit_code=0 step=a
         0 step_ended attempts=1 exit_code=0 status=ok step=a
         0 condition_started list=postconditions number=1
         0 condition_ended list=postconditions number=1 status=failed
         0 broken_off cause=postcondition
         0 rollback_started
         0 undo_ended ended=exited exit_code=0 step=a
         0 run_ended outcome=rolled_back",
    );
    let gate =
        Step { action: Action::Condition { condition: condition(None, true) }, ..needing("gate", &["a"]) };
    agrees(
        &traced(plan(vec![with_undo("a", &[]), gate]), &not("gate")),
        "0 attempt_ended attempt=1 ended=exited exit_code=0 step=a
         0 step_ended attempts=1 exit_code=0 status=ok step=a
         0 attempt_ended attempt=1 ended=declined step=gate
         0 step_ended attempts=1 status=failed step=gate
         0 broken_off cause=failure step=gate
         0 rollback_started
         0 undo_ended ended=exited exit_code=0 step=a
         0 run_ended outcome=rolled_back",
    );
}

#[test]
fn a_plan_without_meaning_is_refused() {
    let message = |plan: &Plan| Machine::new(plan).expect_err("the plan has no meaning").message;
    let of = |steps: Vec<Step>| message(&plan(steps));
    let polled = verified("a", 0, 0);
    assert_eq!(of(vec![polled]), "the verification of step `a` has no polls");
    assert_eq!(of(vec![step("a"), step("a")]), "two steps have the id `a`");
    assert_eq!(of(vec![needing("a", &["b"])]), "there is no step `b`");
    assert_eq!(of(vec![needing("a", &["b"]), needing("b", &["a"])]), "step `a` needs itself in the end");
    assert_eq!(of(vec![needing("a", &["a"])]), "step `a` needs itself in the end");
    assert!(
        of(vec![Step { when: Some("1 +".into()), ..step("a") }])
            .starts_with("`when` of step `a` is no expression: ")
    );
    assert_eq!(
        message(&Plan { max_parallel: Some(0), ..plan(vec![step("a")]) }),
        "no step may run, since `max_parallel` is 0"
    );
    let greedy = Step { resources: [("slots".to_owned(), 3)].into(), ..step("a") };
    assert_eq!(of(vec![greedy.clone()]), "step `a` takes 3 of `slots`, of which there are 0");
    let mut few = plan(vec![greedy]);
    let slots = Resource { capacity: 2, unit: None, source: source("/context/resources/slots") };
    few.resources.insert("slots".into(), slots);
    assert_eq!(message(&few), "step `a` takes 3 of `slots`, of which there are 2");
    let counted = Step { breaker: Some("oven".into()), ..step("a") };
    assert_eq!(of(vec![counted]), "there is no circuit breaker `oven`");
    let finally = Plan { finally: vec![step("a")], ..plan(vec![step("a")]) };
    assert_eq!(message(&finally), "two steps have the id `a`");
    let after = Plan { rollbacks: vec![rollback("R", &["R/1"], vec![step("R/1")])], ..plan(vec![]) };
    assert_eq!(message(&after), "there is no step `R/1`");
}

#[test]
fn a_plan_of_nothing_succeeds() {
    agrees(&traced(plan(Vec::new()), &Faults::default()), "0 run_ended outcome=succeeded");
}

#[test]
fn an_alert_that_is_stopped_is_not_delivered_however_it_ends() {
    let plan = with_alert(plan(vec![Step { on_failure: OnFailure::AlertAndContinue, ..step("a") }]));
    let machine = Machine::new(&plan).expect("the plan has a meaning");
    let (mut state, mut effects) = machine.begin();
    let a = machine.find("a").expect("the step is there");
    let ended = |code| Event::Ended { job: Job::Step(a), ending: Ending::of(Exit::Exited(code)) };
    let answered = Event::Answered { gate: Gate::Lock, passed: true };
    for event in [answered, ended(1), Event::Cancel, ended(0)] {
        machine.apply(&mut state, event, &mut effects);
    }
    assert!(effects.contains(&Effect::Record(Record::AlertEnded { step: "a", delivered: false })));
}
