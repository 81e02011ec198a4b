//! Whether a file says at its top level that it belongs to a layer, told from its text alone.
//!
//! Most JSON, YAML and TOML files of a repository are no rules, so this is no parse: it costs a search for
//! the word, and one pass where the word is found. A layer that does not exist, such as `L6`, counts, so that
//! it becomes a finding and not a file that nobody looked at.

use memchr::memmem;

use crate::syntax::Format;

/// True where a key `layer` of the top level has a value like `L5`.
pub(super) fn is_stated(format: Format, text: &str) -> bool {
    if memmem::find(text.as_bytes(), b"layer").is_none() {
        return false;
    }
    let text = text.trim_start_matches('\u{feff}');
    match format {
        Format::Json => in_braces(text),
        Format::Yaml if text.trim_start().starts_with('{') => in_braces(text),
        Format::Yaml => in_yaml(text),
        Format::Toml => in_toml(text),
    }
}

/// Looks for the key at the first level of braces, strings and comments passed over.
fn in_braces(text: &str) -> bool {
    let (mut rest, mut depth) = (text, 0_u32);
    while let Some(at) = rest.find(['"', '\'', '{', '}', '[', ']', '/', '#', ',']) {
        let (c, from) = (rest.as_bytes()[at], &rest[at..]);
        rest = &rest[at + 1..];
        match c {
            b'"' | b'\'' => {
                if depth == 1 && is_pair(from, ':') {
                    return true;
                }
                rest = after_string(rest, c);
            }
            b'/' if rest.starts_with('/') => rest = rest.split_once('\n').map_or("", |(_, rest)| rest),
            b'/' if rest.starts_with('*') => rest = rest.split_once("*/").map_or("", |(_, rest)| rest),
            b'#' => rest = rest.split_once('\n').map_or("", |(_, rest)| rest),
            b'{' | b'[' => {
                depth += 1;
                if depth == 1 && c == b'{' && is_pair(rest.trim_start(), ':') {
                    return true;
                }
            }
            b'}' | b']' => depth = depth.saturating_sub(1),
            b',' if depth == 1 && is_pair(rest.trim_start(), ':') => return true,
            _ => {}
        }
    }
    false
}

/// What follows a string whose opening quote was just passed.
fn after_string(text: &str, quote: u8) -> &str {
    let mut rest = text;
    while let Some(at) = memchr::memchr2(quote, b'\\', rest.as_bytes()) {
        if rest.as_bytes()[at] == quote {
            return &rest[at + 1..];
        }
        let mut after = rest[at + 1..].chars();
        after.next();
        rest = after.as_str();
    }
    ""
}

/// Looks at the lines that are indented like the first one.
fn in_yaml(text: &str) -> bool {
    let is_content = |line: &&str| {
        let text = line.trim_start();
        !(text.is_empty() || text.starts_with('#') || line.starts_with("---") || line.starts_with('%'))
    };
    let indent = |line: &str| line.len() - line.trim_start_matches(' ').len();
    let Some(top) = text.lines().find(is_content).map(indent) else { return false };
    text.lines().any(|line| indent(line) == top && is_pair(&line[top..], ':'))
}

/// Looks at the lines before the first table.
fn in_toml(text: &str) -> bool {
    let lines = text.lines().map(str::trim_start);
    lines.take_while(|line| !line.starts_with('[')).any(|line| is_pair(line, '='))
}

/// True for `layer`, in quotes or not, then the joint, then a value like `L5`.
fn is_pair(text: &str, joint: char) -> bool {
    let Some(rest) = after_word(text, |word| word == "layer") else { return false };
    let Some(rest) = rest.trim_start().strip_prefix(joint) else { return false };
    after_word(rest.trim_start(), is_layer).is_some()
}

/// What follows a word, in quotes or not, if it is the one that is wanted.
fn after_word(text: &str, is_wanted: impl Fn(&str) -> bool) -> Option<&str> {
    let (word, rest) = match text.as_bytes().first()? {
        b'"' => text[1..].split_once('"')?,
        b'\'' => text[1..].split_once('\'')?,
        _ => text.split_at(text.find(|c: char| !c.is_ascii_alphanumeric()).unwrap_or(text.len())),
    };
    is_wanted(word).then_some(rest)
}

fn is_layer(word: &str) -> bool {
    let digits = word.strip_prefix(['L', 'l']).unwrap_or_default();
    !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_the_layer_at_the_top() {
        for text in [
            r#"{"layer":"L5"}"#,
            "\u{feff}{\n  \"name\": \"a { layer\",\n  \"steps\": [{}, 1],\n  \"layer\" : \"L1\"\n}",
            "// why\n{ /* { */ \"layer\": \"L2\" }",
            r#"{"a":"\"}","layer":"L9","#,
        ] {
            assert!(is_stated(Format::Json, text), "{text}");
        }
        for text in [
            "layer: L5\n",
            "---\n# rules\nname: a\n\"layer\": 'L3'  # comment\n",
            "  name: a\n  layer: L1\r\n",
            "{name: a, layer: L1}",
            "%YAML 1.2\n---\nlayer : l4",
        ] {
            assert!(is_stated(Format::Yaml, text), "{text}");
        }
        for text in ["layer = \"L5\"", "name = 'x'\n  'layer' = 'L6'\n[a]\n"] {
            assert!(is_stated(Format::Toml, text), "{text}");
        }
    }

    #[test]
    fn leaves_other_files_alone() {
        for text in [
            "",
            "{}",
            r#"{"layer":"roads"}"#,
            r#"{"layer":5}"#,
            r#"{"map":{"layer":"L5"}}"#,
            r#"["layer","L5"]"#,
            r#"{"text":"{\"layer\":\"L5\"}"}"#,
            r#"{"a":"layer":"L5"#,
            r#""layer":"L5""#,
            "\"\\",
            "{\"é\\é\": 1, \"layer\"",
        ] {
            assert!(!is_stated(Format::Json, text), "{text}");
        }
        for text in ["a:\n  layer: L5\n", "layers: L5", "layer: Lx", "# layer: L1", "- layer: L1", "layer"] {
            assert!(!is_stated(Format::Yaml, text), "{text}");
        }
        for text in ["[a]\nlayer = 'L1'", "layer.x = 'L1'", "# layer = 'L1'"] {
            assert!(!is_stated(Format::Toml, text), "{text}");
        }
    }
}
