//! What people read: lists of rules, what a rule is about, what is served, and what a change reaches.

use rulec::driver::all_rules;
use serde_json::Value;

use super::world::{CLEAN, World};

fn json(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_else(|why| panic!("{why}: {text}"))
}

#[test]
fn lints_are_listed_and_found() {
    let world = World::new();
    let ran = world.run("lints");
    assert!(ran.out.starts_with("CODE   RULE "), "{}", ran.out);
    assert_eq!(ran.out.lines().count(), all_rules().len() + 1);
    assert_eq!((ran.code, ran.err.as_str()), (0, ""));
    let some = world.run("lints rollback --level error").out;
    assert!(some.contains("rollback-cycle") && !some.contains("missing-rollback"), "{some}");
    assert!(world.run("lints R0051").out.contains("missing-rollback"));
    assert!(world.run("lints Rollback MISSING").out.lines().count() == 2);
    let none = world.run("lints nothing-like-it");
    assert_eq!((none.code, none.out.as_str()), (0, ""));
    assert_eq!(none.err, "no rule is like that, `rulec lints` lists all of them\n");
    let list = json(&world.run("lints --format json").out);
    let rules = list["rules"].as_array().expect("a list");
    assert_eq!((&list["version"], rules.len()), (&Value::from(1), all_rules().len()));
    for rule in rules {
        for key in ["id", "code", "level", "group", "summary", "uri"] {
            assert!(rule[key].as_str().is_some_and(|text| !text.is_empty()), "{rule}");
        }
    }
}

#[test]
fn a_rule_is_explained_in_every_format() {
    let world = World::new();
    for rule in all_rules() {
        for name in [rule.id, rule.code] {
            assert_eq!(world.run(&format!("explain {name}")).code, 0, "{name}");
        }
    }
    let page = world.run("explain R0125 --format markdown").out;
    assert!(page.starts_with("# broad-kill\n\n`R0125`, warning by default: "), "{page}");
    assert!(
        page.contains("\n## What\n")
            && page.contains("\n## Bad\n")
            && page.contains("```yaml L5-execution.yaml\n")
    );
    let explained = json(&world.run("explain R0125 --format json").out);
    assert_eq!(
        (&explained["id"], &explained["level"]),
        (&Value::from("broad-kill"), &Value::from("warning"))
    );
    assert!(
        explained["bad"][0][0]["text"].as_str().is_some_and(|text| text.contains("killall")),
        "{explained}"
    );
    assert!(!explained["good"].as_array().expect("a list").is_empty());
    assert_eq!(json(&world.run("explain --format json").out), json(&world.run("lints --format json").out));
}

#[test]
fn a_near_miss_is_told() {
    let world = World::new();
    for (asked, words) in [
        ("broad-kil", "did you mean `broad-kill`?"),
        ("broadKill", "did you mean `broad-kill`?"),
        ("R012", "did you mean `R0"),
        ("verify", "`rulec lints verify` lists those like it"),
        ("cucumber", "`rulec lints` lists all of them"),
    ] {
        let ran = world.run(&format!("explain {asked}"));
        assert!(ran.code == 2 && ran.err.contains(words), "{asked}: {}", ran.err);
    }
}

fn served() -> World {
    World::clean()
        .file(
            "rules/L1-oven.yaml",
            "goals: [{ id: G1, name: Bread is baked, success_criteria: [it smells well] }]\n",
        )
        .file("rules/L5-oven.json", CLEAN.replacen("\"risk\"", "\"satisfies\": [\"G1\"], \"risk\"", 1))
}

#[test]
fn coverage_shows_what_is_bound_and_served() {
    let world = served();
    let ran = world.run("coverage rules");
    let expected = "\
BOUND TO A CHECK  CHECKED  PROSE
success criteria  0        1      0%
all               0        1      0%

SERVED      OF
goals       1 of 1  100%  carried out by something that runs
procedures  2 of 2  100%  serving or used by something
steps       2 of 2  100%  run by a program

goal G1: Bread is baked  L1-oven.yaml:1
  procedure E1: Start the oven (1 step, 0 checks)  L5-oven.json:5

a person attests
  L1-oven.yaml:1  success criteria  G1  it smells well
";
    assert_eq!((ran.code, ran.out.as_str(), ran.err.as_str()), (0, expected, ""));
    let report = json(&world.run("coverage rules --format json").out);
    assert_eq!((&report["version"], &report["all"]["percent"]), (&Value::from(1), &Value::from(0.0)));
    assert_eq!(report["goals"][0]["served_by"][0]["id"], "E1");
    // Nothing there is nothing to count.
    assert_eq!(World::new().run("coverage .").code, 4);
    let empty = World::new().file("L1-x.yaml", "goals: []\n").run("coverage");
    assert_eq!((empty.code, empty.out.lines().nth(1)), (0, Some("all               0        0      -")));
    let world = World::new();
    assert_eq!(world.run("init shop").code, 0);
    let ran = world.run("coverage shop");
    assert!(
        ran.out.contains("procedure E1: Publish the page (3 steps, 5 checks), carries it out  L5"),
        "{}",
        ran.out
    );
}

#[test]
fn why_and_impact_go_up_and_down() {
    let world = served();
    let ran = world.run("why E2/1 rules");
    let expected = "\
step E2/1  L5-oven.json:17
  is a step of procedure E2: Stop the oven  L5-oven.json:14
  takes back procedure E1: Start the oven  L5-oven.json:5
  serves goal G1: Bread is baked  L1-oven.yaml:1
";
    assert_eq!((ran.code, ran.out.as_str()), (0, expected));
    let answer = json(&world.run("why E2/1 rules --format json").out);
    assert_eq!(answer["chains"][0]["links"][2]["id"], "G1");
    assert!(world.run("why G1 rules").out.contains("a goal stands for itself"));
    let unknown = world.run("why E2/7 rules");
    assert!(unknown.code == 2 && unknown.err.contains("did you mean `E2/1`?"), "{}", unknown.err);

    let ran = world.run("impact G1 rules");
    let expected = "\
goal G1: Bread is baked  L1-oven.yaml:1

1 procedure
  E1  Start the oven  satisfies goal:G1  L5-oven.json:7

plans to compile again: E1
";
    assert_eq!((ran.code, ran.out.as_str()), (0, expected));
    let answer = json(&world.run("impact E2 rules --format json").out);
    assert_eq!(
        (&answer["affected"][0]["id"], &answer["goals"][0]["id"]),
        (&Value::from("E1"), &Value::from("G1"))
    );
    let nothing = World::new().file("L1-x.yaml", "goals: [{ id: G1 }]\n");
    assert!(nothing.run("impact G1").out.contains("nothing refers to it"));
    assert!(nothing.run("why role:x").code == 2);
}
