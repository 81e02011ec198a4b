//! Steps: order, attempts, verification, and what commands find around them.

use rulec::plan::ir::{Backoff, Undo, Verify};

use super::bench::{Run, every_shell};
use super::plans::{plan, retry, step, timeout, traced, verify};

fn step_of(run: &Run, i: usize) -> &serde_json::Value {
    &run.report["steps"][i]
}

#[test]
fn steps_run_in_order() {
    every_shell(|bench| {
        let run = bench.run(&plan([traced("a"), traced("b"), traced("c")]), &[]);
        run.came_to(0, "succeeded", "a b c");
        for step in run.report["steps"].as_array().unwrap() {
            assert_eq!((step["status"].as_str(), step["attempts"].as_u64()), (Some("ok"), Some(1)), "{step}");
        }
    });
}

#[test]
fn a_graph_runs_in_source_order_of_what_is_ready() {
    every_shell(|bench| {
        let mut plan = plan([traced("c"), traced("a"), traced("b"), traced("d")]);
        plan.steps[0].needs = vec!["b".into()];
        plan.steps[1].needs = Vec::new();
        plan.steps[2].needs = Vec::new();
        plan.steps[3].needs = vec!["a".into()];
        plan.max_parallel = Some(1);
        let run = bench.run(&plan, &[]);
        run.came_to(0, "succeeded", "a b c d");
    });
}

#[test]
fn a_retry_can_succeed() {
    every_shell(|bench| {
        let step = retry(step("a", "echo try >>trace; [ $(wc -l <trace) -ge 3 ]"), 5, 10);
        let run = bench.run(&plan([step]), &[]);
        run.came_to(0, "succeeded", "try try try");
        assert_eq!(step_of(&run, 0)["attempts"], 3);
    });
}

#[test]
fn retries_are_further_attempts() {
    every_shell(|bench| {
        let run = bench.run(&plan([retry(step("a", "echo try >>trace; exit 7"), 2, 0), traced("b")]), &[]);
        run.came_to(4, "failed", "try try try");
        assert_eq!(step_of(&run, 0)["exit_code"], 7);
        assert_eq!(step_of(&run, 1)["status"], "not_run");
        run.says("failed: exit code 7 (attempt 3 of 3)");
    });
}

#[test]
fn only_some_exit_codes_are_retried() {
    every_shell(|bench| {
        let mut step =
            retry(step("a", "echo try >>trace; [ $(wc -l <trace) -ge 2 ] && exit 4; exit 3"), 5, 0);
        step.retry.on_exit_codes = vec![3, 124];
        bench.run(&plan([step]), &[]).came_to(4, "failed", "try try");
    });
}

#[test]
fn the_backoff_doubles_up_to_its_limit() {
    every_shell(|bench| {
        let mut step = retry(step("a", "exit 1"), 4, 20);
        step.retry.backoff = Backoff::Exponential;
        step.retry.max_delay_ms = Some(50);
        let run = bench.run(&plan([step]), &[]);
        let delays: Vec<&str> = run
            .stderr
            .lines()
            .filter_map(|line| line.split_once("next attempt in "))
            .map(|(_, d)| d)
            .collect();
        assert_eq!(delays, ["0.02s", "0.04s", "0.05s", "0.05s"]);
    });
}

#[test]
fn a_verification_is_polled_until_it_holds() {
    every_shell(|bench| {
        let step = verify(traced("a"), "echo poll >>trace; [ $(wc -l <trace) -ge 4 ]", 9, 20);
        let run = bench.run(&plan([step, traced("b")]), &[]);
        run.came_to(0, "succeeded", "a poll poll poll b");
        assert_eq!((&step_of(&run, 0)["verified"], &step_of(&run, 0)["polls"]), (&true.into(), &3.into()));
    });
}

#[test]
fn a_verification_that_fails_uses_up_an_attempt() {
    every_shell(|bench| {
        let step = retry(verify(traced("a"), "echo poll >>trace; echo why not >&2; exit 5", 2, 10), 1, 10);
        let run = bench.run(&plan([step]), &[]);
        run.came_to(5, "rolled_back", "a poll poll a poll poll undo a");
        assert_eq!(step_of(&run, 0)["verified"], false);
        run.says("not verified by 2 polls, the last: exit code 5");
        run.says("| why not");
    });
}

