//! `rulec check`: what it says, where, and with which exit code.

use rulec::report::ReportFormat;
use serde_json::Value;

use super::world::{CLEAN, World, run};
use crate::formats::assert_valid;
use crate::report::without_version;
use crate::support::snapshot;

/// Mistakes as people make them: in the grammar, in a key, in a value, in a name.
pub(super) fn mistaken() -> World {
    World::new()
        .file("rules/rulec.toml", "name = \"oven\"\n")
        .file("rules/L2-system.yaml", "context:\n  project_structure:\n    components:\n      - { name: oven, port: 8O80 }\n")
        .file("rules/L4-decisions.json", "{\n  \"layer\": \"L4\",\n  \"decision_rules\": [],\n}\n")
        .file(
            "rules/L5-oven.toml",
            "layer = \"L5\"\n[[procedures]]\nid = \"E1\"\nrollback_procedure = \"E3\"\n\n  [[procedures.steps]]\n  step = 1\n  comand = \"light\"\n",
        )
}

#[test]
fn a_clean_rule_set() {
    let world = World::clean();
    for arguments in ["check rules", "check rules --format short", "check", "check rules/L5-oven.json rules"]
    {
        let ran = world.run(arguments);
        assert_eq!(
            (ran.code, ran.out.as_str(), ran.err.as_str()),
            (0, "", "no findings in 1 file\n"),
            "{arguments}"
        );
    }
    let ran = world.run("check rules --format json");
    let report: Value = serde_json::from_str(&ran.out).expect("a JSON document");
    assert_eq!((ran.code, ran.err.as_str(), &report["findings"]), (0, "", &Value::Array(vec![])));
}

#[test]
fn mistakes_in_every_format_of_report() {
    let world = mistaken();
    for format in ReportFormat::ALL {
        let name = format.name();
        let ran = world.run(&format!("check rules --format {name}"));
        assert_eq!(ran.code, 1);
        assert_valid(format, &ran.out);
        let out = without_version(&ran.out);
        snapshot(&format!("check_{name}"), &format!("{out}--- standard error\n{}", ran.err));
    }
}

#[test]
fn paths_lead_from_the_working_directory() {
    let world = mistaken();
    let first = |ran: super::world::Ran| ran.out.lines().next().unwrap_or_default().to_owned();
    assert!(first(world.run("check rules --format short")).starts_with("rules/L2-system.yaml:4:"));
    let mut below = world.command(&["check", "--format", "short"]);
    assert!(first(run(below.current_dir(world.path("rules")))).starts_with("L2-system.yaml:4:"));
    let mut beside = world.command(&["check", "../rules", "--format", "short"]);
    std::fs::create_dir(world.path("beside")).expect("the folder is made");
    assert!(first(run(beside.current_dir(world.path("beside")))).starts_with("../rules/L2-system.yaml:4:"));
}

#[test]
fn several_rule_sets_are_one_report() {
    let world = World::clean()
        .file("other/L5-x.json", CLEAN.replacen("E2", "E9", 1))
        .file("third/L5-x.yaml", "procedures: []\nproceduers: []\n");
    let ran = world.run("check rules other third --format short");
    let places: Vec<_> = ran.out.lines().map(|line| line.split(": ").next().unwrap_or_default()).collect();
    assert_eq!(places, ["other/L5-x.json:8:29", "third/L5-x.yaml:2:1"], "{}", ran.out);
    assert_eq!((ran.code, ran.err.lines().next()), (1, Some("2 errors in 2 of 3 files")));

    let ran = world.run("check . --format json");
    let report: Value = serde_json::from_str(&ran.out).expect("a JSON document");
    let pointers: Vec<_> = report["findings"]
        .as_array()
        .expect("a list")
        .iter()
        .map(|found| found["primary"]["pointer"].as_str().unwrap_or_default())
        .collect();
    assert_eq!(pointers, ["/procedures/0/rollback_procedure", "/proceduers"]);
}

/// A rule set with one warning.
fn warned() -> World {
    World::new().file("L5-x.json", CLEAN.replace("touch lit", "touch lit || true"))
}

