//! The rules that lowering itself holds: a file each.

mod call_loses_meaning;
mod invalid_expression;
mod invalid_input;
mod nothing_to_check;
mod nothing_to_generate;
mod nothing_to_run;
mod path_not_allowed;
mod step_id_taken;
mod too_many_calls;
mod undecided;
mod window_without_hours;

pub use call_loses_meaning::RULE as CALL_LOSES_MEANING;
pub use invalid_expression::RULE as INVALID_EXPRESSION;
pub use invalid_input::RULE as INVALID_INPUT;
pub use nothing_to_check::RULE as NOTHING_TO_CHECK;
pub use nothing_to_generate::RULE as NOTHING_TO_GENERATE;
pub use nothing_to_run::RULE as NOTHING_TO_RUN;
pub use path_not_allowed::RULE as PATH_NOT_ALLOWED;
pub use step_id_taken::RULE as STEP_ID_TAKEN;
pub use too_many_calls::RULE as TOO_MANY_CALLS;
pub use undecided::RULE as UNDECIDED;
pub use window_without_hours::RULE as WINDOW_WITHOUT_HOURS;

use crate::diagnostic::RuleInfo;

/// All of them, in order of their codes.
pub static RULES: &[&RuleInfo] = &[
    &CALL_LOSES_MEANING,
    &INVALID_EXPRESSION,
    &UNDECIDED,
    &NOTHING_TO_RUN,
    &WINDOW_WITHOUT_HOURS,
    &NOTHING_TO_CHECK,
    &INVALID_INPUT,
    &TOO_MANY_CALLS,
    &PATH_NOT_ALLOWED,
    &NOTHING_TO_GENERATE,
    &STEP_ID_TAKEN,
];
