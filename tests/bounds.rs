//! The arithmetic of durations.

use std::collections::BTreeMap;

use proptest::prelude::*;
use rulec::plan::bounds::{
    self, Bound, MAX_MS, Part, Total, bounds, one_by_one, undo, without_retries, worst_case,
};
use rulec::plan::ir::{
    Action, Alert, Backoff, Check, Condition, OnFailure, Plan, Remedy, RemedyThen, Retry, Rollback, Step,
    Undo, Verify,
};

use super::support::plans::{any_plan, plan, source, step, taken, there_is};

/// A step of so many seconds that needs others.
fn timed(id: &str, seconds: u64, needs: &[&str]) -> Step {
    Step {
        timeout_ms: Some(seconds * 1000),
        needs: needs.iter().map(|need| (*need).to_owned()).collect(),
        ..step(id)
    }
}

fn retry(retries: u32, delay: u64, backoff: Backoff, max_delay: Option<u64>) -> Retry {
    Retry {
        retries,
        delay_ms: delay * 1000,
        backoff,
        max_delay_ms: max_delay.map(|seconds| seconds * 1000),
        on_exit_codes: Vec::new(),
    }
}

fn worst(step: Step) -> String {
    worst_case(&[step], None, None).arithmetic()
}

#[test]
fn a_sequence_is_its_sum() {
    let mut steps = vec![
        timed("database", 30, &[]),
        timed("cache", 60, &["database"]),
        timed("backend", 60, &["cache"]),
        timed("frontend", 60, &["backend"]),
        timed("probe", 30, &["frontend"]),
    ];
    steps[2].delay_after_ms = 5_000;
    steps[3].delay_after_ms = 5_000;
    let total = without_retries(&steps, None);
    assert_eq!(total.arithmetic(), "30 + 60 + 60 + 5 + 60 + 5 + 30 = 250 s");
    assert_eq!(total.bound, Bound::Finite(250_000));
    assert_eq!(total.terms[3].label(), "delay after `backend`");
    assert_eq!(without_retries(&steps, Some(4)), total);
}

#[test]
fn figures_are_exact_decimals() {
    let ms = |ms| Step { timeout_ms: Some(ms), ..step("a") };
    assert_eq!(worst(ms(250)), "0.25 s");
    assert_eq!(worst(ms(60_001)), "60.001 s");
    assert_eq!(worst(ms(1_500)), "1.5 s");
    assert_eq!(without_retries(&[], None).arithmetic(), "0 s");
}

#[test]
fn every_part_of_a_step_counts() {
    let full = Step {
        delay_before_ms: 1_000,
        delay_after_ms: 2_000,
        grace_ms: 10_000,
        retry: retry(2, 4, Backoff::Fixed, None),
        verify: Some(Verify {
            command: "true".into(),
            timeout_ms: Some(3_000),
            attempts: 5,
            interval_ms: 500,
            says: None,
        }),
        ..step("a")
    };
    assert_eq!(worst(full), "1 + 3 × 60 + 3 × 10 + 15 × 3 + 15 × 10 + 12 × 0.5 + 2 × 4 + 2 = 422 s");
}

#[test]
fn waits_double_up_to_their_limit() {
    let with = |retry| worst(Step { timeout_ms: Some(0), retry, ..step("a") });
    assert_eq!(with(retry(3, 5, Backoff::Exponential, None)), "5 + 10 + 20 = 35 s");
    assert_eq!(with(retry(5, 5, Backoff::Exponential, Some(12))), "5 + 10 + 3 × 12 = 51 s");
    assert_eq!(with(retry(2, 30, Backoff::Exponential, Some(12))), "2 × 12 = 24 s");
    assert_eq!(with(retry(u32::MAX, 0, Backoff::Exponential, None)), "0 s");
    let endless = Step { retry: retry(u32::MAX, 1, Backoff::Exponential, None), ..step("a") };
    assert_eq!(worst_case(&[endless], None, None).bound, Bound::Finite(MAX_MS));
}

