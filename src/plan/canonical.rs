//! One spelling for one plan: the canonical JSON of RFC 8785, and the digest over it.
//!
//! Takes a JSON value or a plan and gives text: keys in order of their UTF-16 code units, numbers as
//! ECMAScript prints them, no escape that isn't needed. Numbers are IEEE doubles, as the RFC demands: an
//! integer beyond 2^53 is written as its nearest double.
//!
//! A plan's file is for people too, so it is the same order and the same numbers and strings over several
//! lines ([`pretty`]); the digest is taken over the form without any white space ([`canonical`]), of the plan
//! without its `digest` key. Any JCS library of any language computes the same digest from the file.

use serde_json::{Number, Value};
use sha2::{Digest, Sha256};

use super::Plan;

/// The canonical form: one line, no white space.
#[must_use]
pub fn canonical(value: &Value) -> String {
    let mut out = String::new();
    write_value(&mut out, value, Layout::Compact);
    out
}

/// The canonical form over several lines, indented by two spaces, with a line break at the end.
#[must_use]
pub fn pretty(value: &Value) -> String {
    let mut out = String::new();
    write_value(&mut out, value, Layout::Lines { depth: 0 });
    out.push('\n');
    out
}

/// The plan as a JSON value.
#[must_use]
pub fn to_value(plan: &Plan) -> Value {
    serde_json::to_value(plan).expect("a plan has string keys only, and no number that JSON can't hold")
}

/// `sha256:` and the digest of the canonical form of the plan without its `digest`.
#[must_use]
pub fn digest(plan: &Plan) -> String {
    let mut value = to_value(plan);
    if let Value::Object(members) = &mut value {
        members.remove("digest");
    }
    let mut text = String::from("sha256:");
    for byte in Sha256::digest(canonical(&value)) {
        text.push(hex_digit(byte >> 4));
        text.push(hex_digit(byte & 0xf));
    }
    text
}

/// The plan with the digest that is right for the rest of it.
#[must_use]
pub fn seal(mut plan: Plan) -> Plan {
    plan.digest = digest(&plan);
    plan
}

/// True where the plan is what it was when it was sealed.
#[must_use]
pub fn verify(plan: &Plan) -> bool {
    plan.digest == digest(plan)
}

#[derive(Clone, Copy)]
enum Layout {
    Compact,
    Lines { depth: usize },
}

impl Layout {
    fn deeper(self) -> Self {
        match self {
            Layout::Compact => Layout::Compact,
            Layout::Lines { depth } => Layout::Lines { depth: depth + 1 },
        }
    }

    fn break_line(self, out: &mut String) {
        if let Layout::Lines { depth } = self {
            out.push('\n');
            (0..depth).for_each(|_| out.push_str("  "));
        }
    }

    fn colon(self) -> &'static str {
        match self {
            Layout::Compact => ":",
            Layout::Lines { .. } => ": ",
        }
    }
}

fn write_value(out: &mut String, value: &Value, layout: Layout) {
    match value {
        Value::Null => out.push_str("null"),
        Value::Bool(true) => out.push_str("true"),
        Value::Bool(false) => out.push_str("false"),
        Value::Number(number) => write_number(out, number),
        Value::String(text) => write_string(out, text),
        Value::Array(items) if items.is_empty() => out.push_str("[]"),
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                out.push(if index == 0 { '[' } else { ',' });
                layout.deeper().break_line(out);
                write_value(out, item, layout.deeper());
            }
            layout.break_line(out);
            out.push(']');
        }
        Value::Object(members) if members.is_empty() => out.push_str("{}"),
        Value::Object(members) => {
            let mut members: Vec<_> = members.iter().collect();
            members.sort_by(|(a, _), (b, _)| a.encode_utf16().cmp(b.encode_utf16()));
            for (index, (key, member)) in members.into_iter().enumerate() {
                out.push(if index == 0 { '{' } else { ',' });
                layout.deeper().break_line(out);
                write_string(out, key);
                out.push_str(layout.colon());
                write_value(out, member, layout.deeper());
            }
            layout.break_line(out);
            out.push('}');
        }
    }
}

