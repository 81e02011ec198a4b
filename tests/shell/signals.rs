//! A signal at any line of a run's trace: INT, TERM or HUP, to the runner alone or, as Ctrl-C does, to all of its
//! process group; followed at once by another one, or by another one once the run goes back.
//!
//! Whatever the moment, the run comes to an end that the machine allows (`faults` has what is held against it), and
//! the next run of the plan finds nothing in its way. A *trial* is a plan, a line, a signal and a shell. There are
//! some thousands; a few that are spread over all of them are run each time, and `RULEC_CASES=N` runs N
//! (`RULEC_CASES=0`: all), `RULEC_SEED=S` other ones. `RULEC_TRIAL=T` runs trial T alone.

use std::fmt;
use std::fs::{self, File};
use std::os::unix::process::CommandExt as _;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use rulec::plan::ir::{Action, Alert, OnFailure, Plan, Remedy, RemedyThen, Step, Undo};
use serde_json::Value;

use super::bench::{Bench, installed};
use super::cancelled::SIGNALS;
use super::plans::{act, check, on_failure, plan, prose, retry, rollback, step, verify};
use super::signals_held::faults;
use super::stage::all_at_once;
use super::terminal::Terminal;

/// Few enough for each run of the tests.
const CASES: usize = 42;

/// What is started to be signalled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Scene {
    /// All goes well.
    Forward,
    /// The last step fails, so that the run goes back.
    Back,
    /// Somebody holds the lock.
    Locked,
    /// A question is asked that nobody answers: as a condition, or as a step.
    Asked { first: bool },
    /// A pause is asked for while a step is under way.
    Pausing,
}

/// What is sent, and to whom.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Then {
    Nothing,
    /// Another signal at once.
    Another,
    /// Another signal once the run goes back.
    Late,
}

#[derive(Clone, Copy, Debug)]
pub(super) struct Trial {
    pub(super) shell: &'static str,
    pub(super) scene: Scene,
    /// How many lines the trace has by then, where the scene does not tell the moment.
    pub(super) line: usize,
    pub(super) signal: usize,
    pub(super) to_group: bool,
    pub(super) then: Then,
}

/// What came of it.
pub(super) struct Seen {
    pub(super) code: i32,
    pub(super) printed: String,
    pub(super) trace: Vec<Value>,
    /// How many lines the trace had, at most, when the signal had arrived.
    pub(super) arrived: usize,
    /// The run was there to be signalled.
    pub(super) sent: bool,
}

impl fmt::Display for Trial {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (whom, signal) = (if self.to_group { "group" } else { "runner" }, SIGNALS[self.signal].0);
        write!(
            f,
            "{:?} under {}, {signal} to the {whom} at line {}, then {:?}",
            self.scene, self.shell, self.line, self.then
        )
    }
}

/// A command that leaves a mark, then does `rest`.
fn marked(id: &str, rest: &str) -> String {
    format!("echo '+ {id}' >>marks; {rest}")
}

fn doing(id: &str, rest: &str) -> Step {
    let mut step = step(id, &marked(id, rest));
    step.undo = Some(Undo {
        command: marked(&format!("undo-{id}"), "sleep 0.02"),
        timeout_ms: None,
        ..Default::default()
    });
    step.grace_ms = 100;
    step
}

