//! Typed checks: what is asked of a web address, a port, a process, a file or a database, said by keys.
//!
//! Wherever a command may decide, one of these may stand in its place; `plan::probe` says which command each one is.

use std::borrow::Cow;
use std::fmt;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::Deserialize;
use serde::de::value::SeqAccessDeserializer;
use serde::de::{Deserializer, Error, SeqAccess, Visitor};

use super::choice::TextOr;
use super::collections::List;
use super::spanned::{At, Spanned, Text};
use crate::scalar::{Duration, Size};

/// A typed check, with what it says beside its own key.
#[derive(Debug, Clone, Copy)]
pub enum Probe<'a> {
    /// A web address that must answer.
    Http {
        /// The address.
        url: &'a Text,
        /// The status codes that are well; without any, 200 is.
        status: Option<&'a Spanned<Statuses>>,
        /// What the answer must contain.
        contains: Option<&'a Text>,
    },
    /// A port that must take connections.
    Tcp(&'a Spanned<Endpoint>),
    /// A process that must run.
    Process(&'a Spanned<TextOr<PidFile>>),
    /// A file that must be there, or must not.
    File(FileFacts<'a>),
    /// A database that must answer.
    Database(&'a Spanned<Database>),
}

/// What is asked of a file.
#[derive(Debug, Clone, Copy)]
pub struct FileFacts<'a> {
    /// The file.
    pub path: &'a Text,
    /// True where it must not be there.
    pub absent: bool,
    /// The least number of bytes.
    pub min_size: Option<Size>,
    /// How long ago it may have been changed.
    pub max_age: Option<Duration>,
    /// The SHA-256 of its content.
    pub sha256: Option<&'a Text>,
    /// Its permissions in octal digits.
    pub mode: Option<&'a Text>,
}

impl Probe<'_> {
    /// Where the value of its own key is written.
    #[must_use]
    pub fn at(&self) -> At {
        match self {
            Probe::Http { url, .. } => url.at,
            Probe::Tcp(endpoint) => endpoint.at,
            Probe::Process(process) => process.at,
            Probe::File(facts) => facts.path.at,
            Probe::Database(database) => database.at,
        }
    }
}

/// Defines an object that decides something: by a command under the given key, or by a typed check, of which it has
/// the keys beside its own.
macro_rules! checked {
    ($command:tt, $(#[$meta:meta])* pub struct $name:ident { $($own:tt)* }) => {
        $(#[$meta])*
        #[schemars(extend("x-only-with" = {
            "timeout": [$command, "http", "tcp", "process", "file", "database"],
            "status": ["http"],
            "contains": ["http"],
            "absent": ["file"],
            "min_size": ["file"],
            "max_age": ["file"],
            "sha256": ["file"],
            "mode": ["file"],
        }))]
        pub struct $name {
            $($own)*

            /// A web address that must answer with `status`. Redirections are not followed. In it, `${NAME}` is the
            /// environment variable or input NAME, and nothing else is expanded; `$${` is `${`.
            #[schemars(example = &"http://localhost:8080/health")]
            pub http: Option<Text>,

            /// The status, or the list of those, that `http` must answer with.
            #[schemars(extend("default" = 200), example = 200)]
            pub status: Option<Spanned<crate::model::Statuses>>,

            /// What the answer to `http` must contain, letter for letter.
            #[schemars(example = &"\"status\":\"ok\"")]
            pub contains: Option<Text>,

            /// A port of this machine, or `HOST:PORT`, that must take connections. `${NAME}` is as in `http`.
            #[schemars(example = &"localhost:5432")]
            pub tcp: Option<Spanned<crate::model::Endpoint>>,

            /// The name of a program of which a process must run, as `ps -o comm` shows it, or `{pidfile: PATH}`.
            #[schemars(example = &"orders")]
            pub process: Option<Spanned<crate::model::TextOr<crate::model::PidFile>>>,

            /// A file that must be there, with all that is said beside it, or must not where `absent` is true. The
            /// path is relative to the folder in which commands run. `${NAME}` is as in `http`.
            #[schemars(example = &"config/app.yaml")]
            pub file: Option<Text>,

            /// Whether `file` must not be there.
            #[schemars(extend("default" = false))]
            pub absent: Option<Spanned<bool>>,

            /// The least size of `file`: bytes, or text such as `1KB`.
            #[schemars(example = &"1KB")]
            pub min_size: Option<Spanned<crate::scalar::Size>>,

            /// How long ago `file` may have been changed: whole seconds, or text such as `1d`.
            #[schemars(example = &"1d")]
            pub max_age: Option<Spanned<crate::scalar::Duration>>,

            /// The SHA-256 checksum of `file`: 64 lower-case hexadecimal digits.
            #[schemars(regex(pattern = "^[0-9a-f]{64}$"))]
            #[schemars(example = &"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")]
            pub sha256: Option<Text>,

            /// The permissions of `file` in octal digits, as a text.
            #[schemars(regex(pattern = "^[0-7]{3,4}$"), example = &"0644")]
            pub mode: Option<Text>,

            /// A database that must answer a query.
            pub database: Option<Spanned<crate::model::Database>>,

            /// How long one look may take: whole seconds, or text such as `5s`. A command without it has no limit
            /// of its own, a typed check has 10 s.
            #[schemars(example = &"5s")]
            pub timeout: Option<Spanned<crate::scalar::Duration>>,
        }

        impl $name {
            /// The typed check that it is, if it is one.
            #[must_use]
            pub fn probe(&self) -> Option<crate::model::Probe<'_>> {
                use crate::model::{FileFacts, Probe};
                if let Some(url) = &self.http {
                    let (status, contains) = (self.status.as_ref(), self.contains.as_ref());
                    return Some(Probe::Http { url, status, contains });
                }
                let file = self.file.as_ref().map(|path| FileFacts {
                    path,
                    absent: self.absent.is_some_and(|absent| absent.value),
                    min_size: self.min_size.map(|size| size.value),
                    max_age: self.max_age.map(|age| age.value),
                    sha256: self.sha256.as_ref(),
                    mode: self.mode.as_ref(),
                });
                let tcp = || self.tcp.as_ref().map(Probe::Tcp);
                let process = || self.process.as_ref().map(Probe::Process);
                let database = || self.database.as_ref().map(Probe::Database);
                file.map(Probe::File).or_else(tcp).or_else(process).or_else(database)
            }
        }
    };
}
pub(super) use checked;