#[test]
fn a_poll_that_hangs_is_ended() {
    every_shell(|bench| {
        let mut step = step("a", "true");
        step.verify = Some(Verify {
            command: "echo poll >>trace; sleep 30".into(),
            timeout_ms: Some(200),
            attempts: 2,
            interval_ms: 10,
            says: None,
        });
        let run = bench.run(&plan([step]), &[]);
        run.came_to(4, "failed", "poll poll");
        assert_eq!(step_of(&run, 0)["exit_code"], 124);
    });
}

#[test]
fn a_verification_waits_for_success() {
    every_shell(|bench| {
        let run = bench.run(&plan([verify(step("a", "exit 3"), "echo poll >>trace", 3, 10)]), &[]);
        run.came_to(4, "failed", "");
    });
}

#[test]
fn delays_surround_a_step_that_succeeds() {
    every_shell(|bench| {
        let mut good = traced("a");
        good.delay_before_ms = 30;
        good.delay_after_ms = 40;
        let mut bad = step("b", "exit 1");
        bad.delay_after_ms = 50_000;
        let run = bench.run(&plan([good, bad]), &[]);
        run.came_to(5, "rolled_back", "a undo a");
        run.says("waiting for 0.03s");
        run.says("waiting for 0.04s");
        assert!(!run.stderr.contains("50s"), "{}", run.stderr);
    });
}

#[test]
fn commands_find_the_callers_world() {
    every_shell(|bench| {
        let mut step = step(
            "a",
            "{ cat; pwd; umask; echo \"$LC_ALL $GREETING\"; } >>trace; \
             trap 'exit 0' INT; kill -s INT $$; sleep 1; exit 9",
        );
        step.env.insert("GREETING".into(), "it's $HOME \\ 100%".into());
        step.working_dir = Some("sub folder".into());
        step.undo = Some(Undo { command: "false".into(), timeout_ms: None, ..Default::default() });
        std::fs::create_dir(bench.path().join("sub folder")).unwrap();
        let script = bench.emit(&plan([step]));
        let line = format!("umask 027; exec sh '{}'", script.display());
        let mut command = bench.command(std::path::Path::new("-c"), &[&line]);
        let run = bench.wait(command.spawn().unwrap());
        assert_eq!(run.code, 0, "{}", run.stderr);
        let trace = bench.read("sub folder/trace");
        let folder = bench.path().canonicalize().unwrap().join("sub folder");
        assert_eq!(
            trace.lines().map(|line| line.trim_start_matches("000")).collect::<Vec<_>>(),
            [
                folder.to_str().unwrap(),
                trace.lines().nth(1).unwrap().trim_start_matches("000"),
                "C.UTF-8 it's $HOME \\ 100%"
            ]
        );
        assert!(trace.lines().nth(1).unwrap().ends_with("27"), "{trace}");
    });
}

#[test]
fn a_missing_working_folder_fails_the_step() {
    every_shell(|bench| {
        let mut step = step("a", "echo a >>trace");
        step.working_dir = Some("nowhere".into());
        let run = bench.run(&plan([step]), &[]);
        run.came_to(4, "failed", "");
        run.says("cannot enter the working folder: ./nowhere");
    });
}

#[test]
fn output_is_kept_trimmed() {
    every_shell(|bench| {
        let mut step = step("a", "printf '\\n  one\\n \\303\\251\\377\"\\\\ \\n\\n'; echo aside >&2");
        step.output = true;
        let run = bench.run(&plan([step]), &[]);
        run.came_to(0, "succeeded", "");
        assert_eq!(step_of(&run, 0)["output"], "one\n é\u{fffd}\"\\");
        run.says("| aside");
        run.says("|   one");
    });
}

#[test]
fn a_run_has_a_limit() {
    every_shell(|bench| {
        let mut plan =
            plan([traced("a"), retry(timeout(step("b", "echo b >>trace; sleep 30"), 20_000), 3, 0)]);
        plan.timeout_ms = Some(2500);
        let run = bench.run(&plan, &[]);
        run.came_to(5, "rolled_back", "a b undo a");
        assert_eq!(step_of(&run, 1)["exit_code"], 124);
        run.says("the run is over its limit of 2.5s");
    });
}
