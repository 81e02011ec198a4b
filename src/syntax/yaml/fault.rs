//! The parser's errors in words that say what is wrong there and what to do, at the place where it is.
//!
//! The parser stops at its first error, and tells where it noticed: often behind the mistake. The places
//! are mended here, from what was read before.

use granit_parser::ErrorKind;

use crate::diagnostic::Diagnostic;
use crate::source::Span;

use super::super::findings::{Findings, show, span};
use super::super::nested_too_deep;

/// What is known where the parser stopped.
pub(super) struct Context<'s> {
    pub(super) source: &'s str,
    /// Where it stopped.
    pub(super) at: usize,
    /// Where the last node ended.
    pub(super) last_end: usize,
    pub(super) last_scalar: Span,
    /// The bracket of the innermost open collection.
    pub(super) bracket: Option<u32>,
}

const QUOTE_IT: &str = "put the text in quotes";

/// The finding for an error.
pub(super) fn found(findings: &Findings, kind: &ErrorKind, context: &Context<'_>) -> Diagnostic {
    let here = context.token();
    let say = |place: Span, message: &str, help: &str| findings.mistake(place, message).help(help);
    if let Some(tab) = context.tab(kind) {
        return say(tab, "a tab indents this line", "indent with spaces: YAML takes no tabs there");
    }
    match kind {
        ErrorKind::RecursionLimitExceeded => nested_too_deep::found(findings, context.char()),
        ErrorKind::MappingValueNotAllowed => second_colon(findings, context),
        ErrorKind::SimpleKeyExpected | ErrorKind::InvalidSimpleKey => say(
            context.line_rest(),
            &format!("expected a key and `:`, found {}", show(context.slice(context.line_rest()))),
            "indent the line deeper if it goes on with the value above; a text with `: ` or `#` needs quotes",
        ),
        ErrorKind::ExpectedBlockMappingKey => say(
            here,
            &format!("expected a key, found {}", show(context.slice(here))),
            "keys of one mapping start in the same column; a list below a key is indented or starts with `-`",
        ),
        ErrorKind::ExpectedBlockSequenceEntry => say(
            here,
            &format!("expected `-`, found {}", show(context.slice(here))),
            "entries of one list start with `-` in the same column; keys don't stand beside them",
        ),
        ErrorKind::BlockSequenceEntryNotAllowed | ErrorKind::BlockEntryInFlowCollection => say(
            context.char(),
            "a list can't start here",
            "start each entry with `- ` on a line of its own, or write the list as `[a, b]`",
        ),
        ErrorKind::UnexpectedCharacter { character: '`' } => {
            say(context.char(), "a text without quotes can't start with a backtick", QUOTE_IT)
        }
        ErrorKind::UnexpectedCharacter { character } if character.is_control() => say(
            context.char(),
            &format!("the control character U+{:04X} can't stand in YAML", u32::from(*character)),
            "remove it, or write it as an escape in double quotes",
        ),
        ErrorKind::UnexpectedCharacter { character } => say(
            context.char(),
            &format!("a text without quotes can't start with {}", show(&character.to_string())),
            QUOTE_IT,
        ),
        ErrorKind::UnexpectedEofFlowSequence
        | ErrorKind::UnexpectedEofFlowMapping
        | ErrorKind::UnexpectedEofImplicitFlowMapping
        | ErrorKind::UnexpectedEofBlockSequence
        | ErrorKind::UnexpectedEofBlockMapping
        | ErrorKind::ExpectedNodeContent
        | ErrorKind::UnexpectedEof => unexpected(findings, context),
        ErrorKind::UnclosedFlowCollection { open } => {
            say(context.char(), &format!("`{open}` is never closed"), "close it, or put the text in quotes")
        }
        ErrorKind::MismatchedFlowCollectionEnd { open, close } => say(
            context.char(),
            &format!("`{open}` is closed by `{close}`"),
            "correct the closing bracket, or put the text in quotes",
        ),
        ErrorKind::MisplacedFlowCollectionEnd => say(
            context.char(),
            &format!("{} closes nothing", show(context.slice(context.char()))),
            "remove it, or put the text in quotes",
        ),
        ErrorKind::InvalidColonPlacement | ErrorKind::InvalidFlowScalarIndent => {
            misplaced_colon(findings, context)
        }
        ErrorKind::UnclosedQuotedScalar
        | ErrorKind::InvalidQuotedScalarIndent
        | ErrorKind::DocumentIndicatorInQuotedScalar => say(
            context.opening_quote(),
            "the string is never closed",
            "add the closing quote; indent its further lines",
        )
        .label("it opens here"),
        ErrorKind::InvalidTrailingSingleQuotedScalar => say(
            context.line_rest(),
            "text stands behind the closing quote",
            "write `''` for an apostrophe inside single quotes",
        ),
        ErrorKind::InvalidTrailingDoubleQuotedScalar => say(
            context.line_rest(),
            "text stands behind the closing quote",
            "write `\\\"` for a quote inside double quotes",
        ),
        ErrorKind::UnknownQuotedScalarEscape
        | ErrorKind::InvalidQuotedScalarHexEscape
        | ErrorKind::InvalidLowSurrogateHexEscape
        | ErrorKind::InvalidLowSurrogate
        | ErrorKind::MissingLowSurrogate
        | ErrorKind::UnpairedLowSurrogate
        | ErrorKind::InvalidUnicodeEscape => bad_escape(findings, context),
        ErrorKind::FlowMappingValueAdjacentCollection | ErrorKind::InvalidMappingValueWhitespace => {
            say(context.char(), "`:` needs a blank behind it", "insert a space")
        }
        ErrorKind::InvalidBlockEntryWhitespace => {
            say(context.char(), "`-` needs a blank behind it", "insert a space")
        }
        ErrorKind::ExpectedFlowMappingSeparator => separator(findings, context, '}'),
        ErrorKind::ExpectedFlowSequenceSeparator => separator(findings, context, ']'),
        ErrorKind::CommentNotSeparated => say(
            context.char(),
            "a comment needs a blank before its `#`",
            "insert a space, or put the text in quotes",
        ),
        ErrorKind::CommentInterceptedScalar => {
            say(here, "a comment stands inside a text of several lines", "move it above or behind the text")
        }
        ErrorKind::InvalidIndentation => say(
            here,
            "this line is indented unlike those above",
            "entries of one level start in the same column",
        ),
        ErrorKind::InvalidBlockScalarIndent => say(
            here,
            "an empty line before the text is indented deeper than the text",
            "remove the blanks of that line, or state the indentation: `|2`",
        ),
        ErrorKind::InvalidBlockScalarHeader | ErrorKind::ZeroBlockScalarIndent => say(
            here,
            "only `+`, `-` and a digit from 1 to 9 may follow `|` or `>`",
            "start the text on the next line, or put it in quotes",
        ),
        ErrorKind::MissingAnchorOrAliasName => say(
            context.char(),
            &format!("{} needs a name behind it", show(context.slice(context.char()))),
            QUOTE_IT,
        ),
        ErrorKind::PlainScalarStartsWithDashFlowIndicator => {
            say(here, "a text without quotes can't start with `-` and a bracket or comma", QUOTE_IT)
        }
        ErrorKind::BomInsideDocument => say(
            context.char(),
            "a byte order mark stands inside the document",
            "remove this invisible character",
        ),
        ErrorKind::InvalidDocumentEnd | ErrorKind::ExpectedDocumentStart => {
            say(context.line_rest(), "content stands behind the end of the document", "remove it")
        }
        ErrorKind::MappingKeyNotAllowed => say(context.char(), "a key can't stand here", QUOTE_IT),
        ErrorKind::UndeclaredTagHandle
        | ErrorKind::ExpectedTagBang
        | ErrorKind::InvalidGlobalTagCharacter
        | ErrorKind::InvalidTagTerminator
        | ErrorKind::MissingTagUri
        | ErrorKind::UnclosedVerbatimTag
        | ErrorKind::InvalidTagEscape
        | ErrorKind::InvalidTagUtf8LeadingByte
        | ErrorKind::InvalidTagUtf8TrailingByte
        | ErrorKind::InvalidTagUtf8 => {
            say(here, "this tag is unknown", "remove it, or put the text in quotes")
        }
        ErrorKind::DuplicateVersionDirective
        | ErrorKind::UnsupportedYamlMajorVersion
        | ErrorKind::DuplicateTagDirective
        | ErrorKind::MissingDocumentEndBeforeDirective
        | ErrorKind::ExpectedTagDirectiveBang
        | ErrorKind::InvalidDirectiveTerminator
        | ErrorKind::MissingYamlVersionSeparator
        | ErrorKind::MissingDirectiveName
        | ErrorKind::InvalidDirectiveName
        | ErrorKind::DirectiveByteLimitExceeded { .. }
        | ErrorKind::TooManyReservedDirectiveParams { .. }
        | ErrorKind::YamlVersionTooLong
        | ErrorKind::MissingYamlVersion
        | ErrorKind::InvalidTagDirectiveTerminator => say(
            here,
            "this directive can't be read",
            "remove the line that starts with `%`: rule files need none",
        ),
        other => {
            findings.mistake(here, other.to_string()).help("correct the YAML, or put the text in quotes")
        }
    }
}