fn write_string(out: &mut String, text: &str) {
    out.push('"');
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\u{8}' => out.push_str("\\b"),
            '\t' => out.push_str("\\t"),
            '\n' => out.push_str("\\n"),
            '\u{c}' => out.push_str("\\f"),
            '\r' => out.push_str("\\r"),
            c if c < ' ' => {
                out.push_str("\\u00");
                out.push(hex_digit(c as u8 >> 4));
                out.push(hex_digit(c as u8 & 0xf));
            }
            c => out.push(c),
        }
    }
    out.push('"');
}

/// Number::toString of ECMAScript: the shortest digits that read back as the same double, plain from 1e-6 up
/// to 1e21 and with an exponent elsewhere.
fn write_number(out: &mut String, number: &Number) {
    let number = number.as_f64().expect("numbers are integers or finite doubles");
    if number == 0.0 {
        out.push('0');
        return;
    }
    if number < 0.0 {
        out.push('-');
    }
    let (digits, exponent) = shortest_digits(number.abs());
    match usize::try_from(exponent) {
        Ok(whole) if whole < 21 => match digits.split_at_checked(whole + 1) {
            Some((integer, "")) => out.push_str(integer),
            Some((integer, fraction)) => {
                out.push_str(integer);
                out.push('.');
                out.push_str(fraction);
            }
            None => {
                out.push_str(&digits);
                (digits.len()..=whole).for_each(|_| out.push('0'));
            }
        },
        Err(_) if exponent >= -6 => {
            out.push_str("0.");
            (exponent + 1..0).for_each(|_| out.push('0'));
            out.push_str(&digits);
        }
        _ => {
            out.push_str(&digits[..1]);
            if digits.len() > 1 {
                out.push('.');
                out.push_str(&digits[1..]);
            }
            out.push_str(if exponent < 0 { "e-" } else { "e+" });
            out.push_str(&exponent.unsigned_abs().to_string());
        }
    }
}

/// The digits of a positive double and the exponent of the first of them. Where two spellings are equally
/// short and near, ECMAScript takes the even one and Rust's shortest the greater; Rust's rounding to a number
/// of digits takes the even one too.
fn shortest_digits(number: f64) -> (String, i32) {
    let shortest = format!("{number:e}");
    let places = shortest.bytes().take_while(|&byte| byte != b'e').filter(u8::is_ascii_digit).count() - 1;
    let rounded = format!("{number:.places$e}");
    let chosen = if rounded.parse() == Ok(number) { rounded } else { shortest };
    let (mantissa, exponent) = chosen.split_once('e').expect("`{:e}` prints an exponent");
    let digits = mantissa.chars().filter(char::is_ascii_digit).collect();
    (digits, exponent.parse().expect("`{:e}` prints a decimal exponent"))
}

