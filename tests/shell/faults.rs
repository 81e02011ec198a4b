//! A runner that is killed with KILL at any moment loses nothing and does nothing twice.
//!
//! A *trial* runs a plan to its end through some kills: before or after any write of the journal (a function
//! in the script counts them), of the runner alone or of its commands, too, and again in the `resume` that follows.
//! Whatever happens, each step has run as in a run that nobody disturbed; a step runs again only if it may, or if
//! `--rerun` says so after `resume` has asked (11); steps that exclude each other never overlap; the rollback is
//! complete and in order; the report is right; no process is left. `RULEC_CASES` and `RULEC_SEED` give more
//! trials and other ones.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::thread;
use std::time::Duration;

use rulec::plan::ir::{Action, Alert, Breaker, OnFailure, Plan, Remedy, RemedyThen, Resource, Step, Undo};
use rulec::target::{Shell as Target, Target as _};
use serde_json::Value;
use sha2::{Digest as _, Sha256};

use super::bench::{Bench, installed};
use super::plans::{act, check, on_failure, plan, retry, rollback, source, step, verify};
use super::stage::all_at_once;

/// Few enough for each run of the tests: four for each shell.
const CASES: u64 = 28;

/// The first write of the journal that there is none of in a run of [`on_one_circuit`].
const KILLS_OF_THE_CIRCUIT: u64 = 13;

/// What is put behind the runtime of a script: each write of the journal is counted, and the one whose number is
/// in the file `fault` is the runner's last.
const FAULT: &str = "
rulec_fault() {
  rulec_faults=$((${rulec_faults-0} + 1))
  read -r rulec_last_fault <\"$HOME/fault\"
  [ \"$rulec_faults\" != \"$rulec_last_fault\" ] || kill -s KILL \"$$\"
}
rulec_append() {
  case $1 in */journal) rulec_fault ;; esac
  rulec_appended \"$@\"
}
rulec_sync() {
  case $1 in */journal) rulec_fault ;; esac
}
";

/// The script of a plan, with that in it, and sealed again.
pub(super) fn faulty(bench: &Bench, plan: &Plan) -> PathBuf {
    changed(bench, plan, "rulec_append", "rulec_appended", FAULT)
}

