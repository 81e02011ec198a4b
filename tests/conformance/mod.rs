//! The conformance kit: plans, worlds and the traces that every runner gives. Here the machine is held to it.
//!
//! `tests/conformance/README.md` says what a case is and what a run means. `BLESS=1` seals the plans of cases
//! and writes their traces as the machine gives them: read each difference against that page.

pub(crate) mod case;
mod chance;

use std::collections::BTreeSet;
use std::path::Path;
use std::process::Command;

use rulec::machine::{Machine, Outcome, Stage, Status};
use rulec::plan::ir::Action;
use rulec::simulate::{End, Trace};
use rulec::{plan, simulate};
use serde_json::Value;

use crate::support::plans::finish;
use crate::support::tools::has;
use crate::support::{assert_current, project, read};
use case::{Case, FOLDER, cases, commands, files, name_of, normalised, steps};

/// No case takes longer than this, so that they can be run for real.
const LONGEST_MS: u64 = 3_000;

fn in_time(_: usize) -> u64 {
    0
}

#[track_caller]
fn machine_of(case: &Case) -> Machine<'_> {
    Machine::new(&case.plan).unwrap_or_else(|unfit| panic!("{}: {}", case.name, unfit.message))
}

fn lines(trace: &Trace<'_>) -> Vec<String> {
    let line = |entry| serde_json::to_string(entry).expect("a record is JSON");
    trace.entries.iter().map(line).collect()
}

#[test]
fn the_machine_gives_the_trace_of_every_case() {
    for case in cases() {
        let case = Case { plan: finish(case.plan.clone()), ..case };
        let trace = case.play(&machine_of(&case), in_time);
        assert!(matches!(trace.end, End::Outcome(_)), "{} does not end", case.name);
        assert!(trace.duration_ms() <= LONGEST_MS, "{} takes too long", case.name);
        assert_current(&format!("{FOLDER}/{}.json", case.name), &case.written(&lines(&trace)));
    }
}

