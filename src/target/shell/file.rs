//! Steps that write a file, as the script has them: the data of each, the program that writes, and the globs that
//! its path is held against.
//!
//! The program, `runtime/file.sh`, is a string in the script, and there only where a step needs it. A glob becomes
//! an extended regular expression over the bytes of a path in hexadecimal: it means the same in every locale and to
//! every awk, and is made from the expression that the compiler itself matches with.

use std::fmt::Write as _;

use sha2::{Digest, Sha256};

use super::quote::{assign, escape, single};
use crate::plan::ir::{Action, Backups, PathList, Plan, Step};
use crate::plan::paths;
use crate::scalar::{Duration, Glob};

/// What writes one file, or takes that back; in the script it is a string.
const PROGRAM: &str = include_str!("runtime/file.sh");

/// True where a step of the plan writes a file.
pub(super) fn is_needed(plan: &Plan) -> bool {
    let groups = plan.rollbacks.iter().flat_map(|rollback| &rollback.steps);
    let mut steps = plan.steps.iter().chain(groups).chain(&plan.finally);
    steps.any(|step| matches!(step.action, Action::File { .. }))
}

/// The program as an assignment; nothing where no step needs it.
pub(super) fn program(plan: &Plan) -> String {
    if is_needed(plan) {
        format!("rulec_file_program={}\n", single(PROGRAM.trim_end()))
    } else {
        String::new()
    }
}

/// The globs of the plan as assignments; nothing where no step needs them.
pub(super) fn boundary(plan: &Plan) -> Vec<String> {
    if !is_needed(plan) {
        return Vec::new();
    }
    let policy = &plan.policy;
    let mut lines = vec![
        format!("rulec_file_allowed={}", single(&globs(&policy.allowed_paths))),
        format!("rulec_file_forbidden={}", single(&globs(&policy.forbidden_paths))),
        format!("rulec_file_read_only={}", single(&globs(&policy.read_only_paths))),
        format!("rulec_file_write_allowed={}", single(&globs(&policy.write_allowed_paths))),
    ];
    let order: Vec<&str> = policy.path_precedence.iter().map(|list| variable(*list)).collect();
    lines.push(format!("rulec_file_order={}", single(&order.join(" "))));
    lines.push(format!("rulec_file_room={}", room(plan).map(|room| room.to_string()).unwrap_or_default()));
    lines.extend(policy.backups.as_ref().map(backups).into_iter().flatten());
    lines
}

/// Where the old files are kept, and for how long, as assignments. In seconds: some shells can't count a month of
/// milliseconds.
fn backups(backups: &Backups) -> [String; 4] {
    let seconds = backups.max_age_ms.map(|ms| ms.div_ceil(1000).min(i32::MAX as u64));
    [
        assign("rulec_backup_location", backups.location.as_deref().unwrap_or_default()),
        format!("rulec_backup_delete={}", u8::from(backups.delete_on_success)),
        format!("rulec_backup_age={}", seconds.map(|seconds| seconds.to_string()).unwrap_or_default()),
        format!(
            "rulec_backup_span={}",
            single(
                &backups
                    .max_age_ms
                    .and_then(Duration::from_millis)
                    .map(|age| age.to_string())
                    .unwrap_or_default()
            )
        ),
    ]
}

/// How the program calls a list of paths.
fn variable(list: PathList) -> &'static str {
    match list {
        PathList::ForbiddenPaths => "FORBIDDEN",
        PathList::ReadOnlyPaths => "READ_ONLY",
        PathList::WriteAllowedPaths => "WRITE_ALLOWED",
        PathList::AllowedPaths => "ALLOWED",
    }
}

/// How many lines steps may copy from files: what is left of the limit by those whose content the plan has.
fn room(plan: &Plan) -> Option<usize> {
    let limit = plan.policy.max_patch_lines?;
    let groups = plan.rollbacks.iter().flat_map(|rollback| &rollback.steps);
    let steps = plan.steps.iter().chain(groups).chain(&plan.finally);
    let stated = steps.filter_map(|step| match &step.action {
        Action::File { content: Some(content), .. } => Some(content.lines().count()),
        _ => None,
    });
    Some((limit as usize).saturating_sub(stated.sum()))
}

/// Globs as lines of `KIND PATTERN GLOB`, the last for people. One that can't be read is left out: a plan with
/// such refuses to run.
pub(super) fn globs(globs: &[String]) -> String {
    let mut lines = String::new();
    for glob in globs.iter().filter_map(|glob| Glob::parse(glob).ok()) {
        let kind = if glob.as_str().starts_with('/') { '/' } else { '.' };
        let shown: String =
            glob.as_str().chars().map(|c| if matches!(c, ' '..='~') { c } else { '?' }).collect();
        writeln!(lines, "{kind} {} {shown}", hexadecimal(glob.regex())).expect("a string takes any text");
    }
    lines
}

