//! The two streams, and how text on them may look.
//!
//! A reader that goes away early, as `head` does, is no mistake: what is left is not written, and nothing is
//! said about it.

use std::io::{self, ErrorKind, Write};

use clap::ValueEnum;

use crate::driver::Refusal;
use crate::host::{Host, Stream, Terminal};
use crate::report::{Characters, Color, Style, visible};

/// Whether colours are wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub(super) enum ColorChoice {
    /// On a terminal, unless `NO_COLOR` is set or `TERM` is `dumb`; `CLICOLOR_FORCE` asks for them anywhere
    #[default]
    Auto,
    /// Always
    Always,
    /// Never
    Never,
}

/// What commands talk to.
pub(super) struct Console<'a> {
    pub(super) host: &'a dyn Host,
    color: ColorChoice,
}

impl<'a> Console<'a> {
    pub(super) fn new(host: &'a dyn Host, color: ColorChoice) -> Self {
        Self { host, color }
    }

    /// Writes a result to standard output.
    pub(super) fn result(&self, text: &str) -> Result<(), Refusal> {
        let mut out = io::stdout().lock();
        match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
            Err(why) if why.kind() != ErrorKind::BrokenPipe => {
                let why = why.to_string();
                let why = why.split(" (os error").next().unwrap_or_default().to_lowercase();
                Err(Refusal::new(format!("the result can't be written: {why}"), "nothing of it counts"))
            }
            _ => Ok(()),
        }
    }

    /// Writes a line beside the result, to standard error.
    pub(super) fn note(&self, line: &str) {
        // There is nobody left to tell where this fails.
        let _ = io::stderr().write_all(format!("{line}\n").as_bytes());
    }

    /// Writes a line about what to do next, for whoever sits there.
    pub(super) fn hint(&self, line: &str) {
        if self.host.terminal(Stream::Output) != Terminal::No {
            self.note(line);
        }
    }

    /// Says why something was not done, and what to do.
    pub(super) fn refuse(&self, refusal: &Refusal) {
        let paint = Paint::new(self.style(Stream::Error));
        let mut lines = vec![format!("{}: {}", paint.bad("error"), visible(&refusal.message))];
        lines.extend(refusal.help.iter().enumerate().map(|(index, help)| {
            let label = if index == 0 { paint.strong("help:") } else { "     ".to_owned() };
            format!("  {label} {}", visible(help))
        }));
        self.note(&lines.join("\n"));
    }

    /// How text on a stream may look.
    pub(super) fn style(&self, stream: Stream) -> Style {
        let terminal = self.host.terminal(stream);
        let width = match terminal {
            Terminal::Yes(Some(width)) => usize::from(width),
            _ => Style::default().width,
        };
        let characters = match terminal {
            Terminal::Yes(_) if self.has_unicode() => Characters::Unicode,
            _ => Characters::Ascii,
        };
        Style { color: self.color(terminal), characters, width }
    }

    fn color(&self, terminal: Terminal) -> Color {
        let is_set = |name: &str| self.host.env(name).is_some_and(|value| !value.is_empty());
        let is_not = |name: &str, word: &str| self.host.env(name).is_none_or(|value| value != word);
        let wanted = match self.color {
            ColorChoice::Always => true,
            ColorChoice::Never => false,
            ColorChoice::Auto if is_set("NO_COLOR") => false,
            ColorChoice::Auto if is_set("CLICOLOR_FORCE") && is_not("CLICOLOR_FORCE", "0") => true,
            ColorChoice::Auto => {
                terminal != Terminal::No && is_not("TERM", "dumb") && is_not("CLICOLOR", "0")
            }
        };
        if wanted { Color::On } else { Color::Off }
    }

    /// Whether the locale's encoding is UTF-8: the first of these variables that is set says so.
    fn has_unicode(&self) -> bool {
        let locale = ["LC_ALL", "LC_CTYPE", "LANG"].iter().filter_map(|name| self.host.env(name));
        let locale = locale.filter(|value| !value.is_empty()).map(|value| value.to_lowercase()).next();
        locale.is_some_and(|locale| locale.contains("utf-8") || locale.contains("utf8"))
    }
}

/// The colours of text that is no report.
#[derive(Debug, Clone, Copy)]
pub(super) struct Paint(Color);

impl Paint {
    pub(super) fn new(style: Style) -> Self {
        Self(style.color)
    }

    pub(super) fn strong(self, text: &str) -> String {
        self.with("1", text)
    }

    pub(super) fn faint(self, text: &str) -> String {
        self.with("2", text)
    }

    pub(super) fn good(self, text: &str) -> String {
        self.with("32", text)
    }

    pub(super) fn bad(self, text: &str) -> String {
        self.with("1;31", text)
    }

    pub(super) fn code(self, text: &str) -> String {
        self.with("36", text)
    }

    fn with(self, codes: &str, text: &str) -> String {
        match self.0 {
            Color::On => format!("\u{1b}[{codes}m{text}\u{1b}[0m"),
            Color::Off => text.to_owned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::host::Memory;

    #[test]
    fn colours_are_for_terminals_unless_somebody_says_otherwise() {
        let plain = Memory::new;
        let terminal = || Memory::new().on_terminal(Some(60));
        let color = |host: &Memory, choice| Console::new(host, choice).style(Stream::Output).color;
        for (host, expected) in [
            (plain(), Color::Off),
            (plain().variable("CLICOLOR_FORCE", "1"), Color::On),
            (plain().variable("CLICOLOR_FORCE", "0"), Color::Off),
            (terminal(), Color::On),
            (terminal().variable("NO_COLOR", "1"), Color::Off),
            (terminal().variable("NO_COLOR", ""), Color::On),
            (terminal().variable("NO_COLOR", "1").variable("CLICOLOR_FORCE", "1"), Color::Off),
            (terminal().variable("TERM", "dumb"), Color::Off),
            (terminal().variable("CLICOLOR", "0"), Color::Off),
        ] {
            assert_eq!(color(&host, ColorChoice::Auto), expected, "{host:?}");
            assert_eq!(color(&host, ColorChoice::Always), Color::On);
            assert_eq!(color(&host, ColorChoice::Never), Color::Off);
        }
    }

    #[test]
    fn boxes_are_drawn_where_the_locale_has_them() {
        let characters =
            |host: &Memory| Console::new(host, ColorChoice::Auto).style(Stream::Output).characters;
        let terminal = || Memory::new().on_terminal(None);
        for (host, expected) in [
            (terminal(), Characters::Ascii),
            (terminal().variable("LANG", "de_DE.UTF-8"), Characters::Unicode),
            (terminal().variable("LANG", "C.utf8").variable("LC_ALL", ""), Characters::Unicode),
            (terminal().variable("LANG", "C.utf8").variable("LC_ALL", "C"), Characters::Ascii),
            (Memory::new().variable("LANG", "C.utf8"), Characters::Ascii),
        ] {
            assert_eq!(characters(&host), expected, "{host:?}");
        }
    }

    #[test]
    fn lines_fit_the_terminal() {
        let host = Memory::new().on_terminal(Some(60));
        assert_eq!(Console::new(&host, ColorChoice::Auto).style(Stream::Error).width, 60);
        assert_eq!(Console::new(&Memory::new(), ColorChoice::Auto).style(Stream::Error).width, 100);
    }
}
