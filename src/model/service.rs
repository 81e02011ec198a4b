//! What a component is on the machine that it runs on: a service, a site of a proxy, files of logs.
//!
//! From these come the unit, the site, the file for `logrotate` and the file of variables, so that a port, a path or a
//! user is written once.

use schemars::JsonSchema;
use serde::Deserialize;

use super::choice::Plain;
use super::collections::{Map, Texts};
use super::spanned::{Spanned, Text};
use crate::scalar::Duration;

/// How a component runs as a service of systemd.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
pub struct Service {
    /// The unit's name, without `.service`. Without one, it is the component's.
    #[schemars(regex(pattern = "^[A-Za-z0-9:_.@-]+$"), example = &"orders")]
    pub unit: Option<Text>,

    /// The program, by its whole path, and its arguments, a word each. They reach it as they are written.
    #[schemars(example = serde_json::json!(["/opt/orders/bin/orders", "--serve"]))]
    pub exec: Texts,

    /// What makes it read its files again, a word each. Without it the service can't be reloaded, only restarted.
    #[serde(default)]
    #[schemars(example = serde_json::json!(["/bin/kill", "-HUP", "$MAINPID"]))]
    pub reload: Texts,

    /// The user that it runs as.
    #[schemars(regex(pattern = "^[A-Za-z_][A-Za-z0-9_.-]*$"), example = &"orders")]
    pub user: Option<Text>,

    /// The group that it runs as. Without one, it is that of the user.
    #[schemars(regex(pattern = "^[A-Za-z_][A-Za-z0-9_.-]*$"), example = &"orders")]
    pub group: Option<Text>,

    /// The folder in which it runs, as a whole path.
    #[schemars(regex(pattern = "^/"), example = &"/opt/orders")]
    pub working_dir: Option<Text>,

    /// When it is started again after it has ended.
    #[schemars(extend("default" = "no"))]
    pub restart: Option<Spanned<Restart>>,

    /// How long to wait before it is started again: whole seconds, or text such as `10s`.
    #[schemars(example = &"10s")]
    pub restart_delay: Option<Spanned<Duration>>,

    /// How long it may take to start: whole seconds, or text such as `30s`.
    #[schemars(example = &"30s")]
    pub start_timeout: Option<Spanned<Duration>>,

    /// How long it may take to stop before it is killed: whole seconds, or text such as `30s`.
    #[schemars(example = &"30s")]
    pub stop_timeout: Option<Spanned<Duration>>,

    /// The units that are started before it, if they are.
    #[serde(default)]
    #[schemars(example = serde_json::json!(["network.target"]))]
    pub after: Texts,

    /// Environment variables, beside those of its settings.
    #[serde(default)]
    pub environment: Map<Plain>,

    /// Where the file of its settings stands, as a whole path: the target `env` makes it.
    #[schemars(regex(pattern = "^/"), example = &"/etc/orders/orders.env")]
    pub env_file: Option<Text>,

    /// A file of variables that holds secrets, as a whole path. It is not made from the rules.
    #[schemars(regex(pattern = "^/"), example = &"/etc/orders/secrets.env")]
    pub secrets_file: Option<Text>,

    /// What it may use.
    pub limits: Option<Spanned<ServiceLimits>>,
}

/// When a service is started again after it has ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(inline)]
pub enum Restart {
    /// Never.
    No,
    /// When it has failed.
    OnFailure,
    /// Always, unless it was stopped.
    Always,
}

/// What a service may use.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
pub struct ServiceLimits {
    /// The most memory, as a size such as `4GB`.
    #[schemars(example = &"4GB")]
    pub memory: Option<Text>,

    /// The most files that are open at once.
    #[schemars(range(min = 1), example = 65_536)]
    pub open_files: Option<Spanned<u32>>,

    /// The most processes and threads.
    #[schemars(range(min = 1), example = 512)]
    pub tasks: Option<Spanned<u32>>,
}

/// How a component is reached from outside: a site of nginx that hands every request on to it.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
pub struct Proxy {
    /// The names that the site answers to.
    #[schemars(inner(regex(pattern = "^[A-Za-z0-9*._-]+$")), example = serde_json::json!(["orders.bakery.test"]))]
    pub server_name: Texts,

    /// The port that the site listens on.
    #[schemars(range(min = 1, max = 65_535), extend("default" = 80), example = 80)]
    pub listen: Option<Spanned<u16>>,

    /// How long an answer may take: whole seconds, or text such as `60s`.
    #[schemars(example = &"60s")]
    pub timeout: Option<Spanned<Duration>>,
}

/// Which logs a component writes, and for how long they are kept.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
pub struct Logs {
    /// The files, as a whole path in which `*` may stand for any part of a name.
    #[schemars(regex(pattern = "^/"), example = &"/var/log/orders/*.log")]
    pub path: Text,

    /// How often a new file is begun.
    #[schemars(extend("default" = "daily"))]
    pub rotate: Option<Spanned<Rotate>>,

    /// How many old files are kept.
    #[schemars(range(max = 100_000), example = 30)]
    pub keep: Spanned<u32>,

    /// Whether old files are compressed, all but the newest.
    #[schemars(extend("default" = false))]
    pub compress: Option<Spanned<bool>>,

    /// The permissions of a new file in octal digits, as a text. They need an `owner`.
    #[schemars(regex(pattern = "^[0-7]{3,4}$"), example = &"0640")]
    pub mode: Option<Text>,

    /// The user that a new file belongs to. Without one, it is the user of the service.
    #[schemars(regex(pattern = "^[A-Za-z_][A-Za-z0-9_.-]*$"), example = &"orders")]
    pub owner: Option<Text>,

    /// The group of a new file. Without one, it is that of the service, else the owner's name.
    #[schemars(regex(pattern = "^[A-Za-z_][A-Za-z0-9_.-]*$"), example = &"orders")]
    pub group: Option<Text>,
}

/// How often a new file of a log is begun.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(inline)]
pub enum Rotate {
    /// Every day.
    Daily,
    /// Every week.
    Weekly,
    /// Every month.
    Monthly,
}
