//! What the statements of a text of SQL take: which privilege, and the words that ask for it.
//!
//! Only what the manuals state is answered: PostgreSQL's reference of each command, and "Privileges" (`ddl-priv`); MySQL's
//! reference of each statement. A name that the text itself makes, one of a query in `WITH`, a function and a catalogue
//! that everybody may read take nothing here. Columns and rows are not told apart, nor is one table from another.
//!
//! Written here because a parser of all SQL would be several times as large as what is asked of it, and refuses a text as
//! a whole where one word is unknown to it or is put in by the shell.

mod tokens;

use std::collections::BTreeSet;
use std::ops::Range;

pub(super) use tokens::Dialect;
use tokens::{Token, tokens};

use crate::scalar::Privilege;

/// What a statement asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Ask {
    /// What it takes.
    pub(super) takes: Takes,
    /// The words that ask for it, as they are spelt in the manual.
    pub(super) words: String,
    /// Where they stand in the text.
    pub(super) at: Range<usize>,
}

/// What is needed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Takes {
    /// A privilege that is granted.
    Granted(Privilege),
    /// To own it, which nobody is granted.
    Owning,
}

impl Takes {
    /// True where a user who is granted these has it. In PostgreSQL who may create may also own, and an owner may do
    /// everything with what is owned.
    pub(super) fn is_in(self, granted: &BTreeSet<Privilege>, dialect: Dialect) -> bool {
        let owns = dialect == Dialect::Postgres && granted.contains(&Privilege::Create);
        granted.contains(&Privilege::All)
            || owns
            || matches!(self, Takes::Granted(privilege) if granted.contains(&privilege))
    }
}

/// What a text asks for, in its order. Where `is_whole` is false, more follows that is not known.
pub(super) fn asks(text: &str, dialect: Dialect, is_whole: bool) -> Vec<Ask> {
    let tokens = tokens(text, dialect, is_whole);
    let mut reader = Reader { dialect, own: BTreeSet::new(), asks: Vec::new() };
    for statement in tokens.split(|token| token.is_sign(";")) {
        if reader.is_over(statement) {
            break;
        }
        reader.statement(statement);
    }
    reader.asks
}

/// What a statement that reads or writes rows begins with.
const VERBS: [&str; 8] = ["SELECT", "INSERT", "UPDATE", "DELETE", "MERGE", "REPLACE", "TABLE", "WITH"];

/// What only an owner may alter, drop or comment on in PostgreSQL.
const OWNED: [&str; 13] = [
    "TABLE",
    "INDEX",
    "VIEW",
    "MATERIALIZED",
    "SEQUENCE",
    "SCHEMA",
    "TYPE",
    "DOMAIN",
    "FUNCTION",
    "PROCEDURE",
    "TRIGGER",
    "POLICY",
    "DATABASE",
];

struct Reader {
    dialect: Dialect,
    /// Names that mean nothing outside of the text: of queries in `WITH`, and of tables that it makes.
    own: BTreeSet<String>,
    asks: Vec<Ask>,
}

