//! `rulec compile`: what it writes, and what it never does.

use std::os::unix::fs::PermissionsExt;

use serde_json::Value;

use super::world::{CLEAN, World, run};

#[test]
fn a_plan_goes_to_standard_output() {
    let world = World::clean();
    let ran = world.run("compile rules --entry E1");
    let plan: Value = serde_json::from_str(&ran.out).expect("a JSON document");
    assert_eq!((ran.code, ran.err.as_str(), plan["entry"]["id"].as_str()), (0, "", Some("E1")));
    assert_eq!(plan["sources"][0]["file"], "L5-oven.json");
    for same in [
        "compile rules -e E1 -t plan -o -",
        "compile --entry procedure:E1",
        "compile rules --entry E1 --color always",
    ] {
        assert_eq!(world.run(same).out, ran.out, "{same}");
    }
    let by_name = run(&mut world.command(&["compile", "rules", "--entry", "Start the oven"]));
    assert_eq!(by_name.out, ran.out);
    assert_eq!(world.names("."), ["rules"]);
}

#[test]
fn the_only_entry_need_not_be_named() {
    let one = "procedures:\n- id: E1\n  steps: [{ step: 1, command: ls, timeout: 5, read_only: true, on_failure: abort }]\n";
    let world = World::new().file("L5-x.yaml", one);
    assert_eq!(world.run("compile").code, 0);
    world.write("L5-x.yaml", "procedures: []\n");
    let ran = world.run("compile");
    assert_eq!(ran.code, 2);
    assert!(ran.err.contains("no procedure and no decision"), "{}", ran.err);
}

#[test]
fn a_file_is_written_as_a_whole() {
    let world = World::clean();
    let ran = world.run("compile rules --entry E1 -o out/deep/e1.json");
    assert_eq!((ran.code, ran.out.as_str(), ran.err.as_str()), (0, "", "wrote out/deep/e1.json\n"));
    assert_eq!(world.read("out/deep/e1.json"), world.run("compile rules --entry E1").out);
    assert_eq!(world.names("out/deep"), ["e1.json"]);
}

#[test]
fn a_folder_takes_a_file_for_each_entry() {
    let world = World::clean();
    let ran = world.run("compile rules --target markdown -o books/");
    assert_eq!(
        (ran.code, ran.out.as_str(), ran.err.as_str()),
        (0, "", "wrote books/E1.md\nwrote books/E2.md\n")
    );
    // The second time the folder is there, so that it needs no slash.
    assert_eq!(world.run("compile rules -o books --entry E2").err, "wrote books/E2.plan.json\n");
    assert_eq!(world.names("books"), ["E1.md", "E2.md", "E2.plan.json"]);
}

#[test]
fn a_target_of_several_files_needs_a_folder() {
    let rules = CLEAN.replace(
        r#""procedures""#,
        r#""monitors": [{"id": "M1", "every": 60, "check": "test -e lit", "on_breach": {"run": "E1", "alert": "default"}}],
  "procedures""#,
    );
    let world = World::new().file("L5-x.json", rules);
    let ran = world.run("compile --entry E1 --target systemd -o one.service");
    assert_eq!((ran.code, ran.out.as_str()), (2, ""));
    assert!(ran.err.contains("that makes 3 files, not one"), "{}", ran.err);
    assert!(ran.err.contains("name a folder with `-o one.service/`"), "{}", ran.err);
    assert_eq!(world.names("."), ["L5-x.json"]);
    let ran = world.run("compile --entry E1 --target systemd -o units/");
    assert_eq!(ran.code, 0, "{}", ran.err);
    let names = ["rulec-E1-monitor-M1.service", "rulec-E1-monitor-M1.timer", "rulec-E1.service"];
    assert_eq!(world.names("units"), names);
    let printed = world.run("compile --entry E1 --target systemd").out;
    let [look, timer, run] = names.map(|name| world.read(&format!("units/{name}")));
    assert_eq!(printed, format!("{run}\n{look}\n{timer}"));
    let script = world.run("compile --entry E2 --target sh");
    assert!(script.code == 0 && script.out.contains("rulec_cure_script='E1.sh'"), "{}", script.err);
}

