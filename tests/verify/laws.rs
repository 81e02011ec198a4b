//! Small plans at random: the reduced search and the one by brute force give the same verdicts, the same flaws and
//! the same ends.

use proptest::collection::vec;
use proptest::option::of;
use proptest::prelude::*;
use rulec::expr;
use rulec::machine::{Machine, Outcome, Record};
use rulec::plan::ir::*;
use rulec::verify::{Flaw, Holds, OwnRule, Property, Question, brute_force, verify};

use crate::support::plans::{all_breakers, asking, breaker, finish, plan, source, step};

/// The most states that brute force may go through: a plan that has more is none for this test.
const MOST: usize = 60_000;

fn maybe<T: Clone + std::fmt::Debug + 'static>(value: T) -> impl Strategy<Value = Option<T>> {
    prop_oneof![3 => Just(None), 1 => Just(Some(value))]
}

fn remedy() -> impl Strategy<Value = Remedy> {
    let then = prop::sample::select(vec![RemedyThen::Retry, RemedyThen::Continue, RemedyThen::Abort]);
    (vec(1_u8..3, 0..2), maybe("x".to_owned()), 0_usize..2, then, 0_u32..3, maybe(())).prop_map(
        |(exit_codes, stderr_matches, run, then, max, fallback)| Remedy {
            exit_codes,
            stderr_matches,
            run: vec!["true".into(); run],
            then,
            max,
            fallback: fallback.is_some(),
        },
    )
}

/// A step that may be anything that a run can tell apart, and is not too long.
fn any_step(retries: u32) -> impl Strategy<Value = Step> {
    let on_failure = prop::sample::select(vec![
        OnFailure::Abort,
        OnFailure::Abort,
        OnFailure::Continue,
        OnFailure::AlertAndContinue,
    ]);
    let action = prop_oneof![
        5 => Just(Action::Command { command: "true".into() }),
        1 => Just(Action::Manual { instruction: "look".into() }),
        1 => any::<bool>().prop_map(|mandatory| Action::Condition {
            condition: Condition { text: "it is so".into(), check: None, mandatory, source: source("/c") },
        }),
        1 => Just(Action::Condition {
            condition: Condition {
                text: "it is enough".into(),
                check: Some(Check {
                    command: "free".into(),
                    timeout_ms: None,
                    measure: Some(Measure { op: Comparison::Greater, value: "3".into(), unit: String::new() }),
                    says: None,
                }),
                mandatory: true,
                source: source("/c"),
            },
        }),
        1 => Just(Action::File {
            path: "f".into(), content: Some(String::new()), from: None, expect_sha256: None, mode: None, absent: false,
        }),
    ];
    let verify =
        maybe(Verify { command: "true".into(), timeout_ms: None, attempts: 2, interval_ms: 5, says: None });
    let undo =
        of((0_u32..=2).prop_map(|retries| Undo { command: "true".into(), retries, ..Default::default() }));
    (
        (action, on_failure, verify, undo, vec(remedy(), 0..2), 0..=retries),
        (vec(1_u8..3, 0..2), maybe(5_u64), maybe(7_u64), maybe(9_u64), maybe(11_u64)),
        (any::<bool>(), any::<bool>(), maybe("m".to_owned()), maybe("no way".to_owned()), breaker()),
    )
        .prop_map(
            |(
                (action, on_failure, verify, undo, remedies, retries),
                (on_exit_codes, timeout_ms, before, after, backoff),
                (read_only, output, mutex, irreversible, breaker),
            )| Step {
                action,
                on_failure,
                verify,
                undo,
                remedies,
                retry: Retry {
                    retries,
                    delay_ms: backoff.unwrap_or(0),
                    backoff: Backoff::Fixed,
                    max_delay_ms: None,
                    on_exit_codes,
                },
                timeout_ms,
                delay_before_ms: before.unwrap_or(0),
                delay_after_ms: after.unwrap_or(0),
                read_only,
                output,
                mutex,
                breaker,
                irreversible,
                ..step("")
            },
        )
        .prop_map(|step| if step.read_only && step.output { asking(step) } else { step })
}

const WHENS: [&str; 8] = [
    "steps.s0.status == \"ok\"",
    "steps.s0.status == \"failed\" || steps.s1.status == \"ok\"",
    "steps.s0.exit_code == 1",
    "steps.s0.output == \"yes\"",
    "steps.s1.output != \"yes\" && inputs.DRY",
    "steps.s0.output.contains(\"y\")",
    "inputs.DRY",
    "steps.s1.exit_code > 1 || inputs.N == 3",
];

const OWN: [&str; 9] = [
    "steps.s0.status != \"failed\"",
    "steps.s0.begun",
    "steps.s1.undone && !steps.s0.undone",
    "run.phase == \"finally\" && steps.s1.status == \"cancelled\"",
    "run.outcome == \"failed\"",
    "run.outcome == \"none\" || run.outcome == \"succeeded\"",
    "steps.exists(id, steps[id].status == \"running\") && run.phase == \"stopping\"",
    "procedure.id == \"E1\"",
    "steps.s1.status == \"running\" && steps.s0.status == \"running\"",
];