impl Reader {
    /// True for what makes another user of the one who connected, or other statements of what follows.
    fn is_over(&self, statement: &[Token<'_>]) -> bool {
        let [first, rest @ ..] = statement else { return false };
        let sets_role = first.is_one(&["SET", "RESET"])
            && rest.iter().take(2).any(|token| token.is_one(&["ROLE", "AUTHORIZATION"]));
        let has_body = first.is("CREATE")
            && rest.iter().any(|token| token.is("BEGIN"))
            && rest.iter().any(|token| token.is_one(&["FUNCTION", "PROCEDURE", "TRIGGER", "EVENT"]));
        sets_role || has_body || first.is("DELIMITER")
    }

    fn ask(&mut self, takes: Takes, from: &Token<'_>, to: &Token<'_>, words: &str) {
        let at = from.at.start..to.at.end;
        if self.asks.iter().all(|ask| ask.at != at || ask.takes != takes) {
            self.asks.push(Ask { takes, words: words.to_owned(), at });
        }
    }

    fn grant(&mut self, privilege: Privilege, token: &Token<'_>) {
        self.ask(Takes::Granted(privilege), token, token, &token.text.to_uppercase());
    }

    fn statement(&mut self, statement: &[Token<'_>]) {
        let [first, rest @ ..] = statement else { return };
        let is_mysql = self.dialect == Dialect::Mysql;
        if first.is_one(&["CREATE", "ALTER", "DROP"]) {
            return self.definition(first, rest);
        }
        if first.is("EXPLAIN") {
            let inner = level(rest).find(|at| rest[*at].is_one(&VERBS));
            return inner.map_or((), |at| self.statement(&rest[at..]));
        }
        if first.is("TRUNCATE") {
            let at = level(rest).find(|at| !rest[*at].is_one(&["TABLE", "ONLY"]));
            if at.is_some_and(|at| self.is_table(&rest[at..])) {
                self.grant(if is_mysql { Privilege::Drop } else { Privilege::Truncate }, first);
            }
        } else if first.is("COPY") && !is_mysql {
            self.copy(first, rest);
        } else if first.is("COMMENT") && !is_mysql && rest.get(1).is_some_and(|it| it.is_one(&OWNED)) {
            self.ask(Takes::Owning, first, first, "COMMENT");
        } else if first.is_one(&["GRANT", "REVOKE"]) {
            // Without `ON` it is about members of roles.
            if !is_mysql && rest.iter().any(|token| token.is("ON")) {
                self.ask(Takes::Owning, first, first, &first.text.to_uppercase());
            }
        } else {
            self.rows(statement);
        }
    }

    /// `CREATE`, `ALTER` and `DROP`.
    fn definition(&mut self, first: &Token<'_>, rest: &[Token<'_>]) {
        let before = ["OR", "REPLACE", "GLOBAL", "LOCAL", "UNIQUE", "UNLOGGED", "CONSTRAINT"];
        let is_temporary = rest.iter().take(3).any(|token| token.is_one(&["TEMP", "TEMPORARY"]));
        let skipped =
            rest.iter().take_while(|token| token.is_one(&before) || token.is_one(&["TEMP", "TEMPORARY"]));
        let Some((noun, rest)) = rest[skipped.count()..].split_first() else { return };
        let target = rest.iter().take_while(|it| {
            it.is_one(&["IF", "NOT", "EXISTS", "ONLY", "CONCURRENTLY", "TABLE", "VIEW"]) && !noun.is("INDEX")
        });
        let target = &rest[target.count()..];
        let name = qualified(target).0;
        if first.is("CREATE") && (is_temporary || noun.is_one(&["TABLE", "VIEW", "MATERIALIZED"])) {
            self.own.extend(name.clone());
        }
        if is_temporary || (!first.is("CREATE") && name.is_some_and(|name| self.own.contains(&name))) {
            return;
        }
        let words = format!("{} {}", first.text.to_uppercase(), noun.text.to_uppercase());
        let takes = match self.dialect {
            Dialect::Mysql if noun.is("INDEX") => Some(Takes::Granted(Privilege::Index)),
            Dialect::Mysql if noun.is("TABLE") && first.is("CREATE") => {
                Some(Takes::Granted(Privilege::Create))
            }
            Dialect::Mysql if noun.is("TABLE") && first.is("ALTER") => Some(Takes::Granted(Privilege::Alter)),
            Dialect::Mysql if noun.is_one(&["TABLE", "VIEW", "DATABASE", "SCHEMA"]) && first.is("DROP") => {
                Some(Takes::Granted(Privilege::Drop))
            }
            Dialect::Mysql => None,
            Dialect::Postgres if first.is("CREATE") => {
                let made = [
                    "TABLE",
                    "VIEW",
                    "MATERIALIZED",
                    "SEQUENCE",
                    "SCHEMA",
                    "TYPE",
                    "DOMAIN",
                    "FUNCTION",
                    "PROCEDURE",
                ];
                let on_tables = ["INDEX", "POLICY", "RULE"];
                if noun.is("TRIGGER") {
                    Some(Takes::Granted(Privilege::Trigger))
                } else if noun.is_one(&on_tables) {
                    // An index of a table that the text makes is the user's own too.
                    let table = rest.iter().position(|token| token.is("ON")).map(|on| &rest[on + 1..]);
                    table.is_some_and(|table| self.is_table(table)).then_some(Takes::Owning)
                } else {
                    noun.is_one(&made).then_some(Takes::Granted(Privilege::Create))
                }
            }
            Dialect::Postgres => noun.is_one(&OWNED).then_some(Takes::Owning),
        };
        if let Some(takes) = takes {
            self.ask(takes, first, noun, &words);
        }
    }

    /// `COPY`, of a table or of a query.
    fn copy(&mut self, first: &Token<'_>, rest: &[Token<'_>]) {
        if rest.first().is_some_and(|token| token.is_sign("(")) {
            return self.groups(rest);
        }
        let Some(way) = level(rest).map(|at| &rest[at]).find(|token| token.is_one(&["FROM", "TO"])) else {
            return;
        };
        if self.is_table(rest) {
            let (privilege, words) = match way.is("FROM") {
                true => (Privilege::Insert, "COPY FROM"),
                false => (Privilege::Select, "COPY TO"),
            };
            self.ask(Takes::Granted(privilege), first, first, words);
        }
    }

