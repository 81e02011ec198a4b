//! What `resume` makes of what a dead runner has left: a journal that is cut off anywhere or ends in rubbish never
//! lets a step run again whose end it has; a damaged `about` or `inputs` is refused (9) and runs nothing; of ten
//! at once one goes on, and the others do nothing; a run that is over, and one that never began, cannot be resumed (2);
//! a clock that was set back changes nothing; a disk that is full stops the run before its next step (9).

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use rulec::plan::ir::Plan;

use super::bench::{Bench, Run, every_shell};
use super::faults::leftovers;
use super::plans::{plan, step, traced, undone, verify};

/// Three steps, the second of which kills its runner the first time.
fn dies() -> Plan {
    let kill = "echo b >>trace; test -e killed || { touch killed; \
                kill -s KILL \"$(sed -n 's/^pid=//p' \"$RULEC_STATE_DIR\"/test/runs/*/about)\"; }";
    plan([traced("a"), undone(step("b", kill)), traced("c")])
}

fn resume(bench: &Bench, script: &Path, args: &[&str]) -> Run {
    let args: Vec<&str> = ["resume"].iter().chain(args).copied().collect();
    bench.wait(bench.command(script, &args).spawn().unwrap())
}

/// The folder of the only run.
fn folder(bench: &Bench) -> PathBuf {
    let mut runs = fs::read_dir(bench.path().join("state/test/runs")).unwrap();
    let folder = runs.next().expect("there is a run").unwrap().path();
    assert!(runs.next().is_none());
    folder
}

/// Runs the plan until its runner is killed, and the command that did it has ended.
fn killed(bench: &Bench) -> PathBuf {
    let script = bench.emit(&dies());
    let run = bench.wait(bench.command(&script, &[]).spawn().unwrap());
    assert_eq!((run.code, run.trace.as_str()), (1009, "a b"), "{}", run.stderr);
    assert_eq!(leftovers(bench), [""; 0]);
    script
}

#[test]
fn what_ended_meanwhile_is_taken_as_it_ended() {
    every_shell(|bench| {
        let script = killed(bench);
        let run = resume(bench, &script, &[]);
        run.came_to(0, "succeeded", "a b c");
        let again = resume(bench, &script, &[]);
        assert_eq!(again.code, 3, "{}", again.stderr);
        again.says("is over: succeeded");
    });
}

#[test]
fn cancel_rolls_back_what_a_dead_runner_did() {
    every_shell(|bench| {
        let script = killed(bench);
        let run = bench.wait(bench.command(&script, &["cancel"]).spawn().unwrap());
        run.came_to(143, "cancelled", "a b undo b undo a");
    });
}

/// Of a step that was under way nobody may know whether it was done: that one can be skipped, and no other.
///
/// Shows change.10.
#[test]
fn only_what_nobody_knows_can_be_skipped() {
    // The runner and the command die at once, so that no exit code is left.
    let dies = "echo b >>trace; test -e killed || { touch killed; \
                kill -s KILL \"$(sed -n 's/^pid=//p' \"$RULEC_STATE_DIR\"/test/runs/*/about)\" 0; }";
    every_shell(|bench| {
        for knows in [false, true] {
            let mut dying = verify(undone(step("b", dies)), "echo check >>trace", 1, 0);
            dying.idempotent = knows;
            let script = bench.emit(&plan([traced("a"), dying, traced("c")]));
            let run = bench.wait(bench.command(&script, &[]).spawn().unwrap());
            assert_eq!((run.code, run.trace.as_str()), (1009, "a b"), "{}", run.stderr);
            for not_under_way in ["a", "c", "1", "3"] {
                let run = resume(bench, &script, &["--skip-step", not_under_way]);
                let asks = run.stderr.contains("look, then say --rerun b or --skip-step b");
                assert_eq!((run.code, asks), if knows { (2, false) } else { (11, true) }, "{}", run.stderr);
                let both = resume(bench, &script, &["--skip-step", not_under_way, "--skip-step=b"]);
                assert_eq!(both.code, 2, "{}", both.stderr);
                both.says("cannot be skipped");
            }
            assert_eq!(bench.read("trace"), "a\nb\n");
            let run = resume(bench, &script, &["--skip-step", "b"]);
            if knows {
                assert_eq!(run.code, 2, "{}", run.stderr);
                run.says("step b cannot be skipped");
                resume(bench, &script, &[]).came_to(0, "succeeded", "a b b check c");
            } else {
                // Whether it was done, its verification says.
                run.came_to(0, "succeeded", "a b check c");
            }
            for left in ["state", "killed", "trace"] {
                let left = bench.path().join(left);
                let _ = if left.is_dir() { fs::remove_dir_all(left) } else { fs::remove_file(left) };
            }
        }
    });
}

