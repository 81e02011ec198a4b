//! Runs the phases in order, from a folder on a machine to findings, and to plans in any form.
//!
//! [`discover`] finds rule sets and reads their files, [`config`] reads what a team has settled in
//! `rulec.toml`. [`check`] goes on to the findings of all phases; [`plans`] lowers what has no errors, [`compile`]
//! emits it in memory too, [`write()`] puts it in place; [`verify()`] proves what holds on every path, [`test()`]
//! tries scenarios out on the simulator. [`mend()`] makes fixes in memory, [`layout()`] formats there, [`put`] puts
//! changed files in place. Nothing here prints.

mod baseline;
mod check;
mod committed;
mod compare;
mod compile;
pub mod config;
pub mod discover;
mod entry;
mod examine;
mod findings;
mod groups;
mod hidden;
mod include;
mod index;
mod invalid_config;
mod layout;
mod levels;
mod mend;
mod own_rules;
mod path_missing;
mod places;
mod read;
mod refuted;
mod repository;
mod revision;
mod suppress;
mod target_cannot;
mod test;
mod unknown_layer;
mod verify;
mod write;

pub use baseline::{
    BASELINE_NAME, BaselineChoice, BaselineEntry, Compared, baseline_entries, baseline_path, baseline_schema,
    compare_with_baseline, write_baseline,
};
pub use check::{Checked, Part, Strangers, check, check_files, part};
pub use committed::{Outputs, Stale, outputs, stale};
pub use compare::{CompareRequest, Version, comparison};
pub use compile::{Entries, Lowered, PlanRequest, compile, plans};
pub use entry::{Refusal, entity};
pub use examine::entries;
pub use findings::Findings;
pub use groups::group;
pub use layout::{Layout, layout, layout_of};
pub use levels::Overrides;
pub use mend::{Change, Mended, Told, Wanted, mend, put};
pub use repository::Repository;
pub use revision::{Revision, revision};
pub use suppress::Heed;
pub use target_cannot::RULE as TARGET_CANNOT;
pub use test::{TestRequest, TestedSet, test};
pub use verify::{Counterexample, Judged, Verified, verify, verify_files};
pub use write::{Destination, write};

use unknown_layer::unknown_layer;

use crate::diagnostic::RuleInfo;
use crate::lint::LINTS;
use crate::{graph, plan, scenario, schema, syntax};

/// The rules that this module reports, by code.
pub static RULES: &[&RuleInfo] = &[
    &invalid_config::RULE,
    &unknown_layer::RULE,
    &target_cannot::RULE,
    &path_missing::RULE,
    &suppress::SUPPRESSION_WITHOUT_REASON,
    &suppress::SUPPRESSION_EXPIRED,
    &suppress::UNUSED_SUPPRESSION,
    &suppress::INVALID_SUPPRESSION,
    &include::INCLUDE_NOT_FOUND,
    &include::INCLUDE_CYCLE,
    &include::INCLUDE_VERSION,
];

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