    /// What reads or writes rows; of anything else only the queries in parentheses count.
    fn rows(&mut self, tokens: &[Token<'_>]) {
        let [first, rest @ ..] = tokens else { return };
        if first.is_sign("(") || first.is("VALUES") {
            return self.groups(tokens);
        }
        if !first.is_one(&VERBS) {
            return;
        }
        if first.is("WITH") {
            return self.with(rest);
        }
        if first.is_one(&["SELECT", "TABLE"]) {
            return self.select(tokens);
        }
        let target = |skipped: &[&str]| {
            let count = rest.iter().take_while(|token| token.is_one(skipped)).count();
            self.is_table(&rest[count..])
        };
        let changes = ["LOW_PRIORITY", "DELAYED", "HIGH_PRIORITY", "IGNORE", "QUICK", "INTO", "FROM", "ONLY"];
        let is_foreign = target(&changes);
        let query = level(rest).find(|at| rest[*at].is_one(&["SELECT", "WITH"]) && first.is("INSERT"));
        let own = &rest[..query.unwrap_or(rest.len())];
        if is_foreign {
            match first.text.to_ascii_uppercase().as_str() {
                "INSERT" => self.grant(Privilege::Insert, first),
                "UPDATE" => self.grant(Privilege::Update, first),
                "DELETE" => self.grant(Privilege::Delete, first),
                "REPLACE" if self.dialect == Dialect::Mysql => {
                    self.grant(Privilege::Insert, first);
                    self.grant(Privilege::Delete, first);
                }
                _ => {}
            }
            self.later(first, rest);
        }
        self.groups(own);
        if let Some(query) = query {
            self.rows(&rest[query..]);
        }
    }

    /// What `INSERT` does with rows that are there, and what `MERGE` does with those that it finds or misses.
    fn later(&mut self, first: &Token<'_>, rest: &[Token<'_>]) {
        for at in level(rest).skip(1) {
            let (before, token) = (&rest[at - 1], &rest[at]);
            let is_upsert = first.is("INSERT") && before.is_one(&["DO", "KEY"]) && token.is("UPDATE");
            let is_merged = first.is("MERGE") && before.is("THEN");
            match token.text.to_ascii_uppercase().as_str() {
                "UPDATE" if is_upsert || is_merged => self.grant(Privilege::Update, token),
                "INSERT" if is_merged => self.grant(Privilege::Insert, token),
                "DELETE" if is_merged => self.grant(Privilege::Delete, token),
                _ => {}
            }
        }
    }

