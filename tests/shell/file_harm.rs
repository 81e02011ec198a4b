//! What befalls the program that writes a file: crashes, a full disk, folders that are closed to it. The file is old or
//! new at every moment, nothing else is touched, and all of it can be taken back.

use std::fs;
use std::os::unix::fs::{MetadataExt, PermissionsExt, chown};
use std::path::PathBuf;
use std::process::Command;

use super::bench::every_shell;
use super::files::{Desk, PROGRAM, names};

/// A user that owns nothing, for what root may do and others may not.
const NOBODY: u32 = 65_534;

/// The program with a hook before many of its lines: at the one whose turn is `KILL_AT` it is killed.
fn killable() -> String {
    let mut text = "rulec_turn=0\nrulec_hook() {\n  rulec_turn=$((rulec_turn + 1))\n  [ \"$rulec_turn\" != \"$KILL_AT\" ] || kill -s KILL \"$$\"\n}\n".to_owned();
    let mut before = "";
    for line in PROGRAM.lines() {
        let starts =
            ["rulec_", "rm ", "cp ", "mv ", "cat ", "chmod ", "cd ", "trap ", "echo ", "sync ", "exit "];
        let inner = line.trim_start();
        let continues = ["&&", "||", "|", "\\", "(", "{"].iter().any(|end| before.ends_with(end))
            && !before.ends_with("() {");
        if starts.iter().any(|start| inner.starts_with(start)) && !continues {
            text.push_str("rulec_hook\n");
        }
        text.push_str(line);
        text.push('\n');
        before = line;
    }
    text
}

/// Kills `what` at each turn, or each so many. `settle` brings the desk to the state before; `check` looks at it after
/// the kill. The turns there were.
fn kill_at_each(
    desk: &mut Desk,
    stride: usize,
    what: &str,
    settle: impl Fn(&Desk),
    check: impl Fn(&Desk),
) -> usize {
    desk.env.push(("KILL_AT".to_owned(), String::new()));
    for turn in (1..).step_by(stride) {
        desk.env.last_mut().unwrap().1 = String::new();
        settle(desk);
        desk.env.last_mut().unwrap().1 = turn.to_string();
        let (code, words) = desk.go(what);
        desk.env.last_mut().unwrap().1 = String::new();
        if code == 0 {
            desk.env.pop();
            return turn;
        }
        assert!(code == 1009 || code == 137, "{code} at turn {turn}: {words}");
        check(desk);
    }
    unreachable!("every program ends")
}

#[test]
fn a_crash_leaves_the_old_or_the_new() {
    every_shell(|bench| {
        // Every turn under one shell, and some under the others: what is killed is the same.
        let stride = if bench.shell == "dash" { 1 } else { 11 };
        let is_either = |desk: &Desk| {
            let file = desk.work().join("a");
            let got = fs::read(&file).unwrap();
            assert!(got == b"old" || got == b"new", "{:?}", String::from_utf8_lossy(&got));
            assert_eq!(fs::metadata(&file).unwrap().mode() & 0o7777, 0o640);
        };
        let fresh = |desk: &Desk| {
            for name in ["1-step.file.old", "1-step.file.record"] {
                let _ = fs::remove_file(desk.run_folder().join(name));
            }
            desk.put("a", b"old", 0o640);
        };
        let mut desk = Desk::new(bench).writes("a", b"new");
        desk.program = killable();
        let turns = kill_at_each(&mut desk, stride, "write", fresh, |desk| {
            is_either(desk);
            desk.does("write");
            desk.has("a", b"new", 0o640);
            desk.does("undo");
            desk.has("a", b"old", 0o640);
        });
        assert!(turns > 60, "{turns}");
        // The same, with nothing but the undo after it.
        kill_at_each(&mut desk, stride * 3, "write", fresh, |desk| {
            desk.does("undo");
            desk.has("a", b"old", 0o640);
        });
        let turns = kill_at_each(
            &mut desk,
            stride,
            "undo",
            |desk| {
                fresh(desk);
                desk.does("write");
            },
            |desk| {
                is_either(desk);
                desk.does("undo");
                desk.has("a", b"old", 0o640);
            },
        );
        assert!(turns > 40, "{turns}");
        // Where there was no file.
        let gone = |desk: &Desk| {
            for name in ["run/1-step.file.old", "run/1-step.file.record", "work/a"] {
                let _ = fs::remove_file(desk.bench.path().join(name));
            }
        };
        kill_at_each(&mut desk, stride * 2, "write", gone, |desk| {
            assert!(
                fs::read(desk.work().join("a")).is_ok_and(|got| got == b"new")
                    || !desk.work().join("a").exists()
            );
            desk.does("write");
            assert_eq!(fs::read(desk.work().join("a")).unwrap(), b"new");
            desk.does("undo");
            assert_eq!(names(&desk.work()), [""; 0]);
        });
    });
}

