//! The other verbs: what each prints.

use serde_json::Value;

use super::world::{CLEAN, World, run};
use crate::support::{project, read};

#[test]
fn list_shows_what_can_be_compiled() {
    let world = World::new()
        .file("L5-x.json", CLEAN.replace("Start the oven", "窯に火を入れる"))
        .file("L4-x.yaml", "decision_rules: [{ id: D1, name: Bake, actions: [{ step: 1, action: E1 }], conditions: [{ check: 'true' }] }]\n");
    let ran = world.run("list");
    let expected = "\
ID  KIND       STEPS  AT MOST   RISK  NAME
D1  decision   1      no bound  -     Bake
E1  procedure  1      20s       low   窯に火を入れる
E2  procedure  1      10s       -     Stop the oven
";
    assert_eq!((ran.code, ran.out.as_str(), ran.err.as_str()), (0, expected, ""));
    let list: Value = serde_json::from_str(&world.run("list --format json").out).expect("a JSON document");
    assert_eq!((&list["version"], &list["entries"][1]["id"]), (&Value::from(1), &Value::from("E1")));
    assert_eq!(list["entries"][1]["worst_case_ms"], 20_000);
}

#[test]
fn list_shows_what_it_can_of_broken_rules() {
    let world =
        World::new().file("L5-x.json", CLEAN.replace("\"E2\",\n      \"steps\"", "\"E7\",\n      \"steps\""));
    let ran = world.run("list");
    assert!(
        ran.code == 0 && ran.out.contains("E1") && ran.err == "1 error, see `rulec check`\n",
        "{}",
        ran.err
    );
    let ran = World::clean().file("other/L5-x.json", CLEAN).run("list .");
    assert!(ran.out.starts_with("other\nID ") && ran.out.contains("\n\nrules\nID "), "{}", ran.out);
}

#[test]
fn schema_prints_what_the_project_holds() {
    let world = World::new();
    for (name, file) in [
        ("L1", "L1"),
        ("l5", "L5"),
        ("rules", "rules"),
        ("plan", "plan"),
        ("trace", "trace"),
        ("config", "config"),
        ("report", "report"),
        ("scenario", "scenario"),
        ("test", "test"),
        ("baseline", "baseline"),
        ("diff", "diff"),
        ("coverage", "coverage"),
    ] {
        let ran = world.run(&format!("schema {name}"));
        let expected = read(&project().join(format!("schemas/{file}.schema.json")));
        assert_eq!(ran.code, 0);
        assert!(ran.out == expected, "`rulec schema {name}` is not schemas/{file}.schema.json");
    }
    let ran = world.run("schema");
    assert!(ran.out.starts_with("L1      ") && ran.out.lines().count() == 15, "{}", ran.out);
}

#[test]
fn graph_draws_the_whole_or_a_part() {
    let world = World::clean();
    assert!(world.run("graph rules").out.starts_with("digraph {"));
    let ran = world.run("graph rules --focus E2 --depth 1 --format mermaid");
    assert!(ran.out.starts_with("flowchart") && ran.out.contains("rolls back to"), "{}", ran.out);
    let graph: Value = serde_json::from_str(&world.run("graph rules --format json --focus E2 --depth 0").out)
        .expect("a JSON document");
    let node = serde_json::json!({
        "key": "procedure:E2", "kind": "procedure", "id": "E2", "name": "Stop the oven", "file": "L5-oven.json", "line": 14,
    });
    assert_eq!(
        (&graph["version"], &graph["nodes"], &graph["edges"]),
        (&Value::from(1), &Value::from(vec![node]), &Value::from(Vec::<Value>::new()))
    );
}

#[test]
fn explain_shows_the_documentation_of_a_rule() {
    let world = World::new();
    let ran = world.run("explain unresolved-reference");
    assert!(ran.out.starts_with("unresolved-reference (R0022, error)\n"), "{}", ran.out);
    assert!(
        ran.out.contains("\nWhy\n") && ran.out.contains("  L5-execution.yaml:\n    procedures:\n"),
        "{}",
        ran.out
    );
    assert!(!ran.out.contains("```") && !ran.out.contains('\u{1b}'), "{}", ran.out);
    assert_eq!(world.run("explain r0022").out, ran.out);
    assert!(
        world.run("explain R0022 --color always").out.contains("\u{1b}[36m`E9`") || ran.out.contains("E9")
    );
    let all = world.run("explain").out;
    assert_eq!(all.lines().count(), rulec::driver::all_rules().len() + 1);
    assert!(all.lines().any(|line| line.starts_with("R0022  unresolved-reference")), "{all}");
}

/// The verbs that the help names.
fn verbs(help: &str) -> Vec<&str> {
    let commands = help.lines().skip_while(|line| *line != "Commands:").skip(1);
    let own = commands.take_while(|line| !line.is_empty()).filter_map(|line| line.strip_prefix("  "));
    let verbs: Vec<_> =
        own.filter_map(|line| line.split(' ').next()).filter(|verb| !verb.is_empty()).collect();
    assert!(verbs.len() > 15 && verbs.contains(&"check"), "{help}");
    verbs
}

/// A terminal of the usual width takes every line as it is written, so that no example is broken in two.
fn fits(help: &str) {
    for line in help.lines() {
        assert!(line.chars().count() <= 80, "{line}");
    }
    let examples = help.lines().skip_while(|line| *line != "Examples:").skip(1);
    for example in examples.take_while(|line| !line.is_empty()) {
        assert!(example.starts_with("  rulec "), "{example}");
    }
}

#[test]
fn completions_are_for_every_shell() {
    let world = World::new();
    let help = world.run("--help").out;
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let ran = world.run(&format!("completions {shell}"));
        assert_eq!(ran.code, 0, "{shell}");
        for verb in verbs(&help) {
            assert!(ran.out.contains(verb), "{shell}: {verb}");
        }
    }
}

#[test]
fn help_and_version() {
    let world = World::new();
    assert_eq!(world.run("--version").out, format!("rulec {}\n", env!("CARGO_PKG_VERSION")));
    let help = world.run("--help");
    assert_eq!((help.code, help.err.as_str()), (0, ""));
    assert!(help.out.contains("Start here:\n  rulec init"), "{}", help.out);
    fits(&help.out);
    for verb in verbs(&help.out) {
        let help = run(&mut world.command(&[verb, "--help"]));
        assert!(help.code == 0 && help.out.contains("Usage: rulec"), "{verb}");
        assert!(help.out.contains(&format!("\nExamples:\n  rulec {verb}")), "{verb}: {}", help.out);
        fits(&help.out);
    }
    let bare = world.run("");
    assert!(bare.code == 2 && bare.err.contains("Usage: rulec"), "{}", bare.err);
}
