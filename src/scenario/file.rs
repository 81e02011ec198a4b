//! What a scenario file says, as types: the doc comments are the descriptions in its schema.

use std::borrow::Cow;
use std::fmt;

use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::Deserialize;
use serde::de::value::MapAccessDeserializer;
use serde::de::{Deserializer, Error, MapAccess, Visitor};

use crate::machine::{Gate, Outcome};
use crate::model::{List, Literal, Map, Plain, Spanned, StepRef, Text, either};
use crate::scalar::{Duration, DurationBound};

/// Runs to try out on a simulator, and what is expected of each. A file `NAME.scenario.yaml`, `.json` or
/// `.toml` in a rule set; `rulec test` runs what stands in it.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[schemars(extend("x-required" = ["scenarios"]))]
pub struct ScenarioFile {
    /// The JSON Schema of this file, for editors: a path or an address. It changes nothing in the meaning.
    #[serde(rename = "$schema")]
    #[schemars(example = &"https://rulec.dev/schemas/1/scenario.schema.json")]
    pub schema: Option<Text>,

    /// What this file is for, in a sentence or two.
    pub description: Option<Text>,

    /// The scenarios. Each is a run of its own.
    #[serde(default)]
    pub scenarios: List<Scenario>,
}

/// A run of a procedure or decision in a world where all goes well but for what `faults` says.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
pub struct Scenario {
    /// What is tried out, in a few words: reports show it, and `rulec test --filter` looks for it.
    #[schemars(example = &"the watch does not come up")]
    pub name: Text,

    /// The procedure or decision that is run, by id or name.
    #[schemars(example = &"E1")]
    pub entry: Text,

    /// The environment under which it is compiled.
    #[schemars(example = &"production")]
    pub environment: Option<Text>,

    /// Facts under which it is compiled. They count before those of the environment.
    #[serde(default)]
    pub facts: Map<Literal>,

    /// Values of inputs, as whoever starts the run gives them.
    #[serde(default)]
    pub inputs: Map<Plain>,

    /// What goes wrong, what is printed, and how long it takes. A step is named by its id, or by its number in
    /// the plan.
    pub faults: Option<FaultList>,

    /// What must come of it.
    pub expect: Spanned<Expectation>,
}

/// What goes wrong in a run, what is printed, and how long it takes.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
pub struct FaultList {
    /// Commands that fail: a step, which means its attempts, or `verify:STEP`, `remedy:STEP`, `undo:STEP`,
    /// `alert:STEP`; or an object that says more. Without more, each time, with the exit code 1.
    #[serde(default)]
    #[schemars(example = serde_json::json!(["verify:start", {"job": "start", "times": 2, "exit": 7}]))]
    pub fail: List<Failing>,

    /// Commands that never end by themselves, named as in `fail`.
    #[serde(default)]
    pub time_out: List<StepRef>,

    /// Checks that do not hold, and what a person does not confirm: by text, command, list and number such as
    /// `pre:1` and `post:2`, or by the id of the step that asks.
    #[serde(default)]
    #[schemars(example = serde_json::json!(["pre:1"]))]
    pub not_held: List<StepRef>,

    /// What the attempts of steps print on standard output, by step.
    #[serde(default)]
    pub stdout: Map<Plain>,

    /// What the failing attempts of steps print on standard error, by step.
    #[serde(default)]
    pub stderr: Map<Plain>,

    /// How long commands take, named as in `fail`: whole seconds, or text such as `1m30s`. Without it, no time.
    #[serde(default)]
    pub takes: Map<Duration>,

    /// What the run does not get past before it starts.
    #[serde(default)]
    #[schemars(example = serde_json::json!(["lock"]))]
    pub shut: List<Gate>,

    /// When somebody cancels the run, counted from its start: whole seconds, or text such as `1m30s`.
    #[schemars(example = &"30s")]
    pub cancel_at: Option<Spanned<Duration>>,
}

/// Commands that fail: named, or an object that says more.
#[derive(Debug, Clone)]
pub enum Failing {
    /// Each time.
    Always(String),
    /// As the object says.
    Object(Failure),
}

/// Commands that fail, how often, and with which exit code.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
pub struct Failure {
    /// A step, which means its attempts, or `verify:STEP`, `remedy:STEP`, `undo:STEP`, `alert:STEP`.
    #[schemars(example = &"verify:start")]
    pub job: Spanned<StepRef>,

    /// How often, before they succeed. Without it, each time.
    #[schemars(range(min = 1), example = 2)]
    pub times: Option<Spanned<u32>>,

    /// The exit code.
    #[schemars(range(min = 1, max = 255), extend("default" = 1))]
    pub exit: Option<Spanned<u8>>,
}

/// What must come of a run. Steps of a rollback procedure are named `PROCEDURE/STEP`, final ones
/// `finally/STEP`, those of a called procedure `CALL/STEP`.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[schemars(extend("x-some-of" = [
    "outcome", "steps", "not_run", "skipped", "failed", "undone", "alerts", "duration", "attempts"
]))]
pub struct Expectation {
    /// How the run ends.
    #[schemars(example = &"rolled_back")]
    pub outcome: Option<Spanned<Outcome>>,

    /// All steps that are started, in order; also those of rollback procedures and the final ones.
    pub steps: Option<Spanned<List<StepRef>>>,

    /// Steps that are not started; there may be others. Those that the facts leave out are among them.
    #[serde(default)]
    pub not_run: List<StepRef>,

    /// All steps that are skipped, in any order.
    pub skipped: Option<Spanned<List<StepRef>>>,

    /// All steps that fail, in any order.
    pub failed: Option<Spanned<List<StepRef>>>,

    /// All steps whose undo is run, in order.
    pub undone: Option<Spanned<List<StepRef>>>,

    /// All steps about whose failure an alert is raised, in any order.
    pub alerts: Option<Spanned<List<StepRef>>>,

    /// How long the run takes by its own clock: a duration, or a bound such as `<= 90s`. In YAML a bound that
    /// starts with `>` needs quotes.
    #[schemars(example = &"<= 90s")]
    pub duration: Option<Spanned<DurationBound>>,

    /// How many attempts steps have, by step; 0 for one that is not started.
    #[serde(default)]
    #[schemars(example = serde_json::json!({"start": 2}))]
    pub attempts: Map<u32>,
}

impl Failing {
    /// The commands that fail.
    #[must_use]
    pub fn job(&self) -> &str {
        match self {
            Failing::Always(job) => job,
            Failing::Object(failure) => &failure.job.value.0,
        }
    }
}

impl<'de> Deserialize<'de> for Failing {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct FailingVisitor;

        impl<'de> Visitor<'de> for FailingVisitor {
            type Value = Failing;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a step, or an object")
            }

            fn visit_u64<E: Error>(self, number: u64) -> Result<Failing, E> {
                Ok(Failing::Always(number.to_string()))
            }

            fn visit_str<E: Error>(self, job: &str) -> Result<Failing, E> {
                Ok(Failing::Always(job.to_owned()))
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Failing, A::Error> {
                Failure::deserialize(MapAccessDeserializer::new(map)).map(Failing::Object)
            }
        }

        deserializer.deserialize_any(FailingVisitor)
    }
}

impl JsonSchema for Failing {
    fn schema_name() -> Cow<'static, str> {
        "Failing".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        either(StepRef::json_schema(generator), Failure::json_schema(generator))
    }
}