/// The status codes of HTTP that are well: one, or a list.
#[derive(Debug, Clone)]
pub enum Statuses {
    /// One.
    One(u16),
    /// Any of these.
    Several(List<u16>),
}

impl Statuses {
    /// All of them.
    #[must_use]
    pub fn codes(&self) -> Vec<u16> {
        match self {
            Statuses::One(code) => vec![*code],
            Statuses::Several(codes) => codes.iter().map(|code| code.value).collect(),
        }
    }
}

impl<'de> Deserialize<'de> for Statuses {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct StatusesVisitor;

        impl<'de> Visitor<'de> for StatusesVisitor {
            type Value = Statuses;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a status of HTTP, or a list of them")
            }

            fn visit_u64<E: Error>(self, number: u64) -> Result<Statuses, E> {
                u16::try_from(number).map(Statuses::One).map_err(E::custom)
            }

            fn visit_seq<A: SeqAccess<'de>>(self, list: A) -> Result<Statuses, A::Error> {
                List::deserialize(SeqAccessDeserializer::new(list)).map(Statuses::Several)
            }
        }

        deserializer.deserialize_any(StatusesVisitor)
    }
}

impl JsonSchema for Statuses {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "Statuses".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": ["integer", "array"],
            "minimum": 100,
            "maximum": 599,
            "minItems": 1,
            "items": { "type": "integer", "minimum": 100, "maximum": 599 },
        })
    }
}

/// A port of this machine, or of a host: `8080`, `localhost:8080`, `[::1]:8080`, `${HOST}:${PORT}`.
#[derive(Debug, Clone)]
pub struct Endpoint(pub String);

impl Endpoint {
    /// Host and port; the host is this machine where none is named.
    #[must_use]
    pub fn parts(&self) -> (&str, &str) {
        let (host, port) = self.0.rsplit_once(':').unwrap_or(("127.0.0.1", &self.0));
        (host.strip_prefix('[').and_then(|host| host.strip_suffix(']')).unwrap_or(host), port)
    }
}

impl<'de> Deserialize<'de> for Endpoint {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer).map(Self)
    }
}

impl JsonSchema for Endpoint {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "Endpoint".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": ["integer", "string"],
            "minimum": 1,
            "maximum": 65_535,
            "pattern": r"^([^\s:]+:|\[[0-9A-Fa-f:.]+\]:)?([1-9][0-9]{0,3}|[1-5][0-9]{4}|6[0-4][0-9]{3}|65[0-4][0-9]{2}|655[0-2][0-9]|6553[0-5]|\$\{[A-Za-z_][A-Za-z0-9_]*\})$",
        })
    }
}

/// A file that holds the id of a process.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
pub struct PidFile {
    /// The file, relative to the folder in which commands run; its first line is the id of the process. `${NAME}` is as
    /// in `http`.
    #[schemars(example = &"run/orders.pid")]
    pub pidfile: Text,
}

/// A database that must answer a query.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
pub struct Database {
    /// The client with what it needs to connect, such as `psql` or `sqlite3`: a command for `sh -c` that reads the query
    /// from its standard input and exits with 0 where it could ask.
    #[schemars(example = &"psql --no-psqlrc --tuples-only --no-align --dbname orders")]
    pub command: Text,

    /// The query, given to the client as it is written.
    #[schemars(example = &"select count(*) > 0 from recipes;")]
    pub query: Text,

    /// What the client must print, without empty lines at its end. Without it, it must print something.
    #[schemars(example = &"t")]
    pub expect: Option<Text>,
}
