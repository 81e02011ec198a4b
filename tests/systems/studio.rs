//! The rule set `rules/studio`, run for real: its services start, answer, stop, and are taken back.

use std::fs;
use std::net::TcpStream;
use std::path::Path;
use std::process::{Command, Output};
use std::sync::{Mutex, MutexGuard};

use serde_json::Value;

use super::{SHELLS, System, assert_found, findings, place_of, rulec, statuses, told};

/// The ports of the three services: those of the rules, so that only one test at a time may use them.
const PORTS: [u16; 3] = [18401, 18402, 18403];
static PORTS_IN_USE: Mutex<()> = Mutex::new(());

/// The studio's scripts and a folder for them, and the only use of its ports while it lives.
pub(crate) struct Studio {
    system: System,
    _ports: MutexGuard<'static, ()>,
}

impl Studio {
    /// Compiled, with no service running.
    pub(crate) fn open() -> Self {
        let ports = PORTS_IN_USE.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        let studio = Self { system: System::compiled("studio", &[]), _ports: ports };
        assert_eq!(studio.open_ports(), Vec::<u16>::new(), "the ports of the studio are taken");
        studio
    }

    fn run(&self, shell: &[&str], entry: &str, environment: &[(&str, &str)]) -> Output {
        let program = program();
        let data = self.folder().join("target/studio/data");
        let mut all =
            vec![("studio", program.as_str()), ("STUDIO_DATA", data.to_str().expect("it is UTF-8"))];
        all.extend(environment);
        self.system.run(shell, entry, &[], &all)
    }

    fn report(&self) -> Value {
        self.system.report()
    }

    /// The folder.
    pub(crate) fn folder(&self) -> &Path {
        self.system.path()
    }

    /// Which of the services' ports take connections.
    pub(crate) fn open_ports(&self) -> Vec<u16> {
        PORTS.into_iter().filter(|port| TcpStream::connect(("127.0.0.1", *port)).is_ok()).collect()
    }
}

impl Drop for Studio {
    /// A test that failed half-way must not leave services behind.
    fn drop(&mut self) {
        for (name, port) in ["watch", "console", "mixer"].iter().zip(["18403", "18402", "18401"]) {
            drop(Command::new(program()).args(["stop", name, port]).output());
        }
    }
}

/// The example program that Cargo builds together with the tests.
pub(crate) fn program() -> String {
    let rulec = Path::new(env!("CARGO_BIN_EXE_rulec"));
    let program = rulec.parent().expect("a binary is in a folder").join("examples/studio");
    program.to_str().expect("it is UTF-8").to_owned()
}

#[test]
fn the_rules_are_clean() {
    let done = rulec(&["check", "rules/studio", "--deny", "warnings"]).output().expect("rulec runs");
    assert!(done.status.success(), "{}", told(&done));
}

