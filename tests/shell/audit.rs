//! The audit log: one chain, whoever writes, and what was done to it shows.

use std::fs;
use std::path::PathBuf;

use rulec::plan::Plan;
use rulec::plan::ir::Audit;
use serde_json::Value;
use sha2::{Digest as _, Sha256};

use super::bench::{Bench, MATRIX, every_shell, find, need};
use super::parts::{pieces, run_pieces};
use super::pieces::AWKS;
use super::plans::{plan, traced};

const ZEROS: &str = "0000000000000000000000000000000000000000000000000000000000000000";

/// Writes three lines in two turns.
const THREE: &str = "rulec_open_root
rulec_new_run
rulec_audit_open
rulec_audit begin ',\"a\":1'
rulec_audit middle '\"text\":\"x y\"'
rulec_audit_flush || exit 1
rulec_audit end
rulec_audit_flush || exit 1
";

const VERIFY: &str = "rulec_open_root\nrulec_audit_verify";

pub(super) fn audited(path: Option<&str>) -> Plan {
    let mut plan = plan([traced("a"), traced("b")]);
    plan.policy.audit = Some(Audit { path: path.map(str::to_owned), retention_days: None });
    plan
}

pub(super) fn log(bench: &Bench) -> PathBuf {
    bench.path().join("state/test/audit.jsonl")
}

fn hex(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The lines of a log, which must be one chain from the first.
#[track_caller]
pub(super) fn chain(text: &str) -> Vec<Value> {
    let mut prev = ZEROS.to_owned();
    let mut lines = Vec::new();
    for (i, line) in text.lines().enumerate() {
        let value: Value = serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}"));
        let (text, _) = line.rsplit_once(",\"hash\":").unwrap();
        assert_eq!(value["seq"], i + 1, "{line}");
        assert_eq!(value["prev"], prev, "{line}");
        assert_eq!(value["hash"], hex(text.as_bytes()), "{line}");
        prev = value["hash"].as_str().unwrap().to_owned();
        lines.push(value);
    }
    lines
}

pub(super) fn events(lines: &[Value]) -> Vec<&str> {
    lines.iter().map(|line| line["event"].as_str().unwrap()).collect()
}

#[test]
fn whatever_is_done_to_a_line_shows() {
    every_shell(|bench| {
        for _ in 0..3 {
            assert_eq!(run_pieces(bench, THREE, &[]).code, 0);
        }
        let text = fs::read_to_string(log(bench)).unwrap();
        let lines: Vec<&str> = text.lines().collect();
        assert_eq!(chain(&text).len(), 9);
        assert_eq!(run_pieces(bench, VERIFY, &[]).code, 0);
        let with = |change: &dyn Fn(&mut Vec<String>)| {
            let mut lines: Vec<String> = lines.iter().map(|&line| line.to_owned()).collect();
            change(&mut lines);
            lines.join("\n") + "\n"
        };
        let forged = |line: &str| {
            let (text, _) = line.rsplit_once(",\"hash\":").unwrap();
            let text = text.replace("middle", "muddle");
            format!("{text},\"hash\":\"{}\"}}", hex(text.as_bytes()))
        };
        let cases: [(&str, String, u32); 14] = [
            ("changed", with(&|l| l[4] = l[4].replace("x y", "x z")), 5),
            ("changed", with(&|l| l[4] = l[4].replace("\"}", "\" }")), 5),
            ("changed", with(&|l| l[0] = l[0].replace("begin", "began")), 1),
            ("changed", with(&|l| l[8].truncate(40)), 9),
            ("changed", with(&|l| l[4] = forged(&l[4])), 5),
            ("changed", with(&|l| l[4].push('\r')), 5),
            ("changed", with(&|l| l[4].push('\0')), 5),
            ("removed", with(&|l| drop(l.remove(4))), 5),
            ("removed", with(&|l| drop(l.remove(0))), 1),
            ("removed", with(&|l| l.truncate(7)), 8),
            ("inserted", with(&|l| l.insert(4, "{\"seq\":5}".to_owned())), 5),
            ("inserted", with(&|l| l.insert(4, l[1].clone())), 5),
            ("reordered", with(&|l| l.swap(4, 5)), 5),
            ("torn", text.trim_end().to_owned(), 9),
        ];
        for (what, text, line) in cases {
            fs::write(log(bench), &text).unwrap();
            let run = run_pieces(bench, VERIFY, &[]);
            assert_eq!(run.code, 8, "{what}: {}{}\n{text}", run.stdout, run.stderr);
            run.says(&format!("is not whole: {what}: line {line}: "));
        }
        fs::remove_file(log(bench)).unwrap();
        let run = run_pieces(bench, VERIFY, &[]);
        assert_eq!(run.code, 8);
        run.says("the audit log is gone");
    });
}

