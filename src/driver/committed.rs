//! Files that are kept beside the rules that they were compiled from: which there are, and whether they still are what
//! the rules compile to.

use camino::Utf8PathBuf;

use super::check::rule_sets;
use super::config::{Compiled, Config};
use super::entry::Refusal;
use super::read::read_config;
use super::write::{Destination, places};
use crate::diagnostic::Level;
use crate::host::{Host, Kind};
use crate::syntax::MAX_BYTES;
use crate::target::Artifact;

/// What the `rulec.toml` of a rule set says is compiled.
#[derive(Debug)]
pub struct Outputs {
    /// The folder of the rule set.
    pub root: Utf8PathBuf,
    /// Its files, in order; at least one.
    pub compiled: Vec<Compiled>,
}

/// A file that is not what the rules compile to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stale {
    /// Its path.
    pub path: Utf8PathBuf,
    /// The line at which it starts to differ, from 1; none where there is no such file.
    pub line: Option<usize>,
    /// The lines there, as they are in the file.
    pub is: Vec<String>,
    /// The lines there, as they would be.
    pub would_be: Vec<String>,
}

/// The files of all rule sets in a folder; without one, of the rule set around the working directory.
///
/// # Errors
/// Where there is no rule set, a `rulec.toml` is broken, or none names a file.
pub fn outputs(host: &dyn Host, path: Option<Utf8PathBuf>) -> Result<Vec<Outputs>, Refusal> {
    let paths: Vec<Utf8PathBuf> = path.into_iter().collect();
    let mut all = Vec::new();
    for set in rule_sets(host, &paths)? {
        let Some(path) = &set.config else { continue };
        let mut config = Config::default();
        let (_, found) = read_config(host, path, &mut config);
        if found.iter().any(|found| found.level == Level::Error) {
            let message = format!("`{path}` is broken, and nobody knows what is compiled");
            return Err(Refusal::new(message, format!("see `rulec check {}`", set.root)));
        }
        if !config.compiled.is_empty() {
            all.push(Outputs { root: set.root, compiled: config.compiled });
        }
    }
    if all.is_empty() {
        return Err(Refusal {
            message: "no `rulec.toml` here says what is compiled".to_owned(),
            help: vec![
                "name the files there:".to_owned(),
                "  [[compiled]]".to_owned(),
                "  entry = \"E1\"".to_owned(),
                "  target = \"sh\"".to_owned(),
                "  output = \"E1.sh\"".to_owned(),
            ],
        });
    }
    Ok(all)
}

/// The files that are not what these artifacts are; none where all are.
///
/// # Errors
/// Where nothing can be compared: the artifacts are for standard output, or would be one file.
pub fn stale(
    host: &dyn Host,
    artifacts: &[Artifact],
    destination: &Destination,
    sources: &[Utf8PathBuf],
) -> Result<Vec<Stale>, Refusal> {
    if *destination == Destination::Output {
        let help = "say where the compiled files are: `-o PATH`, or `--all` where `rulec.toml` does";
        return Err(Refusal::new("there is nothing to check the result against", help));
    }
    let paths = places(host, artifacts, destination, sources)?;
    Ok(artifacts.iter().zip(paths).filter_map(|(artifact, path)| differing(host, artifact, path)).collect())
}

fn differing(host: &dyn Host, artifact: &Artifact, path: Utf8PathBuf) -> Option<Stale> {
    let none = |path| Stale { path, line: None, is: Vec::new(), would_be: Vec::new() };
    if host.kind(&path) != Ok(Kind::File) {
        return Some(none(path));
    }
    let Ok(bytes) = host.read(&path, MAX_BYTES) else { return Some(none(path)) };
    if bytes == artifact.content.as_bytes() {
        return None;
    }
    let text = String::from_utf8_lossy(&bytes);
    let (old, new): (Vec<&str>, Vec<&str>) =
        (text.split_inclusive('\n').collect(), artifact.content.split_inclusive('\n').collect());
    let same = old.iter().zip(&new).take_while(|(a, b)| a == b).count();
    let (is, would_be) = first_part(&old[same..], &new[same..]);
    Some(Stale { path, line: Some(same + 1), is, would_be })
}

/// The most lines of either side that are shown.
const MOST: usize = 4;

/// The lines up to where both sides are the same again, as far as that is near.
fn first_part(old: &[&str], new: &[&str]) -> (Vec<String>, Vec<String>) {
    let near = |lines: &[&str]| lines.len().min(MOST);
    let mut part = (near(old), near(new));
    'search: for apart in 1..=2 * MOST {
        for (of_old, of_new) in (0..=apart).map(|of_old| (of_old, apart - of_old)) {
            let is_same = match (old.get(of_old), new.get(of_new)) {
                (Some(a), Some(b)) => a == b,
                (None, None) => of_old == old.len() && of_new == new.len(),
                _ => false,
            };
            if is_same && of_old <= MOST && of_new <= MOST {
                part = (of_old, of_new);
                break 'search;
            }
        }
    }
    let owned = |lines: &[&str]| -> Vec<String> {
        lines.iter().map(|line| line.trim_end_matches(['\n', '\r']).to_owned()).collect()
    };
    (owned(&old[..part.0]), owned(&new[..part.1]))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::host::Memory;

    fn told(file: Option<&str>, compiled: &str) -> Option<(Option<usize>, String, String)> {
        let host = file.iter().fold(Memory::new(), |host, text| host.file("E1.sh", *text));
        let artifact = Artifact { file_name: "E1.sh".into(), content: compiled.into(), executable: true };
        let stale = differing(&host, &artifact, "E1.sh".into())?;
        Some((stale.line, stale.is.join("|"), stale.would_be.join("|")))
    }

    #[test]
    fn shows_where_a_file_starts_to_differ() {
        let some = |line: Option<usize>, is: &str, new: &str| Some((line, is.to_owned(), new.to_owned()));
        for (file, compiled, expected) in [
            (Some("a\nb\n"), "a\nb\n", None),
            (None, "a\n", some(None, "", "")),
            (Some("a\nb\nc\n"), "a\nx\nc\n", some(Some(2), "b", "x")),
            (Some("a\nc\n"), "a\nb\nc\n", some(Some(2), "", "b")),
            (Some("a\nb\nc\n"), "a\nc\n", some(Some(2), "b", "")),
            (Some("a\n"), "a", some(Some(1), "a", "a")),
            (Some(""), "a\n", some(Some(1), "", "a")),
            (Some("1\n2\n3\n4\n5\n6\n"), "a\nb\nc\nd\ne\nf\n", some(Some(1), "1|2|3|4", "a|b|c|d")),
        ] {
            assert_eq!(told(file, compiled), expected, "{file:?} {compiled:?}");
        }
    }
}
