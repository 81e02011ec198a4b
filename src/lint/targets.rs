//! The paths that a command writes to or removes: where its output goes, and what `rm`, `mv`, `cp` and their like are
//! given.

use std::ops::Range;

use super::command::{CommandKind, Word};
use super::commands::CommandText;
use super::program::program;
use crate::plan::paths::written;

/// Devices that take whatever is written.
const SINKS: [&str; 4] = ["/dev/null", "/dev/stdout", "/dev/stderr", "/dev/tty"];

/// A path that a command writes to or removes.
#[derive(Debug)]
pub(super) struct Target {
    /// Its place in the text of the command.
    pub(super) at: Range<usize>,
    /// The path, from the folder of the run or from the root.
    pub(super) path: String,
    /// True where all that is below it goes, too.
    pub(super) is_whole: bool,
}

/// The paths that a command writes to, as far as they are known, in order. What is known only when the command runs is
/// left out, and so are paths from a folder that the command itself changes to.
pub(super) fn targets(command: &CommandText<'_>) -> Vec<Target> {
    let Some(script) = command.script() else { return Vec::new() };
    let mut words: Vec<(&Word, bool)> = Vec::new();
    let mut stays = true;
    script.each(&mut |command, _| {
        let outputs = command.redirects.iter().filter(|redirect| {
            redirect.operator.starts_with('>') && !redirect.operator.ends_with('&')
                || redirect.operator == "<>"
        });
        words.extend(outputs.map(|redirect| (&redirect.target, false)));
        let CommandKind::Simple(simple) = &command.kind else { return };
        let Some(program) = program(simple) else { return };
        let mut add = |valued: &[&str], is_whole: bool| {
            words.extend(program.operands(valued).map(|word| (word, is_whole)));
        };
        match program.name {
            "cd" | "pushd" | "chroot" => stays = false,
            "rm" => {
                let is_whole = ['r', 'R'].iter().any(|letter| program.has_option(*letter, &["--recursive"]));
                add(&[], is_whole);
            }
            "rmdir" | "unlink" | "tee" => add(&[], false),
            "mkdir" => add(&["-m"], false),
            "touch" => add(&["-t", "-r", "-d"], false),
            "shred" => add(&["-n", "-s"], false),
            "truncate" => add(&["-s", "-r"], false),
            "mv" if !program.has_option('t', &["--target-directory"]) => add(&["-S"], true),
            "cp" | "ln" if !program.has_option('t', &["--target-directory"]) => {
                words.extend(program.operands(&["-S"]).last().map(|word| (word, false)));
            }
            _ => {}
        }
    });
    // Where the commands of an action run is up to the step that uses it.
    let dir = command.step.map(|step| step.working_dir.as_ref().map(|dir| dir.value.as_str()));
    let known = words.into_iter().filter_map(|(word, is_whole)| {
        let text = word.text().filter(|text| !text.contains(['*', '?', '[', '~']) && !text.contains(".."))?;
        let is_rooted = text.starts_with('/');
        let path = match dir {
            _ if is_rooted => written(None, text),
            Some(dir) if stays => written(dir, text),
            _ => return None,
        };
        let is_meant = !path.is_empty() && !SINKS.contains(&path.as_str());
        is_meant.then(|| Target { at: word.at.clone(), path, is_whole })
    });
    known.collect()
}
