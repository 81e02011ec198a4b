//! Conditions and facts by chance: script and machine come to the same verdict.

use std::fmt::Write as _;

use proptest::prelude::*;
use rulec::expr::parse;
use rulec::machine::Status;

use super::when::{Facts, INPUTS, difference};

/// A text as CEL writes it.
fn literal(text: &str) -> String {
    let mut out = String::from("'");
    for c in text.chars() {
        match c {
            '\'' | '\\' => out.extend(['\\', c]),
            ' '..='~' => out.push(c),
            c => write!(out, "\\U{:08x}", u32::from(c)).unwrap(),
        }
    }
    out + "'"
}

fn one_of(texts: &'static [&'static str]) -> BoxedStrategy<String> {
    prop::sample::select(texts).prop_map(str::to_owned).boxed()
}

/// Texts that shells, awks and comparisons stumble over.
fn hostile() -> BoxedStrategy<String> {
    prop_oneof![
        "[ab]{0,3}",
        "[-+]?[0-9]{1,3}",
        "[-+]?[0-9]{0,22}[.]?[0-9]{0,3}(e[-+]?[0-9]{1,3})?",
        "[ '\"\\\\$`%&;.#!~{}\\[\\]\u{1}\u{2}\t\n\r\u{7f}\u{80}é\u{7ff}\u{800}日\u{ffff}🦀\u{10ffff}]{0,4}",
        prop::sample::select(vec![
            "true", "false", "0", "-0", "010", "0x1f", "1e3", "nan", "inf", "+5", " 7", ""
        ])
        .prop_map(str::to_owned),
    ]
    .boxed()
}

const RELATIONS: &[&str] = &["==", "!=", "<", "<=", ">", ">="];

fn whole() -> BoxedStrategy<String> {
    let leaf = prop_oneof![
        (-9_i64..10).prop_map(|n| n.to_string()),
        any::<i64>().prop_map(|n| n.to_string()),
        (0..63_u32, -2..3_i64).prop_map(|(bits, by)| ((1_i64 << bits) + by).to_string()),
        one_of(&["9223372036854775807", "-9223372036854775808", "inputs.whole", "inputs.port"]),
        one_of(&["steps.a.exit_code", "steps.b.exit_code", "steps.c.exit_code", "[3, 1, 2][1]"]),
    ];
    let more = |inner: BoxedStrategy<String>| {
        prop_oneof![
            (inner.clone(), one_of(&["+", "-", "*", "/", "%"]), inner.clone())
                .prop_map(|(a, op, b)| format!("({a} {op} {b})")),
            inner.clone().prop_map(|a| format!("-({a})")),
            (inner.clone(), inner).prop_map(|(a, b)| format!("[{a}, {b}].map(x, x / 2)[1]")),
            text_leaf().prop_map(|a| format!("size({a})")),
            text_leaf().prop_map(|a| format!("int({a})")),
            real_leaf().prop_map(|a| format!("int({a})")),
        ]
        .boxed()
    };
    leaf.prop_recursive(3, 12, 2, move |inner| more(inner.boxed())).boxed()
}

fn natural() -> BoxedStrategy<String> {
    let leaf = prop_oneof![
        (0..9_u64).prop_map(|n| format!("{n}u")),
        any::<u64>().prop_map(|n| format!("{n}u")),
        Just("18446744073709551615u".to_owned()),
        text_leaf().prop_map(|a| format!("uint({a})")),
        real_leaf().prop_map(|a| format!("uint({a})")),
        whole_leaf().prop_map(|a| format!("uint({a})")),
    ];
    leaf.prop_recursive(2, 6, 2, |inner| {
        (inner.clone(), one_of(&["+", "-", "*", "/", "%"]), inner)
            .prop_map(|(a, op, b)| format!("({a} {op} {b})"))
    })
    .boxed()
}

fn whole_leaf() -> BoxedStrategy<String> {
    prop_oneof![any::<i64>().prop_map(|n| n.to_string()), one_of(&["0", "-1", "inputs.whole"])].boxed()
}

