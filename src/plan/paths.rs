//! Which files the steps of a plan may write: what L3's `allowed_paths` and `forbidden_paths` say of a path.
//!
//! Lowering holds each path against it, and so does whatever runs the plan, which alone knows where a path really
//! leads. A glob from the root allows paths from the root, any other allows those from the folder of the run; what
//! is forbidden is so by either name. A path of the plan is literal: nothing in it is expanded.

use crate::model::PathList;
use crate::scalar::Glob;

/// The path of a file from the folder of the run, or from the root: `path` under the folder `dir`, without `.` and
/// empty parts. `..` stays: only the system knows where that leads.
#[must_use]
pub fn written(dir: Option<&str>, path: &str) -> String {
    let (dir, path) = match dir {
        Some(dir) if !path.starts_with('/') => (dir, path),
        _ => ("", path),
    };
    let root = if dir.starts_with('/') || path.starts_with('/') { "/" } else { "" };
    let parts: Vec<&str> =
        dir.split('/').chain(path.split('/')).filter(|part| !matches!(*part, "" | ".")).collect();
    format!("{root}{}", parts.join("/"))
}

/// Why a path cannot name a file that is written, whatever the rules allow.
#[must_use]
pub fn fault(path: &str) -> Option<&'static str> {
    let mut parts = path.split('/');
    if path.split('/').any(|part| part == "..") {
        Some("leads through `..`")
    } else if matches!(parts.next_back(), None | Some("" | ".")) {
        Some("names a folder")
    } else {
        None
    }
}

/// Why a path cannot name a folder that is made for something.
#[must_use]
pub fn folder_fault(path: &str) -> Option<&'static str> {
    if path.split('/').any(|part| part == "..") {
        Some("leads through `..`")
    } else {
        match written(None, path).as_str() {
            "" => Some("is the folder of the run itself"),
            "/" => Some("is the root of all folders"),
            _ => None,
        }
    }
}

