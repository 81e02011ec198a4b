//! Laws that hold for any text: nothing panics, trees are sound, and the three formats agree with one
//! another and with the readers that everybody else uses.

use proptest::prelude::*;
use rulec::source::FileId;
use rulec::syntax::{Format, Parsed, decode_text, parse};
use serde_json::{Map, Value};

use super::{read, value};

/// Values as any of the formats can hold them.
fn values() -> impl Strategy<Value = Value> {
    let text = prop_oneof![
        "[a-z]{0,6}",
        "[ -~]{0,12}",
        "\\PC{0,8}",
        "[\\x00-\\x1f a\\\\\"'\u{85}\u{2028}é😀#:,\\-]{0,8}",
        prop_oneof![
            Just("null"),
            Just("no"),
            Just("1"),
            Just("1.5"),
            Just("~"),
            Just("- a"),
            Just("a: b"),
            Just(" x ")
        ]
        .prop_map(str::to_owned),
    ];
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        (-1.0e15..1.0e15).prop_map(Value::from),
        text.clone().prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 24, 5, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..5).prop_map(Value::from),
            prop::collection::vec((text.clone(), inner), 0..5)
                .prop_map(|entries| Value::Object(entries.into_iter().collect::<Map<_, _>>())),
        ]
    })
}

/// Texts that are made of the pieces of a format, so that most of them are nearly right.
fn soup(pieces: &'static [&'static str]) -> impl Strategy<Value = String> {
    prop::collection::vec(prop::sample::select(pieces), 0..24).prop_map(|pieces| pieces.concat())
}

const JSON: &[&str] = &[
    "{", "}", "[", "]", ",", ":", "\"", "\\", "\"a\"", "\"b\"", "1", "-", "0", ".5", "e", "true", "null",
    "nul", " ", "\n", "'", "//", "/*", "*/", "#", "x", "é", "\\u00", "\\ud83d", "\\n", "\t", "=", ";", "“",
    "\u{a0}", "\u{200b}", "\"k\":", "[1", "NaN", "\u{feff}", "\r\n", ")", "`",
];
const YAML: &[&str] = &[
    "a: ",
    "b: ",
    "- ",
    "? ",
    ": ",
    "\n",
    "\n  ",
    "\n    ",
    "\t",
    "[",
    "]",
    "{",
    "}",
    ",",
    "|",
    ">",
    "-",
    "+",
    "2",
    "'",
    "\"",
    "\\",
    "x",
    "é",
    "#",
    " # c",
    "&a ",
    "*a",
    "!t ",
    "!!str ",
    "<<: ",
    "---",
    "...",
    "%YAML 1.1\n",
    "text",
    "1",
    "~",
    "\r\n",
    "\u{feff}",
    "\u{200b}",
    ".inf",
    "a: |\n  x\n",
    "a: >\n  x\n  y\n",
    "\\x41",
    "@",
    "`",
    "\n\n",
];
const TOML: &[&str] = &[
    "a",
    "b",
    "a = ",
    "b.a = ",
    "= ",
    ".",
    "[",
    "]",
    "[[",
    "]]",
    "[a]\n",
    "[a.b]\n",
    "[[b]]\n",
    "{",
    "}",
    ",",
    "1",
    "1.5",
    "0x1F",
    "\"",
    "'",
    "\"\"\"",
    "'''",
    "\\",
    "\\u00e9",
    "\\\n",
    "x",
    "é",
    "# c",
    "\n",
    "\n",
    "\r\n",
    " ",
    "true",
    "2030-01-31",
    "inf",
    "_",
    "-",
    "\t",
    "\u{feff}",
    "a = 1\n",
    "a.b = 2\n",
    "b = {a = 1}\n",
    "b = [1, 2]\n",
    "\u{200b}",
];

fn accepted(parsed: &Parsed) -> bool {
    parsed.diagnostics.iter().all(|found| found.rule.id == "hidden-unicode")
}

