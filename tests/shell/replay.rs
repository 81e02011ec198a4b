//! What is read back from a journal, whatever has become of the journal.

use std::path::PathBuf;
use std::time::{Duration, Instant};

use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};

use super::bench::{Bench, every_shell, need, these_shells};
use super::pieces::AWKS;
use super::plans::{plan, traced};
use rulec::target::{Shell, Target as _};

/// A script that replays the journal `run/journal` and prints the names that it is given, with their values.
fn reader(bench: &Bench, names: &str) -> PathBuf {
    let content = Shell.emit(&plan(["a", "b", "c"].map(traced))).content;
    let functions = content.rsplit_once("\nrulec_boot ").expect("every script ends by starting").0;
    let script = bench.path().join("reader.sh");
    let rest = format!(
        "
trap - EXIT
rulec_plan
rulec_folder=run
rulec_replay
for rulec_one in {names}; do
  eval \"rulec_put \\\"$rulec_one=\\${{rulec_$rulec_one--}}\\$rulec_nl\\\"\"
done
"
    );
    bench.write(&script, format!("{functions}{rest}"));
    std::fs::create_dir_all(bench.path().join("run")).unwrap();
    script
}

fn replay(bench: &Bench, script: &std::path::Path, journal: impl AsRef<[u8]>) -> String {
    std::fs::write(bench.path().join("run/journal"), journal).unwrap();
    let run = bench.wait(bench.command(script, &[]).spawn().unwrap());
    assert_eq!((run.code, run.stderr.as_str()), (0, ""));
    run.stdout.lines().collect::<Vec<_>>().join(" ")
}

#[track_caller]
fn check(bench: &Bench, records: &[&str], names: &str, expected: &str) {
    let lines = records.iter().enumerate();
    let journal: String =
        lines.map(|(i, record)| format!("v1 7 {} {record} .\n", 1_767_225_600 + i)).collect();
    assert_eq!(replay(bench, &reader(bench, names), journal), expected, "{records:?}");
}

#[test]
fn each_transition_is_told() {
    every_shell(|bench| {
        let names = "status_1 stage_1 begun_1 tries_1 polls_1 code_1 ended_1 since_1";
        for (records, expected) in [
            (
                &["step 1"][..],
                "status_1= stage_1=started begun_1=0 tries_1=0 polls_1=0 code_1= ended_1= since_1=1767225600",
            ),
            (
                &["step 1", "try 1 1"],
                "status_1= stage_1=trying begun_1=1 tries_1=1 polls_1=0 code_1= ended_1= since_1=1767225601",
            ),
            (
                &["step 1", "try 1 1", "tried 1 1 0 exited", "poll 1 1 2"],
                "status_1= stage_1=polling begun_1=1 tries_1=1 polls_1=2 code_1=0 ended_1=exited since_1=1767225603",
            ),
            (
                &["try 1 1", "poll 1 1 2", "polled 1 1 2 124 timeout", "try 1 2"],
                "status_1= stage_1=trying begun_1=1 tries_1=2 polls_1=0 code_1=124 ended_1=timeout since_1=1767225603",
            ),
            (
                &["try 1 1", "tried 1 1 - lost", "end 1 failed 1 -"],
                "status_1=failed stage_1= begun_1=1 tries_1=1 polls_1=0 code_1= ended_1=lost since_1=1767225602",
            ),
            (
                &["end 1 failed 3 7", "alert 1"],
                "status_1=failed stage_1=alerting begun_1=0 tries_1=3 polls_1=0 code_1=7 ended_1= since_1=1767225601",
            ),
        ] {
            check(bench, records, names, expected);
        }
        let names = "stage_2 remedy_2 remedy_at_2 remedied_2 code_2 tried_code_2 tried_ended_2 wait_2 seen";
        let records = [
            "try 2 1",
            "tried 2 1 3 exited",
            "remedy 2 1 2 1",
            "remedy 2 1 2 1",
            "remedied 2 1 2 1 0 exited",
            "remedy 2 2 2 1",
            "remedy 2 3 1 2",
            "remedied 2 3 1 2 9 exited",
            "wait 2 backoff 1500",
        ];
        let expected = "stage_2=waiting remedy_2=1 remedy_at_2=2 remedied_2=2:2 1:1 code_2=9 tried_code_2=3 \
                        tried_ended_2=exited wait_2=backoff 1500 seen=2";
        check(bench, &records, names, expected);
    });
}

