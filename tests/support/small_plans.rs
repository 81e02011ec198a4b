//! Plans that mean something: few steps with short ids, small numbers, and every feature that the machine
//! knows, each often enough that they meet.

use proptest::collection::vec;
use proptest::option::{of, weighted};
use proptest::prelude::*;
use proptest::sample::{Index, select};
use rulec::plan::ir::*;

use super::plans::{all_breakers, breaker, finish, plan, source, step, taken, there_is};

/// What the plans of a strategy may have.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Size {
    /// The most steps of the plan.
    pub(crate) steps: usize,
    /// The most further attempts of a step.
    pub(crate) retries: u32,
    /// The most polls of a verification.
    pub(crate) polls: u32,
    /// The most rollbacks, conditions in each list, and final steps.
    pub(crate) rest: usize,
}

/// Enough of everything for the features to meet.
pub(crate) const RICH: Size = Size { steps: 6, retries: 2, polls: 2, rest: 2 };

/// A sealed plan that has a meaning.
pub(crate) fn small_plan(size: Size) -> BoxedStrategy<Plan> {
    let body = (
        graph(size),
        select(vec![None, Some(1), Some(2), Some(3)]),
        weighted(0.3, 0_u64..=40),
        vec(rollback(size), 0..=size.rest),
        listed("finally/", size, size.rest),
    );
    let gates = (any::<bool>(), vec(condition(), 0..=size.rest), vec(condition(), 0..=size.rest));
    let alert = weighted(0.7, of(0_u64..=9));
    (body, gates, alert)
        .prop_map(|((steps, max_parallel, timeout_ms, rollbacks, finally), (lock, pre, post), alert)| {
            let known = steps.len();
            let rollbacks = rollbacks.into_iter().enumerate().map(|(group, (mut of, after))| {
                of.steps.iter_mut().for_each(|step| step.id = format!("r{group}/{}", step.id));
                of.after = match known {
                    0 => Vec::new(),
                    _ => after.iter().map(|index| steps[index.index(known)].id.clone()).collect(),
                };
                of
            });
            let rollbacks = rollbacks.collect();
            let mut plan =
                Plan { max_parallel, timeout_ms, rollbacks, finally, preconditions: pre, ..plan(steps) };
            plan.resources = there_is();
            plan.breakers = all_breakers();
            plan.postconditions = post;
            if !lock {
                plan.policy.lock = None;
                plan.policy.idempotency = Some(Idempotency { ttl_ms: 1 });
            }
            if let Some(timeout_ms) = alert {
                plan.alerts.insert("default".into(), Alert { command: "alert".into(), timeout_ms });
            }
            finish(plan)
        })
        .boxed()
}

/// Steps `a`, `b`, `c`, each of which may need earlier ones.
fn graph(size: Size) -> BoxedStrategy<Vec<Step>> {
    let step = (any_step(size), vec(any::<Index>(), 0..3), any::<Index>());
    (vec(step, 0..=size.steps), any::<bool>())
        .prop_map(|(drawn, backwards)| {
            let mut steps: Vec<Step> = Vec::new();
            for (index, (mut step, needs, when)) in drawn.into_iter().enumerate() {
                step.id = char::from(b'a' + u8::try_from(index).expect("few steps")).to_string();
                if index > 0 {
                    step.needs = needs.iter().map(|need| steps[need.index(index)].id.clone()).collect();
                    step.needs.dedup();
                    if let Some(text) = &mut step.when {
                        *text = text.replace("steps.a", &format!("steps.{}", steps[when.index(index)].id));
                    }
                }
                steps.push(step);
            }
            // The source need not stand in the order of the needs.
            if backwards {
                steps.reverse();
            }
            steps
        })
        .boxed()
}

fn listed(prefix: &'static str, size: Size, most: usize) -> BoxedStrategy<Vec<Step>> {
    vec(any_step(size), 0..=most)
        .prop_map(move |mut steps| {
            for (number, step) in steps.iter_mut().enumerate() {
                step.id = format!("{prefix}{number}");
            }
            steps
        })
        .boxed()
}

fn rollback(size: Size) -> BoxedStrategy<(Rollback, Vec<Index>)> {
    (listed("", size, size.rest), vec(any::<Index>(), 0..2))
        .prop_map(|(steps, after)| {
            let of = Rollback {
                procedure: "E2".into(),
                name: "E2".into(),
                after: Vec::new(),
                steps,
                source: source("/procedures/1"),
            };
            (of, after)
        })
        .boxed()
}

