//! The mask of secrets, held against a plain account of what it is to do.

use proptest::prelude::*;
use proptest::strategy::ValueTree as _;
use proptest::test_runner::TestRunner;
use rulec::plan::ir::InputType;

use super::bench::{Bench, every_shell, installed};
use super::pieces::{self, AWKS, use_awk};
use super::plans::{input, plan, step};

/// What the mask is to make of a text: every place that a secret, or a line of one, covers becomes `***`, once
/// for each line.
fn masked(text: &[u8], secrets: &[Vec<u8>]) -> Vec<u8> {
    let mut covered: Vec<(usize, usize)> = Vec::new();
    for secret in secrets {
        let forms = forms(secret.trim_ascii());
        let parts = std::iter::once(&secret[..]).chain(secret.split(|byte| *byte == b'\n'));
        for needle in parts.map(<[u8]>::trim_ascii).chain(forms.iter().map(Vec::as_slice)) {
            if needle.len() > 2 {
                let places = (0..text.len()).filter(|&at| text[at..].starts_with(needle));
                covered.extend(places.map(|at| (at, at + needle.len())));
            }
        }
    }
    covered.sort_unstable();
    let mut merged: Vec<(usize, usize)> = Vec::new();
    for (from, to) in covered {
        match merged.last_mut() {
            Some(last) if from < last.1 => last.1 = last.1.max(to),
            _ => merged.push((from, to)),
        }
    }
    let (mut out, mut at) = (Vec::new(), 0);
    for (from, to) in merged {
        out.extend(&text[at..from]);
        let lines = text[from..to].iter().filter(|byte| **byte == b'\n').count();
        out.extend(b"***");
        out.extend(b"\n***".repeat(lines));
        at = to;
    }
    out.extend(&text[at..]);
    out
}

/// The forms in which a whole secret is masked, too.
fn forms(secret: &[u8]) -> Vec<Vec<u8>> {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    if secret.len() < 3 {
        return Vec::new();
    }
    let base64 = |text: &[u8]| -> Vec<u8> {
        let group = |bytes: &[u8]| {
            let number = (0..3).fold(0, |n, i| n << 8 | usize::from(bytes.get(i).copied().unwrap_or(0)));
            (0..=bytes.len()).map(|i| DIGITS[number >> (18 - 6 * i) & 63]).collect::<Vec<_>>()
        };
        text.chunks(3).flat_map(group).collect()
    };
    let padded = |text: Vec<u8>| {
        let fill = b"=".repeat((4 - text.len() % 4) % 4);
        [text, fill].concat()
    };
    let in_address = |text: Vec<u8>| -> Vec<u8> {
        let other = |byte| match byte {
            b'+' => b'-',
            b'/' => b'_',
            byte => byte,
        };
        text.into_iter().map(other).collect()
    };
    let percent = |plain: &[u8], upper: bool| -> Vec<u8> {
        let escape = |&byte: &u8| match byte {
            byte if byte.is_ascii_alphanumeric() || plain.contains(&byte) => vec![byte],
            byte if upper => format!("%{byte:02X}").into_bytes(),
            byte => format!("%{byte:02x}").into_bytes(),
        };
        secret.iter().flat_map(escape).collect()
    };
    let json = secret.iter().flat_map(|&byte| match byte {
        b'"' | b'\\' => vec![b'\\', byte],
        b'\n' => b"\\n".to_vec(),
        b'\t' => b"\\t".to_vec(),
        b'\r' => b"\\r".to_vec(),
        byte if byte < 32 => format!("\\u{byte:04x}").into_bytes(),
        byte => vec![byte],
    });
    let plus = percent(b"-._~ ", true).into_iter().map(|byte| if byte == b' ' { b'+' } else { byte });
    let mut forms = vec![percent(b"-._~", true), percent(b"-._~", false), json.collect(), plus.collect()];
    for text in [secret.to_vec(), [secret, b"\n"].concat()] {
        forms.extend([base64(&text), padded(base64(&text)), in_address(base64(&text))]);
    }
    if !secret.contains(&b'\n') {
        let pieces: Vec<&[u8]> = secret.split(|byte| *byte == b'\'').collect();
        forms.push(pieces.join(&b"'\\''"[..]));
    }
    forms
}

#[test]
fn common_forms_of_a_secret_are_masked() {
    let secret = "it's a \"k\u{e9}y\"/\\+?>".as_bytes().to_vec();
    let forms = forms(&secret);
    assert!(forms.contains(&b"aXQncyBhICJrw6l5Ii9cKz8-".to_vec()), "base64");
    every_awk(|bench, awk| {
        for (i, form) in forms.iter().enumerate() {
            let text = [b"it is ", &form[..], b", or\n"].concat();
            let got = mask(bench, &[secret.clone(), b"zzzz".to_vec(), b"yyyy".to_vec()], &text);
            let show = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
            assert_eq!(show(&got), "it is ***, or\n", "{awk}: {i}: {}", show(form));
        }
    });
}

