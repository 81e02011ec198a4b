//! What the command line may say.

mod baseline;
mod run;
mod simulate;

use camino::Utf8PathBuf;
use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};
use clap::{ArgGroup, ArgMatches, Args, FromArgMatches, Parser, Subcommand, ValueEnum};
use clap_complete::Shell;
use serde_json::Value;

use super::console::ColorChoice;
use crate::decide;
use crate::diagnostic::{Level, RuleInfo, nearest};
use crate::driver::{Overrides, all_rules};
use crate::report::ReportFormat;
use crate::target::{self, Target, targets};
use crate::verify::MAX_STATES;

pub(super) use baseline::{BaselineArgs, BaselineOf, BaselineVerb};
pub(super) use run::RunArgs;
pub(super) use simulate::{FaultArgs, SimulateArgs, TraceFormat};

/// Compiles layered operating rules: checks them, and turns procedures into plans, scripts and runbooks
#[derive(Parser)]
#[command(version, propagate_version = true, disable_help_subcommand = true, max_term_width = 80)]
#[command(after_help = "\
Start here:
  rulec init demo                          write a small rule set to look at
  rulec check demo                         find what is wrong in it
  rulec check demo --fix                   mend what can be mended
  rulec simulate demo --entry E1 --fail 2  see what happens when step 2 fails
  rulec verify demo                        prove what holds on every path
  rulec compile demo -e E1 -t sh -o e1.sh  make a script of a procedure
  rulec run demo --entry E1                make such a script, and run it at once

Exit codes:
  0  done, nothing to complain about
  1  findings of level error (or what `--deny` says); nothing is compiled that
     has errors; a property that is refuted or not decided; scenarios that
     failed; a file that `--check` or `--diff` would change
  2  wrong arguments, a broken rulec.toml, or a result that can't be written
  3  a fault in rulec itself
  4  there was nothing to check")]
pub(super) struct Cli {
    /// When to use colours
    #[arg(long, global = true, value_name = "WHEN", default_value = "auto", hide_possible_values = true)]
    #[arg(help = "When to use colours: auto, always or never")]
    pub(super) color: ColorChoice,

    #[command(subcommand)]
    pub(super) verb: Verb,
}

/// What is to be done.
#[derive(Subcommand)]
pub(super) enum Verb {
    Check(CheckArgs),
    Fmt(FmtArgs),
    Baseline(BaselineArgs),
    Verify(VerifyArgs),
    Compile(CompileArgs),
    Run(RunArgs),
    Simulate(SimulateArgs),
    Test(TestArgs),
    List(ListArgs),
    Graph(GraphArgs),
    Diff(DiffArgs),
    Coverage(CoverageArgs),
    Why(WhyArgs),
    Impact(ImpactArgs),
    Lints(LintsArgs),
    Explain(ExplainArgs),
    Schema(SchemaArgs),
    Init(InitArgs),
    Completions(CompletionsArgs),
}

/// Find what is wrong in rule sets
///
/// A rule set is a folder with rule files of the layers L1 to L5, in JSON, YAML or TOML. Of a file, the whole rule
/// set around it is checked, and what the file has a part in is reported. Findings go to standard output, a
/// summary to standard error.
#[derive(Debug, Args)]
#[command(group = ArgGroup::new("mending").args(["fix", "diff"]).multiple(true))]
#[command(after_help = "\
Examples:
  rulec check                          the rule set around the working directory
  rulec check rules/ --deny warnings   warnings fail too
  rulec check --format short | head    one line a finding
  rulec check L5-start.yaml            what this file has a part in
  rulec check --profile strict         warnings are errors, notes are warnings
  rulec check --allow prose-only-gate  leave one rule out
  rulec check --diff                   show what --fix would change
  rulec check --fix L5-execution.yaml  mend what can be mended in one file
  rulec explain unresolved-reference   what a rule is about

Exit codes:
  0  nothing is found
  1  errors are found, or what `--deny` names; or `--diff` shows a difference
  2  wrong arguments, a broken rulec.toml, or a result that can't be written
  4  there was nothing to check")]
