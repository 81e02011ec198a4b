//! A run on a virtual clock as people read it: every kind of thing that can happen, told in a line.

use std::collections::BTreeMap;
use std::fmt::Write;

use proptest::option::of;
use proptest::prelude::*;
use rulec::machine::{Gate, Machine};
use rulec::plan::ir::*;
use rulec::simulate::{
    End, Failure, Faults, Pick, Role, Tone, account, inputs, layout, lines, simulate, timeline,
};

use crate::support::plans::{any_plan, finish, plan, source, step};
use crate::support::snapshot;

fn told(plan: &Plan, faults: &Faults) -> String {
    let machine = Machine::new(plan).expect("the plan has a meaning");
    let mut world = faults.bind(&machine).expect("the names are there");
    let trace = simulate(&machine, &mut world, &BTreeMap::new());
    timeline(&trace.entries, plan)
}

fn fails(pick: &str, times: Option<u32>) -> Failure {
    Failure { pick: Pick::parse(pick), times, exit: 1 }
}

fn condition(text: &str, check: Option<&str>, mandatory: bool) -> Condition {
    let check =
        check.map(|it| Check { command: it.into(), timeout_ms: Some(5000), measure: None, says: None });
    Condition { text: text.into(), check, mandatory, source: source("/preconditions/0") }
}

/// A plan in which every kind of thing can happen.
fn everything() -> Plan {
    let on_failure = OnFailure::AlertAndContinue;
    let undo =
        |command: &str| Some(Undo { command: command.into(), timeout_ms: Some(1000), ..Default::default() });
    let verify = Some(Verify {
        command: "up".into(),
        timeout_ms: Some(1000),
        attempts: 3,
        interval_ms: 2000,
        says: None,
    });
    let retry = Retry { retries: 2, delay_ms: 1000, ..step("x").retry };
    let remedy = Remedy {
        exit_codes: vec![98],
        stderr_matches: None,
        run: vec!["free".into(), "port".into()],
        then: RemedyThen::Retry,
        max: 1,
        fallback: false,
    };
    let heat = Step {
        name: "Heat the oven".into(),
        delay_before_ms: 500,
        delay_after_ms: 3000,
        undo: undo("cool"),
        verify: verify.clone(),
        ..step("heat")
    };
    let knead = Step {
        name: "Knead".into(),
        retry,
        remedies: vec![remedy],
        undo: undo("throw away"),
        ..step("knead")
    };
    let needs = |ids: &[&str]| ids.iter().map(|id| (*id).to_owned()).collect();
    let taste = Action::Manual { instruction: "Taste it.".into() };
    let smell = Action::Condition { condition: condition("it smells good", None, false) };
    let file = Action::File {
        path: "menu".into(),
        content: Some("bread".into()),
        from: None,
        expect_sha256: None,
        mode: None,
        absent: false,
    };
    let steps = vec![
        heat,
        knead,
        Step { action: taste, needs: needs(&["heat"]), on_failure, ..step("taste") },
        Step { when: Some("inputs.none".into()), needs: needs(&["heat"]), on_failure, ..step("guess") },
        Step { when: Some("false".into()), needs: needs(&["heat"]), ..step("rest") },
        Step { action: smell, needs: needs(&["taste"]), ..step("smell") },
        Step { action: file, needs: needs(&["smell", "knead"]), ..step("menu") },
        Step { needs: needs(&["menu"]), ..step("bake") },
    ];
    let mut plan = Plan {
        preconditions: vec![condition("flour is there", Some("test -s flour"), true)],
        postconditions: vec![
            condition("somebody is happy", None, true),
            condition("nothing burnt", Some("./no-smoke"), false),
        ],
        rollbacks: vec![Rollback {
            procedure: "E9".into(),
            name: "Clean up".into(),
            after: Vec::new(),
            steps: vec![Step { name: "Sweep".into(), ..step("E9/1") }],
            source: source("/procedures/1"),
        }],
        finally: vec![step("finally/lock-up")],
        timeout_ms: Some(600_000),
        ..plan(steps)
    };
    plan.policy.idempotency = Some(Idempotency { ttl_ms: 1000 });
    plan.alerts.insert("default".into(), Alert { command: "ring".into(), timeout_ms: Some(1000) });
    finish(plan)
}

fn takes(picks: &[(&str, u64)]) -> Vec<(Pick, u64)> {
    picks.iter().map(|(pick, ms)| (Pick::parse(pick), *ms)).collect()
}