/// Lets the mask of a script do its work on a text, with secrets that come from files.
fn mask(bench: &Bench, secrets: &[Vec<u8>], text: &[u8]) -> Vec<u8> {
    let names = ["ONE", "TWO", "THREE"];
    let mut plan = plan([step("a", "true")]);
    plan.inputs = names.map(|name| input(name, InputType::Secret)).into();
    for (name, secret) in names.iter().zip(secrets) {
        std::fs::write(bench.path().join(name), secret).unwrap();
    }
    std::fs::write(bench.path().join("text"), text).unwrap();
    let snippet = "rulec_take_inputs 2>/dev/null
        rulec_put \"$rulec_problems\"
        rulec_find_awk
        if [ -n \"$rulec_unnul\" ]; then
          rulec_end_at_nul <text | rulec_mask_stream
        else
          rulec_mask_stream <text
        fi";
    let env = names.map(|name| (format!("{name}_FILE"), name));
    let mut env: Vec<(&str, &[u8])> = env.iter().map(|(name, file)| (&name[..], file.as_bytes())).collect();
    // Some awks are stricter then.
    env.push(("POSIXLY_CORRECT", b"1"));
    let output = pieces::run(bench, &plan, snippet, &[], &env);
    assert!(output.stderr.is_empty(), "{}", pieces::text(&output));
    output.stdout
}

/// Secrets and texts of few letters, so that they meet often.
fn few_letters(most: usize) -> impl Strategy<Value = Vec<u8>> {
    let piece = prop::sample::select(vec![
        "a", "b", "ab", "aab", "\n", "a\nb", " ", "*", "\\", "&", ".", "\u{e9}", "\"",
    ]);
    prop::collection::vec(piece, 1..most).prop_map(|pieces| pieces.concat().into_bytes())
}

#[test]
fn the_mask_covers_every_place_and_nothing_else() {
    every_awk(|bench, awk| {
        let mut runner = TestRunner::new(ProptestConfig { failure_persistence: None, ..Default::default() });
        for _ in 0..25 {
            let mut draw = |most| few_letters(most).new_tree(&mut runner).unwrap().current();
            let secrets: Vec<Vec<u8>> = [draw(5), draw(7), draw(4)]
                .into_iter()
                .map(|secret| [b"x".to_vec(), secret].concat().trim_ascii_end()[1..].to_vec())
                .map(|secret| if secret.is_empty() { b"aa".to_vec() } else { secret })
                .collect();
            let text = [draw(30), secrets[1].clone(), draw(30), secrets[0].clone(), draw(5)].concat();
            let mut expected = masked(&text, &secrets);
            if expected.last() != Some(&b'\n') {
                expected.push(b'\n');
            }
            let got = mask(bench, &secrets, &text);
            let show = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
            assert_eq!(
                show(&got),
                show(&expected),
                "{awk}: {:?} {:?}",
                show(&text),
                secrets.iter().map(|s| show(s)).collect::<Vec<_>>()
            );
        }
    });
}

/// Calls `check` for every `awk` that is installed, each under another shell.
fn every_awk(check: impl Fn(&Bench, &str) + Sync) {
    let shells = installed();
    let pairs: Vec<(&str, &str)> = AWKS.into_iter().zip(shells.iter().copied().cycle()).collect();
    std::thread::scope(|scope| {
        for (awk, shell) in pairs {
            let check = &check;
            scope.spawn(move || {
                let bench = Bench::new(shell);
                if use_awk(&bench, awk) {
                    check(&bench, awk);
                }
            });
        }
    });
}

#[test]
fn long_lines_and_nuls_are_masked_without_loss() {
    every_awk(|bench, awk| {
        let secrets = [b"hunter2".to_vec(), b"\xff\xfe\n$1.*[a]".to_vec(), b"***".to_vec()];
        let text = b"0123456789hunter2-$1.*[a]--\xff\xfe\n*** \0a hunter2".repeat(6_000);
        let line: Vec<u8> = text.iter().copied().filter(|byte| !matches!(byte, b'\n' | b'\0')).collect();
        for text in [[&line[..], b"\n"].concat(), text] {
            let begun = std::time::Instant::now();
            let got = mask(bench, &secrets, &text);
            assert!(begun.elapsed().as_secs() < 90, "{awk}: {:?} for {} bytes", begun.elapsed(), text.len());
            let even = |text: &[u8]| -> Vec<u8> {
                let text = text.iter().map(|&byte| if byte == 0 { b'\n' } else { byte }).collect::<Vec<_>>();
                text.strip_suffix(b"\n").map_or(text.clone(), <[u8]>::to_vec)
            };
            let expected = quickly_masked(&text);
            assert!(even(&got) == even(&expected), "{awk}: {} bytes, not {}", got.len(), expected.len());
        }
    });
}

/// What the mask is to make of that text.
fn quickly_masked(text: &[u8]) -> Vec<u8> {
    // Places are known beforehand: no two of these secrets overlap in it.
    let mut out = Vec::new();
    let mut rest = text;
    while let Some(byte) = rest.first() {
        let found = [&b"hunter2"[..], b"$1.*[a]", b"***"].into_iter().find(|secret| rest.starts_with(secret));
        match found {
            Some(secret) => {
                out.extend(b"***");
                rest = &rest[secret.len()..];
            }
            None => {
                out.push(*byte);
                rest = &rest[1..];
            }
        }
    }
    out
}

#[test]
fn messages_are_masked() {
    every_shell(|bench| {
        let mut plan = plan([step("a", "true")]);
        plan.inputs = vec![input("ONE", InputType::Secret), input("TWO", InputType::Secret)];
        let snippet = "rulec_take_inputs
            for text; do rulec_masked \"$text\"; rulec_put \"[$rulec_out]\"; done";
        let secret = "p&s/\\w'\"[$`*]";
        let said = format!("a {secret}, {secret}\n");
        let texts: [&[u8]; 5] = [b"", b"none\n\n", said.as_bytes(), b"two *** b\n", b"\\n%s -n"];
        let env: [(&str, &[u8]); 2] = [("ONE", secret.as_bytes()), ("TWO", b"***")];
        let output = pieces::run(bench, &plan, snippet, &texts, &env);
        assert_eq!(pieces::text(&output), "[][none\n\n][a ***, ***\n][two *** b\n][\\n%s -n]");
    });
}
