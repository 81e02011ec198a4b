//! One run at a time.

use std::path::PathBuf;
use std::process::Command;

use rulec::plan::Plan;
use rulec::plan::ir::Lock;

use super::bench::{Bench, MATRIX, every_shell, find};
use super::plans::{check, plan, step, traced};

fn hold() -> Plan {
    plan([step("hold", "echo up >>trace; while [ -d bin ] && [ ! -e go ]; do sleep 0.05; done"), traced("b")])
}

fn lock(plan: &mut Plan) -> &mut Lock {
    plan.policy.lock.as_mut().unwrap()
}

fn kill(child: &mut std::process::Child) {
    child.kill().unwrap();
    child.wait().unwrap();
}

#[test]
fn a_second_run_is_refused_and_told_who_holds_the_lock() {
    every_shell(|bench| {
        let first = bench.spawn(&hold(), &[]);
        bench.await_trace("up");
        let second = bench.run(&hold(), &[]);
        second.came_to(7, "refused", "up");
        second.says(&format!("process {}", first.id()));
        std::fs::write(bench.path().join("go"), "").unwrap();
        bench.wait(first).came_to(0, "succeeded", "up b");
        bench.run(&hold(), &[]).came_to(0, "succeeded", "up b up b");
    });
}

#[test]
fn a_run_can_wait_for_the_lock() {
    every_shell(|bench| {
        let first = bench.spawn(&hold(), &[]);
        bench.await_trace("up");
        let mut plan = hold();
        lock(&mut plan).timeout_ms = 300;
        bench.run(&plan, &[]).came_to(7, "refused", "up");
        lock(&mut plan).timeout_ms = 60_000;
        let second = bench.spawn(&plan, &[]);
        std::fs::write(bench.path().join("go"), "").unwrap();
        bench.wait(first);
        let second = bench.wait(second);
        second.came_to(0, "succeeded", "up b up b");
    });
}

#[test]
fn a_signal_ends_the_wait_for_the_lock() {
    every_shell(|bench| {
        let mut first = bench.spawn(&hold(), &[]);
        bench.await_trace("up");
        let mut plan = hold();
        lock(&mut plan).timeout_ms = 60_000;
        let second = bench.spawn(&plan, &[]);
        let runs = bench.path().join("state/test/runs");
        while std::fs::read_dir(&runs).unwrap().count() < 2 {
            std::thread::sleep(std::time::Duration::from_millis(20));
        }
        Command::new("kill").args(["-s", "TERM", &second.id().to_string()]).status().unwrap();
        bench.wait(second).came_to(143, "cancelled", "up");
        std::fs::write(bench.path().join("go"), "").unwrap();
        first.wait().unwrap();
    });
}

#[test]
fn scopes_do_not_lock_each_other() {
    every_shell(|bench| {
        let first = bench.spawn(&hold(), &[]);
        bench.await_trace("up");
        let mut other = plan([traced("b")]);
        lock(&mut other).scope = "../other é".into();
        bench.run(&other, &[]).came_to(0, "succeeded", "up b");
        std::fs::write(bench.path().join("go"), "").unwrap();
        bench.wait(first);
    });
}

#[test]
fn without_a_lock_runs_may_overlap() {
    every_shell(|bench| {
        let mut free = hold();
        free.policy.lock = None;
        let first = bench.spawn(&free, &[]);
        bench.await_trace("up");
        let mut other = plan([traced("b")]);
        other.policy.lock = None;
        bench.run(&other, &[]).came_to(0, "succeeded", "up b");
        std::fs::write(bench.path().join("go"), "").unwrap();
        bench.wait(first).came_to(0, "succeeded", "up b b");
    });
}

#[test]
fn the_lock_of_a_dead_run_is_taken_over_when_its_command_has_ended() {
    every_shell(|bench| {
        let mut first = bench.spawn(&hold(), &[]);
        bench.await_trace("up");
        kill(&mut first);
        let refused = bench.run(&hold(), &[]);
        refused.came_to(7, "refused", "up");
        refused.says("a command that a dead run left under way");
        std::fs::write(bench.path().join("go"), "").unwrap();
        let mut plan = hold();
        lock(&mut plan).timeout_ms = 60_000;
        bench.run(&plan, &[]).came_to(0, "succeeded", "up up b");
    });
}

#[test]
fn a_checklist_needs_no_lock_and_holds_none() {
    every_shell(|bench| {
        let mut plan = plan([traced("a")]);
        let item = check("slow", "echo up >>trace; while [ -d bin ] && [ ! -e go ]; do sleep 0.05; done");
        plan.checklists.insert("list".into(), vec![item]);
        let checklist = bench.spawn(&plan, &["--checklist", "list"]);
        bench.await_trace("up");
        bench.run(&plan, &[]).came_to(0, "succeeded", "up a");
        std::fs::write(bench.path().join("go"), "").unwrap();
        bench.wait(checklist).came_to(0, "succeeded", "up a");
    });
}

#[test]
fn an_unreadable_lock_is_left_alone() {
    every_shell(|bench| {
        bench.run(&plan([traced("a")]), &[]).came_to(0, "succeeded", "a");
        let lock = bench.path().join("state/test/lock/1000000002");
        for content in ["held some", "held other-host - - 1 1 now run ."] {
            std::fs::write(&lock, content).unwrap();
            let run = bench.run(&plan([traced("a")]), &[]);
            run.came_to(7, "refused", "a");
            run.says(&format!("remove {}", lock.display()));
        }
    });
}

#[test]
fn many_starters_never_overlap() {
    let benches: Vec<Bench> = MATRIX.into_iter().filter(|s| find(s).is_some()).map(Bench::new).collect();
    let command = "mkdir busy || echo OVERLAP >>trace; sleep 0.02; rmdir busy; echo ran >>trace";
    let mut plan = plan([step("a", command)]);
    lock(&mut plan).timeout_ms = 90_000;
    let home = &benches[0];
    let state: PathBuf = home.path().join("state");
    let script = home.emit(&plan);
    let children: Vec<_> = (0..20)
        .map(|i| {
            let mut command = benches[i % benches.len()].command(&script, &["--quiet"]);
            command.current_dir(home.path()).env("RULEC_STATE_DIR", &state);
            command.spawn().unwrap()
        })
        .collect();
    for child in children {
        let run = home.wait(child);
        assert_eq!(run.code, 0, "{}", run.stderr);
    }
    assert_eq!(home.read("trace"), "ran\n".repeat(20));
}

#[test]
fn dead_owners_among_many_starters_change_nothing() {
    let benches: Vec<Bench> = MATRIX.into_iter().filter(|s| find(s).is_some()).map(Bench::new).collect();
    let command = "mkdir busy || echo OVERLAP >>trace; sleep 0.05; rmdir busy; echo ran >>trace";
    let mut plan = plan([step("a", command)]);
    lock(&mut plan).timeout_ms = 90_000;
    let home = &benches[0];
    let script = home.emit(&plan);
    let mut children: Vec<_> = (0..14)
        .map(|i| {
            let mut command = benches[i % benches.len()].command(&script, &["--quiet"]);
            command.current_dir(home.path()).env("RULEC_STATE_DIR", home.path().join("state"));
            command.spawn().unwrap()
        })
        .collect();
    for child in children.iter_mut().step_by(2) {
        std::thread::sleep(std::time::Duration::from_millis(60));
        kill(child);
    }
    for child in children.into_iter().skip(1).step_by(2) {
        let run = home.wait(child);
        assert_eq!(run.code, 0, "{}", run.stderr);
    }
    assert!(!home.read("trace").contains("OVERLAP"), "{}", home.read("trace"));
}
