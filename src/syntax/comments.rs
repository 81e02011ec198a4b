//! Where the comments of a file stand. Trees have none of them, so they are looked for by themselves, in files
//! that somebody wants to know it of.

use granit_parser::{Event, Parser as Events};
use toml_parser::Source;
use toml_parser::lexer::TokenKind;

use super::findings::span;
use super::tree::Format;
use crate::source::Span;

/// The comments of a text, in order, each from its `#` to the end of the line. JSON has none; behind a mistake
/// in the grammar of YAML none is found.
#[must_use]
pub fn comments(format: Format, source: &str) -> Vec<Span> {
    match format {
        Format::Json => Vec::new(),
        Format::Yaml => in_yaml(source),
        Format::Toml => in_toml(source),
    }
}

fn in_yaml(source: &str) -> Vec<Span> {
    let options = granit_parser::options! {
        emit_comments: true,
        emit_unresolved_aliases: true,
        // Any number of them may stand in a row: they are as long as the file.
        max_buffered_comment_events: usize::MAX,
    };
    let events = Events::new_from_str_with_options(source, options).map_while(Result::ok);
    let comments = events.filter(|(event, _)| matches!(event, Event::Comment(..)));
    comments.filter_map(|(_, place)| Some(line(source, place.byte_range()?.start))).collect()
}

fn in_toml(source: &str) -> Vec<Span> {
    let tokens = Source::new(source).lex();
    let comments = tokens.filter(|token| token.kind() == TokenKind::Comment);
    comments.map(|token| line(source, token.span().start())).collect()
}

/// From an offset to the end of its line, blanks at the end left out.
fn line(source: &str, start: usize) -> Span {
    let text = source[start..].lines().next().unwrap_or_default();
    span(start, start + text.trim_end().len())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(format: Format, source: &str) -> Vec<&str> {
        comments(format, source).into_iter().map(|place| &source[place.range()]).collect()
    }

    #[test]
    fn comments_are_found_and_what_looks_like_one_is_not() {
        let yaml = "\u{feff}# one\r\na: b # two \nc: 'x # no'\nd: |\n  # no\n  text\ne: f#no\ng: [ # é three\n  1 ] # four";
        assert_eq!(texts(Format::Yaml, yaml), ["# one", "# two", "# é three", "# four"]);
        let toml = "# one\r\na = 'b # no' # two\nc = '''\n# no\n''' # three\n[d] # four";
        assert_eq!(texts(Format::Toml, toml), ["# one", "# two", "# three", "# four"]);
        assert_eq!(texts(Format::Json, "{} # no"), Vec::<&str>::new());
        let many = "# one\n".repeat(1_000);
        assert_eq!(texts(Format::Yaml, &format!("{many}a: 1\n{many}b:\n{many}  - c\n{many}")).len(), 4_000);
        assert_eq!(texts(Format::Yaml, "# one\na: [\n# two\n"), ["# one", "# two"]);
    }
}
