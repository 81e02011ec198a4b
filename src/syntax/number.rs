//! Numbers of all formats as JSON spells them.

/// The end of the JSON number that starts at `at`, if one does.
pub(super) fn number_end(bytes: &[u8], mut at: usize) -> Option<usize> {
    let digits = |mut at: usize| {
        let start = at;
        while bytes.get(at).is_some_and(u8::is_ascii_digit) {
            at += 1;
        }
        (at > start).then_some(at)
    };
    if bytes.get(at) == Some(&b'-') {
        at += 1;
    }
    at = if bytes.get(at) == Some(&b'0') { at + 1 } else { digits(at)? };
    if bytes.get(at) == Some(&b'.') {
        at = digits(at + 1)?;
    }
    if let Some(b'e' | b'E') = bytes.get(at) {
        at += if let Some(b'+' | b'-') = bytes.get(at + 1) { 2 } else { 1 };
        at = digits(at)?;
    }
    Some(at)
}

/// Whether a text is a JSON number.
pub(super) fn is_json_number(text: &str) -> bool {
    number_end(text.as_bytes(), 0) == Some(text.len())
}

/// The finite number that a word means in some language, as JSON spells it: without `+`, `_` and leading
/// zeros, with digits around its point, in decimal.
pub(super) fn normalise(word: &str) -> Option<String> {
    let (sign, body) = match word.as_bytes().first()? {
        b'-' => ("-", &word[1..]),
        b'+' => ("", &word[1..]),
        _ => ("", word),
    };
    if let Some(base) = radix(body) {
        let digits = without_separators(&body[2..]);
        let value =
            digits.chars().all(|c| c.is_digit(base)).then(|| u128::from_str_radix(&digits, base).ok());
        return Some(format!("{sign}{}", value.flatten()?));
    }
    let plain = without_separators(body);
    let (whole, rest) = split_digits(&plain);
    let (fraction, exponent) = rest.strip_prefix('.').map_or(("", rest), split_digits);
    if whole.is_empty() && fraction.is_empty() {
        return None;
    }
    let significant = whole.trim_start_matches('0');
    let significant = if significant.is_empty() { "0" } else { significant };
    let point = if fraction.is_empty() { "" } else { "." };
    Some(format!("{sign}{significant}{point}{fraction}{exponent}")).filter(|text| is_json_number(text))
}

/// The base that a prefix such as `0x` names.
pub(super) fn radix(body: &str) -> Option<u32> {
    match body.as_bytes() {
        [b'0', b'x' | b'X', _, ..] => Some(16),
        [b'0', b'o' | b'O', _, ..] => Some(8),
        [b'0', b'b' | b'B', _, ..] => Some(2),
        _ => None,
    }
}

fn split_digits(text: &str) -> (&str, &str) {
    text.split_at(text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len()))
}

/// Takes out `_` between two digits.
fn without_separators(body: &str) -> String {
    let bytes = body.as_bytes();
    let digit = |at: usize| bytes.get(at).is_some_and(u8::is_ascii_hexdigit);
    let separates = |at: usize| at > 0 && digit(at - 1) && digit(at + 1);
    body.char_indices().filter(|(at, c)| *c != '_' || !separates(*at)).map(|(_, c)| c).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spells_numbers_as_json_does() {
        for (word, number) in [
            ("+1", "1"),
            ("-007", "-7"),
            (".5", "0.5"),
            ("5.", "5"),
            ("1_000", "1000"),
            ("0x1F", "31"),
            ("-0b101", "-5"),
            ("1.e5", "1e5"),
            ("0", "0"),
            ("00.10", "0.10"),
        ] {
            assert_eq!(normalise(word).as_deref(), Some(number), "{word}");
        }
        for word in ["", "-", ".", "1.2.3", "5%", "0x", "0xg", "0x+1", "_1", "1_", "1e", "e5", "٣", "12:30"]
        {
            assert_eq!(normalise(word), None, "{word}");
        }
    }
}