#[test]
fn files_that_some_machines_take_for_one_are_refused() {
    let world = World::new().file("L5-x.json", CLEAN.replace("E2", "e1"));
    let ran = world.run("compile -o out/");
    assert_eq!(ran.code, 2);
    assert!(ran.err.contains("`E1.plan.json` and `e1.plan.json`"), "{}", ran.err);
    assert!(!world.path("out").exists());
}

#[test]
fn rule_files_are_never_written_over() {
    let world = World::clean();
    for place in ["rules/L5-oven.json", "./rules/../rules/L5-oven.json"] {
        let ran = world.run(&format!("compile rules --entry E1 -o {place}"));
        assert_eq!(ran.code, 2);
        assert!(ran.err.contains("one of the files that it would be made from"), "{}", ran.err);
    }
    assert_eq!(world.read("rules/L5-oven.json"), CLEAN);
}

#[test]
fn places_that_take_no_files_are_refused() {
    let world = World::clean().file("file", "");
    for place in ["file/e1.json", "file/"] {
        let ran = world.run(&format!("compile rules --entry E1 -o {place}"));
        assert_eq!((ran.code, ran.out.as_str()), (2, ""), "{place}");
        assert!(ran.err.contains("can't be written: "), "{}", ran.err);
    }
    if std::fs::write("/proc/rulec-test", "").is_err() {
        let ran = world.run("compile rules --entry E1 -o /proc/e1.json");
        assert!(ran.code == 2 && ran.err.contains("`/proc/e1.json` can't be written"), "{}", ran.err);
    }
    assert_eq!(world.names("."), ["file", "rules"]);
}

#[test]
fn a_closed_folder_is_refused_and_stays_as_it_was() {
    let world = World::clean();
    let folder = world.path("shut");
    std::fs::create_dir(&folder).expect("the folder is made");
    std::fs::set_permissions(&folder, std::fs::Permissions::from_mode(0o555)).expect("the folder is shut");
    let is_root = std::fs::write(folder.join("probe"), "").is_ok();
    let ran = world.run("compile rules -o shut");
    if is_root {
        // For root no folder is shut: the test shows what then happens instead.
        assert_eq!((ran.code, ran.err.as_str()), (0, "wrote shut/E1.plan.json\nwrote shut/E2.plan.json\n"));
    } else {
        assert_eq!((ran.code, world.names("shut").len()), (2, 0));
        assert!(ran.err.contains("permission denied"), "{}", ran.err);
    }
}

#[test]
fn errors_keep_everything_from_being_compiled() {
    let world = World::new()
        .file("L5-x.json", CLEAN.replace("\"rollback_procedure\": \"E2\"", "\"rollback_procedure\": \"E9\""));
    let ran = world.run("compile --entry E1 -o out.json");
    assert_eq!((ran.code, ran.out.as_str()), (1, ""));
    assert!(ran.err.contains("error[unresolved-reference]") && ran.err.contains("`E9`"), "{}", ran.err);
    assert!(ran.err.ends_with("1 error: nothing was compiled\n"), "{}", ran.err);
    assert_eq!(world.names("."), ["L5-x.json"]);
}

#[test]
fn warnings_are_counted_and_no_more() {
    let world = World::new().file("L5-x.json", CLEAN.replace("touch lit", "touch lit || true"));
    let ran = world.run("compile --entry E1");
    assert_eq!((ran.code, ran.err.as_str()), (0, "1 warning, see `rulec check`\n"));
    let ran = world.run("compile --entry E1 --deny warnings");
    assert_eq!((ran.code, ran.out.as_str()), (1, ""));
    assert!(
        ran.err.contains("warning[masked-failure]") && ran.err.ends_with("1 finding: nothing was compiled\n")
    );
}

