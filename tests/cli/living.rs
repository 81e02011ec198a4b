//! Living with findings: profiles, overrides, suppressions, baselines, and some files of many.

use rulec::report::ReportFormat;
use serde_json::Value;

use super::world::{CLEAN, Ran, World, run};
use crate::formats::assert_valid;
use crate::support::snapshot;

/// A step that hides what goes wrong: a warning; and a note.
fn masked() -> String {
    CLEAN.replace("touch lit", "touch lit || true")
}

fn json(ran: &Ran) -> Value {
    serde_json::from_str(&ran.out).unwrap_or_else(|why| panic!("{why}: {}{}", ran.out, ran.err))
}

/// Levels and rules of what is found.
fn found(ran: &Ran) -> Vec<String> {
    let name = |line: &str| {
        let at = line.find("]: ").expect("a rule");
        line[..at].rsplit(": ").next().expect("a level").replace('[', " ")
    };
    ran.out.lines().map(name).collect()
}

#[test]
fn a_profile_sets_levels() {
    let world = World::new().file("L5-x.json", masked());
    let of = |arguments: &str| {
        let ran = world.run(&format!("check --format short {arguments}"));
        (ran.code, found(&ran))
    };
    let one = |level: &str| vec![format!("{level} masked-failure")];
    assert_eq!(of(""), (0, one("warning")));
    assert_eq!(of("--profile default"), (0, one("warning")));
    assert_eq!(of("--profile strict"), (1, one("error")));
    assert_eq!(of("--profile strict --warn masked-failure"), (0, one("warning")));
    assert_eq!(of("--profile adopt"), (0, vec![]));
    assert_eq!(of("--profile adopt --notes"), (0, one("note")));
    world.write("rulec.toml", "profile = 'night'\n[profiles.night]\nextends = 'strict'\n[profiles.day]\nextends = 'night'\ndeny = 'warning'\nlints.masked-failure = 'warning'\n");
    assert_eq!(of(""), (1, one("error")));
    assert_eq!(of("--profile day"), (1, one("warning")));
    assert_eq!(of("--profile adopt"), (0, vec![]));
    let ran = world.run("check --profile dya");
    assert_eq!((ran.code, ran.out.as_str()), (2, ""));
    assert!(ran.err.contains("there is no profile `dya`") && ran.err.contains("`day`"), "{}", ran.err);
    for verb in ["compile --entry E1", "verify", "list --format json", "test"] {
        let unknown = world.run(&format!("{verb} --profile dya"));
        assert_eq!(unknown.code, 2, "{verb}: {}", unknown.err);
    }
    assert_eq!(world.run("compile --entry E1").code, 1);
    assert_eq!(world.run("compile --entry E1 --profile adopt").code, 0);
}

#[test]
fn adopting_makes_what_can_be_lived_with_no_error() {
    let text = "procedures:\n  - id: E1\n    bread: rye\n    steps: [{ step: 1, command: 'a ||', undo: b, timeout: 5, on_failure: abort }]\n";
    let world = World::new().file("L5-x.yaml", text).file("L5-y.yaml", "procedures: [{ id: 3 }]\n");
    let of = |arguments: &str| found(&world.run(&format!("check --format short {arguments}")));
    let errors =
        |found: Vec<String>| found.into_iter().filter(|it| it.starts_with("error")).collect::<Vec<_>>();
    assert!(errors(of("")).contains(&"error unknown-key".to_owned()));
    assert!(!errors(of("--profile adopt")).contains(&"error unknown-key".to_owned()));
    // What can't be read stays one.
    assert!(!errors(of("--profile adopt")).is_empty());
}

