//! What the nodes and edges of the graph are.

use std::borrow::Cow;

use crate::model::{
    Action, Alert, Assumption, At, ChecklistItem, Component, Decision, Environment, Goal, LayerId, List,
    Metric, Monitor, OwnConstraint, Procedure, Requirement, Resource, RiskItem, Rule, Setting, Spanned,
    Stakeholder, Step, Timeline,
};

/// Something that has an id or a name.
#[derive(Debug, Clone)]
pub struct Entity<'a> {
    /// What it is.
    pub kind: EntityKind,
    /// Its id, unique among its kind: `E1`, `orders`, `orders.start`, `E1/3`.
    pub id: Cow<'a, str>,
    /// Its name, where it has one beside the id.
    pub name: Option<&'a str>,
    /// Where its id (or, without one, it) is written.
    pub at: At,
    /// What the rules say of it.
    pub item: Item<'a>,
}

/// The kinds of entities.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum EntityKind {
    /// L1: a goal.
    Goal,
    /// L1: a metric of a goal.
    Metric,
    /// L1 or L3: a role.
    Role,
    /// L2: a component.
    Component,
    /// L2: a thing outside.
    External,
    /// L2: an environment.
    Environment,
    /// L2: something that steps share.
    Resource,
    /// L2: a setting of the system.
    Setting,
    /// L2: a requirement.
    Requirement,
    /// L2: an assumption with an id.
    Assumption,
    /// L2: a risk.
    Risk,
    /// L3: a constraint of the user's own.
    Constraint,
    /// Any layer: a rule from facts to a decision.
    Rule,
    /// L4: a decision.
    Decision,
    /// L2 or L5: an action.
    Action,
    /// L5: a procedure.
    Procedure,
    /// L5: a step of a procedure.
    Step,
    /// L5: a checklist.
    Checklist,
    /// L5: an alert.
    Alert,
    /// L5: a monitor.
    Monitor,
    /// L5: a timeline.
    Timeline,
}

impl EntityKind {
    /// All kinds that a reference may name as `kind:id`.
    pub const ALL: [Self; 21] = [
        Self::Goal,
        Self::Metric,
        Self::Role,
        Self::Component,
        Self::External,
        Self::Environment,
        Self::Resource,
        Self::Setting,
        Self::Requirement,
        Self::Assumption,
        Self::Risk,
        Self::Constraint,
        Self::Rule,
        Self::Decision,
        Self::Action,
        Self::Procedure,
        Self::Step,
        Self::Checklist,
        Self::Alert,
        Self::Monitor,
        Self::Timeline,
    ];

    /// The word for it, also in front of the colon of a reference.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            EntityKind::Goal => "goal",
            EntityKind::Metric => "metric",
            EntityKind::Role => "role",
            EntityKind::Component => "component",
            EntityKind::External => "external",
            EntityKind::Environment => "environment",
            EntityKind::Resource => "resource",
            EntityKind::Setting => "setting",
            EntityKind::Requirement => "requirement",
            EntityKind::Assumption => "assumption",
            EntityKind::Risk => "risk",
            EntityKind::Constraint => "constraint",
            EntityKind::Rule => "rule",
            EntityKind::Decision => "decision",
            EntityKind::Action => "action",
            EntityKind::Procedure => "procedure",
            EntityKind::Step => "step",
            EntityKind::Checklist => "checklist",
            EntityKind::Alert => "alert",
            EntityKind::Monitor => "monitor",
            EntityKind::Timeline => "timeline",
        }
    }

    /// The kind of a word.
    #[must_use]
    pub fn of_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }
}

/// What the rules say of an entity.
#[derive(Debug, Clone, Copy)]
pub enum Item<'a> {
    /// A goal.
    Goal(&'a Spanned<Goal>),
    /// A metric and the goal that has it.
    Metric(&'a Spanned<Metric>, &'a Spanned<Goal>),
    /// A stakeholder.
    Stakeholder(&'a Spanned<Stakeholder>),
    /// A component.
    Component(&'a Spanned<Component>),
    /// An environment.
    Environment(&'a Spanned<Environment>),
    /// A setting.
    Setting(&'a Spanned<Setting>),
    /// Something that steps share.
    Resource(&'a Spanned<Resource>),
    /// A requirement.
    Requirement(&'a Spanned<Requirement>),
    /// An assumption.
    Assumption(&'a Assumption),
    /// A risk.
    Risk(&'a Spanned<RiskItem>),
    /// A constraint.
    Constraint(&'a OwnConstraint),
    /// A rule and the layer that it stands in.
    Rule(&'a Spanned<Rule>, LayerId),
    /// A decision.
    Decision(&'a Spanned<Decision>),
    /// An action, and the component that has it.
    Action(&'a Spanned<Action>, Option<&'a Spanned<Component>>),
    /// A procedure.
    Procedure(&'a Spanned<Procedure>),
    /// A step and its procedure.
    Step(&'a Spanned<Step>, &'a Spanned<Procedure>),
    /// A checklist.
    Checklist(&'a Spanned<List<ChecklistItem>>),
    /// An alert.
    Alert(&'a Spanned<Alert>),
    /// A monitor.
    Monitor(&'a Spanned<Monitor>),
    /// A timeline.
    Timeline(&'a Spanned<Timeline>),
    /// A name and nothing else: a role of L3, a thing outside.
    Name,
}

/// A reference.
#[derive(Debug, Clone, Copy)]
pub struct Edge {
    /// What it says.
    pub kind: EdgeKind,
    /// Where it is written.
    pub at: At,
}

/// What a reference says of its two ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum EdgeKind {
    /// A goal has a metric, a component an action, a procedure a step.
    Has,
    /// A component or step needs another first.
    Needs,
    /// An environment has the values of another where it has none.
    Extends,
    /// A step, monitor, timeline or remedy runs a procedure.
    Runs,
    /// A step or decision uses an action.
    Uses,
    /// A procedure or decision is rolled back by another.
    RollsBackTo,
    /// Something serves something of an earlier layer.
    Satisfies,
    /// A condition requires a checklist, a metric or a component's health.
    Requires,
    /// A role answers for it.
    OwnedBy,
    /// Data flows from one component to another.
    FlowsTo,
    /// A procedure lessens a risk.
    MitigatedBy,
    /// A monitor raises an alert.
    Alerts,
    /// A step or action takes units of a resource.
    Takes,
}

impl EdgeKind {
    /// The words between the two ends.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            EdgeKind::Has => "has",
            EdgeKind::Needs => "needs",
            EdgeKind::Extends => "extends",
            EdgeKind::Runs => "runs",
            EdgeKind::Uses => "uses",
            EdgeKind::RollsBackTo => "rolls back to",
            EdgeKind::Satisfies => "satisfies",
            EdgeKind::Requires => "requires",
            EdgeKind::OwnedBy => "owned by",
            EdgeKind::FlowsTo => "flows to",
            EdgeKind::MitigatedBy => "mitigated by",
            EdgeKind::Alerts => "alerts",
            EdgeKind::Takes => "takes",
        }
    }
}
