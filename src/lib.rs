//! A compiler for layered operating rules.
//!
//! The way through it: `driver` asks the `host` for bytes, `syntax` parses them to a spanned tree, `schema`
//! reports every error of shape, `model` decodes what is left into types, `graph` resolves names and finds
//! cycles, `lint` looks for what will go wrong, `plan` folds and lowers an entry to a plan, `target` emits
//! it, `diagram` draws, `report` renders the findings. Each phase collects findings and none stops early. What a
//! plan means is said by `machine` alone: `simulate` runs it on a virtual clock, `scenario` says what must come of
//! that, `verify` goes through all paths at once. `compare` says what changes from one plan to another, `survey` what
//! of the rules rests on what. [`driver::check`], [`driver::compile`], [`driver::test`] and
//! [`driver::verify`] are the whole way; `cli` puts them on a command line.

pub mod cli;
pub mod compare;
pub mod decide;
pub mod diagnostic;
pub mod diagram;
pub mod driver;
pub mod expr;
pub mod fix;
pub mod fmt;
pub mod graph;
pub mod host;
pub mod lint;
pub mod machine;
pub mod model;
pub mod plan;
pub mod report;
pub mod scalar;
pub mod scenario;
pub mod schema;
pub mod simulate;
pub mod source;
pub mod survey;
pub mod syntax;
pub mod target;
pub mod verify;