fn real_leaf() -> BoxedStrategy<String> {
    prop_oneof![
        (-99..100_i32).prop_map(|n| format!("{:?}", f64::from(n) / 8.0)),
        any::<f64>()
            .prop_filter("written out", |x| x.is_finite())
            .prop_map(|x| format!("{x:e}"))
            .prop_map(|text| if text.contains('.') { text } else { text.replace('e', ".0e") }),
        (-1074..1024_i32)
            .prop_map(|power| format!("{:?}", 2.0_f64.powi(power)))
            .prop_map(|text| { if text.contains(['.', 'e']) { text } else { format!("{text}.0") } }),
        any::<i64>().prop_map(|n| format!("{:?}", n as f64)),
        one_of(&[
            "inputs.real",
            "0.0",
            "-0.0",
            "9007199254740992.0",
            "9223372036854775808.0",
            "double(inputs.text)"
        ]),
    ]
    .boxed()
}

fn real() -> BoxedStrategy<String> {
    let leaf = prop_oneof![
        real_leaf(),
        text_leaf().prop_map(|a| format!("double({a})")),
        whole_leaf().prop_map(|a| format!("double({a})")),
    ];
    leaf.prop_recursive(3, 8, 2, |inner| {
        prop_oneof![
            (inner.clone(), one_of(&["+", "-", "*", "/"]), inner.clone())
                .prop_map(|(a, op, b)| format!("({a} {op} {b})")),
            inner.prop_map(|a| format!("-({a})")),
        ]
    })
    .boxed()
}

fn time() -> BoxedStrategy<String> {
    let leaf = one_of(&["0s", "1h30m", "1.5s", "-2m", "3ms", "1ns", "2562047788015215h"])
        .prop_map(|text| format!("duration('{text}')"));
    leaf.prop_recursive(3, 6, 2, |inner| {
        (inner.clone(), one_of(&["+", "-"]), inner).prop_map(|(a, op, b)| format!("({a} {op} {b})"))
    })
    .boxed()
}

fn text_leaf() -> BoxedStrategy<String> {
    prop_oneof![
        hostile().prop_map(|text| literal(&text)),
        one_of(&["steps.a.output", "steps.b.output", "steps['x/d-1'].output", "steps.c.status"]),
        one_of(&["steps.a.status", "inputs.text", "inputs.wait", "inputs.size"]),
    ]
    .boxed()
}

fn text() -> BoxedStrategy<String> {
    let shown = prop_oneof![whole(), natural(), real(), time(), one_of(&["true", "false"])];
    prop_oneof![
        3 => text_leaf(),
        2 => shown.prop_map(|a| format!("string({a})")),
        1 => (text_leaf(), text_leaf()).prop_map(|(a, b)| format!("({a} + {b})")),
    ]
    .boxed()
}

const PATTERNS: &[&str] = &[
    "",
    "a",
    "^a*b",
    "(a|b)+$",
    "^$",
    "[^a]",
    "\\\\d{2,3}",
    "^\\\\w+$",
    "\\\\s",
    "\\\\bA|a\\\\b",
    "(?i)É",
    ".{3}",
    "(?s)^.+$",
    "(?m)^.?$",
    "[\\\\x{80}-\\\\x{7ff}]",
    "\\\\PL$",
    "^(?:[-+]?\\\\d)*?$",
    "\\\\B",
    "[[:punct:]&&[^%]]",
    "\\\\x01?🦀",
];

