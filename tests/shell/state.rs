//! The folders of the state are the user's alone, wherever they are asked to be.

use std::fs;
use std::os::unix::ffi::OsStringExt as _;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _, symlink};
use std::path::{Path, PathBuf};

use super::bench::{Bench, Run, every_shell, these_shells};
use super::parts::run_pieces;
use super::plans::{plan, traced};

/// Runs a step with the state in `folder`.
fn run_in(bench: &Bench, folder: impl AsRef<std::ffi::OsStr>) -> Run {
    let script = bench.emit(&plan([traced("a")]));
    bench.wait(bench.command(&script, &[]).env("RULEC_STATE_DIR", folder).spawn().unwrap())
}

fn mode(path: &Path) -> u32 {
    fs::metadata(path).unwrap_or_else(|error| panic!("{error}: {}", path.display())).mode() & 0o7777
}

fn chmod(path: &Path, mode: u32) {
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
}

fn folder(path: PathBuf, mode: u32) -> PathBuf {
    fs::create_dir_all(&path).unwrap();
    chmod(&path, mode);
    path
}

/// True for root, who alone can give a file away; else it is said that a test was left out.
fn is_root(bench: &Bench) -> bool {
    let is_root = fs::metadata(bench.path()).unwrap().uid() == 0;
    if !is_root {
        eprintln!("not run: only root can give files to others");
    }
    is_root
}

#[test]
fn all_folders_and_files_are_for_their_owner_only() {
    every_shell(|bench| {
        run_in(bench, bench.path().join("state")).came_to(0, "succeeded", "a");
        let mut left = vec![bench.path().join("state")];
        let mut seen = 0;
        while let Some(path) = left.pop() {
            seen += 1;
            assert_eq!(mode(&path) & 0o077, 0, "{}", path.display());
            if path.is_dir() {
                left.extend(fs::read_dir(path).unwrap().map(|entry| entry.unwrap().path()));
            }
        }
        assert!(seen > 8);
    });
}

#[test]
fn folders_made_under_another_umask_are_tightened() {
    every_shell(|bench| {
        let state = bench.path().join("state");
        for part in ["", "test", "test/lock", "test/runs"] {
            folder(state.join(part), 0o755);
        }
        run_in(bench, &state).came_to(0, "succeeded", "a");
        for part in ["", "test", "test/lock", "test/runs", "test/open", "test/done"] {
            assert_eq!(mode(&state.join(part)), 0o700, "{part}");
        }
    });
}

#[test]
fn what_others_could_write_or_swap_is_refused() {
    every_shell(|bench| {
        let here = bench.path();
        let refused = |folder: &Path, words: &str| {
            let run = run_in(bench, folder);
            run.came_to_nothing(9);
            run.says(words);
        };
        let state = folder(here.join("state"), 0o700);
        symlink(&state, here.join("link")).unwrap();
        refused(&here.join("link"), "is a link");
        refused(&here.join("link/"), "is a link");
        fs::create_dir(state.join("test")).unwrap();
        for part in ["lock", "runs"] {
            symlink(here, state.join("test").join(part)).unwrap();
            refused(&state, &format!("test/{part} is a link"));
            fs::remove_file(state.join("test").join(part)).unwrap();
            fs::write(state.join("test").join(part), "").unwrap();
            refused(&state, &format!("test/{part} is not a folder"));
            fs::remove_file(state.join("test").join(part)).unwrap();
        }
        fs::write(here.join("file"), "").unwrap();
        refused(&here.join("file"), "is not a folder");
        refused(&here.join("file/below"), "cannot be made");
        for open in [0o770, 0o702, 0o777] {
            let above = folder(here.join("open"), open);
            refused(&above.join("state"), &format!("chmod go-w '{}'", above.display()));
            refused(&above.join("deep/er"), "others may write in");
        }
        symlink(here, here.join("open/link")).unwrap();
        refused(&here.join("open/link/state"), "others may write in");
        run_in(bench, folder(here.join("sticky"), 0o1777).join("state")).came_to(0, "succeeded", "a");
    });
}

#[test]
fn what_belongs_to_somebody_else_is_refused_even_for_root() {
    every_shell(|bench| {
        if !is_root(bench) {
            return;
        }
        let here = bench.path();
        let give = |path: &Path| std::os::unix::fs::lchown(path, Some(12_345), None).unwrap();
        let refused = |folder: &Path, words: &str| {
            let run = run_in(bench, folder);
            run.came_to_nothing(9);
            run.says(words);
        };
        let other = folder(here.join("other"), 0o700);
        give(&other);
        refused(&other, "belongs to user 12345, and this script runs as user 0");
        refused(&other.join("below"), "belongs to user 12345");
        let state = folder(here.join("state"), 0o700);
        give(&folder(state.join("test/runs"), 0o700));
        refused(&state, "test/runs belongs to user 12345");
        let mine = folder(here.join("mine"), 0o700);
        symlink(&mine, here.join("link")).unwrap();
        give(&here.join("link"));
        refused(&here.join("link/state"), "belongs to user 12345");
    });
}

