//! One attempt after another: remedies, retries, verification, fallbacks, circuit breakers.

use rulec::plan::ir::*;
use rulec::simulate::{Faults, Pick};

use super::rules::{exits, needing, remedy, retrying, verified};
use super::{agrees, fails, traced};
use crate::support::plans::{plan, source, step};

#[test]
fn a_remedy_runs_between_two_attempts_the_first_that_matches() {
    let remedies = vec![
        remedy(&[9], &["never"], RemedyThen::Retry, 9),
        remedy(&[], &[], RemedyThen::Retry, 0),
        Remedy { stderr_matches: Some("no such".into()), ..remedy(&[], &["else"], RemedyThen::Abort, 1) },
        Remedy {
            stderr_matches: Some("di[sk]+ full".into()),
            ..remedy(&[1, 3], &["clean", "more"], RemedyThen::Retry, 1)
        },
        remedy(&[3], &["second"], RemedyThen::Retry, 2),
    ];
    let a = Step { remedies, ..retrying("a", 3, 5) };
    let faults = Faults {
        failures: vec![exits("a", None, 3)],
        errors: vec![("a".into(), "the disk full\n".into())],
        ..Faults::default()
    };
    agrees(
        &traced(plan(vec![a]), &faults),
        "0 attempt_ended attempt=1 ended=exited exit_code=3 step=a
         0 remedy_started attempt=1 command=1 remedy=4 step=a
         0 remedy_ended attempt=1 command=1 ended=exited exit_code=0 remedy=4 step=a
         0 remedy_started attempt=1 command=2 remedy=4 step=a
         0 remedy_ended attempt=1 command=2 ended=exited exit_code=0 remedy=4 step=a
         0 waiting ms=5 step=a wait=backoff
         5 attempt_ended attempt=2 ended=exited exit_code=3 step=a
         5 remedy_started attempt=2 command=1 remedy=5 step=a
         5 remedy_ended attempt=2 command=1 ended=exited exit_code=0 remedy=5 step=a
         5 waiting ms=5 step=a wait=backoff
         10 attempt_ended attempt=3 ended=exited exit_code=3 step=a
         10 remedy_started attempt=3 command=1 remedy=5 step=a
         10 remedy_ended attempt=3 command=1 ended=exited exit_code=0 remedy=5 step=a
         10 waiting ms=5 step=a wait=backoff
         15 attempt_ended attempt=4 ended=exited exit_code=3 step=a
         15 step_ended attempts=4 exit_code=3 status=failed step=a
         15 broken_off cause=failure step=a
         15 run_ended outcome=failed",
    );
}

#[test]
fn what_a_remedy_leads_to() {
    let ends = |then, run: &[&str], retries, faults: &[(&str, Option<u32>)]| {
        let a = Step { remedies: vec![remedy(&[], run, then, 9)], ..retrying("a", retries, 0) };
        let failures = faults.iter().map(|(pick, times)| fails(pick, *times)).collect();
        let trace = traced(plan(vec![a]), &Faults { failures, ..Faults::default() });
        let words = |line: &str| match line.split(' ').nth(1)? {
            "attempt_ended" => Some("attempt"),
            "remedy_ended" if line.contains("exit_code=0") => Some("remedy"),
            "remedy_ended" => Some("failed remedy"),
            "step_ended" if line.contains("status=ok") => Some("ok"),
            "step_ended" => Some("failed"),
            _ => None,
        };
        trace.lines().filter_map(words).collect::<Vec<_>>().join(", ")
    };
    use RemedyThen::{Abort, Continue, Retry};
    let always = [("a", None)];
    let once = [("a", Some(1))];
    let helpless = [("a", None), ("remedy:a", None)];
    assert_eq!(ends(Retry, &["x"], 1, &once), "attempt, remedy, attempt, ok");
    assert_eq!(ends(Retry, &["x"], 1, &always), "attempt, remedy, attempt, failed");
    assert_eq!(ends(Retry, &["x"], 0, &always), "attempt, failed");
    assert_eq!(ends(Retry, &["x", "y"], 1, &helpless), "attempt, failed remedy, attempt, failed");
    assert_eq!(ends(Retry, &[], 1, &once), "attempt, attempt, ok");
    assert_eq!(ends(Continue, &["x", "y"], 1, &always), "attempt, remedy, remedy, ok");
    assert_eq!(ends(Continue, &["x"], 0, &always), "attempt, remedy, ok");
    assert_eq!(
        ends(Continue, &["x", "y"], 1, &helpless),
        "attempt, failed remedy, attempt, failed remedy, failed"
    );
    assert_eq!(ends(Continue, &[], 1, &always), "attempt, ok");
    assert_eq!(ends(Abort, &["x"], 1, &always), "attempt, remedy, failed");
    assert_eq!(ends(Abort, &["x", "y"], 1, &helpless), "attempt, failed remedy, failed");
    assert_eq!(ends(Abort, &[], 1, &once), "attempt, failed");
}

