//! TCP ports in commands: those of web addresses and of this machine's own names.

use std::collections::BTreeMap;
use std::ops::Range;

use super::command::List;
use super::commands::{CommandText, Role};
use super::context::Context;
use crate::model::{Component, Probe, Spanned};

/// A port in a command's text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct PortUse {
    /// The digits.
    pub(super) range: Range<usize>,
    /// The port.
    pub(super) port: u16,
    /// True where the host is this machine.
    pub(super) is_local: bool,
}

/// Names of this machine.
const LOCAL: [&str; 4] = ["localhost", "127.0.0.1", "0.0.0.0", "[::1]"];

/// The ports in a script, in order.
pub(super) fn ports(text: &str, script: &List) -> Vec<PortUse> {
    let mut found = BTreeMap::new();
    script.each_simple(&mut |simple| {
        for word in &simple.words {
            in_word(text, word.at.clone(), &mut found);
        }
    });
    found.into_values().collect()
}

/// The words of a command that are numbers as ports are: of four digits or five.
pub(super) fn numbers(text: &str) -> impl Iterator<Item = Range<usize>> {
    let start = |word: &str| word.as_ptr() as usize - text.as_ptr() as usize;
    text.split_whitespace()
        .filter(|word| (4..=5).contains(&word.len()) && word.bytes().all(|byte| byte.is_ascii_digit()))
        .map(move |word| start(word)..start(word) + word.len())
}

/// The ports that a command or a typed check asks, in order.
pub(super) fn asked(command: &CommandText<'_>) -> Vec<PortUse> {
    let text = command.text;
    match command.probe {
        Some(Probe::Http { .. }) => {
            let mut found = BTreeMap::new();
            in_word(text, 0..text.len(), &mut found);
            found.into_values().collect()
        }
        Some(Probe::Tcp(endpoint)) => {
            let (host, digits) = endpoint.parts();
            let is_local = LOCAL.contains(&host) || host == "::1";
            let range = text.len() - digits.len()..text.len();
            digits.parse().ok().map(|port| PortUse { range, port, is_local }).into_iter().collect()
        }
        Some(_) => Vec::new(),
        None => command.script().map(|script| ports(text, script)).unwrap_or_default(),
    }
}

/// The ports of the addresses in a text that is no command, in order.
pub(super) fn in_text(text: &str) -> Vec<PortUse> {
    let mut found = BTreeMap::new();
    let mut start = 0;
    for word in text.split_inclusive(char::is_whitespace) {
        in_word(text, start..start + word.trim_end().len(), &mut found);
        start += word.len();
    }
    found.into_values().collect()
}

/// The component that a check is about, and the port that it asks instead of the component's.
pub(super) fn drifts<'a>(
    context: &Context<'a>,
    command: &CommandText<'a>,
) -> Option<(&'a Spanned<Component>, Range<usize>)> {
    let component = match command.role {
        Role::Health => command.component,
        Role::Verify => match command.step {
            Some(step) => context.started_by(step),
            // What verifies an action of the component, but one that stops it, asks the component.
            None => command.component.filter(|_| command.starts),
        },
        _ => None,
    }?;
    let port = component.port?;
    let asked = asked(command);
    if asked.iter().any(|asked| asked.port == port.value) {
        return None;
    }
    let first = asked.into_iter().find(|asked| asked.is_local)?;
    Some((component, first.range))
}

fn in_word(text: &str, word: Range<usize>, found: &mut BTreeMap<usize, PortUse>) {
    let spelt = &text[word.clone()];
    let authority = match spelt.find("://") {
        Some(scheme) => scheme + "://".len(),
        // Without a scheme, only what starts with a name of this machine is surely an address.
        None => match spelt.find(|c| c != '"' && c != '\'') {
            Some(start) if LOCAL.iter().any(|host| spelt[start..].starts_with(host)) => start,
            _ => return,
        },
    };
    let rest = &spelt[authority..];
    let end = rest.find(['/', '?', '#', '"', '\'', ' ', '$', '`', ',', ';']).unwrap_or(rest.len());
    let Some(colon) = rest[..end].rfind(':') else { return };
    let digits = &rest[colon + 1..end];
    let host = rest[..colon].rsplit('@').next().unwrap_or_default();
    // Digits that a variable goes on with are not the whole port.
    let is_whole = !rest[end..].starts_with(['$', '`']);
    if !digits.is_empty()
        && digits.bytes().all(|byte| byte.is_ascii_digit())
        && is_whole
        && let Ok(port) = digits.parse()
    {
        let start = word.start + authority + colon + 1;
        let range = start..start + digits.len();
        found.insert(start, PortUse { range, port, is_local: LOCAL.contains(&host) });
    }
}

#[cfg(test)]
mod tests {
    use super::super::command::parse;
    use super::*;

    #[test]
    fn finds_the_ports_of_addresses() {
        let shown = |text: &str| {
            let ports = ports(text, &parse(text).expect(text)).into_iter();
            let ports =
                ports.map(|found| format!("{}{}", &text[found.range], if found.is_local { "" } else { "!" }));
            ports.collect::<Vec<_>>().join(" ")
        };
        for (text, expected) in [
            ("curl http://localhost:80/x:9", "80"),
            ("curl 'https://u:p@h.example:8443?a=1' \"http://[::1]:81\"", "8443! 81"),
            ("curl localhost:82/health", "82"),
            ("curl \"http://127.0.0.1:$PORT/\" http://h:8$X http://h", ""),
            ("test \"$(curl http://localhost:83/)\" = ok", "83"),
            ("curl http://localhost:99999/ a:1", ""),
        ] {
            assert_eq!(shown(text), expected, "{text}");
        }
    }
}
