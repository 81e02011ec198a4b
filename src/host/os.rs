//! The real machine: the only code that touches files, environment and terminal.
//!
//! Nothing here decides anything about rules. A file is looked at before it is opened, and written beside its
//! place before it is moved there.
#![expect(clippy::disallowed_methods, reason = "this file is the door that the others are sent to")]

use std::ffi::OsString;
use std::fs::{self, File, FileType, Metadata, OpenOptions};
use std::io::{self, ErrorKind, IsTerminal, Read, Write};
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use camino::{Utf8Path, Utf8PathBuf};

use super::{Answer, Entry, FileError, Host, Kind, Listing, Mode, Special, Stream, Terminal};

/// The machine that this process runs on.
#[derive(Debug, Clone, Copy, Default)]
pub struct Os;

impl Host for Os {
    fn read(&self, path: &Utf8Path, limit: u64) -> Result<Vec<u8>, FileError> {
        let metadata = look(path)?;
        match kind_of(metadata.file_type()) {
            Kind::File => {}
            Kind::Folder => return Err(FileError::IsFolder),
            Kind::Special(special) => return Err(FileError::NotRegular(special)),
            Kind::Link => unreachable!("looking follows links"),
        }
        if metadata.len() > limit {
            return Err(FileError::TooLarge { size: metadata.len(), limit });
        }
        let mut bytes = Vec::with_capacity(metadata.len() as usize);
        // A file may grow while it is read, and some of `/proc` claim to be empty.
        let file = File::open(path).map_err(error)?;
        file.take(limit.saturating_add(1)).read_to_end(&mut bytes).map_err(error)?;
        match bytes.len() as u64 {
            size if size > limit => Err(FileError::TooLarge { size, limit }),
            _ => Ok(bytes),
        }
    }

    fn list(&self, folder: &Utf8Path) -> Result<Listing, FileError> {
        let mut listing = Listing::default();
        for entry in fs::read_dir(folder).map_err(|why| explain(folder, why))? {
            let entry = entry.map_err(error)?;
            let kind = kind_of(entry.file_type().map_err(error)?);
            match entry.file_name().into_string() {
                Ok(name) => listing.entries.push(Entry { name, kind }),
                Err(name) => listing.not_utf8.push(name.to_string_lossy().into_owned()),
            }
        }
        listing.entries.sort_unstable();
        listing.not_utf8.sort_unstable();
        Ok(listing)
    }

    fn kind(&self, path: &Utf8Path) -> Result<Kind, FileError> {
        look(path).map(|metadata| kind_of(metadata.file_type()))
    }

    fn write(&self, path: &Utf8Path, content: &[u8], mode: Mode) -> Result<(), FileError> {
        put(path, content, mode, || Ok(()))
    }

    fn replace(&self, path: &Utf8Path, old: &[u8], new: &[u8]) -> Result<(), FileError> {
        // A file that is moved into place asks for no right to write to the one that was there.
        if look(path)?.permissions().readonly() {
            return Err(FileError::ReadOnly);
        }
        put(path, new, Mode::Keep, || {
            if self.read(path, old.len() as u64).is_ok_and(|now| now == old) {
                Ok(())
            } else {
                Err(FileError::Changed)
            }
        })
    }

    fn input(&self, limit: u64) -> Result<Vec<u8>, FileError> {
        let mut bytes = Vec::new();
        io::stdin().lock().take(limit.saturating_add(1)).read_to_end(&mut bytes).map_err(error)?;
        match bytes.len() as u64 {
            size if size > limit => Err(FileError::TooLarge { size, limit }),
            _ => Ok(bytes),
        }
    }

    fn working_dir(&self) -> Result<Utf8PathBuf, FileError> {
        let path = std::env::current_dir().map_err(error)?;
        Utf8PathBuf::from_path_buf(path).map_err(|_| FileError::NameNotUtf8)
    }

    #[cfg(unix)]
    fn turn_into(&self, program: &str, arguments: &[OsString]) -> FileError {
        use std::os::unix::process::CommandExt;
        error(Command::new(program).args(arguments).exec())
    }

