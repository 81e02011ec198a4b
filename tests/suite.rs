//! The one test harness: text in, text out.
#![expect(clippy::disallowed_methods, reason = "tests read the project's files and run other programs")]

mod architecture;
mod bounds;
mod canonical;
mod config;
mod decide;
mod editor;
mod expr;
mod graph;
mod lower;
mod model;
mod plan_schema;
mod report;
mod schema;
mod shape;
mod support;
mod targets;