fn small_plan(most: usize, retries: u32) -> impl Strategy<Value = Plan> {
    let needs = vec(any::<prop::sample::Index>(), 0..2);
    let when = prop_oneof![2 => Just(None), 1 => prop::sample::select(WHENS.to_vec()).prop_map(Some)];
    (
        vec((any_step(retries), needs, when), 1..=most),
        (maybe(1_u32), maybe(50_u64), any::<bool>(), any::<bool>(), any::<bool>(), any::<bool>()),
        (of(vec(any::<prop::sample::Index>(), 0..2)), any_step(0), any_step(0)),
    )
        .prop_map(
            |(drawn, (max_parallel, timeout_ms, alert, condition, finally, lock), (rollback, back, last))| {
                let mut steps: Vec<Step> = Vec::new();
                for (index, (mut step, needs, when)) in drawn.into_iter().enumerate() {
                    step.id = format!("s{index}");
                    if index > 0 {
                        step.needs = needs.iter().map(|need| steps[need.index(index)].id.clone()).collect();
                        step.needs.dedup();
                    }
                    step.when = when.map(str::to_owned);
                    steps.push(step);
                }
                let mut plan = plan(Vec::new());
                if let Some(after) = rollback {
                    let after = after.iter().map(|at| steps[at.index(steps.len())].id.clone()).collect();
                    let steps = vec![Step { id: "back/1".into(), on_failure: OnFailure::Abort, ..back }];
                    let source = source("/rollback");
                    plan.rollbacks = vec![Rollback {
                        procedure: "back".into(),
                        name: "back".into(),
                        after,
                        steps,
                        source,
                    }];
                }
                if finally {
                    plan.finally = vec![Step { id: "finally/1".into(), ..last }];
                }
                if alert {
                    let alert = Alert { command: "true".into(), timeout_ms: None };
                    plan.alerts.insert("default".into(), alert);
                }
                if condition {
                    plan.postconditions = vec![Condition {
                        text: "it is so".into(),
                        check: None,
                        mandatory: true,
                        source: source("/post"),
                    }];
                }
                if !lock {
                    plan.policy.lock = None;
                }
                let input = |name: &str, kind| Input {
                    name: name.into(),
                    kind,
                    values: Vec::new(),
                    min: None,
                    max: None,
                    value: None,
                    default: None,
                    required: true,
                    description: String::new(),
                    source: source("/inputs"),
                };
                plan.inputs = vec![input("DRY", InputType::Bool), input("N", InputType::Int)];
                Plan { steps, max_parallel, timeout_ms, breakers: all_breakers(), ..plan }
            },
        )
        .prop_map(finish)
}

fn question(machine: &Machine<'_>, own: &[(usize, bool)], starts: usize) -> Question {
    let own = own.iter().map(|(place, always)| OwnRule {
        id: place.to_string(),
        expr: expr::parse(OWN[*place]).expect("the rules are expressions"),
        holds: if *always { Holds::Always } else { Holds::Never },
    });
    Question {
        starts: machine.main_steps().skip(starts).step_by(2).collect(),
        own: own.filter(|rule| rule.applies(machine)).collect(),
        max_states: MOST,
        ..Question::default()
    }
}

fn agree(plan: &Plan, own: &[(usize, bool)], starts: usize) -> Result<(), TestCaseError> {
    let machine = Machine::new(plan).expect("the plan has a meaning");
    let question = question(&machine, own, starts);
    let whole = brute_force(&machine, &question);
    prop_assume!(whole.is_whole);
    let reduced = verify(&machine, &question);
    prop_assert!(reduced.is_whole);
    prop_assert!(reduced.states <= whole.states, "{} > {}", reduced.states, whole.states);
    let flaws = |proof: &rulec::verify::Proof<'_>| -> Vec<Flaw> {
        proof.refutations.iter().map(|found| found.flaw.clone()).collect()
    };
    prop_assert_eq!(flaws(&reduced), flaws(&whole));
    prop_assert_eq!(&reduced.ends, &whole.ends);
    for found in &reduced.refutations {
        prop_assert!(found.records.len() > 1, "{:?} has no counterexample", found.flaw);
        if found.flaw.property == Property::TakenBack {
            let ends = found.records.iter().any(|record| match record {
                Record::RunEnded { outcome } => !matches!(outcome, Outcome::Succeeded | Outcome::Degraded),
                _ => false,
            });
            prop_assert!(ends, "{:?}", found.records);
        }
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 80, max_global_rejects: 100_000, ..ProptestConfig::default() })]

    #[test]
    fn one_step_has_the_same_ends(plan in small_plan(1, 5), own in vec((0..OWN.len(), any::<bool>()), 0..2)) {
        agree(&plan, &own, 0)?;
    }

    #[test]
    fn a_few_steps_have_the_same_flaws_and_ends(
        plan in small_plan(3, 1),
        own in vec((0..OWN.len(), any::<bool>()), 0..3),
        starts in 0_usize..3,
    ) {
        agree(&plan, &own, starts)?;
    }

    #[test]
    fn four_steps_have_the_same_flaws_and_ends(
        plan in small_plan(4, 0),
        own in vec((0..OWN.len(), any::<bool>()), 0..2),
        starts in 0_usize..3,
    ) {
        agree(&plan, &own, starts)?;
    }
}
