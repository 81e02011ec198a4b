//! What happens between two attempts of a step: retries, their delays, and remedies for known failures.

use std::borrow::Cow;
use std::fmt;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::Deserialize;
use serde::de::value::MapAccessDeserializer;
use serde::de::{Deserializer, Error, MapAccess, Visitor};

use super::choice::either;
use super::collections::List;
use super::spanned::{Spanned, Text};
use crate::scalar::Duration;

/// How often a step is tried again: a number of further attempts, or a policy.
#[derive(Debug, Clone)]
pub enum Retry {
    /// So many further attempts, at once.
    Count(u32),
    /// Further attempts with delays, or only after certain exit codes.
    Policy(RetryPolicy),
}

/// How a step is tried again.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
pub struct RetryPolicy {
    /// How many attempts follow the first one.
    #[schemars(range(min = 0, max = 1_000_000), extend("default" = 0), example = 3)]
    pub retries: Option<Spanned<u32>>,

    /// How long to wait before the next attempt: whole seconds, or text such as `2s`.
    #[schemars(extend("default" = "0s"), example = &"2s")]
    pub delay: Option<Spanned<Duration>>,

    /// Whether the delay stays the same or doubles with each attempt.
    #[schemars(extend("default" = "fixed"))]
    pub backoff: Option<Spanned<Backoff>>,

    /// The longest delay that `exponential` leads to: whole seconds, or text such as `1m`.
    #[schemars(example = &"1m")]
    pub max_delay: Option<Spanned<Duration>>,

    /// The exit codes after which the step is tried again; without them, after every failure.
    #[serde(default)]
    #[schemars(inner(range(min = 0, max = 255)))]
    pub on_exit_codes: List<u8>,
}

/// How the delay between attempts grows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(inline)]
pub enum Backoff {
    /// It stays the same.
    #[default]
    Fixed,
    /// It doubles with each attempt.
    Exponential,
}

/// A [`Retry`] with its defaults filled in.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct RetryPlan {
    /// How many attempts follow the first one.
    pub retries: u32,
    /// The time before the second attempt.
    pub delay: Duration,
    /// How the delay grows.
    pub backoff: Backoff,
    /// The longest delay, where there is one.
    pub max_delay: Option<Duration>,
    /// The exit codes after which it is tried again; none means all.
    pub on_exit_codes: Vec<u8>,
}

impl Retry {
    /// The same with all defaults: no delay, a fixed one, after any exit code.
    #[must_use]
    pub fn plan(&self) -> RetryPlan {
        match self {
            Retry::Count(retries) => RetryPlan { retries: *retries, ..RetryPlan::default() },
            Retry::Policy(policy) => RetryPlan {
                retries: policy.retries.map_or(0, |retries| retries.value),
                delay: policy.delay.map_or(Duration::ZERO, |delay| delay.value),
                backoff: policy.backoff.map_or(Backoff::Fixed, |backoff| backoff.value),
                max_delay: policy.max_delay.map(|delay| delay.value),
                on_exit_codes: policy.on_exit_codes.iter().map(|code| code.value).collect(),
            },
        }
    }
}

impl<'de> Deserialize<'de> for Retry {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct RetryVisitor;

        impl<'de> Visitor<'de> for RetryVisitor {
            type Value = Retry;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a number of retries or an object")
            }

            fn visit_u64<E: Error>(self, count: u64) -> Result<Retry, E> {
                u32::try_from(count).map(Retry::Count).map_err(E::custom)
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Retry, A::Error> {
                RetryPolicy::deserialize(MapAccessDeserializer::new(map)).map(Retry::Policy)
            }
        }

        deserializer.deserialize_any(RetryVisitor)
    }
}

impl JsonSchema for Retry {
    fn schema_name() -> Cow<'static, str> {
        "Retry".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let count = json_schema!({ "type": "integer", "minimum": 0, "maximum": 1_000_000 });
        either(count, RetryPolicy::json_schema(generator))
    }
}

/// What to do about a known failure. It matches where all that it says of the failed attempt is true.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
pub struct Remedy {
    /// The exit codes that it is for; without them, any.
    #[serde(default)]
    #[schemars(inner(range(min = 0, max = 255)))]
    pub exit_codes: List<u8>,

    /// An extended regular expression that a line of standard error must match.
    #[schemars(example = &"address already in use")]
    pub stderr_matches: Option<Text>,

    /// A command, or the name of a procedure, that mends the cause.
    #[schemars(example = &"./free-port.sh 8080")]
    pub run: Option<Text>,

    /// What happens then: another attempt, going on as if the step had succeeded, or the end of the run.
    #[schemars(extend("default" = "retry"))]
    pub then: Option<Spanned<Then>>,

    /// How often the remedy is used at most in one run.
    #[schemars(range(min = 1, max = 1_000_000), extend("default" = 1))]
    pub max: Option<Spanned<u32>>,
}

/// What happens after a remedy.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(inline)]
pub enum Then {
    /// The step is tried again.
    Retry,
    /// The run goes on with the next step.
    Continue,
    /// The step has failed for good.
    Abort,
}

impl Remedy {
    /// What happens after the remedy has run.
    #[must_use]
    pub fn then(&self) -> Then {
        self.then.map_or(Then::Retry, |then| then.value)
    }

    /// How often it is used at most.
    #[must_use]
    pub fn max(&self) -> u32 {
        self.max.map_or(1, |max| max.value)
    }
}