fn condition() -> BoxedStrategy<String> {
    let related = |of: BoxedStrategy<String>| {
        (of.clone(), prop::sample::select(RELATIONS), of).prop_map(|(a, op, b)| format!("({a} {op} {b})"))
    };
    let number = prop_oneof![whole(), natural(), real()].boxed();
    let anything =
        prop_oneof![number.clone(), text(), time(), one_of(&["null", "[1]", "{}", "true", "steps.z"])];
    let leaf = prop_oneof![
        1 => one_of(&["true", "false", "inputs.flag", "inputs.missing", "1 / 0 == 1", "has(steps.a.output)"]),
        1 => one_of(&["has(inputs.text)", "has({'a': 1}.a)", "has({'a': 1}.b)", "has(steps.c.exit_code)"]),
        2 => related(whole()),
        1 => related(natural()),
        2 => related(number.clone()),
        2 => related(real()),
        3 => related(text()),
        1 => related(time()),
        1 => related(anything.boxed()),
        2 => (text(), one_of(&["startsWith", "endsWith", "contains"]), text())
            .prop_map(|(a, name, b)| format!("{a}.{name}({b})")),
        2 => (text(), prop::sample::select(PATTERNS)).prop_map(|(a, pattern)| format!("{a}.matches('{pattern}')")),
        1 => (number.clone(), number.clone(), number).prop_map(|(a, b, c)| format!("({a} in [{b}, {c}, {a}])")),
        1 => (text(), text(), whole()).prop_map(|(a, b, c)| format!("({a} in {{{b}: 1, {c}: 2}})")),
        1 => (text(), text()).prop_map(|(a, b)| format!("{{{a}: 1, {b}: 2}}.map(k, k)[0] == {b}")),
    ];
    leaf.prop_recursive(3, 12, 3, |inner| {
        prop_oneof![
            (inner.clone(), one_of(&["&&", "||", "==", "!="]), inner.clone())
                .prop_map(|(a, op, b)| format!("({a} {op} {b})")),
            inner.clone().prop_map(|a| format!("!({a})")),
            (inner.clone(), inner.clone(), inner.clone()).prop_map(|(a, b, c)| format!("({a} ? {b} : {c})")),
            (inner.clone(), one_of(&["all", "exists", "exists_one"]))
                .prop_map(|(a, name)| format!("[0, 1, 2].{name}(x, 2 / x > 1 || {a})")),
            (inner.clone(), inner)
                .prop_map(|(a, b)| format!("([{a}, true].filter(x, x || {b}).size() == 1)")),
        ]
    })
    .boxed()
}

fn any_facts() -> BoxedStrategy<Facts> {
    let status = prop_oneof![
        Just(None),
        Just(Some(Status::Ok)),
        Just(Some(Status::Ok)),
        Just(Some(Status::Failed)),
        Just(Some(Status::Skipped)),
        Just(Some(Status::Cancelled)),
    ];
    let printed = prop_oneof![
        hostile().prop_map(String::into_bytes),
        hostile().prop_map(String::into_bytes),
        prop::collection::vec(
            prop::sample::select(
                &b"\0\x01a\x7f\x80\xbf\xc0\xc3\xa9\xe0\xa0\xed\x9f\xef\xf0\x90\xf4\x8f\xff"[..]
            ),
            0..9
        ),
    ];
    let step = (status, prop::option::of(prop_oneof![Just(0), any::<u8>()]), printed);
    let inputs = (
        prop::option::of(prop_oneof![hostile(), any::<i64>().prop_map(|n| n.to_string())]),
        prop::option::of((1..65536_u32).prop_map(|n| n.to_string())),
        prop::option::of(prop_oneof![hostile(), any::<f64>().prop_map(|n| n.to_string())]),
        prop::option::of(one_of(&["true", "false", "yes"])),
        prop::option::of(hostile()),
        prop::option::of(one_of(&["30s", "1 h"])),
        prop::option::of(one_of(&["1GB", "5"])),
    );
    (prop::collection::vec(step, 4), inputs)
        .prop_map(|(steps, (a, b, c, d, e, f, g))| Facts {
            steps: steps.into_iter().enumerate().collect(),
            inputs: INPUTS
                .iter()
                .zip([a, b, c, d, e, f, g])
                .filter_map(|(of, text)| Some((of.0, text?)))
                .collect(),
        })
        .boxed()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 3, max_shrink_iters: 12, ..ProptestConfig::default() })]

    #[test]
    fn script_and_machine_agree(
        whens in prop::collection::vec(condition().prop_filter("it is an expression", |text| parse(text).is_ok()), 50),
        facts in prop::collection::vec(any_facts(), 2),
    ) {
        prop_assert_eq!(difference(&whens, &facts), Ok(()));
    }
}
