//! Process trees: what is ended, what is left alone, and that nothing hangs.

use std::os::unix::process::CommandExt as _;
use std::process::Command;

use super::bench::{Bench, every_shell, find, need};
use super::cancelled::SIGNALS;
use super::faults::changed;
use super::plans::{plan, step, timeout, traced};

/// A command that leaves behind whatever hides from a timeout: a grandchild that ignores TERM, one in a
/// session of its own, and one with an empty environment.
const STUBBORN: &str = "
    sh -c 'trap \"\" TERM; echo $$ >>pids; while :; do sleep 0.1; done' &
    setsid sh -c 'trap \"\" TERM; echo $$ >>pids; while :; do sleep 0.1; done' &
    env -i \"PATH=$PATH\" sh -c 'trap \"\" TERM; echo $$ >>pids; while :; do sleep 0.1; done' &
    while [ \"$(wc -l <pids)\" -lt 3 ]; do sleep 0.05; done
    echo up >>trace
    trap '' TERM
    while :; do sleep 0.1; done";

#[test]
fn a_timeout_ends_the_whole_tree() {
    if need("setsid").is_none() {
        return;
    }
    every_shell(|bench| {
        std::fs::write(bench.path().join("pids"), "").unwrap();
        let mut step = timeout(step("a", STUBBORN), 4000);
        step.grace_ms = 300;
        let run = bench.run(&plan([step]), &[]);
        run.came_to(4, "failed", "up");
        assert_eq!(run.report["steps"][0]["exit_code"], 124);
        run.says("timed out");
        assert_eq!(bench.read("pids").lines().count(), 3);
        assert_eq!(bench.leftovers(), [""; 0]);
        assert!(!run.stderr.contains("illed"), "{}", run.stderr);
    });
}

#[test]
fn a_pattern_of_pkill_does_not_hit_the_shell_that_runs_it() {
    if need("pkill").is_none() {
        return;
    }
    every_shell(|bench| {
        // A pattern of its own for each shell: the benches run side by side.
        let pattern = bench.path().file_name().expect("a bench has a folder").to_string_lossy().into_owned();
        let start = "cp /bin/sleep service && { \"$PWD/service\" 20 </dev/null >/dev/null 2>&1 & }";
        let stop = format!("pkill -f '{pattern}/service' || true");
        let check = format!(
            "for i in 1 2 3 4 5 6 7 8 9; do pgrep -f '{pattern}/service' || exit 0; sleep 0.2; done; exit 1"
        );
        let run = bench.run(&plan([step("a", start), step("b", &stop), step("c", &check), traced("d")]), &[]);
        run.came_to(0, "succeeded", "d");
    });
}

#[test]
fn nobody_else_is_ever_found() {
    let runtime = concat!(env!("CARGO_MANIFEST_DIR"), "/src/target/shell/runtime");
    let line = format!(
        "cd '{runtime}'; . ./prologue.sh; . ./helpers.sh; . ./process.sh
        rulec_proc=1 rulec_base=/nowhere rulec_cookie=nobody.1 rulec_pid=999999999 rulec_pid_birth=1
        rulec_members; rulec_put \"$rulec_out\"; rulec_members out; rulec_put \"$rulec_out\""
    );
    every_shell(|bench| {
        let run = bench.wait(bench.command(std::path::Path::new("-c"), &[&line]).spawn().unwrap());
        assert_eq!((run.stdout.as_str(), run.stderr.as_str()), ("", ""));
    });
}

#[test]
fn term_comes_before_kill() {
    every_shell(|bench| {
        let command = "trap 'echo term >>trace; exit 0' TERM; while :; do sleep 0.1; done";
        let mut step = timeout(step("a", command), 400);
        step.grace_ms = 20_000;
        bench.run(&plan([step]), &[]).came_to(4, "failed", "term");
    });
}

#[test]
fn no_grace_is_kill_at_once() {
    every_shell(|bench| {
        let command = "trap 'echo term >>trace' TERM; while :; do sleep 0.1; done";
        let mut step = timeout(step("a", command), 400);
        step.grace_ms = 0;
        bench.run(&plan([step]), &[]).came_to(4, "failed", "");
    });
}

#[test]
fn a_service_that_a_step_starts_lives_on() {
    every_shell(|bench| {
        let start = "sh -c 'echo $$ >>pids; exec sleep 20' & while [ ! -s pids ]; do sleep 0.05; done";
        let run = bench.run(&plan([step("a", start), timeout(step("b", "sleep 20"), 100)]), &[]);
        run.came_to(4, "failed", "");
        let lives = bench.leftovers();
        assert_eq!(lives.len(), 1, "it was ended with a step that is not its own");
        Command::new("kill").args(&lives).status().unwrap();
    });
}

#[test]
fn a_signal_in_a_command_is_an_exit_code() {
    every_shell(|bench| {
        let run = bench.run(&plan([step("a", "kill -s KILL $$")]), &[]);
        run.came_to(4, "failed", "");
        assert_eq!(run.report["steps"][0]["exit_code"], 137);
    });
}

#[test]
fn a_lost_process_fails_the_step() {
    every_shell(|bench| {
        let run = bench.run(&plan([traced("a"), step("b", "kill -s KILL $PPID; sleep 20")]), &[]);
        run.came_to(5, "rolled_back", "a undo a");
        run.says("its process was killed");
    });
}

/// Kills the processes that a runner has started for itself: those in the group of its caller.
fn kill_helpers(runner: u32) {
    let listed = Command::new("ps").args(["-A", "-o", "pid=,ppid=,pgid="]).output().unwrap();
    let listed = String::from_utf8(listed.stdout).unwrap();
    let rows: Vec<Vec<&str>> = listed.lines().map(|line| line.split_whitespace().collect()).collect();
    let runner = runner.to_string();
    let group = rows.iter().find(|row| row[0] == runner).expect("it lives")[2];
    let helpers: Vec<&str> =
        rows.iter().filter(|row| row[1] == runner && row[2] == group).map(|row| row[0]).collect();
    assert!(!helpers.is_empty(), "{listed}");
    assert!(Command::new("kill").args(["-s", "KILL"]).args(helpers).status().unwrap().success());
}

#[test]
fn a_runner_whose_clock_is_killed_sees_timeouts_and_signals() {
    every_shell(|bench| {
        for (limit, signal, code, outcome) in
            [(2500, None, 4, "failed"), (90_000, Some("INT"), 130, "cancelled")]
        {
            let bench = Bench::new(bench.shell);
            let hangs = timeout(step("a", "echo up >>trace; exec sleep 95"), limit);
            let child = bench.command(&bench.emit(&plan([hangs])), &[]).spawn().unwrap();
            bench.await_trace("up");
            kill_helpers(child.id());
            if let Some(signal) = signal {
                bench.signal_after(&child, "up", signal);
            }
            bench.wait(child).came_to(code, outcome, "up");
        }
    });
}

#[test]
fn a_signal_to_the_group_that_the_shell_of_the_runner_loses_is_told_by_its_clock() {
    // As a shell does that is about to leave a loop or a function when the signal comes.
    const DEAF: &str = "
rulec_introduce() {
  rulec_introduced
  trap : HUP INT TERM
}
";
    // Other shells ignore INT in all that they start in the background.
    let hears =
        |shell: &str, signal: &str| signal != "INT" || ["bash", "mksh", "yash", "zsh"].contains(&shell);
    every_shell(|bench| {
        for (signal, code) in SIGNALS.into_iter().filter(|(signal, _)| hears(bench.shell, signal)) {
            let bench = Bench::new(bench.shell);
            let plan = plan([step("a", "echo up >>trace; exec sleep 95")]);
            let script = changed(&bench, &plan, "rulec_introduce", "rulec_introduced", DEAF);
            let child = bench.command(&script, &[]).process_group(0).spawn().unwrap();
            bench.await_trace("up");
            let group = format!("-{}", child.id());
            assert!(Command::new("kill").args(["-s", signal, "--", &group]).status().unwrap().success());
            bench.wait(child).came_to(code, "cancelled", "up");
        }
    });
}

#[test]
fn commands_have_codes_of_their_own() {
    every_shell(|bench| {
        let mut own = step("a", "exit 124");
        own.timeout_ms = Some(20_000);
        let run = bench.run(&plan([own]), &[]);
        run.came_to(4, "failed", "");
        run.says("exit code 124");
        assert!(!run.stderr.contains("timed out"), "{}", run.stderr);
    });
}

#[test]
fn a_command_that_kills_its_group_ends_its_step_only() {
    every_shell(|bench| {
        let run = bench.run(&plan([step("a", "trap 'kill 0' EXIT; exit 3")]), &[]);
        assert_eq!((run.code, &run.report["outcome"]), (4, &"failed".into()), "{}", run.stderr);
    });
}

#[test]
fn a_reader_that_leaves_does_not_end_the_run() {
    every_shell(|bench| {
        let script = bench.emit(&plan([step("a", "sleep 0.3"), traced("b")]));
        let line = format!("sh '{}' 2>&1 | true", script.display());
        bench.wait(bench.command(std::path::Path::new("-c"), &[&line]).spawn().unwrap());
        bench.await_trace("b");
    });
}

/// A folder with nothing but these programs.
fn only(bench: &mut Bench, programs: &[&str]) {
    let bin = bench.path().join("only");
    std::fs::create_dir(&bin).unwrap();
    for program in programs {
        std::os::unix::fs::symlink(find(program).unwrap(), bin.join(program)).unwrap();
    }
    bench.set("PATH", bin.to_str().unwrap());
}

const TOOLS: [&str; 23] = [
    "awk",
    "cat",
    "cut",
    "date",
    "env",
    "head",
    "id",
    "ln",
    "ls",
    "mkdir",
    "mkfifo",
    "mv",
    "od",
    "rm",
    "sed",
    "sh",
    "sha256sum",
    "sleep",
    "sort",
    "tail",
    "tr",
    "uname",
    "wc",
];

#[test]
fn perl_can_stand_in_for_setsid() {
    if need("perl").is_none() {
        return;
    }
    let mut bench = Bench::new("dash");
    only(&mut bench, &[&TOOLS[..], &["perl"]].concat());
    let command = "trap '' TERM; echo a >>trace; sleep 20";
    let run = bench.run(&plan([timeout(step("a", command), 500)]), &[]);
    run.came_to(4, "failed", "a");
}

#[test]
fn a_missing_tool_is_named() {
    let mut bench = Bench::new("dash");
    only(&mut bench, &TOOLS);
    let run = bench.run(&plan([traced("a")]), &[]);
    assert_eq!((run.code, run.trace.as_str()), (14, ""), "{}", run.stderr);
    run.says("needed, but not found: setsid");
}

#[test]
fn busybox_is_enough() {
    let Some(busybox) = need("busybox") else { return };
    let mut bench = Bench::new("busybox");
    let bin = bench.path().join("only");
    std::fs::create_dir(&bin).unwrap();
    Command::new(&busybox).args(["--install", "-s"]).arg(&bin).status().unwrap();
    bench.set("PATH", bin.to_str().unwrap());
    std::fs::write(bench.path().join("pids"), "").unwrap();
    let mut hang = timeout(step("b", STUBBORN), 4000);
    hang.grace_ms = 300;
    let run = bench.run(&plan([traced("a"), hang]), &[]);
    run.came_to(5, "rolled_back", "a up undo a");
    assert_eq!(bench.leftovers(), [""; 0]);
}