fn is_root() -> bool {
    Command::new("id").arg("-u").output().is_ok_and(|output| output.stdout == b"0\n")
}

#[test]
fn what_the_user_may_not_do_is_not_done() {
    every_shell(|bench| {
        fs::set_permissions(bench.path(), fs::Permissions::from_mode(0o755)).unwrap();
        let mut desk = Desk::new(bench).writes("d/a", b"new");
        let folder = desk.work().join("d");
        fs::create_dir(&folder).unwrap();
        desk.put("d/a", b"old", 0o640);
        if is_root() {
            desk.user = Some(NOBODY);
            for file in [desk.work(), desk.run_folder(), folder.clone(), folder.join("a")] {
                chown(file, Some(NOBODY), Some(NOBODY)).unwrap();
            }
        }
        fs::set_permissions(&folder, fs::Permissions::from_mode(0o555)).unwrap();
        desk.refuses("write", 1, "no file can be made in its folder");
        fs::set_permissions(&folder, fs::Permissions::from_mode(0o755)).unwrap();
        fs::set_permissions(desk.run_folder(), fs::Permissions::from_mode(0o555)).unwrap();
        fs::remove_file(desk.run_folder().join("1-step.file.old")).unwrap();
        desk.refuses("write", 1, "cannot be backed up");
        fs::set_permissions(desk.run_folder(), fs::Permissions::from_mode(0o755)).unwrap();
        desk.put("d/a", b"old", 0o000);
        desk.refuses("write", 1, "cannot be read");
        desk.put("d/a", b"old", 0o444);
        desk.does("write");
        desk.has("d/a", b"new", 0o444);
        desk.does("undo");
        desk.has("d/a", b"old", 0o444);
    });
}

#[test]
fn the_owner_is_kept() {
    if !is_root() {
        eprintln!("not run: only root can give files away");
        return;
    }
    every_shell(|bench| {
        let desk = Desk::new(bench).writes("a", b"new");
        desk.put("a", b"old", 0o640);
        chown(desk.work().join("a"), Some(NOBODY), Some(NOBODY)).unwrap();
        let owner = |desk: &Desk| fs::metadata(desk.work().join("a")).map(|it| (it.uid(), it.gid())).unwrap();
        desk.does("write");
        assert_eq!(owner(&desk), (NOBODY, NOBODY));
        desk.has("a", b"new", 0o640);
        desk.does("undo");
        assert_eq!(owner(&desk), (NOBODY, NOBODY));
        desk.has("a", b"old", 0o640);
    });
}

/// A small file system of its own in a folder; gone with the value.
struct Small(PathBuf);

impl Small {
    fn mount(folder: PathBuf) -> Option<Self> {
        let mount =
            Command::new("mount").args(["-t", "tmpfs", "-o", "size=64k", "none"]).arg(&folder).output();
        mount.is_ok_and(|output| output.status.success()).then_some(Self(folder))
    }
}

impl Drop for Small {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg(&self.0).status();
    }
}

#[test]
fn a_full_disk_leaves_the_old_file() {
    every_shell(|bench| {
        let long = "x".repeat(100_000);
        let desk = Desk::new(bench).writes("a", long.as_bytes());
        let Some(small) = Small::mount(desk.work()) else {
            eprintln!("not run: no file system can be mounted here");
            return;
        };
        desk.put("a", b"old", 0o640);
        desk.refuses("write", 1, "the new content cannot be written");
        desk.does("undo");
        drop(small);
        // The same of the folder of the backup.
        let desk = Desk::new(bench);
        let small = Small::mount(desk.run_folder()).unwrap();
        let desk = desk.writes("a", b"new");
        desk.put("a", long.as_bytes(), 0o640);
        desk.refuses("write", 1, "it cannot be backed up");
        desk.does("undo");
        desk.has("a", long.as_bytes(), 0o640);
        drop(small);
    });
}
