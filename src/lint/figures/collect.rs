//! Collects the figures of a rule set, file by file.

use super::name::{Name, Role, name};
use super::read::{Measured, Reading, formula, measure, read};
use super::{Bearing, Figure};
use crate::model::{
    At, Constraints, Goal, Grade, Layer, LayerId, Loaded, Open, Requirement, RuleSet, Spanned, Text, TextOr,
    Understanding,
};
use crate::scalar::{Interval, Op, Threshold};
use crate::source::Location;
use crate::syntax::{Kind, NodeId};

/// All figures, in order of the files and, by kind, of the source.
pub(in crate::lint) fn collect(rules: &RuleSet) -> Vec<Figure> {
    let mut collector = Collector { rules, figures: Vec::new() };
    for loaded in rules.files() {
        match &loaded.document.body {
            Layer::Goals(goals) => goals.goals.iter().for_each(|goal| collector.goal(goal)),
            Layer::Understanding(understanding) => collector.understanding(loaded, understanding),
            Layer::Constraints(constraints) => collector.constraints(loaded, constraints),
            Layer::Decisions(decisions) => {
                for decision in &decisions.decision_rules {
                    for condition in &decision.conditions {
                        if let TextOr::Text(text) = &condition.value {
                            let said = Said::new(LayerId::L4, Bearing::Trigger, &decision.id, None);
                            collector.formula(text, condition.at, said);
                        }
                    }
                }
            }
            Layer::Execution(_) => {}
        }
    }
    collector.figures
}

struct Collector<'a> {
    rules: &'a RuleSet,
    figures: Vec<Figure>,
}

/// What is known of a figure from where it stands.
#[derive(Clone)]
struct Said {
    layer: LayerId,
    bearing: Bearing,
    owner: Option<String>,
    priority: Option<(Grade, At)>,
    alert: Option<Interval>,
    scope: String,
    group: &'static str,
    /// The words of what it stands in.
    parent: Vec<String>,
}

impl Said {
    fn new(layer: LayerId, bearing: Bearing, owner: &Text, priority: Option<Spanned<Grade>>) -> Self {
        Self {
            layer,
            bearing,
            owner: Some(owner.value.clone()),
            priority: priority.map(|priority| (priority.value, priority.at)),
            alert: None,
            scope: String::new(),
            group: "",
            parent: Vec::new(),
        }
    }
}