    #[cfg(not(unix))]
    fn turn_into(&self, _: &str, _: &[OsString]) -> FileError {
        FileError::Other("only a Unix can put one program into the place of another".to_owned())
    }

    fn ask(&self, program: &str, arguments: &[&str], input: &[u8]) -> Result<Answer, FileError> {
        let mut command = Command::new(program);
        command.args(arguments).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().map_err(error)?;
        let pipe = child.stdin.take();
        // Both sides write at the same time: neither may wait for the other to read.
        let output = std::thread::scope(|scope| {
            scope.spawn(move || {
                // A program that has heard enough closes its side, and its exit code says whether that is well.
                let _ = pipe.map(|mut pipe| pipe.write_all(input));
            });
            child.wait_with_output()
        });
        let output = output.map_err(error)?;
        Ok(Answer {
            is_success: output.status.success(),
            output: output.stdout,
            error: String::from_utf8_lossy(&output.stderr).into_owned(),
        })
    }

    fn env(&self, name: &str) -> Option<String> {
        // The standard library panics for names that no variable can have.
        if name.is_empty() || name.contains(['=', '\0']) {
            return None;
        }
        std::env::var_os(name).map(OsString::into_string)?.ok()
    }

    fn terminal(&self, stream: Stream) -> Terminal {
        let (is_terminal, size) = match stream {
            Stream::Output => (io::stdout().is_terminal(), terminal_size::terminal_size_of(io::stdout())),
            Stream::Error => (io::stderr().is_terminal(), terminal_size::terminal_size_of(io::stderr())),
        };
        if is_terminal { Terminal::Yes(size.map(|(width, _)| width.0)) } else { Terminal::No }
    }

    fn elapsed(&self) -> Duration {
        static FIRST: OnceLock<Instant> = OnceLock::new();
        FIRST.get_or_init(Instant::now).elapsed()
    }

    fn now(&self) -> Duration {
        SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default()
    }
}

/// Writes a file beside its place and, after a last look, moves it there.
fn put(
    path: &Utf8Path,
    content: &[u8],
    mode: Mode,
    last_look: impl FnOnce() -> Result<(), FileError>,
) -> Result<(), FileError> {
    let (target, old) = match look(path) {
        Ok(metadata) => match kind_of(metadata.file_type()) {
            Kind::File => (path.canonicalize_utf8().map_err(error)?, Some(metadata)),
            Kind::Special(special) => return Err(FileError::NotRegular(special)),
            Kind::Folder | Kind::Link => return Err(FileError::IsFolder),
        },
        Err(FileError::NotFound) => (path.to_owned(), None),
        Err(why) => return Err(why),
    };
    let name = target.file_name().ok_or(FileError::IsFolder)?;
    let folder = match target.parent() {
        Some(parent) if parent.as_str().is_empty() => Utf8Path::new("."),
        Some(parent) => parent,
        None => return Err(FileError::IsFolder),
    };
    fs::create_dir_all(folder).map_err(error)?;
    let beside = folder.join(temporary_name(name));
    let result = fill(&beside, content, old.as_ref(), mode)
        .map_err(error)
        .and_then(|()| last_look())
        .and_then(|()| fs::rename(&beside, &target).map_err(error));
    if let Err(why) = result {
        // The reason for the failure is worth more than that of a failed tidying up.
        let _ = fs::remove_file(&beside);
        return Err(why);
    }
    // Makes the new name survive a power cut, on file systems that can.
    let _ = File::open(folder).and_then(|folder| folder.sync_all());
    Ok(())
}

fn look(path: &Utf8Path) -> Result<Metadata, FileError> {
    fs::metadata(path).map_err(|why| explain(path, why))
}

/// Tells apart what the machine calls by one name: nothing there, and a link to nothing.
fn explain(path: &Utf8Path, why: io::Error) -> FileError {
    let is_link = |path: &Path| fs::symlink_metadata(path).is_ok_and(|metadata| metadata.is_symlink());
    if !is_link(path.as_std_path()) {
        return error(why);
    }
    if why.kind() == ErrorKind::NotFound {
        return FileError::DanglingLink;
    }
    let mut at = path.as_std_path().to_owned();
    for _ in 0..MOST_LINKS {
        match fs::read_link(&at) {
            Ok(target) => at = at.parent().unwrap_or(Path::new("")).join(target),
            Err(_) => return error(why),
        }
    }
    FileError::LinkLoop
}

