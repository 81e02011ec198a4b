//! Environments and what they take from one another.

use rustc_hash::FxHashSet;

use super::entity::{EntityKind, Item};
use super::{Graph, Lookup};
use crate::model::{Entry, Environment, Literal, Setting, Spanned, Text};

impl<'a> Graph<'a> {
    /// An environment and those that it extends, the nearest first. A circle ends where it comes round; what is
    /// called nothing, or an unknown name, is nothing.
    #[must_use]
    pub fn lineage(&self, name: &str) -> Vec<(&str, &'a Spanned<Environment>)> {
        let mut lineage = Vec::new();
        let mut seen = FxHashSet::default();
        let mut next = match self.lookup(&[EntityKind::Environment], name) {
            Lookup::One(index) => Some(index),
            _ => None,
        };
        while let Some(index) = next.filter(|index| seen.insert(*index)) {
            let entity = self.entity(index);
            let Item::Environment(environment) = entity.item else { break };
            lineage.push((entity.id.as_ref(), environment));
            next = environment.extends.as_ref().and_then(|extends| self.target_index(extends.at));
        }
        lineage
    }

    /// The value that an environment has for a name: its own, else that of the nearest which it extends. With it comes
    /// the name of the environment in which it stands.
    #[must_use]
    pub fn variable(&self, environment: &str, name: &str) -> Option<(&str, &'a Entry<Literal>)> {
        self.lineage(environment).into_iter().find_map(|(of, environment)| {
            environment.value.iter().find(|entry| entry.name.value == name).map(|entry| (of, entry))
        })
    }

    /// All settings, in order of file and place.
    pub fn settings(&self) -> impl Iterator<Item = &'a Spanned<Setting>> + '_ {
        self.of_kind(EntityKind::Setting).filter_map(|(_, entity)| match entity.item {
            Item::Setting(setting) => Some(setting),
            _ => None,
        })
    }

    /// The setting that a reference names.
    #[must_use]
    pub fn setting(&self, reference: &Text) -> Option<&'a Spanned<Setting>> {
        match self.target(reference.at)?.item {
            Item::Setting(setting) => Some(setting),
            _ => None,
        }
    }
}
