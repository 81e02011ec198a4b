//! A signal at any call of a helper program by a run, from its first moment to its last: before there is a run, while
//! it is made, in its steps, and behind its end.
//!
//! In the place of each program stands one that counts the calls of the runner and of its group, and sends the signal
//! at one of them: to the runner, or to all of its group, which the helper itself is in, so that it dies before it has
//! done its work. Whatever was asked of it, the run was not begun, or is cancelled and undone, or had ended; and the
//! next run of the plan finds nothing in its way. `RULEC_CASES` and `RULEC_SEED` as in `signals`.

use std::fs;
use std::os::unix::process::CommandExt as _;
use std::process::{Command, Stdio};

use rulec::plan::Plan;

use super::bench::{Bench, find, installed};
use super::cancelled::SIGNALS;
use super::faults::leftovers;
use super::plans::{check, plan, rollback, step, traced};
use super::stage::all_at_once;

/// Few enough for each run of the tests.
const CASES: usize = 28;

/// What a run calls.
const HELPERS: [&str; 20] = [
    "awk",
    "cat",
    "chmod",
    "date",
    "head",
    "id",
    "ln",
    "ls",
    "mkdir",
    "mkfifo",
    "mv",
    "od",
    "readlink",
    "rm",
    "sed",
    "sha256sum",
    "sync",
    "tail",
    "tr",
    "uname",
];

/// A plan that asks much of helpers, in little time.
fn small() -> Plan {
    let mut b = traced("b");
    b.when = Some("steps.a.status == 'ok'".into());
    let mut plan = plan([traced("a"), b]);
    plan.rollbacks = vec![rollback("E2", [step("r", "true")])];
    plan.finally = vec![step("z", "echo z >>trace")];
    plan.preconditions = vec![check("it \"may\" begin", "true")];
    plan.postconditions = vec![check("it is done", "true")];
    plan
}

/// Puts a program in the place of each helper, which counts, and sends `signal` at call `at` (0: at none).
fn stand_in(bench: &Bench, at: usize, signal: &str, to_group: bool) {
    let shell = find("dash").or_else(|| find("sh")).expect("there is a shell");
    let whom = if to_group { "-" } else { "" };
    for helper in HELPERS {
        let Some(program) = find(helper) else { continue };
        // The runner leads the group of its helpers; a command of the plan has another.
        let text = format!(
            "#!{}
read -r pid name state parent group rest </proc/$$/stat
read -r runner <'{home}/runner' 2>/dev/null || exec {program} \"$@\"
if [ \"$group\" = \"$runner\" ]; then
  echo >>'{home}/calls'
  n=0
  while read -r line; do n=$((n + 1)); done <'{home}/calls'
  [ \"$n\" != {at} ] || kill -s {signal} -- {whom}$runner
fi
exec {program} \"$@\"
",
            shell.display(),
            home = bench.path().display(),
            program = program.display(),
        );
        bench.write(&bench.path().join("bin").join(helper), text);
    }
}

/// Runs the plan with the signal at call `at`. Its exit code, more than 1000 where a signal killed it, and what it
/// printed.
fn perform(bench: &Bench, at: usize, signal: &str, to_group: bool) -> (i32, String) {
    let script = bench.emit(&small());
    stand_in(bench, at, signal, to_group);
    let command = bench.command(&script, &[]);
    // It says who it is before it becomes the runner.
    let program = command.get_program().to_owned();
    let args: Vec<_> = command.get_args().map(ToOwned::to_owned).collect();
    let mut first = Command::new("/bin/sh");
    first.arg("-c").arg("echo $$ >\"$HOME/runner\"; exec \"$@\"").arg("sh").arg(program).args(args);
    first.current_dir(bench.path()).env_clear().envs(bench.env()).env("RULEC_SYNC", "0");
    first.process_group(0).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped());
    let run = bench.wait(first.spawn().unwrap());
    (run.code, run.stderr)
}

/// Says what hangs.
struct Told(String);

impl Drop for Told {
    fn drop(&mut self) {
        if std::thread::panicking() {
            eprintln!("{}", self.0);
        }
    }
}

fn hold(at: usize, shell: &'static str, signal: usize, to_group: bool) -> Result<(), String> {
    let (signal, wanted) = SIGNALS[signal];
    let bench = Bench::new(shell);
    let told = Told(format!("{signal} at call {at} under {shell}, to the group: {to_group}"));
    let (code, printed) = perform(&bench, at, signal, to_group);
    drop(told);
    let trace = bench.read("trace").lines().collect::<Vec<_>>().join(" ");
    let mut faults = Vec::new();
    let ends: &[&str] = match code {
        0 => &["a b z"],
        // A signal that comes before the script has a trap for it ends its shell.
        _ if code == wanted || code > 1000 => &["", "a undo a z", "a b undo b undo a z", "z"],
        _ => &[],
    };
    if !ends.contains(&trace.as_str()) {
        faults.push(format!("exit code {code}, trace `{trace}`"));
    }
    if printed.contains("internal error") {
        faults.push("it says `internal error`".into());
    }
    let left = leftovers(&bench);
    if !left.is_empty() {
        faults.push(format!("processes are left: {left:?}"));
    }
    // The next run finds nothing in its way.
    for helper in HELPERS {
        let _ = fs::remove_file(bench.path().join("bin").join(helper));
    }
    let _ = fs::remove_file(bench.path().join("trace"));
    let again = bench
        .wait(bench.command(&bench.path().join("script.sh"), &[]).env("RULEC_SYNC", "0").spawn().unwrap());
    if (again.code, again.trace.as_str()) != (0, "a b z") {
        faults.push(format!("the next run: {}, {}\n{}", again.code, again.trace, again.stderr));
    }
    if faults.is_empty() {
        return Ok(());
    }
    let whom = if to_group { "group" } else { "runner" };
    Err(format!("{signal} to the {whom} at call {at} under {shell}\n{}\n{printed}", faults.join("\n")))
}

#[test]
fn a_signal_at_any_call_of_a_helper_loses_nothing() {
    if fs::metadata("/proc/self/stat").is_err() {
        eprintln!("not run: there is no /proc");
        return;
    }
    let number = |name: &str, usual: usize| std::env::var(name).map_or(usual, |text| text.parse().unwrap());
    let shells = installed();
    let calls: Vec<usize> = shells
        .iter()
        .map(|shell| {
            let bench = Bench::new(shell);
            let (code, printed) = perform(&bench, 0, "HUP", false);
            assert_eq!(code, 0, "{printed}");
            bench.read("calls").lines().count()
        })
        .collect();
    assert!(calls.iter().all(|&calls| calls > 20), "{calls:?}");
    let mut all = Vec::new();
    for (shell, calls) in shells.into_iter().zip(calls) {
        for at in 1..=calls {
            all.extend((0..6).map(|kind| (at, shell, kind % 3, kind < 3)));
        }
    }
    let cases = match number("RULEC_CASES", CASES) {
        0 => all.len(),
        cases => cases.min(all.len()),
    };
    let first = number("RULEC_SEED", 0) * CASES;
    // A stride that has no factor in common with any number of trials there may be comes to each once.
    let chosen = (first..first + cases).map(|at| all[at * 100_003 % all.len()]).collect();
    let faults = all_at_once(chosen, |(at, shell, signal, to_group)| hold(at, shell, signal, to_group));
    assert!(faults.is_empty(), "{} of {cases} trials\n{}", faults.len(), faults.join("\n"));
}
