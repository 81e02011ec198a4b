//! Where the repository around the working directory starts, and where a file is in it.

use camino::{Utf8Path, Utf8PathBuf};

use super::discover::RuleSet;
use crate::host::{Host, absolute};

/// The root of the repository around a folder, or none where it is in no repository.
pub(super) fn root<'a>(host: &dyn Host, folder: &'a Utf8Path) -> Option<&'a Utf8Path> {
    folder.ancestors().find(|place| host.exists(&place.join(".git")))
}

/// Below which folder files of a rule set may be changed that nobody has named. A rule set with a `rulec.toml`, or
/// in the repository of the working directory, is known to be meant as a whole; one that was merely found
/// upwards may hold what is not the user's own, and of that only what is below the working directory is meant.
pub(super) fn reach(host: &dyn Host, set: &RuleSet) -> Option<Utf8PathBuf> {
    let working = host.working_dir().ok()?;
    let is_known = set.config.is_some() || root(host, &working).is_some();
    (!is_known).then_some(working)
}

/// The repository around the working directory; outside of one, the working directory itself.
pub struct Repository<'a> {
    host: &'a dyn Host,
    root: Option<Utf8PathBuf>,
}

impl<'a> Repository<'a> {
    /// Looks for it.
    #[must_use]
    pub fn new(host: &'a dyn Host) -> Self {
        let working = host.working_dir().ok();
        let root = working.map(|working| root(host, &working).unwrap_or(&working).to_owned());
        Self { host, root }
    }

    /// The path of a file from the root, with `/` on every platform; none where it lies outside.
    #[must_use]
    pub fn path(&self, path: &str) -> Option<String> {
        let path = absolute(self.host, Utf8Path::new(path)).ok()?;
        Some(path.strip_prefix(self.root.as_ref()?).ok()?.as_str().replace('\\', "/"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::host::Memory;

    #[test]
    fn what_is_merely_found_upwards_is_not_all_meant() {
        let of = |host: Memory| {
            let set = crate::driver::discover::discover(&host, None, 99).unwrap().swap_remove(0);
            (set.root.clone(), reach(&host, &set))
        };
        let host = || Memory::new().file("/home/L5-x.yaml", "").file("/home/me/L5-y.yaml", "").at("/home/me");
        assert_eq!(of(host()), ("/home".into(), Some("/home/me".into())));
        assert_eq!(of(host().file("/home/rulec.toml", "")), ("/home".into(), None));
        assert_eq!(of(host().folder("/home/.git")), ("/home".into(), None));
    }

    #[test]
    fn paths_start_at_the_root() {
        let inside = Memory::new().file("/home/shop/.git/HEAD", "").file("/home/shop/ops/x", "");
        let inside = inside.at("/home/shop/ops");
        let repository = Repository::new(&inside);
        for (path, expected) in [
            ("x", Some("ops/x")),
            ("./a/../x", Some("ops/x")),
            ("../rules/x", Some("rules/x")),
            ("/home/shop/rules/x", Some("rules/x")),
            ("../../x", None),
            ("/home/shopping/x", None),
        ] {
            assert_eq!(repository.path(path).as_deref(), expected, "{path}");
        }
    }
}
