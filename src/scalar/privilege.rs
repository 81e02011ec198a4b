//! What a user of a database may be granted, in the words of PostgreSQL and of MySQL and MariaDB.

use std::fmt;

use super::error::quoted;
use super::{ScalarError, nearest};

/// A privilege on a database or on what is in it.
///
/// PostgreSQL, "Privileges" (`ddl-priv`); MySQL and MariaDB, "Privileges provided".
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Privilege {
    /// To read rows.
    Select,
    /// To add rows.
    Insert,
    /// To change rows, and to lock them.
    Update,
    /// To delete rows.
    Delete,
    /// To empty a table at once (PostgreSQL).
    Truncate,
    /// To make foreign keys that refer to a table.
    References,
    /// To make triggers.
    Trigger,
    /// To make tables and the like. In PostgreSQL, whoever made them owns them.
    Create,
    /// To connect (PostgreSQL).
    Connect,
    /// To make tables that end with the connection.
    Temporary,
    /// To call functions.
    Execute,
    /// To use a schema or sequence, or (MySQL) just to be there.
    Usage,
    /// To vacuum, reindex and refresh (PostgreSQL).
    Maintain,
    /// To change tables (MySQL).
    Alter,
    /// To drop tables, and to empty them at once (MySQL).
    Drop,
    /// To make and drop indices (MySQL).
    Index,
    /// All of them.
    All,
}

/// All privileges and how they are spelt.
const WORDS: [(&str, Privilege); 19] = [
    ("SELECT", Privilege::Select),
    ("INSERT", Privilege::Insert),
    ("UPDATE", Privilege::Update),
    ("DELETE", Privilege::Delete),
    ("TRUNCATE", Privilege::Truncate),
    ("REFERENCES", Privilege::References),
    ("TRIGGER", Privilege::Trigger),
    ("CREATE", Privilege::Create),
    ("CONNECT", Privilege::Connect),
    ("TEMPORARY", Privilege::Temporary),
    ("TEMP", Privilege::Temporary),
    ("EXECUTE", Privilege::Execute),
    ("USAGE", Privilege::Usage),
    ("MAINTAIN", Privilege::Maintain),
    ("ALTER", Privilege::Alter),
    ("DROP", Privilege::Drop),
    ("INDEX", Privilege::Index),
    ("ALL", Privilege::All),
    ("ALL PRIVILEGES", Privilege::All),
];

impl Privilege {
    /// Reads a privilege, in upper or lower case.
    ///
    /// # Errors
    /// Where there is no such privilege.
    pub fn parse(text: &str) -> Result<Self, ScalarError> {
        let known = WORDS.iter().find(|(word, _)| word.eq_ignore_ascii_case(text));
        known.map(|(_, privilege)| *privilege).ok_or_else(|| {
            let near = nearest(text, WORDS.iter().map(|(word, _)| *word));
            let help = match near {
                Some(near) => format!("did you mean `{near}`?"),
                None => {
                    "one of SELECT, INSERT, UPDATE, DELETE, TRUNCATE, REFERENCES, TRIGGER, CREATE, CONNECT, \
                         TEMPORARY, EXECUTE, USAGE, MAINTAIN, ALTER, DROP, INDEX and ALL"
                        .to_owned()
                }
            };
            ScalarError::new(format!("{} is no privilege", quoted(text)), 0..text.len(), help)
        })
    }
}

impl fmt::Display for Privilege {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let word = WORDS.iter().find(|(_, privilege)| privilege == self);
        f.write_str(word.map_or("", |(word, _)| word))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn case_is_free_and_a_slip_is_seen() {
        assert_eq!(Privilege::parse("select"), Ok(Privilege::Select));
        assert_eq!(Privilege::parse("All Privileges"), Ok(Privilege::All));
        assert_eq!(Privilege::Temporary.to_string(), "TEMPORARY");
        let error = Privilege::parse("DELET").expect_err("it is none");
        assert_eq!((error.message.as_str(), error.range), ("`DELET` is no privilege", 0..5));
        assert_eq!(error.help, "did you mean `DELETE`?");
        assert!(Privilege::parse("rule the world").is_err_and(|error| error.help.starts_with("one of")));
    }
}