#[test]
fn overrides_hold_for_some_files() {
    let world = World::new()
        .file("L5-x.json", masked())
        .file("legacy/deep/L5-y.json", masked().replace("\"E1\"", "\"E3\"").replace("\"E2\"", "\"E4\""));
    let lines = |toml: &str| {
        world.write("rulec.toml", toml);
        world
            .run("check --format short")
            .out
            .lines()
            .map(|line| {
                line.split(':').next().unwrap_or_default().to_owned()
                    + line.split(' ').nth(1).unwrap_or_default()
            })
            .collect::<Vec<_>>()
    };
    let level = |path: &str, level: &str| format!("{path}{level}[masked-failure]:");
    let (x, y) = ("L5-x.json", "legacy/deep/L5-y.json");
    assert_eq!(lines(""), [level(x, "warning"), level(y, "warning")]);
    let off = "[[overrides]]\npaths = ['legacy']\nlints.masked-failure = 'off'\n";
    assert_eq!(lines(off), [level(x, "warning")]);
    let on = "[[overrides]]\npaths = ['legacy/**/*.json']\nlints.R0081 = 'error'\n";
    assert_eq!(lines(&format!("{off}{on}")), [level(x, "warning"), level(y, "error")]);
    // What is off elsewhere is looked for where it is on.
    assert_eq!(lines(&format!("lints.masked-failure = 'off'\n{on}")), [level(y, "error")]);
}

/// Rules with a finding of each fate: reported, suppressed with and without a last day, in the baseline.
fn fates() -> World {
    let step = |number: u8, comment: &str| {
        format!(
            "      - {{ step: {number}, command: ./a || true, undo: ./b, timeout: 5, on_failure: abort }}{comment}\n"
        )
    };
    let head = "procedures:\n  - id: E1\n    steps:\n";
    let old = format!(
        "{head}{}{}{}",
        step(1, ""),
        step(2, " # rulec: allow masked-failure -- it may [fail](x) \u{202e}"),
        step(3, " # rulec: allow R0081 until 2999-01-01 -- it may"),
    );
    let world = World::new()
        .file("rules/L5-x.yaml", &old)
        .file("rules/rulec.toml", "deny = 'warning'\nbaseline = '.rulec-baseline.json'\n");
    assert_eq!(world.run("baseline write rules --allow hidden-unicode").code, 0);
    world.write("rules/L5-x.yaml", format!("# a line\n\n{old}{}", step(4, "")));
    world
}

#[test]
fn what_is_left_out_is_counted_in_every_format() {
    let world = fates();
    for format in ReportFormat::ALL {
        let name = format.name();
        let ran = world.run(&format!("check rules --allow hidden-unicode --format {name}"));
        assert_eq!(ran.code, 1, "{}{}", ran.out, ran.err);
        assert_valid(format, &ran.out);
        let counts = "2 suppressed, 1 in the baseline";
        match format {
            ReportFormat::Human | ReportFormat::Short | ReportFormat::Github | ReportFormat::Gitlab => {
                assert!(ran.err.contains(counts), "{name}: {}", ran.err);
            }
            ReportFormat::Json => {
                let report = json(&ran);
                assert_eq!(report["counts"]["suppressed"], 2);
                assert_eq!(report["counts"]["in_baseline"], 1);
                let by: Vec<_> = report["suppressed"]
                    .as_array()
                    .expect("a list")
                    .iter()
                    .map(|it| it["by"].as_str())
                    .collect();
                assert_eq!(by, [Some("baseline"), Some("source"), Some("source")]);
            }
            ReportFormat::Sarif => {
                let report = json(&ran);
                let results = report["runs"][0]["results"].as_array().expect("a list");
                let kinds: Vec<_> = results.iter().map(|it| it["suppressions"][0]["kind"].as_str()).collect();
                assert_eq!(kinds, [None, Some("external"), Some("inSource"), Some("inSource")]);
            }
            ReportFormat::Junit => {
                assert_eq!(ran.out.matches("<skipped>").count(), 3, "{}", ran.out);
                assert_eq!(ran.out.matches("<failure").count(), 1, "{}", ran.out);
            }
        }
        if matches!(format, ReportFormat::Json | ReportFormat::Sarif | ReportFormat::Junit) {
            snapshot(&format!("living_{name}"), &crate::report::without_version(&ran.out));
        }
        let ran = world.run(&format!("check rules --allow hidden-unicode --no-suppressions --format {name}"));
        assert_valid(format, &ran.out);
        assert!(!ran.err.contains("suppressed"), "{}", ran.err);
        let shown = ran.out.matches("even if its command fails").count();
        assert!(shown >= 4, "{}", ran.out);
    }
}

