//! Typed checks as commands: the one place that says how a web address, a port, a process, a file and a database are
//! asked.
//!
//! Each becomes text for `sh -c` that every POSIX shell runs, with the tools that are there: `curl`, else any `wget`;
//! any `nc` that can, else `bash`, `perl` or `curl`; `/proc`, else `ps`; `sha256sum`, `shasum` or `openssl`. It exits
//! with 0 where the check holds, with 1 where it does not, and with 2 where there is nothing to ask with; it says why
//! on standard error. Values of the rules are quoted; only `${NAME}` is left for the shell, and quoted, too.

use std::fmt::Write as _;

use super::ir;
use crate::model::{Asked, Database, FileFacts, Probe, Spanned, TextOr};
use crate::scalar::Duration;

/// How long a typed check may take that says nothing of it, in milliseconds.
pub const LIMIT_MS: u64 = 10_000;

/// What is run to be told a verdict, as a check of the plan.
#[must_use]
pub fn check(asked: Asked<'_>, timeout: Option<Duration>) -> ir::Check {
    let stated = timeout.map(Duration::as_millis);
    match asked {
        Asked::Command(command, _) => {
            ir::Check { command: command.to_owned(), timeout_ms: stated, measure: None, says: None }
        }
        Asked::Probe(probe) => ir::Check {
            command: command(&probe),
            timeout_ms: Some(stated.unwrap_or(LIMIT_MS)),
            measure: None,
            says: Some(words(&probe)),
        },
    }
}

/// The text of what is run as people see it: the command itself, or the check in words.
#[must_use]
pub fn text(asked: Asked<'_>) -> String {
    match asked {
        Asked::Command(command, _) => command.to_owned(),
        Asked::Probe(probe) => words(&probe),
    }
}

/// A typed check in words, such as `localhost:5432 takes connections`.
#[must_use]
pub fn words(probe: &Probe<'_>) -> String {
    match probe {
        Probe::Http { url, contains, .. } => {
            let mut words = format!("{} answers {}", url.value, statuses(probe).join(" or "));
            if let Some(text) = contains {
                write!(words, ", with `{}` in the answer", text.value).expect("a string takes any text");
            }
            words
        }
        Probe::Tcp(endpoint) => {
            let (host, port) = endpoint.parts();
            format!("{host}:{port} takes connections")
        }
        Probe::Process(process) => match &process.value {
            TextOr::Text(name) => format!("a process {name} runs"),
            TextOr::Object(file) => format!("the process of {} runs", file.pidfile.value),
        },
        Probe::File(facts) => file_words(facts),
        Probe::Database(database) => {
            let answer = match &database.expect {
                Some(expected) => format!("`{}`", expected.value),
                None => "something".to_owned(),
            };
            format!("{} answers `{}` with {answer}", database.command.value, database.query.value.trim())
        }
    }
}

/// A typed check as text for `sh -c`.
#[must_use]
pub fn command(probe: &Probe<'_>) -> String {
    match probe {
        Probe::Http { url, contains, .. } => {
            let statuses = statuses(probe);
            http(&url.value, &statuses, contains.map(|text| text.value.as_str()))
        }
        Probe::Tcp(endpoint) => {
            let (host, port) = endpoint.parts();
            format!("rulec_host={} rulec_port={}\n{TCP}", word(host), word(port))
        }
        Probe::Process(process) => match &process.value {
            TextOr::Text(name) => format!("rulec_name={}\n{PROCESS}", single(name)),
            TextOr::Object(file) => format!("{}\n{PID_FILE}", named_file(&file.pidfile.value)),
        },
        Probe::File(facts) => file(facts),
        Probe::Database(database) => self::database(database),
    }
}

/// A name in a text that stands for a variable, `${NAME}`: where it stands, and the name.
#[must_use]
pub fn variables(text: &str) -> Vec<(std::ops::Range<usize>, &str)> {
    let mut found = Vec::new();
    let mut from = 0;
    while let Some(at) = text[from..].find("${").map(|at| from + at) {
        from = at + 2;
        let rest = &text[from..];
        let name = &rest[..rest.find('}').unwrap_or(0)];
        let is_name = name.bytes().all(|byte| byte == b'_' || byte.is_ascii_alphanumeric())
            && name.starts_with(|c: char| c == '_' || c.is_ascii_alphabetic());
        if is_name && !text[..at].ends_with('$') {
            found.push((at..from + name.len() + 1, name));
        }
    }
    found
}