#[test]
fn what_a_crash_cut_off_stays_as_evidence() {
    every_shell(|bench| {
        for torn in ["{\"seq\":4,\"at", "junk\nand mo\0re", "junk\n"] {
            let _ = fs::remove_dir_all(bench.path().join("state"));
            assert_eq!(run_pieces(bench, THREE, &[]).code, 0);
            let before = fs::read_to_string(log(bench)).unwrap() + torn;
            fs::write(log(bench), &before).unwrap();
            let run = run_pieces(bench, THREE, &[]);
            assert_eq!(run.code, 0, "{torn}: {}", run.stderr);
            run.says("a line that was cut off");
            let after = fs::read_to_string(log(bench)).unwrap();
            let rest = after.strip_prefix(before.trim_end()).unwrap_or_else(|| panic!("{torn}: {after}"));
            assert!(rest.trim_start().contains("\"seq\":4,"), "{rest}");
            assert!(rest.contains("\"event\":\"torn\""), "{rest}");
            assert_eq!(run_pieces(bench, VERIFY, &[]).code, 0, "{torn}");
            // The evidence itself is part of the chain.
            fs::write(log(bench), after.replace(torn.trim_end(), "other")).unwrap();
            run_pieces(bench, VERIFY, &[]).says("is not whole: changed: line 4: ");
        }
    });
}

#[test]
fn a_line_that_lacks_its_end_only_is_a_line() {
    every_shell(|bench| {
        assert_eq!(run_pieces(bench, THREE, &[]).code, 0);
        let text = fs::read_to_string(log(bench)).unwrap();
        fs::write(log(bench), text.trim_end()).unwrap();
        assert_eq!(run_pieces(bench, THREE, &[]).code, 0);
        let lines = chain(&fs::read_to_string(log(bench)).unwrap());
        assert_eq!(events(&lines), ["begin", "middle", "end", "begin", "middle", "end"]);
    });
}

#[test]
fn the_next_run_tells_that_the_end_was_cut() {
    every_shell(|bench| {
        assert_eq!(run_pieces(bench, THREE, &[]).code, 0);
        let text = fs::read_to_string(log(bench)).unwrap();
        let cut: Vec<&str> = text.lines().take(1).collect();
        fs::write(log(bench), cut.join("\n") + "\n").unwrap();
        let run = run_pieces(bench, THREE, &[]);
        assert_eq!(run.code, 0, "{}", run.stderr);
        run.says("it was left at line 3, and is now at 1");
        let lines = chain(&fs::read_to_string(log(bench)).unwrap());
        assert_eq!(events(&lines), ["begin", "broken", "begin", "middle", "end"]);
        let verified = run_pieces(bench, VERIFY, &[]);
        assert_eq!(verified.code, 8);
        verified.says("removed: line 2");
    });
}