#[test]
fn folders_with_odd_names_are_taken() {
    every_shell(|bench| {
        let here = bench.path();
        symlink(here, here.join("link")).unwrap();
        let full = |name: &str| format!("{}/{name}", here.display());
        for (asked, made) in [
            (full("with a space"), "with a space"),
            (full("with\na line\n"), "with\na line\n"),
            (full("quo'te\"$HOME`x`*?[a]\\"), "quo'te\"$HOME`x`*?[a]\\"),
            (full("caf\u{e9}"), "caf\u{e9}"),
            ("-rf".to_owned(), "-rf"),
            ("relative/./x/../y//".to_owned(), "relative/y"),
            (full("slashes///"), "slashes"),
            (full("dot/."), "dot"),
            (full("link/below"), "below"),
        ] {
            // The path of the report can have lines, so it is not looked for.
            let script = bench.emit(&plan([traced("a")]));
            let output = bench.command(&script, &[]).env("RULEC_STATE_DIR", &asked).output().unwrap();
            assert!(output.status.success(), "{asked}: {}", String::from_utf8_lossy(&output.stderr));
            let runs = here.join(made).join("test/runs");
            assert_eq!(fs::read_dir(&runs).map(Iterator::count).ok(), Some(1), "{asked}: {runs:?}");
        }
        if !["yash", "zsh"].contains(&bench.shell) {
            let mut bytes = here.as_os_str().to_owned().into_encoded_bytes();
            bytes.extend(b"/\xff\xfe");
            let odd = std::ffi::OsString::from_vec(bytes);
            let script = bench.emit(&plan([traced("a")]));
            let output = bench.command(&script, &["--quiet"]).env("RULEC_STATE_DIR", &odd).output().unwrap();
            assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
            assert!(Path::new(&odd).join("test").is_dir());
        }
        for root in ["/", "//.//"] {
            run_in(bench, root).says("it would be the root of all folders");
        }
    });
}

#[test]
fn a_path_that_the_shell_cannot_hold_is_not_taken_for_none() {
    these_shells(&["yash"], |bench| {
        let script = bench.emit(&plan([traced("a")]));
        let mut command = bench.command(&script, &[]);
        command.env("LC_ALL", "C").env("RULEC_STATE_DIR", bench.path().join("caf\u{e9}"));
        let run = bench.wait(command.spawn().unwrap());
        run.came_to_nothing(9);
        run.says("cannot hold its path in this locale");
    });
}

#[test]
fn a_run_is_found_by_the_beginning_of_its_name() {
    every_shell(|bench| {
        let home = bench.path().join("state/test");
        for run in ["20260101T000000Z-7", "20260102T000000Z-12", "20260102T000000Z-123"] {
            folder(home.join("runs").join(run), 0o700);
        }
        let find = |asked: &str| {
            let snippet =
                format!("rulec_open_root\nrulec_find_run {asked} || echo none\necho \"$rulec_run\"");
            let run = run_pieces(bench, &snippet, &[]);
            (run.stdout.trim().to_owned(), run.stderr)
        };
        assert_eq!(find("20260101").0, "20260101T000000Z-7");
        assert_eq!(find("20260102T000000Z-12").0, "20260102T000000Z-12");
        assert_eq!(find("").0, "20260102T000000Z-123");
        for (asked, words) in [
            ("20260102", "could be any of: 20260102T000000Z-12 20260102T000000Z-123"),
            ("2027", "no run has the name 2027"),
            ("../runs", "a run is named as in"),
            ("..", "a run is named as in"),
            ("'20260101*'", "a run is named as in"),
        ] {
            let (found, said) = find(asked);
            assert_eq!(found, "none", "{asked}");
            assert!(said.contains(words), "{asked}: {said}");
        }
        folder(home.join("open"), 0o700);
        fs::write(home.join("open/20260101T000000Z-7"), "").unwrap();
        assert_eq!(find("").0, "20260101T000000Z-7");
        fs::write(home.join("open/20260102T000000Z-12"), "").unwrap();
        assert_eq!(find("").0, "none");
    });
}

#[test]
fn old_runs_go_but_none_that_is_not_over() {
    every_shell(|bench| {
        let home = bench.path().join("state/test");
        let name = |day: u32| format!("202601{day:02}T000000Z-7");
        for day in 1..=9 {
            let run = folder(home.join("runs").join(name(day)), 0o700);
            if day != 3 && day != 4 {
                fs::write(run.join("report.json"), "{}").unwrap();
            }
        }
        // Not over; its starter is alive; its starter is dead; a command may be under way.
        folder(home.join("open"), 0o700);
        fs::write(home.join("open").join(name(1)), "").unwrap();
        fs::write(home.join("runs").join(name(5)).join("1-a.1.claim"), "").unwrap();
        let snippet = "rulec_open_root
            echo \"$rulec_self_line\" >\"$rulec_home/runs/20260103T000000Z-7/starter\"
            echo \"$rulec_here_host $rulec_this_boot $rulec_here_space 999999999 1 .\" >\"$rulec_home/runs/20260104T000000Z-7/starter\"
            rulec_prune_runs";
        let run = run_pieces(bench, snippet, &[("RULEC_KEEP_RUNS", "2")]);
        assert_eq!(run.code, 0, "{}", run.stderr);
        let mut left: Vec<u32> = (1..=9).filter(|&day| home.join("runs").join(name(day)).exists()).collect();
        assert_eq!(left, [1, 3, 5, 8, 9], "{}", run.stderr);
        run_pieces(bench, snippet, &[("RULEC_KEEP_RUNS", "x")]).says("RULEC_KEEP_RUNS is the number");
        run_pieces(bench, "rulec_open_root; rulec_prune_runs", &[]);
        left.retain(|&day| !home.join("runs").join(name(day)).exists());
        assert_eq!(left, [0; 0]);
    });
}

#[test]
fn a_run_removes_what_is_too_old_when_it_ends() {
    every_shell(|bench| {
        let script = bench.emit(&plan([traced("a")]));
        for _ in 0..4 {
            let mut command = bench.command(&script, &["--quiet"]);
            assert_eq!(bench.wait(command.env("RULEC_KEEP_RUNS", "2").spawn().unwrap()).code, 0);
        }
        assert_eq!(fs::read_dir(bench.path().join("state/test/runs")).unwrap().count(), 2);
    });
}
