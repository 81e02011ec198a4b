//! Puts what was compiled in its place: a file, or a folder with a file for each entry.

use std::collections::BTreeMap;

use camino::{Utf8Path, Utf8PathBuf};

use super::entry::Refusal;
use crate::host::{Host, Kind, Mode, absolute};
use crate::target::Artifact;

/// Where the result goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Destination {
    /// To whoever reads standard output.
    Output,
    /// To a file of this path.
    File(Utf8PathBuf),
    /// To files in this folder, named by the target.
    Folder(Utf8PathBuf),
}

impl Destination {
    /// What `-o PATH` means: nothing and `-` are standard output; a path that ends in `/` or leads to a folder
    /// is a folder.
    #[must_use]
    pub fn of(host: &dyn Host, path: Option<&Utf8Path>) -> Self {
        match path {
            None => Self::Output,
            Some(path) if path == "-" => Self::Output,
            Some(path) if path.as_str().ends_with(['/', std::path::MAIN_SEPARATOR]) => {
                Self::Folder(path.to_owned())
            }
            Some(path) if host.kind(path) == Ok(Kind::Folder) => Self::Folder(path.to_owned()),
            Some(path) => Self::File(path.to_owned()),
        }
    }
}

/// Writes artifacts, each as a whole or not at all, and gives the paths. `sources` are the files that they
/// were made from, which are never written over.
///
/// # Errors
/// Where two artifacts would be one file, where one would take the place of a rule file, or where the machine
/// can't write it.
pub fn write(
    host: &dyn Host,
    artifacts: &[Artifact],
    destination: &Destination,
    sources: &[Utf8PathBuf],
) -> Result<Vec<Utf8PathBuf>, Refusal> {
    let paths = places(host, artifacts, destination, sources)?;
    for (artifact, path) in artifacts.iter().zip(&paths) {
        let mode = if artifact.executable { Mode::Executable } else { Mode::Keep };
        host.write(path, artifact.content.as_bytes(), mode).map_err(|why| {
            Refusal::new(format!("`{path}` can't be written: {why}"), "choose another place with `-o PATH`")
        })?;
    }
    Ok(paths)
}

/// Where each artifact belongs; nowhere, of those for standard output.
///
/// # Errors
/// As [`write`], but for the machine.
pub(super) fn places(
    host: &dyn Host,
    artifacts: &[Artifact],
    destination: &Destination,
    sources: &[Utf8PathBuf],
) -> Result<Vec<Utf8PathBuf>, Refusal> {
    let paths: Vec<Utf8PathBuf> = match destination {
        Destination::Output => return Ok(Vec::new()),
        Destination::File(path) => artifacts.iter().map(|_| path.clone()).collect(),
        Destination::Folder(folder) => {
            artifacts.iter().map(|artifact| folder.join(&artifact.file_name)).collect()
        }
    };
    if let (Destination::File(path), [_, _, ..]) = (destination, artifacts) {
        let names: Vec<_> = artifacts.iter().map(|artifact| format!("  {}", artifact.file_name)).collect();
        let mut help = vec![format!("name a folder with `-o {path}/`, which gets these")];
        help.extend(names);
        return Err(Refusal { message: format!("that makes {} files, not one", artifacts.len()), help });
    }
    refuse_clashes(artifacts, &paths)?;
    refuse_sources(host, &paths, sources)?;
    Ok(paths)
}

/// Some file systems take `E1` and `e1` for one name.
fn refuse_clashes(artifacts: &[Artifact], paths: &[Utf8PathBuf]) -> Result<(), Refusal> {
    let mut seen = BTreeMap::new();
    for (artifact, path) in artifacts.iter().zip(paths) {
        if let Some(other) = seen.insert(path.as_str().to_lowercase(), &artifact.file_name) {
            let (one, two) = (other, &artifact.file_name);
            let names = if one == two {
                format!("two of the results are called `{one}`")
            } else {
                format!("`{one}` and `{two}` are one name on some machines")
            };
            return Err(Refusal::new(names, "compile them one by one with `--entry` and `-o FILE`"));
        }
    }
    Ok(())
}

fn refuse_sources(host: &dyn Host, paths: &[Utf8PathBuf], sources: &[Utf8PathBuf]) -> Result<(), Refusal> {
    let place = |path: &Utf8PathBuf| absolute(host, path).unwrap_or_else(|_| path.clone());
    let sources: Vec<Utf8PathBuf> = sources.iter().map(place).collect();
    match paths.iter().find(|path| sources.contains(&place(path))) {
        None => Ok(()),
        Some(path) => {
            let message = format!("`{path}` is one of the files that it would be made from");
            Err(Refusal::new(message, "choose another place with `-o PATH`"))
        }
    }
}
