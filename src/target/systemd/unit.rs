//! Text in unit files: what systemd reads back is the text that was meant, whatever is in it.
//!
//! A `%` begins a specifier, a `$` in a command line a variable; a line that ends with a backslash goes on; a
//! character that Unicode keeps for nobody makes systemd pass over the line.

use crate::diagram::show_controls;
pub(super) use crate::plan::generated::unit::argument;
use crate::plan::generated::unit::is_kept;
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
}
