//! Documents as people write them: any layout that a format allows, with comments and empty lines.

use proptest::prelude::*;
use rulec::syntax::Format;
use serde_json::{Map, Value};

/// Luck that can be had again.
struct Dice(u64);

impl Dice {
    /// A number below `sides`.
    fn roll(&mut self, sides: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % sides
    }

    fn one_in(&mut self, sides: usize) -> bool {
        self.roll(sides) == 0
    }

    fn pick<'a>(&mut self, all: &[&'a str]) -> &'a str {
        all[self.roll(all.len())]
    }
}

/// Objects that any format can hold, with texts that are hard to write.
pub(crate) fn documents() -> BoxedStrategy<Value> {
    let text = prop_oneof![
        3 => "[a-z]{1,8}( [a-z]{1,6}){0,2}",
        1 => "[ -~]{0,12}",
        2 => prop::sample::select(vec![
            "", "yes", "no", "null", "true", "12", "12:30", "1.0.0", "2024-01-01", "30s", "a: b", "a #b", "# a", "- a",
            "-f", "it's", "say \"x\"", "it's \"x\"", "a\\b", " a", "a ", "a\nb\n", "a\n\nb", "a\n  b\nc\n\n", "\na", "é – ü",
            "a, b", "[a]", "{a}", "*a", "&a", "!a", "%a", "@a", "`a`", "? a", ": a", "a:", "a\tb", "|", ">", "---", "...",
            "~", "=", "<<", "curl \"http://localhost:8080/a\" && true",
        ]).prop_map(String::from),
    ];
    let leaf = prop_oneof![
        4 => text.prop_map(Value::from),
        1 => any::<i32>().prop_map(Value::from),
        1 => any::<bool>().prop_map(Value::from),
    ];
    let key = prop_oneof![9 => "[a-z_]{1,8}", 1 => prop::sample::select(vec!["a b", "yes", "1", "a.b", "#", "-", "é"]).prop_map(String::from)];
    let value = leaf.prop_recursive(4, 40, 5, {
        let key = key.clone();
        move |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..5).prop_map(Value::from),
                prop::collection::btree_map(key.clone(), inner, 0..5)
                    .prop_map(|entries| Value::Object(entries.into_iter().collect())),
            ]
        }
    });
    prop::collection::btree_map(key, value, 1..6)
        .prop_map(|entries| Value::Object(entries.into_iter().collect()))
        .boxed()
}

/// A document in one of the layouts that its format allows.
pub(crate) fn written(of: Format, value: &Value, seed: u64) -> String {
    let mut dice = Dice(seed | 1);
    let root = value.as_object().expect("a document is an object");
    let mut text = match of {
        Format::Json => blank(&mut dice) + &json(value, &mut dice) + &blank(&mut dice),
        Format::Yaml => yaml_map(root, 0, &mut dice),
        Format::Toml => toml_table(root, &[], &mut dice),
    };
    if of != Format::Json && dice.one_in(3) {
        text.push_str("# the end");
        text.push_str(dice.pick(&["", "\n", "\n\n\n"]));
    }
    // A text of several lines is spelt otherwise under TOML with other line ends.
    if dice.one_in(3) && (of != Format::Toml || !text.contains("\"\"\"")) {
        text = text.replace('\n', "\r\n");
    }
    if dice.one_in(4) { format!("\u{feff}{text}") } else { text }
}

fn blank(dice: &mut Dice) -> String {
    dice.pick(&["", "", " ", "\n", "  ", "\n    ", "\t", "\n\n"]).to_owned()
}

fn json(value: &Value, dice: &mut Dice) -> String {
    let mut parts = Vec::new();
    let (open, close) = match value {
        Value::Object(entries) => {
            for (key, value) in entries {
                let key = Value::from(key.as_str()).to_string();
                parts.push(
                    blank(dice)
                        + &key
                        + &blank(dice)
                        + ":"
                        + &blank(dice)
                        + &json(value, dice)
                        + &blank(dice),
                );
            }
            ("{", "}")
        }
        Value::Array(items) => {
            parts.extend(items.iter().map(|item| blank(dice) + &json(item, dice) + &blank(dice)));
            ("[", "]")
        }
        value => return value.to_string(),
    };
    let inside = if parts.is_empty() { blank(dice) } else { parts.join(",") };
    format!("{open}{inside}{close}")
}

