//! The five cases by which a governed executor is accepted, from rule files, compiled by the binary, run for real
//! under every shell.

use std::fs;
use std::os::unix::fs::symlink;

use super::bench::{Bench, every_shell, installed};
use super::site::{Site, compile, mixed, set_clock_ahead, wait_all, write_rules};

/// The rules of L3, as JSON: with a lock, and where a time to live is given, with idempotency.
fn limits(ttl: Option<&str>) -> String {
    let idempotency = match ttl {
        Some(ttl) => format!(r#""idempotency": {{ "enabled": true, "cached_result_ttl": "{ttl}" }},"#),
        None => String::new(),
    };
    format!(
        r#"{{
  "layer": "L3",
  "executor": {{
    "allowed_paths": ["site/**"],
    "forbidden_paths": ["site/private/**", "**/closed/**"],
    {idempotency}
    "concurrency": {{ "enabled": true, "lock_scope": "shop", "lock_timeout": "10m" }}
  }}
}}
"#
    )
}

/// Two steps that show where runs overlap.
const WRITES: &str = r#"
layer: L5
procedures:
  - id: publish
    name: Publish the page
    inputs:
      - { name: VERSION, type: string, default: v1 }
    steps:
      - id: begin
        command: |
          mkdir busy || echo OVERLAP >>trace
          echo in >>trace
          [ -z "${NAP-}" ] || until [ "$(ls state/shop/runs | wc -l)" -gt 1 ]; do sleep 0.05; done
          sleep "${NAP:-0}"
        timeout: 60
        undo: 'true'
      - id: end
        command: '[ ! -e broken ] && rmdir busy && echo out >>trace'
        timeout: 60
        undo: 'true'
"#;

/// How many of these texts have the words in them.
fn count(all: &[(i32, String)], words: &str) -> usize {
    all.iter().filter(|(_, told)| told.contains(words)).count()
}

#[test]
fn concurrent_writes() {
    every_shell(|bench| {
        let site = Site::new(bench, "publish", &[("L3-shop.json", &limits(None)), ("L5-shop.yaml", WRITES)]);
        let start = || bench.command(&site.script, &[]).env("NAP", "1").spawn().unwrap();
        let both = wait_all(vec![start(), start()]);
        assert_eq!(both.iter().map(|(code, _)| *code).collect::<Vec<_>>(), [0, 0], "{both:?}");
        assert_eq!(bench.read("trace"), "in\nout\nin\nout\n", "{both:?}");
        assert_eq!(count(&both, "waiting up to 10m0s for the lock, held by run "), 1, "{both:?}");
        assert_eq!(count(&both, "succeeded after "), 2, "{both:?}");
    });
}

/// Fifty starts at once, each under the next shell of the matrix.
fn fifty(ttl: Option<&str>) -> (Vec<(i32, String)>, String) {
    let benches: Vec<Bench> = installed().into_iter().map(Bench::new).collect();
    let files = limits(ttl);
    let site = Site::new(&benches[0], "publish", &[("L3-shop.json", &files), ("L5-shop.yaml", WRITES)]);
    let all = wait_all(mixed(&site, &benches, 50, &[]));
    (all, benches[0].read("trace"))
}

#[test]
fn concurrent_writes_of_fifty_with_idempotency() {
    let (all, trace) = fifty(Some("1h"));
    assert_eq!(all.iter().filter(|(code, _)| *code == 0).count(), 50, "{all:?}");
    assert_eq!(trace, "in\nout\n");
    assert_eq!((count(&all, "succeeded after "), count(&all, "already_done after ")), (1, 49), "{all:?}");
}

#[test]
fn concurrent_writes_of_fifty_one_after_another() {
    let (all, trace) = fifty(None);
    assert_eq!(all.iter().filter(|(code, _)| *code == 0).count(), 50, "{all:?}");
    assert_eq!(trace, "in\nout\n".repeat(50));
}

