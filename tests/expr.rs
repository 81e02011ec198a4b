//! Expressions against the reference implementation of CEL: the same text gives the same value, or an error
//! in both.

use std::collections::BTreeMap;

use proptest::prelude::*;
use rulec::expr::{Expr, MAX_DEPTH, Type, Value, Values, check, evaluate, fold, free_names, parse};

fn known(path: &[&str]) -> Option<Value> {
    match path {
        ["n"] => Some(Value::Int(3)),
        ["s"] => Some(Value::from("ab")),
        ["xs"] => Some(Value::List(vec![Value::Int(1), Value::Int(2), Value::Int(3)])),
        ["p"] => Some(Value::Bool(true)),
        _ => None,
    }
}

fn types() -> BTreeMap<String, Type> {
    BTreeMap::from([
        ("n".to_owned(), Type::Int),
        ("s".to_owned(), Type::String),
        ("xs".to_owned(), Type::List(Box::new(Type::Int))),
        ("p".to_owned(), Type::Bool),
    ])
}

/// What the reference implementation makes of a text, on a stack that its parser does not overflow.
fn reference(text: &str) -> Option<Value> {
    std::thread::scope(|scope| {
        let thread = std::thread::Builder::new().stack_size(64 << 20);
        let run = thread.spawn_scoped(scope, || {
            let mut context = cel::Context::default();
            context.add_variable_from_value("n", 3_i64);
            context.add_variable_from_value("s", "ab");
            context.add_variable_from_value("xs", vec![1_i64, 2, 3]);
            context.add_variable_from_value("p", true);
            let program = cel::Program::compile(text).unwrap_or_else(|error| panic!("{text}: {error}"));
            program.execute(&context).ok().and_then(|value| converted(&value))
        });
        run.expect("a thread starts").join().expect("the reference reads what we read")
    })
}

fn converted(value: &cel::Value) -> Option<Value> {
    Some(match value {
        cel::Value::Null => Value::Null,
        cel::Value::Bool(value) => Value::Bool(*value),
        cel::Value::Int(value) => Value::Int(*value),
        cel::Value::UInt(value) => Value::Uint(*value),
        cel::Value::Float(value) => Value::Double(*value),
        cel::Value::String(value) => Value::from(value.as_str()),
        cel::Value::List(elements) => Value::List(elements.iter().map(converted).collect::<Option<_>>()?),
        _ => return None,
    })
}

fn whole() -> BoxedStrategy<String> {
    let leaf = prop_oneof![
        (-9_i64..10).prop_map(|n| n.to_string()),
        Just("n".to_owned()),
        Just("9223372036854775807".to_owned()),
        Just("size(s)".to_owned()),
        Just("xs[1]".to_owned()),
        Just("xs.size()".to_owned()),
        Just("int('12')".to_owned()),
        Just("int(2.75)".to_owned()),
        Just("{'a': 1, 'b': 2}['b']".to_owned()),
    ];
    leaf.prop_recursive(4, 24, 2, |inner| {
        prop_oneof![
            (inner.clone(), prop::sample::select(vec!["+", "-", "*", "/", "%"]), inner.clone())
                .prop_map(|(a, op, b)| format!("({a} {op} {b})")),
            inner.clone().prop_map(|a| format!("-({a})")),
            inner.clone().prop_map(|a| format!("xs[{a}]")),
            inner.clone().prop_map(|a| format!("[{a}, 1].map(x, x * 2)[0]")),
            inner.prop_map(|a| format!("size([{a}].filter(x, x > 1))")),
        ]
    })
    .boxed()
}

fn text() -> BoxedStrategy<String> {
    let leaf = prop_oneof![
        "'[ab]{0,3}'",
        Just("s".to_owned()),
        Just("string(12)".to_owned()),
        Just("string(true)".to_owned()),
        Just("r'a\\b'".to_owned()),
        Just("\"\\u0041\\n\"".to_owned()),
    ];
    leaf.prop_recursive(3, 12, 2, |inner| (inner.clone(), inner).prop_map(|(a, b)| format!("({a} + {b})")))
        .boxed()
}

