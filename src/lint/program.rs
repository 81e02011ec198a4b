//! What well-known programs do with their arguments: which one really runs behind `env` or `timeout`, whether
//! `curl` heeds HTTP errors, what ends by itself.
//!
//! Only what the programs' own documentation states is answered with yes; whatever is not known here, or
//! not before run time, may be anything.

use super::command::{self, Simple, Word};

/// A program that runs, behind all wrappers.
#[derive(Debug, Clone, Copy)]
pub(super) struct Program<'a> {
    /// Its name without folders.
    pub(super) name: &'a str,
    /// The word that names it.
    pub(super) word: &'a Word,
    /// What is handed to it.
    pub(super) arguments: &'a [Word],
    /// True where `timeout` is around it.
    pub(super) is_limited: bool,
}

/// Options of curl that take an argument, as letters.
const CURL_WITH_ARGUMENT: &str = "AbcCdDeEFhHKmoPQrtTuUwxXyYz";

/// A program that runs another one, and its options.
struct Wrapper {
    /// Letters of options without a value.
    flags: &'static str,
    /// Letters of options with a value.
    valued: &'static str,
    /// Long options that take the next word for their value.
    long: &'static [&'static str],
}

/// Long options without a value, of any wrapper.
const LONG_FLAGS: [&str; 6] =
    ["--non-interactive", "--preserve-env", "--set-home", "--foreground", "--preserve-status", "--wait"];

/// A program that does nothing but run another one, by its name.
fn wrapper(name: &str) -> Option<Wrapper> {
    let (flags, valued, long): (_, _, &[&str]) = match name {
        "command" | "exec" | "busybox" | "nohup" => ("", "", &[]),
        "setsid" => ("cfw", "", &[]),
        "sudo" => ("AbEHknPS", "ugp", &["--user", "--group"]),
        "doas" => ("n", "u", &[]),
        "nice" => ("", "n", &["--adjustment"]),
        "ionice" => ("t", "cn", &["--class", "--classdata"]),
        "stdbuf" => ("", "ioe", &[]),
        "env" => ("i", "u", &["--unset"]),
        "timeout" => ("v", "ks", &["--kill-after", "--signal"]),
        _ => return None,
    };
    Some(Wrapper { flags, valued, long })
}

/// Programs that change nothing, whatever they are told.
const READERS: [&str; 12] =
    ["ls", "test", "[", "stat", "cat", "head", "wc", "du", "df", "diff", "cmp", "grep"];

/// True for a command that changes nothing, by the programs alone that it runs: it only looks.
pub(super) fn only_reads(text: &str) -> bool {
    // Most commands begin with something else, and need not be parsed.
    let first = text.split_whitespace().next().map(base_name);
    if !first.is_some_and(|first| READERS.contains(&first)) {
        return false;
    }
    let Ok(script) = command::parse(text) else { return false };
    let mut only_reads = true;
    script.each(&mut |command, _| {
        let is_reader = command.as_simple().and_then(program).is_some_and(|it| READERS.contains(&it.name));
        only_reads &= is_reader && command.redirects.iter().all(|redirect| !redirect.opens_file());
    });
    only_reads
}

/// The program of a simple command, if it is known.
pub(super) fn program(simple: &Simple) -> Option<Program<'_>> {
    let mut words = simple.words.as_slice();
    let mut is_limited = false;
    loop {
        let (word, arguments) = words.split_first()?;
        let name = base_name(word.text()?);
        let skipped = match wrapper(name) {
            Some(wrapper) => Some(options_of(&wrapper, arguments)?),
            None => None,
        };
        let skipped = skipped.map(|skipped| match name {
            "env" => skipped + arguments[skipped..].iter().take_while(|word| is_assignment(word)).count(),
            "timeout" => {
                is_limited = true;
                skipped + 1
            }
            _ => skipped,
        });
        let Some(skipped) = skipped else {
            return Some(Program { name, word, arguments, is_limited });
        };
        let rest = arguments.get(skipped..)?;
        // An option here is one that is not known, and what follows it might be its argument.
        if rest.first().is_none_or(|word| word.text().is_none_or(|text| text.starts_with('-'))) {
            return None;
        }
        words = rest;
    }
}

impl<'a> Program<'a> {
    /// True where it is `curl` on a web address, and exits with 0 whatever the server answers.
    pub(super) fn ignores_http_errors(&self) -> bool {
        if self.name != "curl" {
            return false;
        }
        let mut addresses = self.arguments.iter().filter(|word| word.lead.contains("://"));
        self.knows_all_options()
            && !self.has_option('f', &["--fail", "--fail-with-body"])
            && !self.has_option('K', &["--config"])
            && addresses.all(|word| word.lead.starts_with("http"))
    }

