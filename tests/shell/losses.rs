//! What a script can't hold is told beforehand, and a script that was made all the same does nothing wrong.

use rulec::plan::Plan;
use rulec::plan::ir::{Action, Approval, Audit, Idempotency, InputType, Remedy, RemedyThen, Window};
use rulec::target::{Shell, Target as _};

use super::bench::every_shell;
use super::plans::{act, input, plan, source, step, traced};

fn losses(plan: &Plan) -> Vec<(String, String)> {
    Shell.losses(plan).into_iter().map(|loss| (loss.what, loss.source.pointer)).collect()
}

#[track_caller]
fn loses(plan: &Plan, what: &str, pointer: &str) {
    assert_eq!(losses(plan), [(what.to_owned(), pointer.to_owned())]);
}

fn chain() -> Plan {
    plan([traced("a"), traced("b")])
}

#[test]
fn a_chain_is_held() {
    assert_eq!(losses(&chain()), []);
}

#[test]
fn independent_steps_are_a_loss_unless_they_run_one_by_one() {
    let mut plan = plan([traced("a"), traced("b"), traced("c")]);
    plan.steps[2].needs = vec!["a".into()];
    loses(&plan, "steps that run at the same time", "/procedures/0/steps/2");
    plan.max_parallel = Some(2);
    loses(&plan, "steps that run at the same time", "/procedures/0/steps/2");
    plan.max_parallel = Some(1);
    assert_eq!(losses(&plan), []);
}

#[test]
fn policy_is_a_loss_where_it_is_asked_for() {
    let mut plan = chain();
    plan.policy.idempotency = Some(Idempotency { ttl_ms: 1 });
    loses(&plan, "idempotency", "/procedures/0");
    plan.policy.idempotency = None;
    plan.policy.audit = Some(Audit { path: None, retention_days: None });
    loses(&plan, "the audit log", "/procedures/0");
}

#[test]
fn remedies_are_left_out() {
    let mut plan = chain();
    plan.steps[1].remedies = vec![Remedy {
        exit_codes: Vec::new(),
        stderr_matches: None,
        run: vec!["true".into()],
        then: RemedyThen::Retry,
        max: 1,
    }];
    loses(&plan, "remedies of step `b`", "/procedures/0/steps/1/remedies");
}

#[test]
fn times_that_some_shells_cannot_count_are_a_loss() {
    let mut plan = chain();
    plan.steps[0].timeout_ms = Some(u64::from(u32::MAX));
    loses(&plan, "a time of more than 24 days", "/procedures/0/steps/0/timeout");
    every_shell(|bench| bench.run(&plan, &[]).came_to(0, "succeeded", "a b"));
}

#[test]
fn what_would_do_harm_refuses_to_start() {
    let mut plans = vec![
        (chain(), "`when` of step `b`", "/procedures/0/steps/1/when"),
        (chain(), "step `b`, which writes a file", "/procedures/0/steps/1/file"),
        (chain(), "the hours in which a run may start", "/window"),
        (chain(), "an approval", "/approval"),
        (chain(), "a command of more than 131000 bytes", "/procedures/0/steps/1/undo"),
        (chain(), "a variable named `A-B` of step `b`", "/procedures/0/steps/1/env"),
        (chain(), "an input named `$(x)`", "/procedures/0/inputs/0/name"),
    ];
    plans[0].0.steps[1].when = Some("steps.a.output == 'x'".into());
    let file = Action::File {
        path: "x".into(),
        content: Some("y".into()),
        from: None,
        expect_sha256: None,
        mode: None,
    };
    let place = plans[1].0.steps[1].source.clone();
    plans[1].0.steps[1] = rulec::plan::ir::Step { source: place, needs: vec!["a".into()], ..act("b", file) };
    plans[2].0.policy.window =
        Some(Window { start: "01:00".into(), end: "02:00".into(), source: source("/window") });
    plans[3].0.policy.approvals =
        vec![Approval { roles: Vec::new(), reason: String::new(), source: source("/approval") }];
    plans[4].0.steps[1].undo.as_mut().unwrap().command = "x".repeat(131_001);
    plans[5].0.steps[1].env.insert("A-B".into(), "x".into());
    plans[6].0.inputs = vec![input("$(x)", InputType::String)];
    for (plan, what, pointer) in &plans {
        loses(plan, what, pointer);
    }
    let mut all = plans[6].0.clone();
    all.policy.window = plans[2].0.policy.window.clone();
    all.policy.approvals = plans[3].0.policy.approvals.clone();
    all.steps = [0, 1, 4, 5].map(|i: usize| plans[i].0.steps[1].clone()).into();
    every_shell(|bench| {
        let run = bench.run(&all, &[]);
        run.came_to(3, "refused", "");
        for (_, what, _) in &plans {
            run.says(what);
        }
    });
}

#[test]
fn losses_keep_their_place_everywhere() {
    let mut plan = chain();
    plan.finally = vec![step("finally/x", "true")];
    plan.finally[0].source = source("/procedures/0/finally/0");
    plan.finally[0].when = Some("true".into());
    plan.rollbacks = vec![super::plans::rollback("E2", [step("E2/1", "\0")])];
    plan.rollbacks[0].steps[0].source = source("/procedures/1/steps/0");
    assert_eq!(
        losses(&plan),
        [
            ("a command with a NUL character".to_owned(), "/procedures/1/steps/0/command".to_owned()),
            ("`when` of step `finally/x`".to_owned(), "/procedures/0/finally/0/when".to_owned()),
        ]
    );
}
