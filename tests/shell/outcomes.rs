//! What a failure does: tolerance, rollback, postconditions, final steps, alerts.

use rulec::plan::ir::{Alert, OnFailure};

use super::bench::every_shell;
use super::plans::{check, on_failure, plan, rollback, step, traced, undone};

#[test]
fn every_way_to_fail() {
    use OnFailure::{Abort, AlertAndContinue, Continue, RetryThenAbort, Rollback};
    for (way, code, outcome, trace) in [
        (Abort, 5, "rolled_back", "a undo b undo a"),
        (RetryThenAbort, 5, "rolled_back", "a undo b undo a"),
        (Rollback, 5, "rolled_back", "a undo b undo a"),
        (Continue, 0, "degraded", "a c"),
        (AlertAndContinue, 0, "degraded", "a c"),
    ] {
        every_shell(|bench| {
            let failing = on_failure(undone(step("b", "exit 3")), way);
            let run = bench.run(&plan([traced("a"), failing, traced("c")]), &[]);
            run.came_to(code, outcome, trace);
            assert_eq!(run.report["alerts"].as_array().unwrap().len(), usize::from(way == AlertAndContinue));
        });
    }
}

#[test]
fn undo_goes_backwards_and_skips_what_changed_nothing() {
    every_shell(|bench| {
        let mut reader = traced("b");
        reader.read_only = true;
        let run = bench.run(&plan([traced("a"), reader, traced("c"), step("d", "exit 1")]), &[]);
        run.came_to(5, "rolled_back", "a b c undo c undo a");
        let undone: Vec<_> = run.report["undone"].as_array().unwrap().iter().map(|u| &u["id"]).collect();
        assert_eq!(undone, ["c", "a"]);
    });
}

#[test]
fn rollback_groups_come_after_the_undo() {
    every_shell(|bench| {
        let mut plan = plan([traced("a"), step("b", "exit 1"), traced("c")]);
        let mut for_c = rollback("E4", [traced("E4/1")]);
        for_c.after = vec!["c".into()];
        let mut for_a = rollback("E3", [traced("E3/1")]);
        for_a.after = vec!["c".into(), "a".into()];
        plan.rollbacks = vec![rollback("E2", [traced("E2/1"), traced("E2/2")]), for_c, for_a];
        let run = bench.run(&plan, &[]);
        run.came_to(5, "rolled_back", "a undo a E2/1 E2/2 E3/1");
        assert_eq!(run.report["rollback"][1]["procedure"], "E3");
    });
}

#[test]
fn a_rollback_goes_on_where_a_step_of_it_fails() {
    every_shell(|bench| {
        let mut broken = traced("a");
        broken.undo.as_mut().unwrap().command = "echo broken >>trace; exit 9".into();
        let mut plan = plan([traced("z"), broken, step("b", "exit 1")]);
        plan.rollbacks = vec![rollback("E2", [step("E2/1", "exit 8"), traced("E2/2")])];
        let run = bench.run(&plan, &[]);
        run.came_to(6, "rollback_failed", "z a broken undo z E2/2");
        assert_eq!(run.report["undone"][0]["exit_code"], 9);
        assert_eq!(run.report["rollback"][0]["steps"][0]["exit_code"], 8);
    });
}

#[test]
fn a_failure_that_changed_nothing_is_only_failed() {
    every_shell(|bench| {
        let mut reader = traced("a");
        reader.read_only = true;
        let run = bench.run(&plan([reader, on_failure(step("b", "exit 1"), OnFailure::Rollback)]), &[]);
        run.came_to(4, "failed", "a");
    });
}

#[test]
fn a_postcondition_fails_like_a_step() {
    every_shell(|bench| {
        let mut plan = plan([traced("a")]);
        plan.postconditions =
            vec![check("fine", "true"), check("it answers", "exit 2"), check("never", "true")];
        let run = bench.run(&plan, &[]);
        run.came_to(5, "rolled_back", "a undo a");
        let statuses: Vec<_> =
            run.report["postconditions"].as_array().unwrap().iter().map(|c| &c["status"]).collect();
        assert_eq!(statuses, ["held", "failed"]);
        run.says("postcondition 2 does not hold: exit code 2");
    });
}

#[test]
fn final_steps_run_whatever_happened() {
    every_shell(|bench| {
        let mut plan = plan([traced("a")]);
        plan.finally = vec![step("finally/x", "echo x >>trace; exit 1"), traced("finally/y")];
        let run = bench.run(&plan, &[]);
        run.came_to(0, "degraded", "a x finally/y");

        std::fs::remove_file(bench.path().join("trace")).unwrap();
        plan.steps.push(step("b", "exit 1"));
        let run = bench.run(&plan, &[]);
        run.came_to(5, "rolled_back", "a undo a x finally/y");

        std::fs::remove_file(bench.path().join("trace")).unwrap();
        plan.preconditions = vec![check("never", "false")];
        bench.run(&plan, &[]).came_to(3, "refused", "");
    });
}

#[test]
fn an_alert_is_a_command_that_knows_what_failed() {
    every_shell(|bench| {
        let failing = on_failure(step("b", "exit 3"), OnFailure::AlertAndContinue);
        let mut plan = plan([failing, traced("c")]);
        plan.steps[0].name = "Migrate \\ the data".into();
        let command =
            "echo \"$RULEC_ALERT_STEP:$RULEC_ALERT_NAME:$RULEC_ALERT_MESSAGE\" >>trace; cat /dev/null";
        plan.alerts.insert("default".into(), Alert { command: command.into(), timeout_ms: None });
        let run = bench.run(&plan, &[]);
        run.came_to(0, "degraded", "b:Migrate \\ the data:exit code 3 c");
        assert_eq!(run.report["alerts"][0]["delivered"], true);

        plan.alerts.insert("default".into(), Alert { command: "exit 5".into(), timeout_ms: None });
        let run = bench.run(&plan, &[]);
        assert_eq!((run.code, &run.report["alerts"][0]["exit_code"]), (0, &5.into()));
        run.says("the alert could not be raised");
    });
}

#[test]
fn an_alert_without_a_command_goes_to_standard_error() {
    every_shell(|bench| {
        let run =
            bench.run(&plan([on_failure(step("b", "exit 3"), OnFailure::AlertAndContinue)]), &["--quiet"]);
        run.came_to(0, "degraded", "");
        run.says("ALERT: step b failed: exit code 3");
    });
}