/// Numbers by their value, since formats spell them differently.
fn by_value(value: Value) -> Value {
    match value {
        Value::Number(number) => match number.as_i64() {
            Some(whole) => Value::from(whole),
            None => number.as_f64().map_or(Value::Null, |float| {
                if float.fract() == 0.0 && float.abs() < 9e15 {
                    Value::from(float as i64)
                } else {
                    Value::from(float)
                }
            }),
        },
        Value::Array(items) => items.into_iter().map(by_value).collect(),
        Value::Object(entries) => {
            Value::Object(entries.into_iter().map(|(key, value)| (key, by_value(value))).collect())
        }
        other => other,
    }
}

/// Whether serde_json takes a text, and as what. It refuses numbers beyond a double, which are kept verbatim
/// here, and takes the last of two equal keys, which are refused here.
fn serde_json_takes(text: &str) -> Result<Value, bool> {
    serde_json::from_str(text).map_err(|error| error.to_string().starts_with("number out of range"))
}

fn agrees_with_serde_json(text: &str) -> Result<(), TestCaseError> {
    let parsed = read(Format::Json, text);
    let takes = accepted(&parsed);
    let duplicates = parsed.diagnostics.iter().any(|found| found.rule.id == "duplicate-key");
    // One byte order mark may stand in front; a second one is no JSON.
    match serde_json_takes(text.strip_prefix('\u{feff}').unwrap_or(text)) {
        Ok(expected) => {
            prop_assert!(takes || duplicates, "refused: {text:?} {:?}", parsed.diagnostics);
            if takes {
                prop_assert_eq!(value(&parsed.tree, text), expected);
            }
        }
        Err(out_of_range) => prop_assert!(!takes || out_of_range, "taken: {text:?}"),
    }
    Ok(())
}

/// A value as YAML in block style, with the scalars in a style that suits them.
fn block_yaml(value: &Value, indent: usize, out: &mut String) {
    let pad = " ".repeat(indent);
    match value {
        Value::Array(items) if !items.is_empty() => {
            for item in items {
                *out += &format!("\n{pad}-");
                block_yaml(item, indent + 2, out);
            }
        }
        Value::Object(entries) if !entries.is_empty() => {
            for (key, value) in entries {
                *out += &format!("\n{pad}{}:", yaml_string(key));
                block_yaml(value, indent + 2, out);
            }
        }
        Value::String(text) if is_literal(text) && indent > 0 => {
            let chomping = if text.ends_with('\n') { "" } else { "-" };
            *out += &format!(
                " |{chomping}\n{pad}{}",
                text.trim_end_matches('\n').replace('\n', &format!("\n{pad}"))
            );
        }
        Value::String(text) => *out += &format!(" {}", yaml_string(text)),
        other => *out += &format!(" {other}"),
    }
}

fn yaml_string(text: &str) -> String {
    let plain = text.starts_with(|c: char| c.is_ascii_alphabetic())
        && text.chars().all(|c| c.is_ascii_alphanumeric() || c == ' ')
        && !text.ends_with(' ')
        && !matches!(text.to_ascii_lowercase().as_str(), "null" | "true" | "false");
    if plain { text.to_owned() } else { Value::from(text).to_string() }
}

fn is_literal(text: &str) -> bool {
    let one_end = !text.trim_end_matches('\n').is_empty() && !text.ends_with("\n\n");
    one_end
        && text.chars().all(|c| c == '\n' || (' '..='~').contains(&c))
        && !text.starts_with([' ', '\n'])
        && !text.contains("\n ")
        && text.contains('\n')
        && !text.contains(" \n")
}

