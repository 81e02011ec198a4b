//! What is held against a run that was signalled: its exit code, its report, its journal, its trace, what its commands
//! left behind, and what it left in the state folder.

use std::fs;
use std::path::PathBuf;

use serde_json::Value;

use super::bench::Bench;
use super::cancelled::SIGNALS;
use super::faults::leftovers;
use super::signals::{Scene, Seen, Then, Trial, state};

/// The steps that can be undone; all but `f`, which writes a file, leave a mark.
const UNDOABLE: [&str; 8] = ["a", "b", "c", "d", "e", "f", "h", "j"];

/// Events that something begins with.
const BEGINS: [&str; 7] = [
    "step_started",
    "attempt_started",
    "poll_started",
    "remedy_started",
    "alert_started",
    "condition_started",
    "waiting",
];

/// Those of them that start a command or ask a person.
const LAUNCHES: [&str; 5] =
    ["attempt_started", "poll_started", "remedy_started", "alert_started", "condition_started"];

fn text<'a>(line: &'a Value, key: &str) -> &'a str {
    line[key].as_str().unwrap_or_default()
}

fn is(line: &Value, event: &str, step: &str) -> bool {
    text(line, "event") == event && text(line, "step") == step
}

/// True for the line from which on a signal may be too late to change anything.
fn is_point_of_no_return(scene: Scene, line: &Value) -> bool {
    match scene {
        Scene::Forward => {
            text(line, "event") == "condition_ended"
                && line["list"] == "postconditions"
                && line["number"] == 2
        }
        Scene::Back => is(line, "attempt_started", "j"),
        Scene::Pausing => is(line, "waiting", "a") && line["wait"] == "delay_after",
        Scene::Locked | Scene::Asked { .. } => false,
    }
}

/// The folder of the only run.
fn folder(bench: &Bench) -> PathBuf {
    let mut runs = fs::read_dir(state(bench, "runs")).unwrap();
    runs.next().expect("there is a run").unwrap().path()
}

fn files(folder: &PathBuf) -> Vec<String> {
    let files = fs::read_dir(folder).into_iter().flatten();
    let mut names: Vec<String> =
        files.map(|file| file.unwrap().file_name().to_string_lossy().into_owned()).collect();
    names.sort();
    names
}