/// Shows studio.30.
#[test]
fn components_that_need_each_other_are_found() {
    let needs = ("L2-system.json", r#""dependencies": ["mixer"],"#, r#""dependencies": ["mixer", "watch"],"#);
    let found = findings("studio", &[needs]);
    assert!(
        found.contains(&format!("{}: error[component-cycle]", place_of("studio", needs, "\"watch\""))),
        "{found}"
    );
}

/// Shows studio.5, studio.6, studio.13, studio.19, studio.20.
#[test]
fn starts_verifies_and_stops() {
    for shell in SHELLS {
        if !crate::support::tools::has(shell[0]) {
            continue;
        }
        let studio = Studio::open();
        let started = studio.run(shell, "E1", &[]);
        assert_eq!(started.status.code(), Some(0), "{}", told(&started));
        assert_eq!(studio.open_ports(), PORTS);
        let report = studio.report();
        assert_eq!(report["outcome"], "succeeded");
        assert_eq!(statuses(&report["steps"]), ["1 ok", "2 ok", "3 ok", "4 ok"]);
        let stopped = studio.run(shell, "E2", &[]);
        assert_eq!(stopped.status.code(), Some(0), "{}", told(&stopped));
        assert_eq!(studio.open_ports(), Vec::<u16>::new());
    }
}

/// Shows studio.8, studio.9, studio.10, studio.16.
#[test]
fn takes_everything_back_when_the_third_service_is_not_well() {
    let studio = Studio::open();
    let run = studio.run(&["sh"], "E1", &[("STUDIO_BROKEN", "watch")]);
    assert_eq!(run.status.code(), Some(5), "{}", told(&run));
    assert_eq!(studio.open_ports(), Vec::<u16>::new());
    let report = studio.report();
    assert_eq!(report["outcome"], "rolled_back");
    assert_eq!(report["steps"][2]["attempts"], 2);
    assert_eq!(statuses(&report["undone"]), ["3 ok", "2 ok", "1 ok"]);
    assert_eq!(report["rollback"][0]["procedure"], "E2");
    assert_eq!(statuses(&report["rollback"][0]["steps"]), ["E2/1 ok", "E2/2 ok", "E2/3 ok", "E2/4 ok"]);
}

/// Shows studio.32.
#[test]
fn the_decision_runs_like_a_procedure() {
    let studio = Studio::open();
    let run = studio.run(&["sh"], "D1", &[]);
    assert_eq!(run.status.code(), Some(0), "{}", told(&run));
    assert_eq!(studio.open_ports(), PORTS);
    assert_eq!(studio.run(&["sh"], "E2", &[]).status.code(), Some(0));
}

/// Shows studio.3.
#[test]
fn backs_up_what_can_be_read_back() {
    let studio = Studio::open();
    let folder = studio.folder();
    let refused = studio.run(&["sh"], "E3", &[]);
    assert_eq!(refused.status.code(), Some(3), "{}", told(&refused));
    fs::create_dir_all(folder.join("target/studio/data")).expect("a folder is made");
    fs::write(folder.join("target/studio/data/take-1"), "la la la").expect("a file is written");
    let done = studio.run(&["sh"], "E3", &[]);
    assert_eq!(done.status.code(), Some(0), "{}", told(&done));
    let listed = Command::new("tar")
        .args(["-tzf", "target/studio/backup.tar.gz"])
        .current_dir(folder)
        .output()
        .expect("tar runs");
    assert!(told(&listed).contains("target/studio/data/take-1"));
    assert!(!folder.join("target/studio/backup.tar.gz.part").exists());
}

#[test]
fn a_backup_that_cannot_be_put_in_its_place_leaves_nothing() {
    let studio = Studio::open();
    let folder = studio.folder();
    fs::create_dir_all(folder.join("target/studio/data")).expect("a folder is made");
    fs::write(folder.join("target/studio/data/take-1"), "la la la").expect("a file is written");
    let run = studio.run(&["sh"], "E3", &[("archive", "missing-folder/archive.tar.gz")]);
    assert_eq!(run.status.code(), Some(5), "{}", told(&run));
    assert_eq!(
        fs::read_dir(folder)
            .expect("it is listed")
            .filter(|it| it.as_ref().is_ok_and(|it| it.file_name().to_string_lossy().contains(".tar")))
            .count(),
        0
    );
}

const PROCEDURES: &str = "L5-procedures.yaml";

/// Shows studio.1.
#[test]
fn a_file_says_what_it_is() {
    let layer = ("L5-procedures.yaml", "layer: L5", "layer: L4");
    assert_found("studio", &[layer], "layer-mismatch");
    assert_found("studio", &[("L5-procedures.yaml", "version: 1.0.0", "version: one")], "invalid-value");
    let date = ("L1-goals.yaml", "last_updated: 2026-11-21", "last_updated: 2026-02-30");
    assert_found("studio", &[date], "invalid-value");
}

/// Shows studio.2.
#[test]
fn procedures_are_told_apart_by_their_ids() {
    let twice = (PROCEDURES, "  - id: E2\n", "  - id: E1\n");
    assert_found("studio", &[twice], "duplicate-id");
    let unknown = rulec(&["compile", "rules/studio", "--entry", "E9"]).output().expect("rulec runs");
    assert_eq!(unknown.status.code(), Some(2));
    assert!(
        told(&unknown).contains("no procedure, decision or timeline is called `E9`"),
        "{}",
        told(&unknown)
    );
}

/// Shows studio.3, studio.4.
#[test]
fn a_condition_that_nobody_can_check_is_told() {
    let before = (
        PROCEDURES,
        "      - check: test -x \"$studio\"\n        timeout: 5\n    steps:\n      - step: 1\n        name: Start the mixer",
        "      - All is well\n    steps:\n      - step: 1\n        name: Start the mixer",
    );
    assert_found("studio", &[before], "prose-only-gate");
    let after = (
        PROCEDURES,
        "      - health: console\n      - health: watch",
        "      - health: consol\n      - health: watch",
    );
    assert_found("studio", &[after], "unresolved-reference");
}

/// Shows studio.5, studio.6, studio.12, studio.13.
#[test]
fn careless_steps_are_told() {
    let gap = (
        PROCEDURES,
        "      - step: 4\n        name: Look at all",
        "      - step: 5\n        name: Look at all",
    );
    assert_found("studio", &[gap], "step-number-gap");
    let masked = (
        PROCEDURES,
        "mv -- \"$archive.part\" \"$archive\"\n",
        "mv -- \"$archive.part\" \"$archive\" || true\n",
    );
    assert_found("studio", &[masked], "masked-failure");
    let silent = (
        PROCEDURES,
        "        idempotent: true\n        on_failure: abort\n        undo: rm",
        "        idempotent: true\n        undo: rm",
    );
    assert!(findings("studio", &[silent]).contains("[unstated-on-failure]"));
    let any_answer = (
        PROCEDURES,
        "verify: { command: tar -tzf \"$archive\", timeout: 30 }",
        "verify: { command: 'curl --max-time 5 http://localhost:18401/health', timeout: 30 }",
    );
    assert_found("studio", &[any_answer], "verify-ignores-http-errors");
}

/// Shows studio.7, studio.15.
#[test]
fn a_step_that_hangs_is_ended_with_all_that_it_started() {
    let studio = Studio::open();
    let slow = wrapper(
        &studio,
        "case $1 in start) trap '' TERM; sleep 300 & wait; sleep 300;; *) exec \"$PROGRAM\" \"$@\";; esac",
    );
    let run = studio.system.run(&["dash"], "E1", &[], &[("studio", &slow), ("PROGRAM", &program())]);
    assert_eq!(run.status.code(), Some(5), "{}", told(&run));
    let report = studio.report();
    assert_eq!(report["steps"][0]["attempts"], 2);
    assert_eq!(report["steps"][0]["exit_code"], 124);
    assert_eq!(studio.open_ports(), Vec::<u16>::new());
}

/// Shows studio.4.
#[test]
fn a_service_that_falls_ill_in_the_end_takes_all_back() {
    let studio = Studio::open();
    // Well for the verifications and for the look at all three, ill from then on.
    let ill = wrapper(
        &studio,
        "if [ \"$1 $2\" = 'probe 18402' ]; then echo . >>\"$0.asked\"; \\
         if [ \"$(wc -l <\"$0.asked\")\" -gt 2 ]; then exit 1; fi; fi; exec \"$PROGRAM\" \"$@\"",
    );
    let run = studio.run(&["sh"], "E1", &[("studio", &ill), ("PROGRAM", &program())]);
    assert_eq!(run.status.code(), Some(5), "{}", told(&run));
    let report = studio.report();
    assert_eq!(statuses(&report["steps"]), ["1 ok", "2 ok", "3 ok", "4 ok"]);
    assert_eq!(report["postconditions"][1]["status"], "failed");
    assert_eq!(studio.open_ports(), Vec::<u16>::new());
}

/// Shows studio.11, studio.14, studio.21, studio.22, studio.25.
#[test]
fn the_watch_is_changed_between_two_checklists() {
    let studio = Studio::open();
    let folder = studio.folder().to_owned();
    let change = |more: &[(&str, &str)]| studio.run(&["dash"], "E4", more);
    let refused = change(&[]);
    assert_eq!(refused.status.code(), Some(3), "the first checklist is a gate: {}", told(&refused));
    assert_eq!(studio.run(&["dash"], "E1", &[]).status.code(), Some(0));
    fs::create_dir_all(folder.join("target/studio/data")).expect("a folder is made");
    fs::write(folder.join("target/studio/data/take-1"), "la la la").expect("a file is written");
    let done = change(&[]);
    assert_eq!(done.status.code(), Some(0), "{}", told(&done));
    let report = studio.report();
    assert_eq!(report["outcome"], "succeeded");
    assert_eq!(
        statuses(&report["steps"]),
        ["1/pre-1 ok", "1/1 ok", "1/2 ok", "2 ok", "3 ok", "4 ok", "5 ok"]
    );
    // Nobody can be told: the alert is raised, and the rest is done.
    fs::remove_file(folder.join("target/studio/notice")).expect("it was written");
    fs::create_dir(folder.join("target/studio/notice")).expect("a folder stands in its way");
    let degraded = change(&[]);
    assert_eq!(degraded.status.code(), Some(0), "{}", told(&degraded));
    assert_eq!(studio.report()["outcome"], "degraded");
    let alerts = fs::read_to_string(folder.join("target/studio/alerts")).expect("the alert was raised");
    assert!(alerts.starts_with("2: "), "{alerts}");
    assert_eq!(studio.run(&["dash"], "E2", &[]).status.code(), Some(0));
}

/// Shows studio.14.
#[test]
fn a_delay_counts_in_the_worst_case() {
    let estimate = (PROCEDURES, "delay_after: 1\n", "delay_after: 600\n");
    let found = findings("studio", &[estimate]);
    assert!(found.contains("[execution-over-limit]") || found.contains("[estimate-exceeded]"), "{found}");
}

/// Shows studio.15.
#[test]
fn what_is_no_word_for_stopping_is_told() {
    assert_found("studio", &[(PROCEDURES, "graceful: true", "gracefull: true")], "unknown-key");
    assert_found("studio", &[(PROCEDURES, "graceful: true", "graceful: gently")], "wrong-type");
}

/// Shows studio.16.
#[test]
fn a_rollback_that_leads_nowhere_or_in_a_circle_is_told() {
    let nowhere = (PROCEDURES, "rollback_procedure: E2", "rollback_procedure: E7");
    assert_found("studio", &[nowhere], "unresolved-reference");
    let circle = (
        PROCEDURES,
        "    risk: low\n    satisfies: [G1]\n",
        "    risk: low\n    rollback_procedure: E1\n    satisfies: [G1]\n",
    );
    assert!(findings("studio", &[circle]).contains("[rollback-cycle]"));
    let long = ("L3-limits.toml", "rollback_time = \"< 3 minutes\"", "rollback_time = \"< 30 seconds\"");
    assert!(findings("studio", &[long]).contains("[rollback-over-limit]"));
}

/// Shows studio.17.
#[test]
fn an_estimate_below_the_worst_case_is_told_with_its_arithmetic() {
    let hasty = (
        PROCEDURES,
        "    estimated_duration: 3 minutes\n    rollback_procedure: E2",
        "    estimated_duration: 20s\n    rollback_procedure: E2",
    );
    assert_found("studio", &[hasty], "estimate-exceeded");
    let found = findings("studio", &[hasty]);
    let line = found.lines().find(|line| line.contains("[estimate-exceeded]")).expect("it was found");
    assert!(line.contains('+') && line.contains('='), "{line}");
}

/// Shows studio.18.
#[test]
fn a_dry_run_starts_nothing_and_waits_for_nothing() {
    let studio = Studio::open();
    let program = program();
    let run = studio.system.run(&["dash"], "E1", &["--dry-run"], &[("studio", &program)]);
    assert_eq!(run.status.code(), Some(0), "{}", told(&run));
    assert!(told(&run).contains("Start the mixer"), "{}", told(&run));
    assert_eq!(studio.open_ports(), Vec::<u16>::new());
    assert!(!studio.folder().join("state").exists(), "nothing is written");
}

/// Shows studio.21, studio.22, studio.24.
#[test]
fn checklists_are_gone_through_and_never_pass_by_themselves() {
    let studio = Studio::open();
    let program = program();
    let gone = |name: &str, arguments: &[&str]| {
        let mut command = studio.system.command(&["dash"], "E1");
        command.args(["checklist", name]).args(arguments).env("studio", &program).output().expect("it runs")
    };
    let closed = gone("after_change", &["--yes"]);
    assert_ne!(closed.status.code(), Some(0), "no service answers: {}", told(&closed));
    assert_eq!(studio.run(&["dash"], "E1", &[]).status.code(), Some(0));
    let open = gone("after_change", &[]);
    assert_eq!(open.status.code(), Some(0), "{}", told(&open));
    let unattended = gone("before_session", &[]);
    assert_ne!(
        unattended.status.code(),
        Some(0),
        "somebody has to see to the microphones: {}",
        told(&unattended)
    );
    let attested = gone("before_session", &["--yes", "--as", "Nadia"]);
    assert_eq!(attested.status.code(), Some(0), "{}", told(&attested));
    assert_eq!(studio.run(&["dash"], "E2", &[]).status.code(), Some(0));
}

/// Shows studio.23, studio.25.
#[test]
fn a_checklist_that_cannot_fail_is_told_and_so_is_one_that_is_not_there() {
    let optional = |item: &str| format!("{item}\",\n        \"mandatory\": false");
    let mandatory = |item: &str| format!("{item}\",\n        \"mandatory\": true");
    let items = ["The program is there and may be run", "There is something to back up"];
    let changes = items.map(|item| (mandatory(item), optional(item)));
    let edits = [0, 1].map(|at| ("L5-checklists.json", changes[at].0.as_str(), changes[at].1.as_str()));
    assert!(findings("studio", &edits).contains("[checklist-cannot-fail]"));
    let gone = (PROCEDURES, "      - checklist: after_change", "      - checklist: after_chance");
    assert_found("studio", &[gone], "unresolved-reference");
}

/// Shows studio.26.
#[test]
fn what_can_be_run_is_listed() {
    let listed = rulec(&["list", "rules/studio"]).output().expect("rulec runs");
    let listed = told(&listed);
    for entry in ["E1", "E2", "E3", "E4", "D1", "Start the studio", "Back up the recordings"] {
        assert!(listed.contains(entry), "{entry}: {listed}");
    }
}

/// Shows studio.27.
#[test]
fn broken_json_is_told_at_its_place() {
    let comma = ("L5-checklists.json", "\"layer\": \"L5\",", "\"layer\": \"L5\"");
    assert!(
        findings("studio", &[comma]).contains("L5-checklists.json:2:"),
        "{}",
        findings("studio", &[comma])
    );
}

/// Shows studio.28, studio.29.
#[test]
fn goals_have_thresholds_that_can_be_met_and_days_that_exist() {
    let apart = ("L1-goals.yaml", "        alert: < 1", "        alert: \">= 1\"");
    assert_found("studio", &[apart], "threshold-overlap");
    assert_found(
        "studio",
        &[("L1-goals.yaml", "deadline: 2026-12-18", "deadline: 2026-12-32")],
        "invalid-value",
    );
    assert_found("studio", &[("L1-goals.yaml", "buffer: 3 days", "buffer: three days")], "invalid-value");
    assert_found("studio", &[("L1-goals.yaml", "owner: engineer", "owner: enginer")], "unknown-role");
}

/// Shows studio.31.
#[test]
fn what_the_limits_forbid_is_told_at_both_sides() {
    let ports = ("L3-limits.toml", "allowed_ports = [18401, 18402, 18403]", "allowed_ports = [18401, 18402]");
    let found = findings("studio", &[ports]);
    assert!(found.contains("L2-system.json") && found.contains("[port-not-allowed]"), "{found}");
    let step = ("L3-limits.toml", "max_step_time = \"2 minutes\"", "max_step_time = \"20s\"");
    assert!(findings("studio", &[step]).contains("[step-over-limit]"));
    let whole =
        ("L3-limits.toml", "max_execution_time = \"10 minutes\"", "max_execution_time = \"1 minute\"");
    assert!(findings("studio", &[whole]).contains("[execution-over-limit]"));
}

/// Shows studio.32.
#[test]
fn a_decision_that_starts_in_another_order_than_its_parts_allow_is_told() {
    let order = (
        "L4-decisions.yaml",
        "      - { step: 1, service: mixer, action: start }\n      - { step: 2, service: console, action: start }",
        "      - { step: 1, service: console, action: start }\n      - { step: 2, service: mixer, action: start }",
    );
    assert_found("studio", &[order], "start-order");
    let unbound = ("L4-decisions.yaml", "service: watch, action: start", "service: watch, action: sing");
    assert_found("studio", &[unbound], "action-unbound");
}

/// Shows studio.33, studio.34.
#[test]
fn facts_choose_the_plan_and_rules_that_quarrel_are_told() {
    let plan = |facts: &[&str]| {
        let compiled = rulec(&["compile", "rules/studio", "--entry", "E4", "--target", "plan"])
            .args(facts)
            .output()
            .expect("rulec runs");
        let plan: Value = serde_json::from_slice(&compiled.stdout).expect("it is JSON");
        plan["steps"].as_array().expect("it has steps").len()
    };
    assert_eq!([plan(&[]), plan(&["--set", "maturity=2"]), plan(&["--set", "maturity=5"])], [7, 7, 6]);
    let overlap = (
        "L4-decisions.yaml",
        "operator: greater_or_equal, value: 3 }",
        "operator: greater_or_equal, value: 2 }",
    );
    assert!(findings("studio", &[overlap]).contains("[decision-conflict]"));
    let gap =
        ("L4-decisions.yaml", "operator: greater_or_equal, value: 3 }", "operator: greater, value: 3 }");
    assert!(findings("studio", &[gap]).contains("[decision-gap]"));
}

/// Shows studio.36.
#[test]
fn a_change_says_what_it_reaches() {
    let reached = rulec(&["impact", "mixer", "rules/studio"]).output().expect("rulec runs");
    let reached = told(&reached);
    for entity in ["console", "watch", "D1", "E1"] {
        assert!(reached.contains(entity), "{entity}: {reached}");
    }
}

/// A program in the place of the studio's own: `$PROGRAM` is that, and `$0` itself.
fn wrapper(studio: &Studio, body: &str) -> String {
    let path = studio.folder().join("studio.sh");
    fs::write(&path, format!("#!/bin/sh\n{body}\n")).expect("it is written");
    let mode = std::os::unix::fs::PermissionsExt::from_mode(0o755);
    fs::set_permissions(&path, mode).expect("it may be run");
    path.to_str().expect("it is UTF-8").to_owned()
}
