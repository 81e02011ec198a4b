//! `rulec verify`: what it prints, and how it ends.

use serde_json::Value;

use super::world::World;
use crate::support::snapshot;

const MOVE: &str = r#"procedures:
  - id: move-shop
    name: Move the shop
    steps:
      - { id: close, command: ./shop.sh close, undo: ./shop.sh open, timeout: 30 }
      - id: copy
        name: Copy the goods
        command: ./copy.sh
        timeout: 60
        retry: 1
        on_failure: continue
      - { id: count, command: ./count.sh, output: true, read_only: true, on_failure: continue }
      - id: open
        command: ./shop.sh open
        undo: ./shop.sh close
        timeout: 9
        when: steps.count.output != "0"
  - id: look
    steps: [{ id: see, command: ./look.sh, read_only: true, timeout: 5 }]
"#;

const LIMITS: &str = r#"constraints:
  - id: C1
    rule: the shop is not opened with nothing in it
    never: steps.open.begun && steps.copy.status == "failed"
    enforcement: recommended
  - { id: C2, always: run.outcome != "degraded" || procedure.id == "move-shop" }
  - { id: C3, never: steps.open.begun && steps.see.begun }
"#;

fn world() -> World {
    World::new().file("L5-move.yaml", MOVE).file("L3-limits.yaml", LIMITS)
}

#[test]
fn what_does_not_hold_is_shown_with_a_run_that_breaks_it() {
    let ran = world().run("verify");
    assert_eq!(ran.code, 1);
    snapshot("verify", &format!("{}\nstandard error:\n{}", ran.out, ran.err));
}

#[test]
fn one_entry_can_be_asked_for_and_what_holds_ends_well() {
    let ran = world().run("verify --entry look");
    assert_eq!(ran.code, 0, "{}", ran.out);
    assert!(ran.out.starts_with("look: ") && !ran.out.contains("refuted"), "{}", ran.out);
    assert!(ran.err.ends_with("8 proved in 1 entry\n"), "{}", ran.err);
    let ran = world().run("verify --entry lok");
    assert!(ran.code == 2 && ran.err.contains("did you mean `look`?"), "{}", ran.err);
    assert_eq!(world().run("verify --max-states 0").code, 2);
    assert_eq!(World::new().run("verify").code, 4);
}

#[test]
fn levels_decide_what_fails() {
    let quiet = "verify --warn change-left-behind --warn undecidable-when";
    assert_eq!(world().run(quiet).code, 0);
    let off = world().run("verify --allow undecidable-when --entry move-shop");
    assert!(!off.out.contains("undecidable-when") && off.out.contains("change-left-behind"), "{}", off.out);
}

#[test]
fn too_many_states_are_never_a_silent_pass() {
    let ran = world().run("verify --entry look --max-states 3");
    assert_eq!(ran.code, 1);
    assert!(ran.out.starts_with("look: 3 states\n  not decided  every path ends\n"), "{}", ran.out);
    assert!(ran.err.contains("7 not decided") && ran.err.contains("--max-states"), "{}", ran.err);
}

#[test]
fn what_the_rules_have_of_errors_is_told_beside_what_is_proved() {
    let world = world();
    let goals = "goals: [{ id: G1, name: Shop, description: Sell, priority: P0, owner: nobody }]\n\
                 stakeholders: [{ role: somebody, responsibility: all }]\n";
    world.write("L1-goals.yaml", goals);
    let prose = "decision_rules: [{ id: D1, name: N, trigger: T, actions: [{ step: 1, action: think }] }]\n";
    world.write("L4-rules.yaml", prose);
    let ran = world.run("verify --entry look");
    assert_eq!(ran.code, 1, "{}", ran.err);
    assert!(ran.out.starts_with("look: ") && !ran.out.contains("refuted"), "{}", ran.out);
    assert!(ran.err.contains("1 error and ") && ran.err.contains("see `rulec check`"), "{}", ran.err);
    assert!(!ran.err.contains("unknown-role"), "{}", ran.err);
    let ran = world.run("verify");
    assert!(ran.err.ends_with("not verified, since they can't be compiled: `D1`\n"), "{}", ran.err);
    let ran = world.run("verify --entry D1");
    assert_eq!((ran.code, ran.out.as_str()), (1, ""));
    assert!(ran.err.contains("`think` is bound to nothing that runs"), "{}", ran.err);
    world.write("L1-goals.yaml", "goals: [");
    let ran = world.run("verify");
    assert_eq!((ran.code, ran.out.as_str()), (1, ""));
    assert!(ran.err.ends_with("nothing was verified\n"), "{}", ran.err);
}

#[test]
fn a_rule_that_is_no_expression_is_shown() {
    let world = world();
    world.write("L3-limits.yaml", "constraints: [{ id: C1, always: steps.opne.begun, rule: x }]\n");
    let ran = world.run("verify");
    assert_eq!(ran.code, 1);
    assert!(ran.err.contains("there is no `opne` in `steps`") && ran.err.contains("`open`"), "{}", ran.err);
    assert!(world.run("check").out.contains("invalid-expression"));
    for (wrong, why) in [
        ("run.outcome", "`always` is string, not true or false"),
        ("run.phase == \\\"step\\\"", "step"),
        ("steps.open.begun &&", "expected"),
    ] {
        world.write("L3-limits.yaml", format!("constraints: [{{ id: C1, rule: x, always: \"{wrong}\" }}]\n"));
        let out = world.run("check --format short").out;
        assert!(out.contains("invalid-expression") && out.contains(why), "{wrong}: {out}");
    }
}

#[test]
fn programs_get_one_document() {
    let ran = world().run("verify --format json");
    assert_eq!(ran.code, 1, "{}", ran.err);
    let document: Value = serde_json::from_str(&ran.out).expect("a JSON document");
    assert_eq!(document["version"], 1);
    let entry = &document["entries"][0];
    assert_eq!((&entry["id"], &entry["kind"]), (&Value::from("move-shop"), &Value::from("procedure")));
    assert!(entry["states"].as_u64().is_some_and(|states| states > 20));
    assert_eq!(entry["given_to_end"], serde_json::json!(["`count`"]));
    let of = |rule: &str| {
        let properties = entry["properties"].as_array().expect("a list");
        properties.iter().find(|it| it["rule"] == rule).expect("it is judged").clone()
    };
    assert_eq!(of("endless-run")["verdict"], "proved");
    let left = of("change-left-behind");
    assert_eq!(left["verdict"], "refuted");
    assert_eq!(left["findings"][0]["finding"]["primary"]["pointer"], "/procedures/0/steps/1/name");
    let records = left["findings"][0]["records"].as_array().expect("a list");
    assert_eq!(records[0]["event"], "run_started");
    assert_eq!(records[records.len() - 1]["outcome"], "cancelled");
    assert_eq!(of("broken-constraint")["constraint"], "C1");
}

#[test]
fn limits_on_time_are_those_of_the_lints() {
    let slow = MOVE.replace("name: Move the shop", "estimated_duration: 10s");
    let ran =
        World::new().file("L5-move.yaml", slow).run("verify --entry move-shop --allow undecidable-when");
    assert!(ran.out.contains("refuted  limits on time hold"), "{}", ran.out);
    assert!(ran.out.contains("warning[unbounded-step]"), "{}", ran.out);
}