#[test]
fn duplicate_submission() {
    every_shell(|bench| {
        let files = limits(Some("1h"));
        let site = Site::new(bench, "publish", &[("L3-shop.json", &files), ("L5-shop.yaml", WRITES)]);
        // What failed may run again.
        fs::write(bench.path().join("broken"), "").unwrap();
        site.run(&[]).came_to(5, "rolled_back", "in");
        fs::remove_file(bench.path().join("broken")).unwrap();
        fs::remove_dir(bench.path().join("busy")).unwrap();
        let first = site.run(&[]);
        first.came_to(0, "succeeded", "in in out");
        // The same again: it is told when and where it was done.
        let again = site.run(&[]);
        again.came_to(0, "already_done", "in in out");
        let (run, at) = (first.report["run"].as_str().unwrap(), first.report["finished"].as_str().unwrap());
        again.says(&format!("already done: run {run} succeeded at {}", &at[.."2026-01-01T00:".len()]));
        again.says(&format!("its report: {}/report.json", first.report["folder"].as_str().unwrap()));
        assert_ne!(again.report["run"], first.report["run"]);
        assert_eq!(again.report["execution"], first.report["execution"]);
        assert_eq!(again.report["steps"][0]["status"], "not_run");
        // The value that is the default makes no other execution; another value does.
        site.run(&["--input", "VERSION=v1"]).came_to(0, "already_done", "in in out");
        let other = site.run(&["--input", "VERSION=v2"]);
        other.came_to(0, "succeeded", "in in out in out");
        assert_ne!(other.report["execution"], first.report["execution"]);
        // After the time to live it runs again.
        set_clock_ahead(bench, 3500);
        site.run(&[]).came_to(0, "already_done", "in in out in out");
        set_clock_ahead(bench, 3700);
        site.run(&[]).came_to(0, "succeeded", "in in out in out in out");
    });
}

const PARTIAL: &str = r#"{
  "layer": "L5",
  "procedures": [{
    "id": "publish",
    "name": "Publish the page",
    "steps": [
      {"id": "page", "file": {"path": "site/page", "content": "new\n", "mode": "0644"}, "timeout": 20,
       "on_failure": "abort"},
      {"id": "new", "file": {"path": "site/new", "content": "new too\n"}, "timeout": 20, "on_failure": "abort"},
      {"id": "serve", "command": "cat site/page site/new >>trace", "timeout": 20, "undo": "echo undo >>trace",
       "on_failure": "abort", "verify": {"command": "echo verify >>trace; exit 1", "timeout": 20}},
      {"id": "tell", "command": "echo told >>trace", "timeout": 20, "undo": "true", "on_failure": "abort"}
    ]
  }]
}
"#;

#[test]
fn partial_failure() {
    every_shell(|bench| {
        let site = Site::new(bench, "publish", &[("L3-shop.json", &limits(None)), ("L5-shop.json", PARTIAL)]);
        let old = (b"old \xff\0 bytes, no end of line".to_vec(), 0o604);
        site.write("site/page", &old.0, old.1);
        let run = site.run(&[]);
        run.came_to(5, "rolled_back", "new new too verify undo");
        assert_eq!(site.found("site/page"), Some(old), "{}", run.stderr);
        assert_eq!(site.found("site/new"), None, "{}", run.stderr);
        // Nothing is left beside them either.
        assert_eq!(fs::read_dir(bench.path().join("site")).unwrap().count(), 1);
        let status = |list: &str| -> Vec<String> {
            let steps = run.report[list].as_array().unwrap().iter();
            steps
                .map(|step| format!("{} {}", step["id"].as_str().unwrap(), step["status"].as_str().unwrap()))
                .collect()
        };
        assert_eq!(status("steps"), ["page ok", "new ok", "serve failed", "tell not_run"]);
        assert_eq!(status("undone"), ["serve ok", "new ok", "page ok"]);
        let serve = &run.report["steps"][2];
        assert_eq!(
            (&serve["verified"], &serve["exit_code"], &serve["polls"]),
            (&false.into(), &1.into(), &1.into())
        );
        // It is over: another run begins from the beginning.
        assert_eq!(site.run(&[]).code, 5);
    });
}

