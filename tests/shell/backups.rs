//! Where the old files of a run are kept, for how long, and that no crash takes the way back: under every shell.

use std::fs;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _, symlink};
use std::path::{Path, PathBuf};
use std::process::{Child, Command};

use super::bench::{Bench, every_shell, find, these_shells};
use super::site::{Site, kill, until};

/// Shells that differ in what matters here.
const SOME: [&str; 2] = ["dash", "busybox"];
const OLD: (&[u8], u32) = (b"old \xff\0 bytes", 0o604);
const NEW: &str = "new\n";

/// A step that writes a file, or deletes it, and one that fails while there is a file `broken`.
fn rules(file: &str) -> String {
    format!(
        "layer: L5\nprocedures:\n  - id: tidy\n    steps:\n      - {{ id: file, file: {{ {file} }}, timeout: 20, on_failure: abort }}\n      - {{ id: end, command: '[ ! -e broken ]', timeout: 20, read_only: true, on_failure: abort }}\n"
    )
}

fn writes() -> String {
    rules("path: site/page, content: \"new\\n\"")
}

/// A site with an old file, and backups as L3 says.
fn site<'b>(bench: &'b Bench, steps: &str, backups: &str) -> Site<'b> {
    let limits = format!("layer: L3\nexecutor: {{ backups: {{ {backups} }} }}\n");
    let site = Site::new(bench, "tidy", &[("L5-tidy.yaml", steps), ("L3-tidy.yaml", &limits)]);
    site.write("site/page", OLD.0, OLD.1);
    site
}

/// Lets the next runs fail, or no longer.
fn breaks(bench: &Bench, fails: bool) {
    let file = bench.path().join("broken");
    if fails { fs::write(file, "").unwrap() } else { fs::remove_file(file).unwrap() }
}

/// The folders of runs below a folder of backups, in order.
fn kept(site: &Site<'_>, location: &str) -> Vec<PathBuf> {
    let scope = site.home().file_name().unwrap().to_owned();
    let folder = site.bench.path().join(location).join(scope);
    let mut runs: Vec<PathBuf> =
        fs::read_dir(folder).into_iter().flatten().map(|run| run.unwrap().path()).collect();
    runs.sort();
    runs
}

/// The old files that are beside the records of the runs.
fn beside(site: &Site<'_>) -> Vec<PathBuf> {
    let runs = fs::read_dir(site.home().join("runs")).unwrap().map(|run| run.unwrap().path());
    let mut files: Vec<PathBuf> =
        runs.map(|run| run.join("1-file.file.old")).filter(|file| file.exists()).collect();
    files.sort();
    files
}

fn mode(path: &Path) -> u32 {
    fs::metadata(path).unwrap().mode() & 0o7777
}

/// Lets a run have ended long ago, or in the future.
fn ended(folder: &Path, at: &str) {
    assert!(folder.join("kept").exists(), "{}", folder.display());
    fs::write(folder.join("kept"), format!("{at} .\n")).unwrap();
}

#[test]
fn they_are_where_the_rules_want_them() {
    every_shell(|bench| {
        let site = site(bench, &writes(), "location: run/old files");
        fs::create_dir_all(bench.path().join("run/old files")).unwrap();
        site.run(&[]).came_to(0, "succeeded", "");
        breaks(bench, true);
        site.write("site/page", OLD.0, OLD.1);
        site.run(&[]).came_to(5, "rolled_back", "");
        assert_eq!(site.found("site/page"), Some((OLD.0.to_vec(), OLD.1)));
        let runs = kept(&site, "run/old files");
        assert_eq!(runs.len(), 2);
        for run in &runs {
            let file = run.join("1-file.file.old");
            assert_eq!((fs::read(&file).unwrap(), mode(&file)), (OLD.0.to_vec(), OLD.1));
            assert!(fs::read_to_string(run.join("kept")).unwrap().ends_with(" .\n"));
            for folder in run.ancestors().take(3) {
                assert_eq!(mode(folder), 0o700, "{}", folder.display());
            }
        }
        assert_eq!(beside(&site), [""; 0].map(PathBuf::from));
        let shown = site.ask(&["--dry-run"]);
        assert!(shown.contains("backups: run/old files\n"), "{shown}");
    });
}

