//! Text in unit files: what systemd reads back is the text that was meant, whatever is in it.
//!
//! A `%` begins a specifier, a `$` in a command line a variable; a line that ends with a backslash goes on; a
//! character that Unicode keeps for nobody makes systemd pass over the line.

use std::fmt::Write as _;

use crate::diagram::show_controls;
use crate::target::flow::one_line;

/// The longest text for people.
const LONGEST: usize = 160;

/// A comment of one line.
pub(super) fn comment(text: &str) -> String {
    format!("# {}", plain(text)).trim_end().to_owned()
}

/// One line for people, as the value of `Description=`.
pub(super) fn description(text: &str) -> String {
    let text = plain(text).replace('%', "%%");
    // The blank is cut off again when the value is read, but until then it keeps the next line apart.
    if text.ends_with('\\') { text + " " } else { text }
}

/// Text on one line that shows everything in it.
fn plain(text: &str) -> String {
    let line: String =
        show_controls(&one_line(text)).chars().map(|c| if is_kept(c) { c } else { '\u{fffd}' }).collect();
    if line.chars().count() <= LONGEST {
        return line;
    }
    line.chars().take(LONGEST).collect::<String>() + "..."
}

/// One argument of a command line. None where there can't be one: no argument holds a NUL character.
pub(super) fn argument(text: &str) -> Option<String> {
    if text.contains('\0') {
        return None;
    }
    if !text.is_empty()
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"._/:=@+,-".contains(&byte))
    {
        return Some(text.to_owned());
    }
    let mut out = String::from("\"");
    for c in text.chars() {
        match c {
            '"' | '\\' => out.extend(['\\', c]),
            '%' | '$' => out.extend([c, c]),
            c if c.is_control() || !is_kept(c) => {
                for byte in c.encode_utf8(&mut [0; 4]).bytes() {
                    write!(out, "\\x{byte:02x}").expect("a string takes any text");
                }
            }
            c => out.push(c),
        }
    }
    out.push('"');
    Some(out)
}

/// False for the characters that some versions take for none.
fn is_kept(c: char) -> bool {
    let code = u32::from(c);
    !(0xfdd0..=0xfdef).contains(&code) && code & 0xfffe != 0xfffe && !matches!(code, 0x80..=0x9f)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn people_read_one_line() {
        assert_eq!(description("100% sure\n of $it \\"), "100%% sure of $it \\ ");
        assert_eq!(description("caf\u{e9}\u{1b}[2J\u{fffe}"), "caf\u{e9}\u{241b}[2J\u{fffd}");
        assert_eq!(description(&"x".repeat(161)).len(), 163);
        assert_eq!(comment("a\nExecStart=/bin/rm\\"), "# a ExecStart=/bin/rm\\");
        assert_eq!(comment(""), "#");
    }

    #[test]
    fn an_argument_is_read_back() {
        for (text, written) in [
            ("M1", "M1"),
            ("", "\"\""),
            (";", "\";\""),
            ("a b", "\"a b\""),
            ("it's \"100%\" $HOME \\n", "\"it's \\\"100%%\\\" $$HOME \\\\n\""),
            ("a\nb\u{e9}", "\"a\\x0ab\u{e9}\""),
            ("\u{85}", "\"\\xc2\\x85\""),
        ] {
            assert_eq!(argument(text).as_deref(), Some(written));
        }
        assert_eq!(argument("\0"), None);
    }
}