#[test]
fn remedies_run_before_further_attempts_and_one_may_end_the_step() {
    let remedy = |commands: usize, then, max| Remedy {
        exit_codes: Vec::new(),
        stderr_matches: None,
        run: vec!["true".into(); commands],
        then,
        max,
        fallback: false,
    };
    let with = |retries, remedies| {
        worst(Step { retry: retry(retries, 0, Backoff::Fixed, None), remedies, ..timed("a", 10, &[]) })
    };
    assert_eq!(with(0, vec![remedy(2, RemedyThen::Retry, 5)]), "10 s");
    assert_eq!(
        with(3, vec![remedy(1, RemedyThen::Retry, 9), remedy(2, RemedyThen::Retry, 1)]),
        "4 × 10 + 4 × 10 = 80 s"
    );
    assert_eq!(
        with(0, vec![remedy(1, RemedyThen::Continue, 9), remedy(3, RemedyThen::Abort, 1)]),
        "10 + 3 × 10 = 40 s"
    );
    // One that would let the step count as ok may fail, and the next attempt comes.
    assert_eq!(with(2, vec![remedy(2, RemedyThen::Continue, 2)]), "3 × 10 + 4 × 10 = 70 s");
    assert_eq!(with(2, vec![remedy(2, RemedyThen::Continue, 9)]), "3 × 10 + 6 × 10 = 90 s");
    assert_eq!(
        with(1, vec![remedy(2, RemedyThen::Continue, 1), remedy(2, RemedyThen::Abort, 1)]),
        "2 × 10 + 4 × 10 = 60 s"
    );
    assert_eq!(
        with(1, vec![remedy(3, RemedyThen::Continue, 1), remedy(1, RemedyThen::Abort, 1)]),
        "2 × 10 + 4 × 10 = 60 s"
    );
}

fn a_file() -> Action {
    Action::File {
        path: "a".into(),
        content: None,
        from: None,
        expect_sha256: None,
        mode: None,
        absent: false,
    }
}

#[test]
fn what_is_stopped_at_once_still_has_its_grace() {
    let stubborn = |timeout_ms| Step { timeout_ms, grace_ms: 4_000, ..step("a") };
    assert_eq!(worst(stubborn(Some(0))), "4 s");
    let file = a_file();
    assert_eq!(worst(Step { action: file.clone(), ..stubborn(None) }), "0 s");
    assert_eq!(worst(Step { action: file, ..stubborn(Some(1_000)) }), "1 + 4 = 5 s");
    let polled =
        Verify { command: "true".into(), timeout_ms: Some(0), attempts: 2, interval_ms: 0, says: None };
    assert_eq!(worst(Step { verify: Some(polled), ..stubborn(Some(0)) }), "4 + 2 × 4 = 12 s");
    let undone = Step {
        undo: Some(Undo { command: "true".into(), timeout_ms: Some(0), ..Default::default() }),
        ..stubborn(None)
    };
    assert_eq!(undo(&[undone]).arithmetic(), "4 s");
    let again = Undo { command: "true".into(), timeout_ms: Some(1_000), retries: 2, ..Default::default() };
    let undone = Step { undo: Some(again), ..stubborn(None) };
    assert_eq!(undo(&[undone]).arithmetic(), "3 × 1 + 3 × 4 = 15 s");
}

#[test]
fn a_tolerated_failure_raises_the_alert_instead_of_waiting() {
    let alerting = Step { on_failure: OnFailure::AlertAndContinue, delay_after_ms: 2_000, ..step("a") };
    let alert = |timeout_ms| Alert { command: "page".into(), timeout_ms };
    let sum = |alert: Option<&Alert>| worst_case(std::slice::from_ref(&alerting), None, alert).arithmetic();
    assert_eq!(sum(None), "60 + 2 = 62 s");
    assert_eq!(sum(Some(&alert(Some(1_000)))), "60 + 1 + 5 = 66 s");
    assert_eq!(sum(Some(&alert(Some(9_000)))), "60 + 9 + 5 = 74 s");
    assert_eq!(sum(Some(&alert(None))), "60 + ? = no bound");
}

#[test]
fn what_has_no_bound_is_named_even_off_the_critical_path() {
    let open = Step { timeout_ms: None, needs: vec!["a".into()], ..step("c") };
    let polled = Step {
        verify: Some(Verify {
            command: "true".into(),
            timeout_ms: None,
            attempts: 3,
            interval_ms: 0,
            says: None,
        }),
        ..timed("b", 50, &["a"])
    };
    let steps = [timed("a", 20, &[]), polled, open];
    let total = worst_case(&steps, None, None);
    assert_eq!(total.bound, Bound::Unbounded);
    assert_eq!(total.arithmetic(), "20 + 50 + ? = no bound");
    let labels: Vec<_> = total.unbounded.iter().map(|term| (term.part, term.label())).collect();
    assert_eq!(
        labels,
        [(Part::Poll, "verification of `b`".to_owned()), (Part::Command, "timeout of `c`".to_owned())]
    );
}