/// A colon where the value of another key stands.
fn second_colon(findings: &Findings, context: &Context<'_>) -> Diagnostic {
    let text = context.slice(context.last_scalar);
    let behind_text = context.source[context.last_scalar.end as usize..context.at].trim().is_empty();
    let lines = text.rfind('\n').filter(|_| behind_text);
    let Some(newline) = lines else {
        return findings
            .mistake(context.char(), "a second `:` stands in one line")
            .help("put the value in quotes, or start the mapping on a line of its own");
    };
    let start = context.last_scalar.start as usize + newline + 1;
    let start = start + (text[newline + 1..].len() - text[newline + 1..].trim_start().len());
    let first = context.last_scalar.start as usize
        ..context.last_scalar.start as usize + text.find('\n').unwrap_or(newline);
    let key = span(start, context.last_scalar.end as usize);
    findings
        .mistake(key, format!("{} is read as part of the text that starts above", show(context.slice(key))))
        .related(findings.location(span(first.start, first.end)), "the text starts here")
        .help("keys of one mapping start in the same column, and `:` needs a blank behind it")
}

fn misplaced_colon(findings: &Findings, context: &Context<'_>) -> Diagnostic {
    let found =
        findings.mistake(context.char(), format!("unexpected {}", show(context.slice(context.char()))));
    match context.bracket {
        Some(bracket) => {
            let open = Span::new(bracket, bracket + 1);
            found
                .related(findings.location(open), "this bracket is open")
                .help("close the bracket, or put the text in quotes")
        }
        None => found.help(QUOTE_IT),
    }
}

