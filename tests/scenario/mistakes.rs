//! Every mistake in a scenario file is found, at its place, with the nearest name.

use rulec::driver::check_files;

use super::{RULES, spelt, told, tried, verdicts};
use crate::support::{snapshot, style_faults};

/// Mistakes of shape, as they would be made, and a bit of what is said about each.
const SHAPES: &[(&str, &str)] = &[
    ("{}", "missing-key: `scenarios` is missing"),
    ("{ scenario: [] }", "unknown-key: unknown key `scenario` @ scenario ; did you mean `scenarios`?"),
    ("{ scenarios: 3 }", "wrong-type: expected a list of objects, found a number @ 3"),
    ("{ scenarios: [3] }", "wrong-type: expected an object, found a number @ 3"),
    ("{ scenarios: [{ name: x, expect: { steps: [] } }] }", "missing-key: `entry` is missing"),
    ("{ scenarios: [{ name: x, entry: E1 }] }", "missing-key: `expect` is missing"),
    ("{ scenarios: [{ name: x, entry: E1, expect: {} }] }", "missing-key: `outcome`, `steps`, `not_run`"),
    ("{ scenarios: [{ name: x, entry: E1, fault: {}, expect: { steps: [] } }] }", "did you mean `faults`?"),
    (
        "{ scenarios: [{ name: x, entry: E1, faults: { fial: [] }, expect: { steps: [] } }] }",
        "did you mean `fail`?",
    ),
    (
        "{ scenarios: [{ name: x, entry: E1, faults: { timeOut: [] }, expect: { steps: [] } }] }",
        "camel-case-key: key `timeOut` is spelt in camel case",
    ),
    (
        "{ scenarios: [{ name: x, entry: E1, faults: { fail: [{ job: a, time: 2 }] }, expect: { steps: [] } }] }",
        "unknown key `time` @ time ; did you mean `times`?",
    ),
    (
        "{ scenarios: [{ name: x, entry: E1, faults: { fail: [{ times: 2 }] }, expect: { steps: [] } }] }",
        "`job` is missing",
    ),
    (
        "{ scenarios: [{ name: x, entry: E1, faults: { fail: [{ job: a, exit: 256 }] }, expect: { steps: [] } }] }",
        "invalid-value: `256` is out of range @ 256",
    ),
    (
        "{ scenarios: [{ name: x, entry: E1, faults: { fail: [{ job: a, times: 0 }] }, expect: { steps: [] } }] }",
        "invalid-value: `0` is out of range @ 0",
    ),
    (
        "{ scenarios: [{ name: x, entry: E1, faults: { takes: { a: 5 minuets } }, expect: { steps: [] } }] }",
        "unknown unit `minuets` @ minuets",
    ),
    (
        "{ scenarios: [{ name: x, entry: E1, faults: { shut: [lokc] }, expect: { steps: [] } }] }",
        "unknown value `lokc` @ lokc ; did you mean `lock`?",
    ),
    (
        "{ scenarios: [{ name: x, entry: E1, faults: { cancel_at: soon }, expect: { steps: [] } }] }",
        "invalid-value: `soon` is not a number @ soon",
    ),
    (
        "{ scenarios: [{ name: x, entry: E1, expect: { outcome: suceeded } }] }",
        "unknown value `suceeded` @ suceeded ; did you mean `succeeded`?",
    ),
    (
        "{ scenarios: [{ name: x, entry: E1, expect: { duration: =< 3s } }] }",
        "`=<` is not an operator @ =< ; write `<=`",
    ),
    (
        "{ scenarios: [{ name: x, entry: E1, expect: { attempts: { a: many } } }] }",
        "wrong-type: expected a whole number",
    ),
    ("{ scenarios: [", "syntax-error"),
];

/// Names that are not there, and faults that could not happen.
const NAMES: &str = r#"
scenarios:
  - { name: an entry, entry: E11, environment: prod, facts: { whoo: 1 }, expect: { steps: [] } }
  - name: faults
    entry: E1
    facts: { who: me }
    inputs: { mod: fast }
    faults:
      fail: [A1, { job: "verify:b" }, "undo:c", "remedy:a", "alert:a", loud]
      time_out: [verify:aa]
      not_held: [./redy.sh, nothing like that]
      stdout: { a: x, x: y }
      stderr: { a: x }
      takes: { "verify:a": 1s, f: 1s }
      shut: [window]
    expect: { steps: [] }
  - name: expectations
    entry: E1
    facts: { who: all }
    expect:
      steps: [a, finaly/tidy]
      not_run: [E2/stpo]
      skipped: [x]
      failed: [y]
      undone: [z]
      alerts: [7]
      attempts: { loudd: 1 }
  - { name: an input that is fixed, entry: E1, facts: { who: me, mode: slow }, inputs: { mode: fast }, expect: { steps: [] } }
  - { name: facts that are missing, entry: E1, expect: { steps: [] } }
  - name: what the facts leave out
    entry: E1
    facts: { who: me }
    expect: { not_run: [loud, lod], failed: [loud] }
  - { name: all is well, entry: E1, facts: { who: me }, expect: { outcome: succeeded } }
