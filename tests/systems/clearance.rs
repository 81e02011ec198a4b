//! The rule set `rules/blocker-clearance`: two days of work on a compressed clock, run for real, with all that goes wrong.

use std::fs;
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use serde_json::Value;
use unicode_width::UnicodeWidthStr;

use super::{SHELLS, System, findings, rulec, statuses, told};
use crate::support::project;

const RULES: &str = "blocker-clearance";
/// By how much the clock is compressed: 48 hours are 43.2 seconds, 6 hours 5.4: slow machines need some room.
const FACTOR: &str = "4000";

/// Scripts in a folder of their own, and the stack that they clear.
struct Clearance {
    system: System,
}

impl Clearance {
    fn open() -> Self {
        let clearance = Self { system: System::compiled(RULES, &["--rehearse", FACTOR]) };
        for folder in ["up", "data", "fault", "watched", "logs"] {
            fs::create_dir_all(clearance.path(folder)).expect("a folder is made");
        }
        clearance
    }

    fn path(&self, of: &str) -> std::path::PathBuf {
        self.system.path().join("stand").join(of)
    }

    /// Lets something go wrong, as the stand-in names it.
    fn fault(&self, name: &str, text: &str) {
        fs::write(self.path(name), text).expect("a file is written");
    }

    fn read(&self, of: &str) -> String {
        fs::read_to_string(self.path(of)).unwrap_or_default()
    }

    fn command(&self, shell: &[&str], entry: &str) -> Command {
        let mut command = self.system.command(shell, entry);
        command.env("stand", project().join("rules").join(RULES).join("services/stand.sh"));
        command
    }

    fn start(&self, shell: &[&str]) -> Child {
        let mut command = self.command(shell, "T1");
        command.arg("--report").arg(self.system.path().join("report.json"));
        command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("the shell runs")
    }

    fn run(&self, shell: &[&str]) -> Output {
        self.start(shell).wait_with_output().expect("the run ends")
    }

    fn ask(&self, arguments: &[&str]) -> Output {
        self.command(&["dash"], "T1").args(arguments).output().expect("the shell runs")
    }

    /// Waits until the status is as wanted.
    fn wait_for(&self, wanted: impl Fn(&Value) -> bool) -> Value {
        let begun = Instant::now();
        loop {
            let asked = self.ask(&["status", "--json"]);
            if let Ok(status) = serde_json::from_slice::<Value>(&asked.stdout)
                && wanted(&status)
            {
                return status;
            }
            assert!(begun.elapsed() < Duration::from_secs(90), "it never comes: {}", told(&asked));
            sleep(Duration::from_millis(100));
        }
    }
}

fn shells() -> impl Iterator<Item = &'static [&'static str]> {
    SHELLS.into_iter().filter(|shell| crate::support::tools::has(shell[0]))
}

/// That a mistake in the rules is found, in a line of what was written.
#[track_caller]
fn finds(file: &str, old: &str, new: &str, lint: &str) {
    let text = fs::read_to_string(project().join("rules").join(RULES).join(file)).expect("the file is there");
    let first = text[..text.find(old).expect("the old text is there")].lines().count().max(1);
    let lines = first.saturating_sub(2)..first + new.lines().count().max(1) + 1;
    let found = findings(RULES, &[(file, old, new)]);
    let is_there = |line: &str| {
        lines.clone().any(|number| line.contains(&format!("{file}:{number}:")))
            && line.contains(&format!("[{lint}]"))
    };
    assert!(found.lines().any(is_there), "no {lint} in {file}:{lines:?}\n{found}");
}

#[test]
fn all_entries_are_proved_and_the_scenarios_hold() {
    for arguments in [&["verify"][..], &["test"]] {
        let done = rulec(arguments).arg(format!("rules/{RULES}")).output().expect("rulec runs");
        assert_eq!(done.status.code(), Some(0), "{arguments:?}: {}", told(&done));
    }
}

/// Shows clearance.1, clearance.8, clearance.32.
#[test]
fn who_does_what_with_what_and_when_is_held_together() {
    finds(
        "L5-clearance.yaml",
        "{ run: E6, owner: observer }",
        "{ run: E6, owner: obsrever }",
        "unknown-role",
    );
    finds("L5-clearance.yaml", "owner: lead, tools", "owner: boss, tools", "unknown-role");
    finds(
        "L5-clearance.yaml",
        "{ run: E6, owner: observer }",
        "{ run: E6, owner: tester }",
        "task-outside-window",
    );
    finds(
        "L5-clearance.yaml",
        "owner: tester, tools: [repository]",
        "owner: tester, tools: [desktop]",
        "tool-not-of-role",
    );
}