/// The definition of a step that writes a file.
pub(super) fn step(step: &Step) -> Vec<String> {
    let Action::File { path, content, from, expect_sha256, mode, absent } = &step.action else {
        return Vec::new();
    };
    let optional = |text: &Option<String>| text.clone().unwrap_or_default();
    let mut lines = vec![
        "rulec_kind='file'".to_owned(),
        "rulec_do=$rulec_file_program".to_owned(),
        assign("rulec_file_path", path),
        assign("rulec_file_name", &paths::written(step.working_dir.as_deref(), path)),
        assign("rulec_file_from", &optional(from)),
        assign("rulec_file_expect", &optional(expect_sha256)),
        assign("rulec_file_mode", &optional(mode)),
    ];
    lines.push(format!("rulec_file_absent={}", u8::from(*absent)));
    let text = content.as_deref().unwrap_or_default();
    let is_plain = text.bytes().all(|byte| matches!(byte, b'\n' | b'\t' | b' '..=b'~'));
    let (plain, escaped) = if is_plain { (text, String::new()) } else { ("", escape(text)) };
    lines.push(format!("rulec_file_content={}", single(plain)));
    lines.push(format!("rulec_file_escaped={}", single(&escaped)));
    let sum = content.as_ref().map(|content| {
        Sha256::digest(content.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect::<String>()
    });
    lines.push(format!("rulec_file_sum={}", optional(&sum)));
    lines.extend(step.timeout_ms.map(|ms| format!("rulec_limit={}", super::data::time(ms))));
    if step.undo.is_none() && !step.read_only {
        lines.push("rulec_undo=$rulec_file_program".to_owned());
    }
    lines
}

/// A regular expression of a glob, over the bytes of a text, as one over their hexadecimal digits.
fn hexadecimal(regex: &str) -> String {
    let body = regex.strip_prefix("(?-u)^").and_then(|rest| rest.strip_suffix('$')).unwrap_or(regex);
    let mut rest = body;
    let mut out = String::new();
    while let Some(c) = rest.chars().next() {
        if let Some(after) = rest.strip_prefix("(?:") {
            out.push('(');
            rest = after;
        } else if let Some(after) = rest.strip_prefix('[') {
            let (set, after) = class(after);
            out.push_str(&alternatives(&set));
            rest = after;
        } else if matches!(c, ')' | '|' | '?' | '*') {
            out.push(c);
            rest = &rest[1..];
        } else if c == '.' {
            out.push_str("(..)");
            rest = &rest[1..];
        } else {
            let (byte, after) = literal(rest);
            // What is repeated or may be absent is both digits.
            if after.starts_with(['?', '*']) {
                write!(out, "({byte:02x})").expect("a string takes any text");
            } else {
                write!(out, "{byte:02x}").expect("a string takes any text");
            }
            rest = after;
        }
    }
    out
}

/// The first byte that is meant, and what follows.
fn literal(text: &str) -> (u8, &str) {
    if let Some(after) = text.strip_prefix("\\x") {
        let byte = after.get(..2).and_then(|digits| u8::from_str_radix(digits, 16).ok());
        return (byte.expect("globs escape bytes by two digits"), &after[2..]);
    }
    let text = text.strip_prefix('\\').unwrap_or(text);
    (text.bytes().next().expect("globs escape some character"), &text[1..])
}

/// The bytes of a class, of which `[` was read, and what follows it.
fn class(text: &str) -> ([bool; 256], &str) {
    let (is_negated, mut rest) = text.strip_prefix('^').map_or((false, text), |rest| (true, rest));
    let mut set = [is_negated; 256];
    loop {
        if let Some(after) = rest.strip_prefix(']') {
            return (set, after);
        }
        let (first, after) = literal(rest);
        let (last, after) = match after.strip_prefix('-') {
            Some(range) => literal(range),
            None => (first, after),
        };
        set[usize::from(first)..=usize::from(last)].fill(!is_negated);
        rest = after;
    }
}

/// An expression for one byte of a set.
fn alternatives(set: &[bool; 256]) -> String {
    let mut parts = Vec::new();
    for (high, row) in set.chunks(16).enumerate() {
        let lows: String = (0..16).filter(|&low| row[low]).map(|low| format!("{low:x}")).collect();
        match lows.len() {
            0 => {}
            16 => parts.push(format!("{high:x}.")),
            1 => parts.push(format!("{high:x}{lows}")),
            _ => parts.push(format!("{high:x}[{lows}]")),
        }
    }
    format!("({})", parts.join("|"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pattern(glob: &str) -> String {
        hexadecimal(Glob::parse(glob).expect(glob).regex())
    }

    #[test]
    fn globs_become_expressions_over_digits() {
        assert_eq!(pattern("a.b"), "612e62");
        assert_eq!(pattern("**"), "(..)*");
        assert_eq!(pattern("é"), "c3a9");
        assert_eq!(pattern("**/a"), "((2f)?|(..)*2f)61");
        assert_eq!(pattern("a/**"), "612f(..)*");
        assert_eq!(pattern("a/**/b"), "61(2f|2f(..)*2f)62");
        assert_eq!(pattern("[a-c-]"), "(2d|6[123])");
        assert_eq!(pattern("{a,b}\\*"), "(61|62)2a");
        let star = pattern("*");
        assert!(star.starts_with("(0.|1.|2[0123456789abcde]|3.") && star.ends_with("|f.)*"), "{star}");
    }

    #[test]
    fn people_see_the_globs() {
        assert_eq!(globs(&["/a b\n".into(), "[".into(), "é".into()]), "/ 2f6120620a /a b?\n. c3a9 ?\n");
    }
}