/// A text as one word: quoted, but for `${NAME}`, which must be set.
fn word(text: &str) -> String {
    let mut word = String::new();
    let mut from = 0;
    let literal = |part: &str, word: &mut String| {
        if !part.is_empty() {
            word.push_str(&single(&part.replace("$${", "${")));
        }
    };
    for (range, name) in variables(text) {
        literal(&text[from..range.start], &mut word);
        write!(word, "\"${{{name}?}}\"").expect("a string takes any text");
        from = range.end;
    }
    literal(&text[from..], &mut word);
    if word.is_empty() { "''".to_owned() } else { word }
}

/// The line that names a file, in a way that no program takes for an option. Where the path begins with a variable, only
/// its value tells whether it is absolute.
fn named_file(text: &str) -> String {
    let word = word(text);
    match text.starts_with('/') {
        true => format!("rulec_file={word}"),
        false if variables(text).first().is_some_and(|(range, _)| range.start == 0) => {
            format!(
                "rulec_file={word}\ncase $rulec_file in\n  /*) ;;\n  *) rulec_file=./$rulec_file ;;\nesac"
            )
        }
        false => format!("rulec_file=./{word}"),
    }
}

/// A text in single quotes.
fn single(text: &str) -> String {
    format!("'{}'", text.replace('\'', r"'\''"))
}

fn statuses(probe: &Probe<'_>) -> Vec<String> {
    match probe {
        Probe::Http { status: Some(status), .. } => status.value.codes().iter().map(u16::to_string).collect(),
        _ => vec!["200".to_owned()],
    }
}

fn http(url: &str, statuses: &[String], contains: Option<&str>) -> String {
    let mut text = format!("rulec_url={}\n", word(url));
    // A redirection that is followed answers for another address: `wget` shows its own answer first.
    let (curl, wget) = match contains {
        None => {
            ("  rulec_code=$(curl -g -s -S -o /dev/null -w '%{http_code}' \"$rulec_url\") || exit 1\n", "")
        }
        Some(_) => (
            "  rulec_body=$(curl -g -s -S -w '\\n%{http_code}' \"$rulec_url\") || exit 1\n  \
             rulec_code=${rulec_body##*\n}\n",
            "  rulec_body=$(wget -q -O - \"$rulec_url\")\n",
        ),
    };
    let curl = curl.replace("##*\n", "##*\"\n\"");
    write!(
        text,
        "if command -v curl >/dev/null 2>&1; then\n{curl}\
         elif command -v wget >/dev/null 2>&1; then\n  \
         rulec_code=$(wget -S -O /dev/null \"$rulec_url\" 2>&1 | sed -n '/^ *HTTP\\/[0-9.]* [0-9]/{{s/^ *HTTP\\/[0-9.]* \\([0-9]*\\).*/\\1/p;q;}}')\n{wget}\
         else\n  echo 'neither curl nor wget is there to ask with' >&2\n  exit 2\nfi\n\
         case $rulec_code in\n  {}) ;;\n  *)\n    \
         printf '%s: answered %s, not {}\\n' \"$rulec_url\" \"${{rulec_code:-nothing}}\" >&2\n    exit 1\n    ;;\nesac",
        statuses.join(" | "),
        statuses.join(" or ")
    )
    .expect("a string takes any text");
    if let Some(wanted) = contains {
        write!(
            text,
            "\ncase $rulec_body in\n  *{}*) ;;\n  *)\n    \
             printf '%s: the answer has not what it must contain\\n' \"$rulec_url\" >&2\n    exit 1\n    ;;\nesac",
            single(wanted)
        )
        .expect("a string takes any text");
    }
    text
}

const TCP: &str = r#"rulec_help=
if command -v nc >/dev/null 2>&1; then
  rulec_help=$(nc -h 2>&1 </dev/null)
