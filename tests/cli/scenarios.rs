//! `rulec test`: what it says, where, and with which exit code.

use serde_json::Value;

use super::world::{CLEAN, World};

const PASSES: &str = "scenarios: [{ name: it is lit, entry: E1, expect: { outcome: succeeded } }]\n";
const FAILS: &str = "scenarios: [{ name: it is not lit, entry: E1, faults: { fail: [1] }, expect: { outcome: succeeded } }]\n";

/// The last line of standard error without the time that it took.
fn last(err: &str) -> &str {
    let line = err.lines().last().unwrap_or_default();
    line.rsplit_once(" in ").map_or(line, |(counts, _)| counts)
}

#[test]
fn all_pass() {
    let world = World::clean().file("rules/oven.scenario.yaml", PASSES);
    for arguments in ["test rules", "test", "test rules/L5-oven.json rules", "test --filter lit"] {
        let ran = world.run(arguments);
        let told = (ran.code, ran.out.as_str(), last(&ran.err));
        assert_eq!(told, (0, "ok      E1  it is lit  succeeded after 0s\n", "1 passed"), "{arguments}");
    }
    let check = world.run("check rules");
    assert_eq!((check.code, check.err.as_str()), (0, "no findings in 2 files\n"));
}

#[test]
fn one_fails() {
    let world = World::clean().file("rules/a.scenario.yaml", PASSES).file("rules/b.scenario.yaml", FAILS);
    let ran = world.run("test rules");
    assert_eq!((ran.code, last(&ran.err)), (1, "1 passed, 1 failed"));
    for part in [
        "FAILED  E1  it is not lit  rolled_back after 0s\n",
        "\n--- E1: it is not lit ---\n",
        "x the outcome is `rolled_back`, not `succeeded`",
        ",-[rules/b.scenario.yaml:1:",
        "\nthe run:\n  0s  ",
        "  0s  run    rolled back\n",
    ] {
        assert!(ran.out.contains(part), "{part}\n{}", ran.out);
    }
    let ran = world.run("test rules --filter not");
    assert_eq!((ran.code, last(&ran.err)), (1, "0 passed, 1 failed, 1 filtered out"));
    let ran = world.run("test rules --filter is --filter nothing");
    assert_eq!((ran.code, last(&ran.err)), (1, "1 passed, 1 failed"));
    let ran = world.run("test rules --filter nothing");
    assert_eq!((ran.code, ran.out.as_str()), (4, ""));
    assert!(ran.err.contains("no scenario has `nothing` in its name"), "{}", ran.err);
}

#[test]
fn there_is_nothing_to_test() {
    let ran = World::clean().run("test rules");
    assert_eq!((ran.code, ran.out.as_str()), (4, ""));
    assert!(ran.err.starts_with("error: there are no scenarios\n"), "{}", ran.err);
    let ran = World::new().file("a.scenario.yaml", PASSES).run("test");
    assert_eq!((ran.code, ran.out.as_str()), (4, ""));
    assert!(ran.err.starts_with("error: there are no rule files here\n"), "{}", ran.err);
    assert_eq!(World::new().run("test nowhere").code, 2);
}

#[test]
fn rules_and_settings_with_errors() {
    let broken = CLEAN.replace("\"E2\",\n      \"steps\"", "\"E7\",\n      \"steps\"");
    let world = World::new().file("rules/L5-x.json", broken).file("rules/a.scenario.yaml", PASSES);
    let ran = world.run("test rules");
    assert_eq!((ran.code, last(&ran.err)), (1, "1 error: nothing was tried out"));
    assert!(ran.out.contains("error[unresolved-reference]"), "{}", ran.out);
    let world = World::clean().file("rules/a.scenario.yaml", PASSES).file("rules/rulec.toml", "nmae = 'x'");
    assert_eq!(world.run("test rules").code, 2);
    let world =
        World::clean().file("rules/a.scenario.yaml", PASSES).file("rules/b.scenario.yaml", "scenaros: []\n");
    let ran = world.run("test rules");
    assert_eq!((ran.code, last(&ran.err)), (1, "1 passed, 1 error"));
    assert!(ran.out.contains("did you mean `scenarios`?") && ran.out.contains("ok      E1"), "{}", ran.out);
    // A mistake in a scenario is no reason not to compile.
    assert_eq!(world.run("compile rules --entry E1").code, 0);
    assert_eq!(world.run("check rules").code, 1);
}

#[test]
fn coverage_can_be_asked_for() {
    let world = World::clean().file("rules/oven.scenario.yaml", PASSES);
    let ran = world.run("test rules --coverage");
    let expected = "\
ok      E1  it is lit  succeeded after 0s

coverage: 2 of 9 reached, 22.2 %

no scenario of E1 shows that
  step `1`: fails, times out  L5-oven.json:10
  step `E2/1`: starts, fails, times out  L5-oven.json:17
  rollback `E2`: runs  L5-oven.json:8

without any scenario: E2
";
    assert_eq!((ran.code, ran.out.as_str()), (0, expected));
    let ran = world.run("test rules --coverage --fail-under 22");
    assert_eq!(ran.code, 0);
    let ran = world.run("test rules --coverage --fail-under 23");
    assert_eq!(ran.code, 1);
    assert!(ran.err.ends_with("22.2 % is less than the 23 % asked for\n"), "{}", ran.err);
    assert_eq!(world.run("test rules --fail-under 23").code, 2);
    assert_eq!(world.run("test rules --coverage --fail-under 101").code, 2);
}

#[test]
fn programs_read_json_and_junit() {
    let world = World::clean().file("rules/b.scenario.yaml", FAILS);
    let ran = world.run("test rules --format json --coverage");
    let report: Value = serde_json::from_str(&ran.out).expect("a JSON document");
    assert_eq!((ran.code, ran.err.as_str(), &report["counts"]["failed"]), (1, "", &Value::from(1)));
    assert_eq!(report["rule_sets"][0]["scenarios"][0]["file"], "rules/b.scenario.yaml");
    assert!(report["rule_sets"][0]["coverage"]["percent"].is_number());
    let ran = world.run("test rules --format junit");
    assert_eq!((ran.code, ran.err.as_str()), (1, ""));
    assert!(ran.out.contains("<testcase classname=\"rules.E1\" name=\"it is not lit\">"), "{}", ran.out);
}

#[test]
fn several_rule_sets_are_one_report() {
    let world = World::clean().file("rules/a.scenario.yaml", PASSES).file("other/L5-x.json", CLEAN).file(
        "other/deep/a.scenario.toml",
        "[[scenarios]]\nname = 'x'\nentry = 'E2'\nexpect.outcome = 'succeeded'\n",
    );
    let ran = world.run("test .");
    let expected = "\
other
ok      E2  x  succeeded after 0s
rules
ok      E1  it is lit  succeeded after 0s
";
    assert_eq!((ran.code, ran.out.as_str(), last(&ran.err)), (0, expected, "2 passed"));
}
