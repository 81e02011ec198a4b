//! One procedure of many steps.

use super::random::Random;
use super::value::{Value, list, object};

/// A file with a procedure of so many steps, each of which needs one or two of those before it.
pub(super) fn procedure(steps: usize, random: &mut Random) -> Value {
    let numbered = list((1..=steps).map(|number| step(number, random)).collect::<Vec<_>>());
    let night = object()
        .with("id", "night")
        .with("name", "Everything that runs at night")
        .with("description", random.sentence(20))
        .with("risk", "medium")
        .with("inputs", list([input("release", "string"), input("data", "path")]))
        .with("preconditions", list([object().with("check", "test -d \"$data\"").with("timeout", "5s")]))
        .with("max_parallel", 4usize)
        .with("steps", numbered);
    object()
        .with("$schema", "../schemas/L5.schema.json")
        .with("layer", "L5")
        .with("name", "night")
        .with("version", "1.0.0")
        .with("last_updated", "2026-02-03")
        .with("procedures", list([night]))
}

fn input(name: &str, kind: &str) -> Value {
    object()
        .with("name", name)
        .with("type", kind)
        .with("default", "night")
        .with("description", format!("The {name} that the night works on"))
}

fn step(number: usize, random: &mut Random) -> Value {
    let mut needs = Vec::new();
    if number > 1 {
        needs.push(number - 1);
    }
    if number > 8 {
        needs.push(number - 2 - random.below(6) as usize);
    }
    object()
        .with("step", number)
        .with("name", random.sentence(3))
        .with(
            "command",
            format!("./bin/pack --part {number} --release \"$release\" -- \"$data\"/part-{number}"),
        )
        .with("timeout", random.of(&["30s", "1m30s", "5 minutes"]))
        .with("retry", object().with("retries", 2usize).with("delay", "5s").with("backoff", "exponential"))
        .with("on_failure", random.of(&["abort", "retry_then_abort", "rollback"]))
        .with(
            "verify",
            object().with("command", format!("test -s \"$data\"/part-{number}.pack")).with("timeout", "5s"),
        )
        .with("idempotent", true)
        .with("undo", format!("rm -f -- \"$data\"/part-{number}.pack"))
        .with("env", object().with("PACK_LEVEL", random.of(&["fast", "small"])))
        .with("needs", list(needs))
}
