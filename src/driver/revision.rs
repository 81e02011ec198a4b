//! Rules as they were: `REVISION:PATH`, as git spells it, read by the `git` that people have.
//!
//! The files of the revision are taken into memory, so that nothing is checked out and nothing written.

use camino::{Utf8Path, Utf8PathBuf};

use super::entry::Refusal;
use crate::host::{Host, Memory};

/// The files of a revision.
#[derive(Debug)]
pub struct Revision {
    /// A machine that has those which rules can be in, and no others.
    pub host: Memory,
    /// What of it is meant.
    pub path: Utf8PathBuf,
}

/// Where the repository stands in memory.
const ROOT: &str = "/repository";

/// The rules at a revision; none where the text is a path to something that is there, or names no revision.
///
/// # Errors
/// Where there is no `git`, it does not know the revision, or nothing is there.
pub fn revision(host: &dyn Host, asked: &str) -> Result<Option<Revision>, Refusal> {
    let Some((revision, path)) = asked.split_once(':') else { return Ok(None) };
    if revision.is_empty() || revision.starts_with('-') || host.exists(Utf8Path::new(asked)) {
        return Ok(None);
    }
    let path = from_root(host, path)?;
    let tree = git(host, &["ls-tree", "-r", "-z", "--full-tree", revision], b"")?;
    let blobs = blobs(&tree, &path);
    let names: String = blobs.iter().map(|(object, _)| format!("{object}\n")).collect();
    let contents = contents(&git(host, &["cat-file", "--batch"], names.as_bytes())?);
    let root = Utf8Path::new(ROOT);
    let memory = Memory::new().file(root.join(".git/HEAD").as_str(), "").at(ROOT);
    let is_there = blobs.iter().any(|(_, file)| Utf8Path::new(file).starts_with(&path));
    if !is_there || contents.len() != blobs.len() {
        let message = format!("there are no rule files in `{asked}`");
        return Err(Refusal::new(
            message,
            "write REVISION:PATH, with a path from the root of the repository",
        ));
    }
    let files = blobs.iter().zip(contents);
    let host =
        files.fold(memory, |memory, ((_, file), content)| memory.file(root.join(file).as_str(), content));
    Ok(Some(Revision { host, path: root.join(path) }))
}

/// A path from the root of the repository. One that starts with a dot starts at the working directory, as for git.
fn from_root(host: &dyn Host, path: &str) -> Result<Utf8PathBuf, Refusal> {
    let mut whole = Utf8PathBuf::new();
    if path == "." || path == ".." || path.starts_with("./") || path.starts_with("../") {
        let prefix = git(host, &["rev-parse", "--show-prefix"], b"")?;
        whole.push(String::from_utf8_lossy(&prefix).trim_end_matches('\n'));
    }
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                whole.pop();
            }
            _ => whole.push(part),
        }
    }
    Ok(whole)
}

fn git(host: &dyn Host, arguments: &[&str], input: &[u8]) -> Result<Vec<u8>, Refusal> {
    let help = "an older version may also be a folder: `git worktree add --detach DIR REVISION`";
    let answer = host
        .ask("git", arguments, input)
        .map_err(|why| Refusal::new(format!("`git` can't be asked: {why}"), help))?;
    if answer.is_success {
        return Ok(answer.output);
    }
    let said = answer.error.lines().next().unwrap_or_default().trim_start_matches("fatal: ").to_owned();
    Err(Refusal::new(format!("git says: {said}"), help))
}

/// The objects and paths of regular files that a rule set at a path may be made of: those below it, and those
/// beside it on the way up, where a `rulec.toml` may stand.
fn blobs(tree: &[u8], path: &Utf8Path) -> Vec<(String, String)> {
    let entries = tree.split(|byte| *byte == 0).filter_map(|entry| std::str::from_utf8(entry).ok());
    let blob = |entry: &str| {
        let (traits, file) = entry.split_once('\t')?;
        let [mode, "blob", object] = traits.split(' ').collect::<Vec<_>>()[..] else { return None };
        let at = Utf8Path::new(file);
        let is_rules = at.extension().is_some_and(|it| ["json", "toml", "yaml", "yml"].contains(&it));
        let is_ignoring = at.file_name().is_some_and(|it| [".gitignore", ".ignore"].contains(&it));
        let is_near = at.starts_with(path) || at.parent().is_some_and(|folder| path.starts_with(folder));
        (mode.starts_with("100") && (is_rules || is_ignoring) && is_near)
            .then(|| (object.to_owned(), file.to_owned()))
    };
    entries.filter_map(blob).collect()
}

/// The contents of objects: a line `OBJECT blob SIZE` each, then so many bytes and a line break.
fn contents(mut batch: &[u8]) -> Vec<Vec<u8>> {
    let mut contents = Vec::new();
    while let Some(end) = batch.iter().position(|byte| *byte == b'\n') {
        let line = String::from_utf8_lossy(&batch[..end]);
        let size = line.rsplit(' ').next().and_then(|size| size.parse::<usize>().ok());
        let Some(content) = size.and_then(|size| batch.get(end + 1..end + 1 + size)) else { break };
        contents.push(content.to_vec());
        batch = batch.get(end + 2 + content.len()..).unwrap_or_default();
    }
    contents
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_around_a_path_are_taken() {
        let tree = [
            "100644 blob a1\trulec.toml",
            "100644 blob b2\tshop/L1.yaml",
            "100755 blob c3\tshop/run.sh",
            "120000 blob d4\tshop/L2.yaml",
            "100644 blob e5\tother/L1.yaml",
            "100644 blob f6\tshop/deep/L3.json",
            "",
        ]
        .join("\0");
        let names = |path: &str| -> Vec<String> {
            blobs(tree.as_bytes(), Utf8Path::new(path)).into_iter().map(|(_, file)| file).collect()
        };
        assert_eq!(names("shop"), ["rulec.toml", "shop/L1.yaml", "shop/deep/L3.json"]);
        assert_eq!(names("shop/deep"), ["rulec.toml", "shop/L1.yaml", "shop/deep/L3.json"]);
        assert_eq!(names("").len(), 4);
    }

    #[test]
    fn contents_may_hold_anything() {
        let batch = b"a1 blob 3\nx\ny\nb2 blob 0\n\nc3 blob 2\n\xff\n\n";
        assert_eq!(contents(batch), [b"x\ny".to_vec(), Vec::new(), b"\xff\n".to_vec()]);
        assert!(contents(b"a1 missing\n").is_empty());
    }

    #[test]
    fn what_is_there_is_no_revision() {
        let host = Memory::new().file("main:rules/L1-x.yaml", "");
        assert!(revision(&host, "main:rules").expect("it is a path").is_none());
        assert!(revision(&host, "rules").expect("it is a path").is_none());
        assert!(revision(&host, "-x:rules").expect("it is a path").is_none());
        let why = revision(&host, "dev:rules").expect_err("there is no git").message;
        assert!(why.starts_with("`git` can't be asked"), "{why}");
    }
}