#[test]
fn fingerprints_are_the_same_with_and_without_suppressions() {
    let world = fates();
    let prints = |arguments: &str| {
        let report = json(&world.run(&format!("check rules --format sarif {arguments}")));
        let results = report["runs"][0]["results"].as_array().expect("a list").clone();
        let print = |it: &Value| it["partialFingerprints"]["rulec/v2"].as_str().expect("a text").to_owned();
        let mut prints: Vec<_> = results.iter().map(print).collect();
        prints.sort();
        prints
    };
    assert_eq!(prints(""), prints("--no-suppressions"));
}

#[test]
fn a_baseline_lets_old_findings_be_and_new_ones_fail() {
    let world = World::new().file("L5-x.json", masked());
    let check = |arguments: &str| {
        let ran = world.run(&format!("check --deny warnings --format short {arguments}"));
        (ran.code, found(&ran), ran.err)
    };
    assert_eq!(check("").0, 1);
    let ran = world.run("baseline write");
    assert_eq!((ran.code, ran.out.as_str()), (0, ""));
    assert!(
        ran.err.contains("wrote .rulec-baseline.json: ") && ran.err.contains("in rulec.toml"),
        "{}",
        ran.err
    );
    let before = world.read(".rulec-baseline.json");
    // Nobody names it yet.
    assert_eq!(check("").0, 1);
    assert_eq!(check("--baseline .rulec-baseline.json").0, 0);
    assert_eq!(world.run("baseline check --deny warnings").code, 0);
    world.write("rulec.toml", "baseline = '.rulec-baseline.json'\n");
    assert_eq!(check("").0, 0);
    // Lines above, other blanks, a procedure in front.
    let zero = "{\"id\": \"E0\", \"steps\": [{\"step\": 1, \"command\": \"date\", \"read_only\": true, \"timeout\": 5, \"on_failure\": \"abort\"}]},";
    world.write(
        "L5-x.json",
        masked().replace("\"procedures\": [", &format!("\n\n\"procedures\":\n [ {zero}")),
    );
    assert_eq!(check(""), (0, vec![], "no findings in 1 file; 1 in the baseline\n".to_owned()));
    // A new one of the same kind, in front of the old one.
    let new = zero
        .replace("date", "touch new || true")
        .replace("\"read_only\": true", "\"undo\": \"rm -f new\", \"idempotent\": true");
    world.write("L5-x.json", masked().replace("\"procedures\": [", &format!("\"procedures\": [{new}")));
    let (code, found, err) = check("");
    assert_eq!((code, found), (1, vec!["warning masked-failure".to_owned()]), "{err}");
    // Gone, and told; pruned, and nothing is told.
    world.write("L5-x.json", CLEAN);
    let (code, found, err) = check("");
    assert_eq!((code, found.len()), (0, 0), "{err}");
    assert!(err.contains("1 finding of the baseline is gone, `rulec baseline prune` takes it out"), "{err}");
    assert!(err.contains("masked-failure in L5-x.json at /procedures/E1/steps/1/command"), "{err}");
    assert_eq!(world.read(".rulec-baseline.json"), before);
    let ran = world.run("baseline prune");
    assert!(ran.code == 0 && ran.err.contains("took 1 finding out of .rulec-baseline.json"), "{}", ran.err);
    assert_eq!(check(""), (0, vec![], "no findings in 1 file\n".to_owned()));
    assert_eq!(world.run("baseline prune").code, 0);
    // A pruned baseline is what is written anew.
    let pruned = world.read(".rulec-baseline.json");
    assert_eq!(world.run("baseline write").code, 0);
    assert_eq!(world.read(".rulec-baseline.json"), pruned);
    assert_eq!(world.names("."), [".rulec-baseline.json", "L5-x.json", "rulec.toml"]);
}