pub(super) struct CheckArgs {
    /// Folders, or files in them; without one, the rule set around the working directory
    #[arg(value_name = "RULESET")]
    pub(super) rule_sets: Vec<Utf8PathBuf>,

    /// How findings are written
    #[arg(long, value_name = "FORMAT", default_value = ReportFormat::default().name(), value_parser = format())]
    pub(super) format: ReportFormat,

    /// Show notes too: what is worth knowing and no more
    #[arg(long)]
    pub(super) notes: bool,

    /// Leave out what is in this baseline, in the place of the one that `rulec.toml` names
    #[arg(long, value_name = "FILE")]
    pub(super) baseline: Option<Utf8PathBuf>,

    /// Show what is suppressed and what is in the baseline too
    #[arg(long)]
    pub(super) no_suppressions: bool,

    /// Mend what can be mended without altering what was meant, then say what is left; of files that are named, only
    /// these are changed
    #[arg(long)]
    pub(super) fix: bool,

    /// Mend also what takes a guess: look at it with `--diff` first
    #[arg(long, requires = "mending")]
    pub(super) unsafe_fixes: bool,

    /// Show what would be mended as a unified diff, and write nothing: 1 where there is a difference, else 0
    #[arg(long, conflicts_with = "format")]
    pub(super) diff: bool,

    #[command(flatten)]
    pub(super) levels: LevelArgs,
}

/// Lay the text of rule files out in one way
///
/// Blanks, line breaks and quotes change, what the files say does not: comments, the order of keys and the spelling of
/// values stay. Of folders, the rule files and scenarios of the rule sets in them are formatted. A file with mistakes
/// is left as it is.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  rulec fmt                                    the rule set around here
  rulec fmt rules/L5-execution.yaml            one file
  rulec fmt --check                            list what would change
  rulec fmt --diff | less                      show it
  rulec fmt - --stdin-filename L5.yaml <a.txt  standard input to standard output

Exit codes:
  0  done
  1  a file has mistakes, or, with `--check` and `--diff`, would change
  2  wrong arguments, a broken rulec.toml, or a file that can't be written
  4  there was nothing to format")]
pub(super) struct FmtArgs {
    /// Folders and files; `-` is standard input; without one, the rule set around the working directory
    #[arg(value_name = "PATH")]
    pub(super) paths: Vec<Utf8PathBuf>,

    /// List the files that would change, and write nothing
    #[arg(long)]
    pub(super) check: bool,

    /// Show what would change as a unified diff, and write nothing
    #[arg(long)]
    pub(super) diff: bool,

    /// What standard input is called: the ending says which format it has
    #[arg(long, value_name = "NAME")]
    pub(super) stdin_filename: Option<Utf8PathBuf>,
}

/// Prove what holds on every path through procedures and decisions
///
/// Explores every combination of outcomes: each job succeeds, fails or takes too long, each condition holds or
/// does not, and the run is cancelled at any moment. What does not hold is shown with the shortest run that breaks it.
/// What can be compiled is verified, whatever else is wrong with the rules.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  rulec verify                           every procedure and decision
  rulec verify rules/ --entry E1         one of them
  rulec verify --entry E1 --format json  one JSON document with a version
  rulec verify --max-states 5000000      go on for longer before giving up")]
pub(super) struct VerifyArgs {
    #[command(flatten)]
    pub(super) of: EntryArgs,

    /// How many states of each entry are explored at most; what is not refuted by then is not decided
    #[arg(long, value_name = "N", default_value_t = MAX_STATES, value_parser = at_least_one)]
    pub(super) max_states: usize,

    /// How the result is written
    #[arg(long, value_name = "FORMAT", default_value = "human")]
    pub(super) format: VerifyFormat,
}

/// How proofs and refutations are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum VerifyFormat {
    /// A line a property, then what does not hold
    Human,
    /// One JSON document with a version
    Json,
}