/// Shows clearance.2, clearance.5, clearance.6.
#[test]
fn hours_and_clock_agree() {
    finds("L5-clearance.yaml", "\"14:00-08:00\"", "\"10:00-22:00\"", "phase-clock-mismatch");
    finds("L5-clearance.yaml", "\"08:00-20:00\"", "\"22:00-20:00\"", "phase-clock-mismatch");
    finds(
        "L5-clearance.yaml",
        "        start: 36h\n        end: 48h",
        "        start: 36h\n        end: 49h",
        "impossible-phase",
    );
}

/// Shows clearance.9, clearance.10, clearance.11.
#[test]
fn success_and_alert_leave_nothing_between_them() {
    finds("L1-goals.yaml", "alert: < 5 containers", "alert: < 4 containers", "threshold-gap");
    finds("L1-goals.yaml", "alert: < 95%", "alert: < 85%", "threshold-gap");
    finds("L1-goals.yaml", "alert: \"> 2 tests\"", "alert: \"> 3 tests\"", "threshold-gap");
    finds("L1-goals.yaml", "alert: \">= 1 gaps\"", "alert: \">= 2 targets\"", "unit-mismatch");
}

/// Shows clearance.18, clearance.19, clearance.29, clearance.30.
#[test]
fn remedies_loops_and_transitions_have_bounds() {
    finds("L5-clearance.yaml", "127.0.0.1:8010", "127.0.0.1:8011", "port-not-allowed");
    finds("L5-clearance.yaml", "run: sh \"$stand\" clean,", "run: rm -rf \"$HOLD\"/*,", "unguarded-delete");
    finds("L5-clearance.yaml", "          max: 3\n", "", "missing-key");
    finds(
        "L5-clearance.yaml",
        "require: [{ checklist: blockers }]",
        "require: []",
        "transition-without-evidence",
    );
}

/// Shows clearance.3, clearance.4, clearance.7, clearance.28.
#[test]
fn phases_and_checkpoints_are_in_the_plan_and_in_every_picture_of_it() {
    let emit = |target: &str| {
        let done =
            rulec(&["compile", &format!("rules/{RULES}"), "--entry", "T1", "--target", target]).output();
        let done = done.expect("rulec runs");
        assert_eq!(done.status.code(), Some(0), "{}", told(&done));
        String::from_utf8(done.stdout).expect("it is UTF-8")
    };
    let plan: Value = serde_json::from_str(&emit("plan")).expect("a plan is JSON");
    let of =
        |id: &str| plan["steps"].as_array().unwrap().iter().find(|step| step["id"] == id).unwrap().clone();
    assert_eq!(plan["timeline"]["start"], "2025-06-16T20:00");
    let hours = |value: &Value| value.as_u64().unwrap() / 3_600_000;
    let phases: Vec<_> = plan["timeline"]["phases"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| (hours(&it["start_ms"]), hours(&it["end_ms"])))
        .collect();
    assert_eq!(phases, [(0, 6), (6, 18), (18, 36), (36, 48)]);
    // Two tasks begin at once, and what comes next waits for the checkpoint and its hour.
    assert!(of("phase-1/E1/up").get("needs").is_none() && of("phase-1/E2/load").get("needs").is_none());
    assert_eq!(hours(&of("phase-2/E5/observe")["start_at_ms"]), 6);
    assert_eq!(hours(&of("phase-2/E3/repair~1/fix")["end_by_ms"]), 14);
    assert!(of("phase-2/E5/observe")["needs"].as_array().unwrap().iter().any(|need| need == "at-6h/missed"));
    assert_eq!(of("at-18h/1")["probe"], true);
    let page = emit("markdown");
    assert!(page.contains("| 18 h |  | 14:00 +1d | Checkpoint: tests pass and data flows |"), "{page}");
    assert!(page.contains("| 1 d 12 h | 2 d | 08:00 +2d to 20:00 +2d |"), "{page}");
    let picture = emit("mermaid");
    assert!(picture.contains("subgraph") && picture.contains("Test and observe"), "{picture}");
    let played =
        rulec(&["simulate", &format!("rules/{RULES}"), "--entry", "T1"]).output().expect("rulec runs");
    assert!(told(&played).contains("14:00 +1d"), "{}", told(&played));
}

/// Shows clearance.12, clearance.16, clearance.17, clearance.27.
#[test]
fn two_days_with_everything_that_can_be_mended_end_well() {
    let runs: Vec<_> = shells().map(|shell| std::thread::spawn(move || mended(shell))).collect();
    runs.into_iter().for_each(|run| run.join().expect("all went as expected"));
}