#[test]
fn tampering() {
    every_shell(|bench| {
        let site = Site::new(bench, "publish", &[("L3-shop.json", &limits(None)), ("L5-shop.yaml", WRITES)]);
        let whole = fs::read(&site.script).unwrap();
        let text = String::from_utf8(whole.clone()).unwrap();
        let at = |words: &str| text.find(words).unwrap_or_else(|| panic!("no `{words}`"));
        let changes = [
            (at("echo in >>trace"), b'E'),
            (at("Publish the page"), b'p'),
            (at("lock_timeout=") + "lock_timeout=".len(), b'9'),
            (at("\nrulec_govern() {") + 3, b'U'),
            (at("\nrulec_boot ") + "\nrulec_boot ".len(), b'x'),
        ];
        for (place, byte) in changes {
            let mut changed = whole.clone();
            assert_ne!(changed[place], byte);
            changed[place] = byte;
            fs::write(&site.script, changed).unwrap();
            for args in [&[][..], &["--yes"], &["resume"]] {
                let run = site.run(args);
                run.came_to_nothing(8);
                run.says("script.sh was changed since it was made, or cannot be read; nothing was run");
            }
        }
        assert!(!bench.path().join("state").exists() && !bench.path().join("busy").exists());
        fs::write(&site.script, whole).unwrap();
        site.run(&[]).came_to(0, "succeeded", "in out");
    });
}

/// A step that writes a file.
fn writing(path: &str) -> String {
    format!(
        "layer: L5\nprocedures:\n  - id: publish\n    steps:\n      - id: page\n        file: {{ path: {path}, content: new }}\n        timeout: 20\n        on_failure: abort\n"
    )
}

#[test]
fn path_boundary_is_held_when_compiled() {
    let bench = Bench::new(installed()[0]);
    for (path, words) in [
        ("elsewhere/page", "`elsewhere/page` is not allowed"),
        ("site/../page", "`site/../page` leads through `..`"),
        ("/etc/page", "`/etc/page` is not allowed"),
        ("site/private/page", "`site/private/page` is forbidden by `site/private/**`"),
        ("site/a/closed/page", "`site/a/closed/page` is forbidden by `**/closed/**`"),
    ] {
        write_rules(&bench, &[("L3-shop.json", &limits(None)), ("L5-shop.yaml", &writing(path))]);
        let compiled = compile(&bench, "publish", "sh", "script.sh");
        assert_eq!(compiled.code, 1, "{}", compiled.stderr);
        for words in [words, "error[path-not-allowed]", "rules/L5-shop.yaml:6:23]"] {
            assert!(compiled.stderr.contains(words), "`{words}` is not in: {}", compiled.stderr);
        }
        assert!(!bench.path().join("script.sh").exists());
    }
}

#[test]
fn path_boundary_is_held_when_run() {
    every_shell(|bench| {
        let files = limits(None);
        let site =
            Site::new(bench, "publish", &[("L3-shop.json", &files), ("L5-shop.yaml", &writing("site/page"))]);
        let outside = bench.path().join("outside");
        fs::create_dir(&outside).unwrap();
        fs::write(outside.join("page"), "precious").unwrap();
        let refused = |words: &str| {
            let run = site.run(&[]);
            run.came_to(5, "rolled_back", "");
            run.says(words);
            assert_eq!(run.report["steps"][0]["exit_code"], 3, "{}", run.stderr);
            assert_eq!(fs::read(outside.join("page")).unwrap(), b"precious");
            assert_eq!(fs::read_dir(&outside).unwrap().count(), 1);
        };
        let folder = bench.path().join("site");
        // A link was put in the way after it was compiled: in the place of the folder, then of the file.
        symlink(&outside, &folder).unwrap();
        refused("is a symbolic link; name the folder that it leads to");
        fs::remove_file(&folder).unwrap();
        fs::create_dir(&folder).unwrap();
        symlink(outside.join("page"), folder.join("page")).unwrap();
        refused("it is a symbolic link; name the file that it leads to");
        fs::remove_dir_all(&folder).unwrap();
        // The folder that it is started in makes the path a forbidden one.
        let closed = bench.path().join("closed");
        fs::create_dir_all(closed.join("site")).unwrap();
        let run = bench.wait(bench.command(&site.script, &[]).current_dir(&closed).spawn().unwrap());
        run.came_to(5, "rolled_back", "");
        run.says("is forbidden by **/closed/**");
        assert_eq!(fs::read_dir(closed.join("site")).unwrap().count(), 0);
        // With nothing in the way it is written.
        fs::create_dir(&folder).unwrap();
        site.run(&[]).came_to(0, "succeeded", "");
        assert_eq!(site.found("site/page").unwrap().0, b"new");
    });
}
