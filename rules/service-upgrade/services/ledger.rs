//! The booking service of the rule set, small but real.
//!
//! ```text
//! ledger serve    answers `GET /health` and `GET /version` on LEDGER_PORT until it is ended
//! ```
//!
//! It reads `app/VERSION` and `app/SCHEMA` once, when it starts, as a program has its version: files that change later
//! change nothing. It is well as long as the database LEDGER_DATABASE has that schema.
#![expect(
    clippy::disallowed_methods,
    clippy::print_stderr,
    reason = "a program of its own, not a part of the compiler"
)]

use std::io::{BufRead, BufReader, Write};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::process::{Command, ExitCode};
use std::time::Duration;
use std::{env, fs};

fn main() -> ExitCode {
    match env::args().nth(1).as_deref() {
        Some("serve") => match serve() {
            Ok(()) => ExitCode::SUCCESS,
            Err(why) => {
                eprintln!("ledger: {why}");
                ExitCode::FAILURE
            }
        },
        _ => {
            eprintln!("usage: ledger serve");
            ExitCode::from(2)
        }
    }
}

fn serve() -> Result<(), String> {
    let variable = |name: &str| env::var(name).map_err(|_| format!("{name} is not set"));
    let port: u16 = variable("LEDGER_PORT")?.parse().map_err(|_| "LEDGER_PORT is no port".to_owned())?;
    let database = variable("LEDGER_DATABASE")?;
    let read = |path: &str| {
        fs::read_to_string(path).map(|text| text.trim().to_owned()).map_err(|why| format!("{path}: {why}"))
    };
    let (version, schema) = (read("app/VERSION")?, read("app/SCHEMA")?);
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).map_err(|why| why.to_string())?;
    for stream in listener.incoming().flatten() {
        // A client that goes away half-way is no fault of the service.
        drop(answer(stream, &version, &schema, &database));
    }
    Ok(())
}

fn answer(mut stream: TcpStream, version: &str, schema: &str, database: &str) -> std::io::Result<()> {
    stream.set_read_timeout(Some(Duration::from_secs(2)))?;
    let mut lines = BufReader::new(stream.try_clone()?).lines();
    let first = lines.next().transpose()?.unwrap_or_default();
    while lines.next().transpose()?.is_some_and(|line| !line.is_empty()) {}
    let (code, body) = match first.split(' ').nth(1) {
        Some("/version") => (200, format!("{version}\n")),
        Some("/health") => {
            let found = schema_of(database);
            let is_well = found == schema;
            let word = |is_well: bool| if is_well { "healthy" } else { "unhealthy" };
            let body = format!(
                "{{\"status\":\"{}\",\"version\":\"{version}\",\"components\":{{\"database\":\"{}\"}}}}\n",
                word(is_well),
                word(is_well)
            );
            (if is_well { 200 } else { 503 }, body)
        }
        _ => (404, String::from("nothing is here\n")),
    };
    write!(stream, "HTTP/1.1 {code} -\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}", body.len())
}

/// The number of the database's schema.
fn schema_of(database: &str) -> String {
    let output = Command::new("sqlite3").args(["-readonly", database, "pragma user_version"]).output();
    output.map(|output| String::from_utf8_lossy(&output.stdout).trim().to_owned()).unwrap_or_default()
}