#[test]
fn a_journal_that_is_cut_off_does_nothing_twice() {
    every_shell(|bench| {
        let script = killed(bench);
        let journal = folder(bench).join("journal");
        let whole = fs::read(&journal).unwrap();
        let (state, kept) = (bench.path().join("state"), bench.path().join("kept"));
        assert!(Command::new("cp").arg("-a").arg(&state).arg(&kept).status().unwrap().success());
        let text = String::from_utf8(whole.clone()).unwrap();
        let end_of_a = text.find(" end 1 ok").map(|at| at + text[at..].find('\n').unwrap()).unwrap();
        // Another place under each shell: together they go through the file.
        let first = 7 + bench.shell.len() * 13;
        for (at, rubbish) in (first..=whole.len()).step_by(whole.len() / 5).zip([true, false].iter().cycle())
        {
            fs::remove_dir_all(&state).unwrap();
            assert!(Command::new("cp").arg("-a").arg(&kept).arg(&state).status().unwrap().success());
            fs::write(bench.path().join("trace"), "").unwrap();
            let mut cut = whole[..at].to_vec();
            if *rubbish {
                cut.extend_from_slice(b"\0\xff v1 2000000000 1 end 3 ok");
            }
            fs::write(&journal, &cut).unwrap();
            let mut run = resume(bench, &script, &[]);
            if run.code == 11 {
                run = resume(bench, &script, &["--rerun=a", "--rerun=b"]);
            }
            assert_eq!(run.code, 0, "cut at {at}: {}", run.stderr);
            let is_a_done = at >= end_of_a;
            assert_eq!(
                run.trace.split(' ').any(|id| id == "a"),
                !is_a_done && !run.trace.starts_with('b'),
                "cut at {at}: {}",
                run.trace
            );
            assert!(run.trace.ends_with('c'), "cut at {at}: {}", run.trace);
        }
    });
}

#[test]
fn what_is_damaged_is_refused() {
    every_shell(|bench| {
        let script = killed(bench);
        let folder = folder(bench);
        for name in ["about", "inputs"] {
            let whole = fs::read(folder.join(name)).unwrap();
            for at in [0, 5, whole.len() / 2, whole.len() - 2] {
                fs::write(folder.join(name), &whole[..at]).unwrap();
                let run = resume(bench, &script, &[]);
                assert_eq!((run.code, run.trace.as_str()), (9, "a b"), "{name} to {at}: {}", run.stderr);
                run.says("abandon");
            }
            fs::write(folder.join(name), &whole).unwrap();
        }
        // Half a result is left out of the report, and is no reason to stop.
        let results = fs::read(folder.join("results")).unwrap();
        fs::write(folder.join("results"), &results[..results.len() - 9]).unwrap();
        resume(bench, &script, &[]).came_to(0, "succeeded", "a b c");
    });
}

#[test]
fn of_ten_at_once_one_goes_on() {
    every_shell(|bench| {
        let script = killed(bench);
        let all: Vec<_> = (0..10).map(|_| bench.command(&script, &["resume"]).spawn().unwrap()).collect();
        let mut codes: Vec<i32> = all.into_iter().map(|child| bench.wait(child).code).collect();
        codes.sort_unstable();
        assert_eq!(codes[0], 0, "{codes:?}");
        assert!(codes[1..].iter().all(|code| [3, 7].contains(code)), "{codes:?}");
        assert_eq!(bench.read("trace"), "a\nb\nc\n");
    });
}

#[test]
fn a_clock_that_was_set_back_changes_nothing() {
    every_shell(|bench| {
        let script = killed(bench);
        let date = super::bench::find("date").unwrap();
        let back = format!("#!/bin/sh\nexec {} -d @1000000000 \"$@\"\n", date.display());
        bench.write(&bench.path().join("bin/date"), back);
        resume(bench, &script, &[]).came_to(0, "succeeded", "a b c");
    });
}

#[test]
fn a_disk_that_is_full_stops_the_run_before_its_next_step() {
    every_shell(|bench| {
        let disk = bench.path().join("disk");
        fs::create_dir(&disk).unwrap();
        let mount = ["-t", "tmpfs", "-o", "size=300k,mode=0700", "tmpfs"];
        if !Command::new("mount").args(mount).arg(&disk).status().is_ok_and(|status| status.success()) {
            assert!(std::env::var_os("RULEC_REQUIRE_TOOLS").is_none(), "no file system can be mounted");
            eprintln!("not run: only root can mount a small file system");
            return;
        }
        let unmount = Unmount(disk.clone());
        let fill = "echo b >>trace; cat /dev/zero 2>/dev/null >\"$RULEC_STATE_DIR/fill\"; :";
        let script = bench.emit(&plan([traced("a"), undone(step("b", fill)), traced("c")]));
        let start = |args: &[&str]| {
            bench.wait(bench.command(&script, args).env("RULEC_STATE_DIR", &disk).spawn().unwrap())
        };
        let run = start(&[]);
        assert_eq!((run.code, run.trace.as_str()), (9, "a b"), "{}", run.stderr);
        fs::remove_file(disk.join("fill")).unwrap();
        start(&["resume"]).came_to(0, "succeeded", "a b c");
        drop(unmount);
    });
}

struct Unmount(PathBuf);

impl Drop for Unmount {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("-l").arg(&self.0).status();
    }
}

#[test]
fn the_limit_of_a_run_counts_while_somebody_runs_it() {
    every_shell(|bench| {
        let slow = |id: &str| {
            step(
                id,
                &format!(
                    "echo {id} >>trace; sleep 2; test {id} = c || for run in \"$RULEC_STATE_DIR\"/test/runs/*; do touch \"$run/pause\"; done"
                ),
            )
        };
        let mut plan = plan([undone(traced("z")), slow("a"), slow("b"), slow("c")]);
        plan.timeout_ms = Some(5_500);
        let script = bench.emit(&plan);
        let run = bench.wait(bench.command(&script, &[]).spawn().unwrap());
        assert_eq!(run.code, 10, "{}", run.stderr);
        // Nobody runs it meanwhile: that is no time of the run.
        std::thread::sleep(std::time::Duration::from_secs(4));
        let run = resume(bench, &script, &[]);
        assert_eq!(run.code, 10, "{}", run.stderr);
        let run = resume(bench, &script, &[]);
        run.came_to(5, "rolled_back", "z a b c undo z");
        run.says("the run is over its limit of 5.5s");
    });
}