fn mended(shell: &[&str]) {
    let clearance = Clearance::open();
    for (fault, text) in
        [("fault/permission", ""), ("fault/port", ""), ("data/old", ""), ("fault/defects", "4")]
    {
        clearance.fault(fault, text);
    }
    let begun = Instant::now();
    let run = clearance.start(shell);
    let status = clearance.wait_for(|status| status["timeline"]["tasks"][3]["state"] == "resolved");
    assert_eq!(status["timeline"]["tasks"][4]["state"], "pending", "{status}");
    assert_eq!(status["timeline"]["tasks"][0]["state"], "resolved");
    let run = run.wait_with_output().expect("the run ends");
    assert_eq!(run.status.code(), Some(0), "{}", told(&run));
    let took = begun.elapsed();
    assert!(took >= Duration::from_millis(43_200), "48 hours passed in {took:?}");
    let report = clearance.system.report();
    assert_eq!(report["outcome"], "succeeded");
    let all = statuses(&report["steps"]);
    assert!(
        all.contains(&"phase-1/E1/up ok".to_owned()) && all.contains(&"at-48h/missed skipped".to_owned()),
        "{all:?}"
    );
    // Refused, then in the way of another port, then up: each remedy was used once.
    assert!(clearance.path("rootless").exists() && !clearance.path("data/old").exists());
    assert_eq!(clearance.read("address"), "127.0.0.1:8010\n");
    // Four defects: two rounds, and the third was not needed.
    assert_eq!(clearance.read("fault/defects"), "2\n");
    assert!(all.contains(&"phase-2/E3/repair~3/tests skipped".to_owned()), "{all:?}");
    assert_eq!(clearance.read("stage"), "observed\n");
    assert_eq!(clearance.read("told.txt").lines().count(), 3, "{}", clearance.read("told.txt"));
    let log = clearance.ask(&["list"]);
    assert!(told(&log).contains("succeeded"), "{}", told(&log));
}

/// Shows clearance.25.
#[test]
fn a_missed_checkpoint_takes_everything_back_and_leaves_a_diagnosis() {
    let clearance = Clearance::open();
    let run = clearance.start(&["dash"]);
    clearance.wait_for(|status| status["timeline"]["resolved"] == 2);
    fs::remove_file(clearance.path("data/rows")).expect("the rows get lost");
    let run = run.wait_with_output().expect("the run ends");
    assert_eq!(run.status.code(), Some(5), "{}", told(&run));
    assert!(told(&run).contains("the checkpoint `the base stands` is missed"), "{}", told(&run));
    assert_eq!(clearance.read("told.txt"), "breach: the checkpoint `the base stands` is missed\n");
    assert!(!clearance.path("up/web").exists(), "the stack is down again");
    assert!(
        clearance.read("diagnosis.txt").contains("containers: 0 of 5"),
        "{}",
        clearance.read("diagnosis.txt")
    );
    assert_eq!(clearance.system.report()["outcome"], "rolled_back");
}

#[test]
fn a_loop_that_does_not_help_ends() {
    let clearance = Clearance::open();
    clearance.fault("fault/defects", "9");
    clearance.fault("fault/stubborn", "");
    let run = clearance.run(&["dash"]);
    assert_eq!(run.status.code(), Some(5), "{}", told(&run));
    let all = statuses(&clearance.system.report()["steps"]);
    assert!(all.contains(&"phase-2/E3/repair~3/tests ok".to_owned()), "{all:?}");
    assert!(all.contains(&"phase-2/E3/repair failed".to_owned()), "{all:?}");
    assert!(!clearance.path("up/web").exists() && !clearance.path("data/rows").exists());
}

#[test]
fn a_task_that_is_not_done_by_the_end_of_its_phase_is_late() {
    let clearance = Clearance::open();
    clearance.fault("fault/slow", "");
    let begun = Instant::now();
    let done = clearance.run(&["dash"]);
    assert_eq!(done.status.code(), Some(5), "{}", told(&done));
    assert!(begun.elapsed() < Duration::from_secs(55), "it is stopped when its phase ends");
    assert!(told(&done).contains("not over by the end of its phase"), "{}", told(&done));
    let all = statuses(&clearance.system.report()["steps"]);
    assert!(all.contains(&"phase-2/E5/observe failed".to_owned()), "{all:?}");
}

