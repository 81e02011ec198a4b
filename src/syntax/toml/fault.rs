//! The parser's errors in words that say what is wrong there and what to do.
//!
//! The parser goes on after an error and stumbles again over what follows from it, so one line is granted
//! one finding, and an unclosed bracket hides all findings up to the end of what it swallowed.

use toml_parser::ParseError;

use crate::diagnostic::Diagnostic;
use crate::source::Span;

use super::super::findings::{Findings, guess, safe, show, span};
use super::super::number::{is_json_number, normalise};

const NO_KEYS: &str = "close the list before this line, or write `{ key = value }`";

/// An error with its places as spans of ours.
struct Fault<'e> {
    what: &'e str,
    at: Span,
    /// The token or the bracket that it is about.
    context: Span,
}

/// Reports errors. False where one of them hides a part of the file.
pub(super) fn report(findings: &mut Findings, source: &str, errors: &[ParseError]) -> bool {
    let place = |at: Option<toml_parser::Span>| {
        let at = at?;
        let start = source.floor_char_boundary(at.start());
        Some(span(start, source.ceil_char_boundary(at.end()).max(start)))
    };
    let mut faults: Vec<Fault<'_>> = errors
        .iter()
        .map(|error| {
            let at = place(error.unexpected()).or_else(|| place(error.context())).unwrap_or_default();
            Fault { what: error.description(), at, context: place(error.context()).unwrap_or(at) }
        })
        .collect();
    // What is nested too deep is reported with the tree; whether it is closed is no further news.
    let too_deep = faults.iter().any(|fault| fault.what.starts_with("cannot recurse"));
    faults.retain(|fault| !fault.what.starts_with("cannot recurse"));
    faults.sort_by_key(|fault| (fault.at.start, fault.at.end, fault.context.start));
    let swallowed: Vec<Span> = faults
        .iter()
        .filter(|fault| unclosed_value(fault.what))
        .map(|fault| Span::new(fault.context.start, fault.at.end.max(fault.context.start)))
        .collect();
    let (mut outer, mut line_end, mut complete) = (0, None, true);
    for fault in &faults {
        let start = if unclosed_value(fault.what) { fault.context.start } else { fault.at.start };
        while swallowed.get(outer).is_some_and(|range| range.end < start) {
            outer += 1;
        }
        let inside = swallowed.get(outer).is_some_and(|range| range.start < start && start <= range.end);
        let same_line = line_end.is_some_and(|end| fault.at.start <= end) && !concerns_escape(fault.what);
        complete &= !unclosed_value(fault.what) && !fault.what.starts_with("invalid multi-line");
        if inside || same_line || too_deep && unclosed_value(fault.what) {
            continue;
        }
        if line_end.is_none_or(|end| end < fault.at.start) {
            let rest = &source.as_bytes()[fault.at.start as usize..];
            line_end = Some(fault.at.start + memchr::memchr(b'\n', rest).unwrap_or(rest.len()) as u32);
        }
        let found = word(findings, source, fault);
        findings.push(found);
    }
    complete
}

fn unclosed_value(what: &str) -> bool {
    matches!(what, "unclosed array" | "unclosed inline table")
}

fn concerns_escape(what: &str) -> bool {
    matches!(what, "missing escaped value" | "too few unicode value digits" | "invalid value")
}

