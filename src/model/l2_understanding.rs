//! L2, understanding: which components exist, what they depend on, where they run, what is required of them.

use schemars::JsonSchema;
use serde::Deserialize;

use super::action::Action;
use super::choice::TextOr;
use super::collections::{List, Map, Texts};
use super::condition::Health;
use super::l1_goals::Grade;
use super::resource::Resource;
use super::service::{Logs, Proxy, Service};
use super::settings::{Environment, Setting};
use super::spanned::{Open, Spanned, Text};

/// The content of a file of layer L2.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
pub struct Understanding {
    /// What there is.
    pub context: Option<Spanned<Context>>,

    /// What is required.
    pub requirements: Option<Spanned<Requirements>>,

    /// What is taken for granted: prose, or an object with an id.
    #[serde(default)]
    pub assumptions: List<TextOr<Assumption>>,

    /// What may go wrong.
    #[serde(default)]
    pub risks: List<RiskItem>,
}

/// What there is: the project, its components, its surroundings.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
pub struct Context {
    /// The project as a whole. Anything may stand here.
    pub project_overview: Option<Open>,

    /// The components of the project.
    pub project_structure: Option<Spanned<ProjectStructure>>,

    /// What data goes where.
    pub data_flow: Option<Spanned<DataFlow>>,

    /// Where the project runs. Beside the known keys anything may stand.
    pub technical_environment: Option<Spanned<TechnicalEnvironment>>,

    /// What steps share, by name: so many units of it. A step takes some with `resources: {NAME: UNITS}`.
    #[serde(default)]
    pub resources: Map<Resource>,

    /// The environments, such as `development` and `production`, and the values that each gives to inputs.
    /// `--environment NAME` chooses one.
    /// What the system is told before it runs. Environments are held against these.
    #[serde(default)]
    pub settings: List<Setting>,

    /// The environments, such as `development` and `production`, and the values that each gives to settings and
    /// inputs. `--environment NAME` chooses one.
    #[serde(default)]
    pub environments: Map<Environment>,
}

/// The components of the project.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
pub struct ProjectStructure {
    /// The folder that holds the project; paths of components are relative to it.
    #[schemars(example = &"/srv/bakery")]
    pub root: Option<Text>,

    /// The names of things outside the project that components may depend on.
    #[serde(default)]
    pub external: Texts,

    /// The components.
    #[serde(default)]
    pub components: List<Component>,
}

/// A part of the system.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
pub struct Component {
    /// The component's name, unique in the rule set.
    #[schemars(example = &"orders")]
    pub name: Text,

    /// Its folder, relative to the root of the project.
    #[schemars(example = &"services/orders")]
    pub path: Option<Text>,

    /// What kind of thing it is.
    #[serde(rename = "type")]
    #[schemars(example = &"backend-service")]
    pub kind: Option<Text>,

    /// The TCP port that it listens on.
    #[schemars(range(min = 1, max = 65_535), example = 8080)]
    pub port: Option<Spanned<u16>>,

    /// Its version.
    #[schemars(example = &"2.1.0")]
    pub version: Option<Text>,

    /// What it is made with.
    #[serde(default)]
    pub technology_stack: Texts,

    /// What it answers for.
    #[serde(default)]
    pub responsibilities: Texts,

    /// What must run before it: names of components, or of things declared in `external`.
    #[serde(default)]
    pub dependencies: Texts,

    /// How others reach it.
    #[serde(default)]
    pub interfaces: Texts,

    /// How to tell that it is well: a command that exits with 0, or `{check, timeout}`.
    #[schemars(example = &"curl --fail --silent http://localhost:8080/health")]
    pub health: Option<Spanned<Health>>,

    /// When to leave it alone: steps that use its actions are not tried any more once so many attempts in a row
    /// have failed.
    pub circuit_breaker: Option<Spanned<CircuitBreaker>>,
    /// How it runs as a service of systemd.
    pub service: Option<Spanned<Service>>,