#[test]
fn writers_without_a_lock_make_one_chain_whoever_is_killed() {
    let benches: Vec<Bench> = MATRIX.into_iter().filter(|s| find(s).is_some()).map(Bench::new).collect();
    let home = &benches[0];
    let script = home.path().join("pieces.sh");
    let snippet = "rulec_open_root
rulec_new_run
rulec_audit_open
rulec_n=0
while [ \"$rulec_n\" -lt 12 ]; do
  rulec_n=$((rulec_n + 1))
  rulec_audit one \"\\\"n\\\":$rulec_n\"
  rulec_audit two
  rulec_audit_flush || rulec_unusable \"$rulec_fault\"
done
";
    home.write(&script, pieces(snippet));
    let mut children: Vec<_> = (0..14)
        .map(|i| {
            let mut command = benches[i % benches.len()].command(&script, &[]);
            command
                .current_dir(home.path())
                .env("RULEC_STATE_DIR", home.path().join("state"))
                .env("LOCK", "");
            command.spawn().unwrap()
        })
        .collect();
    for child in children.iter_mut().step_by(3) {
        std::thread::sleep(std::time::Duration::from_millis(150));
        child.kill().unwrap();
        child.wait().unwrap();
    }
    let mut lived = 0;
    for (i, child) in children.into_iter().enumerate() {
        if i % 3 != 0 {
            let run = home.wait(child);
            assert_eq!(run.code, 0, "{}", run.stderr);
            lived += 1;
        }
    }
    let run = run_pieces(home, VERIFY, &[]);
    assert_eq!(run.code, 0, "{}", run.stderr);
    let text = fs::read_to_string(log(home)).unwrap();
    assert!(text.lines().count() >= lived * 24, "{text}");
}

/// A `date` that tells what the file `now` says, found before the true one.
pub(super) fn fake_date(bench: &Bench) {
    let date = bench.path().join("bin/date");
    bench.write(&date, "#!/bin/sh\nread -r now <\"$HOME/now\"\necho \"$now\"\n");
}

#[test]
fn lines_that_are_too_old_go_and_the_rest_is_whole() {
    every_shell(|bench| {
        fake_date(bench);
        let on = |day: &str| {
            fs::write(bench.path().join("now"), format!("{day}T23:59:58Z\n")).unwrap();
            let run = run_pieces(bench, THREE, &[("DAYS", "30")]);
            assert_eq!(run.code, 0, "{day}: {}", run.stderr);
            let run = run_pieces(bench, VERIFY, &[("DAYS", "30")]);
            assert_eq!(run.code, 0, "{day}: {}", run.stderr);
        };
        let segments = || {
            let names = fs::read_dir(bench.path().join("state/test")).unwrap();
            let mut names: Vec<String> =
                names.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
            names.retain(|name| name.starts_with("audit.jsonl.1"));
            names.sort();
            names
        };
        on("2027-12-30");
        on("2027-12-30");
        assert_eq!(segments(), [""; 0]);
        on("2028-01-31");
        // The first was closed and is 32 days old.
        assert_eq!(segments(), [""; 0]);
        on("2028-02-29");
        assert_eq!(segments(), ["audit.jsonl.1000000007-20280131"]);
        on("2028-03-01");
        assert_eq!(segments(), ["audit.jsonl.1000000007-20280131", "audit.jsonl.1000000011-20280229"]);
        on("2028-03-02");
        assert_eq!(segments(), ["audit.jsonl.1000000011-20280229", "audit.jsonl.1000000014-20280301"]);
        let text = fs::read_to_string(log(bench)).unwrap();
        assert!(text.contains("\"event\":\"anchor\",\"removed_to\":10,\"removed\":\""), "{text}");
        // A file that nobody was allowed to remove is missed.
        fs::remove_file(bench.path().join("state/test/audit.jsonl.1000000011-20280229")).unwrap();
        let run = run_pieces(bench, VERIFY, &[("DAYS", "30")]);
        assert_eq!(run.code, 8, "{}", run.stdout);
        run.says("removed: line 1: 13 are missing before it");
    });
}

#[test]
fn each_tool_that_computes_digests_will_do() {
    every_shell(|bench| {
        for tool in ["sha256sum", "shasum -a 256", "openssl dgst -sha256"] {
            if find(tool.split(' ').next().expect("it has a first word")).is_none() {
                eprintln!("not run: `{tool}` is not installed");
                continue;
            }
            let snippet = format!("rulec_hasher='{tool}'\n{THREE}");
            assert_eq!(run_pieces(bench, &snippet, &[]).code, 0, "{tool}");
            let snippet = format!("rulec_hasher='{tool}'\n{VERIFY}");
            assert_eq!(run_pieces(bench, &snippet, &[]).code, 0, "{tool}");
        }
        assert!(!chain(&fs::read_to_string(log(bench)).unwrap()).is_empty());
    });
}

#[test]
fn every_awk_verifies_alike() {
    let bench = Bench::new("sh");
    assert_eq!(run_pieces(&bench, THREE, &[]).code, 0);
    let text = fs::read_to_string(log(&bench)).unwrap();
    for awk in AWKS {
        let Some(program) = need(awk) else { continue };
        let link = bench.path().join("bin/awk");
        let _ = fs::remove_file(&link);
        std::os::unix::fs::symlink(program, &link).unwrap();
        fs::write(log(&bench), &text).unwrap();
        assert_eq!(run_pieces(&bench, VERIFY, &[]).code, 0, "{awk}");
        fs::write(log(&bench), text.replace("x y", "x z")).unwrap();
        run_pieces(&bench, VERIFY, &[]).says("changed: line 2: ");
    }
}

#[test]
fn the_log_of_a_held_lock_is_waited_for_and_a_dead_one_taken() {
    every_shell(|bench| {
        assert_eq!(run_pieces(bench, THREE, &[]).code, 0);
        let lock = bench.path().join("state/test/audit.jsonl.lock/1000000009");
        let dead = "rulec_open_root\nrulec_put \"held $rulec_here_host $rulec_this_boot $rulec_here_space 999999999 1 now run - .$rulec_nl\" >\"$rulec_home/audit.jsonl.lock/1000000009\"";
        run_pieces(bench, dead, &[]);
        assert!(lock.exists());
        assert_eq!(run_pieces(bench, THREE, &[]).code, 0);
        assert_eq!(chain(&fs::read_to_string(log(bench)).unwrap()).len(), 6);
        let latest = bench.path().join("state/test/audit.jsonl.lock/1000000099");
        fs::write(&latest, "held other-host - - 1 1 now run - .\n").unwrap();
        let run = run_pieces(bench, THREE, &[]);
        assert_eq!(run.code, 9);
        run.says(&format!("if that one is dead, remove {}", latest.display()));
    });
}