    /// True where something ends it in the end: a limit of its own, or what it is.
    pub(super) fn ends_by_itself(&self) -> bool {
        // They look at files, processes or what they are given, and are done.
        const QUICK: &[&str] = &[
            "test",
            "[",
            "true",
            "false",
            ":",
            "echo",
            "printf",
            "exit",
            "kill",
            "pgrep",
            "pkill",
            "pidof",
            "ps",
            "stat",
            "ls",
            "df",
            "du",
            "basename",
            "dirname",
            "pwd",
            "cd",
            "command",
            "type",
            "id",
            "date",
            "sleep",
            "export",
            "set",
            "grep",
            "egrep",
            "fgrep",
            "cat",
            "head",
            "wc",
            "sort",
            "uniq",
            "tr",
            "cut",
            "awk",
            "sed",
            "jq",
            "cmp",
            "diff",
            "sha256sum",
            "md5sum",
            "ss",
            "lsof",
        ];
        self.is_limited
            || QUICK.contains(&self.name)
            || match self.name {
                "curl" => self.has_option('m', &["--max-time"]) || !self.knows_all_options(),
                "wget" => self.has_option('T', &["--timeout"]),
                "nc" | "ncat" | "netcat" => self.has_option('w', &["--wait"]),
                "ping" => self.has_option('w', &[]) || self.has_option('c', &["--count"]),
                "tail" => !self.has_option('f', &["--follow"]) && !self.has_option('F', &[]),
                _ => false,
            }
    }

    /// True where it exits with 0 whatever happens.
    pub(super) fn always_succeeds(&self) -> bool {
        let operands = || self.arguments.iter().any(|word| !word.text().is_some_and(|t| t.starts_with('-')));
        match self.name {
            "true" | ":" | "echo" => true,
            "exit" => self.arguments.first().is_some_and(|word| word.text() == Some("0")),
            // With nothing to open they can but read what they are given, or their own folder.
            "cat" | "sort" | "uniq" | "wc" | "head" | "tail" | "nl" | "tac" | "ls" | "pwd" | "date" => {
                !operands()
            }
            _ => false,
        }
    }

    /// True where it exits with another code than 0 whatever happens.
    pub(super) fn always_fails(&self) -> bool {
        let code = self.arguments.first().and_then(|word| word.text()?.parse::<u8>().ok());
        self.name == "false" || (self.name == "exit" && code.is_some_and(|code| code > 0))
    }

    /// True where what it hands on is what it is given, so that nobody would look at its exit code.
    pub(super) fn is_filter(&self) -> bool {
        const FILTERS: &[&str] =
            &["tee", "cat", "head", "tail", "sort", "uniq", "wc", "tr", "cut", "nl", "logger", "fold"];
        FILTERS.contains(&self.name)
    }

    /// Whether an option is given, as a letter in a group of them or as one of these words.
    pub(super) fn has_option(&self, letter: char, long: &[&str]) -> bool {
        let texts = self.arguments.iter().filter_map(|word| word.text());
        for text in texts {
            if text == "--" {
                return false;
            }
            let name = text.split_once('=').map_or(text, |(name, _)| name);
            if long.contains(&name) {
                return true;
            }
            if let Some(group) = text.strip_prefix('-').filter(|group| !group.starts_with('-')) {
                let takes_argument = |c: char| self.name == "curl" && CURL_WITH_ARGUMENT.contains(c);
                let end = group.find(takes_argument).map_or(group.len(), |end| end + 1);
                if group[..end].contains(letter) {
                    return true;
                }
            }
        }
        false
    }

    /// The arguments that are no options, as far as they can be told apart: `--` and what starts with a dash are
    /// left out, and so is what follows an option of these letters or words.
    pub(super) fn operands<'s>(&'s self, valued: &'s [&'s str]) -> impl Iterator<Item = &'a Word> + 's {
        let (mut is_value, mut all) = (false, false);
        self.arguments.iter().filter(move |word| {
            let text = word.text().unwrap_or_default();
            if std::mem::take(&mut is_value) {
                return false;
            }
            if all || !word.lead.starts_with('-') || word.lead == "-" {
                return true;
            }
            all = text == "--";
            is_value = valued.contains(&text);
            false
        })
    }

    /// False where an option may hide in what is known only at run time: `curl $OPTIONS URL`.
    fn knows_all_options(&self) -> bool {
        self.arguments
            .iter()
            .all(|word| !word.splits || (!word.lead.is_empty() && !word.lead.starts_with('-')))
    }
}

fn base_name(path: &str) -> &str {
    memchr::memrchr(b'/', path.as_bytes()).map_or(path, |slash| &path[slash + 1..])
}

fn is_assignment(word: &Word) -> bool {
    word.text().is_some_and(|text| !text.starts_with('-') && text.contains('='))
}

/// How many words in front of a wrapper's operands are its options; nothing where one of them is not known.
fn options_of(wrapper: &Wrapper, arguments: &[Word]) -> Option<usize> {
    let mut count = 0;
    loop {
        let Some(text) = arguments.get(count).map(|word| word.text().unwrap_or_default()) else {
            return Some(count);
        };
        if text == "--" {
            return Some(count + 1);
        }
        let Some(group) = text.strip_prefix('-').filter(|group| !group.is_empty()) else {
            return Some(count);
        };
        let takes_next = if group.starts_with('-') {
            if !text.contains('=') && !wrapper.long.contains(&text) && !LONG_FLAGS.contains(&text) {
                return None;
            }
            wrapper.long.contains(&text)
        } else {
            let end = group.find(|c| !wrapper.flags.contains(c));
            match end.map(|end| group.split_at(end).1) {
                None => false,
                Some(rest) if !rest.starts_with(|c| wrapper.valued.contains(c)) => return None,
                Some(rest) => rest.len() == 1,
            }
        };
        count += if takes_next { 2 } else { 1 };
    }
}