fn comment(dice: &mut Dice) -> String {
    format!(
        "#{} {}",
        dice.pick(&["", " ", "#"]),
        dice.pick(&["why", "a: b", "- x", "[t]", "'", "\"", "naïve  "])
    )
}

/// Empty lines and comments before an entry.
fn above(indent: usize, dice: &mut Dice) -> String {
    let mut text = String::new();
    while dice.one_in(5) {
        text += &match dice.roll(3) {
            0 => dice.pick(&["\n", "\n\n\n", "   \n"]).to_owned(),
            1 => format!("{}{}\n", " ".repeat(indent), comment(dice)),
            _ => format!("{}\n", comment(dice)),
        };
    }
    text
}

/// What stands behind a value on its line.
fn behind(dice: &mut Dice) -> String {
    if dice.one_in(6) {
        format!("{}{}\n", dice.pick(&[" ", "   ", "\t"]), comment(dice))
    } else {
        format!("{}\n", dice.pick(&["", "", " ", "\t"]))
    }
}

fn yaml_map(entries: &Map<String, Value>, indent: usize, dice: &mut Dice) -> String {
    let mut text = String::new();
    for (key, value) in entries {
        text += &above(indent, dice);
        text += &" ".repeat(indent);
        text += &yaml_entry(key, value, indent, dice);
    }
    text
}

fn yaml_entry(key: &str, value: &Value, indent: usize, dice: &mut Dice) -> String {
    format!("{}{}:", yaml_text(key, false, dice), dice.pick(&["", "", " "]))
        + &yaml_value(value, indent, true, dice)
}

/// A value behind a colon or dash.
fn yaml_value(value: &Value, indent: usize, of_key: bool, dice: &mut Dice) -> String {
    let inner = indent + 1 + dice.roll(4);
    match value {
        Value::Object(entries) if !entries.is_empty() && !dice.one_in(4) => {
            if !of_key && dice.one_in(2) {
                // The first key stands behind the dash; the others below it.
                let inner = indent + 2;
                let mut lines = String::from(" ");
                for (position, (key, value)) in entries.iter().enumerate() {
                    if position > 0 {
                        lines += &above(inner, dice);
                        lines += &" ".repeat(inner);
                    }
                    lines += &yaml_entry(key, value, inner, dice);
                }
                return lines;
            }
            behind(dice) + &yaml_map(entries, inner, dice)
        }
        Value::Array(items) if !items.is_empty() && !dice.one_in(4) => {
            let inner = if of_key && dice.one_in(3) { indent } else { inner };
            let mut text = behind(dice);
            for item in items {
                text += &above(inner, dice);
                text += &format!("{}-", " ".repeat(inner));
                text += &yaml_value(item, inner, false, dice);
            }
            text
        }
        Value::String(text) if is_block(text) && dice.one_in(2) => {
            let chomp = if !text.ends_with('\n') {
                "-"
            } else if text.ends_with("\n\n") {
                "+"
            } else {
                dice.pick(&["", "+"])
            };
            let lines: String =
                text.strip_suffix('\n')
                    .unwrap_or(text)
                    .split('\n')
                    .map(|line| {
                        if line.is_empty() {
                            "\n".to_owned()
                        } else {
                            format!("{}{line}\n", " ".repeat(inner))
                        }
                    })
                    .collect();
            let header = if dice.one_in(5) {
                format!(" |{chomp} {}\n", comment(dice))
            } else {
                format!(" |{chomp}\n")
            };
            header + &lines
        }
        value => format!("{}{}", dice.pick(&[" ", " ", "   "]), yaml_flow(value, dice)) + &behind(dice),
    }
}

fn is_block(text: &str) -> bool {
    text.contains('\n') && text.starts_with(|c: char| c.is_alphanumeric()) && !text.contains('\t')
}

