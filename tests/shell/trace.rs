//! The trace that a script writes: what it holds, where it may not be written, and what it says where the
//! report and the machine once said different things.

use rulec::plan::ir::{OnFailure, Verify};
use serde_json::Value;

use super::bench::{Bench, every_shell};
use super::plans::{check, on_failure, plan, prose, rollback, step, timeout, traced, verify};

/// The lines of the file `lines`.
fn lines(bench: &Bench) -> Vec<Value> {
    let text = bench.read("lines");
    text.lines()
        .map(|line| serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}")))
        .collect()
}

fn events(bench: &Bench) -> String {
    let word = |line: &Value| line["event"].as_str().unwrap().to_owned();
    lines(bench).iter().map(word).collect::<Vec<_>>().join(" ")
}

#[test]
fn each_thing_is_written_as_it_happens() {
    every_shell(|bench| {
        let mut plan = plan([traced("a"), step("b \"\u{e9}", "wc -l <lines >>trace; exit 3")]);
        plan.rollbacks = vec![rollback("E2", [step("E2/1", "true")])];
        let run = bench.run(&plan, &["--trace", "lines"]);
        // Eight lines were there when the second step counted them.
        run.came_to(5, "rolled_back", "a 8 undo a");
        assert_eq!(
            events(bench),
            "run_started gate step_started attempt_started attempt_ended step_ended step_started \
             attempt_started attempt_ended step_ended broken_off rollback_started undo_started undo_ended \
             procedure_started step_started attempt_started attempt_ended step_ended run_ended"
        );
        let lines = lines(bench);
        assert_eq!(lines[9]["step"], "b \"\u{e9}");
        assert!(
            lines.windows(2).all(|pair| pair[0]["at_ms"].as_u64() <= pair[1]["at_ms"].as_u64()),
            "{lines:?}"
        );
        let last = lines.last().unwrap()["at_ms"].as_u64().unwrap();
        assert!((10..20_000).contains(&last), "{last}");
        assert!(bench.read("lines").is_ascii());
    });
}

#[test]
fn a_trace_needs_a_place_and_a_run() {
    every_shell(|bench| {
        for (args, words) in [
            (&["--trace", "no/where"][..], "the trace cannot be written: no/where"),
            (&["--trace=-"], "--trace takes the path of a file"),
            (&["--trace="], "--trace takes the path of a file"),
            (&["--trace"], "--trace takes a value"),
            (&["--trace=lines", "--checklist=before"], "a checklist has no trace"),
        ] {
            let run = bench.run(&plan([traced("a")]), args);
            assert_eq!((run.code, run.trace.as_str()), (2, ""), "{}", run.stderr);
            run.says(words);
        }
    });
}

#[test]
fn a_step_that_the_limit_of_the_run_stops_is_cancelled_and_raises_no_alert() {
    every_shell(|bench| {
        let long = on_failure(timeout(traced("b"), 20_000), OnFailure::AlertAndContinue);
        let mut plan = plan([traced("a"), long]);
        plan.steps[1].action = step("b", "echo b >>trace; sleep 30").action;
        plan.timeout_ms = Some(900);
        let run = bench.run(&plan, &[]);
        run.came_to(5, "rolled_back", "a b undo b undo a");
        assert_eq!(run.report["steps"][1]["status"], "cancelled");
        assert_eq!(run.report["alerts"], Value::Array(Vec::new()));
    });
}

#[test]
fn a_check_that_the_limit_of_the_run_stops_is_cancelled() {
    every_shell(|bench| {
        let mut slow = check("it answers", "sleep 30");
        slow.mandatory = false;
        let mut plan = plan([traced("a")]);
        plan.preconditions = vec![slow];
        plan.timeout_ms = Some(300);
        let run = bench.run(&plan, &["--trace=lines"]);
        run.came_to(3, "refused", "");
        assert_eq!(run.report["preconditions"][0]["status"], "cancelled");
        assert_eq!(events(bench), "run_started gate condition_started broken_off condition_ended run_ended");
    });
}

#[test]
fn the_exit_code_of_a_verified_step_is_that_of_its_attempt() {
    every_shell(|bench| {
        let mut lenient = check("it may hold", "exit 7");
        lenient.mandatory = false;
        let mut a = step("a", "");
        a.action = rulec::plan::ir::Action::Condition { condition: lenient };
        let run = bench.run(&plan([verify(a, "true", 1, 0)]), &["--trace=lines"]);
        run.came_to(0, "succeeded", "");
        assert_eq!(run.report["steps"][0]["exit_code"], 7);
        assert_eq!(lines(bench)[7]["exit_code"], 7, "{:?}", lines(bench));
    });
}

#[test]
fn the_timeout_of_a_check_goes_before_that_of_its_step() {
    every_shell(|bench| {
        let mut slow = check("it answers", "sleep 0.6");
        slow.check.as_mut().unwrap().timeout_ms = Some(20_000);
        let mut a = timeout(step("a", ""), 200);
        a.action = rulec::plan::ir::Action::Condition { condition: slow };
        bench.run(&plan([a]), &[]).came_to(0, "succeeded", "");
    });
}

#[test]
fn a_wait_between_polls_that_is_broken_off_leaves_the_code_of_the_attempt() {
    every_shell(|bench| {
        let mut a = traced("a");
        let command = "exit 9".into();
        a.verify = Some(Verify { command, timeout_ms: None, attempts: 9, interval_ms: 30_000, says: None });
        let mut plan = plan([a]);
        plan.timeout_ms = Some(900);
        let run = bench.run(&plan, &["--trace=lines"]);
        run.came_to(5, "rolled_back", "a undo a");
        let step = &run.report["steps"][0];
        assert_eq!((&step["status"], &step["exit_code"]), (&"cancelled".into(), &0.into()));
    });
}

#[test]
fn what_nobody_can_attest_shuts_a_gate() {
    every_shell(|bench| {
        let mut plan = plan([traced("a")]);
        plan.preconditions = vec![prose("somebody watches")];
        bench.run(&plan, &["--trace=lines"]).came_to(3, "refused", "");
        assert_eq!(lines(bench)[2]["gate"], "attendance");
        assert_eq!(lines(bench)[2]["passed"], false);
    });
}
