//! What a script can't hold is told beforehand, and a script that was made all the same does nothing wrong.

use rulec::plan::Plan;
use rulec::plan::ir::{Action, Approval, Audit, Idempotency, InputType, Window};
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
fn policy_is_a_loss_where_it_is_asked_for() {
    let mut plan = chain();
    plan.policy.idempotency = Some(Idempotency { ttl_ms: 1 });
    assert_eq!(losses(&plan), []);
    plan.policy.audit = Some(Audit { path: None, retention_days: None });
    assert_eq!(losses(&plan), []);
    plan.policy.audit = Some(Audit { path: Some("\0".into()), retention_days: None });
    loses(&plan, "the path of the audit log with a NUL character", "/procedures/0");
    plan.policy.audit = Some(Audit { path: None, retention_days: Some(1) });
    assert_eq!(losses(&plan), []);
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
        (chain(), "a working folder with a NUL character", "/procedures/0/steps/1/working_dir"),
        (chain(), "the path `../x`, which leads through `..`", "/procedures/0/steps/1/file/path"),
        (chain(), "a window of such hours", "/window"),
        (chain(), "a role with a NUL character", "/approval/roles"),
        (chain(), "a command of more than 131000 bytes", "/procedures/0/steps/1/undo"),
        (chain(), "a variable named `A-B` of step `b`", "/procedures/0/steps/1/env"),
        (chain(), "an input named `$(x)`", "/procedures/0/inputs/0/name"),
        (chain(), "an input named `PPID`, which some shell keeps to itself", "/procedures/0/inputs/0/name"),
    ];
    plans[0].0.steps[1].working_dir = Some("\0".into());
    let file = Action::File {
        path: "../x".into(),
        content: Some("y".into()),
        from: None,
        expect_sha256: None,
        mode: None,
        absent: false,
    };
    let place = plans[1].0.steps[1].source.clone();
    plans[1].0.steps[1] = rulec::plan::ir::Step { source: place, needs: vec!["a".into()], ..act("b", file) };
    plans[2].0.policy.window =
        Some(Window { start: "01:00".into(), end: "25:00".into(), source: source("/window") });
    plans[3].0.policy.approvals =
        vec![Approval { roles: vec!["\0".into()], reason: String::new(), source: source("/approval") }];
    plans[4].0.steps[1].undo.as_mut().unwrap().command = "x".repeat(131_001);
    plans[5].0.steps[1].env.insert("A-B".into(), "x".into());
    plans[6].0.inputs = vec![input("$(x)", InputType::Secret)];
    plans[7].0.inputs = vec![input("PPID", InputType::Secret)];
    for (plan, what, pointer) in &plans {
        loses(plan, what, pointer);
    }
    let mut all = plans[6].0.clone();
    all.policy.window = plans[2].0.policy.window.clone();
    all.inputs.extend(plans[7].0.inputs.clone());
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
fn conditions_lose_what_no_script_can_work_out() {
    for (when, what, part) in [
        (
            "steps.a.status == 'ok' || 'x'.matches( steps.a.output )",
            "a regular expression that is not written out",
            "'x'.matches(steps.a.output)",
        ),
        (
            "duration(steps.a.output) > duration('1s')",
            "a duration that is not written out",
            "duration(steps.a.output)",
        ),
        (
            "!steps.a.output.matches('a(?x: b )')",
            "`(?x: b )` in a regular expression",
            "steps.a.output.matches('a(?x: b )')",
        ),
        (
            "steps.a.output.matches('(a{50}){50}')",
            "a regular expression of more than 2000 states",
            "steps.a.output.matches('(a{50}){50}')",
        ),
    ] {
        let mut plan = chain();
        plan.steps[0].output = true;
        plan.steps[1].when = Some(when.into());
        let losses: Vec<_> = Shell.losses(&plan).into_iter().filter(|loss| loss.part.is_some()).collect();
        assert_eq!(losses.len(), 1, "{when}");
        assert_eq!(losses[0].what, format!("{what} in the `when` of step `b`"), "{when}");
        assert_eq!(losses[0].part.as_deref(), Some(part), "{when}");
        assert_eq!(losses[0].source.pointer, "/procedures/0/steps/1/when", "{when}");
    }
}

#[test]
fn a_boundary_that_cannot_be_held_is_a_loss() {
    let file = |path: &str, from: &str| Action::File {
        path: path.into(),
        content: None,
        from: Some(from.into()),
        expect_sha256: None,
        mode: None,
        absent: false,
    };
    let mut plan = chain();
    plan.policy.forbidden_paths = vec!["[".into()];
    assert_eq!(losses(&plan), []);
    plan.steps[1].action = file("x", "y");
    loses(&plan, "the path pattern `[`", "/procedures/0");
    plan.policy.forbidden_paths = vec!["x".repeat(70_000)];
    loses(&plan, "a list of path patterns of more than 131000 bytes", "/procedures/0");
    plan.policy.forbidden_paths.clear();
    plan.steps[1].action = file("x", "y\0");
    loses(&plan, "a path with a NUL character", "/procedures/0/steps/1/file/source");
    plan.steps[1].action = file("x/", "y");
    loses(&plan, "the path `x/`, which names a folder", "/procedures/0/steps/1/file/path");
}

#[test]
fn losses_keep_their_place_everywhere() {
    let mut plan = chain();
    plan.finally = vec![step("finally/x", "true")];
    plan.finally[0].source = source("/procedures/0/finally/0");
    plan.finally[0].working_dir = Some("\0".into());
    plan.rollbacks = vec![super::plans::rollback("E2", [step("E2/1", "\0")])];
    plan.rollbacks[0].steps[0].source = source("/procedures/1/steps/0");
    assert_eq!(
        losses(&plan),
        [
            ("a command with a NUL character".to_owned(), "/procedures/1/steps/0/command".to_owned()),
            (
                "a working folder with a NUL character".to_owned(),
                "/procedures/0/finally/0/working_dir".to_owned()
            ),
        ]
    );
}