fn condition() -> BoxedStrategy<Condition> {
    let measure =
        weighted(0.3, Just(Measure { op: Comparison::Less, value: "5".into(), unit: String::new() }));
    let check = (of(0_u64..=9), measure).prop_map(|(timeout_ms, measure)| Check {
        command: "check".into(),
        timeout_ms,
        measure,
        says: None,
    });
    (weighted(0.7, check), weighted(0.6, Just(())))
        .prop_map(|(check, mandatory)| Condition {
            text: "it holds".into(),
            check,
            mandatory: mandatory.is_some(),
            source: source("/conditions/0"),
        })
        .boxed()
}

/// A few milliseconds, often none.
fn few() -> BoxedStrategy<u64> {
    prop_oneof![3 => Just(0_u64), 2 => 1_u64..=9].boxed()
}

/// A step without id and needs.
pub(crate) fn any_step(size: Size) -> BoxedStrategy<Step> {
    let file = Action::File {
        path: "f".into(),
        content: Some("x".into()),
        from: None,
        expect_sha256: None,
        mode: None,
        absent: false,
    };
    let action = prop_oneof![
        6 => Just(Action::Command { command: "true".into() }),
        1 => Just(Action::Manual { instruction: "look".into() }),
        2 => condition().prop_map(|condition| Action::Condition { condition }),
        1 => Just(file),
    ];
    let when = weighted(
        0.25,
        select(vec![
            "true",
            "false",
            "steps.a.status == \"ok\"",
            "steps.a.output == \"1\"",
            "steps.a.exit_code > 1",
        ]),
    );
    let codes = || select(vec![vec![], vec![], vec![1], vec![3, 124]]);
    let retry = (0..=size.retries, few(), any::<bool>(), of(few()), codes());
    let retry = retry.prop_map(|(retries, delay_ms, doubles, max_delay_ms, on_exit_codes)| Retry {
        retries,
        delay_ms,
        backoff: if doubles { Backoff::Exponential } else { Backoff::Fixed },
        max_delay_ms,
        on_exit_codes,
    });
    let verify =
        (weighted(0.9, 0_u64..=9), 1..=size.polls, few()).prop_map(|(timeout_ms, attempts, interval_ms)| {
            Verify { command: "verify".into(), timeout_ms, attempts, interval_ms, says: None }
        });
    let then = select(vec![RemedyThen::Retry, RemedyThen::Continue, RemedyThen::Abort]);
    let remedy = (
        codes(),
        weighted(0.3, Just("x".to_owned())),
        vec(Just("fix".to_owned()), 0..3),
        then,
        (0_u32..=2, weighted(0.3, Just(()))),
    );
    let remedy = remedy.prop_map(|(exit_codes, stderr_matches, run, then, (max, fallback))| Remedy {
        exit_codes,
        stderr_matches,
        run,
        then,
        max,
        fallback: fallback.is_some(),
    });
    let on_failure = select(vec![
        OnFailure::Abort,
        OnFailure::RetryThenAbort,
        OnFailure::Continue,
        OnFailure::AlertAndContinue,
        OnFailure::Rollback,
    ]);
    let undo = (weighted(0.9, 0_u64..=9), 0_u32..=2).prop_map(|(timeout_ms, retries)| Undo {
        command: "undo".into(),
        timeout_ms,
        retries,
        manual: false,
    });
    let what = (action, when, weighted(0.3, verify), weighted(0.6, undo), vec(remedy, 0..2));
    let time = (few(), few(), weighted(0.9, 0_u64..=9), few(), retry, on_failure);
    let flags =
        (weighted(0.2, Just(())), any::<bool>(), weighted(0.3, select(vec!["m", "n"])), taken(), breaker());
    (what, time, flags)
        .prop_map(|(what, time, (read_only, output, mutex, resources, breaker))| Step {
            action: what.0,
            when: what.1.map(str::to_owned),
            verify: what.2,
            undo: what.3,
            remedies: what.4,
            delay_before_ms: time.0,
            delay_after_ms: time.1,
            timeout_ms: time.2,
            grace_ms: time.3,
            retry: time.4,
            on_failure: time.5,
            read_only: read_only.is_some(),
            output,
            mutex: mutex.map(str::to_owned),
            resources,
            breaker,
            ..step("")
        })
        .boxed()
}
