//! A terminal for a script, on which everything is typed before it asks.

use std::fs::{File, OpenOptions};
use std::io::{Read as _, Write as _};
use std::process::{Command, Stdio};
use std::sync::mpsc::{self, Receiver};
use std::thread;
use std::time::Duration;

use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};

/// The side of a terminal that types and sees.
pub(crate) struct Terminal {
    screen: Receiver<String>,
}

impl Terminal {
    /// Gives a command a terminal as standard input and standard error, on which these lines are typed.
    pub(crate) fn attach(command: &mut Command, lines: &[&str]) -> Self {
        let flags = OpenptFlags::RDWR | OpenptFlags::NOCTTY | OpenptFlags::CLOEXEC;
        let ours = openpt(flags).expect("there are terminals");
        grantpt(&ours).expect("it is ours");
        unlockpt(&ours).expect("it is ours");
        let name = ptsname(&ours, Vec::new()).expect("it has a name").into_string().expect("it is a path");
        let theirs = OpenOptions::new().read(true).write(true).open(name).expect("it can be opened");
        let copy = theirs.try_clone().expect("it can be shared");
        command.stdin(Stdio::from(theirs)).stderr(Stdio::from(copy));
        let mut ours = File::from(ours);
        for line in lines {
            ours.write_all(format!("{line}\n").as_bytes()).expect("it can be typed on");
        }
        let (send, screen) = mpsc::channel();
        thread::spawn(move || {
            let mut seen = Vec::new();
            // Reading fails once nobody has the terminal any more.
            let _ = ours.read_to_end(&mut seen);
            send.send(String::from_utf8_lossy(&seen).into_owned())
        });
        Self { screen }
    }

    /// What was on the screen in the end, when the command is over. A process that it has left at the terminal
    /// would take what is typed next: that fails.
    pub(crate) fn seen(self) -> String {
        self.screen.recv_timeout(Duration::from_secs(20)).expect("nobody is left at the terminal")
    }
}
