//! The rules that the graph itself holds: a file each.

mod action_unbound;
mod ambiguous_reference;
mod call_cycle;
mod component_cycle;
mod duplicate_id;
mod environment_cycle;
mod rollback_cycle;
mod self_rollback;
mod step_cycle;
mod undeclared_external;
mod unknown_role;
mod unresolved_reference;
mod upward_reference;

pub use action_unbound::RULE as ACTION_UNBOUND;
pub use ambiguous_reference::RULE as AMBIGUOUS_REFERENCE;
pub use call_cycle::RULE as CALL_CYCLE;
pub use component_cycle::RULE as COMPONENT_CYCLE;
pub use duplicate_id::RULE as DUPLICATE_ID;
pub use environment_cycle::RULE as ENVIRONMENT_CYCLE;
pub use rollback_cycle::RULE as ROLLBACK_CYCLE;
pub use self_rollback::RULE as SELF_ROLLBACK;
pub use step_cycle::RULE as STEP_CYCLE;
pub use undeclared_external::RULE as UNDECLARED_EXTERNAL;
pub use unknown_role::RULE as UNKNOWN_ROLE;
pub use unresolved_reference::RULE as UNRESOLVED_REFERENCE;
pub use upward_reference::RULE as UPWARD_REFERENCE;

use crate::diagnostic::RuleInfo;

/// All of them, in order of their codes.
pub static RULES: &[&RuleInfo] = &[
    &DUPLICATE_ID,
    &UNRESOLVED_REFERENCE,
    &AMBIGUOUS_REFERENCE,
    &UNDECLARED_EXTERNAL,
    &UNKNOWN_ROLE,
    &UPWARD_REFERENCE,
    &ACTION_UNBOUND,
    &STEP_CYCLE,
    &CALL_CYCLE,
    &ROLLBACK_CYCLE,
    &COMPONENT_CYCLE,
    &SELF_ROLLBACK,
    &ENVIRONMENT_CYCLE,
];
