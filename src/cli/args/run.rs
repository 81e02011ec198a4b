//! What `rulec run` takes.

use std::ffi::OsString;

use clap::Args;

use super::EntryArgs;

/// Compile a procedure or decision to a script, and become it
///
/// The script is what `rulec compile --target sh` gives. It is kept among the state of the runs, so that a run which
/// was killed can be looked at and resumed; where it stands is said first.
#[derive(Args)]
#[command(after_help = "\
Examples:
  rulec run rules/ --entry E1                      compile and run
  rulec run --entry E1 -- --dry-run                show what would run
  rulec run --entry E1 -- --yes --input port=8080  pass options to the script
  rulec run --entry E1 -- status                   and commands: `-- --help`

The script is written to scripts/ENTRY-DIGEST.sh in $RULEC_STATE_DIR, else in
$XDG_STATE_HOME/rulec, else in ~/.local/state/rulec, for its owner only. The
same rules give the same file. It may be deleted when no run of it is
unfinished; rulec itself deletes none.

Exit codes: those of the script, which `-- --help` lists. Where there is no
script: 1 for findings, as with `compile`; 2 for wrong arguments, a broken
rulec.toml, no rules, or a script that can't be written or started.")]
pub(in super::super) struct RunArgs {
    #[command(flatten)]
    pub(in super::super) of: EntryArgs,

    /// Command and options for the script
    #[arg(last = true, value_name = "SCRIPT-ARGUMENT")]
    pub(in super::super) arguments: Vec<OsString>,
}