fn word(findings: &Findings, source: &str, fault: &Fault<'_>) -> Diagnostic {
    let say = |at: Span, message: &str, help: &str| findings.mistake(at, message).help(help);
    let (at, token) = (fault.at, &source[fault.context.range()]);
    let char = char_at(source, at.start);
    let shown = show(&source[char.range()]);
    match fault.what {
        "invalid literal string" | "invalid basic string" if token.is_empty() => {
            bare_value(findings, fault.context, token)
        }
        "string values must be quoted" | "invalid boolean" | "invalid float"
            if !token.starts_with(['+', '-']) =>
        {
            let rest = source[fault.context.end as usize..].trim_start_matches([' ', '\t']);
            let before = source[..fault.context.start as usize].trim_end();
            if rest.starts_with('=') && !token.is_empty() && before.ends_with(['[', ',']) {
                let start = source.len() - rest.len();
                return say(span(start, start + 1), "a list has no keys", NO_KEYS);
            }
            bare_value(findings, fault.context, token)
        }
        "`_` may only go between digits" => {
            bad_number(findings, fault.context, token, "`_` may only stand between two digits")
        }
        "unexpected leading zero" => {
            bad_number(findings, fault.context, token, "a number can't start with a zero")
        }
        "invalid fraction" => {
            bad_number(findings, fault.context, token, "a number needs a digit behind its point")
        }
        "invalid mantissa" => {
            bad_number(findings, fault.context, token, "a number needs a digit before its point")
        }
        what if what.starts_with("invalid") && what.ends_with("number") || what == "invalid float" => {
            bad_number(findings, fault.context, token, &format!("{} is no number", show(token)))
        }
        "invalid literal string" | "invalid basic string" if at.is_empty() => {
            say(char_at(source, fault.context.start), "the string is never closed", "add the closing quote")
                .label("it opens here")
                .fix(guess("close the string", at, &token[..token.len().min(1)]))
        }
        "invalid multi-line literal string" | "invalid multi-line basic string" if at.is_empty() => {
            let opening = Span::new(fault.context.start, fault.context.end.min(fault.context.start + 3));
            say(opening, "the string is never closed", "add the three closing quotes").label("it opens here")
        }
        what if what.ends_with(" string") => {
            say(char, &format!("{shown} can't stand in a string"), "write it as an escape such as `\\u0007`")
        }
        "missing escaped value" => {
            let escape = Span::new(at.start.saturating_sub(1), char.end);
            let shown = show(&source[escape.range()]);
            say(
                escape,
                &format!("{shown} is no escape of TOML"),
                "write `\\\\` for a backslash, or use single quotes, which know no escapes",
            )
        }
        "too few unicode value digits" | "invalid value" => {
            let slash = source[..at.start as usize].rfind('\\').map_or(at.start, |slash| slash as u32);
            let mark = &source[slash as usize + 1..];
            let most = if mark.starts_with('U') { 8 } else { 4 };
            let digits = mark.bytes().skip(1).take(most).take_while(u8::is_ascii_hexdigit).count();
            let escape = span(slash as usize, slash as usize + 2 + digits);
            let message = format!("{} stands for no character", show(&source[escape.range()]));
            say(escape, &message, "write `\\u` and four hexadecimal digits, such as `\\u00e9`")
        }
        "key with no value" | "missing value for key" | "missing assignment between key-value pairs" => {
            let behind = Span::at(source[..at.start as usize].trim_end().len() as u32);
            say(behind, "expected `=` behind the key", "write `key = value`")
        }
        "invalid unquoted key" => bad_key(findings, source, fault),
        "unquoted keys cannot be empty" | "missing key for inline table element" => {
            say(char, "no key stands here", "write a key before it")
        }
        "unclosed table" | "unclosed array table" => {
            let missing = if token.starts_with("[[") && !source[..at.start as usize].ends_with(']') {
                "]]"
            } else {
                "]"
            };
            say(
                char_at(source, fault.context.start),
                "the header is never closed",
                &format!("add `{missing}`"),
            )
            .label("it opens here")
            .fix(guess(format!("insert `{missing}`"), Span::at(at.start), missing))
        }
        "unclosed array" | "unclosed inline table" => {
            let opening = char_at(source, fault.context.start);
            say(opening, &format!("{} is never closed", show(&source[opening.range()])), "close it")
                .label("it opens here")
                .related(findings.location(Span::at(at.end)), "the file ends here")
        }
        "extra comma in array" | "extra comma in inline table" => {
            say(char, "nothing stands before the comma", "remove the comma, or write what is missing")
                .fix(guess("remove the comma", char, ""))
        }
        what if what.starts_with("missing comma") => {
            let behind = Span::at(source[..at.start as usize].trim_end().len() as u32);
            say(behind, "expected `,` behind this value", "a comma stands between two values").fix(safe(
                "insert `,`",
                behind,
                ",",
            ))
        }
        "unexpected `=` in array" => say(char, "a list has no keys", NO_KEYS),
        "unexpected key or value" => {
            let rest = &source[at.start as usize..];
            let place = span(
                at.start as usize,
                at.start as usize + rest.lines().next().unwrap_or_default().trim_end().len(),
            );
            say(
                place,
                "text stands behind the value",
                "write one key a line; a text with quotes in it takes the other kind of quotes",
            )
        }
        "invalid key-value pair" if source.trim_start_matches('\u{feff}').trim_start().starts_with('{') => {
            say(char, &format!("unexpected {shown}"), "if this is JSON, rename the file to `.json`")
        }
        "invalid comment character" | "carriage return must be followed by newline" => {
            say(char, &format!("{shown} can't stand here"), "remove this control character")
        }
        _ if char.is_empty() => say(char, "the file ends too early", "complete it, or it was cut off"),
        _ => say(char, &format!("unexpected {shown}"), "remove it, or put the text in quotes"),
    }
}

