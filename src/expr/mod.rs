//! Conditions: a subset of CEL, the Common Expression Language, with a place for every finding.
//!
//! [`parse`] turns a text into a spanned [`Expr`]; [`check`] gives it a type and finds unknown names and
//! mismatches; [`evaluate`] computes it; [`fold`] computes what is known before a run and leaves the rest;
//! [`free_names`] lists what it reads,
//! [`comparisons`] what it compares that with, [`part_of`] finds a part of it again. Spans count bytes of the text; whoever holds it moves them to its file.
//!
//! Left out of CEL: bytes, messages, timestamps and optionals. Nothing here can hang: texts, nesting and the
//! work of an evaluation are bounded.

mod ast;
mod check;
mod comparisons;
mod display;
mod error;
mod evaluate;
mod fold;
mod functions;
mod lexer;
mod names;
mod operators;
mod parse;
mod part;
mod types;
mod value;

pub use ast::{BinaryOp, Expr, ExprKind, Literal, LogicOp, Macro, Spanned, UnaryOp};
pub use check::check;
pub use comparisons::{Comparisons, comparisons};
pub use error::ExprError;
pub use evaluate::{Values, evaluate};
pub use fold::fold;
pub use names::{FreeName, free_names};
pub use parse::{MAX_DEPTH, MAX_LENGTH, parse};
pub use part::part_of;
pub use types::{Type, Types};
pub use value::{Key, Value};
