//! `# rulec: allow LINT until DATE -- REASON` in YAML and TOML: on a line, for what is found on it; alone on its
//! line, for the entry below.
//!
//! Several lints are named with commas between them. `until DATE` may be left out. A comment that starts
//! otherwise is prose, and left alone.

use std::ops::Range;

use super::{Cover, Reader, Suppression};
use crate::diagnostic::{Edit, Fix, RuleInfo, nearest};
use crate::driver::index::Index;
use crate::model::Loaded;
use crate::source::{Location, Span};
use crate::syntax::{Format, Kind, NodeId, Tree, comments, show};

/// What a comment to rulec starts with.
const PREFIX: &str = "rulec:";

const HELP: &str = "write `# rulec: allow LINT -- REASON`";

/// True where such a comment may be in a text.
pub(super) fn may_be_in(source: &str) -> bool {
    memchr::memmem::find(source.as_bytes(), PREFIX.as_bytes()).is_some()
}

/// What each comment says, as what it covers and its place in the list of the reader.
pub(super) fn read(reader: &mut Reader<'_>, loaded: &Loaded, index: &Index) -> Vec<(Cover, usize)> {
    let source = reader.rules.source(loaded.file);
    let mut covers = Vec::new();
    for comment in comments(loaded.tree.format, source) {
        let Some(said) = say(reader, loaded, comment) else { continue };
        let line_start = source[..comment.start as usize].rfind('\n').map_or(0, |at| at + 1);
        let before = source[line_start..comment.start as usize].trim_start_matches('\u{feff}');
        let is_alone = before.trim().is_empty();
        let covered = if is_alone {
            below(&loaded.tree, source, index, comment.end).map(Cover::Value)
        } else {
            Some(Cover::Line(reader.lines(loaded).of(comment.start)))
        };
        let removal = (said.rules.len() == 1).then(|| removal(source, comment, is_alone, line_start));
        for (rule, place) in said.rules {
            let (reason, until) = (said.reason.clone(), said.until);
            let (removal, is_used) = (removal.clone(), false.into());
            reader.all.push(Suppression { rule, place, reason, until, removal, is_used });
            covers.extend(covered.map(|cover| (cover, reader.all.len() - 1)));
        }
    }
    covers
}

/// What one comment says.
struct Said {
    rules: Vec<(&'static RuleInfo, Location)>,
    reason: Option<String>,
    until: Option<crate::scalar::Date>,
}

fn say(reader: &mut Reader<'_>, loaded: &Loaded, comment: Span) -> Option<Said> {
    let source = reader.rules.source(loaded.file);
    let place = |range: Range<usize>| Location {
        file: loaded.file,
        span: Span::new(range.start as u32, range.end as u32),
    };
    let of = |part: &str| {
        let start = part.as_ptr() as usize - source.as_ptr() as usize;
        start..start + part.len()
    };
    let text = source[comment.range()].trim_start_matches('#').trim_start().strip_prefix(PREFIX)?.trim();
    let word = text.split_whitespace().next().unwrap_or_default();
    if word != "allow" {
        // What is no slip of the pen is prose about rulec.
        nearest(word, ["allow"].into_iter())?;
        reader.push(
            place(of(word)),
            format!("{} is nothing that rulec does", show(word)),
            "did you mean `allow`?",
        );
        return None;
    }
    let (head, reason) = match text["allow".len()..].split_once("--") {
        Some((head, reason)) => (head, Some(reason.trim().to_owned()).filter(|reason| !reason.is_empty())),
        None => (&text["allow".len()..], None),
    };
    let mut is_sound = true;
    let mut words = head.split_whitespace();
    let names_end = words.by_ref().find(|word| *word == "until").map(|word| of(word).start - of(head).start);
    let mut until = None;
    if let Some(names_end) = names_end {
        let date = words.next().unwrap_or_default();
        let start = if date.is_empty() { of(&head[names_end..]).end } else { of(date).start };
        let part = |range: Range<usize>| place(start + range.start..start + range.end);
        until = reader.date(date, part);
        is_sound = until.is_some();
        if let Some(more) = words.next() {
            reader.push(place(of(more)), format!("{} is not understood here", show(more)), HELP);
            is_sound = false;
        }
    }
    let names = head[..names_end.unwrap_or(head.len())].trim();
    if names.is_empty() {
        reader.push(place(comment.range()), "no lint is named here".to_owned(), HELP);
        return None;
    }
    let mut rules = Vec::new();
    for name in names.split(',').map(str::trim) {
        match name.split_once(char::is_whitespace) {
            Some((_, more)) => {
                let more = more.trim_start();
                reader.push(place(of(more)), format!("{} is not understood here", show(more)), HELP);
            }
            None => rules.extend(reader.rule(name, place(of(name))).map(|rule| (rule, place(of(name))))),
        }
    }
    (is_sound && !rules.is_empty()).then_some(Said { rules, reason, until })
}

/// The entry that starts on the next line which is neither empty nor a comment: the value of a key, an item of
/// a list, a table.
fn below(tree: &Tree, source: &str, index: &Index, comment_end: u32) -> Option<NodeId> {
    let mut at = comment_end as usize;
    loop {
        at = source[at..].find('\n').map(|line_break| at + line_break + 1)?;
        let line = source[at..].lines().next().unwrap_or_default();
        let text = line.trim_start();
        if !text.is_empty() && !text.starts_with('#') {
            at += line.len() - text.len();
            break;
        }
    }
    match tree.format {
        Format::Json => None,
        Format::Yaml => {
            let rest = &source[at..];
            let is_item = rest.starts_with('-') && rest[1..].chars().next().is_none_or(char::is_whitespace);
            if is_item {
                let inside = rest[1..].trim_start();
                at = source.len() - inside.len();
                return index.from(at as u32).map(|(_, node)| node).next();
            }
            let key = index.starting_at(at as u32).find(|node| tree.kind(*node) == Kind::Key);
            let of_key = key.map(|key| NodeId(key.0 + 1));
            of_key.or_else(|| index.from(at as u32).map(|(_, node)| node).next())
        }
        Format::Toml if source[at..].starts_with('[') => {
            let table = index.starting_at(at as u32).find(|node| tree.kind(*node) == Kind::Object);
            // In a list over several lines it is an item.
            table.or_else(|| index.starting_at(at as u32).next())
        }
        Format::Toml => {
            // Of a dotted key, only what stands behind the `=`.
            let is_value = |node: NodeId| match tree.kind(node) {
                Kind::Key => false,
                Kind::Object => source[tree.node(node).span.start as usize..].starts_with('{'),
                _ => true,
            };
            index.from(at as u32).map(|(_, node)| node).find(|node| is_value(*node))
        }
    }
}

/// The change that takes a comment away: with its line where it is alone on it.
fn removal(source: &str, comment: Span, is_alone: bool, line_start: usize) -> Fix {
    let (start, end) = (comment.start as usize, comment.end as usize);
    let (start, end) = if is_alone {
        (line_start, source[end..].find('\n').map_or(source.len(), |line_break| end + line_break + 1))
    } else {
        (line_start + source[line_start..start].trim_end().len(), end)
    };
    let span = Span::new(start as u32, end as u32);
    Fix {
        title: "take the comment away".to_owned(),
        safe: true,
        edits: vec![Edit { span, text: String::new() }],
    }
}