/// The script of a plan in which function `name` is called `other`, with `more` behind it, and sealed again.
pub(super) fn changed(bench: &Bench, plan: &Plan, name: &str, other: &str, more: &str) -> PathBuf {
    let content = Target.emit(plan).content;
    let (body, _) = content.rsplit_once("\nrulec_boot ").expect("every script ends by starting");
    let body = body.replacen(&format!("\n{name}() {{"), &format!("\n{other}() {{"), 1);
    let body = format!("{body}\n{more}");
    let digest: String = Sha256::digest(body.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect();
    let script = bench.path().join("faulty.sh");
    bench.write(&script, format!("{body}rulec_boot {digest} {} ${{1+\"$@\"}}\n", body.len()));
    script
}

/// A command that leaves marks of when it begins and ends, and then does `rest`.
fn marked(id: &str, takes: &str, rest: &str) -> String {
    format!("echo '+ {id}' >>marks; sleep {takes}; echo '- {id}' >>marks; {rest}")
}

fn undo(id: &str) -> Option<Undo> {
    Some(Undo { command: marked(&format!("undo-{id}"), "0.02", ":"), timeout_ms: None, ..Default::default() })
}

fn doing(id: &str, takes: &str, rest: &str) -> Step {
    step(id, &marked(id, takes, rest))
}

fn breaker() -> Breaker {
    Breaker { failures: 3, source: source("/breaker") }
}

/// Two steps that fail. Three failed attempts open their circuit: two of the one, and the first of the other, which
/// then comes to its fallback although it may be tried twice more.
fn on_one_circuit() -> [Step; 2] {
    let mut k = on_failure(retry(doing("k", "0", "exit 5"), 1, 20), OnFailure::Continue);
    (k.idempotent, k.breaker) = (true, Some("line".into()));
    let mut l = retry(doing("l", "0", "exit 5"), 2, 20);
    (l.idempotent, l.breaker) = (true, Some("line".into()));
    l.remedies = vec![Remedy {
        exit_codes: vec![],
        stderr_matches: None,
        run: vec![marked("help", "0.02", ":")],
        then: RemedyThen::Continue,
        max: 1,
        fallback: true,
    }];
    [k, l]
}

/// What does not hold of those two in the list of a report that has them at a place.
fn faults_of_the_circuit(steps: &Value, place: usize) -> Vec<String> {
    let of = |step: &Value| format!("{} after {} attempts, {}", step["id"], step["attempts"], step["reason"]);
    let wanted =
        [r#""k" after 2 attempts, "exit code 5""#, r#""l" after 1 attempts, "its fallback succeeded""#];
    let told = (place..).zip(wanted).map(|(place, wanted)| (of(&steps[place]), wanted));
    told.filter(|(told, wanted)| told != wanted)
        .map(|(told, wanted)| format!("{told}, wanted {wanted}"))
        .collect()
}

/// A plan of which each step is of another kind; the last one fails where there is a file `fail`.
fn one_after_another() -> Plan {
    let mut a = doing("a", "0.03", "echo out");
    (a.output, a.undo) = (true, undo("a"));
    let mut b = retry(doing("b", "0", "test -e b2 || { touch b2; exit 3; }"), 2, 50);
    (b.idempotent, b.undo) = (true, undo("b"));
    let c = verify(doing("c", "0", ":"), "test -e c2 || { touch c2; exit 1; }", 5, 50);
    let mut d = retry(doing("d", "0", "test -e d2 || exit 7"), 1, 20);
    (d.idempotent, d.undo) = (true, undo("d"));
    d.remedies = vec![Remedy {
        exit_codes: vec![7],
        stderr_matches: None,
        run: vec!["touch d2".into()],
        then: RemedyThen::Retry,
        max: 1,
        fallback: false,
    }];
    let content = Some("hello\n".into());
    let path = "conf/e".into();
    let e =
        act("e", Action::File { path, content, from: None, expect_sha256: None, mode: None, absent: false });
    let mut f = doing("f", "0", ":");
    f.when = Some("steps.a.output == 'out'".into());
    let mut g = doing("g", "0", ":");
    g.when = Some("steps.a.output == 'no'".into());
    let h = on_failure(doing("h", "0", "exit 4"), OnFailure::AlertAndContinue);
    let mut i = doing("i", "0", ":");
    (i.delay_before_ms, i.delay_after_ms, i.undo) = (40, 80, undo("i"));
    let [k, l] = on_one_circuit();
    let j = doing("j", "0.03", "test ! -e fail");
    let mut plan = plan([a, b, c, d, e, f, g, h, k, l, i, j]);
    plan.breakers.insert("line".into(), breaker());
    let mut r2 = doing("r2", "0", ":");
    r2.idempotent = true;
    plan.rollbacks = vec![rollback("E2", [doing("r1", "0.02", ":"), r2])];
    plan.finally = vec![doing("z", "0.02", ":")];
    plan.preconditions = vec![check("it may begin", "sleep 0.02")];
    plan.postconditions = vec![check("it is done", "test -e b2")];
    let alert = Alert { command: marked("alert", "0.02", ":"), timeout_ms: None };
    plan.alerts.insert("default".into(), alert);
    plan
}

/// How many units of the resource the steps take that run at once.
const UNITS: [(&str, u32); 5] = [("a", 2), ("b", 1), ("c", 2), ("d", 1), ("e", 1)];

/// Steps at once, four of which exclude each other, and five of which share what there are three units of.
fn at_once() -> Plan {
    let named = |id: &str, takes: &str, rest: &str, needs: &[&str], excludes: bool| {
        let mut step = doing(id, takes, rest);
        step.needs = needs.iter().map(|&id| id.to_owned()).collect();
        step.mutex = excludes.then(|| "m".to_owned());
        step.undo = if id == "f" { None } else { undo(id) };
        step
    };
    let mut plan = plan([]);
    plan.steps = vec![
        named("a", "0.1", ":", &[], true),
        named("b", "0.05", ":", &[], true),
        named("c", "0.08", ":", &[], false),
        named("d", "0.03", ":", &["a"], true),
        named("e", "0.06", ":", &["b", "c"], false),
        named("f", "0.03", "test ! -e fail", &["d", "e"], true),
    ];
    for step in &mut plan.steps {
        let units =
            UNITS.iter().find(|(id, _)| *id == step.id).map(|&(_, units)| ("power".to_owned(), units));
        step.resources = units.into_iter().collect();
    }
    plan.resources.insert("power".into(), Resource { capacity: 3, unit: None, source: source("/resources") });
    plan.steps[2].delay_after_ms = 60;
    plan.steps[4].idempotent = true;
    plan.max_parallel = Some(3);
    plan
}

/// Numbers that look like chance, the same for the same seed.
struct Chance(u64);

impl Chance {
    fn below(&mut self, bound: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (z ^ (z >> 31)) % bound
    }
}

/// The processes that a bench has started, directly or not, and that still live.
pub(super) fn alive(bench: &Bench) -> Vec<String> {
    let mark = format!("HOME={}\0", bench.path().display()).into_bytes();
    let Ok(processes) = fs::read_dir("/proc") else { return Vec::new() };
    let is_ours = |folder: &Path| {
        let environment = fs::read(folder.join("environ")).unwrap_or_default();
        environment.windows(mark.len()).any(|part| part == mark)
    };
    processes
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|folder| is_ours(folder))
        .filter_map(|folder| Some(folder.file_name()?.to_str()?.to_owned()))
        .collect()
}

/// The same, once those that were about to end have ended.
pub(super) fn leftovers(bench: &Bench) -> Vec<String> {
    for _ in 0..50 {
        if alive(bench).is_empty() {
            break;
        }
        thread::sleep(Duration::from_millis(100));
    }
    let left = alive(bench);
    let _ = Command::new("kill").args(["-s", "KILL"]).args(&left).stderr(Stdio::null()).status();
    left
}

/// What a trial was: for a failure to tell.
struct Trial {
    bench: Bench,
    is_sequence: bool,
    fails: bool,
    kills_tree: bool,
    /// The verb and exit code of each start, and where it was killed.
    starts: Vec<String>,
    rerun: Vec<String>,
    printed: String,
}

impl Trial {
    fn new(bench: Bench) -> Self {
        let (starts, rerun, printed) = (Vec::new(), Vec::new(), String::new());
        Self { bench, is_sequence: true, fails: false, kills_tree: false, starts, rerun, printed }
    }

    /// Starts the script, to be killed at a write of its journal (0: at none). -9: it was.
    fn start(&mut self, script: &Path, args: &[&str], kill_at: u64) -> i32 {
        let bench = &self.bench;
        fs::write(bench.path().join("fault"), format!("{kill_at}\n")).unwrap();
        let screen = bench.path().join("screen");
        let mut command = bench.command(script, args);
        command.stdout(Stdio::null()).stderr(File::create(&screen).unwrap());
        let mut child = command.spawn().unwrap();
        let mut waited = 0;
        let status = loop {
            if let Some(status) = child.try_wait().unwrap() {
                break status;
            }
            waited += 1;
            if waited > 6000 {
                let _ = child.kill();
            }
            thread::sleep(Duration::from_millis(10));
        };
        let code = status.code().unwrap_or(-9);
        if code == -9 && self.kills_tree {
            let left = alive(bench);
            let _ = Command::new("kill").args(["-s", "KILL"]).args(&left).stderr(Stdio::null()).status();
        }
        self.starts.push(format!("{args:?} killed at {kill_at}: {code}"));
        self.printed = fs::read_to_string(&screen).unwrap_or_default();
        code
    }

    /// Runs the plan to its end.
    fn perform(&mut self, script: &Path, kills: &[u64]) -> Result<i32, String> {
        let mut verb = vec!["run".to_owned()];
        for at in kills.iter().copied().chain(std::iter::repeat(0)).take(kills.len() + 8) {
            let args: Vec<&str> = verb.iter().map(String::as_str).collect();
            let code = self.start(script, &args, at);
            match code {
                -9 if verb[0] == "run" => verb = vec!["resume".to_owned()],
                -9 => {}
                11 => {
                    let words = self.printed.split_whitespace().collect::<Vec<_>>();
                    let named = words.windows(3).filter(|w| w[0] == "--rerun" && w[2] == "or");
                    let named: Vec<String> = named.map(|w| w[1].to_owned()).collect();
                    if named.is_empty() {
                        return Err("11, and no step is named".into());
                    }
                    verb = vec!["resume".to_owned()];
                    verb.extend(named.iter().map(|id| format!("--rerun={id}")));
                    self.rerun.extend(named);
                }
                2 if self.printed.contains("before its first step") => verb = vec!["run".to_owned()],
                code => return Ok(code),
            }
        }
        Err("it never ends".into())
    }

    /// What does not hold of a run that has ended with this code.
    fn faults(&self, code: i32) -> Vec<String> {
        let mut faults = Vec::new();
        let mut hold = |holds: bool, words: String| {
            if !holds {
                faults.push(words);
            }
        };
        let wanted = if self.fails { 5 } else { 0 };
        hold(code == wanted, format!("exit code {code}, wanted {wanted}"));
        let marks = self.bench.read("marks");
        let begun: Vec<&str> = marks.lines().filter_map(|line| line.strip_prefix("+ ")).collect();
        let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
        for id in &begun {
            *counts.entry(id).or_default() += 1;
        }
        let (steps, back, statuses): (&[&str], &[&str], &[&str]) = if self.is_sequence {
            (
                &["a", "b", "c", "d", "f", "h", "alert", "k", "l", "help", "i", "j", "z"],
                &["undo-i", "undo-d", "undo-b", "undo-a", "r1", "r2"],
                &["ok", "ok", "ok", "ok", "ok", "ok", "skipped", "failed", "failed", "ok", "ok"],
            )
        } else {
            (
                &["a", "b", "c", "d", "e", "f"],
                &["undo-a", "undo-b", "undo-c", "undo-d", "undo-e"],
                &["ok", "ok", "ok", "ok", "ok"],
            )
        };
        let back = if self.fails { back } else { &[] };
        for id in steps.iter().chain(back) {
            hold(counts.contains_key(id), format!("{id} never ran"));
        }
        let may_again = |id: &str| {
            let is_idempotent =
                if self.is_sequence { ["b", "d", "k", "l", "help", "r2"].contains(&id) } else { id == "e" };
            is_idempotent
                || id.starts_with("undo")
                || id == "alert"
                || self.rerun.iter().any(|name| name == id)
        };
        for (id, &count) in &counts {
            hold(steps.contains(id) || back.contains(id), format!("{id} ran"));
            hold(count == 1 || may_again(id), format!("{id} ran {count} times"));
        }
        let excludes = |id: &str| self.is_sequence || ["a", "b", "d", "f"].contains(&id);
        let mut inside: Option<&str> = None;
        for line in marks.lines().filter(|line| excludes(&line[2..])) {
            if line.starts_with('+') {
                // A command that was killed never says that it has ended.
                hold(inside.is_none() || self.kills_tree, format!("{line} while {inside:?} runs"));
                inside = Some(&line[2..]);
            } else {
                inside = None;
            }
        }
        let units = |id: &str| UNITS.iter().find(|(of, _)| *of == id).map_or(0, |&(_, units)| units);
        let mut taken: Vec<&str> = Vec::new();
        for line in marks.lines().filter(|_| !self.is_sequence && !self.kills_tree) {
            match line.strip_prefix("+ ") {
                Some(id) => taken.push(id),
                None => taken.retain(|id| *id != &line[2..]),
            }
            let sum: u32 = taken.iter().map(|id| units(id)).sum();
            hold(sum <= 3, format!("{taken:?} run at once, and take {sum} units of 3"));
        }
        if self.is_sequence {
            let late = |id: &&str| back.contains(id) || *id == "z";
            let mut order: Vec<&str> = begun.iter().copied().filter(late).collect();
            order.dedup();
            let expected: Vec<&str> = back.iter().copied().chain(["z"]).collect();
            hold(order == expected, format!("the rollback ran as {order:?}"));
            let is_written = self.bench.path().join("conf/e").exists();
            hold(is_written != self.fails, format!("the file is there: {is_written}"));
        }
        let report = self.report();
        let mut statuses = statuses.to_vec();
        statuses.push(if self.fails { "failed" } else { "ok" });
        let told = |list: &Value| -> Vec<String> {
            let steps = list.as_array().cloned().unwrap_or_default();
            steps.iter().map(|step| step["status"].as_str().unwrap_or("none").to_owned()).collect()
        };
        hold(
            told(&report["steps"]) == statuses,
            format!("steps of the report: {:?}", told(&report["steps"])),
        );
        if self.is_sequence {
            for fault in faults_of_the_circuit(&report["steps"], 8) {
                hold(false, fault);
            }
        }
        let outcome = match (self.fails, self.is_sequence) {
            (true, _) => "rolled_back",
            (false, true) => "degraded",
            (false, false) => "succeeded",
        };
        hold(report["outcome"] == outcome, format!("outcome of the report: {}", report["outcome"]));
        let alerts = report["alerts"].as_array().map_or(0, Vec::len);
        hold(alerts == usize::from(self.is_sequence), format!("{alerts} alerts in the report"));
        let undone = told(&report["undone"]);
        let expected = if self.fails { vec!["ok"; 5] } else { Vec::new() };
        hold(undone == expected, format!("undone in the report: {undone:?}"));
        let left = leftovers(&self.bench);
        hold(left.is_empty(), format!("processes are left: {left:?}"));
        let open = fs::read_dir(self.bench.path().join("state/test/open")).map_or(0, Iterator::count);
        hold(open == 0, format!("{open} runs are open"));
        faults
    }

    /// The report of the newest run.
    fn report(&self) -> Value {
        let runs = fs::read_dir(self.bench.path().join("state/test/runs")).unwrap();
        let reports = runs.map(|run| run.unwrap().path().join("report.json")).filter(|file| file.exists());
        let newest = reports.max().map(|file| fs::read(file).unwrap()).unwrap_or_default();
        serde_json::from_slice(&newest).unwrap_or(Value::Null)
    }
}

fn hold(seed: u64, number: u64, shell: &'static str) -> Result<(), String> {
    let mut chance = Chance(seed.wrapping_mul(1_000_003).wrapping_add(number));
    let mut bench = Bench::new(shell);
    bench.set("RULEC_KEEP_RUNS", "9");
    fs::create_dir(bench.path().join("conf")).unwrap();
    let is_sequence = chance.below(2) == 0;
    let fails = chance.below(2) == 0;
    let kills_tree = chance.below(2) == 0;
    if fails {
        fs::write(bench.path().join("fail"), "").unwrap();
    }
    let writes = if is_sequence { 90 } else { 40 };
    let mut kills = vec![1 + chance.below(writes)];
    for _ in 0..chance.below(4) {
        kills.push(1 + chance.below(20));
    }
    let script = faulty(&bench, &if is_sequence { one_after_another() } else { at_once() });
    let mut trial = Trial { is_sequence, fails, kills_tree, ..Trial::new(bench) };
    let faults = match trial.perform(&script, &kills) {
        Ok(code) => trial.faults(code),
        Err(fault) => vec![fault],
    };
    if faults.is_empty() {
        return Ok(());
    }
    Err(format!(
        "trial {number} of RULEC_SEED={seed} under {shell}, kills {kills:?}, tree {kills_tree}\n{}\n{}\n{}\n{}",
        faults.join("\n"),
        trial.starts.join("\n"),
        trial.bench.read("marks"),
        trial.printed
    ))
}

/// A runner is killed at each write of its journal, and what another one goes on with has the same circuit.
#[test]
fn a_circuit_stays_as_it_is_whenever_the_runner_is_killed() {
    let shells = installed();
    let kills = (1..=KILLS_OF_THE_CIRCUIT).flat_map(|at| [at, at]).zip(shells.iter().cycle()).collect();
    let faults = all_at_once(kills, |(at, shell)| {
        let bench = Bench::new(shell);
        let mut plan = plan(on_one_circuit());
        plan.breakers.insert("line".into(), breaker());
        let script = faulty(&bench, &plan);
        let mut trial = Trial::new(bench);
        let code = trial.perform(&script, &[at])?;
        let mut faults = faults_of_the_circuit(&trial.report()["steps"], 0);
        if (code, trial.starts.len() > 1) != (0, at < KILLS_OF_THE_CIRCUIT) {
            faults.push(format!("{code} after {:?}", trial.starts));
        }
        match faults.is_empty() {
            true => Ok(()),
            false => Err(format!("killed at {at} under {shell}: {faults:?}\n{}", trial.printed)),
        }
    });
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

fn number(name: &str, usual: u64) -> u64 {
    std::env::var(name)
        .map_or(usual, |text| text.parse().unwrap_or_else(|_| panic!("{name}={text} is no number")))
}

#[test]
fn a_runner_that_is_killed_loses_nothing() {
    let (cases, seed) = (number("RULEC_CASES", CASES), number("RULEC_SEED", 0));
    let shells = installed();
    let trials = (0..cases).zip(shells.iter().cycle()).collect();
    let faults = all_at_once(trials, |(number, shell)| hold(seed, number, shell));
    assert!(faults.is_empty(), "{} of {cases} trials\n{}", faults.len(), faults.join("\n"));
}