#[test]
fn the_run_is_told() {
    every_shell(|bench| {
        let names = "of_plan of_execution forward rolling off off_step undone undoing groups_begun completed \
                     posting finaling paused full over over_code records ignored torn last_gen begun_at last_at";
        check(
            bench,
            &[],
            names,
            "of_plan= of_execution= forward=0 rolling=0 off= off_step= undone= undoing= groups_begun= completed= posting=0 finaling=0 paused=0 full=0 over= over_code= records=0 ignored=0 torn=0 last_gen=0 begun_at= last_at=",
        );
        let records = [
            "begin sha256:ab 0123456789abcdef",
            "forward",
            "step 3",
            "try 3 1",
            "end 3 ok 1 0",
            "try 1 1",
            "end 1 ok 1 0",
            "end 2 skipped 0 -",
            "try 4 1",
            "end 4 ok 1 0",
            "off failure 1",
            "rollback",
            "undo 1",
            "undone 1 - lost",
            "undo 3",
            "group 1",
            "paused",
            "resume",
            "full",
        ];
        check(
            bench,
            &records,
            names,
            "of_plan=sha256:ab of_execution=0123456789abcdef forward=1 rolling=1 off=failure off_step=1 undone=1::lost undoing=3 groups_begun=1 completed=1 3 posting=0 finaling=0 paused=0 full=1 over= over_code= records=19 ignored=0 torn=0 last_gen=7 begun_at=1767225600 last_at=1767225618",
        );
        check(
            bench,
            &["post", "final", "over rolled_back 5"],
            names,
            "of_plan= of_execution= forward=0 rolling=0 off= off_step= undone= undoing= groups_begun= completed= posting=1 finaling=1 paused=0 full=0 over=rolled_back over_code=5 records=3 ignored=0 torn=0 last_gen=7 begun_at= last_at=1767225602",
        );
    });
}

#[test]
fn what_cancelled_the_run_is_told() {
    every_shell(|bench| {
        for (record, expected) in [
            ("off cancelled", "off=cancelled off_step= off_signal= ignored=0"),
            ("off cancelled HUP", "off=cancelled off_step= off_signal=HUP ignored=0"),
            ("off cancelled INT", "off=cancelled off_step= off_signal=INT ignored=0"),
            ("off cancelled TERM", "off=cancelled off_step= off_signal=TERM ignored=0"),
            ("off cancelled QUIT", "off= off_step= off_signal= ignored=1"),
            ("off cancelled INT 1", "off= off_step= off_signal= ignored=1"),
            ("off failure INT", "off= off_step= off_signal= ignored=1"),
            ("off failure 2", "off=failure off_step=2 off_signal= ignored=0"),
        ] {
            check(bench, &[record], "off off_step off_signal ignored", expected);
        }
    });
}

#[test]
fn what_is_no_record_is_passed_over() {
    every_shell(|bench| {
        let script = reader(bench, "seen ignored torn records last_gen");
        for line in [
            "v1 7 1 step 01 .",
            "v1 7 1 step 0 .",
            "v1 7 1 step 1",
            "v1 7 1 step  1 .",
            " v1 7 1 step 1 .",
            "v2 7 1 step 1 .",
            "v1 7 1 step 1 2 .",
            "v1 7 1 step .",
            "v1 7 1 jump 1 .",
            "v1 7 1 step 1 .\r",
            "v1 7 x step 1 .",
            "v1 -7 1 step 1 .",
            "v1 6 1 step 1 .",
            "v1 7 1 step $(touch${IFS}no) .",
            "v1 7 1 end 1 ok';touch no;' 1 0 .",
            "v1 7 1 end 1 fine 1 0 .",
            "v1 7 1 step 99999999999 .",
            "v1 7 1 tried 1 1 1000 exited .",
            "v1 7 1 over good',0 0 .",
            "",
            "\u{1}\u{7f}\u{e9}",
        ] {
            let seen = replay(bench, &script, format!("v1 7 1 resume .\n{line}\nv1 7 2 step 2 .\n"));
            assert_eq!(seen, "seen=2 ignored=1 torn=0 records=2 last_gen=7", "{line}");
        }
        let seen = replay(bench, &script, "v1 7 1 step 1 .\nv1 8 1 step 2 .\nv1 7 2 step 3 .");
        assert_eq!(seen, "seen=1 2 ignored=1 torn=1 records=2 last_gen=8");
        let seen = replay(bench, &script, b"v1 7 1 step 1 .\nv1 7 1 step 2 .\0 x\nv1 7 1 step 3 .\n");
        assert_eq!(seen, "seen=1 3 ignored=1 torn=0 records=2 last_gen=7");
        std::fs::remove_file(bench.path().join("run/journal")).unwrap();
        let run = bench.wait(bench.command(&script, &[]).spawn().unwrap());
        assert_eq!(run.stdout, "seen=\nignored=0\ntorn=0\nrecords=0\nlast_gen=0\n");
        assert!(!bench.path().join("no").exists());
    });
}

const JOURNAL: &str = "v1 7 1767225600 begin sha256:ab12 0123456789abcdef .
v1 7 1767225601 forward .
v1 7 1767225602 step 1 .
v1 7 1767225602 try 1 1 .
v1 7 1767225603 tried 1 1 3 exited .
v1 7 1767225603 remedy 1 1 2 1 .
v1 7 1767225604 remedied 1 1 2 1 0 exited .
v1 7 1767225604 wait 1 backoff 1500 .
v1 8 1767225610 resume .
v1 8 1767225611 try 1 2 .
v1 8 1767225612 tried 1 2 0 exited .
v1 8 1767225612 poll 1 2 1 .
v1 8 1767225613 polled 1 2 1 0 exited .
v1 8 1767225613 end 1 ok 2 0 .
v1 8 1767225614 off cancelled INT .
v1 8 1767225614 rollback .
v1 8 1767225614 undo 1 .
v1 8 1767225615 undone 1 0 exited .
v1 8 1767225615 over cancelled 143 .
";

