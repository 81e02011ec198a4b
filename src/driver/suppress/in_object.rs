//! `x-rulec-allow` in an object: a list of what is not to be reported in it.

use rustc_hash::FxHashMap;

use super::{Cover, Reader, Suppression, part};
use crate::diagnostic::nearest;
use crate::driver::index::Index;
use crate::model::Loaded;
use crate::source::{Location, Span};
use crate::syntax::{Kind, NodeId, show};

/// The key.
const KEY: &str = "x-rulec-allow";

/// What an item of the list may say.
const KEYS: [&str; 3] = ["lint", "reason", "until"];

const HELP: &str = "write `[{\"lint\": \"ID\", \"reason\": \"...\"}]`";

/// True where the key may be in a text.
pub(super) fn may_be_in(source: &str) -> bool {
    memchr::memmem::find(source.as_bytes(), KEY.as_bytes()).is_some()
}

/// What each object says, as what it covers and its place in the list of the reader.
pub(super) fn read(reader: &mut Reader<'_>, loaded: &Loaded, index: &Index) -> Vec<(Cover, usize)> {
    let (tree, source) = (&loaded.tree, reader.rules.source(loaded.file));
    let mut covers = Vec::new();
    // What an alias brings in once more is the same suppression in one more object.
    let mut known: FxHashMap<Span, Option<usize>> = FxHashMap::default();
    let keys = (0..tree.len() as u32).map(NodeId);
    for key in keys.filter(|id| tree.kind(*id) == Kind::Key && tree.text(source, *id) == KEY) {
        let (value, object) = (NodeId(key.0 + 1), index.pointers.parent(key));
        if tree.kind(value) != Kind::Array {
            if tree.kind(value) != Kind::Hole && known.insert(tree.node(value).span, None).is_none() {
                reader.push(tree.location(value), format!("`{KEY}` must be a list"), HELP);
            }
            continue;
        }
        for item in tree.items(value) {
            let place = tree.node(item).span;
            let suppression = match known.get(&place) {
                Some(known) => *known,
                None => {
                    let read = item_of(reader, loaded, item).map(|suppression| {
                        reader.all.push(suppression);
                        reader.all.len() - 1
                    });
                    known.insert(place, read);
                    read
                }
            };
            covers.extend(suppression.map(|suppression| (Cover::Value(object), suppression)));
        }
    }
    covers
}

fn item_of(reader: &mut Reader<'_>, loaded: &Loaded, item: NodeId) -> Option<Suppression> {
    let (tree, rules) = (&loaded.tree, reader.rules);
    let source = rules.source(loaded.file);
    if tree.kind(item) != Kind::Object {
        if tree.kind(item) != Kind::Hole {
            reader.push(tree.location(item), format!("`{KEY}` must hold objects"), HELP);
        }
        return None;
    }
    let (mut rule, mut reason, mut until) = (None, None, None);
    let (mut place, mut is_sound): (Location, bool) = (tree.location(item), true);
    let mut is_named = false;
    for (key, value) in tree.entries(item) {
        let name = tree.text(source, key);
        if name.starts_with("x-") || tree.kind(value) == Kind::Hole {
            continue;
        }
        if !KEYS.contains(&name) {
            let help = match nearest(name, KEYS.into_iter()) {
                Some(near) => format!("did you mean `{near}`?"),
                None => "there are `lint`, `reason`, `until`".to_owned(),
            };
            reader.push(tree.location(key), format!("unknown key {}", show(name)), &help);
            is_sound = false;
            continue;
        }
        is_named |= name == "lint";
        if tree.kind(value) != Kind::String {
            reader.push(tree.location(value), format!("`{name}` must be text"), HELP);
            is_sound = false;
            continue;
        }
        let text = tree.text(source, value);
        match name {
            "lint" => {
                place = tree.location(value);
                rule = reader.rule(text, place);
            }
            "reason" => reason = Some(text.trim().to_owned()).filter(|reason| !reason.is_empty()),
            _ => {
                until = reader.date(text, |range| part(rules, tree, value, range));
                is_sound &= until.is_some();
            }
        }
    }
    if !is_named {
        reader.push(tree.location(item), "no lint is named here".to_owned(), HELP);
    }
    let rule = rule.filter(|_| is_sound)?;
    Some(Suppression { rule, place, reason, until, removal: None, is_used: false.into() })
}
