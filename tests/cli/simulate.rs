//! `rulec simulate`: what people read, what programs read, and every option that does not fit.

use std::fmt::Write;

use serde_json::Value;

use super::world::{Ran, World, run};
use crate::support::{project, snapshot};

/// Runs `rulec simulate` on a rule set of the project.
fn studio(arguments: &[&str]) -> Ran {
    let rules = project().join("rules/studio");
    let mut command = World::new().command(&["simulate", rules.to_str().expect("it has a plain name")]);
    command.current_dir(project());
    run(command.args(arguments))
}

/// A procedure with hostile ids, a person, a remedy, an alert and a graph.
const ODD: &str = r#"
alerts: { default: { command: ./ring } }
procedures:
- id: E1
  name: Odd
  max_parallel: 2
  inputs: [{ name: port, type: port, default: 8080 }, { name: loud, type: bool }]
  approval: { reason: it is odd }
  preconditions: [{ check: test -d odd }]
  steps:
  - { id: "a:b", command: x, estimated_duration: 10, undo: unx, timeout: 1m, output: true, verify: probe }
  - { id: "a:b=2", command: x, estimated_duration: 20, needs: [], timeout: 1m, idempotent: true, irreversible: it is said }
  - id: a
    command: x
    timeout: 1m
    needs: ["a:b"]
    retry: 2
    idempotent: true
    undo: unx
    remedies: [{ exit_codes: [98], stderr_matches: "in use", run: free, then: retry }]
  - { id: person, manual: Look., needs: ["a:b=2"], estimated_duration: 1m, on_failure: alert_and_continue, undo: look away }
  - { id: port, command: x, needs: [person], when: inputs.port > 8000, on_failure: continue, idempotent: true, undo: unx }
  - { id: said, command: x, needs: [port, a], when: 'steps["a:b"].output == "c=d"', timeout: 1, idempotent: true, undo: unx }
"#;

fn odd() -> World {
    World::new().file("L5-odd.yaml", ODD)
}

fn simulate(world: &World, arguments: &[&str]) -> Ran {
    run(world.command(&["simulate"]).args(arguments))
}

#[test]
fn people_read_what_would_happen() {
    let mut text = String::new();
    for arguments in [
        &["--entry", "E1"][..],
        &["--entry", "E1", "--fail", "verify:3", "--fail", "undo:2=7"],
        &["--entry", "E1", "--timeout", "2", "--cancel-at", "13s"],
        &["--entry", "E1", "--false", "post:2", "--fail", "E2/1"],
        &["--entry", "E1", "--false", "pre:1"],
        &["--entry", "E1", "--shut", "lock"],
        &["--entry", "E3", "--take", "1=2m", "--set", "archive=x"],
        &["--entry", "D1"],
    ] {
        let ran = studio(arguments);
        assert_eq!((ran.code, ran.err.as_str()), (0, ""), "{arguments:?}");
        writeln!(text, "$ rulec simulate {}\n{}", arguments.join(" "), ran.out).expect("text");
    }
    snapshot("simulate_studio", &text);
}

#[test]
fn a_name_that_is_there_is_found_whatever_it_is_made_of() {
    let world = odd();
    let mut text = String::new();
    for arguments in [
        &[][..],
        &["--fail", "a:b=2"],
        &["--fail", "a:b=2=3"],
        &["--fail", "a:b=2:1"],
        &["--fail", "verify:a:b", "--output", "a:b=c=d"],
        &["--fail", "a:2=98", "--stderr", "a=port in use", "--take", "a=5s", "--take", "remedy:a=1s"],
        &["--fail", "person", "--fail", "alert:person", "--output", "a:b=c=d", "--fail", "6"],
        &["--false", "test -d odd"],
    ] {
        let ran = simulate(&world, arguments);
        assert_eq!((ran.code, ran.err.as_str()), (0, "1 warning, see `rulec check`\n"), "{arguments:?}");
        writeln!(text, "$ rulec simulate {}\n{}", arguments.join(" "), ran.out).expect("text");
    }
    snapshot("simulate_odd", &text);
}

