//! Why a file could not be read or written, in words that fit behind a colon.

use std::fmt;

use super::Special;

/// Why a file or folder could not be used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FileError {
    /// Nothing stands there.
    NotFound,
    /// The user may not.
    PermissionDenied,
    /// A folder, where a file is wanted.
    IsFolder,
    /// A file, where a folder is wanted.
    IsNoFolder,
    /// Neither file nor folder. It was not opened.
    NotRegular(Special),
    /// More than the limit. It was not read.
    TooLarge {
        /// Its size in bytes.
        size: u64,
        /// The most that was asked for.
        limit: u64,
    },
    /// It may be read, but not written to.
    ReadOnly,
    /// Somebody else has changed it meanwhile.
    Changed,
    /// A link to nothing.
    DanglingLink,
    /// A link that leads back to itself.
    LinkLoop,
    /// Its name is not UTF-8, so that no path can lead to it.
    NameNotUtf8,
    /// What else the machine says.
    Other(String),
}

impl fmt::Display for FileError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotFound => f.write_str("there is no such file"),
            Self::PermissionDenied => f.write_str("permission denied"),
            Self::IsFolder => f.write_str("it is a folder"),
            Self::IsNoFolder => f.write_str("it is no folder"),
            Self::NotRegular(Special::Pipe) => f.write_str("it is a named pipe"),
            Self::NotRegular(Special::Socket) => f.write_str("it is a socket"),
            Self::NotRegular(Special::Device) => f.write_str("it is a device"),
            Self::TooLarge { size, limit } => {
                write!(f, "it has {}, more than {}", shown(*size), shown(*limit))
            }
            Self::ReadOnly => f.write_str("it is read-only"),
            Self::Changed => f.write_str("it was changed meanwhile"),
            Self::DanglingLink => f.write_str("it is a link to nothing"),
            Self::LinkLoop => f.write_str("it is a link that leads back to itself"),
            Self::NameNotUtf8 => f.write_str("its name is not UTF-8"),
            Self::Other(reason) => f.write_str(reason),
        }
    }
}

/// A size in the unit that people compare it in.
fn shown(bytes: u64) -> String {
    const MEBIBYTE: u64 = 1024 * 1024;
    if bytes < MEBIBYTE { format!("{bytes} bytes") } else { format!("{} MiB", bytes.div_ceil(MEBIBYTE)) }
}

impl std::error::Error for FileError {}
