//! Plans to test with, made of as little as each test needs.

use std::collections::BTreeMap;

use rulec::plan::ir::{
    Action, Backoff, Bounds, Check, Comparison, Condition, Entry, EntryKind, Input, InputType, Lock, Measure,
    OnFailure, Plan, Policy, Retry, Rollback, Source, Step, Undo, VERSION, Verify,
};

pub(crate) fn source(pointer: &str) -> Source {
    Source { file: "L5-test.json".into(), pointer: pointer.into(), line: 1 }
}

/// A plan of these steps, one after another.
pub(crate) fn plan(steps: impl IntoIterator<Item = Step>) -> Plan {
    let mut steps: Vec<Step> = steps.into_iter().collect();
    for (i, step) in steps.iter_mut().enumerate() {
        step.source = source(&format!("/procedures/0/steps/{i}"));
    }
    for i in 1..steps.len() {
        if steps[i].needs.is_empty() {
            steps[i].needs = vec![steps[i - 1].id.clone()];
        }
    }
    Plan {
        version: VERSION,
        digest: format!("sha256:{}", "0123456789abcdef".repeat(4)),
        entry: Entry {
            kind: EntryKind::Procedure,
            id: "E1".into(),
            name: "Test procedure".into(),
            description: String::new(),
            risk: None,
            satisfies: Vec::new(),
            source: source("/procedures/0"),
        },
        sources: Vec::new(),
        environment: None,
        facts: BTreeMap::new(),
        decisions: BTreeMap::new(),
        inputs: Vec::new(),
        policy: Policy { lock: Some(Lock { scope: "test".into(), timeout_ms: 0 }), ..Policy::default() },
        preconditions: Vec::new(),
        steps,
        timeline: None,
        rehearsal: None,
        max_parallel: None,
        resources: BTreeMap::new(),
        breakers: BTreeMap::new(),
        timeout_ms: None,
        postconditions: Vec::new(),
        rollbacks: Vec::new(),
        finally: Vec::new(),
        alerts: BTreeMap::new(),
        checklists: BTreeMap::new(),
        files: Vec::new(),
        monitors: Vec::new(),
        metrics: Vec::new(),
        bounds: Bounds::default(),
        dropped: Vec::new(),
    }
}

/// A step that does `action`.
pub(crate) fn act(id: &str, action: Action) -> Step {
    Step {
        id: id.into(),
        name: format!("Do {id}"),
        action,
        needs: Vec::new(),
        when: None,
        probe: false,
        round: None,
        start_before: None,
        start_at_ms: None,
        end_by_ms: None,
        phase: None,
        delay_before_ms: 0,
        delay_after_ms: 0,
        timeout_ms: None,
        estimated_ms: None,
        grace_ms: 500,
        retry: Retry {
            retries: 0,
            delay_ms: 0,
            backoff: Backoff::Fixed,
            max_delay_ms: None,
            on_exit_codes: Vec::new(),
        },
        verify: None,
        on_failure: OnFailure::Abort,
        undo: None,
        read_only: false,
        idempotent: false,
        irreversible: None,
        env: BTreeMap::new(),
        working_dir: None,
        output: false,
        mutex: None,
        breaker: None,
        resources: BTreeMap::new(),
        owner: None,
        remedies: Vec::new(),
        source: source("/"),
    }
}

/// A step that runs `command`.
pub(crate) fn step(id: &str, command: &str) -> Step {
    act(id, Action::Command { command: command.into() })
}

/// A step that writes its id to the trace, whose undo writes `undo ID`.
pub(crate) fn traced(id: &str) -> Step {
    undone(step(id, &format!("echo {id} >>trace")))
}

/// The step with an undo that writes `undo ID` to the trace.
pub(crate) fn undone(mut step: Step) -> Step {
    step.undo = Some(Undo {
        command: format!("echo undo {} >>trace", step.id),
        timeout_ms: None,
        ..Default::default()
    });
    step
}

pub(crate) fn on_failure(mut step: Step, on_failure: OnFailure) -> Step {
    step.on_failure = on_failure;
    step
}

pub(crate) fn timeout(mut step: Step, ms: u64) -> Step {
    step.timeout_ms = Some(ms);
    step
}

pub(crate) fn retry(mut step: Step, retries: u32, delay_ms: u64) -> Step {
    step.retry.retries = retries;
    step.retry.delay_ms = delay_ms;
    step
}

pub(crate) fn verify(mut step: Step, command: &str, attempts: u32, interval_ms: u64) -> Step {
    step.verify =
        Some(Verify { command: command.into(), timeout_ms: None, attempts, interval_ms, says: None });
    step
}

/// Steps as the group of a rollback procedure that always runs.
pub(crate) fn rollback(id: &str, steps: impl IntoIterator<Item = Step>) -> Rollback {
    Rollback {
        procedure: id.into(),
        name: format!("Back with {id}"),
        after: Vec::new(),
        steps: steps.into_iter().collect(),
        source: source("/procedures/0/rollback_procedure"),
    }
}

/// A condition that a command decides.
pub(crate) fn check(text: &str, command: &str) -> Condition {
    Condition {
        text: text.into(),
        check: Some(Check { command: command.into(), timeout_ms: None, measure: None, says: None }),
        mandatory: true,
        source: source("/procedures/0/preconditions/0"),
    }
}

/// A condition on the number that a command prints.
pub(crate) fn measure(command: &str, op: Comparison, value: &str) -> Condition {
    let mut condition = check("the number is right", command);
    let measure = Measure { op, value: value.into(), unit: "ms".into() };
    condition.check.as_mut().expect("it has one").measure = Some(measure);
    condition
}

/// A condition that a person attests.
pub(crate) fn prose(text: &str) -> Condition {
    Condition {
        text: text.into(),
        check: None,
        mandatory: true,
        source: source("/procedures/0/preconditions/0"),
    }
}

pub(crate) fn optional(mut condition: Condition) -> Condition {
    condition.mandatory = false;
    condition
}

pub(crate) fn input(name: &str, kind: InputType) -> Input {
    Input {
        name: name.into(),
        kind,
        values: Vec::new(),
        min: None,
        max: None,
        value: None,
        default: None,
        required: true,
        description: String::new(),
        source: source("/procedures/0/inputs/0"),
    }
}
