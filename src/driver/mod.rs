//! Runs the phases in order, from a folder on a machine to findings, and to plans in any form.
//!
//! [`discover`] finds rule sets and reads their files, [`config`] reads what a team has settled in
//! `rulec.toml`. [`check`] goes on to the findings of all phases; [`plans`] lowers what has no errors, [`compile`]
//! emits it in memory too, [`write()`] puts it in place; [`verify()`] proves what holds on every path, [`test()`]
//! tries scenarios out on the simulator. Nothing here prints.

mod check;
mod compile;
pub mod config;
pub mod discover;
mod entry;
mod examine;
mod findings;
mod hidden;
mod invalid_config;
mod levels;
mod own_rules;
mod places;
mod read;
mod refuted;
mod repository;
mod target_cannot;
mod test;
mod unknown_layer;
mod verify;
mod write;

pub use check::{Checked, check, check_files};
pub use compile::{Entries, Lowered, PlanRequest, compile, plans};
pub use entry::{Refusal, entity};
pub use examine::entries;
pub use findings::Findings;
pub use levels::Overrides;
pub use repository::Repository;
pub use target_cannot::RULE as TARGET_CANNOT;
pub use test::{TestRequest, TestedSet, test};
pub use verify::{Counterexample, Judged, Verified, verify, verify_files};
pub use write::{Destination, write};

use unknown_layer::unknown_layer;

use crate::diagnostic::RuleInfo;
use crate::lint::LINTS;
use crate::{graph, plan, scenario, schema, syntax};

/// The rules that this module reports, by code.
pub static RULES: &[&RuleInfo] = &[&invalid_config::RULE, &unknown_layer::RULE, &target_cannot::RULE];

/// Every rule there is, by code.
#[must_use]
pub fn all_rules() -> Vec<&'static RuleInfo> {
    let phases = [
        syntax::RULES,
        schema::RULES,
        graph::rules::RULES,
        plan::rules::RULES,
        crate::verify::rules::RULES,
        RULES,
        scenario::RULES,
    ];
    let lints = LINTS.iter().map(|lint| &lint.info);
    let mut rules: Vec<_> = phases.into_iter().flatten().copied().chain(lints).collect();
    rules.sort_by_key(|rule| rule.code);
    rules
}
