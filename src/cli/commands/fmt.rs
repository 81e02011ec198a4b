//! `rulec fmt`: one canonical form for the text of rule files.

use camino::{Utf8Path, Utf8PathBuf};

use super::super::args::FmtArgs;
use super::super::console::Console;
use super::super::exit::Exit;
use super::{nothing, plural};
use crate::driver::{Change, Layout, Refusal, Repository, layout, layout_of, put};
use crate::fix::diff;
use crate::host::Stream;
use crate::report::{ReportFormat, ReportInput, render};
use crate::syntax::MAX_BYTES;

pub(in super::super) fn run(args: &FmtArgs, console: &Console<'_>) -> Result<Exit, Refusal> {
    if args.paths.iter().any(|path| path == "-") {
        return pipe(args, console);
    }
    let layout = layout(console.host, &args.paths)?;
    let is_wrong = tell_left(&layout, console);
    if layout.files == 0 && !layout.is_misconfigured {
        return Ok(nothing(console, args.paths.first().map(AsRef::as_ref)));
    }
    let mut exit = if layout.is_misconfigured {
        Exit::Usage
    } else if is_wrong {
        Exit::Findings
    } else {
        Exit::Clean
    };
    if args.diff || args.check {
        if args.diff {
            console.result(&diffs(&layout.changes))?;
        } else {
            let paths: Vec<String> =
                layout.changes.iter().map(|change| format!("{}\n", change.path)).collect();
            console.result(&paths.concat())?;
        }
        tell_sum("would format", layout.changes.len(), &layout, exit, console);
        if exit == Exit::Clean && !layout.changes.is_empty() {
            exit = Exit::Findings;
        }
        return Ok(exit);
    }
    let (written, failed) = put(console.host, &layout.changes);
    written.iter().for_each(|path| console.note(&format!("formatted {path}")));
    refuse(&failed, console);
    let exit = if failed.is_empty() { exit } else { Exit::Usage };
    tell_sum("formatted", written.len(), &layout, exit, console);
    Ok(exit)
}

/// Standard input to standard output.
fn pipe(args: &FmtArgs, console: &Console<'_>) -> Result<Exit, Refusal> {
    let [_] = args.paths.as_slice() else {
        return Err(Refusal::new("`-` is standard input, and can't stand beside paths", "give either"));
    };
    let name = args.stdin_filename.as_deref().unwrap_or(Utf8Path::new("-"));
    if name == "-" {
        let help = "add `--stdin-filename NAME`, whose ending says it: .json, .yaml, .yml or .toml";
        return Err(Refusal::new("the format of standard input is not known", help));
    }
    let bytes = console
        .host
        .input(MAX_BYTES)
        .map_err(|why| Refusal::new(format!("standard input can't be read: {why}"), "nothing was done"))?;
    let layout = layout_of(name, bytes.clone())?;
    if tell_left(&layout, console) {
        return Ok(Exit::Findings);
    }
    let change = layout.changes.first();
    if args.diff {
        console.result(&diffs(&layout.changes))?;
    } else if !args.check {
        let text = change.map_or(&bytes, |change| &change.new);
        console.result(&String::from_utf8_lossy(text))?;
    }
    Ok(if change.is_some() && (args.check || args.diff) { Exit::Findings } else { Exit::Clean })
}

/// Says which files are left as they are, and why; true where that is because of mistakes.
fn tell_left(layout: &Layout, console: &Console<'_>) -> bool {
    for (path, why) in &layout.unusual {
        console.note(&format!("left {path} as it is: {why}"));
    }
    if layout.mistakes.is_empty() {
        return false;
    }
    let repository = Repository::new(console.host);
    let input = ReportInput {
        sources: &layout.sources,
        findings: &layout.mistakes,
        silenced: &[],
        files: layout.files,
        pointer: &|_| None,
        trail: &|_| None,
        in_repository: &|path| repository.path(path),
        fails: &|_| true,
    };
    console.note(render(ReportFormat::Human, &input, console.style(Stream::Error)).trim_end());
    for (_, source) in layout.sources.iter() {
        console.note(&format!("left {} as it is: it has mistakes", source.path));
    }
    true
}

fn refuse(failed: &[(Utf8PathBuf, crate::host::FileError)], console: &Console<'_>) {
    for (path, why) in failed {
        let message = format!("`{path}` can't be written: {why}");
        console.refuse(&Refusal::new(message, "nothing in it was changed"));
    }
}

fn diffs(changes: &[Change]) -> String {
    let text = String::from_utf8_lossy;
    changes.iter().map(|Change { path, old, new }| diff(path.as_str(), &text(old), &text(new))).collect()
}

/// Says how much was done. Where nothing was since something went wrong, that has been said.
fn tell_sum(done: &str, count: usize, layout: &Layout, exit: Exit, console: &Console<'_>) {
    let files = plural(layout.files, "file");
    match count {
        0 if exit != Exit::Clean => {}
        0 => console.note(&format!("nothing to format in {files}")),
        _ if count == layout.files => console.note(&format!("{done} {files}")),
        _ => console.note(&format!("{done} {count} of {files}")),
    }
}
