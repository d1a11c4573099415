//! A web page on which a daemon shows its own state, live: what Linux sees of it in /proc, and how
//! its life goes on.
//!
//! ```console
//! $ cargo run --example web
//! web: look at http://127.0.0.1:8080
//! ```
//!
//! See what makes it a daemon: it is not a session leader, has no terminal, works in `/`, and has
//! nothing open that the shell had open. Another address can be given, and a file whose first line
//! is the title of the page: `cargo run --example web 127.0.0.1:0 title.txt`.
//!
//! `pkill -HUP -F ~/.local/state/web.pid -L` makes it read that file anew. To stop it:
//! `pkill -F ~/.local/state/web.pid -L`, or /run/web.pid as root. For two more seconds it answers
//! everybody, then only those who are connected already: /slow, which takes ten seconds, is worth a
//! try meanwhile. Passed a socket called `http`, by a socket unit of systemd, it listens on that: then
//! no client notices a restart.

use std::future::pending;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};
use std::{env, error, fs, io, sync::Arc, sync::RwLock};

use axum::extract::{Request, State};
use axum::http::{HeaderValue, StatusCode, header::CONNECTION};
use axum::middleware::{Next, from_fn};
use axum::response::{Html, Response};
use axum::{Router, routing::get, serve::Listener};
use tokio::net::{TcpListener, TcpStream};
use tokio::time::sleep;

type Title = Arc<RwLock<String>>;

#[daemon::main(pidfile, stop_delay = 2, stop_timeout = 20, configure = arguments)]
#[tokio::main(flavor = "current_thread")]
async fn main(ready: daemon::Ready, arguments: Arguments) -> Result<(), Box<dyn error::Error>> {
    let listener = match daemon::sockets().named("http") {
        Some(socket) => from_std(socket.into_tcp_listener()?)?,
        None => TcpListener::bind(arguments.address).await?,
    };
    let title = Title::new(read_title(arguments.title.as_deref())?.into());
    tokio::spawn(take_reloads(daemon::events()?, arguments.title, title.clone()));
    let app = Router::new()
        .route("/", get(page))
        .route("/table", get(async || table().map(Html)))
        .route("/slow", get(slow))
        .with_state(title)
        .layer(from_fn(hold));
    let stopped = daemon::stopped();
    ready.notify_with(format_args!("look at http://{}", listener.local_addr()?));
    let listener = UntilStopped { listener: Some(listener), stopped: stopped.clone() };
    // hyper then closes each connection that it has read nothing of: a request may be on its way.
    let later = async {
        stopped.await;
        sleep(Duration::from_secs(1)).await;
    };
    Ok(axum::serve(listener, app).with_graceful_shutdown(later).await?)
}

/// Is closed when the program is to stop. The connections that were accepted by then stay.
struct UntilStopped {
    listener: Option<TcpListener>,
    stopped: daemon::Stopped,
}

impl Listener for UntilStopped {
    type Io = TcpStream;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (TcpStream, SocketAddr) {
        if let Some(listener) = &mut self.listener {
            tokio::select! {
                accepted = Listener::accept(listener) => return accepted,
                () = &mut self.stopped => self.listener = None,
            }
        }
        pending().await
    }

    fn local_addr(&self) -> io::Result<SocketAddr> {
        self.listener.as_ref().ok_or(io::ErrorKind::NotConnected)?.local_addr()
    }
}

fn from_std(listener: std::net::TcpListener) -> io::Result<TcpListener> {
    listener.set_nonblocking(true)?;
    TcpListener::from_std(listener)
}

struct Arguments {
    address: String,
    title: Option<PathBuf>,
}

/// Reads the command line, while a relative path still leads from where the program was started.
fn arguments(_: &mut daemon::Config) -> io::Result<Arguments> {
    let address = env::args().nth(1).unwrap_or_else(|| "127.0.0.1:8080".to_owned());
    let title = env::args_os().nth(2).map(std::path::absolute).transpose()?;
    Ok(Arguments { address, title })
}

/// At SIGHUP the title is read anew. One that cannot be read is refused, and the old one stays.
async fn take_reloads(mut events: daemon::Events, path: Option<PathBuf>, title: Title) {
    while let Some(event) = events.recv().await {
        let daemon::Event::Reload(reload) = event else { continue };
        match read_title(path.as_deref()) {
            Ok(new) => {
                reload.done(format_args!("the title is {new:?}"));
                *title.write().unwrap_or_else(|error| error.into_inner()) = new;
            }
            Err(error) => reload.refused(error),
        }
    }
}

fn read_title(path: Option<&Path>) -> Result<String, String> {
    let Some(path) = path else { return Ok("A daemon".to_owned()) };
    let text = fs::read_to_string(path)
        .map_err(|error| format!("cannot read {}: {error}", path.display()))?;
    match text.lines().next().unwrap_or_default().trim() {
        "" => Err(format!("there is no title in {}", path.display())),
        title => Ok(title.to_owned()),
    }
}

/// A stop waits for each request, and this names what it waits for. Once it is to stop, the client is
/// told to make another connection for its next one.
async fn hold(request: Request, next: Next) -> Response {
    let stop = daemon::stop();
    let _hold = stop.hold(format_args!("{} {}", request.method(), request.uri().path()));
    let mut response = next.run(request).await;
    if stop.is_requested() {
        response.headers_mut().insert(CONNECTION, HeaderValue::from_static("close"));
    }
    response
}

