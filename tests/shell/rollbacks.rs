//! What L3 says of rollbacks, in whole runs: how often an undo is tried, and what only a person takes back.

use std::fs;

use super::bench::these_shells;
use super::site::Site;

const SHELLS: [&str; 4] = ["dash", "busybox", "ksh93", "zsh"];

/// Each undo that fails is tried again, at once, and so is each step of a rollback procedure: as often as the rules say.
#[test]
fn an_undo_is_tried_as_often_as_the_rules_say() {
    let limits = "layer: L3\nexecutor: { rollback: { max_attempts: 3 } }\n";
    // An undo succeeds once there are as many lines as its step wants.
    let rules = "layer: L5\nprocedures:\n  - id: tidy\n    steps:\n      - { id: a, command: 'true', undo: 'echo a >>trace; test -e a || { touch a; false; }', timeout: 20, on_failure: abort }\n      - { id: b, command: 'true', undo: 'echo b >>trace; false', timeout: 20, on_failure: abort }\n      - { id: c, command: 'true', undo: 'echo c >>trace; exit 0', timeout: 20, on_failure: abort }\n      - { id: end, command: 'false', timeout: 20, read_only: true, on_failure: abort }\n";
    these_shells(&SHELLS, |bench| {
        let site = Site::new(bench, "tidy", &[("L5-tidy.yaml", rules), ("L3-tidy.yaml", limits)]);
        let run = site.run(&["--trace", "lines"]);
        run.came_to(6, "rollback_failed", "c b b b a a");
        let undone = run.report["undone"].as_array().unwrap();
        let undone: Vec<_> = undone.iter().map(|undo| (&undo["id"], &undo["status"])).collect();
        assert_eq!(format!("{undone:?}").matches("String(\"ok\")").count(), 2, "{undone:?}");
        assert_eq!(bench.read("lines").matches("undo_started").count(), 6);
        run.says("once more, 3 of 3");
        let shown = site.ask(&["--dry-run"]);
        assert_eq!(shown.matches("up to 3 attempts").count(), 3, "{shown}");
    });
}

/// A file of which L3 says that only a person takes it back stays as the run wrote it, and the run says so, with the place
/// of the old content; where it was not changed, nobody is asked for anything.
///
/// Shows change.33.
#[test]
fn what_a_person_takes_back_is_left_and_told() {
    for policy in ["manual_paths: ['db/**']", "automatic_paths: ['site/**']"] {
        let limits = format!(
            "layer: L3\nexecutor: {{ rollback: {{ {policy}, max_attempts: 3 }}, backups: {{ location: old }} }}\n"
        );
        let rules = "layer: L5\nprocedures:\n  - id: tidy\n    steps:\n      - { id: page, file: { path: site/page, content: new }, timeout: 20, on_failure: abort }\n      - { id: table, file: { path: db/table, content: new }, timeout: 20, on_failure: abort }\n      - { id: view, file: { path: db/view, content: same }, timeout: 20, on_failure: abort }\n      - { id: end, command: '[ ! -e broken ]', timeout: 20, read_only: true, on_failure: abort }\n";
        these_shells(&SHELLS, |bench| {
            let site = Site::new(bench, "tidy", &[("L5-tidy.yaml", rules), ("L3-tidy.yaml", &limits)]);
            for (file, text) in [("site/page", "old"), ("db/table", "old"), ("db/view", "same")] {
                site.write(file, text.as_bytes(), 0o600);
            }
            fs::write(bench.path().join("broken"), "").unwrap();
            let run = site.run(&[]);
            run.came_to(6, "rollback_failed", "");
            assert_eq!(bench.read("site/page"), "old");
            assert_eq!(bench.read("db/table"), "new");
            let undone: Vec<String> = run.report["undone"]
                .as_array()
                .unwrap()
                .iter()
                .map(|undo| {
                    format!(
                        "{} {} {}",
                        undo["id"].as_str().unwrap(),
                        undo["status"].as_str().unwrap(),
                        undo["exit_code"]
                    )
                })
                .collect();
            assert_eq!(undone, ["view ok 0", "table failed 5", "page ok 0"]);
            // It says where the old content is, and there it is.
            let (_, told) =
                run.stderr.split_once("only a person takes this back; what was there before: ").unwrap();
            let old = told.lines().next().unwrap();
            assert_eq!(fs::read_to_string(old).unwrap_or_else(|error| panic!("{error}: {old}")), "old");
            assert!(old.starts_with(&*fs::canonicalize(bench.path().join("old")).unwrap().to_string_lossy()));
            let shown = site.ask(&["--dry-run"]);
            assert_eq!(shown.matches("undo: only a person takes it back").count(), 2, "{shown}");
            // A write that was refused left nothing to take back.
            fs::remove_file(bench.path().join("db/table")).unwrap();
            fs::create_dir(bench.path().join("db/table")).unwrap();
            site.run(&[]).came_to(5, "rolled_back", "");
            fs::remove_dir(bench.path().join("db/table")).unwrap();
            fs::remove_file(bench.path().join("broken")).unwrap();
            site.run(&[]).came_to(0, "succeeded", "");
            assert_eq!(bench.read("db/table"), "new");
        });
    }
}
