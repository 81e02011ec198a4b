//! The execution plan: one entry of a rule set with everything known at compile time folded in.
//!
//! `ir` is the plan as runners read it. Making one from rules, and measuring it, follow in the other files.

pub mod ir;

pub use ir::Plan;