fn hex_digit(nibble: u8) -> char {
    char::from_digit(u32::from(nibble), 16).expect("a nibble is below 16")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    #[test]
    fn numbers_are_printed_as_ecmascript_does() {
        for (number, text) in [
            (json!(0), "0"),
            (json!(-0.0), "0"),
            (json!(42), "42"),
            (json!(-7), "-7"),
            (json!(3.0), "3"),
            (json!(-2.25), "-2.25"),
            (json!(1200.5), "1200.5"),
            (json!(0.000_001), "0.000001"),
            (json!(0.000_001_5), "0.0000015"),
            (json!(0.000_000_1), "1e-7"),
            (json!(-6.25e-9), "-6.25e-9"),
            (json!(9_007_199_254_740_991_u64), "9007199254740991"),
            (json!(9_007_199_254_740_993_u64), "9007199254740992"),
            (json!(u64::MAX), "18446744073709552000"),
            (json!(i64::MIN), "-9223372036854776000"),
            (json!(1e20), "100000000000000000000"),
            (json!(1e21), "1e+21"),
            (json!(7.5e22), "7.5e+22"),
            // Halfway between two spellings.
            (json!(2_f64.powi(50) + 0.25), "1125899906842624.2"),
            (json!(2_f64.powi(50) + 0.75), "1125899906842624.8"),
            (json!(f64::MIN_POSITIVE), "2.2250738585072014e-308"),
            (json!(f64::from_bits(1)), "5e-324"),
            (json!(f64::MAX), "1.7976931348623157e+308"),
        ] {
            assert_eq!(canonical(&number), text);
        }
    }

    #[test]
    fn strings_escape_only_what_must_be() {
        assert_eq!(
            canonical(&json!("\u{0}\u{7}\u{8}\t\n\u{b}\u{c}\r\u{1f}\"\\/\u{7f}é\u{2028}😀<")),
            "\"\\u0000\\u0007\\b\\t\\n\\u000b\\f\\r\\u001f\\\"\\\\/\u{7f}é\u{2028}😀<\""
        );
    }

    #[test]
    fn keys_are_in_order_of_their_utf16_units() {
        // U+1F600 is the pair D83D DE00, so it comes before U+FB33, which a sort by code points puts first.
        let value = json!({"\u{fb33}": 1, "😀": 2, "ö": 3, "10": 4, "2": 5, "\r": 6, "": 7, "B": 8, "a": 9});
        assert_eq!(
            canonical(&value),
            "{\"\":7,\"\\r\":6,\"10\":4,\"2\":5,\"B\":8,\"a\":9,\"ö\":3,\"😀\":2,\"\u{fb33}\":1}"
        );
    }

    #[test]
    fn the_pretty_form_is_the_canonical_one_over_lines() {
        assert_eq!(
            pretty(&json!({"b": [], "a": [1, {"d": {}, "c": null}]})),
            "{\n  \"a\": [\n    1,\n    {\n      \"c\": null,\n      \"d\": {}\n    }\n  ],\n  \"b\": []\n}\n"
        );
    }

    fn any_value() -> impl Strategy<Value = Value> {
        let number = any::<f64>().prop_filter("JSON has finite numbers only", |number| number.is_finite());
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            (-(1_i64 << 53)..=1 << 53).prop_map(Value::from),
            number.prop_map(Value::from),
            any::<String>().prop_map(Value::from),
        ];
        leaf.prop_recursive(4, 48, 6, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..6).prop_map(Value::from),
                prop::collection::vec((any::<String>(), inner), 0..6)
                    .prop_map(|members| members.into_iter().collect::<serde_json::Map<_, _>>().into()),
            ]
        })
    }

    /// Equal as JSON has it, where `3.0` and `3` are one number.
    fn same(a: &Value, b: &Value) -> bool {
        match (a, b) {
            (Value::Number(a), Value::Number(b)) => a.as_f64() == b.as_f64(),
            (Value::Array(a), Value::Array(b)) => {
                a.len() == b.len() && a.iter().zip(b).all(|(a, b)| same(a, b))
            }
            (Value::Object(a), Value::Object(b)) => {
                a.len() == b.len() && a.iter().all(|(key, a)| b.get(key).is_some_and(|b| same(a, b)))
            }
            (a, b) => a == b,
        }
    }

    proptest! {
        #[test]
        fn both_forms_read_back_as_the_same_value(value in any_value()) {
            for text in [canonical(&value), pretty(&value)] {
                let read: Value = serde_json::from_str(&text).unwrap();
                prop_assert!(same(&read, &value), "{text}");
                prop_assert_eq!(canonical(&read), canonical(&value));
            }
        }

        #[test]
        fn the_order_of_keys_is_nothing(
            members in prop::collection::btree_map(any::<String>(), any::<i32>(), 0..12)
        ) {
            let forwards: Value = members.clone().into_iter().map(|(k, v)| (k, Value::from(v))).collect();
            let backwards: Value = members.into_iter().rev().map(|(k, v)| (k, Value::from(v))).collect();
            prop_assert_eq!(canonical(&forwards), canonical(&backwards));
        }
    }
}
