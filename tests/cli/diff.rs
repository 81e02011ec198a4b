//! `rulec diff` between folders, files and compiled plans.

use serde_json::Value;

use super::world::{CLEAN, World, run};
use crate::hooks::git;
use crate::support::tools::has;

fn changed() -> World {
    World::new()
        .file("old/L5-oven.json", CLEAN)
        .file("new/L5-oven.json", CLEAN.replacen("\"timeout\": 5", "\"timeout\": 9", 1))
}

#[test]
fn folders_are_compared_by_what_their_plans_do() {
    let world = changed();
    let ran = world.run("diff old new");
    assert_eq!((ran.code, ran.err.as_str()), (0, "plans: 1 changed, 1 as before\n"));
    let expected = "\
E1: Start the oven (procedure)
~ worst case: 20s -> 24s, longer
~ steps at most: 10s -> 14s, longer
~ steps without retries: 5s -> 9s, longer
    steps, before: 5 + 5 = 10 s
    steps, after:  9 + 5 = 14 s
~ step 1
~   timeout: 5s -> 9s, longer
";
    assert_eq!(ran.out, expected);
    assert_eq!(world.run("diff old new --exit-code").code, 1);
    let same = world.run("diff old old --exit-code");
    assert_eq!((same.code, same.out.as_str(), same.err.as_str()), (0, "", "plans: 2 as before\n"));
    assert_eq!(world.run("diff old new --entry E2 --exit-code").code, 0);
    assert!(world.run("diff old new --color always").out.contains("\u{1b}["));
    let json: Value = serde_json::from_str(&world.run("diff old new --format json").out).expect("it is JSON");
    assert_eq!((&json["version"], &json["counts"]["changed"]), (&Value::from(1), &Value::from(1)));
    // What only stands elsewhere runs as before.
    world.write("new/L5-oven.json", CLEAN.replacen('{', "{\n\n", 1));
    assert_eq!(world.run("diff old new --exit-code").code, 0);
}

#[test]
fn a_compiled_plan_is_a_version_too() {
    let world = changed();
    assert_eq!(world.run("compile old --entry E1 -o E1.plan.json").code, 0);
    let ran = world.run("diff E1.plan.json new --exit-code");
    assert!(ran.code == 1 && ran.out.contains("timeout: 5s -> 9s") && !ran.out.contains("E2"), "{}", ran.out);
    assert_eq!(world.run("diff E1.plan.json old --exit-code").code, 0);
    assert_eq!(world.run("diff E1.plan.json E1.plan.json --exit-code").code, 0);
    world.write("E1.plan.json", world.read("E1.plan.json").replace("touch lit", "touch it"));
    let ran = world.run("diff E1.plan.json new");
    assert!(ran.code == 2 && ran.err.contains("its digest does not match"), "{}", ran.err);
}

#[test]
fn what_can_not_be_compared_is_said() {
    let world = changed().file("broken/L5-oven.json", "{").file("empty/README.md", "").file(
        "part/L5-oven.json",
        CLEAN.replacen("\"timeout\": 5,", "\"timeout\": 5, \"when\": \"inputs.nothing == 1\",", 1),
    );
    for (arguments, code, words) in [
        ("diff old nowhere", 2, "nowhere"),
        ("diff old empty", 2, "no rule files in `empty`"),
        ("diff broken old", 2, "`broken` has errors that hide what its files say"),
        ("diff old new --entry E9", 2, "no procedure or decision is called `E9`"),
        ("diff old new --environment moon", 2, "environment"),
        ("diff old", 2, "NEW"),
    ] {
        let ran = world.run(arguments);
        assert!(
            ran.code == code && ran.err.contains(words) && ran.out.is_empty(),
            "{arguments}: {}",
            ran.err
        );
    }
    let ran = world.run("diff old part --exit-code");
    assert!(ran.code == 1 && ran.out.contains("not compared: it can't be compiled in `part`"), "{}", ran.out);
}

#[test]
fn entries_come_and_go() {
    let world = changed().file("more/L5-oven.json", CLEAN.replace("\"E2\"", "\"E3\""));
    let ran = world.run("diff old more");
    assert!(ran.out.contains("E3: Stop the oven (procedure, new)\n+ 1 step, at most 10s\n"), "{}", ran.out);
    assert!(ran.out.contains("E2: Stop the oven (procedure, not there any more)\n- 1 step"), "{}", ran.out);
    assert!(ran.out.contains("- rollback E2") && ran.out.contains("+ rollback E3"), "{}", ran.out);
}

#[test]
fn a_revision_is_a_version() {
    if !has("git") {
        return;
    }
    let world = World::clean()
        .file("rules/rulec.toml", "exclude = ['drafts/**']\n")
        .file("rules/drafts/L5-x.json", "{");
    let root = world.path(".");
    git(&root, &["init", "--quiet"]);
    git(&root, &["add", "."]);
    git(&root, &["commit", "--quiet", "-m", "rules"]);
    let same = world.run("diff HEAD:rules rules --exit-code");
    assert_eq!((same.code, same.err.as_str()), (0, "plans: 2 as before\n"));
    world.write("rules/L5-oven.json", CLEAN.replacen("touch lit", "touch lamp", 1));
    for (folder, arguments) in [
        (".", ["HEAD:rules", "rules"]),
        (".", ["HEAD:rules/L5-oven.json", "rules"]),
        (".", ["HEAD:", "rules"]),
        ("rules/drafts", ["HEAD:rules", "../../rules"]),
        ("rules/drafts", ["HEAD:../../rules", ".."]),
        ("rules", ["HEAD:./", "."]),
    ] {
        let mut command = world.command(&["diff", arguments[0], arguments[1], "--exit-code"]);
        let ran = run(command.current_dir(world.path(folder)));
        assert_eq!(ran.code, 1, "{arguments:?}: {}", ran.err);
        assert!(ran.out.contains("command: touch lit -> touch lamp"), "{arguments:?}: {}", ran.out);
    }
    assert_eq!(world.run("diff rules HEAD:rules --exit-code").code, 1);
    for (arguments, words) in [
        ("diff nowhere:rules rules", "git says: "),
        ("diff HEAD:elsewhere rules", "no rule files in `HEAD:elsewhere`"),
        ("diff --output=x:rules rules", "--output"),
    ] {
        let ran = world.run(arguments);
        assert!(ran.code == 2 && ran.err.contains(words), "{arguments}: {}", ran.err);
    }
}