#[test]
fn levels_are_settled_by_the_command_line_after_the_configuration() {
    let world = warned();
    let count = |arguments: &str| {
        let ran = world.run(&format!("check --format short {arguments}"));
        (
            ran.code,
            ran.out
                .lines()
                .map(|line| {
                    line.split(['[', ']'])
                        .next()
                        .unwrap_or_default()
                        .rsplit(' ')
                        .next()
                        .unwrap_or_default()
                        .to_owned()
                })
                .collect::<Vec<_>>(),
        )
    };
    let (warning, error, nothing) = (vec!["warning".to_owned()], vec!["error".to_owned()], Vec::new());
    assert_eq!(count(""), (0, warning.clone()));
    assert_eq!(count("--deny warnings"), (1, warning.clone()));
    assert_eq!(count("--deny masked-failure"), (1, error.clone()));
    assert_eq!(count("--allow masked-failure"), (0, nothing.clone()));
    assert_eq!(count("--allow masked-failure --deny masked-failure"), (1, error.clone()));
    assert_eq!(count("--deny masked-failure --warn masked-failure"), (0, warning.clone()));
    world.write("rulec.toml", "deny = 'warning'\n");
    assert_eq!(count(""), (1, warning));
    world.write("rulec.toml", "[lints]\nmasked-failure = 'off'\n");
    assert_eq!(count(""), (0, nothing));
    assert_eq!(count("--deny masked-failure"), (1, error));
    world.write("rulec.toml", "[lints]\nmasked-failure = 'note'\n");
    assert_eq!(count("").1, Vec::<String>::new());
    assert_eq!(count("--notes"), (0, vec!["note".to_owned()]));
    assert_eq!(count("--deny notes"), (1, vec!["note".to_owned()]));
}

#[test]
fn a_broken_configuration_is_wrong_usage_and_the_report_stays_valid() {
    let world = World::clean().file("rules/rulec.toml", "[lints]\nno-such-rule = 'off'\n");
    let ran = world.run("check rules --format json");
    let report: Value = serde_json::from_str(&ran.out).expect("a JSON document");
    assert_eq!((ran.code, report["findings"][0]["rule"].as_str()), (2, Some("invalid-config")));
    assert_eq!(report["findings"][0]["primary"]["file"], "rules/rulec.toml");
    assert_eq!(world.run("compile rules --entry E1").code, 2);
}

#[test]
fn nothing_to_check() {
    let world = World::new().file("empty/notes.json", "{}");
    for arguments in
        ["check empty", "check", "check empty/notes.json", "compile empty", "list", "graph empty"]
    {
        let ran = world.run(arguments);
        assert_eq!(ran.code, 4, "{arguments}: {}", ran.err);
        assert!(ran.err.contains("there are no rule files") && ran.err.contains("rulec init"), "{}", ran.err);
    }
    let ran = world.run("check --format json");
    assert!(serde_json::from_str::<Value>(&ran.out).is_ok() && ran.code == 4);
    let ran = world.run("check nowhere");
    assert_eq!((ran.code, ran.out.as_str()), (2, ""));
    assert!(ran.err.contains("`nowhere` is no rule set: there is no such file"), "{}", ran.err);
}

#[test]
fn typos_are_answered_with_what_was_meant() {
    let world = World::clean();
    for (arguments, meant) in [
        ("chekc", "'check'"),
        ("check --fromat short", "'--format'"),
        ("check --format shrot", "'short'"),
        ("check --allow missing-rolback", "`missing-rollback`"),
        ("check --deny warnigns", "there is no such rule"),
        ("explain broad", "did you mean `broad-kill`?"),
        ("explain R0021x", "`R0021`"),
        ("schema plann", "'plan'"),
        ("compile rules --target makrdown", "'markdown'"),
        ("compile rules --entry E3", "`E1`"),
        ("compile rules --entry Start-the-ovn", "`Start the oven`"),
        ("compile rules --entry procedrue:E1", "`E1`"),
        ("compile rules --entry E1 --environment prod", "there is no environment `prod`"),
        ("compile rules --entry E1 --set heat", "NAME=VALUE"),
        ("compile rules --entry E1 --set heat=1", "no input and no rule asks for `heat`"),
        ("compile rules", "--entry ID"),
        ("graph rules --focus oven", "no thing is called `oven`"),
        ("graph rules --depth 2", "--focus"),
        ("completions bahs", "'bash'"),
        ("check --color alwyas", "'always'"),
    ] {
        let ran = world.run(arguments);
        assert_eq!((ran.code, ran.out.as_str()), (2, ""), "{arguments}: {}", ran.err);
        assert!(ran.err.starts_with("error: ") && ran.err.contains(meant), "{arguments}: {}", ran.err);
    }
}

#[test]
fn an_entry_that_could_be_two_things_is_named_by_its_kind() {
    let world = World::clean().file(
        "rules/L4-x.yaml",
        "decision_rules: [{ id: E1, actions: [{ step: 1, action: E2 }], conditions: [{ check: 'true', timeout: 5 }] }]\n",
    );
    let ran = world.run("compile rules --entry E1");
    assert!(ran.code == 2 && ran.err.contains("say `procedure:E1` or `decision:E1`"), "{}", ran.err);
    let kind = |entry: &str| {
        let plan: Value =
            serde_json::from_str(&world.run(&format!("compile rules --entry {entry}")).out).expect("a plan");
        plan["entry"]["kind"].as_str().map(str::to_owned)
    };
    assert_eq!(kind("procedure:E1").as_deref(), Some("procedure"));
    assert_eq!(kind("decision:E1").as_deref(), Some("decision"));
}
