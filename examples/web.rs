//! A web page on which a daemon shows its own state, as Linux sees it in /proc.
//!
//! ```console
//! $ cargo run --example web
//! web: look at http://127.0.0.1:8080
//! ```
//!
//! See what makes it a daemon: it is not a session leader, has no terminal, works in `/`, and has
//! nothing open that the shell had open. Another address can be given:
//! `cargo run --example web 127.0.0.1:0`. To stop it: `pkill -F ~/.local/state/web.pid -L`, or
//! /run/web.pid as root.

use std::{env, fs, io};

use axum::{Router, http::StatusCode, response::Html, routing::get};
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};

#[daemon::main(pidfile)]
#[tokio::main(flavor = "current_thread")]
async fn main(ready: daemon::Ready) -> io::Result<()> {
    let address = env::args().nth(1).unwrap_or_else(|| "127.0.0.1:8080".to_owned());
    let listener = TcpListener::bind(address).await?;
    let mut terminate = signal(SignalKind::terminate())?;
    ready.notify_with(format_args!("look at http://{}", listener.local_addr()?));
    axum::serve(listener, Router::new().route("/", get(page)))
        .with_graceful_shutdown(async move { _ = terminate.recv().await })
        .await
}

async fn page() -> Result<Html<String>, (StatusCode, String)> {
    let facts = facts().map_err(|error| (StatusCode::INTERNAL_SERVER_ERROR, error.to_string()))?;
    let rows: String = facts
        .iter()
        .map(|(name, value)| format!("<tr><th>{}<td>{}\n", escape(name), escape(value)))
        .collect();
    Ok(Html(format!(
        "<!doctype html>\n<html lang=en>\n<meta charset=utf-8>\n<title>A daemon</title>\n\
         <style>body {{ font: 1rem/1.5 sans-serif; margin: 3rem auto; max-width: 50rem }} \
         th {{ text-align: left; padding-right: 2rem; vertical-align: top }} \
         td {{ font-family: monospace; white-space: pre-line }}</style>\n\
         <h1>A daemon</h1>\n<table>\n{rows}</table>\n</html>\n"
    )))
}

/// What there is to see, with the names of proc(5).
fn facts() -> io::Result<Vec<(&'static str, String)>> {
    let status = fs::read_to_string("/proc/self/status")?;
    let of_status = |key| field(&status, key).unwrap_or("?").to_owned();
    let stat = fs::read_to_string("/proc/self/stat")?;
    // After the program's name, which is in parentheses and may hold anything.
    let stat: Vec<_> = stat.rsplit(')').next().unwrap_or_default().split_whitespace().collect();
    let of_stat = |index: usize| stat.get(index).copied().unwrap_or("?").to_owned();
    let terminal = match of_stat(4).as_str() {
        "0" => "none".to_owned(),
        number => format!("device {number}"),
    };
    Ok(vec![
        ("process", of_status("Pid")),
        ("session", of_stat(3)),
        ("process group", of_stat(2)),
        ("parent", of_stat(1)),
        ("terminal", terminal),
        ("umask", of_status("Umask")),
        ("working directory", env::current_dir()?.display().to_string()),
        ("open descriptors", open_descriptors()?),
        ("blocked signals", signals(&of_status("SigBlk"))),
        ("ignored signals", signals(&of_status("SigIgn"))),
        ("caught signals", signals(&of_status("SigCgt"))),
    ])
}

/// The value of a line such as `Umask:  0027`.
fn field<'a>(status: &'a str, key: &str) -> Option<&'a str> {
    status.lines().find_map(|line| Some(line.strip_prefix(key)?.strip_prefix(':')?.trim()))
}

/// A line for each, such as `0 /dev/null`.
fn open_descriptors() -> io::Result<String> {
    let mut numbers = Vec::new();
    for entry in fs::read_dir("/proc/self/fd")? {
        numbers.extend(entry?.file_name().to_string_lossy().parse::<i32>());
    }
    numbers.sort();
    // By now, the one that read the directory is closed.
    let is_open = |number| Some((number, fs::read_link(format!("/proc/self/fd/{number}")).ok()?));
    let descriptors = numbers.into_iter().filter_map(is_open);
    Ok(descriptors.map(|(number, target)| format!("{number} {}\n", target.display())).collect())
}

/// The numbers in a set of signals, of which bit 0 is signal 1; `kill -l` names them.
fn signals(hexadecimal: &str) -> String {
    let set = u64::from_str_radix(hexadecimal, 16).unwrap_or(0);
    let numbers: Vec<_> =
        (1..=64).filter(|number| set >> (number - 1) & 1 == 1).map(|it| it.to_string()).collect();
    if numbers.is_empty() { "none".to_owned() } else { numbers.join(" ") }
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}
