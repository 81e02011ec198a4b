//! Pieces of a script, tried without a run: its functions, and a snippet that calls them.

use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt as _;
use std::path::PathBuf;
use std::process::{Command, Output, Stdio};

use rulec::plan::Plan;

use super::bench::{Bench, need, script_of};

/// The programs that are an `awk`, each with the name under which it is installed.
pub(crate) const AWKS: [&str; 4] = ["gawk", "mawk", "busybox", "original-awk"];

/// Writes the functions of a plan's script with `snippet` behind them, and yields its path.
pub(crate) fn write(bench: &Bench, plan: &Plan, snippet: &str) -> PathBuf {
    let script = script_of(plan);
    let functions = script.trim_end().rsplit_once('\n').expect("a script has more than one line").0;
    let start = "trap - EXIT\nrulec_trace='' rulec_quiet=0 rulec_colour=never rulec_needs_secrets=1\nrulec_plan\nrulec_locale\nrulec_defaults\nrulec_colours\nrulec_find_hasher";
    let path = bench.path().join("piece.sh");
    bench.write(&path, format!("{functions}\n{start}\n{snippet}\n"));
    path
}

/// Runs a snippet with the functions of a plan's script. Arguments are any bytes.
pub(crate) fn run(
    bench: &Bench,
    plan: &Plan,
    snippet: &str,
    args: &[&[u8]],
    env: &[(&str, &[u8])],
) -> Output {
    let mut command = bench.command(&write(bench, plan, snippet), &[]);
    command.args(args.iter().map(|arg| OsStr::from_bytes(arg)));
    command.envs(env.iter().map(|(name, value)| (name, OsStr::from_bytes(value))));
    command.output().unwrap()
}

/// Lets everything on a bench use this `awk`; false where it is not installed.
pub(crate) fn use_awk(bench: &Bench, awk: &str) -> bool {
    let Some(program) = need(awk) else { return false };
    let link = bench.path().join("bin/awk");
    let _ = std::fs::remove_file(&link);
    std::os::unix::fs::symlink(program, link).unwrap();
    let works =
        Command::new(bench.path().join("bin/awk")).arg("BEGIN { exit }").stdout(Stdio::null()).status();
    assert!(works.unwrap().success(), "{awk}");
    true
}

/// What was printed, as text.
pub(crate) fn text(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}
