//! Folders of runs as a runner leaves them, made by hand.

use std::fs;
use std::path::PathBuf;

use rulec::plan::Plan;

use super::bench::Bench;

/// The moment that the clock of a bench shows once it is stopped: 2026-01-01T01:00:00Z.
pub(crate) const NOW: u64 = 1_767_229_200;

/// The id of the run that most tests need.
pub(crate) const RUN: &str = "20260101T005000Z-42";

/// Whether the runner of a run lives.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Runner {
    Alive,
    Dead,
    Elsewhere,
}

/// Lets `date +%s` say always the same.
pub(crate) fn stop_clock(bench: &Bench) {
    let date = format!("#!/bin/sh\ncase $* in +%s) echo {NOW} ;; *) exec /bin/date \"$@\" ;; esac\n");
    bench.write(&bench.path().join("bin/date"), date);
}

/// Makes the folder of a run whose records, each after its seconds before [`NOW`], are these.
pub(crate) fn lay_out(
    bench: &Bench,
    plan: &Plan,
    run: &str,
    runner: Runner,
    records: &[(u64, &str)],
) -> PathBuf {
    let home = bench.path().join("state/test");
    let folder = home.join("runs").join(run);
    fs::create_dir_all(&folder).unwrap();
    fs::create_dir_all(home.join("open")).unwrap();
    let begin = format!("begin {} 0123456789abcdef", plan.digest);
    let first = records.first().map_or(0, |record| record.0);
    let mut journal = format!("v1 1000000001 {} {begin} .\n", NOW - first);
    for (before, record) in records {
        journal += &format!("v1 1000000001 {} {record} .\n", NOW - before);
    }
    let over = records.iter().any(|(_, record)| record.starts_with("over "));
    if !over {
        fs::write(home.join("open").join(run), "").unwrap();
    }
    fs::write(folder.join("journal"), journal).unwrap();
    // What this test's own process is: it lives.
    let read = |file: &str| fs::read_to_string(file).unwrap_or_default().trim().to_owned();
    let stat = read("/proc/self/stat");
    let birth =
        stat.rsplit_once(") ").and_then(|(_, rest)| rest.split(' ').nth(19)).unwrap_or("-").to_owned();
    let (birth, host) = match runner {
        Runner::Alive => (birth, read("/proc/sys/kernel/hostname")),
        Runner::Dead => ("1".to_owned(), read("/proc/sys/kernel/hostname")),
        Runner::Elsewhere => (birth, "another.example.org".to_owned()),
    };
    let about = format!(
        "plan={}\nexecution=0123456789abcdef\nentry={}\nscript={}\nstarted=2026-01-01T00:50:00Z\npid={}\nbirth={birth}\nhost={host}\nboot={}\n",
        plan.digest,
        plan.entry.id,
        bench.path().join("script.sh").display(),
        std::process::id(),
        read("/proc/sys/kernel/random/boot_id"),
    );
    fs::write(folder.join("about"), about).unwrap();
    folder
}