/// What does not hold of a run that has ended.
pub(super) fn faults(bench: &Bench, trial: Trial, seen: &Seen) -> Vec<String> {
    let mut faults = Vec::new();
    let mut hold = |holds: bool, words: &dyn Fn() -> String| {
        if !holds {
            faults.push(words());
        }
    };
    let journal = fs::read_to_string(folder(bench).join("journal")).unwrap();
    let broken = seen.trace.iter().position(|line| text(line, "event") == "broken_off");
    let is_cancelled = broken.is_some_and(|at| seen.trace[at]["cause"] == "cancelled");

    // How it ended.
    let came =
        |arrived: usize| seen.trace[..arrived].iter().any(|line| is_point_of_no_return(trial.scene, line));
    hold(is_cancelled || !seen.sent || came(seen.arrived), &|| {
        format!("it is not cancelled, though the signal came when there were {} lines", seen.arrived)
    });
    let (mut code, mut outcome) = match trial.scene {
        Scene::Back => (5, "rolled_back"),
        Scene::Pausing => (10, "paused"),
        _ => (0, "degraded"),
    };
    if is_cancelled {
        let mut sent = vec![SIGNALS[trial.signal]];
        if trial.then == Then::Another {
            sent.push(SIGNALS[(trial.signal + 1) % 3]);
        }
        outcome = "cancelled";
        let said = |&&(signal, _): &&(&str, i32)| journal.contains(&format!(" off cancelled {signal} .\n"));
        let named = sent.iter().find(said);
        hold(named.is_some(), &|| format!("the journal does not name the signal:\n{journal}"));
        code = named.map_or(0, |&(_, code)| code);
    }
    hold(seen.code == code, &|| format!("exit code {}, wanted {code}", seen.code));
    let report = fs::read(folder(bench).join("report.json")).unwrap_or_default();
    let report: Value = serde_json::from_slice(&report).unwrap_or(Value::Null);
    hold(report["outcome"] == outcome && report["exit_code"] == code, &|| {
        format!("the report says {}, {}; wanted {outcome}", report["outcome"], report["exit_code"])
    });
    let is_over = outcome != "paused";
    let last = if is_over { format!(" over {outcome} {code} .\n") } else { " paused .\n".into() };
    hold(journal.ends_with(&last), &|| format!("the journal does not end with `{last}`:\n{journal}"));
    let status =
        bench.wait(bench.command(&bench.path().join("script.sh"), &["status", "--json"]).spawn().unwrap());
    let wanted = format!("\"state\":\"{}\"", if is_over { "over" } else { "paused" });
    hold(status.stdout.contains(&wanted), &|| format!("no {wanted} in {}{}", status.stdout, status.stderr));

    // What began after the signal, and after the end was begun.
    if let (true, Some(broken)) = (is_cancelled, broken) {
        let late = seen.trace[seen.arrived.min(broken)..broken].iter();
        let late = late.filter(|line| LAUNCHES.contains(&text(line, "event"))).count();
        hold(late <= 1, &|| format!("{late} commands were started behind line {}", seen.arrived));
    }
    if let Some(broken) = broken {
        for line in &seen.trace[broken..] {
            let begins = BEGINS.contains(&text(line, "event")) && !["r", "z"].contains(&text(line, "step"));
            hold(!begins, &|| format!("it began though the run was broken off: {line}"));
        }
    }
    let mut started: Vec<&str> =
        seen.trace.iter().filter(|l| l["event"] == "step_started").map(|l| text(l, "step")).collect();
    let all = started.len();
    started.sort_unstable();
    started.dedup();
    hold(all == started.len(), &|| "a step was started twice".into());

    // What was undone, as the trace, the report and the commands tell.
    let ended = seen.trace.iter().filter(|line| text(line, "event") == "step_ended");
    let changed = ended.filter(|line| UNDOABLE.contains(&text(line, "step")) && line["attempts"] != 0);
    let mut undo: Vec<&str> = changed.map(|line| text(line, "step")).collect();
    undo.reverse();
    let goes_back = broken.is_some() && journal.contains(" forward .\n");
    if !goes_back {
        undo.clear();
    }
    let undone = seen.trace.iter().filter(|line| text(line, "event") == "undo_ended");
    hold(undone.clone().all(|line| line["exit_code"] == 0), &|| "an undo failed".into());
    let undone: Vec<&str> = undone.map(|line| text(line, "step")).collect();
    hold(undone == undo, &|| format!("undone: {undone:?}, wanted: {undo:?}"));
    let told = report["undone"].as_array().cloned().unwrap_or_default();
    let told: Vec<&str> = told.iter().map(|undone| text(undone, "id")).collect();
    hold(told == undo, &|| format!("the report has undone {told:?}, wanted: {undo:?}"));
    let marks = bench.read("marks");
    let times = |mark: String| marks.lines().filter(|line| *line == mark).count();
    for id in UNDOABLE.into_iter().filter(|&id| id != "f") {
        let wanted = usize::from(undo.contains(&id));
        hold(times(format!("+ undo-{id}")) == wanted, &|| {
            format!("undo of {id}: not {wanted} times\n{marks}")
        });
        hold(times(format!("+ {id}")) == 0 || !goes_back || wanted == 1, &|| {
            format!("{id} ran, but is not undone")
        });
    }
    hold(times("+ r".into()) == usize::from(goes_back), &|| format!("rollback step:\n{marks}"));
    let has_finals = goes_back || outcome == "degraded";
    hold(times("+ z".into()) == usize::from(has_finals), &|| format!("final step:\n{marks}"));
    hold(!goes_back || !bench.path().join("f.conf").exists(), &|| "the file is still there".into());

    // What the report says of steps.
    for line in seen.trace.iter().filter(|line| text(line, "event") == "step_ended") {
        let lists = ["steps", "finally"].map(|list| report[list].as_array().cloned().unwrap_or_default());
        let groups = report["rollback"].as_array().cloned().unwrap_or_default();
        let groups = groups.iter().flat_map(|group| group["steps"].as_array().cloned().unwrap_or_default());
        let step = lists.into_iter().flatten().chain(groups).find(|step| step["id"] == line["step"]);
        hold(step.as_ref().is_some_and(|step| step["status"] == line["status"]), &|| {
            format!("the report has another status than {line}: {step:?}")
        });
    }

    // What is left.
    for (kind, left) in [("the grandchildren", bench.leftovers()), ("processes", leftovers(bench))] {
        hold(left.is_empty(), &|| format!("{kind} live on: {left:?}"));
    }
    let locks = files(&state(bench, "lock"));
    let lock = fs::read_to_string(state(bench, "lock").join(locks.last().map_or("none", String::as_str)));
    let wanted = if trial.scene == Scene::Locked { "somebody" } else { "released " };
    hold(lock.as_ref().is_ok_and(|lock| lock.starts_with(wanted)), &|| format!("the lock is {lock:?}"));
    let open = files(&state(bench, "open"));
    hold(open.is_empty() == is_over, &|| format!("open: {open:?}"));
    if is_over {
        let left = files(&folder(bench));
        let ends = [".claim", ".code", ".stop", ".new", ".pipe"];
        let is_left = |name: &&String| {
            ends.iter().any(|end| name.ends_with(end))
                || ["pause", "cancel", "wake", "reserve", "line"].contains(&name.as_str())
                || name.starts_with("lock.")
        };
        let left: Vec<&String> = left.iter().filter(is_left).collect();
        hold(left.is_empty(), &|| format!("files are left: {left:?}"));
        // Whatever a shell itself complains about names the script; that a helper was killed with its group, it may say.
        let killed = ["script.sh", "illed", "erminated"];
        let never = ["internal error", "No such file", "disk is full", "not found", "yntax"];
        for words in never.into_iter().chain(killed.into_iter().filter(|_| !trial.to_group)) {
            // Behind a bar stands what a command printed.
            let mut own = seen.printed.lines().filter(|line| !line.contains("   | "));
            hold(!own.any(|line| line.contains(words)), &|| format!("it says `{words}`"));
        }
    }
    faults
}