/// A value without quotes that is neither a number nor anything else.
fn bare_value(findings: &Findings, at: Span, text: &str) -> Diagnostic {
    let say = |at: Span, message: &str, help: &str| findings.mistake(at, message).help(help);
    let first = text.split_whitespace().next().unwrap_or_default();
    if text.is_empty() {
        return say(at, "expected a value behind the `=`", "write the value; text takes quotes");
    }
    if first.len() < text.len() && (is_json_number(first) || matches!(first, "true" | "false")) {
        let rest = text[first.len()..].trim_start();
        let at = Span::new(at.end - rest.len() as u32, at.end);
        return say(
            at,
            "text stands behind the value",
            "write one key a line, and commas between the values of a list",
        );
    }
    let lower = text.to_ascii_lowercase();
    if matches!(lower.as_str(), "true" | "false") {
        let found = say(at, &format!("TOML has no {}", show(text)), &format!("write `{lower}`"));
        return found.fix(safe(format!("write `{lower}`"), at, lower));
    }
    if matches!(lower.as_str(), "null" | "none" | "nil") {
        return say(at, "TOML has no null", "leave the key out");
    }
    let found = say(at, &format!("the string {} lacks its quotes", show(text)), "put it in double quotes");
    if text.contains(['"', '\\']) {
        found
    } else {
        found.fix(guess("put it in double quotes", at, format!("\"{text}\"")))
    }
}

fn bad_number(findings: &Findings, at: Span, text: &str, message: &str) -> Diagnostic {
    let found = findings.mistake(at, message);
    match normalise(text) {
        Some(number) => {
            found.help(format!("write `{number}`")).fix(guess(format!("write `{number}`"), at, number))
        }
        None => found.help("correct the number, or put it in quotes if it is text"),
    }
}

fn bad_key(findings: &Findings, source: &str, fault: &Fault<'_>) -> Diagnostic {
    let (at, key) = (fault.at, &source[fault.context.range()]);
    let say = |at: Span, message: &str, help: &str| findings.mistake(at, message).help(help);
    if key.starts_with("//") {
        let slashes = Span::new(fault.context.start, fault.context.start + 2);
        return say(slashes, "a comment of TOML starts with `#`", "write `#`").fix(safe(
            "write `#`",
            slashes,
            "#",
        ));
    }
    let bad = char_at(source, at.start);
    if key.ends_with(':') && bad.end == fault.context.end {
        return say(bad, "expected `=`, found `:`", "write `key = value`").fix(safe("write ` =`", bad, " ="));
    }
    let message = format!("a key without quotes can't hold {}", show(&source[bad.range()]));
    let found = say(bad, &message, "put the key in quotes");
    if key.contains(['"', '\\']) {
        found
    } else {
        found.fix(safe("put the key in quotes", fault.context, format!("\"{key}\"")))
    }
}

/// The character at an offset; nothing at the end.
fn char_at(source: &str, at: u32) -> Span {
    let len = source[at as usize..].chars().next().map_or(0, char::len_utf8);
    Span::new(at, at + len as u32)
}