#[test]
fn a_run_that_changes_nothing_leaves_nothing() {
    these_shells(&SOME, |bench| {
        let steps = rules("path: none, absent: true");
        let site = site(bench, &steps, "location: old, max_age: 7d");
        site.run(&[]).came_to(0, "succeeded", "");
        assert_eq!(kept(&site, "old"), [""; 0].map(PathBuf::from));
        let shown = site.ask(&["--dry-run"]);
        assert!(shown.contains("backups: old; kept for 7d\n"), "{shown}");
    });
}

#[test]
fn a_success_removes_its_own_and_nothing_else_does() {
    every_shell(|bench| {
        for place in ["location: old, ", ""] {
            let site = site(bench, &writes(), &format!("{place}delete_on_success: true"));
            let count = || if place.is_empty() { beside(&site).len() } else { kept(&site, "old").len() };
            let before = count();
            breaks(bench, true);
            site.run(&[]).came_to(5, "rolled_back", "");
            assert_eq!(count(), before + 1);
            breaks(bench, false);
            site.run(&[]).came_to(0, "succeeded", "");
            assert_eq!(site.found("site/page").unwrap().0, NEW.as_bytes());
            assert_eq!(count(), before + 1, "{place}");
        }
    });
}

#[test]
fn what_is_too_old_goes_but_not_that_of_a_run_that_is_not_over() {
    every_shell(|bench| {
        for place in ["location: old, ", ""] {
            let site = site(bench, &writes(), &format!("{place}max_age: 7d"));
            let folders = || match place {
                "" => beside(&site).iter().map(|file| file.parent().unwrap().to_owned()).collect(),
                _ => kept(&site, "old"),
            };
            let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_secs();
            breaks(bench, true);
            let mut runs: Vec<PathBuf> = Vec::new();
            for _ in 0..4 {
                site.run(&[]).came_to(5, "rolled_back", "");
                let new = folders().into_iter().find(|folder| !runs.contains(folder));
                runs.push(new.expect("each run keeps its own"));
            }
            ended(&runs[0], &(now - 8 * 86_400).to_string());
            ended(&runs[1], &(now - 6 * 86_400).to_string());
            // Of this one nobody knows that it has ended, and of this one not when.
            fs::remove_file(runs[2].join("kept")).unwrap();
            ended(&runs[3], "1 and a half");
            site.run(&[]).came_to(5, "rolled_back", "");
            let left = folders();
            let is_left: Vec<bool> = runs.iter().map(|run| left.contains(run)).collect();
            assert_eq!(is_left, [false, true, true, true], "{place}");
            breaks(bench, false);
            fs::remove_dir_all(bench.path().join("state")).unwrap();
        }
    });
}

#[test]
fn what_is_not_the_users_alone_is_refused() {
    every_shell(|bench| {
        let site = site(bench, &writes(), "location: deep/old");
        let refused = |words: &str| {
            let run = site.run(&[]);
            run.came_to_nothing(9);
            run.says(words);
            run.says("executor.backups.location");
            assert_eq!(site.found("site/page"), Some((OLD.0.to_vec(), OLD.1)));
        };
        let (deep, old) = (bench.path().join("deep"), bench.path().join("deep/old"));
        fs::create_dir_all(&old).unwrap();
        fs::rename(&old, bench.path().join("real")).unwrap();
        symlink(bench.path().join("real"), &old).unwrap();
        refused("deep/old is a link");
        fs::remove_file(&old).unwrap();
        fs::write(&old, "").unwrap();
        refused("deep/old is not a folder");
        fs::remove_file(&old).unwrap();
        fs::set_permissions(&deep, fs::Permissions::from_mode(0o777)).unwrap();
        refused("others may write in");
        fs::set_permissions(&deep, fs::Permissions::from_mode(0o700)).unwrap();
        let scope = site.home().file_name().unwrap().to_owned();
        fs::remove_dir_all(&old).unwrap();
        fs::create_dir(&old).unwrap();
        symlink(bench.path(), old.join(&scope)).unwrap();
        refused("is a link");
        fs::remove_file(old.join(&scope)).unwrap();
        if fs::metadata(bench.path()).unwrap().uid() == 0 {
            std::os::unix::fs::chown(&old, Some(12_345), None).unwrap();
            refused("belongs to user 12345");
            std::os::unix::fs::chown(&old, Some(0), None).unwrap();
        }
        // Nothing of all that is in the way of the next run.
        site.run(&[]).came_to(0, "succeeded", "");
        assert_eq!(kept(&site, "deep/old").len(), 1);
    });
}

