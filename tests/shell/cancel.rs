//! Signals to the run.

use super::bench::every_shell;
use super::plans::{check, plan, rollback, step, traced, undone};

const SIGNALS: [(&str, i32); 3] = [("HUP", 129), ("INT", 130), ("TERM", 143)];

#[test]
fn a_signal_stops_the_step_and_rolls_back() {
    for (signal, code) in SIGNALS {
        every_shell(|bench| {
            let hang = "trap '' TERM; echo $$ >>pids; echo up >>trace; while :; do sleep 0.1; done";
            let mut plan = plan([traced("a"), undone(step("b", hang)), traced("c")]);
            plan.rollbacks = vec![rollback("E2", [traced("E2/1")])];
            plan.finally = vec![traced("finally/x")];
            let child = bench.spawn(&plan, &[]);
            bench.signal_after(&child, "up", signal);
            let run = bench.wait(child);
            run.came_to(code, "cancelled", "a up undo b undo a E2/1 finally/x");
            assert_eq!(run.report["steps"][1]["status"], "cancelled");
            assert_eq!(bench.leftovers(), [""; 0]);
        });
    }
}

#[test]
fn a_signal_ends_a_delay() {
    every_shell(|bench| {
        let mut waits = traced("a");
        waits.delay_after_ms = 100_000;
        let child = bench.spawn(&plan([waits, traced("b")]), &[]);
        bench.signal_after(&child, "a", "TERM");
        bench.wait(child).came_to(143, "cancelled", "a undo a");
    });
}

#[test]
fn a_signal_ends_the_wait_for_another_attempt() {
    every_shell(|bench| {
        let step = super::plans::retry(undone(step("a", "echo a >>trace; exit 1")), 3, 100_000);
        let child = bench.spawn(&plan([step]), &[]);
        bench.signal_after(&child, "a", "INT");
        bench.wait(child).came_to(130, "cancelled", "a undo a");
    });
}

#[test]
fn a_signal_ends_polling() {
    every_shell(|bench| {
        let step = super::plans::verify(traced("a"), "echo poll >>trace; exit 1", 9, 100_000);
        let child = bench.spawn(&plan([step]), &[]);
        bench.signal_after(&child, "poll", "TERM");
        bench.wait(child).came_to(143, "cancelled", "a poll undo a");
    });
}

#[test]
fn a_signal_does_not_stop_a_rollback() {
    every_shell(|bench| {
        let mut slow = step("a", "true");
        let command = "echo undoing >>trace; sleep 0.6; echo undone >>trace";
        slow.undo =
            Some(rulec::plan::ir::Undo { command: command.into(), timeout_ms: None, ..Default::default() });
        let child = bench.spawn(&plan([traced("z"), slow, step("b", "exit 1")]), &[]);
        bench.signal_after(&child, "undoing", "TERM");
        let run = bench.wait(child);
        run.came_to(5, "rolled_back", "z undoing undone undo z");
        run.says("SIGTERM is left aside");
    });
}

#[test]
fn a_rollback_that_fails_outweighs_the_signal() {
    every_shell(|bench| {
        let mut hang = step("a", "echo up >>trace; sleep 30");
        hang.undo =
            Some(rulec::plan::ir::Undo { command: "exit 1".into(), timeout_ms: None, ..Default::default() });
        let child = bench.spawn(&plan([hang]), &[]);
        bench.signal_after(&child, "up", "TERM");
        bench.wait(child).came_to(6, "rollback_failed", "up");
    });
}

#[test]
fn a_signal_at_the_gate_undoes_nothing() {
    every_shell(|bench| {
        let mut plan = plan([traced("a")]);
        plan.preconditions = vec![check("slow", "echo gate >>trace; sleep 30")];
        plan.rollbacks = vec![rollback("E2", [traced("E2/1")])];
        let child = bench.spawn(&plan, &[]);
        bench.signal_after(&child, "gate", "INT");
        bench.wait(child).came_to(130, "cancelled", "gate");
    });
}
