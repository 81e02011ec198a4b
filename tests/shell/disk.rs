//! Nothing is lost, and nothing is said to be done that is not, where the disk is full or cannot be written.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use rulec::plan::ir::Audit;

use super::bench::{Bench, every_shell};
use super::parts::run_pieces;
use super::plans::{plan, traced};

/// A small file system of its own, taken away in the end.
struct Disk(PathBuf);

impl Disk {
    /// None where this user may not mount, which is said aloud.
    fn mount(bench: &Bench, name: &str) -> Option<Self> {
        let path = bench.path().join(name);
        fs::create_dir(&path).unwrap();
        let mount = Command::new("mount")
            .args(["-t", "tmpfs", "-o", "size=200k,mode=0700", "tmpfs"])
            .arg(&path)
            .output();
        if mount.is_ok_and(|output| output.status.success()) {
            return Some(Self(path));
        }
        assert!(std::env::var_os("RULEC_REQUIRE_TOOLS").is_none(), "no file system can be mounted");
        eprintln!("not run: only root can mount a small file system");
        None
    }

    fn path(&self) -> &Path {
        &self.0
    }

    /// Leaves no room on it.
    fn fill(&self) {
        let fill = self.0.join("fill");
        let mut file = fs::OpenOptions::new().create(true).append(true).open(fill).unwrap();
        while std::io::Write::write(&mut file, &[b'x'; 4096]).is_ok() {}
    }

    fn forbid_writing(&self) {
        let status = Command::new("mount").args(["-o", "remount,ro"]).arg(&self.0).status().unwrap();
        assert!(status.success());
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg(&self.0).status();
    }
}

