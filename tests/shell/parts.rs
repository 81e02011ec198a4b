//! Parts of the runtime, tried without a whole run: state, locks, disk and audit log.

use super::bench::{Bench, Run};

const PARTS: [&str; 11] = [
    include_str!("../../src/target/shell/runtime/prologue.sh"),
    include_str!("../../src/target/shell/runtime/helpers.sh"),
    include_str!("../../src/target/shell/runtime/process.sh"),
    include_str!("../../src/target/shell/runtime/clock.sh"),
    include_str!("../../src/target/shell/runtime/disk.sh"),
    include_str!("../../src/target/shell/runtime/safety.sh"),
    include_str!("../../src/target/shell/runtime/state.sh"),
    include_str!("../../src/target/shell/runtime/lock.sh"),
    include_str!("../../src/target/shell/runtime/audit.sh"),
    include_str!("../../src/target/shell/runtime/retire.sh"),
    include_str!("../../src/target/shell/runtime/verify.sh"),
];

/// What a plan and the command line would have set.
const SETTING: &str = r#"
rulec_leave() {
  exit "$1"
}
rulec_break_off() {
  rulec_off=$1
}
rulec_quiet=0 rulec_trace='' rulec_off='' rulec_foreign=0 rulec_dim='' rulec_plain='' rulec_heard=''
rulec_digest=sha256:0 rulec_who=me@here rulec_scope=test rulec_lock_timeout=${LOCK-0}
rulec_audit_on=1 rulec_audit_path=${AUDIT-} rulec_audit_days=${DAYS-}
trap 'rulec_signal=TERM' TERM
rulec_find_tools
rulec_find_hasher
rulec_start_clock
"#;

/// A script of these parts, in which `snippet` comes last.
pub(crate) fn pieces(snippet: &str) -> String {
    format!("{}{SETTING}{snippet}", PARTS.concat())
}

/// Runs `snippet` behind these parts, with further variables in the environment.
pub(crate) fn run_pieces(bench: &Bench, snippet: &str, env: &[(&str, &str)]) -> Run {
    let script = bench.path().join("pieces.sh");
    bench.write(&script, pieces(snippet));
    bench.wait(bench.command(&script, &[]).envs(env.iter().copied()).spawn().unwrap())
}