/// Turn a procedure or decision into a plan, a script or a runbook
///
/// Nothing is compiled that has errors. Files are written as a whole or not at all; scripts can be run at once.
#[derive(Args)]
#[command(after_help = "\
Examples:
  rulec compile rules/ --entry E1                the plan, as JSON
  rulec compile rules/ -e E1 -t sh -o start.sh   a script for any POSIX shell
  rulec compile rules/ -t markdown -o runbooks/  a runbook for each entry
  rulec compile --entry E1 --environment staging --set replicas=3
  rulec compile --all                            all that rulec.toml names
  rulec compile --all --check                    whether that is up to date")]
pub(super) struct CompileArgs {
    #[command(flatten)]
    pub(super) of: EntryArgs,

    /// What to make of it
    #[arg(long, short, value_name = "TARGET", default_value = "plan", value_parser = target())]
    pub(super) target: &'static dyn Target,

    /// A file to write; a folder (one that is there, or a path that ends in `/`) takes a file for each entry
    #[arg(long, short, value_name = "PATH")]
    pub(super) output: Option<Utf8PathBuf>,

    /// Everything that `rulec.toml` says is compiled, in its `[[compiled]]` tables
    #[arg(long, conflicts_with_all = ["entry", "environment", "set", "target", "output"])]
    pub(super) all: bool,

    /// Write nothing: end with 1 where a file is not what the rules compile to
    #[arg(long)]
    pub(super) check: bool,
}

/// Try scenarios out on a simulator
///
/// A scenario is a run of a procedure or decision with faults in it, and what is expected to come of that. They
/// stand in files called `NAME.scenario.yaml`, `.json` or `.toml` in a rule set; `rulec schema scenario`
/// describes them. Nothing is executed, and no time passes.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  rulec test                                 all scenarios around here
  rulec test rules/ --filter rollback        those named `rollback` in some way
  rulec test --coverage --fail-under 80      what no scenario reaches
  rulec test --format junit > scenarios.xml  for a build server

Exit codes:
  0  all passed
  1  some did not, or less was reached than asked for
  2  wrong arguments, or a broken rulec.toml
  4  there was no scenario to try out")]
pub(super) struct TestArgs {
    /// Folders, or files in them; without one, the rule set around the working directory
    #[arg(value_name = "RULESET")]
    pub(super) rule_sets: Vec<Utf8PathBuf>,

    /// Only scenarios whose names have this text in them; several times: any of them
    #[arg(long, short, value_name = "TEXT")]
    pub(super) filter: Vec<String>,

    /// How the result is written
    #[arg(long, value_name = "FORMAT", default_value = "human")]
    pub(super) format: TestFormat,

    /// Say what no scenario reaches: steps, the ways in which they can fail, decisions
    #[arg(long)]
    pub(super) coverage: bool,

    /// Fail where less than this share of what there is was reached, from 0 to 100
    #[arg(long, value_name = "PERCENT", requires = "coverage", value_parser = clap::value_parser!(u8).range(..=100))]
    pub(super) fail_under: Option<u8>,

    #[command(flatten)]
    pub(super) levels: LevelArgs,
}

/// How the result of scenarios is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum TestFormat {
    /// One line a scenario, and what went wrong
    Human,
    /// One JSON document with a version, see `rulec schema test`
    Json,
    /// JUnit's XML, for build servers
    Junit,
}

/// What of a rule set is meant, and what is fixed about it.
#[derive(Debug, Args)]
pub(super) struct EntryArgs {
    /// A folder, or a file in it; without one, the rule set around the working directory
    #[arg(value_name = "RULESET")]
    pub(super) rule_set: Option<Utf8PathBuf>,

    /// The procedure, decision or timeline, by id or name; may be left out where there is only one
    #[arg(long, short, value_name = "ID")]
    pub(super) entry: Option<String>,

    /// The environment whose values are fixed
    #[arg(long, value_name = "NAME")]
    pub(super) environment: Option<String>,

