//! Text of a plan in a form that every shell reads back byte for byte.
//!
//! The script is pure ASCII: some shells can't parse anything else in the C locale. So there are three forms:
//! a single-quoted word where the text allows it, the escapes of `printf %b` where it does not, and JSON.

/// The longest text that the system takes as one argument of a command, with room for a variable's name.
pub(super) const LONGEST: usize = 131_000;

/// An assignment of any text, on its own lines.
pub(super) fn assign(name: &str, text: &str) -> String {
    if text.bytes().all(|byte| matches!(byte, b'\n' | b'\t' | b' '..=b'~')) {
        format!("{name}={}", single(text))
    } else {
        format!("rulec_text {}\n{name}=$rulec_out", single(&escape(text)))
    }
}

/// ASCII text as one single-quoted word.
pub(super) fn single(text: &str) -> String {
    format!("'{}'", text.replace('\'', r"'\''"))
}

/// A JSON string as one single-quoted word.
pub(super) fn json(text: &str) -> String {
    let mut out = String::from("\"");
    for unit in text.encode_utf16() {
        match u8::try_from(unit) {
            Ok(b'"') => out.push_str("\\\""),
            Ok(b'\\') => out.push_str("\\\\"),
            Ok(b'\n') => out.push_str("\\n"),
            Ok(byte @ b' '..=b'~') => out.push(char::from(byte)),
            _ => out.push_str(&format!("\\u{unit:04x}")),
        }
    }
    out.push('"');
    single(&out)
}

/// Text on one line for people, as one word that `printf %b` shows.
pub(super) fn line(text: &str) -> String {
    const LONGEST_LINE: usize = 160;
    let words = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if words.chars().count() <= LONGEST_LINE {
        return shown(&words);
    }
    shown(&(words.chars().take(LONGEST_LINE).collect::<String>() + "..."))
}

/// Text for people whose further lines are aligned with the first, as one word that `printf %b` shows.
pub(super) fn block(text: &str) -> String {
    shown(&text.trim().replace("\r\n", "\n").replace('\n', "\n         "))
}

/// A single-quoted word for `printf %b`, in which no control character reaches the terminal.
fn shown(text: &str) -> String {
    let clean: String = text.chars().map(|c| if c.is_control() && c != '\n' { '?' } else { c }).collect();
    single(&escape(&clean))
}

/// The escapes of `printf %b`.
pub(super) fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            b'\n' => out.push_str("\\n"),
            b'\\' => out.push_str("\\\\"),
            b' '..=b'~' => out.push(char::from(byte)),
            _ => out.push_str(&format!("\\0{byte:03o}")),
        }
    }
    out
}

/// A comment's text: one line of printable ASCII.
pub(super) fn comment(text: &str) -> String {
    let ascii: String =
        text.chars().map(|c| if c.is_ascii_graphic() || c.is_whitespace() { c } else { '?' }).collect();
    ascii.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// A word for a file name; what tells two texts apart is the number before it.
pub(super) fn slug(text: &str) -> String {
    let safe: String = text
        .chars()
        .take(40)
        .map(|c| if c.is_ascii_alphanumeric() || "._-".contains(c) { c } else { '-' })
        .collect();
    safe.trim_matches(['.', '-']).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_text_is_quoted_as_it_stands() {
        assert_eq!(assign("x", "it's $HOME\n\t100%"), "x='it'\\''s $HOME\n\t100%'");
    }

    #[test]
    fn other_text_is_escaped() {
        assert_eq!(assign("x", "é\\\r"), "rulec_text '\\0303\\0251\\\\\\0015'\nx=$rulec_out");
    }

    #[test]
    fn json_is_ascii() {
        assert_eq!(json("a\"\\\n\u{7f}é🦀"), r#"'"a\"\\\n\u007f\u00e9\ud83e\udd80"'"#);
    }

    #[test]
    fn people_see_no_control_characters() {
        assert_eq!(line(" a\n\tb\u{1b}[2J "), "'a b?[2J'");
        assert_eq!(block("a\nb"), "'a\\n         b'");
        assert_eq!(line(&"x".repeat(161)).len(), 160 + 3 + 2);
    }

    #[test]
    fn comments_and_slugs_are_tame() {
        assert_eq!(comment("é\n$(x)"), "? $(x)");
        assert_eq!(slug("../E1/start it"), "E1-start-it");
        assert_eq!(slug("é"), "");
    }
}
