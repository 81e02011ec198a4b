//! Nodes on one line: what stands in brackets, and what fits there.

use super::read::{Content, Node, Style};
use super::scalar::{Around, written};
use crate::fmt::WIDTH;

/// A collection on one line, where it can stand on one.
pub(super) fn flat_content(source: &str, content: &Content) -> Option<String> {
    let mut text = String::new();
    let (open, close) = match content {
        Content::List { .. } => ("[", "]"),
        Content::Map { entries, .. } if entries.is_empty() => ("{", "}"),
        _ => ("{ ", " }"),
    };
    text.push_str(open);
    let comma = |position: usize| if position > 0 { ", " } else { "" };
    match content {
        Content::Scalar { .. } => return None,
        Content::List { items, .. } => {
            for (position, item) in items.iter().enumerate() {
                text = text + comma(position) + &flat(source, item, Around::Flow)?;
                // What is much longer fits nowhere.
                if text.len() > 4 * WIDTH {
                    return None;
                }
            }
        }
        Content::Map { entries, .. } => {
            for (position, (key, value)) in entries.iter().enumerate() {
                let is_alias = matches!(key.content, Content::Scalar { style: Style::Alias, .. });
                let colon = if is_alias { " : " } else { ": " };
                let (key, value) = (flat(source, key, Around::Key)?, flat(source, value, Around::Flow)?);
                text = text + comma(position) + &key + colon + &value;
                if text.len() > 4 * WIDTH {
                    return None;
                }
            }
        }
    }
    Some(text + close)
}

/// A node on one line, where it can stand on one.
pub(super) fn flat(source: &str, node: &Node, around: Around) -> Option<String> {
    let mut words = Vec::new();
    if !node.properties.is_empty() {
        words.push(properties(source, node));
    }
    match &node.content {
        Content::Scalar { at, .. } if at.is_empty() => {
            if words.is_empty() {
                words.push("null".to_owned());
            }
        }
        Content::Scalar { style, text, at } => {
            let raw = &source[at.range()];
            if raw.contains('\n') {
                return None;
            }
            let style = if node.is_tagged { Style::Plain } else { *style };
            words.push(written(raw, style, text, around));
        }
        content => words.push(flat_content(source, content)?),
    }
    Some(words.join(" "))
}

/// Anchor and tag of a node.
pub(super) fn properties(source: &str, node: &Node) -> String {
    let properties = node.properties.iter().map(|at| &source[at.range()]);
    properties.collect::<Vec<_>>().join(" ")
}

/// Whether nothing is in a collection.
pub(super) fn is_empty(content: &Content) -> bool {
    match content {
        Content::List { items, .. } => items.is_empty(),
        Content::Map { entries, .. } => entries.is_empty(),
        Content::Scalar { .. } => false,
    }
}
