//! The execution plan: one entry of a rule set with everything known at compile time folded in.
//!
//! `ir` is the plan as runners read it, `lower` makes one from rules, `bounds` measures it, `canonical`
//! gives it its one spelling and digest, `schema` its JSON Schema, `generated` makes files of components, `settings`
//! tells their values, `values` say what its inputs may be, `paths` which files it may write, `pools` what its steps
//! share.

pub mod bounds;
pub mod canonical;
pub mod gate;
pub mod generated;
pub mod ir;
mod lower;
pub mod paths;
pub mod pools;
pub mod probe;
mod rehearse;
pub mod rules;
pub mod schema;
pub mod settings;
pub mod values;

pub use ir::Plan;
pub use lower::{Drafter, Lowered, Options, draft, facts, lower};