    /// Fix a fact or the value of an input
    #[arg(long, value_name = "NAME=VALUE", value_parser = setting)]
    pub(super) set: Vec<(String, Value)>,

    /// Divide all offsets, delays and intervals by so much: days pass in minutes, and the plan says that it is a
    /// rehearsal
    #[arg(long, value_name = "FACTOR", value_parser = clap::value_parser!(u32).range(2..=1_000_000_000))]
    pub(super) rehearse: Option<u32>,

    #[command(flatten)]
    pub(super) levels: LevelArgs,
}

/// List procedures, decisions and timelines
///
/// Shows how many steps each has, how long it takes at most (the longest way through, with all retries, and
/// the rollback), and its risk.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  rulec list                  what the rules around here have that can be run
  rulec list rules/           those of another folder
  rulec list --format json    one JSON document with a version")]
pub(super) struct ListArgs {
    /// Folders, or files in them; without one, the rule set around the working directory
    #[arg(value_name = "RULESET")]
    pub(super) rule_sets: Vec<Utf8PathBuf>,

    /// How the list is written
    #[arg(long, value_name = "FORMAT", default_value = "human")]
    pub(super) format: ListFormat,
}

/// How a list is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum ListFormat {
    /// A table
    Human,
    /// One JSON document with a version
    Json,
}

/// Draw what refers to what
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  rulec graph rules/ | dot -Tsvg > rules.svg
  rulec graph rules/ --focus E1 --depth 1 --format mermaid")]
pub(super) struct GraphArgs {
    /// A folder, or a file in it; without one, the rule set around the working directory
    #[arg(value_name = "RULESET")]
    pub(super) rule_set: Option<Utf8PathBuf>,

    /// Show only what is near this, by id or name
    #[arg(long, value_name = "ID")]
    pub(super) focus: Option<String>,

    /// How many references away from the focus, in either direction
    #[arg(long, value_name = "N", default_value_t = 2, requires = "focus")]
    pub(super) depth: usize,

    /// How the graph is written
    #[arg(long, value_name = "FORMAT", default_value = "dot")]
    pub(super) format: GraphFormat,
}

/// How a graph is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum GraphFormat {
    /// For Graphviz
    Dot,
    /// For Markdown
    Mermaid,
    /// For programs: one JSON document with a version
    Json,
}

/// Say what changes in the plans between two versions of rules
///
/// Compares what would be run, not how it is written: steps that are added, removed, moved or changed, gates, limits,
/// rollbacks, and how long a run takes at most. Either version is a rule set, a plan that was compiled before, or
/// `REVISION:PATH`, which the `git` on the path reads.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  rulec diff main:rules rules          from a revision of git to what is there
  rulec diff ../main/rules rules       between two folders
  rulec diff plans/E1.plan.json rules  from a compiled plan to the rules
  rulec diff --exit-code old new       end with 1 where something changes
  rulec diff --format markdown old new > comment.md")]
pub(super) struct DiffArgs {
    /// The old version: a folder, a file in it, a plan as JSON, or one of these at a git revision
    #[arg(value_name = "OLD")]
    pub(super) old: Utf8PathBuf,

    /// The new version, likewise
    #[arg(value_name = "NEW")]
    pub(super) new: Utf8PathBuf,

    /// Only this procedure or decision, by id or name
    #[arg(long, short, value_name = "ID")]
    pub(super) entry: Option<String>,

    /// The environment whose values are fixed
    #[arg(long, value_name = "NAME")]
    pub(super) environment: Option<String>,

    /// Fix a fact or the value of an input
    #[arg(long, value_name = "NAME=VALUE", value_parser = setting)]
    pub(super) set: Vec<(String, Value)>,

    /// How the result is written
    #[arg(long, value_name = "FORMAT", default_value = "human")]
    pub(super) format: DiffFormat,

    /// End with 1 where something changes, as `git diff --exit-code` does
    #[arg(long)]
    pub(super) exit_code: bool,
}

