//! What will go wrong: a lint a file, over the graph of a rule set.
//!
//! [`run`] takes the graph and the level of every rule and gives findings. What more than one lint needs to
//! know is worked out once, by a module named after it, when it is first asked for: [`Context`] holds it.
//! Lints know nothing of one another.

mod asserted;
mod clients;
mod clock;
pub mod command;
mod commands;
mod context;
mod durations;
mod environments;
mod figures;
mod limits;
mod modes;
mod orders;
mod outcome;
mod own_shell;
mod placeholders;
mod policy;
mod ports;
mod priorities;
mod products;
mod program;
mod realised;
mod rules;
mod sql;
mod starts;
mod tables;
mod targets;
mod thresholds;
mod time_bounds;
mod timelines;
mod times;
mod trace;
mod ways_back;
mod whens;

pub use context::Context;
pub use rules::LINTS;
pub use starts::{Touch, Verb};

use rayon::prelude::*;

use crate::diagnostic::{Diagnostic, Level, RuleInfo};

/// A lint: a rule, and what looks for it.
#[derive(Debug)]
pub struct Lint {
    /// What is known of it.
    pub info: RuleInfo,
    /// Hands every finding over.
    pub check: fn(&Context<'_>, &mut dyn FnMut(Diagnostic)),
}

/// What all lints find, in order of the lints, each finding at the level that its rule is given. A lint that
/// is off is not run. Large rule sets are looked at by several lints at once.
#[must_use]
pub fn run(context: &Context<'_>, level: &(dyn Fn(&'static RuleInfo) -> Level + Sync)) -> Vec<Diagnostic> {
    let judge = |lint: &&'static Lint| {
        let mut found = Vec::new();
        let level = level(&lint.info);
        if level != Level::Off {
            (lint.check)(context, &mut |diagnostic| {
                // One that comes with a level of its own keeps it.
                let is_own = diagnostic.level != diagnostic.rule.level;
                let level = if is_own { diagnostic.level } else { level };
                found.push(Diagnostic { level, ..diagnostic });
            });
        }
        found
    };
    if !context.is_worth_threads() {
        return LINTS.iter().flat_map(judge).collect();
    }
    let found: Vec<Vec<Diagnostic>> = LINTS.par_iter().with_max_len(1).map(judge).collect();
    found.into_iter().flatten().collect()
}
