//! Monitors as the plan has them: what looks, how often, and what is done about a breach.

use super::super::{ir, probe, rules};
use super::context::Context;
use crate::graph::{EntityKind, Item};
use crate::model::{Monitor, Reaction, Spanned, Text};

/// The shortest time from look to look: one alone takes some milliseconds.
const SHORTEST_MS: u64 = 100;

impl Context<'_, '_> {
    /// All monitors of the rules. One that nothing can look for is reported, and listed as left out.
    pub(super) fn monitors(&mut self) -> Vec<ir::Monitor> {
        let graph = self.graph;
        let monitors = graph.of_kind(EntityKind::Monitor).filter_map(|(_, entity)| match entity.item {
            Item::Monitor(monitor) => Some(monitor),
            _ => None,
        });
        monitors.filter_map(|monitor| self.monitor(monitor)).collect()
    }

    fn monitor(&mut self, monitor: &Spanned<Monitor>) -> Option<ir::Monitor> {
        let every_ms = monitor.every.value.as_millis().max(SHORTEST_MS);
        let looked = match (monitor.asked(), &monitor.metric) {
            (Some(asked), _) => {
                Some((probe::text(asked), probe::check(asked, monitor.timeout.map(|it| it.value))))
            }
            (None, Some(metric)) => self.watched_metric(metric),
            (None, None) => None,
        };
        let Some((text, mut check)) = looked else {
            let what = format!("monitor {}", monitor.id.value);
            self.drop(what, "nothing can be looked for", monitor.at);
            return None;
        };
        // Whatever hangs must not keep the next look from being taken.
        check.timeout_ms = Some(check.timeout_ms.map_or(every_ms, |own| own.min(every_ms)));
        Some(ir::Monitor {
            id: monitor.id.value.clone(),
            text,
            every_ms,
            check,
            on_breach: monitor.on_breach.as_ref().and_then(|reaction| self.reaction(reaction)),
            satisfies: monitor.satisfies.iter().map(|id| id.value.clone()).collect(),
            source: self.source(monitor.at),
        })
    }

    fn reaction(&self, reaction: &Reaction) -> Option<ir::Reaction> {
        // By whatever name the rules call it, the plan has its id.
        let id = |text: &Text| self.graph.target(text.at).map(|entity| entity.id.to_string());
        let alert = reaction.alert.as_ref().map(|alert| id(alert).unwrap_or_else(|| alert.value.clone()));
        let run = reaction.run.as_ref().and_then(id);
        (alert.is_some() || run.is_some()).then_some(ir::Reaction { alert, run })
    }

    /// A metric is well where it is not what its `alert` says; without one, where it meets its target.
    fn watched_metric(&mut self, name: &Text) -> Option<(String, ir::Check)> {
        let (id, metric, probe) = self.probe(name)?;
        let unit = metric.spec().and_then(|spec| spec.unit.as_ref());
        let measure = match metric.spec().and_then(|spec| spec.alert.as_ref()) {
            None => self.measure(&id, ("target", metric.target().unwrap_or_default()), unit, name.at)?,
            Some(alert) => {
                let alarm = self.measure(&id, ("alert", &alert.0), unit, name.at)?;
                let Some(op) = opposite(alarm.op) else {
                    let message = format!("the alert of metric `{id}` is a single value: `{}`", alert.0);
                    let help = "write an operator, such as `> 2s`";
                    self.report(&rules::NOTHING_TO_CHECK, name.at, message, help);
                    return None;
                };
                ir::Measure { op, ..alarm }
            }
        };
        let text = format!("{id} {} {} {}", measure.op.symbol(), measure.value, measure.unit);
        let check = ir::Check { command: probe, timeout_ms: None, measure: Some(measure), says: None };
        Some((text.trim_end().to_owned(), check))
    }
}

/// What holds where the other does not.
fn opposite(op: ir::Comparison) -> Option<ir::Comparison> {
    match op {
        ir::Comparison::Less => Some(ir::Comparison::GreaterOrEqual),
        ir::Comparison::LessOrEqual => Some(ir::Comparison::Greater),
        ir::Comparison::Greater => Some(ir::Comparison::LessOrEqual),
        ir::Comparison::GreaterOrEqual => Some(ir::Comparison::Less),
        ir::Comparison::Equal => None,
    }
}