#[test]
fn what_nobody_looks_for_is_not_gone() {
    let world = World::new().file("L5-x.json", masked()).file("rulec.toml", "baseline = 'known.json'\n");
    assert_eq!(world.run("baseline write").code, 0);
    let schema: Value = serde_json::from_str(&world.run("schema baseline").out).expect("a schema");
    let schema = jsonschema::validator_for(&schema).expect("the schema is valid");
    assert!(schema.is_valid(&serde_json::from_str(&world.read("known.json")).expect("it is JSON")));
    for arguments in ["--allow masked-failure", "--profile adopt"] {
        let ran = world.run(&format!("check {arguments}"));
        assert!(!ran.err.contains("gone"), "{}", ran.err);
    }
    world.write("L5-y.json", "{\"procedures\": [}");
    let ran = world.run("check");
    assert!(ran.code == 1 && !ran.err.contains("gone"), "{}", ran.err);
    let before = world.read("known.json");
    let ran = world.run("baseline prune");
    assert!(ran.code == 0 && ran.err.contains("nothing is known to be gone"), "{}", ran.err);
    assert_eq!(world.read("known.json"), before);
}

#[test]
fn a_baseline_with_mistakes_is_a_broken_configuration() {
    let named = "baseline = 'known.json'\n";
    for (baseline, rule) in [
        (None, "invalid-config"),
        (Some("{"), "syntax-error"),
        (Some("{}"), "missing-key"),
        (Some("{\"version\": 2, \"findings\": []}"), "invalid-value"),
        (Some("{\"version\": 1, \"findings\": [{\"rule\": \"x\"}]}"), "missing-key"),
        (Some("<<<<<<< ours\n{\"version\": 1, \"findings\": []}\n"), "syntax-error"),
    ] {
        let world = World::clean().file("rules/rulec.toml", named);
        if let Some(text) = baseline {
            world.write("rules/known.json", text);
        }
        for format in ReportFormat::ALL {
            let ran = world.run(&format!("check rules --format {}", format.name()));
            assert_eq!(ran.code, 2, "{baseline:?}: {}{}", ran.out, ran.err);
            assert_valid(format, &ran.out);
        }
        let report = json(&world.run("check rules --format json"));
        let first = &report["findings"][0];
        assert_eq!(first["rule"], rule, "{baseline:?}");
        let file = if baseline.is_some() { "rules/known.json" } else { "rules/rulec.toml" };
        assert_eq!(first["primary"]["file"], file);
        assert_eq!(world.run("baseline prune rules").code, 2);
        assert_eq!(world.run("baseline write rules").code, 0);
        assert_eq!(world.run("check rules").code, 0);
    }
    let world = World::clean();
    for arguments in ["check rules --baseline no.json", "baseline prune rules", "baseline check rules"] {
        let ran = world.run(arguments);
        assert!(ran.code == 2 && ran.err.contains("`rulec baseline write`"), "{arguments}: {}", ran.err);
    }
    world.write("other/L5-x.json", CLEAN);
    assert_eq!(world.run("check rules other --baseline no.json").code, 2);
    assert_eq!(world.run("baseline write rules other").code, 0);
    assert!(world.names("other").contains(&".rulec-baseline.json".to_owned()));
    world.write("rules/rulec.toml", "lint = 1\n");
    let ran = world.run("baseline write rules");
    assert!(ran.code == 2 && ran.err.contains("unknown key `lint`"), "{}", ran.err);
}

