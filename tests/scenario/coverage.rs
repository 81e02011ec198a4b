//! What scenarios reach of a small rule set.

use rulec::scenario::{Coverage, Kind};

use super::{tried, tried_on};

fn reached(coverage: &Coverage) -> Vec<String> {
    let items = coverage.entries.iter().flat_map(|entry| &entry.items).chain(&coverage.rules);
    items.filter(|item| item.reached).map(|item| format!("{:?} {}", item.kind, item.name)).collect()
}

/// A procedure of two steps, and nothing else.
const SMALL: &str = "
layer: L5
procedures:
  - id: E1
    preconditions: [{ check: ./ready.sh, timeout: 5 }]
    steps:
      - { id: a, command: ./a.sh, timeout: 10, retry: 1, undo: ./undo.sh }
      - { id: b, command: ./b.sh, timeout: 10, undo: ./undo.sh, irreversible: no }
  - id: E2
    steps: [{ id: c, command: ./c.sh, timeout: 10, read_only: true }]
";

fn small(scenarios: &str) -> Coverage {
    let host = rulec::host::Memory::new().file("rulec.toml", "").file("L5-a.yaml", SMALL);
    let set = tried_on(host.file("a.scenario.yaml", scenarios), &[]);
    assert!(set.findings.found.is_empty(), "{:#?}", set.findings.found);
    set.coverage
}

#[test]
fn a_run_without_faults_reaches_its_steps() {
    let coverage = small("scenarios: [{ name: x, entry: E1, expect: { outcome: succeeded } }]\n");
    assert_eq!(reached(&coverage), ["Entry E1", "Step a", "Step b"]);
    let kinds: Vec<Kind> = coverage.entries[0].items.iter().map(|item| item.kind).collect();
    let expected = [
        Kind::Entry,
        Kind::ConditionFails,
        Kind::Step,
        Kind::StepFails,
        Kind::StepTimesOut,
        Kind::StepRetried,
        Kind::Undo,
        Kind::Step,
        Kind::StepFails,
        Kind::StepTimesOut,
        Kind::Undo,
    ];
    assert_eq!(kinds, expected);
    // Eleven things about `E1`, and that `E2` has a scenario at all.
    assert_eq!((coverage.reached, coverage.total, coverage.percent), (3, 12, 25.0));
    assert_eq!(coverage.entries[1].scenarios, 0);
    assert_eq!(coverage.entries[1].items.len(), 1);
    assert_eq!(coverage.entries[0].items[3].source.line, 7);
}

#[test]
fn all_can_be_reached() {
    let coverage = small(
        "scenarios:
  - { name: not ready, entry: E1, faults: { not_held: [pre:1] }, expect: { outcome: refused } }
  - { name: a hangs, entry: E1, faults: { time_out: [a] }, expect: { failed: [a] } }
  - { name: b fails, entry: E1, faults: { fail: [b] }, expect: { failed: [b] } }
  - { name: b hangs, entry: E1, faults: { time_out: [b] }, expect: { failed: [b] } }
  - { name: c hangs, entry: E2, faults: { time_out: [c] }, expect: { failed: [c] } }
",
    );
    assert_eq!((coverage.reached, coverage.total, coverage.percent), (15, 15, 100.0));
}

#[test]
fn no_scenario_reaches_nothing() {
    let coverage = small("scenarios: []\n");
    assert_eq!((coverage.reached, coverage.total, coverage.percent), (0, 2, 0.0));
}

#[test]
fn what_facts_leave_out_is_skipped_there() {
    let of = |scenarios: &str| tried(&[("a.scenario.yaml", scenarios)]).coverage;
    let quiet = "scenarios: [{ name: x, entry: E1, facts: { who: me }, expect: { outcome: succeeded } }]\n";
    let coverage = of(quiet);
    let names = reached(&coverage);
    for expected in ["StepSkipped loud", "StepSkipped d", "Rule R2"] {
        assert!(names.contains(&expected.to_owned()), "{expected}: {names:#?}");
    }
    assert!(!names.contains(&"Step loud".to_owned()) && !names.contains(&"Rule R1".to_owned()), "{names:#?}");
    let coverage = of(&quiet.replace("who: me", "who: all"));
    let names = reached(&coverage);
    assert!(names.contains(&"Step loud".to_owned()) && names.contains(&"Rule R1".to_owned()), "{names:#?}");
    assert!(!names.contains(&"StepSkipped loud".to_owned()), "{names:#?}");
}

#[test]
fn remedies_alerts_and_ways_back_are_reached() {
    let coverage = tried(&[(
        "a.scenario.yaml",
        "scenarios:
  - name: x
    entry: E1
    facts: { who: me }
    faults: { fail: [b, e], stderr: { e: in use } }
    expect: { outcome: rolled_back, alerts: [b] }
",
    )])
    .coverage;
    let names = reached(&coverage);
    let expected = [
        "Entry E1",
        "Step a",
        "Undo a",
        "Step b",
        "StepFails b",
        "Alert b",
        "Undo b",
        "Step c",
        "StepSkipped d",
        "Step e",
        "StepFails e",
        "StepRetried e",
        "Remedy e 1",
        "Undo e",
        "StepSkipped loud",
        "Step E2/stop",
        "Step finally/tidy",
        "Rollback E2",
        "Rule R2",
    ];
    assert_eq!(names, expected, "{names:#?}");
}

#[test]
fn a_scenario_that_cannot_be_run_reaches_nothing() {
    let coverage = small("scenarios: [{ name: x, entry: E1, expect: { steps: [zz] } }]\n");
    assert_eq!((coverage.reached, coverage.entries[0].scenarios), (0, 0));
}