    /// The queries of `WITH`, and what uses them.
    fn with(&mut self, tokens: &[Token<'_>]) {
        let end = level(tokens).find(|at| tokens[*at].is_one(&VERBS)).unwrap_or(tokens.len());
        for at in level(&tokens[..end]).filter(|at| tokens[*at].is("AS")) {
            // A list of columns may stand behind the name.
            let before = &tokens[..at];
            let has_columns = before.last().is_some_and(|token| token.is_sign(")"));
            let columns = before.iter().rposition(|token| has_columns && token.is_sign("("));
            let name = before[..columns.unwrap_or(at)].last().and_then(Token::name);
            self.own.extend(name);
        }
        self.groups(&tokens[..end]);
        self.rows(&tokens[end..]);
    }

    /// A query: it takes the right to read where it reads a table.
    fn select(&mut self, tokens: &[Token<'_>]) {
        let Some(first) = tokens.first() else { return };
        let mut reads = first.is("TABLE") && self.is_table(&tokens[1..]);
        let mut locks = None;
        let mut last = None;
        for at in level(tokens) {
            let token = &tokens[at];
            let is_clause = token.is("FROM") && !last.is_some_and(|last: &Token<'_>| last.is("DISTINCT"));
            if is_clause || token.is("JOIN") {
                reads |= self.is_read(&tokens[at + 1..]);
            }
            if token.is("INTO") {
                let made = tokens[at + 1..].iter();
                let mut made = made.skip_while(|it| it.is_one(&["TEMP", "TEMPORARY", "UNLOGGED", "TABLE"]));
                self.own.extend(made.next().and_then(Token::name));
            }
            if token.is("FOR")
                && tokens.get(at + 1).is_some_and(|it| it.is_one(&["UPDATE", "NO", "SHARE", "KEY"]))
            {
                locks = Some((token, &tokens[at + 1]));
            }
            last = Some(token);
        }
        if reads {
            self.grant(Privilege::Select, first);
        }
        if let (true, Some((from, to)), Dialect::Postgres) = (reads, locks, self.dialect) {
            let words = format!("FOR {}", to.text.to_uppercase());
            self.ask(Takes::Granted(Privilege::Update), from, to, &words);
        }
        self.groups(tokens);
    }

    /// The queries in parentheses.
    fn groups(&mut self, tokens: &[Token<'_>]) {
        let mut at = 0;
        while at < tokens.len() {
            if tokens[at].is_sign("(") {
                let end = closing(tokens, at);
                let inner = &tokens[at + 1..end];
                match inner.first() {
                    Some(first) if first.is_one(&VERBS) => self.rows(inner),
                    _ => self.groups(inner),
                }
                at = end;
            }
            at += 1;
        }
    }

    /// True where a query reads what stands first, and it is a table and no function.
    fn is_read(&self, tokens: &[Token<'_>]) -> bool {
        let skipped = tokens.iter().take_while(|token| token.is_one(&["ONLY", "LATERAL"])).count();
        let after = qualified(&tokens[skipped..]).1.first();
        self.is_table(tokens) && !after.is_some_and(|token| token.is_sign("("))
    }

    /// True where the name of a table stands first, and it is not one of the text's own or one that everybody may read.
    fn is_table(&self, tokens: &[Token<'_>]) -> bool {
        let skipped = tokens.iter().take_while(|token| token.is_one(&["ONLY", "LATERAL"])).count();
        let Some(name) = qualified(&tokens[skipped..]).0 else { return false };
        let schema =
            tokens[skipped].name().filter(|_| tokens.get(skipped + 1).is_some_and(|it| it.is_sign(".")));
        let is_open =
            |schema: &str| ["pg_catalog", "information_schema", "performance_schema"].contains(&schema);
        !self.own.contains(&name)
            && !name.starts_with("pg_")
            && name != "dual"
            && !schema.is_some_and(|schema| is_open(&schema))
    }
}

/// The last part of a name with dots that stands first, and what follows it.
fn qualified<'s, 't>(tokens: &'s [Token<'t>]) -> (Option<String>, &'s [Token<'t>]) {
    let mut rest = tokens;
    let mut name = None;
    while let Some((first, after)) = rest.split_first() {
        let Some(part) = first.name() else { break };
        (name, rest) = (Some(part), after);
        match rest.split_first() {
            Some((dot, after)) if dot.is_sign(".") => rest = after,
            _ => break,
        }
    }
    (name, rest)
}

/// The places of the tokens that stand in no parentheses.
fn level<'s>(tokens: &'s [Token<'_>]) -> impl Iterator<Item = usize> + 's {
    let mut depth = 0_usize;
    tokens.iter().enumerate().filter_map(move |(at, token)| {
        let before = depth;
        if token.is_sign("(") {
            depth += 1;
        } else if token.is_sign(")") {
            depth = depth.saturating_sub(1);
        }
        (before == 0 && depth == 0).then_some(at)
    })
}

/// Where the parenthesis closes that opens at a place; the end, where none does.
fn closing(tokens: &[Token<'_>], open: usize) -> usize {
    let mut depth = 0_usize;
    for (at, token) in tokens.iter().enumerate().skip(open) {
        if token.is_sign("(") {
            depth += 1;
        } else if token.is_sign(")") {
            depth -= 1;
            if depth == 0 {
                return at;
            }
        }
    }
    tokens.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(text: &str, dialect: Dialect, is_whole: bool) -> String {
        let asks = asks(text, dialect, is_whole).into_iter().map(|ask| {
            assert!(text.get(ask.at.clone()).is_some_and(|words| !words.is_empty()), "{text}");
            match ask.takes {
                Takes::Owning => format!("{} owner", ask.words),
                Takes::Granted(privilege) if privilege.to_string() == ask.words => ask.words,
                Takes::Granted(privilege) => format!("{} {privilege}", ask.words),
            }
        });
        asks.collect::<Vec<_>>().join(", ")
    }

    #[test]
    fn what_statements_of_postgresql_take() {
        for (text, expected) in [
            ("select 1", ""),
            ("SELECT now(), version()", ""),
            ("select * from records", "SELECT"),
            ("select * from generate_series(1, 3)", ""),
            ("select * from pg_stat_activity join information_schema.tables on true", ""),
            ("select extract(year from made) from only \"Records\" where a is distinct from b", "SELECT"),
            ("select extract(year from now()), 1 is distinct from x.y", ""),
            ("select (select count(*) from b), f((select 1 from c))", "SELECT, SELECT"),
            ("(select a from b) union (select a from c)", "SELECT, SELECT"),
            ("select a from f() left join public.b on true for update", "SELECT, FOR UPDATE UPDATE"),
            ("insert into records (a) values (1); DELETE FROM records", "INSERT, DELETE"),
            ("insert into a select * from b on conflict (a) do update set a = 1", "INSERT, UPDATE, SELECT"),
            ("insert into a values (1) on conflict do nothing", "INSERT"),
            ("update only a set b = (select c from d)", "UPDATE, SELECT"),
            ("with old as (delete from a returning *) insert into b select * from old", "DELETE, INSERT"),
            ("with recursive t(n) as (values (1) union select n + 1 from t) select n from t", ""),
            (
                "merge into a using b on true when matched then delete when not matched then insert values (1)",
                "DELETE, INSERT",
            ),
            ("truncate table a", "TRUNCATE"),
            ("copy a (b, c) from stdin", "COPY FROM INSERT"),
            ("copy (select * from a) to stdout", "SELECT"),
            ("copy a to '/tmp/x'", "COPY TO SELECT"),
            ("explain (analyze, verbose) delete from a", "DELETE"),
            ("explain analyze select 1", ""),
            ("begin; delete from a; commit", "DELETE"),
            (
                "-- delete from a\n/* delete /* from */ a; */ select '; delete from a', $$; delete from a$$, $x$ ' $x$",
                "",
            ),
            ("select E'\\'; delete from a', 'it''s'; delete from b", "DELETE"),
            ("create table a (b int); insert into a values (1); drop table a", "CREATE TABLE CREATE"),
            ("create temp table a (b int); delete from a; delete from b", "DELETE"),
            ("select * into temporary a from b; delete from a", "SELECT"),
            (
                "alter table a add b int; drop index i; create index on a (b)",
                "ALTER TABLE owner, DROP INDEX owner, CREATE INDEX owner",
            ),
            (
                "alter role me password 'x'; alter default privileges grant select on tables to me; drop owned by me",
                "",
            ),
            ("grant select on a to b; grant a to b", "GRANT owner"),
            (
                "create or replace view a as select 1; create trigger t before insert on a execute function f()",
                "CREATE VIEW CREATE, CREATE TRIGGER TRIGGER",
            ),
            ("create unlogged table if not exists s.a (b int); delete from s.a", "CREATE TABLE CREATE"),
            ("set role other; delete from a", ""),
            ("set session authorization other; delete from a", ""),
            ("set search_path to x; delete from a", "DELETE"),
            ("delete from a; \\c db other\ndelete from b", "DELETE"),
            ("delete from a where b < :'before'; delete from c", "DELETE"),
            ("select a::int, b[1:2] from c", ""),
            ("prepare x as delete from a; call f(); do $$ begin delete from a; end $$", ""),
            ("create function f() returns int begin atomic delete from a; select 1; end; delete from a", ""),
            ("delete from a where b = 'x", "DELETE"),
            ("/* delete from a", ""),
            ("with as (select 1)", ""),
            ("(((", ""),
            (")) as , from", ""),
        ] {
            assert_eq!(told(text, Dialect::Postgres, true), expected, "{text}");
        }
    }

    #[test]
    fn what_statements_of_mysql_take() {
        for (text, expected) in [
            ("delete from `a` where b = \"it\\\"s; drop table c\"", "DELETE"),
            ("replace into a values (1)", "REPLACE INSERT, REPLACE DELETE"),
            ("insert into a values (1) on duplicate key update b = 2", "INSERT, UPDATE"),
            ("truncate a", "TRUNCATE DROP"),
            (
                "alter table a add b int; drop table b; create index i on a (b)",
                "ALTER TABLE ALTER, DROP TABLE DROP, CREATE INDEX INDEX",
            ),
            ("# delete from a\nselect 1--1 from b", "SELECT"),
            ("select 1 from dual; /*!40000 delete from a */", ""),
            ("delimiter //\ndelete from a//", ""),
        ] {
            assert_eq!(told(text, Dialect::Mysql, true), expected, "{text}");
        }
    }

    #[test]
    fn what_may_go_on_is_not_taken_for_the_whole() {
        for (text, expected) in [
            ("delete from ", ""),
            ("delete from a where b < '", "DELETE"),
            ("delete", ""),
            ("select a from ", ""),
        ] {
            assert_eq!(told(text, Dialect::Postgres, false), expected, "{text}");
        }
    }
}