/// How many links in a row Linux follows.
const MOST_LINKS: usize = 40;

fn error(why: io::Error) -> FileError {
    match why.kind() {
        ErrorKind::NotFound => FileError::NotFound,
        ErrorKind::PermissionDenied => FileError::PermissionDenied,
        ErrorKind::IsADirectory => FileError::IsFolder,
        ErrorKind::NotADirectory => FileError::IsNoFolder,
        _ => FileError::Other(plain(&why)),
    }
}

/// What the machine says, without the number it adds.
fn plain(why: &io::Error) -> String {
    let text = why.to_string();
    let text = text.split(" (os error").next().unwrap_or_default();
    let mut letters = text.chars();
    letters.next().map(|first| first.to_lowercase().chain(letters).collect()).unwrap_or_default()
}

fn kind_of(kind: FileType) -> Kind {
    if kind.is_file() {
        Kind::File
    } else if kind.is_dir() {
        Kind::Folder
    } else if kind.is_symlink() {
        Kind::Link
    } else {
        Kind::Special(special(kind))
    }
}

#[cfg(unix)]
fn special(kind: FileType) -> Special {
    use std::os::unix::fs::FileTypeExt;
    if kind.is_fifo() {
        Special::Pipe
    } else if kind.is_socket() {
        Special::Socket
    } else {
        Special::Device
    }
}

#[cfg(not(unix))]
fn special(_: FileType) -> Special {
    Special::Device
}

fn temporary_name(name: &str) -> String {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    // Names have at most 255 bytes on most file systems.
    let stem: String = name.chars().take(40).collect();
    format!(".{stem}.{}-{}.tmp", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed))
}

fn fill(path: &Utf8Path, content: &[u8], old: Option<&Metadata>, mode: Mode) -> io::Result<()> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    if old.is_some() || mode == Mode::Private {
        hide(&mut options);
    }
    let mut file = options.open(path)?;
    file.write_all(content)?;
    if let Some(old) = old {
        keep_owner(&file, old);
        file.set_permissions(old.permissions())?;
    }
    match mode {
        Mode::Keep => {}
        Mode::Executable => make_executable(&file)?,
        Mode::Private => make_private(&file)?,
    }
    file.sync_all()
}

/// Whoever may give files away, as root may, leaves each with its owner; nobody else can.
#[cfg(unix)]
fn keep_owner(file: &File, old: &Metadata) {
    use std::os::unix::fs::{MetadataExt, fchown};
    let _ = fchown(file, Some(old.uid()), Some(old.gid()));
}

#[cfg(not(unix))]
fn keep_owner(_: &File, _: &Metadata) {}

/// Until it has the old file's permissions, nobody else may look into the new one.
#[cfg(unix)]
fn hide(options: &mut OpenOptions) {
    use std::os::unix::fs::OpenOptionsExt;
    options.mode(0o600);
}

#[cfg(not(unix))]
fn hide(_: &mut OpenOptions) {}

#[cfg(unix)]
fn make_executable(file: &File) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    let mut permissions = file.metadata()?.permissions();
    let mode = permissions.mode();
    permissions.set_mode(mode | (mode & 0o444) >> 2);
    file.set_permissions(permissions)
}

#[cfg(not(unix))]
fn make_executable(_: &File) -> io::Result<()> {
    Ok(())
}

#[cfg(unix)]
fn make_private(file: &File) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    file.set_permissions(fs::Permissions::from_mode(0o700))
}

#[cfg(not(unix))]
fn make_private(_: &File) -> io::Result<()> {
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_the_errors_that_a_root_user_never_meets() {
        assert_eq!(error(ErrorKind::PermissionDenied.into()), FileError::PermissionDenied);
        assert_eq!(error(io::Error::from_raw_os_error(28)).to_string(), "no space left on device");
    }
}