#[test]
fn files_and_prose_take_no_time_and_people_without_a_timeout_have_no_bound() {
    let with = |action| without_retries(&[Step { action, timeout_ms: None, ..step("a") }], None).bound;
    let condition = |check| Action::Condition {
        condition: Condition { text: "x".into(), check, mandatory: true, source: source("") },
    };
    let check = |timeout_ms| Some(Check { command: "true".into(), timeout_ms, measure: None, says: None });
    assert_eq!(with(condition(None)), Bound::Finite(0));
    assert_eq!(with(condition(check(Some(7)))), Bound::Finite(7));
    assert_eq!(with(condition(check(None))), Bound::Unbounded);
    assert_eq!(with(Action::Manual { instruction: "look".into() }), Bound::Unbounded);
    let file = a_file();
    assert_eq!(with(file), Bound::Finite(0));
}

/// Two branches of 40 s and 25 s between 10 s and 5 s.
fn diamond() -> Vec<Step> {
    vec![timed("a", 10, &[]), timed("b", 40, &["a"]), timed("c", 25, &["a"]), timed("d", 5, &["b", "c"])]
}

#[test]
fn a_graph_takes_its_critical_path() {
    assert_eq!(without_retries(&diamond(), None).arithmetic(), "10 + 40 + 5 = 55 s");
    assert_eq!(without_retries(&diamond(), Some(2)).arithmetic(), "10 + 40 + 5 = 55 s");
    assert_eq!(without_retries(&diamond(), Some(1)).arithmetic(), "10 + 40 + 25 + 5 = 80 s");
}

#[test]
fn fewer_places_than_branches_take_longer() {
    let steps: Vec<Step> = ["a", "b", "c", "d"].map(|id| timed(id, 30, &[])).into();
    assert_eq!(without_retries(&steps, Some(4)).arithmetic(), "30 s");
    assert_eq!(without_retries(&steps, Some(3)).arithmetic(), "(120 + 2 × 30) / 3 = 60 s");
    assert_eq!(without_retries(&steps, Some(2)).arithmetic(), "(120 + 30) / 2 = 75 s");
}

#[test]
fn what_a_mutex_keeps_apart_adds_up() {
    let mut steps = diamond();
    steps[1].mutex = Some("disk".into());
    assert_eq!(without_retries(&steps, None).arithmetic(), "10 + 40 + 5 = 55 s");
    steps[2].mutex = Some("disk".into());
    assert_eq!(without_retries(&steps, None).arithmetic(), "10 + 40 + 25 + 5 = 80 s");
}

#[test]
fn waiting_for_resources_counts() {
    let taking = |id: &str, seconds: u64, units: u32| Step {
        resources: [("three".to_owned(), units)].into(),
        ..timed(id, seconds, &[])
    };
    let of = |steps: Vec<Step>| Plan { resources: there_is(), ..plan(steps) };
    // All of them fit in at once.
    let fits = of(vec![taking("a", 30, 2), taking("b", 20, 1)]);
    assert_eq!(without_retries(&fits.steps, &fits).arithmetic(), "30 s");
    // None of them fits in beside another: a mutex in all but name.
    let apart = of(vec![taking("a", 30, 3), taking("b", 20, 3), taking("c", 10, 3)]);
    assert_eq!(without_retries(&apart.steps, &apart).arithmetic(), "30 + 20 + 10 = 60 s");
    // While one waits, two others run.
    let pairs = of((0..4).map(|n| taking(&n.to_string(), 30, 2)).chain([taking("e", 30, 1)]).collect());
    assert_eq!(
        without_retries(&pairs.steps, &pairs).arithmetic(),
        "30 + 120 (waiting for resources) = 150 s"
    );
    let halves = of((0..6).map(|n| taking(&n.to_string(), 30, 1)).collect());
    assert_eq!(
        without_retries(&halves.steps, &halves).arithmetic(),
        "30 + 50 (waiting for resources) = 80 s"
    );
}

#[test]
fn a_cycle_and_a_need_of_nothing_do_no_harm() {
    let cycle = [timed("a", 10, &["b"]), timed("b", 20, &["a"]), timed("c", 5, &["a", "nothing"])];
    assert_eq!(without_retries(&cycle, Some(2)).arithmetic(), "10 + 20 + 5 = 35 s");
    assert_eq!(without_retries(&[timed("a", 10, &["a"])], None).arithmetic(), "10 s");
}