impl Collector<'_> {
    fn goal(&mut self, goal: &Goal) {
        let said = Said::new(LayerId::L1, Bearing::Required, &goal.id, goal.priority);
        for criterion in &goal.success_criteria {
            match &criterion.value {
                TextOr::Text(text) => self.formula(text, criterion.at, said.clone()),
                // What is bound to a metric has its figure there.
                TextOr::Object(_) => {}
            }
        }
        for metric in &goal.metrics {
            let alert = metric.value.spec().and_then(|spec| spec.alert.as_ref());
            let alert = alert.and_then(|alert| Threshold::parse(&alert.0).ok()?.interval());
            let at = match metric.value.spec() {
                Some(spec) => spec.target.as_ref().map(|target| target.at),
                None => Some(metric.value.at),
            };
            if let (Some(target), Some(at)) = (metric.value.target(), at)
                && let Some(reading) = read(target)
            {
                let name = name(&metric.name.value);
                let place = self.rules.location(at);
                let said = Said { alert, ..said.clone() };
                self.add(&metric.name.value, name, target, place, reading, said);
            }
        }
    }

    fn understanding(&mut self, loaded: &Loaded, understanding: &Understanding) {
        if let Some(requirements) = &understanding.requirements {
            for requirement in requirements.functional.iter().chain(requirements.non_functional.iter()) {
                self.requirement(requirement);
            }
        }
        let environment = understanding.context.as_ref().and_then(|it| it.technical_environment.as_ref());
        if let Some(environment) = environment {
            self.leaves(loaded, environment.at.node, &mut Vec::new(), "");
        }
    }

    fn requirement(&mut self, requirement: &Requirement) {
        if let Some(description) = &requirement.description {
            let said = Said::new(LayerId::L2, Bearing::Required, &requirement.id, requirement.priority);
            self.formula(&description.value, description.at, said);
        }
    }

    fn constraints(&mut self, loaded: &Loaded, constraints: &Constraints) {
        let open = |open: Option<Open>| open.map(|open| open.at.node);
        let groups = [
            ("technical", open(constraints.technical_constraints)),
            ("performance", constraints.performance_constraints.as_ref().map(|it| it.at.node)),
            ("security", constraints.security_constraints.as_ref().map(|it| it.at.node)),
            ("operational", constraints.operational_constraints.as_ref().map(|it| it.at.node)),
            ("business", open(constraints.business_constraints)),
        ];
        for (group, node) in groups {
            if let Some(node) = node {
                self.leaves(loaded, node, &mut Vec::new(), group);
            }
        }
    }

    /// The figures among the leaves of an object, in a group of L3 or, without one, in L2; `path` is the names of the
    /// objects around it.
    fn leaves(&mut self, loaded: &Loaded, node: NodeId, path: &mut Vec<String>, group: &'static str) {
        let source = self.rules.source(loaded.file);
        for (key, value) in loaded.tree.entries(node) {
            let own = loaded.tree.text(source, key);
            if own.starts_with("x-") {
                continue;
            }
            match loaded.tree.kind(value) {
                Kind::Object => {
                    path.push(own.to_owned());
                    self.leaves(loaded, value, path, group);
                    path.pop();
                }
                Kind::Number | Kind::String => {
                    let text = loaded.tree.text(source, value);
                    let Some(reading) = read(text) else { continue };
                    let place = loaded.tree.location(value);
                    let Leaf { shown, name, scope, parent } = leaf(path, own);
                    let said = Said {
                        layer: loaded.layer,
                        bearing: if group.is_empty() { Bearing::Required } else { Bearing::Limit },
                        owner: None,
                        priority: None,
                        alert: None,
                        scope,
                        group,
                        parent,
                    };
                    self.add(&shown, name, text, place, reading, said);
                }
                _ => {}
            }
        }
    }

    /// A text that may be a formula.
    fn formula(&mut self, text: &str, at: At, said: Said) {
        let Some((called, reading, range)) = formula(text) else { return };
        let place = self.rules.text_location(at, range.clone());
        self.add(called, name(called), &text[range], place, reading, said);
    }

    fn folder(&self, place: Location) -> String {
        let path = &self.rules.sources.get(place.file).path;
        path.rsplit_once('/').map(|(folder, _)| folder.to_owned()).unwrap_or_default()
    }

    fn add(&mut self, shown: &str, name: Name, spelt: &str, place: Location, reading: Reading, said: Said) {
        // A version is no number: 3.10 comes after 3.9.
        if name.words.is_empty() || name.words.iter().any(|word| word == "version") {
            return;
        }
        let op = match (reading.is_bare, name.role, said.bearing) {
            (true, Role::Minimum, _) => Op::GreaterOrEqual,
            (true, Role::Maximum, _) | (true, _, Bearing::Limit) => Op::LessOrEqual,
            _ => reading.threshold.op,
        };
        let Some(measured) = measure(name.words, &reading, op) else { return };
        let Measured { mut words, quantity, dimension, interval, is_turned, counts_frames } = measured;
        // A name of one word may be anybody's. What triggers a decision is not held against other values.
        if words.len() + name.statistic.len() < 2 && !counts_frames && said.bearing != Bearing::Trigger {
            if said.parent.is_empty() {
                return;
            }
            words.splice(0..0, said.parent);
        }
        let percentile = reading.threshold.percentile.map(|percentile| percentile.to_string());
        let percentile = percentile.filter(|percentile| !name.statistic.contains(percentile));
        let statistic: Vec<String> = name.statistic.into_iter().chain(percentile).collect();
        let remark = super::name::name(&reading.remark).role;
        let is_wish = name.role == Role::Wish || remark == Role::Wish;
        self.figures.push(Figure {
            subject: words.join(" "),
            statistic: statistic.join(" "),
            dimension,
            scope: said.scope,
            group: said.group.to_owned(),
            folder: self.folder(place),
            name: shown.to_owned(),
            owner: said.owner,
            spelt: spelt.trim().to_owned(),
            place,
            layer: said.layer,
            bearing: if is_wish { Bearing::Wish } else { said.bearing },
            role: name.role,
            quantity,
            interval,
            is_bare: reading.is_bare,
            is_turned,
            each: reading.each,
            alert: said.alert,
            priority: said.priority.map(|(grade, at)| (grade, self.rules.location(at))),
        });
    }
}

/// A leaf of an open object.
struct Leaf {
    /// What it is called: its key, or, where that is only the word of a bound, the key of what it stands in.
    shown: String,
    /// The same as words.
    name: Name,
    /// The names around it as words.
    scope: String,
    /// The words of the nearest of them.
    parent: Vec<String>,
}

/// What a leaf is called, from the keys on the way to it and its own.
fn leaf(path: &[String], own: &str) -> Leaf {
    let mut around: Vec<Name> = path.iter().map(|key| name(key)).collect();
    let (mut shown, mut this) = (own.to_owned(), name(own));
    let mut role = this.role;
    if this.is_role_only
        && let Some(parent) = around.pop()
    {
        shown = path.last().cloned().unwrap_or_default();
        this = parent;
    }
    let outer = around.iter().rev().map(|outer| outer.role);
    role = std::iter::once(role)
        .chain([this.role])
        .chain(outer)
        .find(|role| *role != Role::Plain)
        .unwrap_or_default();
    around.retain(|outer| !outer.is_role_only);
    let parent = around.last().map(|outer| outer.words.clone()).unwrap_or_default();
    let scope: Vec<String> =
        around.iter().map(|outer| [&outer.words[..], &outer.statistic].concat().join(" ")).collect();
    Leaf { shown, name: Name { role, is_role_only: false, ..this }, scope: scope.join("/"), parent }
}
