//! `rulec check` in the formats of CI systems: paths from the root of the repository, fingerprints that last,
//! and a whole document whatever happens.

use std::collections::BTreeSet;

use rulec::report::ReportFormat;
use serde_json::Value;

use super::check::mistaken;
use super::world::{CLEAN, World, run};
use crate::formats::{assert_valid, command};

const DOCUMENTS: [ReportFormat; 4] =
    [ReportFormat::Json, ReportFormat::Sarif, ReportFormat::Gitlab, ReportFormat::Junit];

fn json(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_else(|why| panic!("{why}: {text}"))
}

/// The fingerprints by rule, of SARIF and GitLab alike.
fn fingerprints(world: &World) -> BTreeSet<(String, String)> {
    let text = |value: &Value| value.as_str().expect("a text").to_owned();
    let sarif = json(&world.run("check rules --format sarif").out);
    let results = sarif["runs"][0]["results"].as_array().expect("a list").clone();
    let of_sarif: Vec<_> = results
        .iter()
        .map(|result| (text(&result["ruleId"]), text(&result["partialFingerprints"]["rulec/v2"])))
        .collect();
    let gitlab = json(&world.run("check rules --format gitlab").out);
    let entries = gitlab.as_array().expect("a list").iter();
    let of_gitlab: Vec<_> =
        entries.map(|entry| (text(&entry["check_name"]), text(&entry["fingerprint"]))).collect();
    assert_eq!(of_sarif, of_gitlab);
    let all: BTreeSet<_> = of_sarif.iter().cloned().collect();
    assert_eq!(all.len(), of_sarif.len(), "two findings have one fingerprint");
    all
}

#[test]
fn fingerprints_survive_what_is_done_elsewhere() {
    let procedure = |id: &str, undo: &str| {
        format!(
            "  - id: {id}\n    steps:\n      - {{ id: a, command: ./{id} || true, timeout: 5 }}\n      - {{ id: b, command: ./{id}, timeout: 5, undo: {undo} }}\n"
        )
    };
    let text =
        |above: &str| format!("{above}procedures:\n{}{}", procedure("one", "x"), procedure("two", "x"));
    let world = World::new().file("rules/L5-x.yaml", text(""));
    let before = fingerprints(&world);
    assert!(before.len() >= 4, "{before:?}");
    // Lines above, other blanks, other things changed, and a procedure in front.
    world.write("rules/L5-x.yaml", text("# a comment\nlayer: L5\nversion: 1.0.0\n\n"));
    assert_eq!(fingerprints(&world), before);
    world.write(
        "rules/L5-x.yaml",
        text("").replace("command: ./", "command:   ./").replace("undo: x", "undo: y"),
    );
    assert_eq!(fingerprints(&world), before);
    let zero = procedure("zero", "x");
    world.write("rules/L5-x.yaml", text("").replacen("procedures:\n", &format!("procedures:\n{zero}"), 1));
    let after = fingerprints(&world);
    assert!(after.is_superset(&before) && after.len() > before.len(), "{before:#?}\n{after:#?}");
}

#[test]
fn a_fingerprint_is_not_that_of_another_file_or_rule_set() {
    let world = mistaken();
    let before = fingerprints(&world);
    std::fs::rename(world.path("rules/L5-oven.toml"), world.path("rules/L5-stove.toml"))
        .expect("it is renamed");
    let after = fingerprints(&world);
    assert!(before.len() == after.len() && after.intersection(&before).count() < before.len());
}

/// The files that a report names, in each format for repositories.
fn files(report: &dyn Fn(&str) -> String) -> [BTreeSet<String>; 4] {
    let text = |value: &Value| value.as_str().expect("a text").to_owned();
    let (sarif, gitlab) = (json(&report("sarif")), json(&report("gitlab")));
    let results = sarif["runs"][0]["results"].as_array().expect("a list");
    let artifact =
        |result: &Value| text(&result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]);
    let entries = gitlab.as_array().expect("a list");
    let github = report("github");
    let commands = github.lines().map(|line| command(line).expect("a command").properties[0].1.clone());
    let junit = report("junit");
    let suites = junit.split("<testsuite name=\"").skip(1).filter(|suite| suite.contains("<failure"));
    [
        results.iter().map(artifact).collect(),
        entries.iter().map(|entry| text(&entry["location"]["path"])).collect(),
        commands.collect(),
        suites.map(|suite| suite.split('"').next().unwrap_or_default().to_owned()).collect(),
    ]
}