#[test]
fn a_run_is_gates_steps_rollback_and_final_steps() {
    let check = |seconds: u64| Condition {
        text: "it is up".into(),
        check: Some(Check {
            command: "true".into(),
            timeout_ms: Some(seconds * 1000),
            measure: None,
            says: None,
        }),
        mandatory: true,
        source: source("/procedures/0/preconditions/0"),
    };
    let undo_of = |seconds: u64| {
        Some(Undo { command: "true".into(), timeout_ms: Some(seconds * 1000), ..Default::default() })
    };
    let mut steps = vec![timed("a", 100, &[]), timed("b", 200, &["a"]), timed("c", 50, &["b"])];
    steps[0].undo = undo_of(7);
    steps[1].undo = undo_of(8);
    steps[2].undo = undo_of(9);
    steps[2].read_only = true;
    steps[1].grace_ms = 3_000;
    steps[1].retry.retries = 1;
    let mut plan = plan(steps);
    plan.preconditions = vec![check(1), Condition { check: None, ..check(0) }];
    plan.postconditions = vec![check(2)];
    plan.rollbacks = vec![Rollback {
        procedure: "E2".into(),
        name: "E2".into(),
        after: Vec::new(),
        steps: vec![timed("E2/1", 30, &[]), timed("E2/2", 40, &[])],
        source: source("/procedures/1"),
    }];
    plan.finally = vec![timed("finally/1", 20, &[])];
    plan.bounds.estimated_ms = Some(60_000);

    let run = bounds::run(&plan);
    assert_eq!(run.steps.arithmetic(), "100 + 2 × 200 + 2 × 3 + 50 = 556 s");
    assert_eq!(run.rollback.arithmetic(), "8 + 3 + 7 + 30 + 40 = 88 s");
    assert_eq!(undo(&plan.steps).arithmetic(), "8 + 3 + 7 = 18 s");
    let computed = bounds(&plan);
    assert_eq!(computed.estimated_ms, Some(60_000));
    assert_eq!(computed.without_retries_ms, Some(350_000));
    assert_eq!(computed.steps_ms, Some(556_000));
    assert_eq!(computed.rollback_ms, Some(88_000));
    assert_eq!(computed.worst_case_ms, Some((1 + 5 + 556 + 2 + 5 + 88 + 20) * 1000));

    plan.timeout_ms = Some(300_000);
    plan.steps[2].timeout_ms = None;
    let cut = bounds(&plan);
    assert_eq!(cut.steps_ms, None);
    // What is stopped then may be a check, which has five seconds.
    assert_eq!(cut.worst_case_ms, Some((300 + 5 + 88 + 20) * 1000));
    (plan.preconditions, plan.postconditions) = (Vec::new(), Vec::new());
    assert_eq!(bounds(&plan).worst_case_ms, Some((300 + 3 + 88 + 20) * 1000));
    plan.alerts.insert("default".into(), Alert { command: "page".into(), timeout_ms: None });
    assert_eq!(bounds(&plan).worst_case_ms, Some((300 + 3 + 88 + 20) * 1000));
    plan.steps[0].on_failure = OnFailure::AlertAndContinue;
    assert_eq!(bounds(&plan).worst_case_ms, Some((300 + 5 + 88 + 20) * 1000));
}

/// A graph of steps with random lengths, needs and mutexes.
fn graph() -> impl Strategy<Value = Vec<Step>> {
    let node = (0_u64..=50, prop::collection::vec(any::<prop::sample::Index>(), 0..3), (0_u8..6, taken()));
    prop::collection::vec(node, 1..=8).prop_map(|nodes| {
        let mut steps: Vec<Step> = Vec::new();
        for (index, (ms, needs, (mutex, resources))) in nodes.into_iter().enumerate() {
            let mut needs: Vec<String> = match index {
                0 => Vec::new(),
                _ => needs.iter().map(|need| need.index(index).to_string()).collect(),
            };
            needs.sort();
            needs.dedup();
            steps.push(Step {
                timeout_ms: Some(ms),
                needs,
                mutex: (mutex < 2).then(|| mutex.to_string()),
                resources,
                ..step(&index.to_string())
            });
        }
        steps
    })
}

