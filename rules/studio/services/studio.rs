//! The three services of the studio rule set, small but real: each listens on a port, answers
//! `GET /health`, keeps a file of what it did, and stops when it is told to.
//!
//! ```text
//! studio start NAME PORT    starts the service in the background; one that runs already is left alone
//! studio stop NAME PORT     stops it and waits until its port is closed; one that does not run is fine
//! studio probe PORT [PATH]  succeeds if the path (default /health) answers 200
//! studio serve NAME PORT    the service itself, in the foreground
//! ```
//!
//! A service named in the environment variable `STUDIO_BROKEN` starts, but answers every probe with 503:
//! the fault that a start procedure has to notice. `STUDIO_DATA` names the folder for data (default `target/studio/data`).
#![expect(
    clippy::disallowed_methods,
    clippy::print_stderr,
    reason = "a program of its own, not a part of the compiler"
)]

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::process::{Command, ExitCode, Stdio};
use std::time::Duration;
use std::{env, fs, thread};

/// How long a service may take to open or close its port, in polls of [`POLL`].
const PATIENCE: u32 = 100;
const POLL: Duration = Duration::from_millis(50);

fn main() -> ExitCode {
    let args: Vec<String> = env::args().skip(1).collect();
    let args: Vec<&str> = args.iter().map(String::as_str).collect();
    let done = match args[..] {
        ["start", name, port] => number(port).and_then(|port| start(name, port)),
        ["stop", name, port] => number(port).and_then(|port| stop(name, port)),
        ["probe", port] => number(port).and_then(|port| probe(port, "/health")),
        ["probe", port, path] => number(port).and_then(|port| probe(port, path)),
        ["serve", name, port] => number(port).and_then(|port| serve(name, port)),
        _ => {
            Err("usage: studio start NAME PORT | stop NAME PORT | probe PORT [PATH] | serve NAME PORT".into())
        }
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(why) => {
            eprintln!("studio: {why}");
            ExitCode::FAILURE
        }
    }
}

fn number(port: &str) -> Result<u16, String> {
    port.parse().map_err(|_| format!("`{port}` is not a port"))
}

fn start(name: &str, port: u16) -> Result<(), String> {
    if let Ok(answer) = ask(port, "GET", "/name") {
        return if answer.ends_with(name) {
            Ok(())
        } else {
            Err(format!("port {port} is taken by another program"))
        };
    }
    let data = data_folder()?;
    let log =
        fs::File::create(format!("{data}/{name}.log")).map_err(|e| format!("can't write the log: {e}"))?;
    let program = env::current_exe().map_err(|e| e.to_string())?;
    let mut service = Command::new(program);
    service.args(["serve", name, &port.to_string()]).stdin(Stdio::null()).stdout(Stdio::null()).stderr(log);
    #[cfg(unix)]
    std::os::unix::process::CommandExt::process_group(&mut service, 0);
    let mut child = service.spawn().map_err(|e| format!("can't start {name}: {e}"))?;
    for _ in 0..PATIENCE {
        if ask(port, "GET", "/name").is_ok_and(|answer| answer.ends_with(name)) {
            return Ok(());
        }
        if let Ok(Some(status)) = child.try_wait() {
            return Err(format!("{name} ended at once, with {status}; see {data}/{name}.log"));
        }
        thread::sleep(POLL);
    }
    Err(format!("{name} did not open port {port}"))
}

fn stop(name: &str, port: u16) -> Result<(), String> {
    match ask(port, "GET", "/name") {
        Err(_) => return Ok(()),
        Ok(answer) if !answer.ends_with(name) => {
            return Err(format!("port {port} belongs to another program"));
        }
        Ok(_) => {}
    }
    ask(port, "POST", "/stop")?;
    for _ in 0..PATIENCE {
        if ask(port, "GET", "/name").is_err() {
            return Ok(());
        }
        thread::sleep(POLL);
    }
    Err(format!("{name} still answers on port {port}"))
}

fn probe(port: u16, path: &str) -> Result<(), String> {
    let answer = ask(port, "GET", path)?;
    let status = answer.split_whitespace().nth(1).unwrap_or("nothing");
    if status == "200" { Ok(()) } else { Err(format!("127.0.0.1:{port}{path} answers {status}")) }
}

/// Sends one request and gives the whole answer.
fn ask(port: u16, method: &str, path: &str) -> Result<String, String> {
    let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
    let fault = |e: std::io::Error| format!("127.0.0.1:{port} does not answer: {e}");
    let mut stream = TcpStream::connect_timeout(&address, Duration::from_secs(2)).map_err(fault)?;
    stream.set_read_timeout(Some(Duration::from_secs(2))).map_err(fault)?;
    write!(stream, "{method} {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
        .map_err(fault)?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer).map_err(fault)?;
    Ok(answer)
}

fn serve(name: &str, port: u16) -> Result<(), String> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port))
        .map_err(|e| format!("can't listen on port {port}: {e}"))?;
    let broken = env::var("STUDIO_BROKEN").is_ok_and(|broken| broken == name);
    let journal = format!("{}/{name}.txt", data_folder()?);
    fs::write(&journal, format!("{name} was started\n"))
        .map_err(|e| format!("can't write {journal}: {e}"))?;
    for stream in listener.incoming() {
        let Ok(mut stream) = stream else { continue };
        // A client that says nothing must not keep the others waiting for ever.
        if stream.set_read_timeout(Some(Duration::from_secs(2))).is_err() {
            continue;
        }
        let mut line = String::new();
        if BufReader::new(&stream).take(1024).read_line(&mut line).is_err() {
            continue;
        }
        let (status, body) = match line.split_whitespace().take(2).collect::<Vec<_>>()[..] {
            ["POST", "/stop"] => ("200 OK", name),
            ["GET", "/name"] => ("200 OK", name),
            _ if broken => ("503 Service Unavailable", "broken"),
            ["GET", "/health"] => ("200 OK", "healthy"),
            _ => ("404 Not Found", "not found"),
        };
        let length = body.len();
        // The client may have gone; that is its own affair.
        drop(write!(
            stream,
            "HTTP/1.1 {status}\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n{body}"
        ));
        if line.starts_with("POST /stop ") {
            break;
        }
    }
    Ok(())
}

fn data_folder() -> Result<String, String> {
    let data = env::var("STUDIO_DATA").unwrap_or_else(|_| "target/studio/data".into());
    fs::create_dir_all(&data).map_err(|e| format!("can't make the folder {data}: {e}"))?;
    Ok(data)
}