/// Lets a tool stop for ever at a file: before what it does there, or after it.
fn stops(bench: &Bench, tool: &str, file: &str, when: &str) {
    let real = find(tool).expect("it is there");
    let (real, here) = (real.display(), bench.path().display());
    let text = format!(
        "#!/bin/sh\nfor last do :; done\ncase $last in\n{file})\n  [ {when} = before ] || {real} \"$@\"\n  true >'{here}/reached'\n  exec sleep 90\n  ;;\nesac\nexec {real} \"$@\"\n"
    );
    // Some shells have the tool inside.
    bench.write(&bench.path().join("bin").join(tool), text);
}

/// Ends a run, and what it has under way, as the power would.
fn power_cut(site: &Site<'_>, runner: &mut Child) {
    kill(runner);
    let runs = fs::read_dir(site.home().join("runs")).unwrap().map(|run| run.unwrap().path());
    for file in runs.flat_map(|run| fs::read_dir(run).unwrap().map(|file| file.unwrap().path())) {
        if file.extension().is_some_and(|end| end == "claim") {
            let claim = fs::read_to_string(&file).unwrap();
            let leader = claim.split(' ').next().unwrap();
            Command::new("kill").args(["-s", "KILL", "--", &format!("-{leader}")]).output().unwrap();
        }
    }
}

/// Starts a run that a tool stops, and cuts the power there.
fn cut(site: &Site<'_>, tool: &str, file: &str, when: &str) {
    let bench = site.bench;
    stops(bench, tool, file, when);
    let mut runner = site.start(&[]);
    until("the tool", || bench.path().join("reached").exists());
    power_cut(site, &mut runner);
    fs::remove_file(bench.path().join("reached")).unwrap();
    fs::remove_file(bench.path().join("bin").join(tool)).unwrap();
}

/// After the copy and before it is recorded, before the write, and after it: what follows is as if nothing had been.
///
/// Shows change.8.
#[test]
fn no_crash_takes_the_way_back() {
    // The shell of busybox has the tools inside, so nothing can stop them.
    these_shells(&["dash", "ksh93", "zsh", "mksh"], |bench| {
        for (steps, places) in [
            (
                writes(),
                &[("mv", "*.record", "before"), ("mv", "./page", "before"), ("mv", "./page", "after")],
            ),
            (
                rules("path: site/page, absent: true"),
                &[("mv", "*.record", "after"), ("rm", "./page", "before"), ("rm", "./page", "after")],
            ),
        ] {
            let site = site(bench, &steps, "location: old, delete_on_success: true, max_age: 1s");
            for (tool, file, when) in places {
                let is_done = || match steps == writes() {
                    true => site.found("site/page").is_some_and(|found| found.0 == NEW.as_bytes()),
                    false => site.found("site/page").is_none(),
                };
                let what = format!("{tool} {file} {when}");
                cut(&site, tool, file, when);
                let old = site.found("site/page");
                assert!(is_done() || old == Some((OLD.0.to_vec(), OLD.1)), "{what}");
                site.run(&["cancel"]).came_to(143, "cancelled", "");
                assert_eq!(site.found("site/page"), Some((OLD.0.to_vec(), OLD.1)), "{what}");

                cut(&site, tool, file, when);
                breaks(bench, true);
                site.run(&["resume"]).came_to(5, "rolled_back", "");
                breaks(bench, false);
                assert_eq!(site.found("site/page"), Some((OLD.0.to_vec(), OLD.1)), "{what}");

                cut(&site, tool, file, when);
                site.run(&["resume"]).came_to(0, "succeeded", "");
                assert!(is_done(), "{what}");
                let left = fs::read_dir(bench.path().join("site")).unwrap();
                assert!(left.map(|file| file.unwrap().file_name()).all(|name| name == "page"), "{what}");
                site.write("site/page", OLD.0, OLD.1);
            }
        }
    });
}

