//! Who is who: which item of one list is which of the other.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use serde_json::Value;

use super::shape::Identity;

/// The pairs of positions, old and new, in order of the new ones. Every item is in one pair at most.
pub(super) fn pairs(identity: Identity, old: &[Value], new: &[Value]) -> Vec<(usize, usize)> {
    let mut matching = Matching::new(old, new);
    match identity {
        Identity::Key(key) => matching.by(|item| Some(item[key].to_string())),
        Identity::KeyOrTurn(key) => {
            matching.by(|item| Some(item[key].to_string()));
            matching.by_turn();
        }
        Identity::Step => matching.steps(),
    }
    matching.pairs.into_iter().map(|(new, old)| (old, new)).collect()
}

/// The steps of all lists of two plans that are the same but for their ids: old and new id.
pub(super) fn renamed(old: &Value, new: &Value) -> BTreeMap<String, String> {
    let mut renamed = BTreeMap::new();
    let mut add = |old: &Value, new: &Value| {
        let (old, new) = (items(old), items(new));
        for (from, to) in pairs(Identity::Step, old, new) {
            if let (Some(from), Some(to)) = (old[from]["id"].as_str(), new[to]["id"].as_str())
                && from != to
            {
                renamed.insert(from.to_owned(), to.to_owned());
            }
        }
    };
    add(&old["steps"], &new["steps"]);
    add(&old["finally"], &new["finally"]);
    let (before, after) = (items(&old["rollbacks"]), items(&new["rollbacks"]));
    for (from, to) in pairs(Identity::Key("procedure"), before, after) {
        add(&before[from]["steps"], &after[to]["steps"]);
    }
    renamed
}

/// The items of a list; none where there is no list.
pub(super) fn items(list: &Value) -> &[Value] {
    list.as_array().map(Vec::as_slice).unwrap_or_default()
}

struct Matching<'a> {
    old: &'a [Value],
    new: &'a [Value],
    /// Positions that are in no pair yet.
    old_left: BTreeSet<usize>,
    new_left: BTreeSet<usize>,
    /// New to old.
    pairs: BTreeMap<usize, usize>,
}

impl<'a> Matching<'a> {
    fn new(old: &'a [Value], new: &'a [Value]) -> Self {
        let (old_left, new_left) = ((0..old.len()).collect(), (0..new.len()).collect());
        Self { old, new, old_left, new_left, pairs: BTreeMap::new() }
    }

    /// Pairs what has the same trait; of several, the first with the first.
    fn by(&mut self, of: impl Fn(&Value) -> Option<String>) {
        let mut waiting: BTreeMap<String, VecDeque<usize>> = BTreeMap::new();
        for &position in &self.old_left {
            if let Some(key) = of(&self.old[position]) {
                waiting.entry(key).or_default().push_back(position);
            }
        }
        let new_left: Vec<usize> = self.new_left.iter().copied().collect();
        for to in new_left {
            let from = of(&self.new[to]).and_then(|key| waiting.get_mut(&key)?.pop_front());
            if let Some(from) = from {
                self.pair(from, to);
            }
        }
    }

    /// Pairs what is left where it is as much on both sides.
    fn by_turn(&mut self) {
        if self.old_left.len() == self.new_left.len() {
            let left: Vec<_> = self.old_left.iter().copied().zip(self.new_left.iter().copied()).collect();
            left.into_iter().for_each(|(from, to)| self.pair(from, to));
        }
    }

    fn steps(&mut self) {
        let text = |item: &Value, key: &str| item[key].as_str().unwrap_or_default().to_owned();
        self.by(|step| Some(format!("{}\0{}", text(step, "id"), text(step, "name"))));
        self.by(|step| Some(text(step, "id")).filter(|id| !is_number(id)));
        // A name that is only the id once more says nothing of its own.
        let named = |step: &Value| Some(text(step, "name")).filter(|name| *name != text(step, "id"));
        let (old, new) = (unique(self.old, &self.old_left, &named), unique(self.new, &self.new_left, &named));
        self.by(|step| named(step).filter(|name| old.contains(name) && new.contains(name)));
        let does = |step: &Value| Some(format!("{}\0{}", text(step, "id"), step["action"]));
        self.by(does);
        // A number without a name of its own is all there is to go by.
        self.by(|step| Some(text(step, "id")).filter(|_| named(step).is_none()));
    }

    fn pair(&mut self, from: usize, to: usize) {
        self.old_left.remove(&from);
        self.new_left.remove(&to);
        self.pairs.insert(to, from);
    }
}

/// True where the last part of an id only counts.
fn is_number(id: &str) -> bool {
    let last = id.rsplit('/').next().unwrap_or_default();
    !last.is_empty() && last.bytes().all(|byte| byte.is_ascii_digit())
}

/// The traits that exactly one of these items has.
fn unique(
    items: &[Value],
    left: &BTreeSet<usize>,
    of: &dyn Fn(&Value) -> Option<String>,
) -> BTreeSet<String> {
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    for name in left.iter().filter_map(|position| of(&items[*position])) {
        *counts.entry(name).or_default() += 1;
    }
    counts.into_iter().filter(|(_, count)| *count == 1).map(|(name, _)| name).collect()
}