/// All that is read back of such a journal.
const NAMES: &str = "seen status_1 stage_1 begun_1 tries_1 polls_1 code_1 ended_1 tried_code_1 tried_ended_1 remedy_1 \
                     remedy_at_1 remedied_1 wait_1 since_1 of_plan of_execution begun_at last_at last_gen records forward rolling \
                     off off_step off_signal undoing undone completed over over_code";

#[test]
fn a_journal_cut_anywhere_is_its_whole_lines() {
    these_shells(&["dash", "mksh", "zsh"], |bench| {
        let script = reader(bench, NAMES);
        let mut whole: Vec<String> = vec![replay(bench, &script, "")];
        let ends: Vec<usize> = JOURNAL.match_indices('\n').map(|(at, _)| at).collect();
        whole.extend(ends.iter().map(|&end| replay(bench, &script, &JOURNAL[..=end])));
        for cut in (0..JOURNAL.len()).step_by(7).chain(ends.iter().flat_map(|&end| [end - 1, end, end + 1])) {
            // A record is whole once its dot is there, with its line break or without.
            let lines = ends.iter().filter(|&&end| end <= cut).count();
            assert_eq!(replay(bench, &script, &JOURNAL[..cut]), whole[lines], "cut at {cut}");
        }
    });
}

/// True where a line is a record, told in another way than the script does.
fn is_record(line: &[u8]) -> bool {
    // An `N` stands for a number below.
    let arguments = r"(?-u)begin [a-z0-9]+:[0-9a-f]+ [A-Za-z0-9_-]+|resume|forward|rollback|final|post|paused|full|(step|alert|undo|group) N|try N N|(tried N N|polled N N N|remedied N N N N|undone N) C W|poll N N N|remedy N N N N|wait N W (0|[1-9][0-9]{0,9})|end N (ok|failed|cancelled|skipped) (0|[1-9][0-9]{0,9}) C|alerted N [A-Za-z0-9_-]+|off W( N)?|off cancelled (HUP|I\x4eT|TERM)|over W C";
    let arguments = arguments
        .replace('N', "[1-9][0-9]{0,8}")
        .replace(" W", " [A-Za-z][A-Za-z_]*")
        .replace(" C", " (-|0|[1-9][0-9]{0,2})");
    let record = format!(r"^(?-u)v1 [0-9]{{1,15}} [0-9]{{1,12}} ({arguments}) \.$");
    regex::bytes::Regex::new(&record).unwrap().is_match(line) && line.len() <= 200
}

#[test]
fn a_garbled_journal_is_what_is_left_of_it() {
    these_shells(&["dash", "bash", "yash"], |bench| {
        let script = reader(bench, NAMES);
        let flips = prop::collection::vec((0..JOURNAL.len(), any::<u8>()), 1..6);
        let mut runner =
            TestRunner::new(Config { cases: 30, failure_persistence: None, ..Config::default() });
        let law = runner.run(&flips, |flips| {
            let mut garbled = JOURNAL.as_bytes().to_vec();
            for (at, byte) in flips {
                garbled[at] = byte;
            }
            let lines = garbled.split(|&byte| byte == b'\n').filter(|line| is_record(line));
            let left: Vec<u8> = lines.flat_map(|line| [line, b"\n"].concat()).collect();
            let seen = replay(bench, &script, &garbled);
            assert_eq!(seen, replay(bench, &script, left), "{}", String::from_utf8_lossy(&garbled));
            Ok(())
        });
        law.unwrap();
    });
}

#[test]
fn every_awk_reads_the_same() {
    let bench = Bench::new("dash");
    let expected = replay(&bench, &reader(&bench, NAMES), JOURNAL);
    assert!(expected.contains("records=19"), "{expected}");
    for awk in AWKS {
        let Some(path) = need(awk) else { continue };
        let bench = Bench::new("dash");
        std::os::unix::fs::symlink(path, bench.path().join("bin/awk")).unwrap();
        assert_eq!(replay(&bench, &reader(&bench, NAMES), JOURNAL), expected, "{awk}");
    }
}

#[test]
fn a_long_journal_takes_little() {
    let bench = Bench::new("dash");
    let mut journal = String::new();
    for i in 0..12_500 {
        let (n, at) = (i % 1000 + 1, 1_767_225_600 + i);
        journal += &format!(
            "v1 7 {at} step {n} .\nv1 7 {at} try {n} 1 .\nv1 7 {at} tried {n} 1 0 exited .\nv1 7 {at} end {n} ok 1 0 .\n"
        );
    }
    let script = reader(&bench, "records status_1000");
    let begun = Instant::now();
    assert_eq!(replay(&bench, &script, &journal), "records=50000 status_1000=ok");
    assert!(begun.elapsed() < Duration::from_secs(5), "{:?}", begun.elapsed());
}
