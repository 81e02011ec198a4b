//! # What
//!
//! A metric bounds how old data may become on its way (`data_sync_latency`, `orders_freshness`), and a flow sends that
//! data less often.
//!
//! # Why
//!
//! What changes right after it was sent is sent again only when the next turn comes: so old the data becomes, however
//! fast the way is.
//!
//! # Bad
//!
//! ```yaml L1-goals.yaml
//! goals: [{ id: G1, metrics: { orders_sync_latency: { target: "< 1s", probe: ./age.sh } } }]
//! ```
//! ```yaml L2-system.yaml
//! context:
//!   project_structure: { components: [{ name: shop }, { name: bakery }] }
//!   data_flow: { flows: [{ from: shop, to: bakery, data: [orders], frequency: every 30 seconds }] }
//! ```
//! ```yaml L5-execution.yaml
//! procedures: [{ id: E1, satisfies: [G1], steps: [{ step: 1, command: ./sync.sh, undo: ./back.sh }] }]
//! ```
//!
//! # Good
//!
//! ```yaml L1-goals.yaml
//! goals: [{ id: G1, metrics: { orders_sync_latency: { target: "< 1m", probe: ./age.sh } } }]
//! ```
//! ```yaml L2-system.yaml
//! context:
//!   project_structure: { components: [{ name: shop }, { name: bakery }] }
//!   data_flow: { flows: [{ from: shop, to: bakery, data: [orders], frequency: every 30 seconds }] }
//! ```
//! ```yaml L5-execution.yaml
//! procedures: [{ id: E1, satisfies: [G1], steps: [{ step: 1, command: ./sync.sh, undo: ./back.sh }] }]
//! ```
//!
//! # Exceptions
//!
//! A metric whose name says neither `sync`, `freshness`, `staleness`, `age` nor `replication`: a latency alone may be
//! that of a request. A metric speaks of a flow if its name names what the flow sends, or where it comes from; `data`
//! alone means all flows. A frequency that is no `every TIME` is prose.

use std::cmp::Reverse;
use std::collections::BTreeSet;

use rustc_hash::FxHashMap;

use super::super::figures::{Figure, words};
use super::super::{Context, Lint};
use crate::diagnostic::{Diagnostic, Level, RuleInfo};
use crate::model::{Layer, LayerId, RuleSet, Text};
use crate::scalar::{Dimension, Interval, Op, Quantity, Ratio};
use crate::source::FileId;

/// `flow-too-seldom`
pub(super) static LINT: Lint = Lint {
    info: RuleInfo {
        id: "flow-too-seldom",
        code: "R0240",
        level: Level::Warning,
        summary: "data is sent less often than a metric lets it become old",
        source: include_str!("flow_too_seldom.rs"),
    },
    check,
};

/// What says that a metric is about how old data is.
const AGE: &[&str] =
    &["sync", "synchronization", "synchronisation", "freshness", "staleness", "age", "replication"];
/// What says nothing about which data it is.
const ANY: &[&str] = &["latency", "delay", "lag", "time", "max", "maximum", "data", "flow"];
/// How many further flows are pointed at.
const SHOWN: usize = 3;

/// A flow that is sent every so often.
struct Turn<'a> {
    frequency: &'a Text,
    /// Seconds.
    period: Ratio,
}

