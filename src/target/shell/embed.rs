//! The plan itself inside the script, small: what `plan` prints, byte for byte.
//!
//! The lines of a plan are mostly those of the step before, with a few characters changed. So each line is
//! written as what it changes in an earlier one: how many bytes it keeps at the front and at the end, and what
//! stands between. A reader goes through the earlier lines in step, so that it needs to be told only where to
//! jump. The text stands in comments at the end of the script, as bytes that `printf %b` turns into the plan:
//!
//! | written | meaning |
//! |---|---|
//! | `A` to `Z` | the next 1 to 26 lines are the next 1 to 26 earlier lines |
//! | `+N;` or `-N;` | go N earlier lines on, or back |
//! | `P:S:TEXT~` | a line of P bytes of the next earlier line, TEXT, and its last S bytes; none is 0 |
//!
//! A comment begins with `#:`, one that goes on with the last one with `#+`, and each ends with `|`, since some
//! tools take away blanks at the end. `runtime/plan.sh` reads it.

use std::collections::HashMap;
use std::fmt::Write as _;

use super::quote::escape;

/// Longer comments are divided: not every `awk` takes longer lines.
const LONGEST_COMMENT: usize = 1_500;

/// Comment lines that hold text whose last line is ended.
pub(super) fn comments(text: &str) -> String {
    let lines: Vec<String> =
        text.lines().map(|line| escape(line).replace('~', "\\0176").replace('\r', "\\0015")).collect();
    let mut out = String::from("#: plan|\n");
    for record in records(&lines) {
        let mut mark = "#:";
        let mut rest = record.as_str();
        while !rest.is_empty() {
            let (piece, after) = rest.split_at(rest.len().min(LONGEST_COMMENT));
            writeln!(out, "{mark}{piece}|").expect("a string takes any text");
            (mark, rest) = ("#+", after);
        }
    }
    out
}

/// What the lines change in earlier ones, divided where a step begins.
fn records(lines: &[String]) -> Vec<String> {
    let mut records = vec![String::new()];
    let mut latest: HashMap<&str, usize> = HashMap::new();
    // The earlier line that the next one is read along with, and how many of them were only copied.
    let (mut beside, mut copied) = (0, 0);
    for (at, line) in lines.iter().enumerate() {
        let begins = line.trim_start() == "{";
        let candidates = [Some(beside), latest.get(line.as_str()).copied(), latest.get(key(line)).copied()];
        let (chosen, change) = candidates
            .into_iter()
            .flatten()
            .map(|candidate| {
                let earlier = lines[..at].get(candidate).map_or("", String::as_str);
                (candidate, change(earlier, line))
            })
            .min_by_key(|(candidate, change)| jump(beside, *candidate).len() + change.len())
            .expect("the first of them is always there");
        let jump = jump(beside, chosen);
        if copied > 0 && (begins || !jump.is_empty() || !change.is_empty() || copied == 26) {
            flush(&mut records, &mut copied);
        }
        let record = records.last_mut().expect("there is always one");
        if begins && record.len() > 60 {
            records.push(String::new());
        }
        let record = records.last_mut().expect("there is always one");
        record.push_str(&jump);
        if change.is_empty() {
            copied += 1;
        } else {
            record.push_str(&change);
        }
        beside = chosen + 1;
        latest.insert(line, at);
        latest.insert(key(line), at);
    }
    flush(&mut records, &mut copied);
    records
}

fn flush(records: &mut [String], copied: &mut u8) {
    if *copied > 0 {
        let record = records.last_mut().expect("there is always one");
        record.push(char::from(b'A' + *copied - 1));
        *copied = 0;
    }
}

/// What tells lines apart that differ in their value only.
fn key(line: &str) -> &str {
    line.find("\": ").map_or(line, |end| &line[..end + 3])
}

fn jump(from: usize, to: usize) -> String {
    if from == to {
        String::new()
    } else if to > from {
        format!("+{};", to - from)
    } else {
        format!("-{};", from - to)
    }
}

/// How a line is made of an earlier one; nothing where they are the same.
fn change(earlier: &str, line: &str) -> String {
    if earlier == line {
        return String::new();
    }
    let pairs = earlier.bytes().zip(line.bytes());
    let kept = pairs.take_while(|(a, b)| a == b).count();
    let pairs = earlier[kept..].bytes().rev().zip(line[kept..].bytes().rev());
    let end = pairs.take_while(|(a, b)| a == b).count();
    let number = |n: usize| if n == 0 { String::new() } else { n.to_string() };
    format!("{}:{}:{}~", number(kept), number(end), &line[kept..line.len() - end])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_what_they_change_in_earlier_ones() {
        let text = "{\n  \"id\": \"a1\",\n  \"x\": 1\n}\n{\n  \"id\": \"a2\",\n  \"x\": 1\n}\n";
        assert_eq!(comments(text), "#: plan|\n#:::{~::  \"id\": \"a1\",~::  \"x\": 1~::}~-4;A10:2:2~B|\n");
    }

    #[test]
    fn any_text_is_printable_and_divided() {
        let text = format!("~\u{1}é\\{}\n", " ".repeat(4000));
        let comments = comments(&text);
        assert!(comments.bytes().all(|byte| matches!(byte, b'\n' | b' '..=b'~')), "{comments}");
        assert!(comments.lines().all(|line| line.len() <= LONGEST_COMMENT + 3 && line.ends_with('|')));
        assert!(comments.contains("#:::\\0176\\0001\\0303\\0251\\\\ "), "{comments}");
    }
}
