//! `rulec compile`: make a plan, a script or a runbook, or see whether those made before are still right.

use std::collections::BTreeSet;

use camino::{Utf8Path, Utf8PathBuf};

use super::super::args::{CompileArgs, EntryArgs};
use super::super::console::{Console, Paint};
use super::super::exit::Exit;
use super::lowered::{LeftOut, Shown, Told, lowered};
use super::plural;
use crate::driver::{Destination, Entries, Refusal, Stale, compile, outputs, stale, write};
use crate::host::Stream;
use crate::report::visible;
use crate::target::{Artifact, Target, target};

pub(in super::super) fn run(args: &CompileArgs, console: &Console<'_>) -> Result<Exit, Refusal> {
    if args.all {
        return all(args, console);
    }
    let destination = Destination::of(console.host, args.output.as_deref());
    let made = match made(&args.of, args.target, &destination, console)? {
        Ok(made) => made,
        Err(exit) => return Ok(exit),
    };
    if args.check {
        let stale = stale(console.host, &made.artifacts, &destination, &made.sources)?;
        made.left_out.say(console);
        let exit = told(console, &stale, made.artifacts.len())?;
        return Ok(if exit == Exit::Clean { made.left_out.code() } else { exit });
    }
    put(&made, &destination, console)?;
    if destination == Destination::Output {
        for (i, artifact) in made.artifacts.iter().enumerate() {
            if i > 0 {
                console.result("\n")?;
            }
            console.result(&artifact.content)?;
        }
    }
    made.left_out.say(console);
    Ok(made.left_out.code())
}

/// Everything that the `rulec.toml` of each rule set names.
fn all(args: &CompileArgs, console: &Console<'_>) -> Result<Exit, Refusal> {
    let (mut differing, mut count, mut exit) = (Vec::new(), 0, Exit::Clean);
    for outputs in outputs(console.host, args.of.rule_set.clone())? {
        for compiled in &outputs.compiled {
            let of = EntryArgs {
                rule_set: Some(outputs.root.clone()),
                entry: compiled.entry.clone(),
                environment: compiled.environment.clone(),
                set: compiled.set.clone().into_iter().collect(),
                rehearse: args.of.rehearse,
                levels: args.of.levels.clone(),
            };
            let path = beside(&outputs.root, &compiled.output);
            let destination = Destination::of(console.host, Some(&path));
            let target = target(&compiled.target).expect("the configuration names targets that there are");
            let made = match made(&of, target, &destination, console)? {
                Ok(made) => made,
                Err(exit) => return Ok(exit),
            };
            if args.check {
                count += made.artifacts.len();
                differing.extend(stale(console.host, &made.artifacts, &destination, &made.sources)?);
            } else {
                put(&made, &destination, console)?;
            }
            made.left_out.say(console);
            if made.left_out.code() != Exit::Clean {
                exit = made.left_out.code();
            }
        }
    }
    if args.check && told(console, &differing, count)? != Exit::Clean {
        exit = Exit::Findings;
    }
    Ok(exit)
}

/// A path from the folder of a rule set, as short as it can be.
fn beside(root: &Utf8Path, path: &Utf8Path) -> Utf8PathBuf {
    if root == "." { path.to_owned() } else { root.join(path) }
}

/// What was compiled.
struct Made {
    artifacts: Vec<Artifact>,
    /// The rule files.
    sources: Vec<Utf8PathBuf>,
    left_out: LeftOut,
}

fn made(
    of: &EntryArgs,
    target: &dyn Target,
    destination: &Destination,
    console: &Console<'_>,
) -> Result<Result<Made, Exit>, Refusal> {
    let otherwise = match destination {
        Destination::Folder(_) => Entries::All,
        // Whatever is compiled, these files are the same.
        _ if !target.is_of_entry() => Entries::All,
        _ => Entries::Only,
    };
    let lowering = lowered(of, otherwise, console, ("compiled", Shown::All), |request| {
        compile(console.host, request, target)
    })?;
    Ok(lowering.map(|Told { made, sources, exit, .. }| {
        let all = made.concat();
        // What is no entry's own comes with each of them.
        let mut seen = BTreeSet::new();
        let is_new: Vec<bool> = all.iter().map(|it| seen.insert((&it.file_name, &it.content))).collect();
        let artifacts =
            all.iter().zip(is_new).filter(|(_, is_new)| *is_new).map(|(it, _)| it.clone()).collect();
        Made { artifacts, sources, left_out: exit }
    }))
}

fn put(made: &Made, destination: &Destination, console: &Console<'_>) -> Result<(), Refusal> {
    for path in write(console.host, &made.artifacts, destination, &made.sources)? {
        console.note(&format!("wrote {path}"));
    }
    Ok(())
}

/// Shows which of so many files are not what they should be.
fn told(console: &Console<'_>, stale: &[Stale], count: usize) -> Result<Exit, Refusal> {
    let paint = Paint::new(console.style(Stream::Output));
    for stale in stale {
        let path = paint.strong(&visible(stale.path.as_str()));
        let text = match stale.line {
            None => format!("{path}: there is no such file\n"),
            Some(line) => {
                let mut text = format!("{path}:{line}: not what the rules compile to\n");
                for (sign, lines) in [('-', &stale.is), ('+', &stale.would_be)] {
                    for line in lines {
                        let line = format!("{sign} {}", visible(line));
                        let line = if sign == '-' { paint.bad(&line) } else { paint.good(&line) };
                        text.push_str(&format!("  {line}\n"));
                    }
                }
                text
            }
        };
        console.result(&text)?;
    }
    if stale.is_empty() {
        console.note(&format!("{} as compiled from the rules", plural(count, "file")));
        return Ok(Exit::Clean);
    }
    let differ = if stale.len() == 1 { "differs" } else { "differ" };
    let of = plural(count, "file");
    console.note(&format!("{} of {of} {differ}: compile again without `--check`", stale.len()));
    Ok(Exit::Findings)
}
