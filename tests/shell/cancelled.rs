//! Which signal cancelled a run is in its journal, so that its exit code is the same where another process brings it
//! to its end; and where the wait of `resume` and `abandon` for a lock is ended by one.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Child;

use rulec::plan::ir::{Plan, Undo};

use super::bench::{Bench, every_shell};
use super::faults::leftovers;
use super::plans::{check, plan, step, traced, undone};

pub(super) const SIGNALS: [(&str, i32); 3] = [("HUP", 129), ("INT", 130), ("TERM", 143)];

/// Kills the runner, the first time.
const KILL: &str = "test -e killed || { touch killed; \
                    kill -s KILL \"$(sed -n 's/^pid=//p' \"$RULEC_STATE_DIR\"/test/runs/*/about)\"; }";

/// Two steps, the second of which hangs, and whose undo kills its runner the first time.
fn dies_going_back() -> Plan {
    let mut hangs = step("b", "echo up >>trace; sleep 60");
    hangs.undo = Some(Undo {
        command: format!("{KILL}; echo undo b >>trace"),
        timeout_ms: None,
        ..Default::default()
    });
    plan([traced("a"), hangs])
}

/// The only run's file of this name.
fn file(bench: &Bench, name: &str) -> PathBuf {
    let mut runs = fs::read_dir(bench.path().join("state/test/runs")).unwrap();
    runs.next().expect("there is a run").unwrap().path().join(name)
}

/// Runs a plan that is cancelled by `cancel`, and kills its runner as it goes back.
fn killed(bench: &Bench, plan: &Plan, cancel: impl FnOnce(&Path, &Child)) -> PathBuf {
    let script = bench.emit(plan);
    let child = bench.command(&script, &[]).spawn().unwrap();
    bench.await_trace("up");
    cancel(&script, &child);
    let run = bench.wait(child);
    assert_eq!(run.code, 1009, "{}", run.stderr);
    assert_eq!(leftovers(bench), [""; 0]);
    script
}

fn start(bench: &Bench, script: &Path, args: &[&str]) -> super::bench::Run {
    bench.wait(bench.command(script, args).spawn().unwrap())
}

#[test]
fn resume_knows_which_signal_it_was() {
    for (signal, code) in SIGNALS {
        every_shell(|bench| {
            let script =
                killed(bench, &dies_going_back(), |_, child| bench.signal_after(child, "up", signal));
            let journal = fs::read_to_string(file(bench, "journal")).unwrap();
            assert!(journal.contains(&format!(" off cancelled {signal} .\n")), "{journal}");
            let status = start(bench, &script, &["status", "--json"]);
            assert!(status.stdout.contains("\"cause\":\"cancelled\""), "{}", status.stdout);
            let run = start(bench, &script, &["resume"]);
            run.came_to(code, "cancelled", "a up undo b undo a");
            assert_eq!(run.report["reason"], format!("stopped by {signal}"));
        });
    }
}

#[test]
fn a_request_to_cancel_stays_one_in_resume() {
    every_shell(|bench| {
        let script = killed(bench, &dies_going_back(), |script, _| {
            let asked = start(bench, script, &["cancel"]);
            assert_eq!(asked.code, 0, "{}", asked.stderr);
        });
        start(bench, &script, &["resume"]).came_to(143, "cancelled", "a up undo b undo a");
    });
}

#[test]
fn a_journal_that_does_not_name_the_signal_is_read_as_before() {
    every_shell(|bench| {
        let script = killed(bench, &dies_going_back(), |_, child| bench.signal_after(child, "up", "INT"));
        let path = file(bench, "journal");
        let old = fs::read_to_string(&path).unwrap().replace(" off cancelled INT .", " off cancelled .");
        assert!(old.contains(" off cancelled ."), "{old}");
        fs::write(path, old).unwrap();
        start(bench, &script, &["resume"]).came_to(143, "cancelled", "a up undo b undo a");
    });
}

#[test]
fn a_signal_at_the_gates_is_known_to_resume() {
    every_shell(|bench| {
        let mut plan = plan([traced("a")]);
        // It is killed while it is stopped, so the run is never over.
        let stubborn = format!(
            "finish() {{ {KILL}; exit 0; }}; trap finish TERM; echo up >>trace; while :; do sleep 0.1; done"
        );
        plan.preconditions = vec![check("it may begin", &stubborn)];
        let script = killed(bench, &plan, |_, child| bench.signal_after(child, "up", "INT"));
        start(bench, &script, &["resume"]).came_to(130, "cancelled", "up");
    });
}

#[test]
fn a_signal_ends_the_wait_of_resume_and_abandon_for_the_lock() {
    for (verb, signal, code) in [("resume", "INT", 130), ("resume", "HUP", 129), ("abandon", "INT", 130)] {
        every_shell(|bench| {
            let mut plan = plan([undone(step("a", &format!("{KILL}; echo a >>trace")))]);
            plan.policy.lock.as_mut().expect("it has one").timeout_ms = 100_000;
            let script = bench.emit(&plan);
            assert_eq!(start(bench, &script, &[]).code, 1009);
            bench.await_trace("a");
            // Somebody unknown holds it.
            fs::write(bench.path().join("state/test/lock/1000000002"), "somebody\n").unwrap();
            let child = bench
                .command(&script, &[verb, "--yes"])
                .stderr(fs::File::create(bench.path().join("screen")).unwrap())
                .spawn()
                .unwrap();
            for _ in 0..1500 {
                if bench.read("screen").contains("waiting up to") {
                    break;
                }
                std::thread::sleep(std::time::Duration::from_millis(20));
            }
            bench.signal_after(&child, "a", signal);
            let run = bench.wait(child);
            assert_eq!((run.code, run.trace.as_str()), (code, "a"), "{}", bench.read("screen"));
            fs::remove_file(bench.path().join("state/test/lock/1000000002")).unwrap();
            start(bench, &script, &["resume"]).came_to(0, "succeeded", "a");
        });
    }
}