#[test]
fn a_killed_run_goes_on_at_its_hours_and_a_cancelled_one_is_taken_back() {
    let clearance = Clearance::open();
    let begun = Instant::now();
    let mut run = clearance.start(&["dash"]);
    clearance.wait_for(|status| status["timeline"]["resolved"] == 2);
    run.kill().expect("it is killed");
    run.wait().expect("it is dead");
    let resumed = clearance.ask(&["resume"]);
    assert_eq!(resumed.status.code(), Some(0), "{}", told(&resumed));
    let took = begun.elapsed();
    assert!(took >= Duration::from_millis(42_000), "hours count from the first start: {took:?}");
    assert!(took < Duration::from_secs(100), "{took:?}");
    assert_eq!(clearance.read("stage"), "observed\n");

    let other = Clearance::open();
    let run = other.start(&["dash"]);
    other.wait_for(|status| status["timeline"]["resolved"] == 2);
    let asked = other.ask(&["cancel"]);
    assert_eq!(asked.status.code(), Some(0), "{}", told(&asked));
    let run = run.wait_with_output().expect("the run ends");
    assert_eq!(run.status.code(), Some(143), "{}", told(&run));
    assert!(!other.path("up/web").exists() && !other.path("data/rows").exists());
}

/// Shows clearance.13, clearance.15, clearance.20, clearance.21, clearance.22, clearance.23.
#[test]
fn monitors_look_and_mend() {
    let clearance = Clearance::open();
    for (fault, text) in [("fault/disk", "1"), ("fault/memory", "95"), ("fault/processor", "97")] {
        clearance.fault(fault, text);
    }
    let looked = clearance.ask(&["monitor", "--once"]);
    // The stack was down as well, which the first of the monitors mends.
    assert!(!clearance.path("fault/disk").exists(), "{}", told(&looked));
    assert!(clearance.path("throttled").exists(), "{}", told(&looked));
    assert!(clearance.path("up/web").exists(), "{}", told(&looked));
    assert!(clearance.read("told.txt").contains("breach"), "{}", told(&looked));
    let progress: Value =
        serde_json::from_str(clearance.read("progress.jsonl").lines().next().unwrap_or_default())
            .expect("progress is JSON");
    assert_eq!(progress["declared"], 3);
}

/// Shows clearance.14, clearance.26.
#[test]
fn the_panel_is_a_box_whatever_the_names_are_written_in() {
    let copy = tempfile::tempdir().expect("a folder is made");
    let rules = copy.path().join(RULES);
    super::copy_folder(&project().join("rules").join(RULES), &rules);
    let path = rules.join("L5-clearance.yaml");
    let text = fs::read_to_string(&path).expect("the file is there");
    let text = text
        .replace("name: Bring the stack up", "name: 部署修復と確認")
        .replace("name: Load the test data", "name: Ve\u{301}rifie\u{301}");
    fs::write(&path, text).expect("the file is written");
    let script = copy.path().join("T1.sh");
    let done = rulec(&["compile"])
        .arg(&rules)
        .args(["--entry", "T1", "--target", "sh", "--rehearse", FACTOR, "-o"])
        .arg(&script)
        .output();
    let done = done.expect("rulec runs");
    assert_eq!(done.status.code(), Some(0), "{}", told(&done));
    for shell in shells() {
        let folder = tempfile::tempdir().expect("a folder is made");
        panel(shell, &script, folder.path());
    }
}

fn panel(shell: &[&str], script: &Path, folder: &Path) {
    let command = |arguments: &[&str]| {
        let mut command = Command::new(shell[0]);
        command.args(&shell[1..]).arg(script).args(arguments).current_dir(folder);
        command.env("stand", project().join("rules").join(RULES).join("services/stand.sh"));
        command.env("RULEC_STATE_DIR", folder.join("state")).env("COLUMNS", "100");
        command
    };
    let mut run = command(&[]).stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("the shell runs");
    let begun = Instant::now();
    let shown = loop {
        let asked = command(&["status"]).output().expect("the shell runs");
        let shown = String::from_utf8_lossy(&asked.stdout).into_owned();
        if shown.contains("2 of 6 tasks resolved") {
            break shown;
        }
        assert!(begun.elapsed() < Duration::from_secs(60), "{}", told(&asked));
        sleep(Duration::from_millis(100));
    };
    let cancelled = command(&["cancel"]).output().expect("the shell runs");
    assert!(cancelled.status.success(), "{}", told(&cancelled));
    run.wait().expect("it ends");
    let lines: Vec<&str> = shown.lines().filter(|line| line.starts_with(['|', '+'])).collect();
    assert!(lines.len() >= 12, "{shown}");
    assert!(lines.iter().all(|line| line.width() == 64), "{shown}");
    assert!(shown.contains("[x] 部署修復と確認") && shown.contains("resolved -> deployer"), "{shown}");
    assert!(shown.contains("next: ") && shown.contains("elapsed "), "{shown}");
}