#[test]
fn a_timeline_tells_every_kind_of_thing_that_happens() {
    let plan = everything();
    let well = || Faults {
        takes: takes(&[("heat", 60_000), ("knead", 9_000), ("verify:heat", 300), ("bake", 30_000)]),
        ..Faults::default()
    };
    let cases = [
        ("all goes well", well()),
        (
            "retries, a remedy, polls, an alert",
            Faults {
                failures: vec![
                    fails("verify:heat", Some(2)),
                    Failure { exit: 98, ..fails("knead", Some(2)) },
                    fails("alert:guess", None),
                ],
                not_held: vec!["taste".into(), "nothing burnt".into()],
                ..well()
            },
        ),
        (
            "a timeout, an undo that fails",
            Faults {
                timeouts: vec![Pick::parse("bake")],
                failures: vec![fails("undo:knead", None)],
                ..well()
            },
        ),
        (
            "never verified",
            Faults { failures: vec![fails("verify:heat", None), fails("E9/1", None)], ..well() },
        ),
        ("cancelled", Faults { cancel_at_ms: Some(5_000), ..well() }),
        (
            "the run takes too long",
            Faults {
                takes: takes(&[("heat", 50_000), ("knead", 59_000), ("finally/lock-up", 100)]),
                ..Faults::default()
            },
        ),
        ("a precondition", Faults { not_held: vec!["pre:1".into()], ..well() }),
        ("a postcondition", Faults { not_held: vec!["post:1".into()], ..well() }),
        ("a gate", Faults { shut: [Gate::Attendance].into(), ..well() }),
        ("done before", Faults { shut: [Gate::Earlier].into(), ..well() }),
    ];
    let mut text = String::new();
    for (title, faults) in cases {
        let mut plan = plan.clone();
        if title == "the run takes too long" {
            plan.timeout_ms = Some(55_000);
        }
        writeln!(text, "{title}\n{}", told(&plan, &faults)).expect("a string takes any text");
    }
    snapshot("timeline", &text);
}

#[test]
fn lines_fit_a_narrow_terminal_and_can_be_painted() {
    let plan = everything();
    let machine = Machine::new(&plan).expect("the plan has a meaning");
    let faults = Faults { not_held: vec!["taste".into()], ..Faults::default() };
    let mut world = faults.bind(&machine).expect("the names are there");
    let trace = simulate(&machine, &mut world, &BTreeMap::new());
    let lines = lines(&trace.entries, &plan);
    let narrow = layout(&lines, 50, |_, what| what.to_owned());
    assert!(narrow.lines().all(|line| line.chars().count() <= 50), "{narrow}");
    let joined = |text: &str| text.split_whitespace().collect::<String>();
    assert_eq!(joined(&narrow), joined(&timeline(&trace.entries, &plan)));
    let painted =
        layout(&lines, 50, |tone, what| if tone == Tone::Bad { format!("<{what}>") } else { what.into() });
    assert!(painted.contains("<was not confirmed"), "{painted}");
}

#[test]
fn names_in_a_timeline_do_nothing_to_a_terminal() {
    let plan = finish(plan(vec![Step { name: "\u{1b}[2J\nx".into(), ..step("a\u{202e}b") }]));
    let text = told(&plan, &Faults::default());
    assert!(text.contains("a<U+202E>b  <U+001B>[2J<U+000A>x: ok\n"), "{text}");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// Whatever a plan holds and whatever goes wrong: each thing is one line that does nothing to a terminal, and
    /// the last one is how it ended.
    #[test]
    fn any_run_can_be_told(plan in any_plan(), failing in any::<prop::sample::Index>(), cancel_at_ms in of(0_u64..100_000)) {
        let mut plan = plan;
        plan.rollbacks.iter_mut().for_each(|rollback| rollback.after.clear());
        let rollbacks = plan.rollbacks.iter_mut().flat_map(|rollback| &mut rollback.steps);
        for step in plan.steps.iter_mut().chain(rollbacks).chain(&mut plan.finally) {
            step.when = None;
            step.retry.retries = step.retry.retries.min(3);
            step.verify.iter_mut().for_each(|verify| verify.attempts = verify.attempts.max(1));
        }
        let plan = finish(plan);
        let machine = Machine::new(&plan).expect("the plan has a meaning");
        let steps: Vec<_> = machine.step_ids().collect();
        let failures = match steps.is_empty() {
            true => Vec::new(),
            false => {
                let step = machine.step(*failing.get(&steps)).id.clone();
                vec![Failure { pick: Pick { role: Role::Attempt, step }, times: Some(2), exit: 1 }]
            }
        };
        let mut world = Faults { failures, cancel_at_ms, ..Faults::default() }.bind(&machine).expect("it is there");
        let trace = simulate(&machine, &mut world, &inputs(&plan));
        let text = timeline(&trace.entries, &plan);
        let lines = lines(&trace.entries, &plan);
        prop_assert_eq!(text.lines().count(), lines.len());
        prop_assert!(!text.contains(|c: char| c.is_control() && c != '\n'), "{}", text);
        if let End::Outcome(outcome) = trace.end {
            prop_assert!(text.ends_with(&format!("{}\n", outcome.word().replace('_', " "))), "{}", text);
        }
        let account = account(&machine, &trace);
        prop_assert!(account.undone.iter().chain(&account.left).all(|step| account.changed.contains(step)));
    }
}
