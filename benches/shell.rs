//! What the runtime of an emitted script costs, as a multiple of a bare loop of `sh -c COMMAND` in the same shell.
//!
//! `cargo bench --bench shell [-- ROUNDS]`. Each round runs the loop and the scripts one after the other, under
//! each shell that is installed; the fastest of all rounds count.
#![expect(clippy::print_stdout, reason = "a table is what it is for")]
#![expect(clippy::disallowed_methods, reason = "a benchmark reads the clock and starts processes")]

use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use rulec::plan::Plan;
use rulec::target::{Shell, Target as _};
use serde_json::{Value, json};

const SHELLS: [&str; 7] = ["dash", "busybox", "bash", "ksh93", "mksh", "yash", "zsh"];
const STEPS: usize = 100;
const ROUNDS: usize = 3;

/// A plan of so many steps of `/bin/true` under a timeout, with lock and audit log; `needs` says what each needs.
fn plan(steps: usize, needs: impl Fn(usize) -> Vec<String>, places: u32, check: &str) -> Plan {
    let source = json!({ "file": "L5.json", "pointer": "/procedures/0", "line": 1 });
    let step = |i: usize| {
        json!({
            "id": format!("s{i}"), "name": format!("Step {i}"), "needs": needs(i), "source": source,
            "action": { "kind": "command", "command": "/bin/true" }, "timeout_ms": 30_000, "grace_ms": 5_000,
            "delay_before_ms": 0, "delay_after_ms": 0, "on_failure": "abort", "output": false,
            "retry": { "retries": 0, "delay_ms": 0, "backoff": "fixed" }, "read_only": false, "idempotent": false,
        })
    };
    let plan = json!({
        "version": 1, "digest": format!("sha256:{}", "0".repeat(64)), "sources": [], "bounds": {},
        "entry": { "kind": "procedure", "id": "E1", "name": "A benchmark", "source": source },
        "policy": { "lock": { "scope": "bench", "timeout_ms": 0 }, "audit": {} },
        "preconditions": [{ "text": "it may go on", "check": { "command": check }, "mandatory": true, "source": source }],
        "steps": (0..steps).map(step).collect::<Vec<Value>>(), "max_parallel": places,
    });
    serde_json::from_value(plan).expect("the plan is whole")
}

fn chain(steps: usize, check: &str) -> Plan {
    plan(steps, |i| i.checked_sub(1).map(|before| format!("s{before}")).into_iter().collect(), 1, check)
}

fn find(program: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path).map(|folder| folder.join(program)).find(|file| file.is_file())
}

/// Runs `sh` with these arguments in a folder; how long it took.
fn run(home: &Path, args: &[&str], sync: bool) -> Duration {
    let mut command = command(home, args, sync);
    let begun = Instant::now();
    command.status().expect("the shell can be started");
    begun.elapsed()
}

/// Starts a script whose first command writes to the pipe `began`; how long it takes until it does.
fn start(home: &Path, script: &str) -> Duration {
    let mut command = command(home, &[script], true);
    let begun = Instant::now();
    let mut child = command.spawn().expect("the shell can be started");
    fs::read(home.join("began")).expect("somebody writes to it");
    let took = begun.elapsed();
    child.wait().expect("it ends");
    took
}

/// `sh` with these arguments in a folder, with no state.
fn command(home: &Path, args: &[&str], sync: bool) -> Command {
    let _ = fs::remove_dir_all(home.join("state"));
    let path = format!("{}:{}", home.join("bin").display(), std::env::var("PATH").expect("there is a PATH"));
    let mut command = Command::new(home.join("bin/sh"));
    command.args(args).current_dir(home).env("PATH", path).env("RULEC_STATE_DIR", home.join("state"));
    command.env("RULEC_SYNC", if sync { "1" } else { "0" }).env("LC_ALL", "C.UTF-8");
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    command
}

fn script(home: &Path, name: &str, plan: &Plan) -> usize {
    let content = Shell.emit(plan).content;
    fs::write(home.join(name), &content).expect("a script can be written");
    content.len()
}

fn main() {
    let rounds = std::env::args().find_map(|argument| argument.parse().ok()).unwrap_or(ROUNDS);
    println!(
        "| shell | `sh -c`, ms | step, ms | ratio | without sync | start of {STEPS} / 1000 steps, ms | wide, 250 / 1000 steps, ms a step |"
    );
    println!("|---|---|---|---|---|---|---|");
    let mut bytes = 0;
    for shell in SHELLS {
        let Some(program) = find(shell) else {
            println!("| {shell} | not installed |");
            continue;
        };
        let home = tempfile::tempdir().expect("a folder can be made");
        let home = home.path();
        fs::create_dir(home.join("bin")).expect("a folder can be made");
        symlink(program, home.join("bin/sh")).expect("a link can be made");
        script(home, "chain.sh", &chain(STEPS, "true"));
        let made = Command::new("mkfifo").arg(home.join("began")).status();
        assert!(made.is_ok_and(|status| status.success()), "a pipe can be made");
        script(home, "none.sh", &chain(STEPS, "echo >began; false"));
        bytes = script(home, "long.sh", &chain(1000, "echo >began; false"));
        for wide in [250, 1000] {
            script(home, &format!("wide{wide}.sh"), &plan(wide, |_| Vec::new(), 8, "true"));
        }
        let bare = format!("i=0; while [ $i -lt {STEPS} ]; do i=$((i + 1)); sh -c /bin/true; done");
        let mut best = [Duration::MAX; 7];
        for _ in 0..rounds {
            let times = [
                run(home, &["-c", &bare], true),
                run(home, &["chain.sh"], true),
                run(home, &["chain.sh"], false),
                start(home, "none.sh"),
                start(home, "long.sh"),
                run(home, &["wide250.sh"], true),
                run(home, &["wide1000.sh"], true),
            ];
            best = std::array::from_fn(|i| best[i].min(times[i]));
        }
        let [bare, full, unsynced, start, long, narrow, wide] = best.map(|time| time.as_secs_f64() * 1e3);
        let steps = STEPS as f64;
        println!(
            "| {shell} | {:.2} | {:.1} | {:.1} | {:.1} | {start:.0} / {long:.0} | {:.1} / {:.1} |",
            bare / steps,
            full / steps,
            full / bare,
            unsynced / bare,
            narrow / 250.0,
            wide / 1000.0,
        );
    }
    println!("\nA script of 1000 plain steps with lock and audit log has {bytes} bytes.");
}