/// How a difference is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum DiffFormat {
    /// A block an entry, a line a change
    Human,
    /// One JSON document with a version, see `rulec schema diff`
    Json,
    /// For a comment on a pull request
    Markdown,
}

/// Say which goal is served by what, and what is bound to a check
///
/// Counts the conditions, criteria, constraints and metrics that a program decides, and those that are prose, which a
/// person has to attest.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  rulec coverage                 of the rule set around the working directory
  rulec coverage rules/          of another one
  rulec coverage --format json   see `rulec schema coverage`")]
pub(super) struct CoverageArgs {
    /// A folder, or a file in it; without one, the rule set around the working directory
    #[arg(value_name = "RULESET")]
    pub(super) rule_set: Option<Utf8PathBuf>,

    /// How the result is written
    #[arg(long, value_name = "FORMAT", default_value = "human")]
    pub(super) format: ListFormat,
}

/// Say what something is for: the chain from it up to a goal
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  rulec why E1/2 rules/         why the second step of E1 is there
  rulec why component:orders    of several things of one name, the component")]
pub(super) struct WhyArgs {
    /// A step (`E1/2`), procedure, decision or anything else, by id or name
    #[arg(value_name = "ID")]
    pub(super) of: String,

    /// A folder, or a file in it; without one, the rule set around the working directory
    #[arg(value_name = "RULESET")]
    pub(super) rule_set: Option<Utf8PathBuf>,

    /// How the result is written
    #[arg(long, value_name = "FORMAT", default_value = "human")]
    pub(super) format: ListFormat,
}

/// Say what changes if something does
///
/// Lists everything that refers to it, directly or through others, by kind.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  rulec impact orders rules/         what a change to `orders` reaches
  rulec impact orders --depth 1      only what refers to it directly")]
pub(super) struct ImpactArgs {
    /// What would change, by id or name
    #[arg(value_name = "ID")]
    pub(super) of: String,

    /// A folder, or a file in it; without one, the rule set around the working directory
    #[arg(value_name = "RULESET")]
    pub(super) rule_set: Option<Utf8PathBuf>,

    /// How many references away at most
    #[arg(long, value_name = "N", value_parser = at_least_one)]
    pub(super) depth: Option<usize>,

    /// How the result is written
    #[arg(long, value_name = "FORMAT", default_value = "human")]
    pub(super) format: ListFormat,
}

/// List all rules: what is found, and how grave it is
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  rulec lints                      all of them
  rulec lints rollback             those that have this in their description
  rulec lints --level error        those that keep rules from being compiled
  rulec explain missing-rollback   more about one")]
pub(super) struct LintsArgs {
    /// Only rules that have this text in their id, code, group or description; several: all of them
    #[arg(value_name = "TEXT")]
    pub(super) text: Vec<String>,

    /// Only rules of this level
    #[arg(long, value_name = "LEVEL")]
    pub(super) level: Option<LevelName>,

    /// How the list is written
    #[arg(long, value_name = "FORMAT", default_value = "human")]
    pub(super) format: ListFormat,
}

/// The levels that a rule may have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum LevelName {
    /// Contradicts itself, or can't be compiled
    Error,
    /// Will go wrong in operation
    Warning,
    /// Worth knowing
    Note,
    /// Not looked for unless asked
    Off,
}

/// Say what a rule is about
///
/// What it finds, why that is bad, and what to write instead.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  rulec explain missing-rollback   what it finds, why, and what to write instead
  rulec explain R0051              the same, by its code
  rulec explain                    all rules")]
pub(super) struct ExplainArgs {
    /// A rule's id or code, such as `unresolved-reference` or R0022; without one, all rules are listed
    #[arg(value_parser = rule)]
    pub(super) rule: Option<&'static RuleInfo>,

    /// How it is written
    #[arg(long, value_name = "FORMAT", default_value = "human")]
    pub(super) format: ExplainFormat,
}

/// How a rule is explained.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum ExplainFormat {
    /// For a terminal
    Human,
    /// As it is written, for a page
    Markdown,
    /// One JSON document with a version
    Json,
}

