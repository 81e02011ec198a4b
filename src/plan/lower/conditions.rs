//! Pre- and postconditions, health checks, metrics and checklists as conditions of the plan.

use super::super::{ir, probe, rules};
use super::context::Context;
use crate::graph::{EntityKind, Item};
use crate::model::{Asked, At, ChecklistItem, Condition, ConditionKind, List, Metric, Spanned, Text};
use crate::scalar::{Op, Threshold};

impl<'a> Context<'_, 'a> {
    /// The conditions of a list, a checklist's items among them one by one.
    pub(super) fn conditions(&mut self, conditions: &List<Condition>) -> Vec<ir::Condition> {
        conditions.iter().flat_map(|condition| self.condition(condition)).collect()
    }

    fn condition(&mut self, condition: &Spanned<Condition>) -> Vec<ir::Condition> {
        let source = self.source(condition.at);
        let one = |text: String, check| {
            vec![ir::Condition { text, check, mandatory: true, source: source.clone() }]
        };
        match condition.kind() {
            Some(ConditionKind::Prose(text)) => one(text.to_owned(), None),
            Some(ConditionKind::Check { command, timeout }) => {
                let asked = Asked::Command(&command.value, command.at);
                one(command.value.clone(), Some(probe::check(asked, timeout.map(|it| it.value))))
            }
            Some(ConditionKind::Probe { probe, timeout }) => {
                let asked = Asked::Probe(probe);
                one(probe::text(asked), Some(probe::check(asked, timeout.map(|it| it.value))))
            }
            Some(ConditionKind::Health(name)) => match self.health(name) {
                Some((component, check)) => one(format!("{component} is healthy"), Some(check)),
                None => Vec::new(),
            },
            Some(ConditionKind::Metric(name)) => match self.metric(name) {
                Some((text, check)) => one(text, Some(check)),
                None => Vec::new(),
            },
            Some(ConditionKind::Checklist(name)) => {
                let Some(Item::Checklist(items)) = self.graph.target(name.at).map(|entity| entity.item)
                else {
                    return Vec::new();
                };
                items.iter().map(|item| self.checklist_item(item)).collect()
            }
            None => Vec::new(),
        }
    }

    pub(super) fn checklist_item(&mut self, item: &Spanned<ChecklistItem>) -> ir::Condition {
        let check = item.asked().map(|asked| probe::check(asked, item.timeout.map(|it| it.value)));
        let source = self.source(item.at);
        ir::Condition { text: item.item.value.clone(), check, mandatory: item.is_mandatory(), source }
    }

    /// The health check of a component by its name, with the component's name.
    pub(super) fn health(&mut self, name: &Text) -> Option<(String, ir::Check)> {
        let Some(Item::Component(component)) = self.graph.target(name.at).map(|entity| entity.item) else {
            return None;
        };
        let Some(health) = &component.health else {
            let message = format!("`{}` has no health check", component.name.value);
            self.report(&rules::NOTHING_TO_CHECK, name.at, message, "give the component `health: COMMAND`");
            return None;
        };
        let (asked, timeout) = health.asked()?;
        Some((component.name.value.clone(), probe::check(asked, timeout)))
    }

    /// The check of a metric by its name, with what must hold in words.
    pub(super) fn metric(&mut self, name: &Text) -> Option<(String, ir::Check)> {
        let (id, metric, probe) = self.probe(name)?;
        let target = metric.target().unwrap_or_default();
        let unit = metric.spec().and_then(|spec| spec.unit.as_ref());
        let measure = self.measure(&id, ("target", target), unit, name.at)?;
        let check = ir::Check { command: probe, timeout_ms: None, measure: Some(measure), says: None };
        Some((format!("{id} {target}"), check))
    }

    /// A metric by its name, with its id and its probe.
    pub(super) fn probe(&mut self, name: &Text) -> Option<(String, &'a Metric, String)> {
        let entity = self.graph.target(name.at)?;
        let Item::Metric(metric, _) = entity.item else { return None };
        debug_assert_eq!(entity.kind, EntityKind::Metric);
        let id = entity.id.to_string();
        let Some(probe) = metric.spec().and_then(|spec| spec.probe.as_ref()) else {
            let message = format!("metric `{id}` has no probe, so nothing measures it");
            self.report(&rules::NOTHING_TO_CHECK, name.at, message, "give the metric `probe: COMMAND`");
            return None;
        };
        Some((id, metric, probe.value.clone()))
    }

    /// A threshold of a metric, `target` or `alert`, as a bound on what its probe prints.
    pub(super) fn measure(
        &mut self,
        id: &str,
        (which, text): (&str, &str),
        unit: Option<&Text>,
        at: At,
    ) -> Option<ir::Measure> {
        let Ok(threshold) = Threshold::parse(text) else {
            let message = format!("the {which} of metric `{id}` is no threshold: `{text}`");
            self.report(
                &rules::NOTHING_TO_CHECK,
                at,
                message,
                "write an operator and a quantity, such as `< 500ms`",
            );
            return None;
        };
        let quantity = &threshold.quantity;
        let spelt = quantity.unit().map(|unit| unit.to_string());
        let spelt = spelt.or_else(|| quantity.noun().map(str::to_owned)).unwrap_or_default();
        if let Some(unit) = unit
            && !spelt.is_empty()
            && unit.value != spelt
        {
            let message =
                format!("the probe of `{id}` measures in `{}`, the {which} is in `{spelt}`", unit.value);
            let help = format!("state the {which} in the unit of the probe");
            self.report(&rules::NOTHING_TO_CHECK, at, message, &help);
            return None;
        }
        let op = match threshold.op {
            Op::Less => ir::Comparison::Less,
            Op::LessOrEqual => ir::Comparison::LessOrEqual,
            Op::Greater => ir::Comparison::Greater,
            Op::GreaterOrEqual => ir::Comparison::GreaterOrEqual,
            Op::Equal => ir::Comparison::Equal,
        };
        Some(ir::Measure {
            op,
            value: quantity.value().to_string(),
            unit: unit.map_or(spelt, |unit| unit.value.clone()),
        })
    }
}
