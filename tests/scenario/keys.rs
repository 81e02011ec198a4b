//! Every key of `faults` and `expect`: what passes with it, and what fails, in all formats.

use serde_json::{Value, json};

use super::{spelt, tried, verdicts};
use crate::support::snapshot;

/// A scenario of `E1`.
fn scenario(name: &str, faults: Value, expect: Value) -> Value {
    json!({ "name": name, "entry": "E1", "facts": { "who": "all" }, "faults": faults, "expect": expect })
}

fn all_of(scenarios: Vec<Value>) -> Value {
    json!({ "scenarios": scenarios })
}

/// What each key of `faults` does.
fn faults() -> Vec<Value> {
    vec![
        scenario(
            "nothing goes wrong",
            json!({}),
            json!({
                "outcome": "succeeded", "steps": ["a", "b", "c", "e", "loud", "finally/tidy"], "skipped": ["d"],
                "failed": [], "undone": [], "alerts": [], "duration": "0s", "attempts": { "a": 1, "d": 0 }
            }),
        ),
        scenario(
            "fail: always",
            json!({ "fail": ["a"] }),
            json!({ "outcome": "rolled_back", "failed": ["a"], "attempts": { "a": 3 }, "duration": "2s" }),
        ),
        scenario(
            "fail: so many times",
            json!({ "fail": [{ "job": "a", "times": 2 }] }),
            json!({ "outcome": "succeeded", "attempts": { "a": 3 } }),
        ),
        scenario(
            "fail: with an exit code, a verification, an undo and a step of the way back",
            json!({ "fail": [{ "job": "verify:a", "exit": 7 }, "undo:a", "E2/stop"] }),
            json!({ "outcome": "rollback_failed", "failed": ["a", "E2/stop"], "undone": ["a"] }),
        ),
        scenario(
            "fail: a remedy helps the first time and then not",
            json!({ "fail": ["e", "remedy:e"], "stderr": { "e": "address in use" } }),
            json!({ "outcome": "rolled_back", "failed": ["e"], "attempts": { "e": 2 } }),
        ),
        scenario(
            "fail: an alert that can't be raised is still an alert",
            json!({ "fail": ["b", "alert:b"] }),
            json!({ "outcome": "degraded", "failed": ["b"], "alerts": ["b"] }),
        ),
        scenario(
            "fail: by number",
            json!({ "fail": [2] }),
            json!({ "outcome": "degraded", "failed": [2], "alerts": [2] }),
        ),
        scenario(
            "time_out",
            json!({ "time_out": ["e"] }),
            json!({ "outcome": "rolled_back", "attempts": { "e": 2 }, "duration": "20s" }),
        ),
        scenario(
            "not_held: a check by its place",
            json!({ "not_held": ["post:1"] }),
            json!({ "outcome": "rolled_back", "undone": ["e", "b", "a"] }),
        ),
        scenario(
            "not_held: a check by its command",
            json!({ "not_held": ["./ready.sh"] }),
            json!({ "outcome": "refused", "steps": [] }),
        ),
        scenario(
            "not_held: what a person does not confirm",
            json!({ "not_held": ["Somebody has looked"] }),
            json!({ "outcome": "refused", "steps": [] }),
        ),
        scenario(
            "stdout",
            json!({ "stdout": { "c": "yes" } }),
            json!({ "skipped": [], "attempts": { "d": 1 } }),
        ),
        scenario(
            "stderr",
            json!({ "fail": [{ "job": "e", "times": 1 }], "stderr": { "e": "address in use" } }),
            json!({ "outcome": "succeeded", "attempts": { "e": 2 } }),
        ),
        scenario(
            "takes",
            json!({ "takes": { "a": 2, "verify:a": "500ms", "b": "1m" } }),
            json!({ "outcome": "degraded", "failed": ["b"], "duration": "<= 12500ms" }),
        ),
        scenario(
            "shut",
            json!({ "shut": ["attendance"] }),
            json!({ "outcome": "refused", "not_run": ["a", "b", "finally/tidy"] }),
        ),
        scenario(
            "cancel_at",
            json!({ "takes": { "a": 5, "b": 5 }, "cancel_at": "7s" }),
            json!({ "outcome": "cancelled", "undone": ["b", "a"], "not_run": ["c"], "duration": "7s" }),
        ),
    ]
}

/// What each key of `expect` says where it is not met.
fn unmet() -> Vec<Value> {
    let fails = || json!({ "fail": ["verify:a"] });
    [
        ("outcome", json!({ "outcome": "succeeded" })),
        ("steps: another", json!({ "steps": ["a", "b", "finally/tidy"] })),
        ("steps: more", json!({ "steps": ["a"] })),
        ("steps: fewer", json!({ "steps": ["a", "E2/stop", "finally/tidy", "b"] })),
        ("not_run", json!({ "not_run": ["b", "E2/stop"] })),
        ("skipped", json!({ "skipped": ["d"] })),
        ("failed: another", json!({ "failed": ["b"] })),
        ("failed: none", json!({ "failed": [] })),
        ("undone: more", json!({ "undone": [] })),
        ("undone: another", json!({ "undone": ["b", "a"] })),
        ("alerts", json!({ "alerts": ["b"] })),
        ("duration: at most", json!({ "duration": "< 5s" })),
        ("duration: exactly", json!({ "duration": 6 })),
        ("attempts", json!({ "attempts": { "a": 1, "b": 1 } })),
    ]
    .map(|(name, expect)| scenario(name, fails(), expect))
    .into()
}

