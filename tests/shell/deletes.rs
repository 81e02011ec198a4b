//! Steps that delete a file, and lists of paths of which the stronger decides, under every shell.

use std::fs;
use std::os::unix::fs::symlink;

use super::bench::{Bench, installed, these_shells};
use super::files::sha;
use super::site::{Site, compile, write_rules};

const SHELLS: [&str; 3] = ["dash", "busybox", "mksh"];

/// A step that does something to a file, and one that may fail after it.
fn rules(file: &str) -> String {
    format!(
        "layer: L5\nprocedures:\n  - id: tidy\n    steps:\n      - {{ id: file, file: {{ {file} }}, timeout: 20, on_failure: abort }}\n      - {{ id: end, command: '[ ! -e broken ]', timeout: 20, read_only: true, on_failure: abort }}\n"
    )
}

/// Shows change.2, change.8.
#[test]
fn a_deleted_file_comes_back_byte_for_byte() {
    these_shells(&SHELLS, |bench| {
        let old = (b"old \xff\0 bytes".to_vec(), 0o604);
        let site = Site::new(bench, "tidy", &[("L5-tidy.yaml", &rules("path: site/page, absent: true"))]);
        site.write("site/page", &old.0, old.1);
        fs::write(bench.path().join("broken"), "").unwrap();
        site.run(&[]).came_to(5, "rolled_back", "");
        assert_eq!(site.found("site/page"), Some(old));
        assert_eq!(fs::read_dir(bench.path().join("site")).unwrap().count(), 1);
        fs::remove_file(bench.path().join("broken")).unwrap();
        site.run(&[]).came_to(0, "succeeded", "");
        assert_eq!(site.found("site/page"), None);
        // Where there is no such file, there is nothing to do and nothing to take back.
        fs::write(bench.path().join("broken"), "").unwrap();
        site.run(&[]).came_to(5, "rolled_back", "");
        assert_eq!(site.found("site/page"), None);
        let shown = site.ask(&["--dry-run"]);
        assert!(shown.contains("deletes site/page"), "{shown}");
    });
}

/// Shows change.8.
#[test]
fn another_content_is_not_deleted() {
    let rules = rules(&format!("path: site/page, absent: true, expect_sha256: {}", sha(b"expected")));
    these_shells(&SHELLS, |bench| {
        let site = Site::new(bench, "tidy", &[("L5-tidy.yaml", &rules)]);
        site.write("site/page", b"another", 0o644);
        let run = site.run(&[]);
        run.came_to(5, "rolled_back", "");
        run.says("refused: its content has the SHA-256");
        assert_eq!(site.found("site/page").unwrap().0, b"another");
        site.write("site/page", b"expected", 0o644);
        site.run(&[]).came_to(0, "succeeded", "");
        assert_eq!(site.found("site/page"), None);
    });
}

#[test]
fn what_is_outside_is_not_deleted_when_run() {
    let limits = "layer: L3\nexecutor: { allowed_paths: ['site/**'], forbidden_paths: ['**/.env'] }\n";
    these_shells(&SHELLS, |bench| {
        let files = [("L5-tidy.yaml", &*rules("path: site/page, absent: true")), ("L3-tidy.yaml", limits)];
        let site = Site::new(bench, "tidy", &files);
        fs::create_dir(bench.path().join("outside")).unwrap();
        fs::write(bench.path().join("outside/page"), "precious").unwrap();
        symlink("outside", bench.path().join("site")).unwrap();
        let run = site.run(&[]);
        run.came_to(5, "rolled_back", "");
        run.says("is a symbolic link");
        assert_eq!(bench.read("outside/page"), "precious");
    });
}

/// Shows change.12.
#[test]
fn the_stronger_list_decides_when_compiled_and_when_run() {
    let limits = |order: &str| {
        format!(
            "layer: L3\nexecutor:\n  allowed_paths: ['**']\n  forbidden_paths: ['**/.env']\n  read_only_paths: ['docs/**', '**/frozen/**']\n  write_allowed_paths: ['docs/new/**']\n  path_precedence: [forbidden_paths, {order}, allowed_paths]\n"
        )
    };
    let (exceptions, frozen) =
        ("write_allowed_paths, read_only_paths", "read_only_paths, write_allowed_paths");
    let bench = Bench::new(installed()[0]);
    for (path, order, words) in [
        ("docs/new/a", exceptions, None),
        ("docs/new/a", frozen, Some("`docs/new/a` is made read-only by `docs/**`")),
        ("docs/a", exceptions, Some("`docs/a` is made read-only by `docs/**`")),
        ("docs/new/.env", exceptions, Some("`docs/new/.env` is forbidden by `**/.env`")),
        ("a", frozen, None),
    ] {
        let step = rules(&format!("path: {path}, content: x"));
        write_rules(&bench, &[("L3-tidy.yaml", &limits(order)), ("L5-tidy.yaml", &step)]);
        let compiled = compile(&bench, "tidy", "sh", "script.sh");
        assert_eq!(compiled.code, i32::from(words.is_some()), "{}", compiled.stderr);
        assert!(compiled.stderr.contains(words.unwrap_or_default()), "{}", compiled.stderr);
    }
    these_shells(&SHELLS, |bench| {
        let step = rules("path: site/a, content: x");
        let files = [("L3-tidy.yaml", &*limits(exceptions)), ("L5-tidy.yaml", &*step)];
        let site = Site::new(bench, "tidy", &files);
        fs::create_dir_all(bench.path().join("site")).unwrap();
        site.run(&[]).came_to(0, "succeeded", "");
        // Started in another folder, it is another path.
        let frozen = bench.path().join("frozen");
        fs::create_dir_all(frozen.join("site")).unwrap();
        let run = bench.wait(bench.command(&site.script, &[]).current_dir(&frozen).spawn().unwrap());
        run.came_to(5, "rolled_back", "");
        run.says("is made read-only by **/frozen/**");
    });
}

/// Shows change.14.
#[test]
fn copied_lines_are_counted_when_run() {
    let limits = "layer: L3\nexecutor: { constraints: { max_patch_lines: 5 } }\n";
    let rules = "layer: L5\nprocedures:\n  - id: tidy\n    steps:\n      - { id: a, file: { path: a, content: \"1\\n2\\n\" }, timeout: 20, on_failure: abort }\n      - { id: b, file: { path: b, source: two }, timeout: 20, on_failure: abort }\n      - { id: c, file: { path: c, source: more }, timeout: 20, on_failure: abort }\n";
    these_shells(&SHELLS, |bench| {
        let site = Site::new(bench, "tidy", &[("L5-tidy.yaml", rules), ("L3-tidy.yaml", limits)]);
        site.write("two", b"1\n2", 0o644);
        site.write("more", b"1\n", 0o644);
        site.run(&[]).came_to(0, "succeeded", "");
        site.write("more", b"1\n2\n", 0o644);
        let run = site.run(&[]);
        run.came_to(5, "rolled_back", "");
        run.says("4 lines that are copied, and 3 are left of max_patch_lines");
        assert_eq!(site.found("c").unwrap().0, b"1\n");
    });
}
