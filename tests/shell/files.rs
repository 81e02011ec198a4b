//! The program that writes a file: what it writes, refuses and takes back. What befalls it is in `file_harm`.

use std::fmt::Write as _;
use std::fs;
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use sha2::{Digest, Sha256};

use super::bench::{Bench, every_shell, these_shells};

pub(super) const PROGRAM: &str =
    include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/target/shell/runtime/file.sh"));

pub(super) fn sha(content: &[u8]) -> String {
    Sha256::digest(content).iter().fold(String::new(), |mut text, byte| {
        write!(text, "{byte:02x}").unwrap();
        text
    })
}

/// A working folder `work` and a run folder `run`, in which the program is started.
pub(super) struct Desk<'a> {
    pub(super) bench: &'a Bench,
    pub(super) program: String,
    pub(super) env: Vec<(String, String)>,
    pub(super) user: Option<u32>,
}

impl<'a> Desk<'a> {
    pub(super) fn new(bench: &'a Bench) -> Self {
        for folder in ["work", "run"] {
            let folder = bench.path().join(folder);
            let _ = fs::set_permissions(&folder, fs::Permissions::from_mode(0o755));
            let _ = fs::remove_dir_all(&folder);
            fs::create_dir(&folder).unwrap();
        }
        Self { bench, program: PROGRAM.to_owned(), env: Vec::new(), user: None }
    }

    pub(super) fn set(mut self, name: &str, value: &str) -> Self {
        self.env.push((format!("RULEC_FILE_{name}"), value.to_owned()));
        self
    }

    /// The file `path` with the content of a file of the run folder.
    pub(super) fn writes(self, path: &str, content: &[u8]) -> Self {
        let file = self.run_folder().join("new");
        fs::write(&file, content).unwrap();
        self.set("PATH", path)
            .set("NAME", path)
            .set("CONTENT", &file.display().to_string())
            .set("SHA256", &sha(content))
    }

    pub(super) fn work(&self) -> PathBuf {
        self.bench.path().join("work")
    }

    pub(super) fn run_folder(&self) -> PathBuf {
        self.bench.path().join("run")
    }

    /// Runs the program; its exit code (1000 and more: a signal) and what it says.
    pub(super) fn go(&self, what: &str) -> (i32, String) {
        let start = fs::canonicalize(self.work()).unwrap();
        let mut command = Command::new(self.bench.path().join("bin/sh"));
        command.args(["-c", &self.program]).current_dir(self.work()).env_clear().envs(self.bench.env());
        for name in ["CONTENT", "SHA256", "FROM", "EXPECT", "MODE", "ALLOWED", "FORBIDDEN"] {
            command.env(format!("RULEC_FILE_{name}"), "");
        }
        command.env("RULEC_FILE_DO", what).env("RULEC_FILE_START", start);
        command.env("RULEC_FILE_BACKUP", self.run_folder().join("1-step.file"));
        command.envs(self.env.iter().cloned()).stdin(Stdio::null());
        if let Some(user) = self.user {
            command.uid(user).gid(user);
        }
        let output = command.output().unwrap();
        let code = output.status.code().unwrap_or_else(|| 1000 + output.status.signal().unwrap());
        let words = String::from_utf8_lossy(&output.stderr).into_owned();
        (code, words + &String::from_utf8_lossy(&output.stdout))
    }

    #[track_caller]
    pub(super) fn does(&self, what: &str) {
        let (code, words) = self.go(what);
        assert_eq!(code, 0, "{what}: {words}");
        let left: Vec<String> = names(&self.work()).into_iter().filter(|it| it.contains(".rulec-")).collect();
        assert_eq!(left, [""; 0], "{what}: {words}");
    }

    /// The program refuses with this code and these words, and changes nothing.
    #[track_caller]
    pub(super) fn refuses(&self, what: &str, code: i32, words: &str) {
        let before = tree(&self.work());
        let (got, said) = self.go(what);
        assert!(got == code && said.contains(words), "expected {code}, `{words}`; got {got}, {said}");
        assert_eq!(tree(&self.work()), before, "{said}");
    }

    pub(super) fn put(&self, file: &str, content: &[u8], mode: u32) {
        let file = self.work().join(file);
        fs::write(&file, content).unwrap();
        fs::set_permissions(&file, fs::Permissions::from_mode(mode)).unwrap();
    }

    #[track_caller]
    pub(super) fn has(&self, file: &str, content: &[u8], mode: u32) {
        let file = self.work().join(file);
        let got = fs::read(&file).unwrap();
        assert!(got == content, "{} is {:?}", file.display(), String::from_utf8_lossy(&got));
        assert_eq!(fs::metadata(&file).unwrap().mode() & 0o7777, mode, "{}", file.display());
    }
}

