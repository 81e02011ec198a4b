//! From a plan to what runs it, or shows it: a file a target.
//!
//! A target takes a [`Plan`] and gives text in memory; it knows nothing of rules, trees and graphs. What it
//! can't hold it says beforehand ([`Target::losses`]), each with its place in the rules: the driver makes
//! errors of them, so that nothing is lost in silence.

pub mod dot;
pub mod generated;
pub mod markdown;
pub mod mermaid;
pub mod plan_json;
pub mod prometheus;
pub mod shell;
pub mod systemd;

mod flow;
mod words;

pub use shell::Shell;

use crate::plan::ir::{Plan, Source};

/// What a target made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Artifact {
    /// A file name for it: the entry's id and the target's ending, safe on every file system.
    pub file_name: String,
    /// The content.
    pub content: String,
    /// True for scripts: the file gets the run bits.
    pub executable: bool,
}

/// Something that a plan asks for and a target can't hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Loss {
    /// What it is, as the words that complete "the target can't hold …": "`when` that depends on a step".
    pub what: String,
    /// What happens where it is lost all the same: "the step always runs".
    pub instead: String,
    /// The place in the rules that asks for it; its pointer may go deeper than the plan's own sources.
    pub source: Source,
    /// The part of an expression there that it is about, as an expression itself; nothing where it is the
    /// whole.
    pub part: Option<String>,
}

/// A form that plans are emitted in.
pub trait Target: Sync {
    /// The name that `--target` takes.
    fn name(&self) -> &'static str;

    /// One line about it for the help.
    fn about(&self) -> &'static str;

    /// Ending of the files, without a dot.
    fn extension(&self) -> &'static str;

    /// False where the files are the same whatever was compiled.
    fn is_of_entry(&self) -> bool {
        true
    }

    /// What this target can't hold of a plan, in the plan's order.
    fn losses(&self, plan: &Plan) -> Vec<Loss>;

    /// The plan in this form: of a target that makes several files, the first. The same plan gives the same bytes.
    fn emit(&self, plan: &Plan) -> Artifact;

    /// All files that the plan is in this form, that of [`Target::emit`] first.
    fn files(&self, plan: &Plan) -> Vec<Artifact> {
        vec![self.emit(plan)]
    }
}

/// All targets, in the order in which they are listed.
#[must_use]
pub fn targets() -> &'static [&'static dyn Target] {
    &[
        &plan_json::PlanJson,
        &Shell,
        &markdown::Markdown,
        &mermaid::Mermaid,
        &dot::Dot,
        &systemd::Systemd,
        &generated::NGINX,
        &generated::LOGROTATE,
        &generated::ENV,
        &prometheus::Prometheus,
    ]
}

/// The target of a name.
#[must_use]
pub fn target(name: &str) -> Option<&'static dyn Target> {
    targets().iter().copied().find(|target| target.name() == name)
}

/// A file name for an entry: what is not a letter, a digit, `.`, `_` or `-` becomes `-`.
#[must_use]
pub fn file_name(entry: &str, extension: &str) -> String {
    let stem: String =
        entry.chars().map(|c| if c.is_ascii_alphanumeric() || "._-".contains(c) { c } else { '-' }).collect();
    let stem = stem.trim_start_matches(['.', '-']);
    format!("{}.{extension}", if stem.is_empty() { "entry" } else { stem })
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_target_is_found_by_its_own_name_and_writes_files_of_its_own_kind() {
        let names: BTreeSet<_> = targets().iter().map(|target| target.name()).collect();
        let extensions: BTreeSet<_> = targets().iter().map(|target| target.extension()).collect();
        assert_eq!((names.len(), extensions.len()), (targets().len(), targets().len()));
        for name in names {
            assert_eq!(target(name).map(Target::name), Some(name));
        }
        assert!(target("nothing").is_none());
    }

    #[test]
    fn file_names_are_safe() {
        assert_eq!(file_name("E1", "sh"), "E1.sh");
        assert_eq!(file_name("../é x", "md"), "---x.md".trim_start_matches('-'));
        assert_eq!(file_name("..", "md"), "entry.md");
    }
}
