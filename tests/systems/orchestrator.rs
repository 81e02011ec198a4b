//! The rule set `rules/orchestrator`, run for real: its modules are a script that writes down what was called, and
//! fails or takes its time where a test asks for it.

use std::collections::BTreeMap;
use std::fs;
use std::process::{Child, Output};
use std::time::{Duration, Instant};

use serde_json::Value;

use super::{SHELLS, System, findings, place_of, rulec, statuses, told};
use crate::support::promtool::{Trial, assert_alerts};
use crate::support::{project, tools};

/// A folder with the scripts and what the modules keep.
struct Site {
    system: System,
    shell: &'static [&'static str],
}

impl Site {
    fn new(shell: &'static [&'static str]) -> Self {
        let site = Self { system: System::compiled("orchestrator", &[]), shell };
        fs::create_dir(site.system.path().join("data")).expect("a folder is made");
        site
    }

    fn environment(&self) -> [(&'static str, String); 2] {
        let text = |path: std::path::PathBuf| path.to_str().expect("it is UTF-8").to_owned();
        [
            ("modules", text(project().join("rules/orchestrator/modules.sh"))),
            ("MODULES_DATA", text(self.system.path().join("data"))),
        ]
    }

    fn run(&self, entry: &str, arguments: &[&str]) -> Output {
        let environment = self.environment();
        let environment: Vec<_> = environment.iter().map(|(name, value)| (*name, value.as_str())).collect();
        self.system.run(self.shell, entry, arguments, &environment)
    }

    /// A command of the script, such as `pause`.
    fn ask(&self, entry: &str, arguments: &[&str]) -> Output {
        let mut command = self.system.command(self.shell, entry);
        command.args(arguments).envs(self.environment()).output().expect("the shell runs")
    }

    fn start(&self, entry: &str) -> Child {
        let mut command = self.system.command(self.shell, entry);
        command.envs(self.environment()).stderr(std::process::Stdio::null());
        command.spawn().expect("the shell runs")
    }

    /// What the modules find: how often an action fails, how long it takes, what the verdict is.
    fn tell(&self, name: &str, text: &str) {
        fs::write(self.system.path().join("data").join(name), text).expect("it is written");
    }

    fn calls(&self) -> Vec<String> {
        let calls = fs::read_to_string(self.system.path().join("data/calls")).unwrap_or_default();
        calls.lines().map(str::to_owned).collect()
    }

    fn until(&self, call: &str) {
        let from = Instant::now();
        while !self.calls().iter().any(|known| known == call) {
            assert!(from.elapsed() < Duration::from_secs(60), "{call} never comes: {:?}", self.calls());
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    /// The events of the audit log.
    fn audit(&self) -> Vec<Value> {
        let text = fs::read_to_string(self.system.path().join("orchestrator.audit")).expect("there is one");
        text.lines().map(|line| serde_json::from_str(line).expect("a line is JSON")).collect()
    }
}

fn everywhere(check: impl Fn(&Site)) {
    for shell in SHELLS.into_iter().filter(|shell| tools::has(shell[0])) {
        check(&Site::new(shell));
    }
}

fn plan(entry: &str) -> Value {
    let done = rulec(&["compile", "rules/orchestrator", "--entry", entry]).output().expect("rulec runs");
    assert!(done.status.success(), "{}", told(&done));
    serde_json::from_slice(&done.stdout).expect("the plan is JSON")
}

#[test]
fn every_workflow_is_proved_and_the_scenarios_hold() {
    for arguments in [["verify", "rules/orchestrator"], ["test", "rules/orchestrator"]] {
        let done = rulec(&arguments).output().expect("rulec runs");
        assert!(done.status.success(), "{}", told(&done));
    }
}

/// The mistake, and what is found of it at its place.
#[track_caller]
fn is_found(file: &str, old: &str, new: &str, finding: &str) {
    let found = findings("orchestrator", &[(file, old, new)]);
    assert!(found.contains(finding), "{found}");
}

/// The same, where the finding is told at a word of what was written.
#[track_caller]
fn is_found_at(file: &str, old: &str, new: &str, word: &str, finding: &str) {
    is_found(file, old, new, &format!("{}: {finding}", place_of("orchestrator", (file, old, new), word)));
}

const FLOWS: &str = "L5-workflows.yaml";
const WORK: &str = "{ id: work, uses: hub.execute, on_failure: abort, owner: operator }";

/// Shows orchestrator.1.
#[test]
fn a_workflow_without_steps_is_none() {
    let steps =
        "    steps:\n      - { id: close, uses: scene.close, on_failure: continue, owner: operator }\n";
    is_found(FLOWS, steps, "", "error[missing-key]: `steps` is missing");
}

/// Shows orchestrator.2, orchestrator.21.
#[test]
fn a_step_calls_what_its_module_can_do() {
    let wrong = WORK.replace("hub.execute", "hub.execut");
    let finding = "error[unresolved-reference]: no action is called `hub.execut`";
    is_found_at(FLOWS, WORK, &wrong, "hub.execut", finding);
}

/// Shows orchestrator.20.
#[test]
fn a_module_that_is_not_there_is_found() {
    let finding = "error[unresolved-reference]: no action is called `rooster.assign`";
    let (old, new) = ("{ id: roles, uses: roster.assign", "{ id: roles, uses: rooster.assign");
    is_found_at(FLOWS, old, new, "rooster.assign", finding);
}

/// Shows orchestrator.3.
#[test]
fn what_a_step_needs_is_there_and_needs_it_not_in_turn() {
    let (old, new) = ("with: { WORD: b }, needs: [scene]", "with: { WORD: b }, needs: [scen]");
    is_found(FLOWS, old, new, "error[unresolved-reference]: procedure `at-once` has no step `scen`");
    let (old, new) = ("scene, uses: scene.open, on", "scene, uses: scene.open, needs: [merge], on");
    is_found(
        FLOWS,
        old,
        new,
        "error[step-cycle]: steps need one another: `scene` -> `merge` -> `plan-a` -> `scene`",
    );
}

/// Shows orchestrator.4, orchestrator.7, orchestrator.10, orchestrator.15.
#[test]
fn in_sequence_each_module_is_called_after_the_one_before_and_tried_again() {
    everywhere(|site| {
        site.tell("fail.planner.draft", "2");
        let done = site.run("in-sequence", &[]);
        assert_eq!(done.status.code(), Some(0), "{}", told(&done));
        let began = |call: &String| call.strip_prefix("begin ").map(str::to_owned);
        let calls: Vec<_> = site.calls().iter().filter_map(began).collect();
        let expected = [
            "scene.open",
            "scene.has open",
            "planner.draft main",
            "planner.draft main",
            "planner.draft main",
            "roster.assign",
            "hub.execute",
            "hub.health",
        ];
        assert_eq!(calls, expected);
        let report = site.system.report();
        assert_eq!(report["outcome"], "succeeded");
        assert_eq!(statuses(&report["steps"]), ["scene ok", "plan ok", "roles ok", "work ok"]);
        assert_eq!(report["steps"][1]["attempts"], 3);
    });
}

/// Shows orchestrator.15.
#[test]
fn retries_are_not_attempts() {
    is_found(
        FLOWS,
        "{ retries: 2, delay: 500ms",
        "{ attempts: 3, delay: 500ms",
        "error[unknown-key]: unknown key `attempts`",
    );
    assert_eq!(plan("in-sequence")["steps"][0]["retry"]["retries"], 2);
}

/// The most that was under way at once of `planner.draft` and `hub.merge`, and all words of it.
fn overlaps(calls: &[String]) -> (usize, bool) {
    let (mut running, mut most, mut c_is_alone) = (Vec::new(), 0, true);
    for call in calls {
        match call.split_once(" planner.draft ") {
            Some(("begin", word)) => running.push(word),
            Some((_, word)) => running.retain(|known| *known != word),
            None => {}
        }
        most = most.max(running.len());
        c_is_alone &= running.len() < 2 || !running.contains(&"c");
    }
    (most, c_is_alone)
}

/// Shows orchestrator.5, orchestrator.19, orchestrator.25.
#[test]
fn what_runs_at_once_never_takes_more_than_there_is() {
    let plan = plan("at-once");
    assert_eq!((&plan["max_parallel"], &plan["resources"]["workers"]["capacity"]), (&4.into(), &2.into()));
    assert_eq!(plan["steps"][3]["resources"], serde_json::json!({ "memory": 1280, "workers": 1 }));
    everywhere(|site| {
        site.tell("slow.planner.draft", "0.5");
        let done = site.run("at-once", &[]);
        assert_eq!(done.status.code(), Some(0), "{}", told(&done));
        let calls = site.calls();
        assert_eq!(overlaps(&calls), (2, true), "{calls:?}");
        // The third one does not fit beside another, so the fourth begins before it.
        let place = |call: &str| calls.iter().position(|known| known == call).expect("it was called");
        assert!(place("begin planner.draft d") < place("begin planner.draft c"), "{calls:?}");
        let merged = place("begin hub.merge");
        assert!(["a", "b", "c", "d"].iter().all(|word| place(&format!("end planner.draft {word}")) < merged));
    });
}

/// Shows orchestrator.25.
#[test]
fn a_step_that_takes_more_than_there_is_is_found() {
    let takes = |units: &str| format!("        resources: {{ {units} }}");
    let old = takes("memory: 1280");
    let over = "error[resource-over-capacity]: step `at-once/plan-c` takes 2048 MiB of `memory`: 2048 > 1536";
    is_found_at(FLOWS, &old, &takes("memory: 2048"), "2048", over);
    is_found(
        FLOWS,
        &old,
        &takes("memmory: 1280"),
        "error[unresolved-reference]: no resource is called `memmory`",
    );
    is_found(FLOWS, &old, &takes("memory: 0"), "error[invalid-value]: `0` is out of range");
}

/// Shows orchestrator.6, orchestrator.8.
#[test]
fn the_course_is_the_one_that_was_judged() {
    everywhere(|site| {
        for (verdict, courses) in [
            ("A", ["course-a ok", "course-b skipped", "no-course skipped"]),
            ("B", ["course-a skipped", "course-b ok", "no-course skipped"]),
            ("C", ["course-a skipped", "course-b skipped", "no-course ok"]),
        ] {
            site.tell("verdict", verdict);
            let done = site.run("as-judged", &[]);
            assert_eq!(done.status.code(), Some(0), "{}", told(&done));
            let report = site.system.report();
            let statuses = statuses(&report["steps"]);
            assert_eq!(
                (&statuses[1..4], statuses[4].as_str()),
                (&courses.map(str::to_owned)[..], "finish ok")
            );
        }
    });
}

/// Shows orchestrator.6.
#[test]
fn a_course_asks_for_what_was_judged_before_and_one_is_there_for_the_rest() {
    let old = "when: steps.judge.output == \"B\"\n        needs: [judge]";
    let finding =
        "warning[use-before-definition]: nothing makes sure that `judge` is over before this is asked";
    is_found(FLOWS, old, "when: steps.judge.output == \"B\"", finding);
    let old = "when: steps.judge.output != \"A\" && steps.judge.output != \"B\"";
    let finding =
        "note[open-branches]: no step is there for where `steps.judge.output` is none of `A`, `B`, `C`";
    is_found(FLOWS, old, "when: steps.judge.output == \"C\"", finding);
}

/// Shows orchestrator.11, orchestrator.12, orchestrator.14.
#[test]
fn a_workflow_is_paused_seen_and_goes_on() {
    everywhere(|site| {
        site.tell("slow.planner.draft", "2");
        let mut run = site.start("in-sequence");
        site.until("begin planner.draft main");
        let state = || -> Value {
            let done = site.ask("in-sequence", &["status", "--json"]);
            serde_json::from_slice(&done.stdout).unwrap_or_else(|_| panic!("{}", told(&done)))
        };
        let seen = state();
        assert_eq!((&seen["state"], &seen["current"][0]["id"]), (&"running".into(), &"plan".into()));
        assert!(site.ask("in-sequence", &["pause"]).status.success());
        // What is under way comes to its end, and nothing else begins.
        assert_eq!(run.wait().expect("it ends").code(), Some(10));
        assert_eq!(state()["state"], "paused");
        assert!(site.calls().contains(&"end planner.draft main".to_owned()));
        assert!(!site.calls().contains(&"begin roster.assign".to_owned()));
        let done = site.ask("in-sequence", &["resume"]);
        assert!(done.status.success(), "{}", told(&done));
        let seen = state();
        assert_eq!((&seen["state"], &seen["outcome"]), (&"over".into(), &"succeeded".into()));
        assert_eq!(site.calls().iter().filter(|call| *call == "begin planner.draft main").count(), 1);
    });
}

/// Shows orchestrator.13, orchestrator.17.
#[test]
fn a_workflow_is_cancelled_and_taken_back() {
    everywhere(|site| {
        site.tell("slow.roster.assign", "60");
        let mut run = site.start("in-sequence");
        site.until("begin roster.assign");
        assert!(site.ask("in-sequence", &["cancel"]).status.success());
        assert_eq!(run.wait().expect("it ends").code(), Some(143));
        let calls = site.calls();
        let tail: Vec<_> = calls.iter().filter(|call| call.starts_with("end ")).rev().take(4).collect();
        assert_eq!(
            tail,
            ["end scene.close", "end scene.close", "end planner.discard main", "end roster.release"]
        );
        assert!(!calls.contains(&"begin hub.execute".to_owned()));
    });
}

/// Shows orchestrator.18, orchestrator.28, orchestrator.30.
#[test]
fn what_fails_again_and_again_is_left_alone() {
    everywhere(|site| {
        site.tell("fail.wires.send", "99");
        let done = site.run("spread", &[]);
        assert_eq!(done.status.code(), Some(0), "{}", told(&done));
        // Three attempts in all; then the queue takes what has a fallback.
        let expected = [
            "begin wires.send north",
            "failed wires.send north",
            "begin wires.send north",
            "failed wires.send north",
            "begin wires.send south",
            "failed wires.send south",
            "begin trail.queue south",
            "end trail.queue south",
            "begin trail.queue west",
            "end trail.queue west",
        ];
        assert_eq!(site.calls(), expected);
        let report = site.system.report();
        assert_eq!(report["outcome"], "degraded");
        assert_eq!(statuses(&report["steps"]), ["north failed", "south ok", "west ok", "east failed"]);
        assert_eq!(report["steps"][1]["reason"], "its fallback succeeded");
        let reason = "the circuit breaker of wires is open, after 3 failed attempts in a row";
        assert_eq!(report["steps"][3]["reason"], reason);
        let alerts = fs::read_to_string(site.system.path().join("alerts")).expect("alerts were raised");
        assert_eq!(alerts, "north\neast\n");
        let mut events: BTreeMap<String, usize> = BTreeMap::new();
        for line in site.audit() {
            *events.entry(line["event"].as_str().expect("it is a word").to_owned()).or_default() += 1;
        }
        assert_eq!(
            (events["run_started"], events["step_ended"], events["run_ended"]),
            (1, 4, 1),
            "{events:?}"
        );
        assert_eq!(events["circuit_open"], 3, "{events:?}");
        assert!(site.ask("spread", &["audit", "verify"]).status.success());
    });
}

/// Shows orchestrator.18.
#[test]
fn two_failures_in_a_row_do_not_open_the_circuit() {
    everywhere(|site| {
        site.tell("fail.wires.send", "2");
        assert_eq!(site.run("spread", &[]).status.code(), Some(0));
        let report = site.system.report();
        assert_eq!(statuses(&report["steps"]), ["north failed", "south ok", "west ok", "east ok"]);
        assert!(!site.calls().iter().any(|call| call.contains("trail.queue")));
    });
}

/// Shows orchestrator.18.
#[test]
fn a_fallback_and_a_breaker_are_there() {
    let found = findings(
        "orchestrator",
        &[(FLOWS, "with: { WORD: south }", "with: { WORD: south }\n        circuit_breaker: hub")],
    );
    assert!(found.contains("error[no-such-breaker]: `hub` has no circuit breaker"), "{found}");
    let old = "{ retries: 4, delay: 200ms }\n        fallback: trail.queue";
    is_found(
        FLOWS,
        old,
        &old.replace("queue", "que"),
        "error[unresolved-reference]: no action is called `trail.que`",
    );
}

/// Shows orchestrator.17.
#[test]
fn what_was_done_is_taken_back_when_a_step_fails() {
    everywhere(|site| {
        site.tell("fail.hub.execute", "9");
        let done = site.run("in-sequence", &[]);
        assert_ne!(done.status.code(), Some(0));
        assert_eq!(site.system.report()["outcome"], "rolled_back");
        let data = site.system.path().join("data");
        assert!(
            ["scene.open", "planner.draft-main", "roster.assign"]
                .iter()
                .all(|name| !data.join(name).exists())
        );
    });
}

/// Shows orchestrator.16.
#[test]
fn a_step_has_less_time_than_what_it_is_part_of() {
    let longer = WORK.replace("execute,", "execute, timeout: 45000ms,");
    is_found(FLOWS, WORK, &longer, "error[step-over-limit]: one attempt may take 45 s > 30 s");
    let old = "    timeout: 3 minutes\n    rollback_procedure: release\n\n  - id: at-once";
    let finding = "warning[step-over-procedure]: one attempt may take 10 s > 5 s of its whole procedure";
    is_found(FLOWS, old, &old.replace("3 minutes", "5 seconds"), finding);
    let plan = plan("in-sequence");
    assert_eq!((&plan["steps"][0]["timeout_ms"], &plan["timeout_ms"]), (&10_000.into(), &180_000.into()));
}

/// Shows orchestrator.23.
#[test]
fn a_layer_rests_on_earlier_ones_only() {
    let finding = "error[upward-reference]: constraint `C1` is of layer L3; what L2 satisfies stands in an earlier layer";
    is_found("L2-modules.json", r#""satisfies": ["G2"]"#, r#""satisfies": ["C1"]"#, finding);
}

/// Shows orchestrator.29.
#[test]
fn a_step_is_of_a_role_that_there_is() {
    let finding = "error[unknown-role]: no stakeholder or role is called `pilot`";
    is_found_at(FLOWS, WORK, &WORK.replace("operator", "pilot"), "pilot", finding);
}

/// Shows orchestrator.32.
#[test]
fn a_configuration_with_an_unknown_key_is_refused() {
    let finding = "error[unknown-key]: unknown key `environment`";
    is_found("L2-modules.json", r#""environments": {"#, r#""environment": {"#, finding);
}

/// Shows orchestrator.9, orchestrator.36.
#[test]
fn what_changes_the_modules_waits_for_a_steward_and_is_taken_back_where_it_does_not_work() {
    let plan = plan("reconfigure");
    assert_eq!(plan["policy"]["approvals"][0]["roles"], serde_json::json!(["steward"]));
    everywhere(|site| {
        let done = site.run("reconfigure", &[]);
        assert_eq!(site.system.report()["outcome"], "refused", "{}", told(&done));
        assert!(!site.system.path().join("modules.conf").exists() && site.calls().is_empty());
        let done = site.run("reconfigure", &["--approve", "steward=Ada"]);
        assert_eq!(site.system.report()["outcome"], "succeeded", "{}", told(&done));
        assert!(site.system.path().join("modules.conf").exists());
    });
}

/// Shows orchestrator.36.
#[test]
fn a_workflow_stops_until_what_it_needs_is_there() {
    everywhere(|site| {
        let mut command = site.system.command(site.shell, "staged");
        command.envs(site.environment()).env("stop", "true").stderr(std::process::Stdio::null());
        let mut run = command.spawn().expect("the shell runs");
        // It has asked more than once, so it waits for what is not there.
        let asked = || site.calls().iter().filter(|call| *call == "begin hub.has room").count();
        let from = Instant::now();
        while asked() < 3 {
            assert!(from.elapsed() < Duration::from_secs(60), "it never asks: {:?}", site.calls());
            std::thread::sleep(Duration::from_millis(20));
        }
        assert!(!site.calls().contains(&"begin hub.execute".to_owned()));
        site.tell("hub.room", "");
        assert_eq!(run.wait().expect("it ends").code(), Some(0));
        let calls = site.calls();
        let place = |call: &str| calls.iter().rposition(|known| known == call).expect(call);
        assert!(place("end planner.has draft-main") < place("begin trail.note"));
        assert!(place("end hub.has room") < place("begin hub.execute"));
    });
    // What is never there is waited for as long as was said, and then all is taken back.
    everywhere(|site| {
        let mut command = site.system.command(site.shell, "staged");
        command.arg("--report").arg(site.system.path().join("report.json"));
        let done = command.envs(site.environment()).env("stop", "true").output().expect("the shell runs");
        let report = site.system.report();
        assert_eq!(report["outcome"], "rolled_back", "{}", told(&done));
        let calls = site.calls();
        assert_eq!(calls.iter().filter(|call| *call == "begin hub.has room").count(), 24);
        assert!(!calls.contains(&"begin hub.execute".to_owned()));
        assert!(calls.contains(&"end planner.discard main".to_owned()));
        assert!(calls.contains(&"end scene.close".to_owned()));
    });
}

/// Shows orchestrator.36.
#[test]
fn a_point_to_stop_at_is_a_step_that_there_is() {
    let finding = "error[unresolved-reference]: procedure `staged` has no step `rooms`";
    is_found(FLOWS, "uses: hub.execute, needs: [room]", "uses: hub.execute, needs: [rooms]", finding);
}

/// Shows orchestrator.36.
#[test]
fn stages_hold_before_and_after_them_and_call_one_another_in_no_circle() {
    let plan = plan("staged");
    let ids = |key: &str| {
        let steps = plan["steps"].as_array().into_iter().flatten();
        let of_kind = steps.filter(|step| step["action"]["kind"] == key);
        of_kind.map(|step| step["id"].as_str().unwrap_or("?")).collect::<Vec<_>>()
    };
    assert_eq!(ids("condition"), ["draft/pre-1", "draft/post-1"]);
    assert_eq!(ids("command"), ["draft/scene", "draft/plan", "room", "work"]);
    assert_eq!(plan["rollbacks"][0]["procedure"], "release");
    // A limit of the whole, and one of each stage.
    assert_eq!(plan["timeout_ms"], 240_000);
    let limits =
        plan["steps"].as_array().into_iter().flatten().filter(|step| step["action"]["kind"] == "command");
    assert!(limits.clone().all(|step| step["timeout_ms"].is_u64()) && limits.count() == 4);
    let typed = "{ file: \"${modules}\", min_size: 1KB, timeout: 5 }";
    is_found(FLOWS, typed, &typed.replace("1KB", "1 quart"), "error[invalid-value]: unknown unit `quart`");
    let circle = "{ id: plan, uses: planner.draft, on_failure: abort, owner: operator }\n    postconditions:";
    is_found(
        FLOWS,
        circle,
        &circle.replace("uses: planner.draft", "run: staged"),
        "error[call-cycle]: procedures call one another: `staged` -> `drafting` -> `staged`",
    );
    everywhere(|site| {
        // The planner says that it has drafted, and has not.
        site.tell("fail.planner.has", "9");
        let done = site.run("staged", &[]);
        assert_eq!(site.system.report()["outcome"], "rolled_back", "{}", told(&done));
        let calls = site.calls();
        assert!(!calls.contains(&"begin hub.execute".to_owned()), "{calls:?}");
    });
}

/// Shows orchestrator.31.
#[test]
fn a_policy_is_held_with_the_weight_that_it_says() {
    let step = r#"command: '"$modules" hub health'
        timeout: 5
"#;
    let without = r#"command: '"$modules" hub health'
"#;
    let limits = "L3-limits.yaml";
    for (weight, level) in [("mandatory", "error"), ("recommended", "warning"), ("advisory", "note")] {
        let old = "enforcement: mandatory";
        let new = format!("enforcement: {weight}");
        let found = findings("orchestrator", &[(limits, old, &new), (FLOWS, step, without)]);
        let is_told = |line: &str| {
            line.contains(&format!(": {level}[")) && line.contains("Every step of a workflow has a limit")
        };
        assert!(found.lines().any(is_told), "{weight}: {found}");
    }
}

/// Shows orchestrator.35.
#[test]
fn what_workflows_share_is_included_in_a_version_that_will_do() {
    let version = "include:\n  - { path: ../library, version: ^1 }";
    let found = findings("orchestrator", &[(FLOWS, version, &version.replace("^1", "^2"))]);
    let told = "error[include-version]: `../library` has version 1.0.0, not `^2`";
    assert!(found.contains("orchestrator/L5-workflows.yaml:7:") && found.contains(told), "{found}");
    let missing = findings("orchestrator", &[(FLOWS, version, &version.replace("library", "libary"))]);
    assert!(
        missing.contains("error[include-not-found]: `../libary` can't be included: nothing is there"),
        "{missing}"
    );
}

/// Shows orchestrator.26.
#[test]
fn modules_that_each_keep_their_bound_may_break_that_of_a_workflow() {
    let goals = crate::support::read(&project().join("rules/orchestrator/L1-goals.toml"));
    let line = goals.lines().position(|line| line == "target = \"p95 < 30s\"").expect("it is there") + 1;
    let is_found = |edit, finding: &str| {
        let found = findings("orchestrator", &[edit]);
        let expected = format!("orchestrator/L1-goals.toml:{line}:10: {finding}");
        assert!(found.lines().any(|told| told.starts_with(&expected)), "{found}");
    };
    is_found(
        ("L1-goals.toml", "p95 < 7s", "p95 < 10s"),
        "warning[bounds-do-not-add-up]: `in-sequence` can take 4 × 10 = 40 s (and 2 more), more than `p95 < 30s`, \
         with every step within `p95 < 10s`",
    );
    // What is waited counts too, and no module is so fast that it does not.
    let (first, next) = (
        "owner: operator\n",
        "      - { id: plan, uses: planner.draft, retry: *policy, on_failure: retry_then_abort, owner: operator }\n      - { id: roles,",
    );
    let waits = format!("{first}        delay_after: 30s\n{next}");
    is_found(
        (FLOWS, &format!("{first}{next}"), &waits),
        "error[waits-over-bound]: no run of `in-sequence` that succeeds keeps `p95 < 30s`: it waits 30 s",
    );
}

/// Shows orchestrator.26, orchestrator.28.
#[test]
fn every_figure_of_the_goals_has_an_alert_rule() {
    let done =
        rulec(&["compile", "rules/orchestrator", "--target", "prometheus"]).output().expect("rulec runs");
    assert!(done.status.success(), "{}", told(&done));
    let rules = String::from_utf8_lossy(&done.stdout).into_owned();
    let workflow = "orchestrator_workflow_seconds_bucket{workflow=\"in-sequence\",le=";
    let module = "orchestrator_module_seconds_bucket{module=\"hub\",le=";
    let buckets = |name: &str, bounds: [&str; 3], counts: [u32; 3]| {
        let all = bounds.into_iter().zip(counts);
        all.map(|(le, count)| (format!("{name}\"{le}\"}}"), format!("0+{count}x40"))).collect::<Vec<_>>()
    };
    let series =
        |(workflows, modules, cpu, memory, failed, up): ([u32; 3], [u32; 3], &str, &str, &str, &str)| {
            let mut series = buckets(workflow, ["10", "30", "+Inf"], workflows);
            series.extend(buckets(module, ["1", "7", "+Inf"], modules));
            for (name, values) in [
                ("node_cpu_seconds_total{mode=\"idle\",instance=\"a\"}", cpu),
                ("node_memory_MemAvailable_bytes", memory),
                ("node_memory_MemTotal_bytes", "100x40"),
                ("orchestrator_calls_total{outcome=\"failed\"}", failed),
                ("orchestrator_calls_total{outcome=\"ok\"}", "0+9990x40"),
                ("up{job=\"orchestrator\"}", up),
            ] {
                series.push((name.to_owned(), values.to_owned()));
            }
            series
        };
    // 95 of 100 in time or not, a fifth idle, 15 % free, one call of a thousand.
    let kept = series(([50, 100, 100], [50, 100, 100], "0+13x40", "16x40", "0+9x40", "1x40"));
    let broken = series(([50, 90, 100], [50, 90, 100], "0+11x40", "15x40", "0+10x40", "1x20 0x20"));
    let names =
        ["G1.workflow_time", "G1.module_time", "G2.cpu", "G2.memory", "G2.error_rate", "G2.availability"];
    let (none, all) = (names.map(|name| (name, 0)), names.map(|name| (name, 1)));
    let (kept, broken) = (texts(&kept), texts(&broken));
    let trials = [
        Trial { series: &kept, at: "40m", firing: &none },
        Trial { series: &broken, at: "40m", firing: &all },
        Trial { series: &[(FAILED, "1x5")], at: "2m", firing: &[("RunFailed", 1), ("RollbackFailed", 0)] },
    ];
    assert_alerts(&rules, &trials);
}

/// What a script reports of a run that was taken back.
const FAILED: &str = "rulec_run_outcome{entry=\"in-sequence\",outcome=\"rolled_back\"}";

fn texts(all: &[(String, String)]) -> Vec<(&str, &str)> {
    all.iter().map(|(name, values)| (name.as_str(), values.as_str())).collect()
}