    /// How it is reached from outside, through nginx.
    pub proxy: Option<Spanned<Proxy>>,

    /// Which logs it writes, and for how long they are kept.
    pub logs: Option<Spanned<Logs>>,

    /// What can be done with it, by name; a step calls it with `uses: COMPONENT.ACTION`.
    #[serde(default)]
    pub actions: Map<Action>,
}

/// Keeps a run from trying what has failed again and again.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
pub struct CircuitBreaker {
    /// After how many failed attempts in a row, of all steps that it counts, it opens. From then on, for the rest of
    /// the run, no attempt of such a step begins: it fails at once, or comes to its fallback.
    #[schemars(range(min = 1, max = 1_000_000), example = 5)]
    pub failures: Spanned<u32>,
}

/// What data goes where.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
pub struct DataFlow {
    /// The flows in a sentence.
    pub description: Option<Text>,

    /// The flows.
    #[serde(default)]
    pub flows: List<Flow>,
}

/// Data that goes from one component to another.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
pub struct Flow {
    /// The component that it comes from.
    #[schemars(example = &"orders")]
    pub from: Text,

    /// The component that it goes to, or `*` for all.
    #[schemars(example = &"ovens")]
    pub to: Text,

    /// What is sent.
    #[serde(default)]
    pub data: Texts,

    /// How it is sent.
    #[schemars(example = &"HTTP")]
    pub protocol: Option<Text>,

    /// How often it is sent.
    #[schemars(example = &"every 30 seconds")]
    pub frequency: Option<Text>,
}

/// Where the project runs. Beside the known keys anything may stand.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[schemars(extend("additionalProperties" = true))]
pub struct TechnicalEnvironment {
    /// The network. Beside the known keys anything may stand.
    pub network: Option<Spanned<Network>>,
}

/// The network that the project runs in. Beside the known keys anything may stand.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[schemars(extend("additionalProperties" = true))]
pub struct Network {
    /// The TCP ports that are open.
    #[serde(default)]
    #[schemars(inner(range(min = 1, max = 65_535)))]
    pub ports: List<u16>,
}

/// What is required.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
pub struct Requirements {
    /// What the system must do.
    #[serde(default)]
    pub functional: List<Requirement>,

    /// How well it must do it.
    #[serde(default)]
    pub non_functional: List<Requirement>,
}

/// Something that is required.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
pub struct Requirement {
    /// The requirement's id, unique in the rule set.
    #[schemars(example = &"FR1")]
    pub id: Text,

    /// The requirement in full.
    pub description: Option<Text>,

    /// Ids of goals that the requirement serves.
    #[serde(default)]
    pub satisfies: Texts,

    /// How urgent it is, `P0` first.
    pub priority: Option<Spanned<Grade>>,

    /// Who or what asks for it.
    #[schemars(example = &"customers")]
    pub source: Option<Text>,

    /// A word to group requirements by.
    #[schemars(example = &"reliability")]
    pub category: Option<Text>,
}

/// Something that is taken for granted.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
pub struct Assumption {
    /// The assumption's id, unique in the rule set.
    #[schemars(example = &"A1")]
    pub id: Text,

    /// What is assumed.
    pub description: Option<Text>,

    /// Ids of goals that the assumption serves.
    #[serde(default)]
    pub satisfies: Texts,
}

/// Something that may go wrong.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
pub struct RiskItem {
    /// The risk's id, unique in the rule set.
    #[schemars(example = &"R1")]
    pub id: Text,

    /// What may go wrong.
    pub description: Option<Text>,

    /// Ids of goals that dealing with the risk serves.
    #[serde(default)]
    pub satisfies: Texts,

    /// How bad it would be.
    #[schemars(example = &"high")]
    pub impact: Option<Text>,

    /// How likely it is.
    #[schemars(example = &"low")]
    pub likelihood: Option<Text>,

    /// What is done about it, as prose.
    pub mitigation: Option<Text>,

    /// The procedures that lessen it.
    #[serde(default)]
    pub mitigated_by: Texts,
}
