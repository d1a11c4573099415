//! A web page on port 80: opened by root, served by nobody.
//!
//! ```console
//! $ cargo build --example web_port_80
//! $ sudo target/debug/examples/web_port_80
//! web_port_80: look at http://127.0.0.1:80 (opened by uid 0, served by uid 65534)
//! ```
//!
//! Ports below 1024 are root's. `privileged` opens this one while the daemon still is root; then
//! root's ids, groups and capabilities go for good, which is checked before `main` runs. The page
//! shows what is left. Without `sudo` the start is refused, and says why. Another port can be
//! given: `web_port_80 8080`. To stop it: `sudo pkill -F /run/web_port_80.pid -L`.

use std::io::{self, Read, Write};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::time::Duration;
use std::{env, fs};

#[daemon::main(pidfile, user = "nobody", no_new_privs, configure = port, privileged = open)]
fn main(ready: daemon::Ready, opened: Opened) -> io::Result<()> {
    let Opened { listener, by } = opened;
    let (address, now) = (listener.local_addr()?, status("Uid")?);
    ready.notify_with(format_args!(
        "look at http://{address} (opened by uid {}, served by uid {})",
        first(&by),
        first(&now),
    ));
    for connection in listener.incoming() {
        // One that breaks is no reason to stop.
        let _ = connection.and_then(answer);
    }
    Ok(())
}

/// A port, and the user ids of the process that opened it.
struct Opened {
    listener: TcpListener,
    by: String,
}

/// Reads the command line, before anything is started. What it returns is the argument of `open`.
fn port(_: &mut daemon::Config) -> Result<u16, String> {
    match env::args().nth(1) {
        None => Ok(80),
        Some(port) => port.parse().map_err(|_| format!("{port:?} is not a port: 80, for example")),
    }
}

/// Runs in the daemon as root, last of all that does. What it returns is the argument of `main`.
fn open(port: u16) -> Result<Opened, String> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port))
        .map_err(|error| format!("cannot listen on port {port}: {error}"))?;
    let by = status("Uid").map_err(|error| format!("cannot read who this is: {error}"))?;
    Ok(Opened { listener, by })
}

/// Whatever is asked, the page is the answer.
fn answer(mut connection: TcpStream) -> io::Result<()> {
    // Who says nothing does not keep the others waiting.
    let patience = Some(Duration::from_secs(5));
    connection.set_read_timeout(patience)?;
    connection.set_write_timeout(patience)?;
    let _request = connection.read(&mut [0; 8192])?;
    let page = page()?;
    write!(
        connection,
        "HTTP/1.1 200 OK\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: {}\r\n\
         Connection: close\r\n\r\n{page}",
        page.len()
    )
}

/// Who serves it, with the names of proc_pid_status(5).
fn page() -> io::Result<String> {
    let mut page = "real, effective, saved and file system ids:\n".to_owned();
    for key in ["Uid", "Gid", "Groups"] {
        page += &format!("  {key:<8}{}\n", status(key)?.replace('\t', " "));
    }
    page += "capabilities, of which root has all:\n";
    for key in ["CapInh", "CapPrm", "CapEff", "CapAmb"] {
        page += &format!("  {key:<8}{}\n", status(key)?);
    }
    page += "whether nothing that it executes can gain any:\n";
    page += &format!("  {:<12}{}\n", "NoNewPrivs", status("NoNewPrivs")?);
    Ok(page)
}

/// The value of a line such as `Uid:  65534  65534  65534  65534`.
fn status(key: &str) -> io::Result<String> {
    let status = fs::read_to_string("/proc/self/status")?;
    let value = status.lines().find_map(|line| line.strip_prefix(key)?.strip_prefix(':'));
    Ok(value.unwrap_or("?").trim().to_owned())
}

/// The first one: the real id.
fn first(ids: &str) -> &str {
    ids.split_whitespace().next().unwrap_or("?")
}