#[test]
fn everything_that_is_wrong_with_the_options_is_said_at_once() {
    let world = odd();
    let mut text = String::new();
    for arguments in [
        &["--fail", "persn"][..],
        &["--timeout", "veify:a:b"],
        &["--timeout", "verify:a:c"],
        &["--fail", "nobody:3=7"],
        &["--false", "test -d od"],
        &["--false", "it is true"],
        &["--shut", "window"],
        &[
            "--fail",
            "a:none",
            "--fail",
            "a=0",
            "--fail",
            "a=256",
            "--fail",
            "a:0",
            "--fail",
            "undo:said=",
            "--timeout",
            "verify:a",
            "--timeout",
            "undo:a:b=2",
            "--timeout",
            "remedy:a:b",
            "--timeout",
            "alert:a",
            "--take",
            "a",
            "--take",
            "a=soon",
            "--take",
            "prson=3s",
            "--output",
            "a=x",
            "--output",
            "a:b",
            "--output",
            "c=d",
            "--stderr",
            "person=x",
            "--shut",
            "lock",
            "--shut",
            "earlier",
            "--false",
            "nothing",
        ],
    ] {
        let ran = simulate(&world, arguments);
        assert_eq!((ran.code, ran.out.as_str()), (2, ""), "{arguments:?}");
        let said = ran.err.trim_start_matches("1 warning, see `rulec check`\n");
        writeln!(text, "$ rulec simulate {}\n{said}", arguments.join(" ")).expect("text");
    }
    snapshot("simulate_usage", &text);
    for arguments in
        [&["--shut", "door"][..], &["--cancel-at", "noon"], &["--format", "json"], &["--entry", "E9"]]
    {
        let ran = simulate(&world, arguments);
        assert_eq!((ran.code, ran.out.as_str()), (2, ""), "{arguments:?}");
        assert!(ran.err.contains(arguments[1]), "{}", ran.err);
    }
}

#[test]
fn a_run_that_never_ends_says_what_hangs_and_what_would_end_it() {
    let world = odd();
    let mut text = String::new();
    for arguments in [
        &["--timeout", "verify:a:b"][..],
        &["--timeout", "person", "--timeout", "verify:a:b"],
        &["--timeout", "port"],
        &["--timeout", "alert:person", "--fail", "person"],
        &["--timeout", "undo:port", "--fail", "said", "--output", "a:b=c=d"],
    ] {
        for format in ["human", "jsonl"] {
            let mut command = world.command(&["simulate", "--format", format]);
            let ran = run(command.args(arguments));
            assert_eq!(ran.code, 1, "{arguments:?}");
            if format == "human" {
                let (out, err) = (ran.out, ran.err);
                writeln!(text, "$ rulec simulate {}\n{out}\n{err}", arguments.join(" ")).expect("text");
            }
        }
    }
    snapshot("simulate_never", &text);
}

#[test]
fn a_run_with_too_many_events_is_cut_and_shown_in_part() {
    let world = World::new().file(
        "L5-x.yaml",
        "procedures: [{ id: E1, steps: [{ id: a, command: x, retry: 1000000, undo: y, idempotent: true, timeout: 1 }] }]",
    );
    let ran = simulate(&world, &["--fail", "a"]);
    assert_eq!(ran.code, 1);
    assert!(ran.out.lines().count() < 1100 && ran.out.contains(" more, `--format jsonl` has all of them\n"));
    assert!(ran.err.contains("error: the run has more than 1000000 events"), "{}", ran.err);
}

#[test]
fn programs_read_one_object_a_line() {
    let ran = studio(&["--entry", "E1", "--fail", "3", "--format", "jsonl"]);
    assert_eq!((ran.code, ran.err.as_str()), (0, ""));
    let lines: Vec<Value> =
        ran.out.lines().map(|line| serde_json::from_str(line).expect("a line is JSON")).collect();
    assert!(lines.iter().all(|line| line["at_ms"].is_u64() && line["event"].is_string()));
    let (first, last) = (&lines[0], lines.last().expect("there are lines"));
    assert_eq!((&first["event"], &first["entry"]), (&"run_started".into(), &"E1".into()));
    assert_eq!((&last["event"], &last["outcome"]), (&"run_ended".into(), &"rolled_back".into()));
}

#[test]
fn broken_rules_are_not_simulated() {
    let world = World::new().file("L5-odd.yaml", ODD.replace("needs: [person]", "needs: [persn]"));
    let ran = simulate(&world, &[]);
    assert_eq!((ran.code, ran.out.as_str()), (1, ""));
    assert!(
        ran.err.contains("unresolved-reference") && ran.err.contains("nothing was simulated"),
        "{}",
        ran.err
    );
}

#[test]
fn colours_are_for_terminals() {
    let plain = studio(&["--entry", "E1", "--fail", "3"]).out;
    let painted = studio(&["--entry", "E1", "--fail", "3", "--color", "always"]).out;
    assert!(!plain.contains('\u{1b}') && painted.contains("\u{1b}[1;31m"));
    let json = studio(&["--entry", "E1", "--format", "jsonl", "--color", "always"]).out;
    assert!(!json.contains('\u{1b}'));
}