pub(super) fn names(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).unwrap();
    let mut names: Vec<String> =
        entries.map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned()).collect();
    names.sort();
    names
}

/// All that is in a folder: kinds, modes, contents.
fn tree(folder: &Path) -> String {
    let mut text = String::new();
    for name in names(folder) {
        let path = folder.join(&name);
        let facts = fs::symlink_metadata(&path).unwrap();
        writeln!(text, "{name:?} {:o} {}", facts.mode(), facts.ino()).unwrap();
        if facts.is_dir() {
            text.push_str(&tree(&path));
        } else if facts.is_file() {
            writeln!(text, "{}", sha(&fs::read(&path).unwrap_or_default())).unwrap();
        }
    }
    text
}

#[test]
fn a_file_is_written_and_taken_back() {
    every_shell(|bench| {
        for (mode, wanted) in
            [(0o640, ""), (0o600, ""), (0o444, ""), (0o755, ""), (0o644, "0600"), (0o600, "664")]
        {
            let desk = Desk::new(bench).writes("a", b"new\nwithout end").set("MODE", wanted);
            desk.put("a", b"old", mode);
            desk.does("write");
            let now = u32::from_str_radix(wanted, 8).unwrap_or(mode);
            desk.has("a", b"new\nwithout end", now);
            desk.does("write");
            desk.has("a", b"new\nwithout end", now);
            desk.does("undo");
            desk.has("a", b"old", mode);
            desk.does("undo");
            desk.has("a", b"old", mode);
            desk.does("write");
            desk.has("a", b"new\nwithout end", now);
            desk.does("undo");
            desk.has("a", b"old", mode);
        }
    });
}

#[test]
fn a_new_file_is_made_and_removed() {
    every_shell(|bench| {
        for (wanted, mode) in [("", 0o644), ("0600", 0o600), ("755", 0o755)] {
            let mut desk = Desk::new(bench).writes("sub/a", b"").set("MODE", wanted);
            desk.program = format!("umask 022\n{PROGRAM}");
            desk.refuses("write", 1, "there is no folder");
            fs::create_dir(desk.work().join("sub")).unwrap();
            desk.does("undo");
            desk.does("write");
            desk.has("sub/a", b"", mode);
            desk.does("write");
            desk.does("undo");
            assert_eq!(names(&desk.work().join("sub")), [""; 0]);
            desk.does("undo");
        }
        let mut desk = Desk::new(bench).writes("a", b"x");
        desk.program = format!("umask 027\n{PROGRAM}");
        desk.does("write");
        desk.has("a", b"x", 0o640);
    });
}

#[test]
fn the_same_content_with_another_mode_is_taken_back_too() {
    every_shell(|bench| {
        let desk = Desk::new(bench).writes("a", b"same").set("MODE", "600");
        desk.put("a", b"same", 0o644);
        desk.does("write");
        desk.has("a", b"same", 0o600);
        desk.does("undo");
        desk.has("a", b"same", 0o644);
    });
}

#[test]
fn a_file_is_copied() {
    every_shell(|bench| {
        let desk = Desk::new(bench).set("PATH", "-n").set("NAME", "-n").set("FROM", "-from\n");
        desk.refuses("write", 1, "no file to take the content from");
        let all: Vec<u8> = (0..=255).collect();
        desk.put("-from\n", &all, 0o600);
        desk.put("-n", b"old", 0o640);
        desk.does("write");
        desk.has("-n", &all, 0o640);
        // What the source has become since is written by the next attempt, and all of it can be taken back.
        desk.put("-from\n", b"newer", 0o600);
        desk.does("write");
        desk.has("-n", b"newer", 0o640);
        desk.does("undo");
        desk.has("-n", b"old", 0o640);
    });
}

#[test]
fn another_content_than_the_expected_is_refused() {
    every_shell(|bench| {
        let desk = Desk::new(bench).writes("a", b"new").set("EXPECT", &sha(b"old"));
        desk.refuses("write", 4, "there is no such file");
        desk.put("a", b"other", 0o644);
        desk.refuses("write", 4, &format!("has the SHA-256 {}, expected is {}", sha(b"other"), sha(b"old")));
        desk.does("undo");
        desk.put("a", b"old", 0o644);
        desk.does("write");
        // Its own content is no other.
        desk.does("write");
        desk.has("a", b"new", 0o644);
        desk.does("undo");
        desk.has("a", b"old", 0o644);
        // No file has no content.
        let desk = Desk::new(bench).writes("a", b"new").set("EXPECT", &sha(b""));
        desk.does("write");
        desk.does("undo");
        let desk = Desk::new(bench).writes("a", b"new").set("EXPECT", &sha(b""));
        desk.put("a", b"", 0o644);
        desk.does("write");
        let desk = Desk::new(bench).writes("a", b"new").set("EXPECT", &sha(b""));
        desk.put("a", b"x", 0o644);
        desk.refuses("write", 4, "expected is e3b0");
    });
}