#[test]
fn only_some_exit_codes_are_worth_another_attempt() {
    let attempts = |codes: &[u8], faults: Faults| {
        let mut a = verified("a", 2, 0);
        a.retry = Retry { on_exit_codes: codes.to_vec(), ..retrying("a", 2, 0).retry };
        let trace = traced(plan(vec![a]), &faults);
        trace.lines().filter(|line| line.contains(" attempt_ended")).count()
    };
    let exit = |pick, exit| Faults { failures: vec![exits(pick, None, exit)], ..Faults::default() };
    let hangs = |pick| Faults { timeouts: vec![Pick::parse(pick)], ..Faults::default() };
    assert_eq!(attempts(&[], exit("a", 7)), 3);
    assert_eq!(attempts(&[7], exit("a", 7)), 3);
    assert_eq!(attempts(&[7], exit("a", 8)), 1);
    assert_eq!(attempts(&[7], hangs("a")), 1);
    assert_eq!(attempts(&[124], hangs("a")), 3);
    assert_eq!(attempts(&[7], exit("verify:a", 7)), 3, "the exit code of a failed poll is the attempt's");
    assert_eq!(attempts(&[7], exit("verify:a", 8)), 1);
    assert_eq!(attempts(&[124], hangs("verify:a")), 3);
}

#[test]
fn a_verification_is_polled_and_its_failure_is_the_attempts() {
    let mut a = verified("a", 3, 10);
    a.retry = retrying("a", 1, 5).retry;
    let faults = Faults { failures: vec![exits("verify:a", Some(4), 2)], ..Faults::default() };
    agrees(
        &traced(plan(vec![a]), &faults),
        "0 attempt_ended attempt=1 ended=exited exit_code=0 step=a
         0 poll_started attempt=1 poll=1 step=a
         0 poll_ended attempt=1 ended=exited exit_code=2 poll=1 step=a
         0 waiting ms=10 step=a wait=interval
         10 poll_started attempt=1 poll=2 step=a
         10 poll_ended attempt=1 ended=exited exit_code=2 poll=2 step=a
         10 waiting ms=10 step=a wait=interval
         20 poll_started attempt=1 poll=3 step=a
         20 poll_ended attempt=1 ended=exited exit_code=2 poll=3 step=a
         20 waiting ms=5 step=a wait=backoff
         25 attempt_ended attempt=2 ended=exited exit_code=0 step=a
         25 poll_started attempt=2 poll=1 step=a
         25 poll_ended attempt=2 ended=exited exit_code=2 poll=1 step=a
         25 waiting ms=10 step=a wait=interval
         35 poll_started attempt=2 poll=2 step=a
         35 poll_ended attempt=2 ended=exited exit_code=0 poll=2 step=a
         35 step_ended attempts=2 exit_code=0 status=ok step=a
         35 run_ended outcome=succeeded",
    );
}

#[test]
fn the_output_is_that_of_the_attempt_that_succeeded() {
    let printing = |output: &str, verify_fails: Option<Option<u32>>, then: Option<RemedyThen>| {
        let mut a = verified("a", 1, 0);
        (a.output, a.on_failure) = (true, OnFailure::Continue);
        a.retry = retrying("a", 1, 0).retry;
        a.remedies = then.map(|then| remedy(&[], &[], then, 1)).into_iter().collect();
        let b = Step { when: Some("steps.a.output == \"x y\"".into()), ..needing("b", &["a"]) };
        let failures = verify_fails.map(|times| fails("verify:a", times)).into_iter().collect();
        let faults = Faults { failures, outputs: vec![("a".into(), output.into())], ..Faults::default() };
        let trace = traced(plan(vec![a, b]), &faults);
        let b = trace.lines().find(|line| line.contains("step=b") && line.contains("step_ended"));
        let status = b.and_then(|line| line.split("status=").nth(1)?.split(' ').next());
        status.expect("`b` ends").to_owned()
    };
    assert_eq!(printing(" x y\r\n\n", None, None), "ok");
    assert_eq!(printing("x\ny", None, None), "skipped");
    assert_eq!(printing("x y", Some(Some(1)), None), "ok");
    assert_eq!(printing("x y", Some(None), None), "failed", "a failed step has no output");
    assert_eq!(
        printing("x y", Some(None), Some(RemedyThen::Continue)),
        "failed",
        "nor has one that a remedy lets pass"
    );
}

