//! What must not change: the values of a text, and its comments.

use granit_parser::{Event, Parser};
use toml_parser::Source;
use toml_parser::lexer::TokenKind;

use crate::syntax::{Format, NodeId, Tree};

/// Whether two texts mean the same: the same nodes with the same texts in the same order.
pub(super) fn same((one, first): (&Tree, &str), (other, second): (&Tree, &str)) -> bool {
    one.len() == other.len()
        && (0..one.len() as u32).map(NodeId).all(|id| {
            one.kind(id) == other.kind(id)
                && one.count(id) == other.count(id)
                && one.text(first, id) == other.text(second, id)
        })
}

/// The comments of a text without mistakes, in order.
pub(super) fn comments(format: Format, text: &str) -> Vec<&str> {
    match format {
        Format::Json => Vec::new(),
        Format::Yaml => {
            let events = Parser::new_from_str(text).map_while(Result::ok);
            let comments = events.filter(|(event, _)| matches!(event, Event::Comment(..)));
            comments.filter_map(|(_, place)| Some(text.get(place.byte_range()?)?.trim_end())).collect()
        }
        Format::Toml => {
            let tokens = Source::new(text).lex();
            let comments = tokens.filter(|token| token.kind() == TokenKind::Comment);
            comments.map(|token| text[token.span().start()..token.span().end()].trim_end()).collect()
        }
    }
}