/// Print a JSON Schema, for editors and other programs
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  rulec schema                       which there are
  rulec schema rules > rules.json    one that serves all layers, for an editor
  rulec schema report                what `rulec check --format json` writes")]
pub(super) struct SchemaArgs {
    /// Which one; without one, all are listed
    #[arg(value_name = "NAME", ignore_case = true)]
    pub(super) name: Option<SchemaName>,
}

/// The schemas.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum SchemaName {
    /// Rule files of layer 1: goals
    #[value(name = "L1")]
    L1,
    /// Rule files of layer 2: components and requirements
    #[value(name = "L2")]
    L2,
    /// Rule files of layer 3: constraints
    #[value(name = "L3")]
    L3,
    /// Rule files of layer 4: decisions
    #[value(name = "L4")]
    L4,
    /// Rule files of layer 5: procedures
    #[value(name = "L5")]
    L5,
    /// Rule files of any layer, told apart by `layer`
    Rules,
    /// The plans that `rulec compile` makes
    Plan,
    /// The lines of a trace: what happens in a run of a plan
    Trace,
    /// `rulec.toml`
    Config,
    /// The reports of `rulec check --format json`
    Report,
    /// Scenario files, `NAME.scenario.yaml`
    Scenario,
    /// The reports of `rulec test --format json`
    Test,
    /// Accepted findings, `.rulec-baseline.json`
    Baseline,
    /// The reports of `rulec diff --format json`
    Diff,
    /// The reports of `rulec coverage --format json`
    Coverage,
}

/// Write a small rule set to start from
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  rulec init         write it to the folder `rules`
  rulec init shop    write it to another one")]
pub(super) struct InitArgs {
    /// The folder to write it to
    #[arg(value_name = "DIR", default_value = "rules")]
    pub(super) folder: Utf8PathBuf,
}

/// Print a script that teaches a shell to complete commands and options
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  rulec completions bash > ~/.local/share/bash-completion/completions/rulec
  rulec completions fish > ~/.config/fish/completions/rulec.fish")]
pub(super) struct CompletionsArgs {
    /// The shell
    pub(super) shell: Shell,
}

/// Levels of rules: of several options about one rule the last counts.
#[derive(Debug, Clone, Default)]
pub(super) struct LevelArgs {
    /// The levels of rules.
    pub(super) overrides: Overrides,
    /// The least level that fails, where one is given.
    pub(super) deny: Option<Level>,
}

/// The options as they are written.
#[derive(Debug, Args)]
struct LevelOptions {
    /// The levels to start from: `default`, `strict`, `adopt`, or a profile of rulec.toml
    #[arg(long, value_name = "NAME")]
    profile: Option<String>,

    /// Turn a rule off; `target-cannot` becomes a warning, so that no loss goes unsaid
    #[arg(long, value_name = "RULE", value_parser = rule)]
    allow: Vec<&'static RuleInfo>,

    /// Make what a rule finds a warning
    #[arg(long, value_name = "RULE", value_parser = rule)]
    warn: Vec<&'static RuleInfo>,

    /// Make what a rule finds an error; `warnings` or `notes` fail for all of that level
    #[arg(long, value_name = "RULE|warnings|notes", value_parser = denial)]
    deny: Vec<Denial>,
}