#[test]
fn what_somebody_else_has_written_stays() {
    every_shell(|bench| {
        let desk = Desk::new(bench).writes("a", b"new");
        desk.put("a", b"old", 0o644);
        desk.does("write");
        desk.put("a", b"theirs", 0o644);
        desk.refuses("undo", 4, "it is not what the step wrote");
        desk.refuses("write", 4, "when this run first looked at it");
        fs::remove_file(desk.work().join("a")).unwrap();
        desk.refuses("undo", 4, "1-step.file.old");
        desk.put("a", b"new", 0o644);
        fs::write(desk.run_folder().join("1-step.file.old"), "broken").unwrap();
        desk.refuses("undo", 1, "its backup is damaged");
        fs::write(desk.run_folder().join("1-step.file.record"), "v1 ").unwrap();
        desk.refuses("undo", 1, "the record of its backup is damaged");
    });
}

#[test]
fn what_is_no_plain_file_is_refused() {
    every_shell(|bench| {
        let make =
            "mkdir d && mkfifo p && echo x >f && ln -s f l && ln -s gone b && ln -s d ld && ln -s .. up";
        for (path, code, words) in [
            ("l", 3, "symbolic link"),
            ("b", 3, "symbolic link"),
            ("ld/a", 3, "ld is a symbolic link"),
            ("d/../ld/a", 3, ".."),
            ("up/run/a", 3, "up is a symbolic link"),
            ("../a", 3, ".."),
            ("d/..", 3, ".."),
            ("d", 3, "it is a folder"),
            ("d/", 3, "names a folder"),
            (".", 3, "names a folder"),
            ("", 3, "names a folder"),
            ("/", 3, "names a folder"),
            ("p", 3, "a device, a pipe or a socket"),
            ("/dev/null", 3, "a device, a pipe or a socket"),
            ("f/a", 1, "there is no folder"),
            ("no/a", 1, "there is no folder"),
        ] {
            let desk = Desk::new(bench).writes(path, b"new");
            let made = Command::new("sh").args(["-c", make]).current_dir(desk.work()).status().unwrap();
            assert!(made.success());
            desk.refuses("write", code, words);
            // What was refused has nothing to be taken back.
            desk.refuses("undo", 0, "nothing was written");
        }
        // What has become of the path since.
        let desk = Desk::new(bench).writes("a", b"new");
        desk.does("write");
        let moved = Command::new("sh").args(["-c", "mv a b && ln -s b a"]).current_dir(desk.work()).status();
        assert!(moved.unwrap().success());
        desk.refuses("undo", 3, "symbolic link");
        let desk = Desk::new(bench).writes(".//d/./a", b"new");
        fs::create_dir(desk.work().join("d")).unwrap();
        desk.does("write");
        desk.has("d/a", b"new", fs::metadata(desk.work().join("d/a")).unwrap().mode() & 0o777);
    });
}

#[test]
fn a_content_that_is_not_the_plans_is_not_written() {
    every_shell(|bench| {
        let desk = Desk::new(bench).writes("a", b"new").set("SHA256", &sha(b"other"));
        desk.refuses("write", 1, "that of the plan");
        let desk = Desk::new(bench).writes("a", b"new").set("MODE", "u=rwx");
        desk.refuses("write", 2, "octal");
    });
}

#[test]
fn any_name_and_content_come_through() {
    these_shells(&["dash", "busybox", "mksh", "yash", "zsh"], |bench| {
        let mut runner =
            TestRunner::new(Config { cases: 12, failure_persistence: None, ..Config::default() });
        let name = "[^\0/]{1,30}|[-*?\\[\\]{}$`'\"\\\\\n !~#;&|<>()]{1,20}";
        let name = name.prop_filter("a name", |name| name != "." && name != ".." && name.len() < 200);
        let law = runner.run(
            &(name, prop::collection::vec(any::<u8>(), 0..200), prop::collection::vec(any::<u8>(), 0..200)),
            |(name, old, new)| {
                let desk = Desk::new(bench).writes(&name, &new);
                desk.does("write");
                desk.does("undo");
                prop_assert_eq!(names(&desk.work()), [""; 0]);
                let desk = Desk::new(bench).writes(&name, &new);
                desk.put(&name, &old, 0o640);
                desk.does("write");
                desk.has(&name, &new, 0o640);
                desk.does("undo");
                desk.has(&name, &old, 0o640);
                Ok(())
            },
        );
        law.unwrap();
    });
}
