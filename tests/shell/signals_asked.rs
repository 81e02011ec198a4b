//! Signals while somebody is asked, and approvals of a run whose runner dies.

use std::fs;
use std::thread::sleep;
use std::time::Duration;

use rulec::plan::Plan;
use rulec::plan::ir::Approval;

use super::bench::{Bench, Run, every_shell};
use super::plans::{check, plan, source, step, traced};
use super::terminal::Terminal;

const SIGNALS: [(&str, i32); 3] = [("HUP", 129), ("INT", 130), ("TERM", 143)];

fn approved(roles: &[&str]) -> Plan {
    let roles = roles.iter().map(|&role| role.to_owned()).collect();
    let mut plan = plan([traced("a"), traced("b")]);
    plan.policy.approvals = vec![Approval { roles, reason: String::new(), source: source("/approval") }];
    plan
}

/// The files in a folder below the state, hidden ones too.
fn files(bench: &Bench, folder: &str) -> Vec<String> {
    let Ok(entries) = fs::read_dir(bench.path().join("state/test").join(folder)) else { return Vec::new() };
    entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
}

/// True where a run waits for an answer.
fn is_asking(bench: &Bench) -> bool {
    files(bench, "runs").iter().any(|run| files(bench, &format!("runs/{run}")).contains(&"answer".to_owned()))
}

/// Sends a signal to a script at a terminal once it asks; how it ended, and what was on the screen.
fn cut_off(
    bench: &Bench,
    plan: &Plan,
    args: &[&str],
    is_asked: impl Fn() -> bool,
    signal: &str,
) -> (Run, String) {
    let mut command = bench.command(&bench.emit(plan), args);
    let terminal = Terminal::attach(&mut command, &[]);
    let child = command.spawn().unwrap();
    drop(command);
    for _ in 0..1500 {
        if is_asked() {
            break;
        }
        sleep(Duration::from_millis(20));
    }
    assert!(is_asked(), "nobody was asked");
    assert!(bench.signal(&child, signal));
    let run = bench.wait(child);
    (run, terminal.seen())
}

#[test]
fn a_signal_at_the_question_for_an_approval_ends_the_run() {
    for (signal, code) in SIGNALS {
        every_shell(|bench| {
            let (run, seen) = cut_off(bench, &approved(&["owner"]), &[], || is_asking(bench), signal);
            let report = bench.report_of(&seen);
            assert_eq!((run.code, &report["outcome"]), (code, &"cancelled".into()), "{seen}");
            assert_eq!(run.trace, "");
            // Nothing is left to resume, and nothing in the way of the next.
            let next = bench.run(&approved(&["owner"]), &["--approve", "owner=Ann"]);
            next.came_to(0, "succeeded", "a b");
        });
    }
}

#[test]
fn a_signal_at_the_question_of_approve_approves_nothing() {
    for (signal, code) in SIGNALS {
        every_shell(|bench| {
            let asked = || !files(bench, "approvals").is_empty();
            let args = ["approve", "--as", "Ann"];
            let (run, seen) = cut_off(bench, &approved(&["owner"]), &args, asked, signal);
            assert_eq!(run.code, code, "{seen}");
            assert_eq!(files(bench, "approvals"), [""; 0]);
            bench.run(&approved(&["owner"]), &[]).came_to(3, "refused", "");
        });
    }
}

#[test]
fn a_signal_at_the_question_of_abandon_leaves_the_run() {
    for (signal, code) in SIGNALS {
        every_shell(|bench| {
            let pause =
                "echo a >>trace; for run in \"$RULEC_STATE_DIR\"/test/runs/*; do touch \"$run/pause\"; done";
            let plan = plan([step("a", pause), traced("b")]);
            assert_eq!(bench.run(&plan, &[]).code, 10);
            let (run, seen) = cut_off(bench, &plan, &["abandon"], || is_asking(bench), signal);
            assert_eq!(run.code, code, "{seen}");
            bench.run(&plan, &["resume"]).came_to(0, "succeeded", "a b");
        });
    }
}

#[test]
fn a_run_that_was_approved_need_not_be_approved_again() {
    every_shell(|bench| {
        let kill = "kill -s KILL \"$(sed -n 's/^pid=//p' \"$RULEC_STATE_DIR\"/test/runs/*/about)\"";
        let once = format!("test -e killed || {{ touch killed; {kill}; }}");
        let mut at_gates = approved(&["owner"]);
        at_gates.preconditions = vec![check("it may go on", &once)];
        let mut later = approved(&["owner"]);
        later.steps[0] = step("a", &format!("echo a >>trace; {once}"));
        for plan in [at_gates, later] {
            for by_record in [false, true] {
                let args: &[&str] = if by_record {
                    assert_eq!(bench.run(&plan, &["approve", "--as", "Ann", "--yes"]).code, 0);
                    &[]
                } else {
                    &["--approve", "owner=Ann"]
                };
                let died = bench.run(&plan, args);
                assert_eq!(died.code, 1009, "{}", died.stderr);
                let run = bench.run(&plan, &["resume"]);
                run.came_to(0, "succeeded", "a b");
                assert_eq!(run.report["approvals"][0]["name"], "Ann", "{}", run.report);
                for file in ["killed", "trace"] {
                    fs::remove_file(bench.path().join(file)).unwrap();
                }
                fs::remove_dir_all(bench.path().join("state")).unwrap();
            }
        }
    });
}