fi
case $rulec_help in
  *-z*) nc -z "$rulec_host" "$rulec_port" >/dev/null 2>&1 ;;
  *"-e PROG"*) nc "$rulec_host" "$rulec_port" -e true >/dev/null 2>&1 </dev/null ;;
  *)
    if command -v bash >/dev/null 2>&1; then
      bash -c 'exec 3<>"/dev/tcp/$0/$1"' "$rulec_host" "$rulec_port" 2>/dev/null
    elif command -v perl >/dev/null 2>&1; then
      perl -MIO::Socket::INET -e 'exit !IO::Socket::INET->new(PeerAddr => $ARGV[0], PeerPort => $ARGV[1])' "$rulec_host" "$rulec_port"
    elif command -v curl >/dev/null 2>&1; then
      case $(curl -s -m 2 -o /dev/null -w '%{time_connect}' "telnet://$rulec_host:$rulec_port" </dev/null) in
        *[1-9]*) ;;
        *) false ;;
      esac
    else
      echo 'neither nc, bash, perl nor curl is there to ask with' >&2
      exit 2
    fi
    ;;
esac || {
  printf '%s: no connection to port %s\n' "$rulec_host" "$rulec_port" >&2
  exit 1
}"#;

const PROCESS: &str = r#"if [ -r /proc/self/stat ]; then
  rulec_short=$(printf '%.15s' "$rulec_name")
  for rulec_stat in /proc/[0-9]*/stat; do
    { read -r rulec_line <"$rulec_stat"; } 2>/dev/null || continue
    rulec_found=${rulec_line#*\(}
    case ${rulec_line##*\) } in
      Z* | X*) ;;
      *) if [ "${rulec_found%\)*}" = "$rulec_short" ]; then exit 0; fi ;;
    esac
  done
elif command -v ps >/dev/null 2>&1; then
  { ps -A -o stat= -o comm= 2>/dev/null || ps -o stat= -o comm=; } | RULEC_NAME=$rulec_name awk '
    $1 !~ /^Z/ { sub(/^ *[^ ]+ +/, ""); sub(/.*\//, ""); if ($0 == ENVIRON["RULEC_NAME"]) found = 1 }
    END { exit !found }' && exit 0
else
  echo 'neither /proc nor ps is there to ask with' >&2
  exit 2
fi
printf 'no process %s runs\n' "$rulec_name" >&2
exit 1"#;

const PID_FILE: &str = r#"rulec_pid=
{ read -r rulec_pid <"$rulec_file" || [ -n "$rulec_pid" ]; } 2>/dev/null || {
  printf '%s: it cannot be read, or is empty\n' "$rulec_file" >&2
  exit 1
}
case $rulec_pid in
  *[!0123456789]*)
    printf '%s: it holds no id of a process\n' "$rulec_file" >&2
    exit 1
    ;;
esac
if [ -r /proc/self/stat ]; then
  rulec_line=
  { read -r rulec_line <"/proc/$rulec_pid/stat"; } 2>/dev/null
  case ${rulec_line##*\) } in
    "" | Z* | X*) ;;
    *) exit 0 ;;
  esac
elif kill -0 "$rulec_pid" 2>/dev/null; then
  exit 0
elif command -v ps >/dev/null 2>&1 && ps -p "$rulec_pid" >/dev/null 2>&1; then
  exit 0
fi
printf '%s: no process %s runs\n' "$rulec_file" "$rulec_pid" >&2
exit 1"#;

fn file_words(facts: &FileFacts<'_>) -> String {
    let path = &facts.path.value;
    if facts.absent {
        return format!("there is no {path}");
    }
    let mut parts = vec![format!("{path} is there")];
    parts.extend(facts.min_size.map(|size| format!("has at least {size}")));
    parts.extend(facts.max_age.map(|age| format!("was changed at most {age} ago")));
    parts.extend(facts.mode.map(|mode| format!("has the mode {}", mode.value)));
    parts.extend(facts.sha256.map(|sum| format!("has the SHA-256 {}", sum.value)));
    match parts.as_slice() {
        [one] => one.clone(),
        [all @ .., last] => format!("{} and {last}", all.join(", ")),
        [] => String::new(),
    }
}