#[test]
fn some_files_get_what_they_have_a_part_in() {
    let world = World::new()
        .file("ops/rulec.toml", "")
        .file("ops/L2-system.yaml", "context: { project_structure: { components: [{ name: web, port: 80, dependencies: [db] }, { name: db }] } }\n")
        .file("ops/L3-limits.yaml", "security_constraints: { network_security: { allowed_ports: [443] } }\n")
        .file("ops/L5-x.json", masked())
        .file("ops/notes.json", "{}")
        .file("ops/README.md", "")
        .file("elsewhere/x.txt", "");
    let at = |folder: &str, arguments: &str| {
        let arguments: Vec<_> =
            ["check", "--format", "short"].into_iter().chain(arguments.split_whitespace()).collect();
        let ran = run(world.command(&arguments).current_dir(world.path(folder)));
        let mut rules = found(&ran);
        rules.sort();
        (ran.code, rules, ran.err)
    };
    let all = at("ops", "");
    assert_eq!((all.0, &all.1), (1, &strings(&["error port-not-allowed", "warning masked-failure"])));
    for (folder, arguments, code, expected) in [
        ("ops", "L5-x.json", 0, &["warning masked-failure"][..]),
        ("ops", "L2-system.yaml", 1, &["error port-not-allowed"]),
        // The limit is the other side of it.
        ("ops", "L3-limits.yaml", 1, &["error port-not-allowed"]),
        ("ops", "L3-limits.yaml L5-x.json", 1, &["error port-not-allowed", "warning masked-failure"]),
        ("elsewhere", "../ops/L5-x.json", 0, &["warning masked-failure"]),
        (".", "./elsewhere/../ops/L5-x.json", 0, &["warning masked-failure"]),
        ("ops", "L5-x.json .", 1, &["error port-not-allowed", "warning masked-failure"]),
        // What is settled for all is about all.
        ("ops", "rulec.toml", 1, &["error port-not-allowed", "warning masked-failure"]),
        ("ops", "notes.json README.md", 0, &[]),
    ] {
        let (got, rules, err) = at(folder, arguments);
        assert_eq!((got, rules), (code, strings(expected)), "{arguments} in {folder}: {err}");
    }
    assert!(at("ops", "L5-x.json").2.contains("1 warning in 1 file\n1 finding elsewhere"));
    assert!(at("ops", "notes.json").2.contains("`notes.json` is no file of the rule set"));
    let (code, _, err) = at("ops", "README.md");
    assert!(code == 0 && err.starts_with("none of the files that are named is a rule file\n"), "{err}");
    for format in ReportFormat::ALL {
        let ran = world.run(&format!("check ops/L5-x.json --deny warnings --format {}", format.name()));
        assert_eq!(ran.code, 1);
        assert_valid(format, &ran.out);
        assert!(!ran.out.contains("port-not-allowed"), "{}", ran.out);
    }
    // Without its settings, nothing is certain of any file.
    world.write("ops/rulec.toml", "lint = 1\n");
    assert_eq!(at("ops", "L5-x.json").0, 2);
}

fn strings(texts: &[&str]) -> Vec<String> {
    texts.iter().map(|text| (*text).to_owned()).collect()
}

#[test]
fn what_is_suppressed_does_not_keep_a_plan_from_being_made() {
    let text = masked().replace("\"timeout\": 5, \"on_failure\": \"rollback\"", "\"x-rulec-allow\": [{\"lint\": \"masked-failure\", \"reason\": \"it may\"}], \"timeout\": 5, \"on_failure\": \"rollback\"");
    let world = World::new().file("L5-x.json", &text).file("rulec.toml", "lints.masked-failure = 'error'\n");
    let ran = world.run("compile --entry E1");
    assert_eq!(ran.code, 0, "{}", ran.err);
    // What is said about findings is no part of a plan.
    assert!(!ran.out.contains("x-rulec"), "{}", ran.out);
    world.write("L5-x.json", masked());
    assert_eq!(world.run("compile --entry E1").code, 1);
}

#[test]
fn what_is_suppressed_does_not_fail_a_proof() {
    let constraint = |more: &str| {
        format!(
            "constraints:\n  - id: saved-first\n    rule: nothing is moved before it is saved\n    \
             never: steps.move.begun && steps.save.status != \"ok\"\n{more}"
        )
    };
    let world = World::new().file("L3-x.yaml", constraint("")).file(
        "L5-x.yaml",
        "procedures:\n  - id: E1\n    steps:\n      - { id: save, command: ./save.sh, read_only: true, timeout: 30, \
         on_failure: continue }\n      - { id: move, command: ./move.sh, undo: ./move.sh back, timeout: 30 }\n",
    );
    assert_eq!(world.run("verify").code, 1);
    let allow = "    x-rulec-allow: [{ lint: broken-constraint, reason: not yet }]\n";
    world.write("L3-x.yaml", constraint(allow));
    let ran = world.run("verify");
    assert!(ran.code == 0 && ran.out.contains("refuted  `saved-first`"), "{}{}", ran.out, ran.err);
    // Only `verify` can tell whether it is of use.
    let ran = world.run("check");
    assert!(ran.code == 0 && !ran.out.contains("unused-suppression"), "{}", ran.out);
}
