//! `rulec baseline`: accept what is there, and hear of nothing but what is new.

use camino::Utf8PathBuf;
use clap::{Args, Subcommand};

use super::{CheckArgs, LevelArgs};

/// Accept the findings that are there, so that only new ones count
///
/// The baseline is a file of findings that are left out from then on: `.rulec-baseline.json` beside `rulec.toml`,
/// for `rulec check` to use once `rulec.toml` says `baseline = ".rulec-baseline.json"`. Findings are known by what
/// they are about, not by line numbers.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  rulec baseline write rules/    accept all that is found now
  rulec baseline check rules/    what is new since, and what is gone
  rulec baseline prune rules/    take out what is gone")]
pub(in super::super) struct BaselineArgs {
    #[command(subcommand)]
    pub(in super::super) verb: BaselineVerb,
}

/// What is to be done with a baseline.
#[derive(Debug, Subcommand)]
pub(in super::super) enum BaselineVerb {
    /// Write a baseline of all that is found, in the place of an older one
    Write(BaselineOf),
    /// Check rule sets against their baselines, whether or not `rulec.toml` names them
    Check(CheckArgs),
    /// Take out of the baseline what is not found any more
    Prune(BaselineOf),
}

/// Which baselines are meant.
#[derive(Debug, Args)]
pub(in super::super) struct BaselineOf {
    /// Folders, or files in them; without one, the rule set around the working directory
    #[arg(value_name = "RULESET")]
    pub(in super::super) rule_sets: Vec<Utf8PathBuf>,

    /// The file; without it, the one that `rulec.toml` names, else `.rulec-baseline.json` beside it
    #[arg(long, value_name = "FILE")]
    pub(in super::super) baseline: Option<Utf8PathBuf>,

    #[command(flatten)]
    pub(in super::super) levels: LevelArgs,
}