fn yaml_flow(value: &Value, dice: &mut Dice) -> String {
    match value {
        Value::Object(entries) => {
            let entry = |(key, value): (&String, &Value)| {
                format!("{}: {}", yaml_text(key, true, dice), yaml_flow(value, dice))
            };
            let entries: Vec<String> = entries.iter().map(entry).collect();
            format!("{{{}{}}}", entries.join(","), dice.pick(&["", " "]))
        }
        Value::Array(items) => {
            let items: Vec<String> = items.iter().map(|item| yaml_flow(item, dice)).collect();
            format!("[{}{}]", dice.pick(&["", " "]), items.join(" , "))
        }
        Value::String(text) => yaml_text(text, true, dice),
        value => value.to_string(),
    }
}

/// A text on one line; between brackets, where `in_flow`.
fn yaml_text(text: &str, in_flow: bool, dice: &mut Dice) -> String {
    let is_word = |c: char| c.is_ascii_alphanumeric() || " _./".contains(c) || !in_flow && c == ',';
    let is_plain = text.starts_with(|c: char| c.is_ascii_lowercase())
        && text.chars().all(is_word)
        && !text.ends_with(' ')
        && !["null", "true", "false"].contains(&text);
    if is_plain && dice.one_in(2) {
        text.to_owned()
    } else if text.chars().all(|c| !c.is_control()) && dice.one_in(2) {
        format!("'{}'", text.replace('\'', "''"))
    } else {
        Value::from(text).to_string()
    }
}

fn toml_key(key: &str, dice: &mut Dice) -> String {
    let is_bare = key.chars().all(|c| c.is_ascii_alphanumeric() || "_-".contains(c));
    if is_bare && !dice.one_in(5) { key.to_owned() } else { Value::from(key).to_string() }
}

fn toml_table(entries: &Map<String, Value>, path: &[String], dice: &mut Dice) -> String {
    let indent = " ".repeat(dice.roll(3));
    let (mut text, mut tables) = (String::new(), String::new());
    for (key, value) in entries {
        let name = toml_key(key, dice);
        let inner: Vec<String> = path.iter().cloned().chain([name.clone()]).collect();
        let header = inner.join(dice.pick(&[".", ".", " . "]));
        match value {
            Value::Object(of_table) if dice.one_in(2) => {
                tables += &above(0, dice);
                tables += &format!("{indent}[{0}{header}{0}]", dice.pick(&["", " "]));
                tables += &behind(dice);
                tables += &toml_table(of_table, &inner, dice);
            }
            Value::Array(items)
                if !items.is_empty() && items.iter().all(Value::is_object) && dice.one_in(2) =>
            {
                for item in items.iter().filter_map(Value::as_object) {
                    tables += &above(0, dice);
                    tables += &format!("{indent}[[{header}]]");
                    tables += &behind(dice);
                    tables += &toml_table(item, &inner, dice);
                }
            }
            value => {
                text += &above(indent.len(), dice);
                text += &format!(
                    "{indent}{name}{}{}",
                    dice.pick(&["=", " = ", "  =\t"]),
                    toml_value(value, true, dice)
                );
                text += &behind(dice);
            }
        }
    }
    text + &tables
}

fn toml_value(value: &Value, may_break: bool, dice: &mut Dice) -> String {
    match value {
        Value::Object(entries) => {
            let entry = |(key, value): (&String, &Value)| {
                format!("{} ={}", toml_key(key, dice), toml_value(value, false, dice))
            };
            let entries: Vec<String> = entries.iter().map(entry).collect();
            format!("{{{}{}}}", entries.join(", "), dice.pick(&["", " "]))
        }
        Value::Array(items) if may_break && !items.is_empty() && dice.one_in(2) => {
            let mut text = String::from("[");
            text += &behind(dice);
            for item in items {
                text += &above(4, dice);
                text += &toml_value(item, false, dice);
                text.push(',');
                text += &behind(dice);
            }
            text + &above(2, dice) + "]"
        }
        Value::Array(items) => {
            let items: Vec<String> = items.iter().map(|item| toml_value(item, false, dice)).collect();
            format!("[{}]", items.join(dice.pick(&[",", ", ", " ,"])))
        }
        Value::String(text) if !text.contains(['\'', '\n', '\t']) && dice.one_in(2) => format!("'{text}'"),
        Value::String(text) if may_break && is_block(text) && !text.contains(['"', '\\']) => {
            format!("\"\"\"\n{text}\"\"\"")
        }
        Value::String(text) => Value::from(text.as_str()).to_string(),
        value => value.to_string(),
    }
}
