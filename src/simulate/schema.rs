//! The JSON Schema of a line of a trace, for whoever reads traces or writes them: `schemas/trace.schema.json`,
//! generated from [`Entry`].

use serde_json::{Value, json};

use super::Entry;
use crate::machine::{Outcome, Record};
use crate::plan::schema::schema_of;

/// The `$id`, which [`TRACE_VERSION`](crate::machine::TRACE_VERSION) is part of.
const ID: &str = "https://rulec.dev/schemas/1/trace.schema.json";

/// The schema.
#[must_use]
pub fn schema() -> Value {
    let mut schema = schema_of::<Entry<'_>>(ID, "Line of a trace of rulec");
    schema["examples"] = json!([
        Entry { at_ms: 0, record: Record::AttemptStarted { step: "start", attempt: 1 } },
        Entry { at_ms: 1200, record: Record::RunEnded { outcome: Outcome::Succeeded } },
    ]);
    schema
}