#[test]
fn every_key_of_faults_does_what_it_says_in_every_format() {
    for (path, text) in spelt(&all_of(faults())) {
        let set = tried(&[(path, &text)]);
        assert!(set.findings.found.is_empty(), "{path}: {:#?}\n{text}", set.findings.found);
        let told = verdicts(&set);
        assert_eq!(
            told.lines().filter(|line| line.starts_with("ok ")).count(),
            faults().len(),
            "{path}\n{told}"
        );
        assert!(told.lines().all(|line| line.starts_with("ok ")), "{path}\n{told}");
    }
}

#[test]
fn every_key_of_faults_is_in_a_scenario_and_so_is_every_key_of_expect() {
    let schema = rulec::scenario::schema();
    for (definition, key) in [("FaultList", "faults"), ("Expectation", "expect")] {
        let keys = schema["$defs"][definition]["properties"].as_object().expect("it has keys");
        let all: Vec<Value> = faults().into_iter().chain(unmet()).collect();
        for name in keys.keys() {
            assert!(all.iter().any(|it| it[key].get(name).is_some()), "{key}.{name} is in no scenario");
        }
    }
}

#[test]
fn without_the_fault_the_same_expectation_is_not_met() {
    let without: Vec<Value> = faults()
        .into_iter()
        .skip(1)
        .map(|mut scenario| {
            scenario["faults"] = json!({});
            scenario
        })
        .collect();
    let (path, text) = &spelt(&all_of(without.clone()))[0];
    let told = verdicts(&tried(&[(path, text)]));
    let failed = told.lines().filter(|line| line.starts_with("failed ")).count();
    assert_eq!(failed, without.len(), "{told}");
}

#[test]
fn what_is_not_met_is_said_at_its_place_in_every_format() {
    let mut before: Option<String> = None;
    for (path, text) in spelt(&all_of(unmet())) {
        let set = tried(&[(path, &text)]);
        // Each format quotes in its own way.
        let told = verdicts(&set).replace('"', "").replace("[]", "");
        let told: String =
            told.lines().filter(|line| !line.contains(" too @ ")).map(|line| format!("{line}\n")).collect();
        match &before {
            None => snapshot("scenario-unmet", &verdicts(&set)),
            Some(before) => assert_eq!(before, &told, "{path}\n{text}"),
        }
        before.get_or_insert(told);
    }
}

#[test]
fn a_run_that_never_ends_fails_whatever_is_expected() {
    let rules = super::RULES.replace("./c.sh, timeout: 10", "./c.sh");
    let scenario = all_of(vec![scenario("hangs", json!({ "time_out": ["c"] }), json!({ "failed": [] }))]);
    let host = rulec::host::Memory::new().file("rulec.toml", "").file("L5-all.yaml", rules);
    let set = super::tried_on(host.file("a.scenario.json", scenario.to_string()), &[]);
    let told = verdicts(&set);
    assert!(told.contains("failed hangs (-)\n  unmet-expectation: the run never ends"), "{told}");
}

#[test]
fn inputs_facts_and_environments_count() {
    let text = r#"
scenarios:
  - { name: by default, entry: E1, facts: { who: all }, expect: { skipped: [d], attempts: { loud: 1 } } }
  - { name: slow, entry: E1, facts: { who: me }, inputs: { mode: slow }, expect: { skipped: [], attempts: { d: 1 } } }
  - { name: no port, entry: E1, facts: { who: me }, inputs: { port: 70000 }, expect: { outcome: refused, steps: [] } }
  - { name: fixed, entry: E1, facts: { who: me, mode: slow }, expect: { attempts: { d: 1 } } }
  - { name: quiet, entry: E1, environment: quiet, expect: { outcome: succeeded, failed: [] } }
"#;
    let host = rulec::host::Memory::new()
        .file("rulec.toml", "")
        .file("L5-all.yaml", super::RULES)
        .file("L2-a.yaml", "context: { environments: { quiet: { who: me } } }\n")
        .file("a.scenario.yaml", text);
    let told = verdicts(&super::tried_on(host, &[]));
    let expected = "\
ok by default (succeeded)
ok slow (succeeded)
ok no port (refused)
  note input `port` does not fit: `70000` is not a port, 1 to 65535
ok fixed (succeeded)
ok quiet (succeeded)
";
    assert_eq!(told, expected);
}