/// What a runner needs for the steps if each takes `lengths`: ready steps start in source order as soon as a
/// place and what they share are free.
fn makespan(steps: &[Step], lengths: &[u64], places: usize) -> u64 {
    let index: BTreeMap<&str, usize> =
        steps.iter().enumerate().map(|(i, step)| (step.id.as_str(), i)).collect();
    let (mut now, mut running, mut ended) = (0, BTreeMap::new(), vec![false; steps.len()]);
    let mut started = vec![false; steps.len()];
    loop {
        for (i, step) in steps.iter().enumerate() {
            let ready = !started[i] && step.needs.iter().all(|need| ended[index[need.as_str()]]);
            let taken = |name: &str, of: &Step| of.resources.get(name).copied().unwrap_or(0);
            let fits = there_is().iter().all(|(name, resource)| {
                let held: u32 = running.keys().map(|&other: &usize| taken(name, &steps[other])).sum();
                held + taken(name, step) <= resource.capacity
            });
            let free = fits
                && running.len() < places
                && running
                    .keys()
                    .all(|&other: &usize| step.mutex.is_none() || steps[other].mutex != step.mutex);
            if ready && free {
                started[i] = true;
                running.insert(i, now + lengths[i]);
            }
        }
        let Some(next) = running.values().copied().min() else { return now };
        now = next;
        running.retain(|&i, &mut end| {
            ended[i] |= end == now;
            end != now
        });
    }
}

fn finite(total: &Total<'_>) -> u64 {
    total.bound.ms().expect("the steps of these tests have bounds")
}

proptest! {
    #[test]
    fn no_run_of_a_graph_takes_longer_than_its_bound(
        steps in graph(),
        shares in prop::collection::vec(0_u64..=4, 8),
        places in 1_u32..=5,
    ) {
        let limits: Vec<u64> = steps.iter().map(|step| step.timeout_ms.unwrap()).collect();
        let shorter: Vec<u64> = limits.iter().zip(&shares).map(|(limit, share)| limit * share / 4).collect();
        let at_most = |max_parallel| Plan { max_parallel, resources: there_is(), ..plan(Vec::new()) };
        let (shared, free) = (at_most(Some(places)), at_most(None));
        let bound = finite(&worst_case(&steps, &shared, None));
        for lengths in [&limits, &shorter] {
            prop_assert!(makespan(&steps, lengths, places as usize) <= bound);
            prop_assert!(
                makespan(&steps, lengths, usize::MAX) <= finite(&worst_case(&steps, &free, None))
            );
        }
    }

    #[test]
    fn without_limits_and_mutexes_the_bound_is_exact(mut steps in graph()) {
        steps.iter_mut().for_each(|step| (step.mutex, step.resources) = (None, Default::default()));
        let limits: Vec<u64> = steps.iter().map(|step| step.timeout_ms.unwrap()).collect();
        let bound = finite(&worst_case(&steps, None, None));
        prop_assert_eq!(makespan(&steps, &limits, usize::MAX), bound);
        prop_assert_eq!(finite(&worst_case(&steps, Some(8), None)), bound);
    }

    #[test]
    fn more_places_never_take_longer(steps in graph(), places in 1_u32..=6) {
        let sequential: u64 = steps.iter().map(|step| step.timeout_ms.unwrap()).sum();
        let at_most = |max_parallel| Plan { max_parallel, resources: there_is(), ..plan(Vec::new()) };
        let bound = |max_parallel| finite(&worst_case(&steps, &at_most(max_parallel), None));
        let (fewer, more, path) = (bound(Some(places)), bound(Some(places + 1)), bound(None));
        prop_assert!(path <= more && more <= fewer && fewer <= sequential);
        prop_assert_eq!(finite(&one_by_one(&steps, None)), sequential);
        prop_assert_eq!(finite(&worst_case(&steps, Some(1), None)), sequential);
    }

    #[test]
    fn the_bounds_of_a_plan_grow_with_all_that_it_allows(before in any_plan(), at: prop::sample::Index) {
        let run = |plan| bounds::run(plan).bound();
        let mut grown = Vec::new();
        if !before.steps.is_empty() {
            let changes: [fn(&mut Step); 8] = [
                |step| step.timeout_ms = step.timeout_ms.map(|ms| ms + 1),
                // Writing a file takes no time that counts, unless a timeout says so.
                |step| step.timeout_ms = step.timeout_ms.filter(|_| matches!(step.action, Action::File { .. })),
                |step| step.grace_ms += 1,
                |step| step.delay_before_ms += 1,
                |step| step.delay_after_ms += 1,
                |step| step.retry.retries = step.retry.retries.saturating_add(1),
                |step| step.retry.delay_ms += 1,
                |step| step.verify.iter_mut().for_each(|verify| verify.attempts += 1),
            ];
            for change in changes {
                let mut after = before.clone();
                change(&mut after.steps[at.index(before.steps.len())]);
                grown.push(after);
            }
        }
        let mut after = before.clone();
        after.finally.push(step("last"));
        grown.push(after);
        for after in &grown {
            prop_assert!(run(&before) <= run(after));
        }
    }
}