/// What is not to be let pass.
#[derive(Debug, Clone, Copy)]
enum Denial {
    Level(Level),
    Rule(&'static RuleInfo),
}

impl FromArgMatches for LevelArgs {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, clap::Error> {
        let mut args = Self::default();
        args.update_from_arg_matches(matches)?;
        Ok(args)
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), clap::Error> {
        let places = |name: &str| matches.indices_of(name).into_iter().flatten();
        let options = LevelOptions::from_arg_matches(matches)?;
        let of_rules = |name: &str, rules: &[&'static RuleInfo], level: Level| -> Vec<_> {
            places(name).zip(rules).map(|(place, rule)| (place, *rule, level)).collect()
        };
        let mut levels = of_rules("allow", &options.allow, Level::Off);
        levels.extend(of_rules("warn", &options.warn, Level::Warning));
        for (place, denial) in places("deny").zip(&options.deny) {
            match denial {
                Denial::Level(level) => self.deny = self.deny.min(Some(*level)).or(Some(*level)),
                Denial::Rule(rule) => levels.push((place, rule, Level::Error)),
            }
        }
        self.overrides.profile = options.profile;
        levels.sort_by_key(|(place, ..)| *place);
        levels.into_iter().for_each(|(_, rule, level)| self.overrides.push(rule, level));
        Ok(())
    }
}

impl Args for LevelArgs {
    fn augment_args(command: clap::Command) -> clap::Command {
        LevelOptions::augment_args(command)
    }

    fn augment_args_for_update(command: clap::Command) -> clap::Command {
        LevelOptions::augment_args_for_update(command)
    }
}

fn format() -> impl TypedValueParser<Value = ReportFormat> {
    let about = |format: ReportFormat| match format {
        ReportFormat::Human => "Snippets of the files, with what is wrong there",
        ReportFormat::Short => "One line a finding: file:line:column: error[rule]: message",
        ReportFormat::Json => "One JSON document with a version, see `rulec schema report`",
        ReportFormat::Sarif => "SARIF 2.1.0, for code scanning",
        ReportFormat::Github => "Workflow commands, for annotations in GitHub Actions",
        ReportFormat::Gitlab => "A code quality report, for merge requests in GitLab",
        ReportFormat::Junit => "JUnit's XML, for Jenkins and other CI systems",
    };
    let values = ReportFormat::ALL.map(|format| PossibleValue::new(format.name()).help(about(format)));
    PossibleValuesParser::new(values).map(|name| {
        let format = ReportFormat::ALL.into_iter().find(|format| format.name() == name);
        format.expect("the parser lets only names of formats pass")
    })
}

fn target() -> impl TypedValueParser<Value = &'static dyn Target> {
    let values = targets().iter().map(|target| PossibleValue::new(target.name()).help(target.about()));
    PossibleValuesParser::new(values)
        .map(|name| target::target(&name).expect("the parser lets only names of targets pass"))
}

fn setting(text: &str) -> Result<(String, Value), String> {
    match text.split_once('=') {
        Some((name, value)) if !name.trim().is_empty() => Ok((name.trim().to_owned(), decide::fact(value))),
        _ => Err("write NAME=VALUE".to_owned()),
    }
}

fn at_least_one(text: &str) -> Result<usize, String> {
    text.parse().ok().filter(|number| *number > 0).ok_or_else(|| "write a whole number from 1 on".to_owned())
}

fn rule(name: &str) -> Result<&'static RuleInfo, String> {
    let rules = all_rules();
    if let Some(rule) = rules.iter().find(|rule| rule.id == name || rule.code.eq_ignore_ascii_case(name)) {
        return Ok(rule);
    }
    let like: Vec<_> = rules.iter().filter(|rule| rule.id.contains(&name.to_lowercase())).collect();
    Err(match (nearest(name, rules.iter().flat_map(|rule| [rule.id, rule.code])), &like[..]) {
        (Some(near), _) => format!("there is no such rule, did you mean `{near}`?"),
        (None, [only]) => format!("there is no such rule, did you mean `{}`?", only.id),
        (None, [_, _, ..]) if !name.is_empty() => {
            format!("there is no such rule, `rulec lints {name}` lists those like it")
        }
        (None, _) => "there is no such rule, `rulec lints` lists all of them".to_owned(),
    })
}

fn denial(name: &str) -> Result<Denial, String> {
    match name {
        "warnings" | "warning" => Ok(Denial::Level(Level::Warning)),
        "notes" | "note" => Ok(Denial::Level(Level::Note)),
        _ => rule(name).map(Denial::Rule),
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn the_definition_is_sound() {
        Cli::command().debug_assert();
    }
}
