//! One decision of many rules.

use super::random::Random;
use super::value::{Value, list, object};

/// How many hosts the rules tell apart.
const HOSTS: usize = 25;

/// A file with so many rules for one decision: of each host, bands of its load that lie side by side, and one rule
/// for what is left, so that no rule contradicts another one and none is in vain.
pub(super) fn decisions(count: usize, random: &mut Random) -> Value {
    let bands = count.div_ceil(HOSTS);
    let rules = (0..count).map(|index| {
        let (host, band) = (index % HOSTS, index / HOSTS);
        let mut all = vec![test("host", "equals", format!("host-{host}").into())];
        if band > 0 {
            all.push(test("load", "greater_or_equal", (10 * band).into()));
        }
        if band + 1 < bands {
            all.push(object().with("not", test("load", "greater_or_equal", (10 * band + 10).into())));
        }
        rule(index, 0, object().with("all", list(all)), random.of(&["calm", "busy", "still"]))
    });
    let rules =
        list(rules.chain([rule(count, 1, test("load", "exists", true.into()), "calm")]).collect::<Vec<_>>());
    object()
        .with("$schema", "../schemas/L4.schema.json")
        .with("layer", "L4")
        .with("name", "hosts")
        .with("version", "1.0.0")
        .with("last_updated", "2026-02-03")
        .with("rules", rules)
}

fn test(field: &str, operator: &str, value: Value) -> Value {
    object().with("field", field).with("operator", operator).with("value", value)
}

fn rule(index: usize, priority: usize, condition: Value, value: &str) -> Value {
    object()
        .with("id", format!("R{index}"))
        .with("condition", condition)
        .with("action", object().with("target", "mode").with("value", value))
        .with("priority", priority)
}
