//! The schemas in the hands of others: Python's jsonschema, and the language service of an editor.
//!
//! Both need more than Rust, so they run where the machine is prepared: `npm ci --prefix tests/editor` and
//! `pip install jsonschema`. Elsewhere it is said that they did not run.

use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

use serde_json::{Value, json};

use crate::support::tools::{has, missing};

/// The answers of a program in `tests/editor` to questions, or `None` where none were to be asked.
fn ask(program: &str, script: &str, questions: &Value) -> Option<Vec<Vec<String>>> {
    if !is_prepared(program) {
        missing(&format!("{program} with what tests/editor/{script} uses"));
        return None;
    }
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/editor");
    let mut child = Command::new(program)
        .arg(folder.join(script))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap_or_else(|error| panic!("{program} is installed: {error}"));
    let mut input = child.stdin.take().expect("it has an input");
    input.write_all(questions.to_string().as_bytes()).expect("it reads the questions");
    drop(input);
    let output = child.wait_with_output().expect("it ends");
    let prepare = "run `npm ci --prefix tests/editor` and `pip install jsonschema`";
    assert!(output.status.success(), "{script} failed: {prepare}");
    Some(serde_json::from_slice(&output.stdout).expect("it answers in JSON"))
}

/// True where the program is there together with the library that its script uses.
fn is_prepared(program: &str) -> bool {
    if program == "node" {
        let modules = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/editor/node_modules");
        return has(program) && modules.is_dir();
    }
    let imports = Command::new(program).args(["-c", "import jsonschema"]).stderr(Stdio::null()).status();
    imports.is_ok_and(|status| status.success())
}

fn schema_of(layer: &str) -> String {
    format!("{layer}.schema.json")
}

#[test]
fn an_editor_completes_keys_and_shows_descriptions() {
    let step = r#"{"layer": "L5", "procedures": [{"id": "E1", "steps": [{|}]}]}"#;
    let cases = [
        (
            "complete",
            "rules",
            step,
            "command: A command for `sh -c`, run as written. It succeeds where it exits with 0.",
        ),
        (
            "complete",
            "L5",
            step,
            "verify: A command that must exit with 0 after the step did, or the attempt has failed.",
        ),
        (
            "complete",
            "L5",
            r#"{"procedures": [{"steps": [{"retry": {|}}]}]}"#,
            "retries: How many attempts follow the first one.",
        ),
        (
            "complete",
            "L5",
            r#"{"procedures": [{"preconditions": [{|}]}]}"#,
            "health: The name of a component; the condition holds where its health check does.",
        ),
        ("complete", "L5", r#"{"procedures": [{"risk": |}]}"#, "\"high\": Much can go wrong."),
        ("complete", "rules", r#"{"layer": |}"#, "\"L4\": Which course to take under which facts."),
        (
            "complete",
            "L4",
            r#"{"rules": [{"condition": {"all": [{"not": {|}}]}}]}"#,
            "operator: How the fact is compared.",
        ),
        (
            "hover",
            "L3",
            r#"{"exec|utor": {}}"#,
            "The execution policy: what a run may touch, how long it may take, what it must bring\\.",
        ),
        ("mistakes", "rules", r#"{"layer": "L1", "goal": []}"#, "\"goal\": Property goal is not allowed."),
        (
            "mistakes",
            "L5",
            r#"{"procedures": [{"id": 5, "steps": []}]}"#,
            "5: Incorrect type. Expected \"string\".",
        ),
    ];
    let question = |(question, layer, text, _): &(&str, &str, &str, &str)| json!({ "question": question, "schema": schema_of(layer), "text": text });
    let questions = cases.iter().map(question).collect();
    let Some(answers) = ask("node", "ask.mjs", &questions) else { return };
    for ((_, layer, text, wanted), lines) in cases.iter().zip(answers) {
        assert!(lines.iter().any(|line| line == wanted), "{layer} {text}: {wanted:?} is not in {lines:#?}");
    }
}

#[test]
fn another_validator_agrees() {
    let step = |step: Value| json!({ "procedures": [{ "id": "E1", "steps": [step] }] });
    let cases = [
        (
            "rules",
            json!({ "layer": "L1", "goals": [{ "id": "G1", "metrics": { "a": "> 1", "b": { "target": 5 } } }] }),
            true,
        ),
        ("rules", json!({ "layer": "L1", "procedures": [] }), false),
        ("rules", json!({ "goals": [] }), false),
        ("L1", json!({ "goals": [] , "x-own": 1}), true),
        ("L5", step(json!({ "id": "a", "command": "x", "retry": 2, "timeout": "30s" })), true),
        ("L5", step(json!({ "id": "a", "command": "x", "retry": { "retries": 2 }, "timeout": 30 })), true),
        ("L5", step(json!({ "id": "a", "command": "x", "run": "E2" })), false),
        ("L5", step(json!({ "id": "a" })), false),
        ("L5", step(json!({ "command": "x" })), false),
        ("L5", step(json!({ "id": "a", "command": "x", "timeout": null })), false),
        ("L5", step(json!({ "id": "a", "command": "x", "with": { "A": 1 } })), false),
        (
            "L4",
            json!({ "decision_rules": [{ "id": "D", "actions": [{ "action": "a", "anything": [1] }] }] }),
            true,
        ),
        ("L3", json!({ "constraints": { "group": [{ "id": "C" }] } }), true),
        ("L3", json!({ "security_constraints": { "network_security": { "allowed_ports": "8080" } } }), false),
    ];
    let question =
        |(layer, value, _): &(&str, Value, bool)| json!({ "schema": schema_of(layer), "value": value });
    let questions = cases.iter().map(question).collect();
    let Some(answers) = ask("python3", "ask.py", &questions) else { return };
    for ((layer, value, fits), errors) in cases.iter().zip(answers) {
        assert_eq!(errors.is_empty(), *fits, "{layer} {value}: {errors:?}");
    }
}