fn separator(findings: &Findings, context: &Context<'_>, close: char) -> Diagnostic {
    let here = context.token();
    let open = context.bracket.map(|bracket| Span::new(bracket, bracket + 1));
    let close = match open.map(|open| context.slice(open)) {
        Some("[") => ']',
        Some("{") => '}',
        _ => close,
    };
    let found =
        findings.mistake(here, format!("expected `,` or `{close}`, found {}", show(context.slice(here))));
    match open {
        Some(open) => found.related(findings.location(open), "this bracket is open"),
        None => found,
    }
    .help("separate the entries by commas, and close the bracket")
}

fn unexpected(findings: &Findings, context: &Context<'_>) -> Diagnostic {
    let here = context.char();
    match context.slice(here) {
        "" => findings.mistake(here, "the file ends too early").help("complete it, or it was cut off"),
        "," if context.bracket.is_some() => findings
            .mistake(here, "nothing stands before the comma")
            .help("remove the comma, or write what is missing"),
        found => findings.mistake(here, format!("unexpected {}", show(found))).help(QUOTE_IT),
    }
}

/// The escape of the double-quoted string at the cursor that can't be read.
fn bad_escape(findings: &Findings, context: &Context<'_>) -> Diagnostic {
    let (mut place, mut rest) = (context.char(), &context.source[context.at..]);
    while let Some(slash) = rest.find('\\') {
        let start = context.source.len() - rest.len() + slash;
        let after = &context.source[start + 1..];
        let Some(mark) = after.chars().next() else {
            place = span(start, start + 1);
            break;
        };
        let digits = match mark {
            'x' => 2,
            'u' => 4,
            'U' => 8,
            _ => 0,
        };
        let found = after.bytes().skip(1).take(digits).take_while(u8::is_ascii_hexdigit).count();
        let value = after.get(1..1 + found).and_then(|digits| u32::from_str_radix(digits, 16).ok());
        let len = 1 + mark.len_utf8() + found;
        let high = value.is_some_and(|value| (0xd800..0xdc00).contains(&value));
        let paired = high
            && context.source[start + len..].strip_prefix("\\u").and_then(|low| low.get(..4)).is_some_and(
                |low| u32::from_str_radix(low, 16).is_ok_and(|low| (0xdc00..0xe000).contains(&low)),
            );
        let fine = if digits == 0 {
            "0abtnvfre \"/\\N_LP\t\n\r".contains(mark)
        } else {
            found == digits && (paired || value.is_some_and(|value| char::from_u32(value).is_some()))
        };
        if !fine {
            place = span(start, start + len);
            break;
        }
        rest = &context.source[start + len + if paired { 6 } else { 0 }..];
    }
    findings
        .mistake(place, format!("{} is no escape of YAML", show(context.slice(place))))
        .help("write `\\\\` for a backslash, or use single quotes, which know no escapes")
}