"#;

#[test]
fn mistakes_of_shape_are_found_where_they_are() {
    for (text, expected) in SHAPES {
        let set = tried(&[("x.scenario.yaml", text)]);
        let lines: Vec<String> = set.findings.found.iter().map(|found| told(&set.findings, found)).collect();
        assert!(lines.iter().any(|line| line.contains(expected)), "{text}\n{lines:#?}");
        assert!(set.scenarios.is_empty(), "{text}: what is misspelt is not tried out");
        for found in &set.findings.found {
            assert_eq!(style_faults(&found.message), Vec::<String>::new());
        }
    }
}

#[test]
fn check_finds_the_same_mistakes_of_shape() {
    for (text, expected) in SHAPES {
        let checked = check_files(&[("L5-all.yaml", RULES), ("x.scenario.yaml", text)]);
        let findings = rulec::driver::Findings::new(vec![checked]);
        let lines: Vec<String> = findings.found.iter().map(|found| told(&findings, found)).collect();
        assert!(lines.iter().any(|line| line.contains(expected)), "{text}\n{lines:#?}");
    }
    let checked = check_files(&[("L5-all.yaml", RULES), ("x.scenario.yaml", NAMES)]);
    let rules: Vec<&str> = checked.findings.iter().map(|found| found.rule.id).collect();
    assert!(!rules.contains(&"unknown-in-scenario"), "{rules:?}");
}

#[test]
fn every_format_shows_the_place_of_a_mistake() {
    let value = serde_json::json!({ "scenarios": [{
        "name": "x", "entry": "E1", "faults": { "fial": ["a"], "takes": { "a": "5 minuets" } }, "expect": { "outcom": "failed" },
    }] });
    for (path, text) in spelt(&value) {
        let set = tried(&[(path, &text)]);
        let mut lines: Vec<String> =
            set.findings.found.iter().map(|found| told(&set.findings, found).replace('"', "")).collect();
        lines.sort();
        let expected = [
            "invalid-value: unknown unit `minuets` @ minuets ; did you mean `minutes`? known units are `ms`, `s`, `m`, `h`, `d`, `w`",
            "unknown-key: unknown key `fial` @ fial ; did you mean `fail`? keys of your own start with `x-`",
            "unknown-key: unknown key `outcom` @ outcom ; did you mean `outcome`? keys of your own start with `x-`",
        ];
        assert_eq!(lines, expected, "{path}\n{text}");
    }
}

#[test]
fn names_that_are_not_there_are_found_where_they_are() {
    let set = tried(&[("x.scenario.yaml", NAMES)]);
    snapshot("scenario-names", &verdicts(&set));
    for found in set.scenarios.iter().flat_map(|scenario| &scenario.findings) {
        assert_eq!(style_faults(&found.message), Vec::<String>::new());
        assert_eq!(style_faults(found.help.as_deref().unwrap_or("none")), Vec::<String>::new());
    }
}

#[test]
fn rules_with_errors_are_not_tried_out() {
    let host = rulec::host::Memory::new()
        .file("rulec.toml", "")
        .file("L5-all.yaml", RULES.replace("rollback_procedure: E2", "rollback_procedure: E3"))
        .file("x.scenario.yaml", NAMES);
    let set = super::tried_on(host, &[]);
    assert!(set.scenarios.is_empty());
    assert_eq!(set.findings.found.len(), 1);
    assert!(told(&set.findings, &set.findings.found[0]).starts_with("unresolved-reference"));
}

#[test]
fn what_cannot_be_read_is_said() {
    let host = rulec::host::Memory::new()
        .file("rulec.toml", "exclude = ['drafts/**']")
        .file("L5-all.yaml", RULES)
        .file("drafts/bad.scenario.yaml", "{")
        .file("bytes.scenario.json", [0xff, 0xfe, 0x00])
        .closed("closed.scenario.toml", rulec::host::Kind::File)
        .file(".scenario.yaml", "{")
        .file("L5-not-rules.scenario.yaml", "scenarios: []\n");
    let set = super::tried_on(host, &[]);
    let found: Vec<&str> = set.findings.found.iter().map(|found| found.rule.id).collect();
    assert_eq!(found, ["invalid-encoding", "unreadable-file"], "{:#?}", set.findings.found);
}

#[test]
fn settings_do_not_hide_mistakes_in_scenarios() {
    let host = rulec::host::Memory::new()
        .file("rulec.toml", "lints.unknown-key = 'off'")
        .file("L5-all.yaml", RULES)
        .file("x.scenario.yaml", "scenarios: []\nscenaros: []\n");
    let set = super::tried_on(host, &[]);
    assert_eq!(set.findings.found.len(), 1);
}