#[test]
fn paths_start_at_the_root_of_the_repository() {
    let broken = CLEAN.replacen("\"E2\"", "\"E9\"", 1);
    let world = World::new()
        .file("shop/.git/HEAD", "")
        .file("shop/ops/rules/L5-x.json", &broken)
        .file("other/L5-y.json", &broken);
    std::fs::create_dir(world.path("shop/beside")).expect("the folder is made");
    let absolute = world.path("shop/ops/rules").canonicalize().expect("it is there").display().to_string();
    let from = |folder: &str, argument: &str| {
        files(&|format: &str| {
            let mut command = world.command(&["check", argument, "--format", format]);
            let ran = run(command.current_dir(world.path(folder)));
            assert_eq!(ran.code, 1, "{}", ran.err);
            ran.out
        })
    };
    let expected = BTreeSet::from(["ops/rules/L5-x.json".to_owned()]);
    for (folder, argument) in [
        ("shop", "ops"),
        ("shop", "."),
        ("shop/ops/rules", "."),
        ("shop/beside", "../ops"),
        ("shop/beside", &absolute),
    ] {
        for files in from(folder, argument) {
            assert_eq!(files, expected, "{argument} from {folder}");
        }
    }
    // What lies outside is named as it was asked for, in documents that are whole all the same.
    for format in ReportFormat::ALL {
        let mut command = world.command(&["check", "../other", "--format", format.name()]);
        let ran = run(command.current_dir(world.path("shop")));
        assert_eq!(ran.code, 1, "{}", ran.err);
        assert_valid(format, &ran.out);
    }
    for files in from("shop", "../other") {
        assert_eq!(files, BTreeSet::from(["../other/L5-y.json".to_owned()]));
    }
    // Without a repository, the working directory is all there is.
    for files in from("other", ".") {
        assert_eq!(files, BTreeSet::from(["L5-y.json".to_owned()]));
    }
}

#[test]
fn exit_codes_and_whole_documents_in_every_format() {
    let warned = CLEAN.replace("touch lit", "touch lit || true");
    for (world, arguments, code) in [
        (World::clean(), "rules", 0),
        (World::clean().file("other/L5-x.json", CLEAN), "rules other", 0),
        (World::new().file("rules/L5-x.json", &warned), "rules", 0),
        (World::new().file("rules/L5-x.json", &warned), "rules --deny warnings", 1),
        (World::clean().file("rules/rulec.toml", "[lints]\nno-such-rule = 'off'\n"), "rules", 2),
        (World::clean().file("rules/rulec.toml", "[lints\n"), "rules", 2),
        (World::clean().file("rules/rulec.toml", b"name = \"\xff\"\n"), "rules", 2),
        (World::clean().file("rules/rulec.toml/x", ""), "rules", 2),
        (World::new().file("rules/L5-x.json", b"{\"layer\": \"L5\", \"\xff\x1b]]>\": 1}"), "rules", 1),
        (
            World::new()
                .file("rules/L5-'\"<&]]>,:%.yaml", "procedures: [{ id: \"\u{202e}]]>\", bread: 1 }]\n"),
            "rules",
            1,
        ),
        (World::new(), ".", 4),
    ] {
        for format in ReportFormat::ALL {
            let ran = world.run(&format!("check {arguments} --format {}", format.name()));
            assert_eq!(ran.code, code, "{arguments}: {}{}", ran.out, ran.err);
            assert_valid(format, &ran.out);
            assert!(!ran.out.is_empty() || !DOCUMENTS.contains(&format), "{arguments}");
        }
    }
}

#[test]
fn what_does_not_fail_is_no_failure() {
    let world = World::new()
        .file("strict/L5-x.json", CLEAN.replace("touch lit", "touch lit || true"))
        .file("strict/rulec.toml", "deny = 'warning'\n")
        .file("lax/L5-x.json", CLEAN.replace("touch lit", "touch lit || true"))
        .file("lax/rulec.toml", "");
    let counts = |arguments: &str| {
        let out = world.run(&format!("check {arguments} --format junit")).out;
        (out.matches("<failure").count(), out.matches("<skipped").count())
    };
    assert_eq!(counts("lax strict"), (1, 1));
    assert_eq!(counts("lax"), (0, 1));
    assert_eq!(counts("lax --deny warnings"), (1, 0));
}
