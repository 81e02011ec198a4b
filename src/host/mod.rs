//! The machine as the house sees it: files, working directory, environment, terminal.
//!
//! [`Host`] is all that the rest of rulec may ask of a machine. [`Os`] is the real one and the only code that
//! touches it; [`Memory`] is one made of a few lines of a test. [`walk`] goes through a folder of either, so
//! that what is ignored and what is seen cannot differ between them. What the files mean is left to others.

mod error;
mod memory;
mod os;
mod overlay;
mod walk;

pub use error::FileError;
pub use memory::Memory;
pub use os::Os;
pub use overlay::Overlay;
pub use walk::{Found, walk};

use std::ffi::OsString;
use std::time::Duration;

use camino::{Utf8Component, Utf8Path, Utf8PathBuf};

/// What rulec needs of a machine. A relative path starts at the working directory.
pub trait Host: Sync {
    /// The bytes of a file of at most `limit` bytes. What is no regular file is never opened, so that a named
    /// pipe cannot make it wait; a file over the limit is not read.
    fn read(&self, path: &Utf8Path, limit: u64) -> Result<Vec<u8>, FileError>;

    /// What stands in a folder, sorted by name.
    fn list(&self, folder: &Utf8Path) -> Result<Listing, FileError>;

    /// What a path leads to, links followed; so never [`Kind::Link`].
    fn kind(&self, path: &Utf8Path) -> Result<Kind, FileError>;

    /// Puts a file in place as a whole: whoever looks sees the old content or the new one, never a part,
    /// also after a power cut. Folders that are missing are made; a link is followed, not replaced.
    fn write(&self, path: &Utf8Path, content: &[u8], mode: Mode) -> Result<(), FileError>;

    /// Puts a new content in the place of a file's old one as [`Host::write`] does, its mode kept. Where the file
    /// does not hold `old` any more, or may not be written to, it stays as it is.
    fn replace(&self, path: &Utf8Path, old: &[u8], new: &[u8]) -> Result<(), FileError> {
        if self.read(path, u64::MAX)? != old {
            return Err(FileError::Changed);
        }
        self.write(path, new, Mode::Keep)
    }

    /// All bytes of standard input, at most `limit`.
    fn input(&self, limit: u64) -> Result<Vec<u8>, FileError>;

    /// The folder that relative paths start at, absolute.
    fn working_dir(&self) -> Result<Utf8PathBuf, FileError>;

    /// Puts a program into the place of this one, with these arguments: nothing behind it is done, and the exit
    /// code is the program's. Comes back only where that fails, with the reason.
    fn turn_into(&self, program: &str, arguments: &[OsString]) -> FileError;

    /// Runs a program of this machine to its end, with this on its standard input. No verdict needs one: it is for
    /// what people ask of a program that they have.
    fn ask(&self, program: &str, arguments: &[&str], input: &[u8]) -> Result<Answer, FileError>;

    /// An environment variable; none where it is not set, or not UTF-8.
    fn env(&self, name: &str) -> Option<String>;

    /// Whether a person reads this stream, and how many columns they see.
    fn terminal(&self, stream: Stream) -> Terminal;

    /// Time since some moment before; it never goes back. For reports to people, never for results.
    fn elapsed(&self) -> Duration;

    /// Time since the start of 1970, UTC. For what a date in the rules is held against, and nothing else.
    fn now(&self) -> Duration;

    /// True where a path leads to something. What may not be looked at counts as nothing.
    fn exists(&self, path: &Utf8Path) -> bool {
        self.kind(path).is_ok()
    }
}

/// What a program had to say.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Answer {
    /// True where it ended with 0.
    pub is_success: bool,
    /// What it wrote to standard output.
    pub output: Vec<u8>,
    /// What it wrote to standard error, as far as it is text.
    pub error: String,
}

/// What stands in a folder.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Listing {
    /// The entries, sorted by name.
    pub entries: Vec<Entry>,
    /// Names that are not UTF-8, as far as they can be shown. No path leads to them.
    pub not_utf8: Vec<String>,
}

/// One name in a folder.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Entry {
    /// The name.
    pub name: String,
    /// What it is, links not followed.
    pub kind: Kind,
}

/// What a path is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// A regular file.
    File,
    /// A folder.
    Folder,
    /// A symbolic link.
    Link,
    /// Something to talk to rather than to read.
    Special(Special),
}

/// What is neither file nor folder.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Special {
    /// A named pipe: whoever opens it waits for the other end.
    Pipe,
    /// A socket.
    Socket,
    /// A device.
    Device,
}

/// Whether a written file may be run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// As the file was before; the machine's default for a new one.
    Keep,
    /// Whoever may read it may run it.
    Executable,
    /// Its owner may read, write and run it; nobody else may do anything.
    Private,
}

/// A stream that output goes to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stream {
    /// Standard output: results.
    Output,
    /// Standard error: everything else.
    Error,
}

/// What is behind a stream.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Terminal {
    /// A file or another program.
    #[default]
    No,
    /// A terminal, with its number of columns where it tells.
    Yes(Option<u16>),
}

/// A path from the root of the machine, without `.` and `..`.
pub fn absolute(host: &dyn Host, path: &Utf8Path) -> Result<Utf8PathBuf, FileError> {
    Ok(without_dots(&host.working_dir()?.join(path)))
}

fn without_dots(path: &Utf8Path) -> Utf8PathBuf {
    let mut whole = Utf8PathBuf::new();
    for component in path.components() {
        match component {
            Utf8Component::ParentDir => {
                whole.pop();
            }
            Utf8Component::CurDir => {}
            _ => whole.push(component),
        }
    }
    whole
}

#[cfg(test)]
mod tests;
