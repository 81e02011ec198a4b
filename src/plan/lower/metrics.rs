//! What the goals measure, as the plan has it: each threshold in the base unit of its quantity, turned into what raises
//! the alarm.

use super::super::ir::{Alarm, AlarmOp, AlarmUnit, Metric, Priority};
use super::context::Context;
use crate::graph::{EntityKind, Item};
use crate::model::{self, Goal, Grade, MetricSpec};
use crate::scalar::{Dimension, Op, Quantity, Ratio, Threshold};

impl Context<'_, '_> {
    /// All metrics of the goals that have a threshold or a query.
    pub(super) fn metrics(&mut self) -> Vec<Metric> {
        let graph = self.graph;
        let metrics = graph.of_kind(EntityKind::Metric).filter_map(|(_, entity)| match entity.item {
            Item::Metric(metric, goal) => Some((entity.id.to_string(), metric, goal, entity.at)),
            _ => None,
        });
        let known = metrics.filter_map(|(id, metric, goal, at)| {
            let spec = metric.value.spec();
            let query = spec.and_then(|spec| spec.query.as_ref()).map(|query| query.value.to_string());
            let alarm = alarm(&metric.value, spec);
            (query.is_some() || alarm.is_some()).then(|| Metric {
                id,
                goal: goal.id.value.clone(),
                about: about(goal),
                priority: goal.priority.map(|priority| grade(priority.value)),
                owner: goal.owner.as_ref().map(|owner| owner.value.clone()),
                query,
                alarm,
                for_ms: spec.and_then(|spec| spec.lasting).map(|time| time.value.as_millis()),
                source: self.source(at),
            })
        });
        known.collect()
    }
}

fn about(goal: &Goal) -> Option<String> {
    goal.description.as_ref().or(goal.name.as_ref()).map(|text| text.value.clone())
}

fn grade(grade: Grade) -> Priority {
    match grade {
        Grade::P0 => Priority::P0,
        Grade::P1 => Priority::P1,
        Grade::P2 => Priority::P2,
        Grade::P3 => Priority::P3,
    }
}

/// What raises the alarm: the `alert` where there is one, else whatever misses the `target`. Nothing where that is prose.
fn alarm(metric: &model::Metric, spec: Option<&MetricSpec>) -> Option<Alarm> {
    let unit = spec.and_then(|spec| spec.unit.as_ref()).map(|unit| unit.value.as_str());
    let (key, text) = match spec.and_then(|spec| spec.alert.as_ref()) {
        Some(alert) => ("alert", alert.value.0.as_str()),
        None => ("target", metric.target()?),
    };
    let threshold = Threshold::parse(text).ok()?;
    let op = match (key, threshold.op) {
        ("alert", op) => as_it_is(op),
        (_, op) => missed(op),
    };
    let quantity = in_unit(threshold.quantity, unit)?;
    let unit = match quantity.dimension() {
        Dimension::Count | Dimension::Score(_) => AlarmUnit::Number,
        Dimension::Percent => AlarmUnit::Share,
        Dimension::Time => AlarmUnit::Seconds,
        Dimension::Size => AlarmUnit::Bytes,
        Dimension::Throughput => AlarmUnit::BytesPerSecond,
        Dimension::Frequency => AlarmUnit::PerSecond,
    };
    Some(Alarm { op, limit: limit(&quantity)?, unit, says: format!("{key} {}", text.trim()) })
}

/// A bare number in the unit of the metric, where it has one.
fn in_unit(quantity: Quantity, unit: Option<&str>) -> Option<Quantity> {
    match unit.and_then(|unit| Quantity::parse(&format!("1 {unit}")).ok()) {
        Some(one) => quantity.in_unit_of(&one),
        None => Some(quantity),
    }
}

/// The number in the base unit of its dimension, a percentage as a share of 1.
fn limit(quantity: &Quantity) -> Option<String> {
    let ratio = quantity.ratio()?;
    let ratio = match quantity.dimension() {
        Dimension::Percent => ratio.checked_div(Ratio::whole(100))?,
        _ => ratio,
    };
    let (numerator, denominator) = ratio.parts();
    Some(decimal(numerator, denominator).unwrap_or_else(|| format!("{numerator} / {denominator}")))
}

/// A fraction as a decimal number, where that has an end.
fn decimal(numerator: i128, denominator: i128) -> Option<String> {
    let digits = (0..=27_u32).find(|digits| 10_i128.pow(*digits) % denominator == 0)?;
    let scaled = numerator.checked_mul(10_i128.pow(digits) / denominator)?;
    let sign = if scaled < 0 { "-" } else { "" };
    let text = format!("{:0>width$}", scaled.unsigned_abs(), width = digits as usize + 1);
    let (whole, rest) = text.split_at(text.len() - digits as usize);
    Some(if rest.is_empty() { format!("{sign}{whole}") } else { format!("{sign}{whole}.{rest}") })
}

fn as_it_is(op: Op) -> AlarmOp {
    match op {
        Op::Less => AlarmOp::Less,
        Op::LessOrEqual => AlarmOp::LessOrEqual,
        Op::Greater => AlarmOp::Greater,
        Op::GreaterOrEqual => AlarmOp::GreaterOrEqual,
        Op::Equal => AlarmOp::Equal,
    }
}

/// What holds where the other does not.
fn missed(op: Op) -> AlarmOp {
    match op {
        Op::Less => AlarmOp::GreaterOrEqual,
        Op::LessOrEqual => AlarmOp::Greater,
        Op::Greater => AlarmOp::LessOrEqual,
        Op::GreaterOrEqual => AlarmOp::Less,
        Op::Equal => AlarmOp::NotEqual,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn limits_are_in_base_units_and_exact() {
        for (text, unit, shown) in [
            ("500ms", None, "0.5"),
            ("30 minutes", None, "1800"),
            ("500", Some("ms"), "0.5"),
            ("85%", None, "0.85"),
            ("0.1%", None, "0.001"),
            ("100%", None, "1"),
            ("4GiB", None, "4294967296"),
            ("100 requests/min", None, "5 / 3"),
            ("120/min", None, "2"),
            ("-0.5", None, "-0.5"),
            ("0 critical", None, "0"),
            ("4.5/5", None, "4.5"),
            ("25", Some("no unit at all, but prose"), "25"),
        ] {
            let quantity = in_unit(Quantity::parse(text).expect(text), unit).expect(text);
            assert_eq!(limit(&quantity).as_deref(), Some(shown), "{text}");
        }
    }
}