/// Two entries, of which one rests on facts.
const FACTS: &str = "
rules:
  - { id: R1, condition: { field: ring, operator: equals, value: 3 }, action: { target: wide, value: true } }
  - { id: R2, condition: { field: ring, operator: less, value: 3 }, action: { target: wide, value: false } }
procedures:
  - id: E1
    steps:
      - { step: 1, command: ls, timeout: 5, read_only: true, on_failure: abort }
      - { step: 2, command: ls /, timeout: 5, read_only: true, on_failure: abort, when: decisions.wide }
  - id: E2
    steps: [{ step: 1, command: ls, timeout: 5, read_only: true, on_failure: abort }]
";

#[test]
fn facts_and_environments_are_folded() {
    let world = World::new()
        .file("L5-x.yaml", FACTS)
        .file("L2-x.yaml", "context: { environments: { staging: { ring: 1 }, production: { ring: 3 } } }\n");
    let steps = |options: &str| {
        let ran = world.run(&format!("compile --entry E1 {options}"));
        let plan: Value = serde_json::from_str(&ran.out).unwrap_or_else(|_| panic!("{options}: {}", ran.err));
        plan["steps"].as_array().expect("steps").len()
    };
    assert_eq!(steps("--set ring=3"), 2);
    assert_eq!(steps("--set ring=1"), 1);
    assert_eq!(steps("--environment production"), 2);
    assert_eq!(steps("--environment staging"), 1);
    assert_eq!(steps("--environment staging --set ring=3"), 2);
    let ran = world.run("compile --entry E1 --environment Production");
    assert!(ran.code == 2 && ran.err.contains("did you mean `production`?"), "{}", ran.err);
}

#[test]
fn what_can_t_be_compiled_is_left_out_of_a_folder_and_named() {
    let world = World::new().file("L5-x.yaml", FACTS);
    let ran = world.run("compile --entry E1");
    assert!(ran.code == 1 && ran.err.contains("error[undecided]"), "{}", ran.err);
    let ran = world.run("compile -o out/");
    assert_eq!((ran.code, world.names("out")), (1, vec!["E2.plan.json".to_owned()]));
    assert!(ran.err.ends_with("wrote out/E2.plan.json\n1 error: `E1` not compiled\n"), "{}", ran.err);
}

#[test]
fn several_rule_sets_are_one_too_many() {
    let world = World::clean().file("other/L5-x.json", CLEAN);
    for verb in ["compile . --entry E1", "graph ."] {
        let ran = world.run(verb);
        assert_eq!(ran.code, 2);
        assert!(ran.err.contains("there are 2 rule sets") && ran.err.contains("other"), "{}", ran.err);
    }
}

#[test]
fn plans_are_the_same_everywhere() {
    let many = |world: World, order: &mut dyn Iterator<Item = usize>| {
        order.fold(world, |world, n| {
            let text = CLEAN.replace("E1", &format!("A{n}")).replace("E2", &format!("B{n}"));
            world.file(&format!("rules/L5-{n:03}.json"), text)
        })
    };
    let forwards = many(World::new(), &mut (0..60));
    let backwards = many(World::new(), &mut (0..60).rev());
    let plan = |world: &World, threads: &str| {
        let mut command = world.command(&["compile", "rules", "--entry", "A7"]);
        run(command.env("RAYON_NUM_THREADS", threads)).out
    };
    let expected = plan(&forwards, "1");
    assert!(serde_json::from_str::<Value>(&expected).is_ok());
    assert_eq!(plan(&forwards, "8"), expected);
    assert_eq!(plan(&backwards, "8"), expected);
    let mut elsewhere = forwards.command(&["compile", "--entry", "A7"]);
    assert_eq!(run(elsewhere.current_dir(forwards.path("rules"))).out, expected);
    let whole = forwards.path("rules").to_str().expect("a path").to_owned();
    let mut absolute = forwards.command(&["compile", &whole, "--entry", "A7"]);
    assert_eq!(run(absolute.current_dir("/")).out, expected);
}

