//! `rulec run`: make a script, keep it where its runs are kept, and become it.

use std::ffi::OsString;

use camino::Utf8PathBuf;
use sha2::{Digest, Sha256};

use super::super::args::RunArgs;
use super::super::console::Console;
use super::super::exit::Exit;
use super::lowered::{Shown, Told, lowered};
use crate::driver::{Entries, Refusal, compile};
use crate::host::{Host, Mode};
use crate::target::{Artifact, Shell};

/// A script is run, or there is none: an exit code of rulec must not be taken for one of a run.
pub(in super::super) fn run(args: &RunArgs, console: &Console<'_>) -> Result<Exit, Refusal> {
    let lowering = lowered(&args.of, Entries::Only, console, ("run", Shown::All), |request| {
        compile(console.host, request, &Shell)
    })?;
    let Told { made, .. } = match lowering {
        Ok(told) => told,
        Err(Exit::Nothing) => return Ok(Exit::Usage),
        Err(exit) => return Ok(exit),
    };
    let Some([script]) = made.first().map(Vec::as_slice) else { unreachable!("one entry was asked for") };
    let path = keep(console.host, script)?;
    console.note(&format!("script: {path}"));
    let arguments = [OsString::from(&path)].into_iter().chain(args.arguments.iter().cloned());
    let why = console.host.turn_into("sh", &arguments.collect::<Vec<_>>());
    Err(Refusal::new(
        format!("the script can't be started: {why}"),
        format!("start it where there is a POSIX shell, with `sh {path}`"),
    ))
}

/// Writes a script to a place that its content alone decides, unless it is there.
fn keep(host: &dyn Host, script: &Artifact) -> Result<Utf8PathBuf, Refusal> {
    let refusal = |why: String| Refusal::new(why, "set `RULEC_STATE_DIR` to a folder that can be written");
    let folder = state(host).map_err(refusal)?.join("scripts");
    let digest = Sha256::digest(script.content.as_bytes());
    let digest: String = digest.iter().take(8).map(|byte| format!("{byte:02x}")).collect();
    let stem = script.file_name.strip_suffix(".sh").unwrap_or(&script.file_name);
    let path = folder.join(format!("{stem}-{digest}.sh"));
    let content = script.content.as_bytes();
    // A shell reads its script while it runs it: one that is whole is left alone.
    if host.read(&path, content.len() as u64).is_ok_and(|old| old == content) {
        return Ok(path);
    }
    let written = host.write(&path, content, Mode::Private);
    written.map_err(|why| refusal(format!("the script can't be written: {path}: {why}")))?;
    Ok(path)
}

/// The folder in which scripts keep their state, found as they find it.
fn state(host: &dyn Host) -> Result<Utf8PathBuf, String> {
    let variable = |name: &str| host.env(name).filter(|value| !value.is_empty()).map(Utf8PathBuf::from);
    let folder = variable("RULEC_STATE_DIR")
        .or_else(|| variable("XDG_STATE_HOME").map(|folder| folder.join("rulec")))
        .or_else(|| variable("HOME").map(|home| home.join(".local/state/rulec")))
        .ok_or("none of RULEC_STATE_DIR, XDG_STATE_HOME and HOME is set")?;
    let here = host.working_dir().map_err(|why| format!("the working folder can't be used: {why}"))?;
    Ok(here.join(folder))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::host::Memory;

    #[test]
    fn the_state_is_where_scripts_have_it() {
        let at = |host: &Memory| state(host).map(String::from);
        let host = Memory::new().variable("HOME", "/home/ann");
        assert_eq!(at(&host), Ok("/home/ann/.local/state/rulec".to_owned()));
        let host = host.variable("XDG_STATE_HOME", "/state").variable("RULEC_STATE_DIR", "");
        assert_eq!(at(&host), Ok("/state/rulec".to_owned()));
        assert_eq!(at(&host.variable("RULEC_STATE_DIR", "mine")), Ok("/srv/mine".to_owned()));
        assert!(at(&Memory::new()).is_err());
    }

    #[test]
    fn the_same_script_is_kept_once() {
        let host = Memory::new().variable("HOME", "/home/ann");
        let script =
            |content: &str| Artifact { file_name: "E1.sh".into(), content: content.into(), executable: true };
        let path = keep(&host, &script("one")).expect("it can be written");
        assert_eq!(path.file_name(), Some("E1-7692c3ad3540bb80.sh"));
        assert_eq!(keep(&host, &script("one")).as_ref(), Ok(&path));
        assert_ne!(keep(&host, &script("two")).expect("it can be written"), path);
        // One that was cut off is mended.
        host.write(&path, b"on", Mode::Keep).expect("it can be written");
        keep(&host, &script("one")).expect("it can be written");
        assert_eq!(host.read(&path, 9), Ok(b"one".to_vec()));
    }
}