/// What is said of a path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict<'a> {
    /// It may be written.
    Allowed,
    /// This glob forbids it.
    Forbidden(&'a str),
    /// This glob says that it may be looked at only.
    ReadOnly(&'a str),
    /// There are globs that allow paths, and none of them allows this one.
    Outside,
}

/// What may be written, as globs.
#[derive(Debug, Default)]
pub struct Boundary {
    /// The lists, the strongest first.
    lists: Vec<(PathList, Vec<Glob>)>,
    is_bounded: bool,
}

impl Boundary {
    /// The boundary of these globs. Those that can't be read are left to whoever checks them.
    #[must_use]
    pub fn new(allowed: &[String], forbidden: &[String]) -> Self {
        Self::of([(PathList::ForbiddenPaths, forbidden), (PathList::AllowedPaths, allowed)])
    }

    /// The boundary of these lists, the strongest first.
    #[must_use]
    pub fn of<'l>(lists: impl IntoIterator<Item = (PathList, &'l [String])>) -> Self {
        let mut boundary = Self::default();
        for (list, globs) in lists {
            boundary.is_bounded |= list == PathList::AllowedPaths && !globs.is_empty();
            boundary.lists.push((list, globs.iter().filter_map(|glob| Glob::parse(glob).ok()).collect()));
        }
        boundary
    }

    /// What is known of a path, as [`written`] gives it, before the run. A path from the folder of the run may lie
    /// within a glob from the root: that shows at run time.
    #[must_use]
    pub fn judge(&self, path: &str) -> Verdict<'_> {
        let is_rooted = path.starts_with('/');
        let fits = |glob: &Glob| {
            let from_root = glob.as_str().starts_with('/');
            if from_root == is_rooted { glob.matches(path) } else { from_root }
        };
        for (list, globs) in &self.lists {
            let named = globs.iter().find(|glob| glob.matches(path)).map(Glob::as_str);
            match list {
                PathList::ForbiddenPaths if named.is_some() => {
                    return named.map_or(Verdict::Outside, Verdict::Forbidden);
                }
                PathList::ReadOnlyPaths if named.is_some() => {
                    return named.map_or(Verdict::Outside, Verdict::ReadOnly);
                }
                PathList::WriteAllowedPaths | PathList::AllowedPaths if globs.iter().any(fits) => {
                    return Verdict::Allowed;
                }
                _ => {}
            }
        }
        if self.is_bounded { Verdict::Outside } else { Verdict::Allowed }
    }

    /// The same of a glob of paths that are written: forbidden or outside where all of them are. A glob is held
    /// as it is written, since `config/*.conf` lies within `config/**`; one that chooses by `?`, `[a-z]` or `{a,b}`
    /// is not judged, but for what is equal to it.
    #[must_use]
    pub fn judge_glob(&self, glob: &str) -> Verdict<'_> {
        let parts = written(None, glob);
        if parts.contains(['?', '[', '{', '\\']) {
            let equal = |(list, globs): &'_ (PathList, Vec<Glob>)| {
                globs.iter().any(|other| other.as_str() == glob).then_some(*list)
            };
            let own = |list: PathList| {
                let of = self.lists.iter().find(|(other, _)| *other == list);
                of.and_then(|(_, globs)| globs.iter().find(|other| other.as_str() == glob)).map(Glob::as_str)
            };
            return match self.lists.iter().find_map(equal) {
                Some(PathList::ForbiddenPaths) => {
                    own(PathList::ForbiddenPaths).map_or(Verdict::Allowed, Verdict::Forbidden)
                }
                Some(PathList::ReadOnlyPaths) => {
                    own(PathList::ReadOnlyPaths).map_or(Verdict::Allowed, Verdict::ReadOnly)
                }
                _ => Verdict::Allowed,
            };
        }
        self.judge(&parts)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_written_path_is_plain() {
        for (dir, path, expected) in [
            (None, "a/b", "a/b"),
            (None, "./a//./b", "a/b"),
            (Some("x/"), "a", "x/a"),
            (Some("."), "a", "a"),
            (Some("/srv"), "a", "/srv/a"),
            (Some("x"), "/etc/a", "/etc/a"),
            (Some("../x"), "a", "../x/a"),
        ] {
            assert_eq!(written(dir, path), expected);
        }
    }

    #[test]
    fn some_paths_are_no_files() {
        assert_eq!(fault("a/b"), None);
        assert_eq!(fault("..a/b.."), None);
        assert_eq!(fault("a/../b"), Some("leads through `..`"));
        for folder in ["", "a/", ".", "/", "a/."] {
            assert_eq!(fault(folder), Some("names a folder"), "{folder}");
        }
    }

    #[test]
    fn some_folders_are_not_to_be_made() {
        assert_eq!(folder_fault("a/b/"), None);
        assert_eq!(folder_fault("a/../b"), Some("leads through `..`"));
        assert_eq!(folder_fault("./"), Some("is the folder of the run itself"));
        assert_eq!(folder_fault("//"), Some("is the root of all folders"));
    }

    #[test]
    fn paths_are_held_against_globs() {
        let globs = |globs: &[&str]| globs.iter().map(|&glob| glob.to_owned()).collect::<Vec<_>>();
        let bounds =
            Boundary::new(&globs(&["config/*", "/etc/bakery/**"]), &globs(&["**/.env", "/etc/**/x"]));
        assert_eq!(bounds.judge("config/a"), Verdict::Allowed);
        assert_eq!(bounds.judge("/etc/bakery/a/b"), Verdict::Allowed);
        assert_eq!(bounds.judge("/etc/other"), Verdict::Outside);
        assert_eq!(bounds.judge("/srv/config/a"), Verdict::Outside);
        assert_eq!(bounds.judge("config/.env"), Verdict::Forbidden("**/.env"));
        assert_eq!(bounds.judge("/etc/bakery/x"), Verdict::Forbidden("/etc/**/x"));
        // Whether the run starts in /etc/bakery is not known yet.
        assert_eq!(bounds.judge("a/b"), Verdict::Allowed);
        let bounds = Boundary::new(&globs(&["config/**"]), &[]);
        assert_eq!(bounds.judge("a/b"), Verdict::Outside);
        assert_eq!(Boundary::default().judge("/etc/passwd"), Verdict::Allowed);
    }

    #[test]
    fn globs_are_held_against_globs() {
        let bounds = Boundary::new(&["config/**".to_owned()], &["**/{a,b}".to_owned(), "**/.env".to_owned()]);
        assert_eq!(bounds.judge_glob("config/*.conf"), Verdict::Allowed);
        assert_eq!(bounds.judge_glob("services/**"), Verdict::Outside);
        assert_eq!(bounds.judge_glob("config/.env"), Verdict::Forbidden("**/.env"));
        assert_eq!(bounds.judge_glob("**/{a,b}"), Verdict::Forbidden("**/{a,b}"));
        assert_eq!(bounds.judge_glob("x/{a,b}"), Verdict::Allowed);
    }
}
