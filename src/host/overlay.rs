//! A machine on which some files have other contents than they really have: to look at what a change would do
//! before it is made.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::time::Duration;

use camino::{Utf8Path, Utf8PathBuf};

use super::{Answer, FileError, Host, Kind, Listing, Mode, Stream, Terminal, absolute};

/// Another machine, but for some files. Writing goes to the machine itself.
pub struct Overlay<'h> {
    host: &'h dyn Host,
    files: BTreeMap<Utf8PathBuf, Vec<u8>>,
}

impl<'h> Overlay<'h> {
    /// A machine as it is.
    #[must_use]
    pub fn new(host: &'h dyn Host) -> Self {
        Self { host, files: BTreeMap::new() }
    }

    /// Gives a file another content.
    pub fn set(&mut self, path: &Utf8Path, content: Vec<u8>) {
        self.files.insert(self.key(path), content);
    }

    fn key(&self, path: &Utf8Path) -> Utf8PathBuf {
        absolute(self.host, path).unwrap_or_else(|_| path.to_owned())
    }
}

impl Host for Overlay<'_> {
    fn read(&self, path: &Utf8Path, limit: u64) -> Result<Vec<u8>, FileError> {
        match self.files.get(&self.key(path)) {
            None => self.host.read(path, limit),
            Some(content) if content.len() as u64 > limit => {
                Err(FileError::TooLarge { size: content.len() as u64, limit })
            }
            Some(content) => Ok(content.clone()),
        }
    }

    fn list(&self, folder: &Utf8Path) -> Result<Listing, FileError> {
        self.host.list(folder)
    }

    fn kind(&self, path: &Utf8Path) -> Result<Kind, FileError> {
        self.host.kind(path)
    }

    fn write(&self, path: &Utf8Path, content: &[u8], mode: Mode) -> Result<(), FileError> {
        self.host.write(path, content, mode)
    }

    fn input(&self, limit: u64) -> Result<Vec<u8>, FileError> {
        self.host.input(limit)
    }

    fn working_dir(&self) -> Result<Utf8PathBuf, FileError> {
        self.host.working_dir()
    }

    fn turn_into(&self, program: &str, arguments: &[OsString]) -> FileError {
        self.host.turn_into(program, arguments)
    }

    fn ask(&self, program: &str, arguments: &[&str], input: &[u8]) -> Result<Answer, FileError> {
        self.host.ask(program, arguments, input)
    }

    fn env(&self, name: &str) -> Option<String> {
        self.host.env(name)
    }

    fn terminal(&self, stream: Stream) -> Terminal {
        self.host.terminal(stream)
    }

    fn elapsed(&self) -> Duration {
        self.host.elapsed()
    }

    fn now(&self) -> Duration {
        self.host.now()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::host::Memory;

    #[test]
    fn covers_some_files_and_no_others() {
        let memory = Memory::new().file("rules/a", "old").file("rules/b", "b");
        let mut overlay = Overlay::new(&memory);
        overlay.set("./rules/x/../a".into(), b"new".to_vec());
        assert_eq!(overlay.read("/srv/rules/a".into(), 9), Ok(b"new".to_vec()));
        assert_eq!(overlay.read("rules/a".into(), 2), Err(FileError::TooLarge { size: 3, limit: 2 }));
        assert_eq!(overlay.read("rules/b".into(), 9), Ok(b"b".to_vec()));
        assert_eq!(memory.read("rules/a".into(), 9), Ok(b"old".to_vec()));
    }
}
