//! The plan that a script carries is the plan, byte for byte, and costs little.

use std::collections::BTreeMap;

use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use rulec::plan::Plan;
use rulec::plan::canonical::{pretty, to_value};
use rulec::target::{Shell, Target as _};
use serde_json::Value;

use super::bench::{Bench, every_shell, need, these_shells};
use super::pieces::AWKS;
use super::plans::{plan, prose, retry, rollback, step, timeout, traced, verify};

fn assert_same(bench: &Bench, plan: &Plan) {
    let run = bench.run(plan, &["plan"]);
    let expected = pretty(&to_value(plan));
    assert_eq!((run.code, run.stderr.as_str()), (0, ""));
    assert!(run.stdout == expected, "expected:\n{expected}\ngot:\n{}", run.stdout);
}

fn mixed() -> Plan {
    let mut plan = plan([
        verify(timeout(traced("a"), 30_000), "true", 5, 10),
        step("b", "echo '#: plan|'\n#: plan|\n#:::no~|\n#+x|\n"),
        retry(step("c", "printf '%s\\n' \"~\" 'caf\u{e9}' \u{1f980} \\\\0176"), 1, 20),
        step("d", &"x ".repeat(3000)),
    ]);
    plan.preconditions = vec![prose("  somebody watches~ "), prose("")];
    plan.rollbacks = vec![rollback("E2", [traced("E2/1")])];
    plan
}

#[test]
fn a_script_prints_its_plan() {
    every_shell(|bench| assert_same(bench, &mixed()));
}

#[test]
fn every_awk_reads_it() {
    for awk in AWKS {
        let Some(path) = need(awk) else { continue };
        let bench = Bench::new("dash");
        std::os::unix::fs::symlink(path, bench.path().join("bin/awk")).unwrap();
        assert_same(&bench, &mixed());
    }
}

#[test]
fn it_can_be_written_to_a_file() {
    every_shell(|bench| {
        let plan = mixed();
        let run = bench.run(&plan, &["plan", "-o", "my plan.json"]);
        assert_eq!((run.code, run.stdout.as_str()), (0, ""));
        assert_eq!(bench.read("my plan.json"), pretty(&to_value(&plan)));
        let run = bench.run(&plan, &["plan", "--output=no/where"]);
        assert_eq!(run.code, 9);
        run.says("cannot be written: no/where");
    });
}

fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i32>().prop_map(Value::from),
        "[ ~|#:;A-Z0-9+'\\\\\u{1}\u{e9}\u{6f22}-]{0,12}".prop_map(Value::from),
        any::<String>().prop_map(Value::from),
    ];
    leaf.prop_recursive(3, 24, 5, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..5).prop_map(Value::from),
            prop::collection::btree_map("[a-c]", inner, 0..4)
                .prop_map(|members| members.into_iter().collect::<serde_json::Map<_, _>>().into()),
        ]
    })
}

#[test]
fn any_plan_comes_through() {
    these_shells(&["dash", "busybox", "mksh", "zsh"], |bench| {
        let mut runner =
            TestRunner::new(Config { cases: 12, failure_persistence: None, ..Config::default() });
        let facts = prop::collection::btree_map("[a-z]{1,3}", any_json(), 0..8);
        let texts = prop::collection::vec("[^\0]{0,20}", 0..6);
        let law = runner.run(&(facts, texts), |(facts, texts)| {
            let mut plan = plan(
                texts.iter().enumerate().map(|(i, text)| step(&format!("s{i}"), &format!(": {text:?}"))),
            );
            plan.facts = BTreeMap::from_iter(facts);
            assert_same(bench, &plan);
            Ok(())
        });
        law.unwrap();
    });
}

#[test]
fn a_plain_step_costs_little() {
    let sized = |steps: usize| {
        let plan = plan((0..steps).map(|i| step(&format!("s{i}"), &format!("make target-{i}"))));
        let script = Shell.emit(&plan).content;
        let comments: usize =
            script.lines().filter(|line| line.starts_with("#:")).map(|line| line.len() + 1).sum();
        (script.len(), comments)
    };
    let (few, many) = (sized(100), sized(1_100));
    let (whole, comments) = ((many.0 - few.0) / 1_000, (many.1 - few.1) / 1_000);
    assert!(comments <= 60, "{comments} bytes a step for the plan");
    assert!(whole <= 230, "{whole} bytes a step for the whole script");
    assert!(many.0 - 100 * whole <= 400_000, "{} bytes for 1,100 steps", many.0);
}