async fn slow() -> &'static str {
    sleep(Duration::from_secs(10)).await;
    "That took ten seconds, and a stop would have waited for it.\n"
}

type Refusal = (StatusCode, String);

async fn page(State(title): State<Title>) -> Result<Html<String>, Refusal> {
    let title = escape(&title.read().unwrap_or_else(|error| error.into_inner()));
    Ok(Html(format!(
        "<!doctype html>\n<html lang=en>\n<meta charset=utf-8>\n<title>{title}</title>\n\
         {STYLE}<h1>{title}</h1>\n<table>\n{}</table>\n{SCRIPT}</html>\n",
        table()?
    )))
}

const STYLE: &str = "\
<style>
  body { font: 1rem/1.5 sans-serif; margin: 2rem auto; max-width: 60rem; color: #222 }
  table { border-collapse: collapse; width: 100% }
  tr { border-top: 1px solid #ddd }
  th, td { text-align: left; vertical-align: top; padding: .3rem 1rem .3rem 0 }
  th { white-space: nowrap }
  td { font-family: monospace; white-space: pre-line; overflow-wrap: anywhere }
  td.why { font-family: sans-serif; color: #555; width: 26rem }
</style>
";

/// It asks again and again. A stream of events would be one request that never ends, and the stop
/// would wait for it.
const SCRIPT: &str = "\
<script>
  setInterval(async () => {
    try {
      const answer = await fetch('/table')
      if (answer.ok) document.querySelector('table').innerHTML = await answer.text()
    } catch {
      document.querySelector('td').textContent = 'gone'
    }
  }, 500)
</script>
";

fn table() -> Result<String, Refusal> {
    let rows = rows().map_err(|error| (StatusCode::INTERNAL_SERVER_ERROR, error.to_string()))?;
    let row = |row: &Row| {
        let Row { name, value, why } = row;
        format!("<tr><th>{}<td>{}<td class=why>{}\n", escape(name), escape(value), escape(why))
    };
    Ok(rows.iter().map(row).collect())
}

/// What there is to see, and what it means.
struct Row {
    name: &'static str,
    value: String,
    why: &'static str,
}

/// The names of the process are those of proc(5).
fn rows() -> io::Result<Vec<Row>> {
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
    let row = |name, value, why| Row { name, value, why };
    Ok(vec![
        row("phase", phase(), "While it is to stop, it answers for two more seconds."),
        row("holds", daemon::stop().holds().join("\n"), "A stop waits for these requests."),
        row("last reload", last_reload(), "SIGHUP makes it read its title anew."),
        row("mode", daemon::mode().to_string(), "Where it runs, and why."),
        row("process", of_status("Pid"), "Its pidfile holds this number."),
        row("session", of_stat(3), "Its leader has ended, so nobody can give it a terminal."),
        row("process group", of_stat(2), "Signals from a terminal go to a group: not to this one."),
        row("parent", of_stat(1), "The shell that started it is not its parent any more."),
        row("terminal", terminal, "It goes on when the terminal is closed."),
        row("umask", of_status("Umask"), "What others may not do with its files."),
        row(
            "working directory",
            env::current_dir()?.display().to_string(),
            "It keeps no file system from being unmounted.",
        ),
        row("blocked signals", signals(&of_status("SigBlk")), "These would have to wait."),
        row(
            "ignored signals",
            signals(&of_status("SigIgn")),
            "Rust ignores SIGPIPE; nothing that the shell ignored is left.",
        ),
        row(
            "caught signals",
            signals(&of_status("SigCgt")),
            "SIGTERM and SIGINT ask it to stop, SIGHUP to reload.",
        ),
        row(
            "open descriptors",
            open_descriptors()?,
            "Its own: nothing that the shell had open is left.",
        ),
    ])
}

fn phase() -> String {
    match daemon::stop().reason() {
        None => "running".to_owned(),
        Some(reason) => format!("stopping: {reason}"),
    }
}

fn last_reload() -> String {
    let Some(verdict) = daemon::last_reload() else { return "none so far".to_owned() };
    let ago = SystemTime::now().duration_since(verdict.at).unwrap_or_default().as_secs();
    let is_done = if verdict.is_done { "done" } else { "refused" };
    format!("{is_done} {ago} s ago: {}", verdict.text)
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

/// From 1 on; see signal(7).
const SIGNALS: [&str; 31] = [
    "HUP", "INT", "QUIT", "ILL", "TRAP", "ABRT", "BUS", "FPE", "KILL", "USR1", "SEGV", "USR2",
    "PIPE", "ALRM", "TERM", "STKFLT", "CHLD", "CONT", "STOP", "TSTP", "TTIN", "TTOU", "URG",
    "XCPU", "XFSZ", "VTALRM", "PROF", "WINCH", "IO", "PWR", "SYS",
];

/// The names in a set of signals, of which bit 0 is signal 1.
fn signals(hexadecimal: &str) -> String {
    let set = u64::from_str_radix(hexadecimal, 16).unwrap_or(0);
    let name = |number: usize| match SIGNALS.get(number) {
        Some(name) => format!("SIG{name}"),
        None => format!("signal {}", number + 1),
    };
    let names: Vec<_> = (0..64).filter(|number| set >> number & 1 == 1).map(name).collect();
    if names.is_empty() { "none".to_owned() } else { names.join(" ") }
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}
