//! Idempotency: what has succeeded is not done again within its time to live.

use rulec::plan::Plan;
use rulec::plan::ir::{Idempotency, InputType, OnFailure};
use rulec::target::{Shell, Target as _};

use super::bench::{Bench, every_shell};
use super::pieces::{self, AWKS, use_awk};
use super::plans::{input, on_failure, plan, step, traced};

const MONTH_MS: u64 = 30 * 24 * 3_600_000;

fn once(ttl_ms: u64) -> Plan {
    let mut plan = plan([traced("a"), step("b", "[ ! -e broken ]")]);
    plan.policy.idempotency = Some(Idempotency { ttl_ms });
    let mut one = input("ONE", InputType::String);
    one.default = Some("x".into());
    plan.inputs = vec![one];
    plan
}

#[test]
fn a_success_is_not_repeated() {
    every_shell(|bench| {
        let plan = once(MONTH_MS);
        std::fs::write(bench.path().join("broken"), "").unwrap();
        // What failed may run again.
        assert_eq!(bench.run(&plan, &[]).code, 5);
        std::fs::remove_file(bench.path().join("broken")).unwrap();
        let first = bench.run(&plan, &[]);
        first.came_to(0, "succeeded", "a undo a a");
        let again = bench.run(&plan, &[]);
        again.came_to(0, "already_done", "a undo a a");
        again.says(&format!("already done: run {} succeeded at ", first.report["run"].as_str().unwrap()));
        again.says(&format!("its report: {}/report.json", first.report["folder"].as_str().unwrap()));
        // Other inputs make another execution, and the same ones do not, wherever they come from.
        bench.run(&plan, &["--input", "ONE=x"]).came_to(0, "already_done", "a undo a a");
        bench.run(&plan, &["--input", "ONE=y"]).came_to(0, "succeeded", "a undo a a a");
        std::fs::remove_dir_all(first.report["folder"].as_str().unwrap()).unwrap();
        let again = bench.run(&plan, &[]);
        again.came_to(0, "already_done", "a undo a a a");
        again.says("its report is gone");
    });
}

#[test]
fn a_degraded_run_may_run_again() {
    every_shell(|bench| {
        let mut plan = once(MONTH_MS);
        plan.steps[1] = on_failure(step("b", "false"), OnFailure::Continue);
        plan.steps[1].needs = vec!["a".into()];
        bench.run(&plan, &[]).came_to(0, "degraded", "a");
        bench.run(&plan, &[]).came_to(0, "degraded", "a a");
    });
}

#[test]
fn the_time_to_live_is_counted_in_seconds() {
    let emitted = |ttl_ms| {
        let script = Shell.emit(&once(ttl_ms)).content;
        script.lines().find_map(|line| line.strip_prefix("  rulec_ttl=")).unwrap().to_owned()
    };
    assert_eq!([emitted(1), emitted(MONTH_MS), emitted(1001)], ["1", "2592000", "2"]);
    let never = Shell.emit(&plan([traced("a")])).content;
    assert!(never.contains("\n  rulec_ttl=\n"));
}

/// What the script makes of a record, with `now` for its clock: the exit code, the run and the moment.
fn judge(bench: &Bench, record: &str, now: &str) -> String {
    let done = bench.path().join("done");
    std::fs::create_dir_all(&done).unwrap();
    std::fs::write(done.join("0123456789abcdef"), record).unwrap();
    let snippet = "date() { echo \"$1\" >&2; rulec_put \"$now\"; }
        now=$1 rulec_home=$PWD rulec_anew=0 rulec_again=sh rulec_execution=0123456789abcdef
        rulec_earlier 2>said
        echo \"$? $rulec_earlier_run $rulec_earlier_at $(grep -c damaged said)\"";
    let output = pieces::run(bench, &once(MONTH_MS), snippet, &[now.as_bytes()], &[]);
    String::from_utf8_lossy(&output.stdout).trim().to_owned()
}

#[test]
fn records_are_judged_by_their_age() {
    every_shell(|bench| {
        use_awk(bench, AWKS[bench.shell.len() % AWKS.len()]);
        let run = "20261121T150000Z-42.1";
        let record = |at: u64| format!("{at} {run} succeeded 2592000 .\n");
        let at = 1_795_273_200;
        let stands = |at: &str| format!("1 {run} {at} 0");
        for (at, now, expected) in [
            (at, at, stands("2026-11-21T15:00:00Z")),
            (at, at + 2_591_999, stands("2026-11-21T15:00:00Z")),
            (at, at + 2_592_000, "0   0".into()),
            // The clock was set back.
            (at + 1_000_000, at, stands("2026-12-03T04:46:40Z")),
            // Beyond what 32 bits can count.
            (4_107_542_399, 4_107_542_400, stands("2100-02-28T23:59:59Z")),
            (4_107_542_400, 4_107_542_400 + 2_592_000, "0   0".into()),
            (951_782_400, 951_782_400, stands("2000-02-29T00:00:00Z")),
        ] {
            assert_eq!(judge(bench, &record(at), &now.to_string()), expected, "{at} {now}");
        }
        let good = record(at);
        for torn in [
            "",
            "\n",
            good.trim_end_matches(" .\n"),
            &good.replace("succeeded", "failed"),
            &good.replace("17952", "17x52"),
            &good.replace("2592000", "-1"),
            &good.replace(run, "$(touch-no)"),
            &good.replace(run, "../../etc"),
            &format!("{good}{good}"),
        ] {
            assert_eq!(judge(bench, torn, &at.to_string()), "0   1", "{torn}");
        }
        assert!(!bench.path().join("no").exists());
    });
}

#[test]
fn only_records_whose_time_is_over_are_removed() {
    every_shell(|bench| {
        let done = bench.path().join("done");
        std::fs::create_dir_all(&done).unwrap();
        let record = |name: &str, text: &str| std::fs::write(done.join(name), text).unwrap();
        for i in 0..250 {
            record(&format!("young{i}"), "1795273200 20261121T150000Z-1 succeeded 2592000 .\n");
        }
        for i in 0..5 {
            record(&format!("old{i}"), "1000000000 20261121T150000Z-1 succeeded 2592000 .\n");
        }
        // Another plan of the same scope may keep its own for longer.
        record("long", "1000000000 20261121T150000Z-1 succeeded 2000000000 .\n");
        let snippet = "date() { rulec_put 1795273300; }
            rulec_home=$PWD rulec_folder=$PWD rulec_run=20261121T150000Z-2
            for rulec_execution; do rulec_remember succeeded; done
            rulec_execution=failed; rulec_remember degraded; rulec_remember failed";
        let run = |names: &[&[u8]]| {
            let output = pieces::run(bench, &once(MONTH_MS), snippet, names, &[]);
            assert_eq!(pieces::text(&output), "");
            std::fs::read_dir(&done).unwrap().count()
        };
        // 256 records are not too many.
        assert_eq!(run(&[]), 256);
        assert_eq!(run(&[b"0123456789abcdef"]), 257 - 5);
        assert!(done.join("long").exists() && done.join("young0").exists());
        let written = std::fs::read_to_string(done.join("0123456789abcdef")).unwrap();
        assert_eq!(written, "1795273300 20261121T150000Z-2 succeeded 2592000 .\n");
    });
}
