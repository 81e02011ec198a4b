//! A machine made of a few lines: what tests give the house instead of a real one.
//!
//! It holds everything that can stand in a folder and go wrong there, also what a test can't make on a real
//! machine when it runs as root. The tests of `host` hold it to the behaviour of [`Os`](super::Os).

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::sync::{Mutex, MutexGuard};
use std::time::Duration;

use camino::{Utf8Path, Utf8PathBuf};

use super::{Answer, Entry, FileError, Host, Kind, Listing, Mode, Special, Stream, Terminal, without_dots};

/// A machine in memory. Its root and its working directory, `/srv`, are folders from the start.
#[derive(Debug)]
pub struct Memory {
    nodes: Mutex<BTreeMap<Utf8PathBuf, Node>>,
    working_dir: Utf8PathBuf,
    variables: BTreeMap<String, String>,
    terminal: Terminal,
    now: Duration,
    /// False where every path leads to where it says.
    has_links: bool,
}

/// What the clock of a new machine shows: the first moment of 2026, UTC.
const NOW: Duration = Duration::from_secs(1_767_225_600);

#[derive(Debug, Clone)]
enum Node {
    File {
        content: Vec<u8>,
        mode: Mode,
    },
    Folder,
    Link(Utf8PathBuf),
    Special(Special),
    /// Present, and closed to this user.
    Closed(Kind),
    /// A name that is not UTF-8; its key is what can be shown of it.
    NotUtf8,
}

impl Default for Memory {
    fn default() -> Self {
        Self::new()
    }
}

impl Memory {
    /// An empty machine.
    #[must_use]
    pub fn new() -> Self {
        let folders = ["/", "/srv"].map(|path| (path.into(), Node::Folder));
        Self {
            nodes: Mutex::new(folders.into()),
            working_dir: "/srv".into(),
            variables: BTreeMap::new(),
            terminal: Terminal::No,
            now: NOW,
            has_links: false,
        }
    }

    /// With a file, and the folders that lead to it.
    #[must_use]
    pub fn file(self, path: &str, content: impl Into<Vec<u8>>) -> Self {
        self.with(path, Node::File { content: content.into(), mode: Mode::Keep })
    }

    /// With an empty folder.
    #[must_use]
    pub fn folder(self, path: &str) -> Self {
        self.with(path, Node::Folder)
    }

    /// With a link; a relative target starts at the link's folder.
    #[must_use]
    pub fn link(mut self, path: &str, target: &str) -> Self {
        self.has_links = true;
        self.with(path, Node::Link(target.into()))
    }

    /// With a named pipe, socket or device.
    #[must_use]
    pub fn special(self, path: &str, special: Special) -> Self {
        self.with(path, Node::Special(special))
    }

    /// With a file or folder that can't be read.
    #[must_use]
    pub fn closed(self, path: &str, kind: Kind) -> Self {
        self.with(path, Node::Closed(kind))
    }

    /// With a file whose name is not UTF-8, and shows as this path.
    #[must_use]
    pub fn not_utf8(self, path: &str) -> Self {
        self.with(path, Node::NotUtf8)
    }

    /// With a variable of the environment.
    #[must_use]
    pub fn variable(mut self, name: &str, value: &str) -> Self {
        self.variables.insert(name.to_owned(), value.to_owned());
        self
    }

    /// With another working directory, which becomes a folder.
    #[must_use]
    pub fn at(mut self, working_dir: &str) -> Self {
        self = self.folder(working_dir);
        self.working_dir = working_dir.into();
        self
    }

    /// With a terminal behind both streams.
    #[must_use]
    pub fn on_terminal(mut self, width: Option<u16>) -> Self {
        self.terminal = Terminal::Yes(width);
        self
    }

    /// With a clock that shows this time since the start of 1970, UTC; else it shows the first moment of 2026.
    #[must_use]
    pub fn at_time(mut self, now: Duration) -> Self {
        self.now = now;
        self
    }

    /// Whether a file was written as [`Mode::Executable`].
    #[must_use]
    pub fn is_executable(&self, path: &str) -> bool {
        matches!(self.node(path.into()), Ok((_, Node::File { mode: Mode::Executable, .. })))
    }

    fn with(self, path: &str, node: Node) -> Self {
        let path = self.absolute(path.into());
        self.make_folders(path.parent().unwrap_or(&path));
        self.lock().insert(path, node);
        self
    }

