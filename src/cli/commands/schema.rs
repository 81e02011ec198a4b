//! `rulec schema`: print what may be written.

use clap::ValueEnum;
use serde_json::Value;

use super::super::args::{SchemaArgs, SchemaName};
use super::super::console::Console;
use super::super::exit::Exit;
use super::super::table::table;
use crate::driver::{Refusal, all_rules, baseline_schema, config};
use crate::model::LayerId;
use crate::{compare, plan, report, scenario, schema, simulate, survey};

pub(in super::super) fn run(args: &SchemaArgs, console: &Console<'_>) -> Result<Exit, Refusal> {
    match args.name {
        Some(name) => {
            let text = serde_json::to_string_pretty(&generate(name)).expect("a schema is JSON");
            console.result(&(text + "\n"))?;
        }
        None => {
            let rows = SchemaName::value_variants().iter().filter_map(|name| {
                let value = name.to_possible_value()?;
                Some(vec![value.get_name().to_owned(), value.get_help()?.to_string()])
            });
            console.result(&table(&rows.collect::<Vec<_>>()))?;
            console.hint("print one with `rulec schema NAME`");
        }
    }
    Ok(Exit::Clean)
}

fn generate(name: SchemaName) -> Value {
    match name {
        SchemaName::L1 => schema::generate(LayerId::L1),
        SchemaName::L2 => schema::generate(LayerId::L2),
        SchemaName::L3 => schema::generate(LayerId::L3),
        SchemaName::L4 => schema::generate(LayerId::L4),
        SchemaName::L5 => schema::generate(LayerId::L5),
        SchemaName::Rules => schema::generate_any(),
        SchemaName::Plan => plan::schema::schema(),
        SchemaName::Trace => simulate::schema::schema(),
        SchemaName::Config => config::schema(&all_rules()),
        SchemaName::Report => report::schema(),
        SchemaName::Scenario => scenario::schema(),
        SchemaName::Test => scenario::report::schema(),
        SchemaName::Baseline => baseline_schema(),
        SchemaName::Diff => compare::report::schema(),
        SchemaName::Coverage => survey::schema(),
    }
}