/// Starts a grandchild that ignores TERM and a process in a session of its own, and ends them after a while.
const STUBBORN: &str = "
    sh -c 'trap \"\" TERM INT HUP; echo $$ >>pids; exec sleep 50' &
    setsid sh -c 'trap \"\" TERM INT HUP; echo $$ >>pids; exec sleep 50' &
    while [ \"$(wc -l 2>/dev/null <pids)\" != 2 ]; do sleep 0.02; done
    sleep 0.1
    while read -r pid; do kill -s KILL $pid; done <pids
    rm pids";

/// A plan of which each step is of another kind; the last one fails where there is a file `fail`.
fn everything() -> Plan {
    let mut a = doing("a", "sleep 0.03");
    (a.delay_before_ms, a.delay_after_ms) = (40, 40);
    let b = retry(doing("b", "test -e b2 || { touch b2; exit 3; }"), 1, 40);
    let c = verify(doing("c", ":"), "test -e c2 || { touch c2; exit 1; }", 4, 40);
    let mut d = retry(doing("d", "test -e d2 || exit 7"), 1, 0);
    d.remedies = vec![Remedy {
        exit_codes: vec![7],
        stderr_matches: None,
        run: vec!["sleep 0.03; touch d2".into()],
        then: RemedyThen::Retry,
        max: 1,
        fallback: false,
    }];
    let e = doing("e", STUBBORN);
    let content = Some("hello\n".into());
    let path = "f.conf".into();
    let f =
        act("f", Action::File { path, content, from: None, expect_sha256: None, mode: None, absent: false });
    let mut g = doing("g", ":");
    g.when = Some("steps.a.status == 'failed'".into());
    let h = on_failure(doing("h", "exit 4"), OnFailure::AlertAndContinue);
    let i = act("i", Action::Manual { instruction: "look at it".into() });
    let j = doing("j", "test ! -e fail");
    let mut plan = plan([a, b, c, d, e, f, g, h, i, j]);
    plan.rollbacks = vec![rollback("E2", [step("r", &marked("r", "sleep 0.02"))])];
    plan.finally = vec![step("z", &marked("z", "sleep 0.02"))];
    plan.preconditions = vec![check("it may begin", "sleep 0.02"), prose("somebody watches")];
    plan.postconditions = vec![check("it is done", "test -e b2"), check("it stays so", "sleep 0.02")];
    let alert = Alert { command: marked("alert", "sleep 0.02"), timeout_ms: None };
    plan.alerts.insert("default".into(), alert);
    plan.policy.lock.as_mut().expect("it has one").timeout_ms = 100_000;
    plan
}

/// The trace as far as it is written.
fn trace(bench: &Bench) -> Vec<Value> {
    let text = bench.read("lines");
    text.split_inclusive('\n')
        .filter(|line| line.ends_with('\n'))
        .map(|line| serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}")))
        .collect()
}

/// Waits until this holds; false where the run is over before.
fn until(child: &mut Child, holds: impl Fn() -> bool) -> bool {
    let begun = Instant::now();
    loop {
        let is_over = child.try_wait().unwrap().is_some();
        if holds() {
            return !is_over;
        }
        if is_over {
            return false;
        }
        assert!(begun.elapsed() < Duration::from_secs(90), "it never comes so far");
        thread::sleep(Duration::from_millis(3));
    }
}

/// True once it is time for the signal.
fn is_time(trial: Trial, trace: &[Value]) -> bool {
    let last = |event: &str, key: &str, value: Value| {
        trace.iter().any(|line| line["event"] == event && line[key] == value)
    };
    match trial.scene {
        Scene::Asked { first: true } => last("condition_started", "number", 2.into()),
        Scene::Asked { first: false } => last("attempt_started", "step", "i".into()),
        Scene::Pausing => last("attempt_started", "step", "a".into()),
        Scene::Forward | Scene::Back | Scene::Locked => trace.len() >= trial.line,
    }
}

/// Sends a signal to the runner, or to all of its process group.
fn send(bench: &Bench, trial: Trial, child: &Child, signal: usize) {
    let name = SIGNALS[signal].0;
    if trial.to_group {
        let group = format!("-{}", child.id());
        Command::new("kill").args(["-s", name, "--", &group]).stderr(Stdio::null()).status().unwrap();
    } else {
        let _ = bench.signal(child, name);
    }
}

/// The file of the state that has this name.
pub(super) fn state(bench: &Bench, name: &str) -> PathBuf {
    bench.path().join("state/test").join(name)
}

/// Runs a plan in a scene; `None`: nobody sends anything.
fn perform(bench: &Bench, trial: Trial, is_signalled: bool) -> Seen {
    let (script, typed) = (bench.emit(&everything()), matches!(trial.scene, Scene::Asked { .. }));
    match trial.scene {
        Scene::Back => fs::write(bench.path().join("fail"), "").unwrap(),
        Scene::Locked => {
            fs::create_dir_all(state(bench, "lock")).unwrap();
            fs::write(state(bench, "lock/1000000001"), "somebody\n").unwrap();
        }
        _ => {}
    }
    let mut command =
        bench.command(&script, if typed { &["--trace=lines"] } else { &["--trace=lines", "--yes"] });
    command.process_group(0).stdout(Stdio::null()).env("RULEC_SYNC", "0");
    let answers: &[&str] = if trial.scene == (Scene::Asked { first: true }) { &[] } else { &["y"] };
    command.stderr(File::create(bench.path().join("screen")).unwrap());
    let terminal = typed.then(|| Terminal::attach(&mut command, answers));
    let mut child = command.spawn().unwrap();
    drop(command);
    let sent = until(&mut child, || is_time(trial, &trace(bench))) && is_signalled;
    if sent {
        if trial.scene == Scene::Pausing {
            let mut runs = fs::read_dir(state(bench, "runs")).unwrap();
            fs::write(runs.next().unwrap().unwrap().path().join("pause"), "").unwrap();
        }
        send(bench, trial, &child, trial.signal);
        if trial.then == Then::Another {
            send(bench, trial, &child, (trial.signal + 1) % 3);
        }
    }
    let arrived = trace(bench).len();
    if sent && trial.then == Then::Late {
        // Any line behind that, another one in each trial.
        let lines = 1 + trial.line % 7;
        let goes_back = |line: &Value| line["event"] == "broken_off";
        let is_late = || trace(bench).iter().skip_while(|line| !goes_back(line)).count() > lines;
        if until(&mut child, is_late) {
            send(bench, trial, &child, (trial.signal + 1) % 3);
        }
    }
    until(&mut child, || false);
    let code = bench.wait(child).code;
    let printed = terminal.map_or_else(|| bench.read("screen"), Terminal::seen);
    Seen { code, printed, trace: trace(bench), arrived, sent }
}

/// How many lines the trace of each scene has until it ends, or waits.
fn lines(scene: Scene) -> usize {
    let trial = Trial {
        shell: installed()[0],
        scene,
        line: usize::MAX,
        signal: 0,
        to_group: false,
        then: Then::Nothing,
    };
    perform(&Bench::new(trial.shell), trial, false).trace.len()
}

/// All trials, in an order in which any of them that follow one another are spread over all.
fn trials() -> Vec<Trial> {
    let mut places: Vec<(Scene, usize)> = Vec::new();
    for scene in [Scene::Forward, Scene::Back] {
        places.extend((1..=lines(scene)).map(|line| (scene, line)));
    }
    let others = [Scene::Locked, Scene::Asked { first: true }, Scene::Asked { first: false }, Scene::Pausing];
    places.extend(others.map(|scene| (scene, 1)));
    let mut all = Vec::new();
    for (scene, line) in places {
        for shell in installed() {
            for signal in 0..3 {
                for (to_group, then) in [
                    (false, Then::Nothing),
                    (true, Then::Nothing),
                    (true, Then::Late),
                    (false, Then::Another),
                    (false, Then::Late),
                    (true, Then::Another),
                ] {
                    all.push(Trial { shell, scene, line, signal, to_group, then });
                }
            }
        }
    }
    all
}

fn number(name: &str) -> Option<usize> {
    let text = std::env::var(name).ok()?;
    Some(text.parse().unwrap_or_else(|_| panic!("{name}={text} is no number")))
}

fn hold(number: usize, trial: Trial) -> Result<(), String> {
    let bench = Bench::new(trial.shell);
    let seen = perform(&bench, trial, true);
    let faults = faults(&bench, trial, &seen);
    if faults.is_empty() {
        return Ok(());
    }
    let lines = bench.read("lines");
    Err(format!("RULEC_TRIAL={number}: {trial}\n{}\n{lines}\n{}", faults.join("\n"), seen.printed))
}

#[test]
fn a_signal_at_any_line_of_the_trace_ends_the_run_well() {
    let all = trials();
    let cases = match number("RULEC_CASES") {
        None => CASES,
        Some(0) => all.len(),
        Some(cases) => cases.min(all.len()),
    };
    let chosen: Vec<usize> = match number("RULEC_TRIAL") {
        Some(trial) => vec![trial],
        // A stride that has no factor in common with the number of trials comes to each of them once.
        None => {
            let gcd = |mut a: usize, mut b: usize| {
                while b > 0 {
                    (a, b) = (b, a % b);
                }
                a
            };
            let mut stride = all.len() * 618 / 1000;
            while gcd(stride, all.len()) != 1 {
                stride += 1;
            }
            let first = number("RULEC_SEED").unwrap_or(0) * CASES;
            (first..first + cases).map(|at| at * stride % all.len()).collect()
        }
    };
    let faults = all_at_once(chosen, |number| hold(number, all[number]));
    assert!(faults.is_empty(), "{} of {cases} trials\n{}", faults.len(), faults.join("\n"));
}