#[test]
fn every_case_is_well_formed() {
    let validator = |schema: &Value| jsonschema::validator_for(schema).expect("the schema is one");
    let (of_plan, of_line) = (validator(&plan::schema::schema()), validator(&simulate::schema::schema()));
    let mut names = BTreeSet::new();
    for (file, text) in files() {
        let raw: Value = serde_json::from_str(&text).expect("a case is JSON");
        let case: Case = serde_json::from_str(&text).unwrap_or_else(|error| panic!("{error}"));
        let name = &case.name;
        assert_eq!(file.file_name().and_then(|name| name.to_str()), Some(format!("{name}.json").as_str()));
        assert!(names.insert(name.clone()), "{name} is there twice");
        assert!(name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-'), "{name}");
        assert!(case.about.ends_with('.') && case.about.len() > 20, "{name}: {}", case.about);
        let faults: Vec<_> = of_plan.iter_errors(&raw["plan"]).map(|error| error.to_string()).collect();
        assert!(faults.is_empty(), "{name}: {faults:?}");
        for line in &case.trace {
            let faults: Vec<_> = of_line.iter_errors(line).map(|error| error.to_string()).collect();
            assert!(faults.is_empty(), "{name}: {line}: {faults:?}");
        }
        assert!(plan::canonical::verify(&case.plan), "{name}: the digest is not that of the plan");
        let names: Vec<_> = commands(&case.plan).into_iter().map(name_of).collect();
        assert!(names.iter().all(Option::is_some), "{name}: a command is not `act NAME`");
        assert_eq!(raw["plan"].to_string().matches("\"act ").count(), names.len(), "{name}: a command hides");
        for job in case.world.jobs.keys() {
            assert!(names.contains(&Some(job)), "{name}: nothing runs `act {job}`");
        }
        let no = case.world.people.values().chain(case.world.gates.values());
        assert!(no.into_iter().all(|confirms| !confirms), "{name}: what is passed is not listed");
    }
    assert!(names.len() >= 60, "there are {} cases only", names.len());
}

/// A real runner is late here and there: that must not change what happens.
#[test]
fn a_little_lateness_changes_no_trace() {
    for case in cases() {
        let machine = machine_of(&case);
        let expected: Vec<_> = case.trace.iter().map(normalised).collect();
        for late in [|_| 40, |job| 150 * (job as u64 % 2), |job| 150 * ((job as u64 + 1) % 2)] {
            let lines = lines(&case.play(&machine, late)).into_iter();
            let lines = lines.map(|line| normalised(&serde_json::from_str(&line).expect("a line is JSON")));
            assert_eq!(lines.collect::<Vec<_>>(), expected, "{}", case.name);
        }
        let stopped = case.trace.iter().filter(|line| line["ended"] == "stopped").map(|line| &line["at_ms"]);
        let stopped: Vec<_> = stopped.collect();
        assert!(
            stopped.windows(2).all(|pair| pair[0] != pair[1]),
            "{}: which of two ends first is chance",
            case.name
        );
    }
}

/// The page must tell each event with its keys, and each word that a trace may have.
#[test]
fn the_page_tells_every_event_and_every_word() {
    let page = read(&project().join("tests/conformance/README.md"));
    let schema = simulate::schema::schema();
    let is_told = |text: &str, word: &str| text.contains(&format!("`{word}`"));
    for choice in schema["allOf"].as_array().expect("events are a choice") {
        let event = choice["then"]["properties"]["event"]["const"].as_str().expect("events are named");
        let row = page.lines().find(|line| line.starts_with(&format!("| `{event}` |")));
        let row = row.unwrap_or_else(|| panic!("the table of events has no `{event}`"));
        let keys: Vec<_> = choice["then"]["properties"].as_object().into_iter().flatten().collect();
        for (key, _) in keys.iter().filter(|(key, _)| !matches!(key.as_str(), "event" | "at_ms" | "step")) {
            assert!(is_told(row, key), "the row of `{event}` does not tell `{key}`");
        }
        let has_step = keys.iter().any(|(key, _)| *key == "step");
        assert_eq!(has_step, !row.contains("(no `step`)"), "the row of `{event}`");
    }
    for choice in choices(&schema) {
        let (_, word) = choice.split_once(' ').expect("a choice has a name and a word");
        assert!(is_told(&page, word), "the page does not tell `{word}`");
    }
}

/// Every value of every choice in the lines of traces: `Ended exited`.
fn choices(schema: &Value) -> BTreeSet<String> {
    let named = schema["$defs"].as_object().expect("the schema has definitions");
    let mut found = BTreeSet::new();
    for (name, choice) in named {
        let values = choice["enum"].as_array().into_iter().flatten();
        found.extend(values.map(|value| format!("{name} {}", value.as_str().unwrap_or_default())));
    }
    found
}

/// What a value shows of those, by the places of the schema that it goes through.
fn shown(root: &Value, schema: &Value, value: &Value, found: &mut BTreeSet<String>) {
    if let Some(name) = schema["$ref"].as_str().and_then(|target| target.strip_prefix("#/$defs/")) {
        if let Some(word) = value.as_str() {
            found.insert(format!("{name} {word}"));
        }
        shown(root, &root["$defs"][name], value, found);
    }
    for case in schema["allOf"].as_array().into_iter().flatten() {
        let tag = case["if"]["properties"].as_object().into_iter().flatten().next();
        if tag.is_some_and(|(tag, fixed)| value[tag] == fixed["const"]) {
            shown(root, &case["then"], value, found);
        }
    }
    for item in value.as_array().into_iter().flatten() {
        shown(root, &schema["items"], item, found);
    }
    for (key, member) in value.as_object().into_iter().flatten() {
        shown(root, &schema["properties"][key], member, found);
        if schema["additionalProperties"].is_object() {
            shown(root, &schema["additionalProperties"], member, found);
        }
    }
}

#[test]
fn every_choice_of_traces_and_plans_occurs_in_some_case() {
    let (of_plan, of_line) = (plan::schema::schema(), simulate::schema::schema());
    let mut found = BTreeSet::new();
    for case in cases() {
        shown(&of_plan, &of_plan, &plan::canonical::to_value(&case.plan), &mut found);
        for line in &case.trace {
            shown(&of_line, &of_line, line, &mut found);
            found.insert(format!("event {}", line["event"].as_str().unwrap_or_default()));
        }
        for step in steps(&case.plan) {
            let kind = match &step.action {
                Action::Command { .. } => "command",
                Action::Manual { .. } => "manual",
                Action::Condition { .. } => "condition",
                Action::Fail { .. } => "fail",
                Action::File { .. } => panic!("the kit has no steps that write files"),
            };
            found.insert(format!("action {kind}"));
        }
    }
    let events = of_line["properties"]["event"]["enum"].as_array().expect("events are named");
    let events = events.iter().map(|event| format!("event {}", event.as_str().unwrap_or_default()));
    let means_nothing_to_a_run =
        ["Alarm", "EntryKind", "Risk", "InputType", "GeneratedKind", "GateVerdict", "PathList", "Priority"];
    let of_plans = choices(&of_plan).into_iter();
    let of_plans =
        of_plans.filter(|choice| !means_nothing_to_a_run.iter().any(|name| choice.starts_with(name)));
    let actions = ["command", "manual", "condition", "fail"].map(|kind| format!("action {kind}"));
    let wanted = choices(&of_line).into_iter().chain(events).chain(of_plans).chain(actions);
    let missing: Vec<_> = wanted.filter(|choice| !found.contains(choice)).collect();
    assert!(missing.is_empty(), "no case shows {missing:#?}");
}

/// What a trace shows of a stage: a new one must say how it is seen.
fn seen_by(stage: Stage) -> &'static str {
    match stage {
        Stage::Waiting => "needs",
        Stage::Scheduled => "start_at",
        Stage::Deciding => "when",
        Stage::Ready => "step_started",
        Stage::Delayed => "delay_before",
        Stage::Attempting => "attempt_started",
        Stage::Polling => "poll_started",
        Stage::Interval => "interval",
        Stage::Remedying { .. } => "remedy_started",
        Stage::BackingOff => "backoff",
        Stage::Alerting => "alert_started",
        Stage::Settling => "delay_after",
        Stage::Over(status) => status.word(),
    }
}

