//! One run at a time.

use std::path::PathBuf;

use rulec::plan::Plan;
use rulec::plan::ir::Lock;

use super::bench::{Bench, MATRIX, every_shell, find};
use super::parts::{pieces, run_pieces};
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
        assert!(bench.signal(&second, "TERM"));
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
        // Nobody starts another run beside one that was left half done, and nobody waits to be told so.
        let mut plan = hold();
        lock(&mut plan).timeout_ms = 60_000;
        let begun = std::time::Instant::now();
        let refused = bench.run(&plan, &[]);
        refused.came_to(11, "refused", "up");
        refused.says("was not brought to its end");
        assert!(begun.elapsed().as_secs() < 50, "it waited for the command");
        let abandon = bench.command(&bench.emit(&plan), &["abandon", "--yes"]).spawn().unwrap();
        assert_eq!(bench.wait(abandon).code, 0);
        let refused = bench.run(&hold(), &[]);
        refused.came_to(7, "refused", "up");
        refused.says("a command that a dead run left under way");
        std::fs::write(bench.path().join("go"), "").unwrap();
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
        for content in ["held some", "held other-host - - 1 1 now run - ."] {
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
        // Behind a run that was killed half way nobody starts.
        assert!([0, 11].contains(&run.code), "{}", run.stderr);
    }
    assert!(!home.read("trace").contains("OVERLAP"), "{}", home.read("trace"));
}

#[test]
fn one_process_at_a_time_goes_on_with_a_run_that_has_no_lock() {
    every_shell(|bench| {
        let resume = "rulec_open_root
rulec_run=one
rulec_folder=$rulec_home/runs/one
[ -d \"$rulec_folder\" ] || mkdir \"$rulec_folder\"
rulec_lock
echo \"$? ${rulec_holder-}\"
echo up >>trace
while [ ! -e go ]; do
  sleep 0.05
done
rulec_unlock";
        bench.write(&bench.path().join("first.sh"), pieces(resume));
        let script = bench.path().join("first.sh");
        let first = bench.command(&script, &[]).env("LOCK", "").spawn().unwrap();
        bench.await_trace("up");
        let second = run_pieces(bench, &resume.replace("while [ ! -e go ]", "while false"), &[("LOCK", "")]);
        assert!(
            second.stdout.starts_with(&format!("1 run one, process {}", first.id())),
            "{}",
            second.stdout
        );
        std::fs::write(bench.path().join("go"), "").unwrap();
        assert_eq!(bench.wait(first).stdout, "0 \n");
        let third = run_pieces(bench, resume, &[("LOCK", "")]);
        assert_eq!(third.stdout, "0 \n", "{}", third.stderr);
    });
}

#[test]
fn a_generation_that_was_made_too_late_is_withdrawn() {
    every_shell(|bench| {
        let snippet = "rulec_open_root
rulec_new_run
rulec_lock || exit 1
rulec_unlock
echo keep >\"$rulec_home/lock/1000000100\"
rulec_make_generation \"$rulec_home/lock\" 1000000050 \"$rulec_folder/new\"
echo \"$?\"
ls \"$rulec_home/lock\"";
        let run = run_pieces(bench, snippet, &[]);
        assert_eq!(run.stdout, "1\n1000000001\n1000000100\n", "{}", run.stderr);
    });
}

#[test]
fn folders_that_take_no_hard_links_are_refused() {
    every_shell(|bench| {
        bench.write(&bench.path().join("bin/ln"), "#!/bin/sh\nexit 1\n");
        let run = bench.run(&plan([traced("a")]), &[]);
        // busybox may link by itself.
        if run.code != 0 {
            run.came_to_nothing(9);
            run.says("no hard link can be made in");
        }
        assert!(run.code == 9 || bench.shell == "busybox", "{}", run.stderr);
    });
}

#[test]
fn long_past_generations_go() {
    every_shell(|bench| {
        let folder = bench.path().join("state/test/lock");
        assert_eq!(bench.run(&plan([traced("a")]), &[]).code, 0);
        for number in 1_000_000_002..=1_000_000_090 {
            std::fs::copy(folder.join("1000000001"), folder.join(number.to_string())).unwrap();
        }
        assert_eq!(bench.run(&plan([traced("a")]), &[]).code, 0);
        let left = std::fs::read_dir(&folder).unwrap().count();
        assert_eq!(left, 65, "the latest and 64 before it");
        assert!(folder.join("1000000091").exists());
    });
}

#[test]
fn fifty_starters_never_overlap_and_none_waits_for_ever_whoever_is_killed() {
    let benches: Vec<Bench> = MATRIX.into_iter().filter(|s| find(s).is_some()).map(Bench::new).collect();
    let home = &benches[0];
    let script = home.path().join("pieces.sh");
    // The clock goes back with every look at it; nothing but messages may depend on it.
    home.write(
        &home.path().join("bin/date"),
        "#!/bin/sh\necho $$ >>\"$HOME/looks\"\nn=$(wc -l <\"$HOME/looks\")\necho \"20$((89 - n % 80))-01-01T00:00:00Z\"\n",
    );
    let snippet = "rulec_open_root
rulec_new_run
rulec_lock || exit 7
rulec_other=none
read -r rulec_other 2>/dev/null <busy
rulec_birth \"$rulec_other\"
[ -z \"$rulec_out\" ] || echo OVERLAP >>trace
echo \"$$\" >busy
sleep 0.03
read -r rulec_other <busy
[ \"$rulec_other\" = \"$$\" ] || echo OVERLAP >>trace
rm busy
rulec_unlock
echo ran >>trace
";
    home.write(&script, pieces(snippet));
    let path = format!("{}:{}", home.path().join("bin").display(), std::env::var("PATH").unwrap());
    let mut children: Vec<_> = (0..50)
        .map(|i| {
            let bench = &benches[i % benches.len()];
            let mut command = bench.command(&script, &[]);
            command.current_dir(home.path()).env("RULEC_STATE_DIR", home.path().join("state"));
            // Every shell by its own name, with the date of the first.
            command.env("PATH", &path).env("HOME", home.path()).env("LOCK", "90000");
            command.spawn().unwrap()
        })
        .collect();
    let mut killed = 0;
    for (i, child) in children.iter_mut().enumerate().filter(|(i, _)| i % 3 == 1) {
        std::thread::sleep(std::time::Duration::from_millis(20 + 7 * (i as u64 % 5)));
        kill(child);
        killed += 1;
    }
    let mut ran = 0;
    for (i, child) in children.into_iter().enumerate() {
        if i % 3 != 1 {
            let run = home.wait(child);
            assert_eq!(run.code, 0, "{}", run.stderr);
            ran += 1;
        }
    }
    assert_eq!(ran + killed, 50);
    let trace = home.read("trace");
    assert!(!trace.contains("OVERLAP"), "{trace}");
    assert!(trace.lines().count() >= ran, "{trace}");
}
