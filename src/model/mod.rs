//! What a rule file says, as types: a file a layer.
//!
//! [`decode`] takes the tree of a file and gives its [`Document`]; it always succeeds, because what is wrong
//! with a file's shape is found and reported by `schema`. Every value that a finding may point at knows its
//! node ([`At`]), and [`RuleSet`] leads from there to the bytes. The doc comments of the fields are the
//! descriptions in the schemas; what a key means when it is left out is a method beside it. What names
//! refer to, and whether it makes sense, is left to `graph` and `lint`.

mod action;
mod choice;
mod collections;
mod condition;
mod decode;
mod header;
mod inputs;
mod l1_goals;
mod l2_understanding;
mod l3_constraints;
mod l4_decisions;
mod l5_execution;
mod probe;
mod repeat;
mod resource;
mod retry;
mod rules;
mod ruleset;
mod scalars;
mod service;
mod settings;
mod spanned;
mod step;
mod timeline;

pub use action::Action;
pub use choice::{Literal, Plain, TextOr, either};
pub use collections::{Entry, List, Map, Texts};
pub use condition::{Asked, Bound, Check, Condition, ConditionKind, Health, Polling, Verify, VerifyPolicy};
pub use decode::decode;
pub use header::{Header, Inclusion, LayerId};
pub use inputs::{Input, InputType};
pub use l1_goals::{
    Bounded, Criterion, DutyWindow, Goal, GoalConstraints, Goals, Grade, Metric, MetricSpec, Stakeholder,
    ThresholdText, TimeConstraint,
};
pub use l2_understanding::{
    Assumption, CircuitBreaker, Component, Context, DataFlow, Flow, Network, ProjectStructure, Requirement,
    Requirements, RiskItem, TechnicalEnvironment, Understanding,
};
pub use l3_constraints::{
    Audit, Authorization, BackupPolicy, Concurrency, Constraint, Constraints, Deployment, Enforcement,
    Executor, ExecutorLimits, Idempotency, NetworkSecurity, Operation, OperationalConstraints, OwnConstraint,
    OwnConstraints, PathList, PerformanceConstraints, ReviewCategory, Risk, RiskFloor, RollbackPolicy,
    SecurityConstraints, Subject,
};
pub use l4_decisions::{
    Decision, DecisionAction, DecisionBound, DecisionCondition, DecisionRollback, Decisions, MatchMode,
};
pub use l5_execution::{
    Alert, Approval, ChecklistItem, Execution, Monitor, Procedure, Reaction, StepEdge, Window,
};
pub use probe::{Database, Endpoint, FileFacts, PidFile, Probe, Statuses};
pub use repeat::{Repeat, Until, UntilBound, UntilKind};
pub use resource::{Resource, Units};
pub use retry::{Backoff, Remedy, Retry, RetryPlan, RetryPolicy, Then};
pub use rules::{FactCondition, FactTest, Operator, Priority, Rule, RuleAction};
pub use ruleset::{Loaded, RuleSet};
pub use scalars::{SCALARS, ScalarFormat};
pub use service::{Logs, Proxy, Restart, Rotate, Service, ServiceLimits};
pub use settings::{Environment, Setting};
pub use spanned::{At, Open, Spanned, Text};
pub use step::{FileWrite, Generated, GeneratedKind, OnFailure, Step, StepKind, StepRef};
pub use timeline::{AfterMiss, Checkpoint, LastTask, Miss, Phase, Task, Timeline};

/// A rule file: what it says of itself, and what its layer says.
#[derive(Debug, Clone)]
pub struct Document {
    /// The keys that every file may have, `rules` among them.
    pub header: Header,
    /// The keys of its layer.
    pub body: Layer,
}

impl Document {
    /// The layer that it belongs to.
    #[must_use]
    pub fn layer(&self) -> LayerId {
        match self.body {
            Layer::Goals(_) => LayerId::L1,
            Layer::Understanding(_) => LayerId::L2,
            Layer::Constraints(_) => LayerId::L3,
            Layer::Decisions(_) => LayerId::L4,
            Layer::Execution(_) => LayerId::L5,
        }
    }
}

/// The content of a file, by layer.
#[derive(Debug, Clone)]
pub enum Layer {
    /// L1.
    Goals(Goals),
    /// L2.
    Understanding(Box<Understanding>),
    /// L3.
    Constraints(Box<Constraints>),
    /// L4.
    Decisions(Decisions),
    /// L5.
    Execution(Execution),
}