#[test]
fn every_stage_and_outcome_occurs_in_some_case() {
    let all = [
        Stage::Waiting,
        Stage::Scheduled,
        Stage::Deciding,
        Stage::Ready,
        Stage::Delayed,
        Stage::Attempting,
        Stage::Polling,
        Stage::Interval,
        Stage::Remedying { remedy: 0, command: 0 },
        Stage::BackingOff,
        Stage::Alerting,
        Stage::Settling,
        Stage::Over(Status::Ok),
        Stage::Over(Status::Failed),
        Stage::Over(Status::Skipped),
        Stage::Over(Status::Cancelled),
    ];
    let text: String = files().into_iter().map(|(_, text)| text).collect();
    for stage in all {
        let word = seen_by(stage);
        assert!(text.contains(&format!("\"{word}\"")), "no case shows {word}");
    }
    for outcome in Outcome::ALL {
        let line = format!("\"event\":\"run_ended\",\"outcome\":\"{}\"", outcome.word());
        assert!(text.contains(&line), "no case ends as {}", outcome.word());
    }
}

/// The exit code of `runner.py` for some files, all where there are none, and what it printed.
fn run_in_python(files: &[&Path]) -> (Option<i32>, String) {
    let runner = project().join("tests/conformance/runner.py");
    let ran = Command::new("python3").arg(runner).args(files).output().expect("python3 is installed");
    let text = String::from_utf8_lossy(&ran.stdout).into_owned() + &String::from_utf8_lossy(&ran.stderr);
    (ran.status.code(), text)
}

#[test]
fn the_runner_in_python_passes_every_case() {
    if !has("python3") {
        return;
    }
    let (code, text) = run_in_python(&[]);
    assert_eq!(code, Some(0), "{text}");
    assert_eq!(text.matches("PASS ").count(), cases().len(), "{text}");
}

#[test]
fn the_runner_in_python_fails_a_case_that_was_changed() {
    if !has("python3") {
        return;
    }
    let text = read(&project().join(FOLDER).join("timeout-ignored.json"));
    let folder = tempfile::tempdir().expect("a folder is made");
    let file = folder.path().join("changed.json");
    for (is, becomes, told) in [
        ("\"outcome\":\"failed\"", "\"outcome\":\"degraded\"", "line 7 is"),
        ("\"at_ms\":600,\"event\":\"run_ended\"", "\"at_ms\":599,\"event\":\"run_ended\"", "line 7 is"),
        ("\"exit_code\":124},\n", "\"exit_code\":0},\n", "line 4 is"),
        ("\"ignores_term\":true", "\"ignores_term\":false", "line 4 is"),
        ("\"timeout_ms\": 300", "\"timeout_ms\": 400", "refused: the digest is not right"),
    ] {
        let changed = text.replacen(is, becomes, 1);
        assert!(changed != text, "{is} is in the case");
        std::fs::write(&file, changed).expect("the file is written");
        let (code, said) = run_in_python(&[&file]);
        assert!(
            code == Some(1) && said.starts_with("FAIL timeout-ignored\n") && said.contains(told),
            "{said}"
        );
    }
}
