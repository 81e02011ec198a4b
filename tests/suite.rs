//! The one test harness: text in, text out.
#![expect(clippy::disallowed_methods, reason = "tests read the project's files and run other programs")]

mod architecture;
mod bounds;
mod canonical;
mod cli;
mod commands;
mod config;
mod conformance;
mod decide;
mod editor;
mod expr;
mod formats;
mod generated;
mod graph;
mod lints;
mod lower;
mod machine;
mod model;
mod pipeline;
mod plan_schema;
mod readme;
mod report;
mod scenario;
mod schema;
mod shape;
mod shell;
mod simulate;
mod studio;
mod support;
mod syntax;
mod targets;
mod verify;