fn condition() -> BoxedStrategy<String> {
    let relations = vec!["==", "!=", "<", "<=", ">", ">="];
    let leaf = prop_oneof![
        Just("true".to_owned()),
        Just("false".to_owned()),
        Just("p".to_owned()),
        Just("missing".to_owned()),
        (whole(), prop::sample::select(relations.clone()), whole())
            .prop_map(|(a, op, b)| format!("({a} {op} {b})")),
        (whole(), prop::sample::select(relations.clone()))
            .prop_map(|(a, op)| format!("({a} {op} 2.5 && {a} {op} 2u)")),
        (text(), prop::sample::select(relations), text()).prop_map(|(a, op, b)| format!("({a} {op} {b})")),
        (text(), prop::sample::select(vec!["startsWith", "endsWith", "contains", "matches"]), "[ab]{1,2}")
            .prop_map(|(a, name, b)| format!("{a}.{name}('{b}')")),
        (whole(), whole()).prop_map(|(a, b)| format!("({a} in [{b}, 2, 3])")),
        text().prop_map(|a| format!("({a} in {{'ab': 1}})")),
        Just("has({'a': 1}.a)".to_owned()),
        Just("has({'a': 1}.b)".to_owned()),
    ];
    leaf.prop_recursive(5, 32, 3, |inner| {
        prop_oneof![
            (inner.clone(), inner.clone()).prop_map(|(a, b)| format!("({a} && {b})")),
            (inner.clone(), inner.clone()).prop_map(|(a, b)| format!("({a} || {b})")),
            inner.clone().prop_map(|a| format!("!({a})")),
            (inner.clone(), inner.clone(), inner.clone()).prop_map(|(a, b, c)| format!("({a} ? {b} : {c})")),
            (inner.clone(), prop::sample::select(vec!["all", "exists", "exists_one"]))
                .prop_map(|(a, name)| format!("xs.{name}(x, x > 1 || {a})")),
            (inner.clone(), inner).prop_map(|(a, b)| format!("({a} == {b})")),
        ]
    })
    .boxed()
}

fn parsed(text: &str) -> Expr {
    parse(text).unwrap_or_else(|errors| panic!("{text}: {errors:?}"))
}

/// The deepest expressions that parse go through everything on half of a thread's usual stack.
#[test]
fn no_walk_overflows_the_stack() {
    let levels = usize::from(MAX_DEPTH) - 1;
    let small = std::thread::Builder::new().stack_size(1 << 20);
    let run = small.spawn(move || {
        for (open, close) in [
            ("(1 + ", ")"),
            ("[", "]"),
            ("{1: ", "}"),
            ("!", ""),
            ("size(", ")"),
            ("xs.all(x, ", ")"),
            ("p ? 1 : ", ""),
            ("xs[", "]"),
        ] {
            let deepest = (1..=levels)
                .rev()
                .find_map(|levels| parse(&(open.repeat(levels) + "n" + &close.repeat(levels))).ok())
                .expect("one level parses");
            assert!(deepest.to_string().matches(open).count() > levels / 2, "{deepest}");
            let _ = (check(&deepest, &types()), evaluate(&deepest, &known), free_names(&deepest));
            assert_eq!(fold(&deepest, &known), fold(&deepest.clone(), &known));
        }
    });
    run.expect("a thread starts").join().expect("no walk fails");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 512, ..ProptestConfig::default() })]

    #[test]
    fn agrees_with_the_reference(text in prop_oneof![condition(), whole(), text()]) {
        let expr = parsed(&text);
        let ours = evaluate(&expr, &known).ok();
        prop_assert_eq!(&ours, &reference(&text), "{}", text);
        // The canonical text has other parentheses, and must mean the same to both.
        prop_assert_eq!(&ours, &reference(&expr.to_string()), "{}", expr);
    }

    #[test]
    fn canonical_text_is_read_back(text in condition()) {
        let expr = parsed(&text);
        prop_assert_eq!(parsed(&expr.to_string()), expr);
    }

    #[test]
    fn folding_keeps_the_meaning(text in condition(), hidden in prop::sample::subsequence(vec!["n", "s", "xs", "p"], 0..=4)) {
        let expr = parsed(&text);
        let partly = |path: &[&str]| if hidden.contains(&path[0]) { None } else { known(path) };
        let folded = fold(&expr, &partly);
        prop_assert_eq!(evaluate(&folded, &known).ok(), evaluate(&expr, &known).ok(), "{} to {}", expr, folded);
        prop_assert_eq!(fold(&folded, &partly), folded);
    }

    #[test]
    fn what_is_checked_has_its_type(text in prop_oneof![condition(), whole()]) {
        let expr = parsed(&text);
        let (of, errors) = check(&expr, &types());
        if errors.is_empty() && let Ok(value) = evaluate(&expr, &known as &dyn Values) {
            prop_assert_eq!(of.to_string(), value.type_name(), "{}", text);
        }
    }
}
