//! The execution plan: one entry of a rule set with everything known at compile time folded in.
//!
//! `ir` is the plan as runners read it, `lower` makes one from rules, `bounds` measures it, `canonical`
//! gives it its one spelling and digest, `schema` its JSON Schema, `values` say what its inputs may be, `paths` which
//! files it may write.

pub mod bounds;
pub mod canonical;
pub mod ir;
mod lower;
pub mod paths;
pub mod rules;
pub mod schema;
pub mod values;

pub use ir::Plan;
pub use lower::{Drafter, Lowered, Options, draft, facts, lower};
