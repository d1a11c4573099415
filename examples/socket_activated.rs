//! A web server that runs unchanged wherever it is started: typed into a shell, under systemd,
//! supervisord, runit or s6, in a container, in Kubernetes. `deploy` has the files for each.
//!
//! ```console
//! $ cargo run --example socket_activated
//! socket_activated: http://127.0.0.1:8081 (background: nothing supervises it)
//! $ curl http://127.0.0.1:8081
//! hello from process 4242
//! $ DAEMON_MODE=foreground cargo run --example socket_activated 127.0.0.1:0
//! socket_activated: http://127.0.0.1:40123 (foreground: DAEMON_MODE says so)
//! $ systemd-socket-activate --listen=8082 --fdname=http target/debug/examples/socket_activated
//! Listening on [::]:8082 as 3.
//! ```
//!
//! It listens on the socket called `http` that it was passed, or else opens the address that is
//! given as its argument. SIGHUP (`systemctl reload socket_activated`) makes it read its greeting
//! anew, from /etc/socket_activated.greeting, where there is such a file. To stop it:
//! `pkill -F ~/.local/state/socket_activated.pid -L`, or /run/socket_activated.pid as root; in the
//! foreground, ^C. It then answers those who are connected, for five seconds at most, and ends with
//! status 0.

use std::net::{Ipv4Addr, SocketAddr};
use std::{env, error, fs, io, process, time::Duration};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::time::{sleep, timeout};
use tokio::{select, task::JoinSet};

// s6 is told at descriptor 3 that the program is ready. Where nobody listens there, as in a shell,
// nothing is written.
#[daemon::main(notification_fd = 3, stop_timeout = 8, configure = address)]
#[tokio::main(flavor = "current_thread")]
async fn main(ready: daemon::Ready, address: SocketAddr) -> Result<(), Box<dyn error::Error>> {
    let listener = match daemon::sockets().named("http") {
        Some(socket) => socket.into_tcp_listener()?,
        None => std::net::TcpListener::bind(address)?,
    };
    listener.set_nonblocking(true)?;
    let listener = TcpListener::from_std(listener)?;
    let (stop, events) = (daemon::stop(), daemon::events()?);
    let greeting = greeting()?;
    ready.notify_with(format_args!("http://{} ({})", listener.local_addr()?, daemon::mode()));

    match daemon::watchdog() {
        None => serve(listener, greeting, stop, events).await,
        // In one task with what it watches: while that is stuck, there is no sign of life.
        Some(watchdog) => select! {
            () = serve(listener, greeting, stop, events) => {}
            never = watchdog.heartbeat()? => match never {},
        },
    }
    Ok(())
}

/// Reads the command line, before anything is started.
fn address(config: &mut daemon::Config) -> Result<SocketAddr, String> {
    // A supervisor sees to it that there is one, and a container may have no place to write to.
    if daemon::mode().is_background() {
        config.pidfile(daemon::Pidfile::Usual);
    }
    match env::args().nth(1) {
        None => Ok((Ipv4Addr::LOCALHOST, 8081).into()),
        Some(text) => {
            text.parse().map_err(|_| format!("{text:?} is not an address such as 127.0.0.1:8081"))
        }
    }
}

/// Who is slower than this keeps nobody waiting, also not who wants to stop the server.
const PATIENCE: Duration = Duration::from_secs(5);

/// Answers everybody until it is told to stop, and then those who are connected.
async fn serve(
    listener: TcpListener,
    mut greeting: String,
    stop: daemon::Stop,
    mut events: daemon::Events,
) {
    let mut stopped = stop.stopped();
    let mut connections = JoinSet::new();
    let mut served = 0;
    loop {
        select! {
            () = &mut stopped => break,
            Some(event) = events.recv() => if let daemon::Event::Reload(reload) = event {
                match self::greeting() {
                    Ok(new) => {
                        reload.done(format_args!("the greeting is {new:?}"));
                        greeting = new;
                    }
                    // The old one stays.
                    Err(error) => reload.refused(error),
                }
            },
            accepted = listener.accept() => match accepted {
                Ok((stream, client)) => {
                    let (hold, greeting) = (stop.hold(client), greeting.clone());
                    connections.spawn(async move {
                        let _hold = hold;
                        timeout(PATIENCE, answer(stream, &greeting)).await
                    });
                }
                // Too many open files: it gets better when somebody hangs up.
                Err(_) => sleep(Duration::from_millis(100)).await,
            },
            Some(Ok(Ok(Ok(())))) = connections.join_next() => {
                served += 1;
                daemon::status(format_args!("{served} clients served"));
            }
        }
    }
    drop(listener);
    stop.drained().await;
}

const GREETING: &str = "/etc/socket_activated.greeting";

/// What is in the file: one line. Without the file, `hello`.
fn greeting() -> Result<String, String> {
    let text = match fs::read_to_string(GREETING) {
        Ok(text) => text,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok("hello".to_owned()),
        Err(error) => return Err(format!("cannot read {GREETING}: {error}")),
    };
    match text.trim_end() {
        "" => Err(format!("{GREETING} is empty")),
        line if line.contains('\n') => Err(format!("{GREETING} has more than one line")),
        line => Ok(line.to_owned()),
    }
}

/// One request, one answer.
async fn answer(mut stream: TcpStream, greeting: &str) -> io::Result<()> {
    let mut request = Vec::new();
    while !request.windows(4).any(|end| end == b"\r\n\r\n") {
        if request.len() > 8192 || stream.read_buf(&mut request).await? == 0 {
            return Err(io::ErrorKind::InvalidData.into());
        }
    }
    let (status, page) = if request.starts_with(b"GET / ") {
        ("200 OK", format!("{greeting} from process {}\n", process::id()))
    } else if request.starts_with(b"GET /healthz ") {
        ("200 OK", "well\n".to_owned())
    } else {
        ("404 Not Found", "only / and /healthz are here\n".to_owned())
    };
    let length = page.len();
    let answer = format!(
        "HTTP/1.1 {status}\r\nContent-Type: text/plain\r\nContent-Length: {length}\r\n\
         Connection: close\r\n\r\n{page}"
    );
    stream.write_all(answer.as_bytes()).await
}