fn file(facts: &FileFacts<'_>) -> String {
    let mut text = format!(
        "{}\nrulec_no() {{\n  printf '%s: %s\\n' \"$rulec_file\" \"$1\" >&2\n  exit 1\n}}\n",
        named_file(&facts.path.value)
    );
    if facts.absent {
        text.push_str("if [ -e \"$rulec_file\" ] || [ -h \"$rulec_file\" ]; then rulec_no 'it is there'; fi");
        return text;
    }
    text.push_str("if [ ! -e \"$rulec_file\" ]; then rulec_no 'it is not there'; fi");
    if let Some(size) = facts.min_size.map(|size| size.as_bytes()).filter(|bytes| *bytes > 0) {
        write!(
            text,
            "\nif [ -z \"$(find -L \"$rulec_file\" -prune -size +{}c)\" ]; then rulec_no 'its size is under {size} B'; fi",
            size - 1
        )
        .expect("a string takes any text");
    }
    if let Some(age) = facts.max_age {
        let seconds = age.as_millis() / 1000;
        write!(
            text,
            "\nrulec_then=$(stat -L -c %Y \"$rulec_file\" 2>/dev/null) || rulec_then=$(stat -L -f %m \"$rulec_file\" 2>/dev/null) ||\n  \
             rulec_then=$(date -r \"$rulec_file\" +%s 2>/dev/null) || {{\n  \
             echo 'neither stat nor date can tell when a file was changed' >&2\n  exit 2\n}}\n\
             if [ \"$(($(date +%s) - rulec_then))\" -gt {seconds} ]; then rulec_no 'it was changed more than {age} ago'; fi"
        )
        .expect("a string takes any text");
    }
    if let Some(mode) = facts.mode {
        write!(
            text,
            "\nif [ -z \"$(find -L \"$rulec_file\" -prune -perm {})\" ]; then rulec_no 'its mode is not {}'; fi",
            mode.value, mode.value
        )
        .expect("a string takes any text");
    }
    if let Some(sum) = facts.sha256 {
        write!(
            text,
            "\nif command -v sha256sum >/dev/null 2>&1; then\n  rulec_sum=$(sha256sum <\"$rulec_file\")\n\
             elif command -v shasum >/dev/null 2>&1; then\n  rulec_sum=$(shasum -a 256 <\"$rulec_file\")\n\
             elif command -v openssl >/dev/null 2>&1; then\n  rulec_sum=$(openssl dgst -sha256 <\"$rulec_file\")\n\
             else\n  echo 'neither sha256sum, shasum nor openssl is there to ask with' >&2\n  exit 2\nfi\n\
             case \" $rulec_sum \" in\n  *' {0} '*) ;;\n  *) rulec_no 'its SHA-256 is not {0}' ;;\nesac",
            sum.value
        )
        .expect("a string takes any text");
    }
    text
}

fn database(database: &Spanned<Database>) -> String {
    // The client on lines of its own, so that whatever it is stays within the parentheses.
    let mut text = format!(
        "rulec_answer=$(printf '%s\\n' {} | (\n{}\n)) || {{\n  echo 'the client could not ask' >&2\n  exit 1\n}}\n",
        single(&database.query.value),
        database.command.value
    );
    let right = match &database.expect {
        Some(expected) => single(expected.value.trim_end_matches('\n')),
        None => "?*".to_owned(),
    };
    write!(
        text,
        "case $rulec_answer in\n  {right}) ;;\n  *)\n    printf 'the answer is: %s\\n' \"$rulec_answer\" >&2\n    exit 1\n    ;;\nesac"
    )
    .expect("a string takes any text");
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_names_in_braces_are_left_to_the_shell() {
        assert_eq!(word("http://h:${PORT}/a"), r#"'http://h:'"${PORT?}"'/a'"#);
        assert_eq!(word("$(rm) `x` $HOME ${1} ${a-b} it's"), r"'$(rm) `x` $HOME ${1} ${a-b} it'\''s'");
        assert_eq!(word("$${PORT}"), "'${PORT}'");
        assert_eq!(word("${A}${B}"), r#""${A?}""${B?}""#);
        assert_eq!(word(""), "''");
        assert_eq!(named_file("-a"), "rulec_file=./'-a'");
        assert_eq!(named_file("/a"), "rulec_file='/a'");
        assert!(named_file("${A}/b").starts_with("rulec_file=\"${A?}\"'/b'\ncase $rulec_file in\n  /*) ;;"));
        assert_eq!(variables("a${B}c"), [(1..5, "B")]);
    }
}