#[test]
fn what_a_target_can_t_hold_is_an_error_unless_it_is_allowed() {
    let world =
        World::new().file("L5-x.json", CLEAN.replacen("\"timeout\": 5", "\"timeout\": \"30 days\"", 1));
    assert_eq!(world.run("compile --entry E1").code, 0);
    let ran = world.run("compile --entry E1 --target sh -o e1.sh");
    assert_eq!((ran.code, ran.out.as_str()), (1, ""));
    for part in [
        "error[target-cannot]",
        "L5-x.json:10:56",
        "the target `sh` can't hold a time of more than 24 days",
        "with `--allow target-cannot` it is compiled all the same",
        "1 error: nothing was compiled",
    ] {
        assert!(ran.err.contains(part), "{part}: {}", ran.err);
    }
    assert_eq!(world.names("."), ["L5-x.json"]);
    let ran = world.run("compile --entry E1 --target sh -o e1.sh --allow target-cannot");
    assert_eq!(ran.code, 0, "{}", ran.err);
    assert!(ran.err.contains("warning[target-cannot]") && ran.err.ends_with("wrote e1.sh\n"), "{}", ran.err);
    let mode = std::fs::metadata(world.path("e1.sh")).expect("the script is there").permissions().mode();
    assert_eq!(mode & 0o111, 0o111 & (mode & 0o444) >> 2);
    assert_ne!(mode & 0o100, 0);
}

#[test]
fn what_of_a_condition_no_script_holds_is_shown_where_it_stands() {
    let json = r#"{ "procedures": [ { "id": "E1", "steps": [
  { "step": 1, "command": "ls", "timeout": 5, "read_only": true, "on_failure": "abort" },
  { "step": 2, "command": "ls", "timeout": 5, "read_only": true, "on_failure": "abort",
    "when": "steps[\"1\"].status == \u0027ok\u0027 || 'x'.matches(steps[\"1\"].output)" }
] } ] }"#;
    let yaml = r#"procedures:
- id: E1
  steps:
  - { step: 1, command: ls, timeout: 5, read_only: true, on_failure: abort }
  - step: 2
    command: ls
    timeout: 5
    read_only: true
    on_failure: abort
    when: >-
      steps["1"].status == 'ok' ||
      'x'.matches(steps["1"].output)
"#;
    for (file, text) in [("L5-x.json", json), ("L5-x.yaml", yaml)] {
        let at = text.find("'x'.matches").expect("it is there");
        let line = text[..at].matches('\n').count() + 1;
        let column = at - text[..at].rfind('\n').expect("it is not the first line");
        let ran = World::new().file(file, text).run("compile --entry E1 --target sh -o e1.sh");
        for part in [
            format!("{file}:{line}:{column}"),
            "the target `sh` can't hold a regular expression that is not written out".to_owned(),
        ] {
            assert!(ran.err.contains(&part), "{part}: {}", ran.err);
        }
    }
}

#[test]
fn calls_that_multiply_beyond_measure_are_refused_at_once() {
    let mut rules = String::from("procedures:\n");
    for n in 0..60 {
        rules += &format!(
            "- {{ id: P{n}, steps: [{{ step: 1, run: P{0} }}, {{ step: 2, run: P{0} }}] }}\n",
            n + 1
        );
    }
    rules +=
        "- { id: P60, steps: [{ step: 1, command: ls, timeout: 5, read_only: true, on_failure: abort }] }\n";
    let world = World::new().file("L5-x.yaml", rules);
    let ran = world.run("check --format short");
    assert!(ran.code == 1 && ran.out.contains("error[too-many-calls]"), "{}", ran.out);
    let ran = world.run("compile --entry P0");
    assert!(ran.code == 1 && ran.err.contains("calls come to more than 50000 steps"), "{}", ran.err);
    assert!(world.run("list").out.contains("P0   procedure  too many"));
}