fn fallback(run: &[&str]) -> Remedy {
    Remedy { fallback: true, ..remedy(&[], run, RemedyThen::Continue, 1) }
}

#[test]
fn a_fallback_runs_once_where_no_attempt_is_left() {
    let helped = Step { remedies: vec![fallback(&["other"])], ..retrying("a", 1, 100) };
    let faults = Faults { failures: vec![fails("a", None)], ..Faults::default() };
    agrees(
        &traced(plan(vec![helped.clone()]), &faults),
        "0 attempt_ended attempt=1 ended=exited exit_code=1 step=a
         0 waiting ms=100 step=a wait=backoff
         100 attempt_ended attempt=2 ended=exited exit_code=1 step=a
         100 remedy_started attempt=2 command=1 remedy=1 step=a
         100 remedy_ended attempt=2 command=1 ended=exited exit_code=0 remedy=1 step=a
         100 step_ended attempts=2 exit_code=1 status=ok step=a
         100 run_ended outcome=succeeded",
    );
    let once = Step { retry: step("a").retry, ..helped };
    let failures = vec![fails("a", None), fails("remedy:a", None)];
    agrees(
        &traced(plan(vec![once]), &Faults { failures, ..Faults::default() }),
        "0 attempt_ended attempt=1 ended=exited exit_code=1 step=a
         0 remedy_started attempt=1 command=1 remedy=1 step=a
         0 remedy_ended attempt=1 command=1 ended=exited exit_code=1 remedy=1 step=a
         0 step_ended attempts=1 exit_code=1 status=failed step=a
         0 broken_off cause=failure step=a
         0 run_ended outcome=failed",
    );
}

#[test]
fn an_open_circuit_breaker_lets_no_attempt_begin() {
    let counted = |id: &str, retries: u32, needs: &[&str]| Step {
        breaker: Some("oven".into()),
        on_failure: OnFailure::Continue,
        needs: needs.iter().map(|need| (*need).to_owned()).collect(),
        ..retrying(id, retries, 100)
    };
    let steps = vec![
        counted("a", 1, &[]),
        counted("b", 5, &["a"]),
        counted("c", 0, &["b"]),
        Step { remedies: vec![fallback(&["other"])], ..counted("d", 0, &["c"]) },
        needing("e", &["d"]),
    ];
    let mut plan = plan(steps);
    let source = source("/context/project_structure/components/0/circuit_breaker");
    plan.breakers.insert("oven".into(), Breaker { failures: 3, source });
    let faults = Faults { failures: ["a", "b", "c"].map(|id| fails(id, None)).into(), ..Faults::default() };
    agrees(
        &traced(plan.clone(), &faults),
        "0 attempt_ended attempt=1 ended=exited exit_code=1 step=a
         0 waiting ms=100 step=a wait=backoff
         100 attempt_ended attempt=2 ended=exited exit_code=1 step=a
         100 step_ended attempts=2 exit_code=1 status=failed step=a
         100 attempt_ended attempt=1 ended=exited exit_code=1 step=b
         100 circuit_open breaker=oven step=b
         100 step_ended attempts=1 exit_code=1 status=failed step=b
         100 circuit_open breaker=oven step=c
         100 step_ended attempts=0 status=failed step=c
         100 circuit_open breaker=oven step=d
         100 remedy_started attempt=0 command=1 remedy=1 step=d
         100 remedy_ended attempt=0 command=1 ended=exited exit_code=0 remedy=1 step=d
         100 step_ended attempts=0 status=ok step=d
         100 attempt_ended attempt=1 ended=exited exit_code=0 step=e
         100 step_ended attempts=1 exit_code=0 status=ok step=e
         100 run_ended outcome=degraded",
    );
    // A success in between begins again from none.
    let faults = Faults { failures: vec![fails("a", Some(1)), fails("b", Some(2))], ..Faults::default() };
    assert!(!traced(plan, &faults).contains("circuit_open"));
}