/// TOML has no null.
fn without_null(value: Value) -> Value {
    match value {
        Value::Null => Value::from("null"),
        Value::Array(items) => items.into_iter().map(without_null).collect(),
        Value::Object(entries) => {
            Value::Object(entries.into_iter().map(|(key, value)| (key, without_null(value))).collect())
        }
        other => other,
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn json_is_read_as_serde_json_reads_it(value in values(), pretty in any::<bool>()) {
        let text = if pretty { serde_json::to_string_pretty(&value) } else { serde_json::to_string(&value) };
        agrees_with_serde_json(&text.expect("a value is JSON"))?;
    }

    #[test]
    fn damaged_json_is_refused_where_serde_json_refuses_it(
        value in values(),
        edits in prop::collection::vec((any::<prop::sample::Index>(), 0..3usize, prop::sample::select(JSON)), 1..4),
    ) {
        let mut text = value.to_string();
        for (place, removed, inserted) in edits {
            let start = text.floor_char_boundary(place.index(text.len() + 1));
            let end = text.ceil_char_boundary((start + removed).min(text.len()));
            text.replace_range(start..end, inserted);
        }
        agrees_with_serde_json(&text)?;
    }

    #[test]
    fn json_soup_is_refused_where_serde_json_refuses_it(text in soup(JSON)) {
        agrees_with_serde_json(&text)?;
    }

    #[test]
    fn any_yaml_soup_is_survived(text in soup(YAML)) {
        read(Format::Yaml, &text);
    }

    #[test]
    fn any_text_is_survived(text in "\\PC*|[\\x00-\\x7f]*") {
        for format in [Format::Json, Format::Yaml, Format::Toml] {
            read(format, &text);
        }
    }

    #[test]
    fn any_bytes_are_survived(bytes in prop::collection::vec(any::<u8>(), 0..64)) {
        let length = bytes.len();
        let (text, fault) = decode_text(bytes);
        prop_assert!(text.len() == length || fault.is_some_and(|fault| fault.hides_text()));
        if let Some(fault) = fault {
            let place = fault.diagnostic(FileId(0)).primary.location.span;
            prop_assert!(text.get(place.range()).is_some());
        }
        for format in [Format::Json, Format::Yaml, Format::Toml] {
            read(format, &text);
        }
    }

    #[test]
    fn json_is_the_same_in_yaml(value in values()) {
        let text = value.to_string();
        let parsed = read(Format::Yaml, &text);
        prop_assert!(accepted(&parsed) || value.is_null(), "{text} {:?}", parsed.diagnostics);
        prop_assert_eq!(by_value(super::value(&parsed.tree, &text)), by_value(value));
    }

    #[test]
    fn yaml_in_blocks_is_the_same(value in values()) {
        let mut text = String::new();
        block_yaml(&value, 0, &mut text);
        let parsed = read(Format::Yaml, &text);
        prop_assert!(accepted(&parsed), "{text} {:?}", parsed.diagnostics);
        prop_assert_eq!(by_value(super::value(&parsed.tree, &text)), by_value(value));
    }

    #[test]
    fn toml_is_the_same(value in values()) {
        let value = serde_json::json!({"value": without_null(value)});
        let text = toml::to_string(&value).expect("an object without null is TOML");
        let parsed = read(Format::Toml, &text);
        prop_assert!(accepted(&parsed), "{text} {:?}", parsed.diagnostics);
        prop_assert_eq!(by_value(super::value(&parsed.tree, &text)), by_value(value));
    }

    #[test]
    fn toml_soup_is_refused_where_toml_refuses_it(text in soup(TOML)) {
        let parsed = read(Format::Toml, &text);
        let takes = accepted(&parsed);
        match toml::from_str::<toml::Table>(&text) {
            Ok(table) => {
                let finite = !text.contains("inf");
                prop_assert!(takes || !finite || table.is_empty(), "refused: {text:?} {:?}", parsed.diagnostics);
            }
            Err(error) => prop_assert!(!takes, "taken: {text:?} {error}"),
        }
    }
}

#[test]
fn files_end_to_end_in_all_formats_agree() {
    let json = r#"{"layer":"L5","procedures":[{"id":"E1","steps":[{"name":"start","command":"a\nb","timeout":30}]}]}"#;
    let yaml = "layer: L5\nprocedures:\n- id: E1\n  steps:\n  - name: start\n    command: |-\n      a\n      b\n    timeout: 30\n";
    let toml = "layer = \"L5\"\n[[procedures]]\nid = \"E1\"\n[[procedures.steps]]\nname = \"start\"\ncommand = \"\"\"\na\nb\"\"\"\ntimeout = 30\n";
    let read = |format, text| value(&parse(FileId(0), format, text).tree, text);
    assert_eq!(read(Format::Yaml, yaml), read(Format::Json, json));
    assert_eq!(read(Format::Toml, toml), read(Format::Json, json));
}