    fn make_folders(&self, path: &Utf8Path) {
        for folder in path.ancestors() {
            self.lock().entry(folder.to_owned()).or_insert(Node::Folder);
        }
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<Utf8PathBuf, Node>> {
        self.nodes.lock().expect("nothing panics while it holds the lock")
    }

    fn absolute(&self, path: &Utf8Path) -> Utf8PathBuf {
        without_dots(&self.working_dir.join(path))
    }

    /// What a path leads to, and where that is, links followed on the way.
    fn node(&self, path: &Utf8Path) -> Result<(Utf8PathBuf, Node), FileError> {
        let (mut path, mut followed, mut is_link) = (self.absolute(path), 0, false);
        loop {
            let nodes = self.lock();
            let parts = path.ancestors().take_while(|_| self.has_links);
            let mut links = parts.filter_map(|part| match nodes.get(part) {
                Some(Node::Link(target)) => Some((part.to_owned(), target.clone())),
                _ => None,
            });
            let Some((link, target)) = links.by_ref().last() else {
                return match nodes.get(&path) {
                    Some(Node::NotUtf8) | None if is_link => Err(FileError::DanglingLink),
                    Some(Node::NotUtf8) | None => Err(FileError::NotFound),
                    Some(node) => Ok((path.clone(), node.clone())),
                };
            };
            drop(links);
            drop(nodes);
            followed += 1;
            if followed > 40 {
                return Err(FileError::LinkLoop);
            }
            is_link |= link == path;
            let rest = path.strip_prefix(&link).unwrap_or(Utf8Path::new("")).to_owned();
            let start = link.parent().unwrap_or(Utf8Path::new("/")).join(target);
            path = self.absolute(&start.join(rest));
        }
    }
}

impl Host for Memory {
    fn read(&self, path: &Utf8Path, limit: u64) -> Result<Vec<u8>, FileError> {
        match self.node(path)?.1 {
            Node::File { content, .. } if content.len() as u64 > limit => {
                Err(FileError::TooLarge { size: content.len() as u64, limit })
            }
            Node::File { content, .. } => Ok(content),
            Node::Folder | Node::Closed(Kind::Folder) => Err(FileError::IsFolder),
            Node::Closed(_) => Err(FileError::PermissionDenied),
            Node::Special(special) => Err(FileError::NotRegular(special)),
            Node::Link(_) | Node::NotUtf8 => unreachable!("a resolved path leads to neither"),
        }
    }

    fn list(&self, folder: &Utf8Path) -> Result<Listing, FileError> {
        let (folder, node) = self.node(folder)?;
        match node {
            Node::Folder => {}
            Node::Closed(Kind::Folder) => return Err(FileError::PermissionDenied),
            _ => return Err(FileError::IsNoFolder),
        }
        let mut listing = Listing::default();
        for (path, node) in self.lock().range(folder.clone()..) {
            if !path.starts_with(&folder) {
                break;
            }
            let Some(name) = path.file_name().filter(|_| path.parent() == Some(&folder)) else { continue };
            let name = name.to_owned();
            match node {
                Node::NotUtf8 => listing.not_utf8.push(name),
                node => listing.entries.push(Entry { name, kind: kind_of(node) }),
            }
        }
        listing.entries.sort_unstable();
        Ok(listing)
    }

    fn kind(&self, path: &Utf8Path) -> Result<Kind, FileError> {
        self.node(path).map(|(_, node)| kind_of(&node))
    }

    fn write(&self, path: &Utf8Path, content: &[u8], mode: Mode) -> Result<(), FileError> {
        let (path, mode) = match self.node(path) {
            Ok((path, Node::File { mode: old, .. })) => (path, if mode == Mode::Keep { old } else { mode }),
            Ok((_, Node::Special(special))) => return Err(FileError::NotRegular(special)),
            Ok((_, Node::Closed(_))) => return Err(FileError::PermissionDenied),
            Ok(_) => return Err(FileError::IsFolder),
            Err(FileError::NotFound) => (self.absolute(path), mode),
            Err(why) => return Err(why),
        };
        if path.parent().is_some_and(|parent| {
            parent.ancestors().any(|part| self.kind(part).is_ok_and(|kind| kind != Kind::Folder))
        }) {
            return Err(FileError::IsNoFolder);
        }
        self.make_folders(path.parent().unwrap_or(&path));
        self.lock().insert(path, Node::File { content: content.to_owned(), mode });
        Ok(())
    }

    fn input(&self, _: u64) -> Result<Vec<u8>, FileError> {
        Ok(Vec::new())
    }

    fn working_dir(&self) -> Result<Utf8PathBuf, FileError> {
        Ok(self.working_dir.clone())
    }

    fn ask(&self, program: &str, _: &[&str], _: &[u8]) -> Result<Answer, FileError> {
        Err(FileError::Other(format!("there is no program `{program}` in memory")))
    }

    fn turn_into(&self, _: &str, _: &[OsString]) -> FileError {
        FileError::Other("there are no programs here".to_owned())
    }

    fn env(&self, name: &str) -> Option<String> {
        self.variables.get(name).cloned()
    }

    fn terminal(&self, _: Stream) -> Terminal {
        self.terminal
    }

    /// No time passes here.
    fn elapsed(&self) -> Duration {
        Duration::ZERO
    }

    fn now(&self) -> Duration {
        self.now
    }
}

fn kind_of(node: &Node) -> Kind {
    match node {
        Node::File { .. } | Node::NotUtf8 => Kind::File,
        Node::Folder => Kind::Folder,
        Node::Link(_) => Kind::Link,
        Node::Special(special) => Kind::Special(*special),
        Node::Closed(kind) => *kind,
    }
}