fn check(context: &Context<'_>, found: &mut dyn FnMut(Diagnostic)) {
    let turns = Turns::new(context);
    if turns.named.is_empty() {
        return;
    }
    for figure in context.figures().iter().filter(|it| it.is_hard() && it.dimension == Dimension::Time) {
        let Some(meant) = data_of(figure) else { continue };
        // The seldomest comes first, and what is often enough ends the list.
        let mut late = turns
            .of(figure, meant)
            .iter()
            .take_while(|turn| Interval::new(Op::GreaterOrEqual, turn.period).is_disjoint(&figure.interval));
        let (Some(first), Some(bound)) = (late.next(), figure.in_base_unit()) else { continue };
        let sign = if figure.quantity.ratio() == Some(first.period) { ">=" } else { ">" };
        let (often, name, spelt, period) =
            (&first.frequency.value, &figure.name, &figure.spelt, first.period);
        let message =
            format!("what is sent `{often}` can't keep `{name}` at `{spelt}`: {period} s {sign} {bound}");
        let mut diagnostic = Diagnostic::new(&LINT.info, context.place(first.frequency.at), message)
            .label(format!("the data can become {period} s old"))
            .related(figure.place, format!("bounds `{name}`"));
        for other in late.take(SHOWN) {
            diagnostic = diagnostic.related(context.place(other.frequency.at), "nor can this");
        }
        found(diagnostic.help("send it as often as the metric asks, or when it changes; or ask for less"));
    }
}

/// All flows that come every so often, the seldomest first, by where they are declared and what they send.
struct Turns<'a> {
    named: FxHashMap<(&'a str, Vec<String>), Vec<Turn<'a>>>,
    /// True where a layer has files of several folders: each of those may be of another team.
    is_spread: bool,
}

impl<'a> Turns<'a> {
    fn new(context: &Context<'a>) -> Self {
        let mut turns = Self { named: FxHashMap::default(), is_spread: false };
        let mut folders: FxHashMap<LayerId, &str> = FxHashMap::default();
        for loaded in context.rules.files() {
            let folder = folder(context.rules, loaded.file);
            turns.is_spread |= *folders.entry(loaded.layer).or_insert(folder) != folder;
        }
        for loaded in context.rules.files() {
            let Layer::Understanding(understanding) = &loaded.document.body else { continue };
            let home = if turns.is_spread { folder(context.rules, loaded.file) } else { "" };
            let flows = understanding.context.as_ref().and_then(|it| it.data_flow.as_ref());
            for flow in flows.into_iter().flat_map(|flows| flows.flows.iter()) {
                let Some(frequency) = &flow.frequency else { continue };
                let Some(period) = period(&frequency.value) else { continue };
                let mut names: BTreeSet<Vec<String>> =
                    flow.data.iter().chain([&flow.from]).map(|name| words(&name.value)).collect();
                names.insert(Vec::new());
                for name in names {
                    turns.named.entry((home, name)).or_default().push(Turn { frequency, period });
                }
            }
        }
        #[expect(clippy::iter_over_hash_type, reason = "each list is sorted by itself")]
        for turns in turns.named.values_mut() {
            turns.sort_by_key(|turn| Reverse(turn.period));
        }
        turns
    }

    /// Those that a metric means: of all data where it names none.
    fn of<'f>(&'f self, figure: &'f Figure, meant: Vec<String>) -> &'f [Turn<'f>] {
        let home = if self.is_spread { figure.folder.as_str() } else { "" };
        self.named.get(&(home, meant)).map_or(&[], Vec::as_slice)
    }
}

fn folder(rules: &RuleSet, file: FileId) -> &str {
    rules.sources.get(file).path.rsplit_once('/').map_or("", |(folder, _)| folder)
}

/// The seconds of `every 30 seconds` and `every minute`.
fn period(frequency: &str) -> Option<Ratio> {
    let time = frequency.trim().strip_prefix("every ")?.trim();
    let quantity = Quantity::parse(time).or_else(|_| Quantity::parse(&format!("1 {time}"))).ok()?;
    (quantity.dimension() == Dimension::Time).then(|| quantity.ratio()).flatten()
}

/// The words of the data that a metric means, none for all data; `None` where it is not about how old data is.
fn data_of(figure: &Figure) -> Option<Vec<String>> {
    let mut words = words(&figure.name);
    let is_age = words.iter().any(|word| AGE.contains(&word.as_str()));
    words.retain(|word| !AGE.contains(&word.as_str()) && !ANY.contains(&word.as_str()));
    is_age.then_some(words)
}