#[test]
fn they_go_only_once_the_success_is_on_record() {
    these_shells(&["dash", "ksh93", "zsh"], |bench| {
        let site = site(bench, &writes(), "location: old, delete_on_success: true");
        cut(&site, "rm", "*/old/*[0-9]", "before");
        let runs = kept(&site, "old");
        assert_eq!(fs::read(runs[0].join("1-file.file.old")).unwrap(), OLD.0);
        let run = fs::read_dir(site.home().join("runs")).unwrap().next().unwrap().unwrap().path();
        let journal = fs::read_to_string(run.join("journal")).unwrap();
        assert!(journal.contains(" over succeeded 0 ."), "{journal}");
        let audit = fs::read_to_string(site.home().join("audit.jsonl")).unwrap_or_default();
        assert!(audit.is_empty() || audit.contains("run_ended"), "{audit}");
        // It can no longer be taken back, and what was left of it is done.
        let resumed = site.run(&["resume"]);
        resumed.came_to(0, "succeeded", "");
        resumed.says("was over, but for its report");
        assert_eq!(kept(&site, "old"), [""; 0].map(PathBuf::from));
        assert_eq!(site.found("site/page").unwrap().0, NEW.as_bytes());
    });
}

#[test]
fn backups_that_are_gone_or_elsewhere_are_told() {
    these_shells(&["dash", "ksh93", "zsh", "mksh"], |bench| {
        let site = site(bench, &writes(), "location: old");
        let old = bench.path().join("old");
        cut(&site, "mv", "./page", "after");
        // Somebody puts another folder in its place: nothing is done until it is back.
        fs::rename(&old, bench.path().join("real")).unwrap();
        symlink("real", &old).unwrap();
        let refused = site.run(&["cancel"]);
        assert_eq!(refused.code, 9, "{}", refused.stderr);
        refused.says("old is a link");
        assert_eq!(site.found("site/page").unwrap().0, NEW.as_bytes());
        fs::remove_file(&old).unwrap();
        fs::rename(bench.path().join("real"), &old).unwrap();
        site.run(&["cancel"]).came_to(143, "cancelled", "");
        assert_eq!(site.found("site/page"), Some((OLD.0.to_vec(), OLD.1)));
        // Somebody removes it: the file stays, and that is no success.
        cut(&site, "mv", "./page", "after");
        fs::remove_dir_all(&old).unwrap();
        let run = site.run(&["cancel"]);
        run.came_to(6, "rollback_failed", "");
        assert!(run.report["undone"][0]["status"] == "failed", "{}", run.report);
        assert_eq!(site.found("site/page").unwrap().0, NEW.as_bytes());
    });
}

#[test]
fn a_run_that_is_abandoned_keeps_its_own_for_its_time() {
    these_shells(&["dash", "ksh93"], |bench| {
        let site = site(bench, &writes(), "location: old, delete_on_success: true, max_age: 7d");
        cut(&site, "mv", "./page", "after");
        let runs = kept(&site, "old");
        assert!(!runs[0].join("kept").exists());
        site.ask(&["abandon", "--yes"]);
        ended(&runs[0], "86400");
        site.run(&[]).came_to(0, "succeeded", "");
        assert_eq!(kept(&site, "old"), [""; 0].map(PathBuf::from));
    });
}
