//! Goes through a folder: everything in it and below that is neither hidden nor ignored by git.
//!
//! The same for every [`Host`], and on every machine: `.gitignore` files count, from the repository's root
//! down (or from the folder, outside of a repository), the user's own git configuration does not. Links to
//! files count as files; links to folders are not followed, so that no walk can go round in circles.

use std::path::Path;
use std::rc::Rc;

use camino::{Utf8Path, Utf8PathBuf};
use ignore::Match;
use ignore::gitignore::{Gitignore, GitignoreBuilder};

use super::{FileError, Host, Kind, absolute};

/// Something below the folder of a walk.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// Path from the folder.
    pub path: Utf8PathBuf,
    /// What it is (never [`Kind::Link`]), or why that can't be told, or why a folder can't be listed.
    pub kind: Result<Kind, FileError>,
}

/// All that is in a folder and below, sorted by path. Fails where the folder itself can't be listed.
pub fn walk(host: &dyn Host, root: &Utf8Path) -> Result<Vec<Found>, FileError> {
    let whole = absolute(host, root)?;
    let mut found = Vec::new();
    let mut open = vec![(Utf8PathBuf::new(), above(host, &whole))];
    while let Some((folder, mut ignores)) = open.pop() {
        let place = root.join(&folder);
        let listing = match host.list(&place) {
            Ok(listing) => listing,
            Err(why) if folder.as_str().is_empty() => return Err(why),
            Err(why) => {
                found.push(Found { path: folder, kind: Err(why) });
                continue;
            }
        };
        if listing.entries.iter().any(|entry| entry.name == ".git") {
            ignores = None;
        }
        if listing.entries.iter().any(|entry| entry.name == GITIGNORE) {
            ignores = Some(Ignores::read(host, &whole.join(&folder), ignores));
        }
        found.extend(
            listing
                .not_utf8
                .iter()
                .filter(|name| !is_hidden(name))
                .map(|name| Found { path: folder.join(name), kind: Err(FileError::NameNotUtf8) }),
        );
        for entry in listing.entries.iter().filter(|entry| !is_hidden(&entry.name)) {
            let path = folder.join(&entry.name);
            if ignores
                .as_ref()
                .is_some_and(|ignores| ignores.match_path(&whole.join(&path), entry.kind == Kind::Folder))
            {
                continue;
            }
            let kind = match entry.kind {
                Kind::Link => match host.kind(&root.join(&path)) {
                    Ok(Kind::Folder) => continue,
                    kind => kind,
                },
                kind => Ok(kind),
            };
            if entry.kind == Kind::Folder {
                open.push((path.clone(), ignores.clone()));
            }
            found.push(Found { path, kind });
        }
    }
    found.sort_by(|a, b| a.path.cmp(&b.path));
    Ok(found)
}

const GITIGNORE: &str = ".gitignore";

/// Far more than anybody writes by hand.
const GITIGNORE_LIMIT: u64 = 1024 * 1024;

fn is_hidden(name: &str) -> bool {
    name.starts_with('.')
}

/// The `.gitignore` files between the root of the repository and a folder in it.
fn above(host: &dyn Host, folder: &Utf8Path) -> Option<Rc<Ignores>> {
    let repository = folder.ancestors().position(|place| host.exists(&place.join(".git")))?;
    let between: Vec<_> = folder.ancestors().take(repository + 1).skip(1).collect();
    between.into_iter().rev().fold(None, |outer, place| {
        if host.exists(&place.join(GITIGNORE)) { Some(Ignores::read(host, place, outer)) } else { outer }
    })
}

/// One `.gitignore`, and those of the folders around it, which it overrules.
struct Ignores {
    folder: Utf8PathBuf,
    lines: Gitignore,
    outer: Option<Rc<Ignores>>,
}

impl Ignores {
    /// What can't be read ignores nothing, and lines that git doesn't understand neither.
    fn read(host: &dyn Host, folder: &Utf8Path, outer: Option<Rc<Ignores>>) -> Rc<Self> {
        let bytes = host.read(&folder.join(GITIGNORE), GITIGNORE_LIMIT).unwrap_or_default();
        let mut builder = GitignoreBuilder::new(Path::new(""));
        for line in String::from_utf8_lossy(&bytes).trim_start_matches('\u{feff}').lines() {
            let _ = builder.add_line(None, line);
        }
        let lines = builder.build().unwrap_or_else(|_| Gitignore::empty());
        Rc::new(Self { folder: folder.to_owned(), lines, outer })
    }

    fn match_path(&self, path: &Utf8Path, is_folder: bool) -> bool {
        let mut next = Some(self);
        while let Some(ignores) = next {
            let inside = path.strip_prefix(&ignores.folder).unwrap_or(path);
            match ignores.lines.matched(inside, is_folder) {
                Match::Ignore(_) => return true,
                Match::Whitelist(_) => return false,
                Match::None => next = ignores.outer.as_deref(),
            }
        }
        false
    }
}
