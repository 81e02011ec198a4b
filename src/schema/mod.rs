//! The shape of rule files: JSON Schemas from the types of `model`, and every error of shape.
//!
//! [`generate`] and [`schema_of`] give schemas, for editors and for [`Checker`], which holds a tree against
//! one and says in words what does not fit: one finding for one mistake, at the exact key or value. The
//! nodes that can't be used are given with the findings, so that `model::decode` leaves them out and nobody
//! reports them again. What the names and numbers mean together is left to `graph` and `lint`.

mod camel_case_key;
mod checker;
mod describe;
mod explain;
mod generate;
mod invalid_value;
mod layer_mismatch;
mod missing_key;
mod place;
mod unknown_key;
mod view;
mod wrong_type;

pub use checker::{Checker, layer_of, validate};
pub use generate::{generate, generate_any, schema_of};

use crate::diagnostic::RuleInfo;

/// The rules that this module reports, by code.
pub static RULES: &[&RuleInfo] = &[
    &unknown_key::RULE,
    &camel_case_key::RULE,
    &missing_key::RULE,
    &wrong_type::RULE,
    &invalid_value::RULE,
    &layer_mismatch::RULE,
];