impl<'s> Context<'s> {
    fn slice(&self, place: Span) -> &'s str {
        &self.source[place.range()]
    }

    /// The character at the cursor.
    fn char(&self) -> Span {
        super::span_of_char(self.source, self.at as u32)
    }

    /// The word at the cursor.
    fn token(&self) -> Span {
        let rest = &self.source[self.at..];
        let len = rest.find(|c: char| c.is_whitespace()).unwrap_or(rest.len());
        let first = rest.chars().next().map_or(0, char::len_utf8);
        span(self.at, self.at + if len == 0 && !rest.starts_with(['\n', '\r']) { first } else { len })
    }

    /// The rest of the line at the cursor.
    fn line_rest(&self) -> Span {
        let rest = &self.source[self.at..];
        span(self.at, self.at + rest.lines().next().unwrap_or_default().trim_end().len())
    }

    /// The first quote behind the last node: that of the string which could not be read.
    fn opening_quote(&self) -> Span {
        let from = self.last_end.min(self.at);
        let quote = self.source[from..].find(['"', '\'']).map_or(self.at, |found| from + found);
        super::span_of_char(self.source, quote as u32)
    }

    /// The tab that is to blame, if one indents the line at the cursor or, where the parser says so, a line
    /// below it.
    fn tab(&self, kind: &ErrorKind) -> Option<Span> {
        let blames_tab = matches!(
            kind,
            ErrorKind::TabNotAllowed
                | ErrorKind::TabInBlockIndentation
                | ErrorKind::TabInIndentation
                | ErrorKind::TabInPlainScalar
                | ErrorKind::TabAtBlockScalarStart
                | ErrorKind::UnexpectedCharacter { character: '\t' }
        );
        let concerns_indentation = matches!(
            kind,
            ErrorKind::SimpleKeyExpected
                | ErrorKind::ExpectedBlockMappingKey
                | ErrorKind::ExpectedBlockSequenceEntry
                | ErrorKind::MappingValueNotAllowed
                | ErrorKind::InvalidIndentation
        );
        if !blames_tab && !concerns_indentation {
            return None;
        }
        let line = self.source[..self.at].rfind('\n').map_or(0, |newline| newline + 1);
        let mut start = line;
        for text in self.source[line..].split_inclusive('\n') {
            let indentation = &text[..text.len() - text.trim_start_matches([' ', '\t']).len()];
            if let Some(tab) = indentation.find('\t') {
                return Some(span(start + tab, start + tab + 1));
            }
            if !blames_tab {
                return None;
            }
            start += text.len();
        }
        let behind = self.source[self.at..].find('\t').map(|found| self.at + found)?;
        blames_tab.then(|| span(behind, behind + 1))
    }
}