#[test]
fn the_reserve_lets_the_last_lines_be_written() {
    every_shell(|bench| {
        let Some(disk) = Disk::mount(bench, "disk") else { return };
        let snippet = "cd \"$HOME/disk\" || exit 3
rulec_folder=$PWD
rulec_make_reserve || exit 4
rulec_append journal \"one$rulec_nl\" || exit 5
cat /dev/zero >fill 2>/dev/null
rulec_line=0123456789012345678901234567890123456789012345678901234567890123
while [ \"${#rulec_line}\" -lt 3000 ]; do
  rulec_line=$rulec_line$rulec_line
done
rulec_n=0
while rulec_append journal \"$rulec_n $rulec_line$rulec_nl\" && [ \"$rulec_n\" -lt 100 ]; do
  rulec_n=$((rulec_n + 1))
done
echo \"$rulec_n $rulec_starved\"
rulec_append journal \"none$rulec_nl\" && echo written
rulec_replace file \"$rulec_line$rulec_line\" && echo replaced
ls
";
        let run = run_pieces(bench, snippet, &[]);
        let mut lines = run.stdout.lines();
        let (count, starved) =
            lines.next().unwrap_or("").split_once(' ').unwrap_or_else(|| panic!("{}", run.stderr));
        // 64 KiB in reserve, and 4 KiB a line.
        let count: usize = count.parse().unwrap();
        assert!((10..=16).contains(&count) && starved == "1", "{}", run.stdout);
        assert_eq!(lines.collect::<Vec<_>>(), ["fill", "journal"], "no half of a file stays");
        let journal = fs::read_to_string(disk.path().join("journal")).unwrap();
        let whole = |line: &&str| {
            line.len() > 4096 && line.as_bytes()[line.len() - 4096..].iter().all(u8::is_ascii_digit)
        };
        let whole: Vec<usize> = journal
            .lines()
            .filter(whole)
            .filter_map(|line| line.split(' ').next().and_then(|number| number.parse().ok()))
            .collect();
        assert_eq!(whole, (0..count).collect::<Vec<_>>(), "what was said to be written is a line of its own");
    });
}

#[test]
fn a_replaced_file_is_the_old_or_the_new_one() {
    every_shell(|bench| {
        let Some(disk) = Disk::mount(bench, "disk") else { return };
        fs::write(disk.path().join("file"), "old\n").unwrap();
        disk.fill();
        let long = "rulec_text=0123456789012345\nwhile [ \"${#rulec_text}\" -lt 9000 ]; do\n  rulec_text=$rulec_text$rulec_text\ndone\n";
        let snippet = format!("{long}rulec_replace \"$HOME/disk/file\" \"$rulec_text\" && echo replaced");
        let run = run_pieces(bench, &snippet, &[]);
        assert_eq!(run.stdout, "", "{}", run.stderr);
        assert_eq!(bench.read("disk/file"), "old\n");
        fs::remove_file(disk.path().join("fill")).unwrap();
        let run = run_pieces(bench, &snippet, &[]);
        assert_eq!(run.stdout, "replaced\n", "{}", run.stderr);
        assert_eq!(bench.read("disk/file").len(), 16_384);
        assert_eq!(fs::read_dir(disk.path()).unwrap().count(), 1);
    });
}

#[test]
fn a_disk_that_takes_nothing_is_refused_at_the_start() {
    every_shell(|bench| {
        let Some(disk) = Disk::mount(bench, "disk") else { return };
        let mut plan = plan([traced("a")]);
        plan.policy.audit = Some(Audit { path: None, retention_days: None });
        let script = bench.emit(&plan);
        let run_on = |folder: &Path| {
            bench.wait(bench.command(&script, &[]).env("RULEC_STATE_DIR", folder).spawn().unwrap())
        };
        disk.fill();
        run_on(disk.path()).came_to_nothing(9);
        fs::remove_file(disk.path().join("fill")).unwrap();
        run_on(disk.path()).came_to(0, "succeeded", "a");
        fs::remove_file(bench.path().join("trace")).unwrap();
        disk.forbid_writing();
        let run = run_on(disk.path());
        run.came_to_nothing(9);
        run.says("make room on the disk, or set RULEC_STATE_DIR");
        run_on(&disk.path().join("below")).came_to_nothing(9);
        // What is there can still be verified.
        let mut command = bench.command(&script, &["audit", "verify"]);
        let run = bench.wait(command.env("RULEC_STATE_DIR", disk.path()).spawn().unwrap());
        assert_eq!(run.code, 0, "{}", run.stderr);
    });
}

#[test]
fn the_audit_log_outlives_a_full_disk() {
    every_shell(|bench| {
        let Some(disk) = Disk::mount(bench, "disk") else { return };
        let snippet = "rulec_open_root
rulec_new_run
rulec_audit_open
rulec_make_reserve || exit 4
cat /dev/zero 2>/dev/null >\"$HOME/disk/fill\"
rulec_n=0
while [ \"$rulec_n\" -lt 300 ]; do
  rulec_n=$((rulec_n + 1))
  rulec_audit one \"\\\"n\\\":$rulec_n\"
  rulec_audit two \"\\\"n\\\":$rulec_n\"
  rulec_audit_flush || break
done
echo \"$rulec_n $rulec_starved\"
rm \"$HOME/disk/fill\"
rulec_audit_flush || echo lost
rulec_audit_head
rulec_audit_verify
";
        let state = disk.path().to_str().unwrap();
        let run = run_pieces(bench, snippet, &[("RULEC_STATE_DIR", state)]);
        assert_eq!(run.code, 0, "{}{}", run.stdout, run.stderr);
        let log = fs::read_to_string(disk.path().join("test/audit.jsonl")).unwrap();
        let (count, starved) = run.stdout.lines().next().unwrap().split_once(' ').unwrap();
        let count: usize = count.parse().unwrap();
        assert!(count > 3 && count < 300 && starved == "1", "{}", run.stdout);
        for event in ["one", "two"] {
            let of = format!("\"event\":\"{event}\",\"n\":");
            let numbers: Vec<usize> = log
                .lines()
                .filter_map(|line| line.split_once(&of)?.1.split(',').next()?.parse().ok())
                .collect();
            assert_eq!(numbers, (1..=count).collect::<Vec<_>>(), "each is there once: {log}");
        }
    });
}

#[test]
fn writing_is_waited_for_unless_it_is_switched_off() {
    every_shell(|bench| {
        let log = bench.path().join("synced");
        for (mode, body, expected) in [
            ("files", "echo \"$*\" >>\"$HOME/synced\"", "a b\n"),
            ("all", "echo \"$*\" >>\"$HOME/synced\"; [ \"$#\" = 0 ]", "\n"),
            ("off", "echo \"$*\" >>\"$HOME/synced\"", ""),
        ] {
            bench.write(&bench.path().join("bin/sync"), format!("#!/bin/sh\n{body}\n"));
            // busybox would take its own.
            let command = "rulec_sync a b\nrulec_sync a b\necho \"$?\"\ncommand -v sync >&2";
            let off = if mode == "off" { "0" } else { "1" };
            let run = run_pieces(bench, command, &[("RULEC_SYNC", off)]);
            assert_eq!(run.stdout, "0\n", "{mode}: {}", run.stderr);
            if run.stderr.contains("bin/sync") {
                let synced = fs::read_to_string(&log).unwrap_or_default();
                assert!(synced.ends_with(expected), "{mode}: {synced}");
                assert_eq!(synced.is_empty(), mode == "off", "{mode}: {synced}");
            }
            let _ = fs::remove_file(&log);
        }
    });
}
