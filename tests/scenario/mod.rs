//! Scenarios: each key in each format, each mistake at its place, what is reached, and the reports.

mod coverage;
mod keys;
mod mistakes;
mod reports;

use std::fmt::Write;

use rulec::diagnostic::{Diagnostic, Level};
use rulec::driver::{Findings, Overrides, TestRequest, TestedSet, test};
use rulec::host::Memory;
use rulec::scenario::{Tested, Verdict};
use serde_json::Value;

/// A procedure that has a bit of everything, its way back, and a rule that decides.
pub(crate) const RULES: &str = r#"
layer: L5
alerts:
  default: { command: ./alert.sh }
rules:
  - { id: R1, condition: { field: who, operator: equals, value: all }, action: { target: loud, value: true } }
  - { id: R2, condition: { field: who, operator: not_equals, value: all }, action: { target: loud, value: false } }
procedures:
  - id: E1
    inputs:
      - { name: mode, type: enum, values: [fast, slow], default: fast }
      - { name: port, type: port, default: 80 }
    preconditions:
      - { check: ./ready.sh, timeout: 5 }
      - Somebody has looked
    steps:
      - id: a
        command: ./a.sh
        timeout: 10
        retry: { retries: 2, delay: 1 }
        undo: ./undo-a.sh
        verify: { command: ./verify-a.sh, attempts: 2, interval: 1 }
      - { id: b, command: ./b.sh, timeout: 10, on_failure: alert_and_continue, idempotent: true, undo: ./undo-b.sh }
      - { id: c, command: ./c.sh, timeout: 10, output: true, read_only: true }
      - { id: d, command: ./d.sh, timeout: 10, when: 'inputs.mode == "slow" || steps.c.output == "yes"', undo: ./undo-d.sh }
      - id: e
        command: ./e.sh
        timeout: 10
        retry: 1
        undo: ./undo-e.sh
        remedies: [{ stderr_matches: in use, run: ./free.sh }]
      - { id: loud, command: ./loud.sh, timeout: 10, when: decisions.loud, read_only: true, on_failure: continue }
    postconditions:
      - { check: ./fine.sh, timeout: 5 }
    rollback_procedure: E2
    finally:
      - { id: tidy, command: ./tidy.sh, timeout: 10, idempotent: true }
  - id: E2
    steps:
      - { id: stop, command: ./stop.sh, timeout: 10, idempotent: true, read_only: true }
"#;

/// A rule set of [`RULES`] and these scenario files, tried out.
pub(crate) fn tried(files: &[(&str, &str)]) -> TestedSet {
    let host = Memory::new().file("rulec.toml", "").file("L5-all.yaml", RULES);
    tried_on(files.iter().fold(host, |host, (path, text)| host.file(path, *text)), &[])
}

pub(crate) fn tried_on(host: Memory, filters: &[&str]) -> TestedSet {
    let filters: Vec<String> = filters.iter().map(|filter| (*filter).to_owned()).collect();
    let overrides = Overrides::default();
    let request =
        TestRequest { rule_sets: &[], filters: &filters, overrides: &overrides, deny: Level::Error };
    let mut sets = test(&host, &request).expect("the folder is there");
    assert_eq!(sets.len(), 1);
    sets.remove(0)
}

/// A finding as one line: its rule, its message, the text at its place, and its help.
pub(crate) fn told(findings: &Findings, found: &Diagnostic) -> String {
    let place = found.primary.location;
    let source = findings.sources.get(place.file);
    let help = found.help.as_deref().unwrap_or_default();
    let there = source.slice(place.span).split_whitespace().collect::<Vec<_>>().join(" ");
    format!("{}: {} @ {there} ; {help}", found.rule.id, found.message)
}

/// What came of each scenario: a line, and one more for each finding about it.
pub(crate) fn verdicts(set: &TestedSet) -> String {
    let mut text = String::new();
    for Tested { name, verdict, outcome, findings, notes, .. } in &set.scenarios {
        let verdict = match verdict {
            Verdict::Passed => "ok",
            Verdict::Failed => "failed",
            Verdict::Broken => "broken",
        };
        let outcome = outcome.map_or("-", |outcome| outcome.word());
        writeln!(text, "{verdict} {name} ({outcome})").expect("a string takes all");
        for found in findings {
            writeln!(text, "  {}", told(&set.findings, found)).expect("a string takes all");
        }
        for note in notes {
            writeln!(text, "  note {note}").expect("a string takes all");
        }
    }
    text
}

/// The same file in all formats: its name and text.
pub(crate) fn spelt(value: &Value) -> [(&'static str, String); 3] {
    let json = serde_json::to_string_pretty(value).expect("it is JSON");
    let toml = toml::to_string(value).expect("it can be said in TOML");
    let mut yaml = String::new();
    write_yaml(&mut yaml, value, 0);
    [("x.scenario.json", json), ("x.scenario.yaml", yaml), ("x.scenario.toml", toml)]
}

/// YAML in blocks, with texts as plain as they can be.
fn write_yaml(out: &mut String, value: &Value, depth: usize) {
    let indent = "  ".repeat(depth);
    match value {
        Value::Object(map) if !map.is_empty() => {
            for (key, value) in map {
                write!(out, "\n{indent}{}: ", plain(key)).expect("a string takes all");
                write_yaml(out, value, depth + 1);
            }
        }
        Value::Array(items) if !items.is_empty() => {
            for item in items {
                write!(out, "\n{indent}- ").expect("a string takes all");
                write_yaml(out, item, depth + 1);
            }
        }
        Value::String(text) => out.push_str(&plain(text)),
        other => out.push_str(&other.to_string()),
    }
}

fn plain(text: &str) -> String {
    let is_safe = text.starts_with(|c: char| c.is_ascii_alphabetic() || c == '<')
        && !text.contains(": ")
        && !matches!(text, "true" | "false" | "null");
    if is_safe { text.to_owned() } else { serde_json::to_string(text).expect("it is a text") }
}
