//! How a scalar on one line is written: bare where it can be, in quotes where it must.

use super::read::Style;
use crate::source::FileId;
use crate::syntax::{Format, Kind, Tree, parse};

/// Where a scalar stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Around {
    /// As an entry of its own.
    Block,
    /// Between brackets.
    Flow,
    /// As a key.
    Key,
}

/// A scalar as it is to be written; `raw` is how it is.
pub(super) fn written(raw: &str, style: Style, text: &str, around: Around) -> String {
    let is_quoted = matches!(style, Style::Single | Style::Double);
    // An escape is there for a reason: what it stands for may be hard to see.
    let is_escaped = style == Style::Double && raw.replace("\\\\", "").replace("\\\"", "").contains('\\');
    if !is_quoted || is_escaped || !text.chars().all(is_visible) {
        return raw.to_owned();
    }
    if can_be_bare(text, around) {
        text.to_owned()
    } else if !text.contains(['"', '\\']) {
        format!("\"{text}\"")
    } else if !text.contains('\'') {
        format!("'{text}'")
    } else {
        raw.to_owned()
    }
}

fn is_visible(c: char) -> bool {
    c == ' ' || c.is_ascii_graphic() || c.is_alphanumeric() || "–—…„“”‚‘’«»€£§°·×→←±≤≥".contains(c)
}

/// Whether a text means itself without quotes, here and to readers of YAML 1.1.
fn can_be_bare(text: &str, around: Around) -> bool {
    // An indicator alone means something else in some places.
    let is_indicator = text.starts_with(['-', '?', ':']) && !text[1..].starts_with(|c: char| c != ' ');
    if is_ambiguous(text) || is_indicator {
        return false;
    }
    let (probe, path): (String, &[&str]) = match around {
        Around::Key => {
            let mut letters = text.chars();
            return letters.next().is_some_and(|first| first.is_ascii_alphabetic() || first == '_')
                && letters.all(|c| c.is_ascii_alphanumeric() || "_-.".contains(c));
        }
        Around::Block => (format!("k: {text}\n"), &["k"]),
        Around::Flow => (format!("{{ k: [{text}] }}\n"), &["k"]),
    };
    let read = parse(FileId(0), Format::Yaml, &probe);
    let Some(mut node) = read.tree.get_path(&probe, Tree::ROOT, path) else { return false };
    if around == Around::Flow {
        let mut items = read.tree.items(node);
        match (items.next(), items.next()) {
            (Some(only), None) => node = only,
            _ => return false,
        }
    }
    read.complete
        && read.diagnostics.is_empty()
        && read.tree.count(Tree::ROOT) == 1
        && read.tree.kind(node) == Kind::String
        && read.tree.text(&probe, node) == text
}

/// Words that YAML 1.1 reads as something else than text, and what looks like a number, a time or a date.
fn is_ambiguous(text: &str) -> bool {
    const WORDS: [&str; 13] =
        ["y", "n", "yes", "no", "on", "off", "true", "false", "null", "none", "~", "=", "<<"];
    let word = text.to_ascii_lowercase();
    let digits = word.trim_start_matches(['-', '+', '.']);
    let is_number = digits.starts_with(|c: char| c.is_ascii_digit())
        && digits.chars().all(|c| c.is_ascii_hexdigit() || "xo_:.+-tz ".contains(c));
    text.is_empty() || WORDS.contains(&word.as_str()) || is_number
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quotes_stay_where_they_are_needed() {
        for (raw, style, text, block, flow) in [
            ("'a b'", Style::Single, "a b", "a b", "a b"),
            ("'a, b'", Style::Single, "a, b", "a, b", "\"a, b\""),
            ("'yes'", Style::Single, "yes", "\"yes\"", "\"yes\""),
            ("'12:30'", Style::Single, "12:30", "\"12:30\"", "\"12:30\""),
            ("'30s'", Style::Single, "30s", "30s", "30s"),
            ("'a: b'", Style::Single, "a: b", "\"a: b\"", "\"a: b\""),
            ("'a #b'", Style::Single, "a #b", "\"a #b\"", "\"a #b\""),
            ("'-f'", Style::Single, "-f", "-f", "-f"),
            ("' a'", Style::Single, " a", "\" a\"", "\" a\""),
            (r#""say \"x\"""#, Style::Double, r#"say "x""#, r#"say "x""#, r#"say "x""#),
            (r#""\"x\" y""#, Style::Double, r#""x" y"#, r#"'"x" y'"#, r#"'"x" y'"#),
            (r#""a\tb""#, Style::Double, "a\tb", r#""a\tb""#, r#""a\tb""#),
            (r#""caf\u00e9""#, Style::Double, "café", r#""caf\u00e9""#, r#""caf\u00e9""#),
            ("'it''s: \"x\"'", Style::Single, "it's: \"x\"", "'it''s: \"x\"'", "'it''s: \"x\"'"),
            ("yes", Style::Plain, "yes", "yes", "yes"),
        ] {
            assert_eq!(written(raw, style, text, Around::Block), block, "{raw}");
            assert_eq!(written(raw, style, text, Around::Flow), flow, "{raw}");
        }
        assert_eq!(written("'on_failure'", Style::Single, "on_failure", Around::Key), "on_failure");
        assert_eq!(written("'a b'", Style::Single, "a b", Around::Key), "\"a b\"");
    }
}
