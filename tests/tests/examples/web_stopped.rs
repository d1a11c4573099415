//! Nobody whom `web` has accepted is cut off when it is stopped in the middle of many requests, without a
//! socket of systemd's: what accept(2) has returned is counted, and compared with what clients got.

use std::{
    collections::BTreeMap,
    io::{self, BufRead, BufReader, Read, Write},
    net::{SocketAddr, TcpStream},
    sync::atomic::{AtomicU64, Ordering},
    thread,
    time::Duration,
};

use daemon_tests::{Sandbox, Signal, require_program};

use crate::{
    installed::{By, Installed},
    servers::{ANY_PORT, address},
};

daemon_tests::tests![each_request_on_a_connection_that_was_accepted_is_answered];

/// How many clients keep their connection as long as they may, and as many make one for each request.
const CLIENTS: u32 = 12;

/// How much longer each of the latter than the one before is connected before it asks: accepted, and
/// nothing is read from it yet.
const THINKING: Duration = Duration::from_millis(30);

/// A connection of a client.
struct Connection {
    port: u16,
    answers: u64,
    /// Whether a request on it got no whole answer.
    is_cut: bool,
}

fn each_request_on_a_connection_that_was_accepted_is_answered() {
    let strace = require_program("strace", "strace");
    let sandbox = Sandbox::new();
    let example = Installed::new(&sandbox, "web", By::PlainUser);
    let (daemon, said) = example.run_daemon([ANY_PORT]);
    let address = address(&said, "web: look at http://");
    let trace = sandbox.join("trace");
    let words = ["-f", "-e", "trace=accept4", "-p", &daemon.pid().to_string(), "-o"];
    let mut tracer = sandbox.start(&strace).args(words).arg(&trace).spawn();
    tracer.wait_for_text("attached");

    let answers = AtomicU64::new(0);
    let mut before = 0;
    let connections: Vec<Connection> = thread::scope(|scope| {
        let answers = &answers;
        let ask = |thinking| scope.spawn(move || ask_until_refused(address, thinking, answers));
        let clients: Vec<_> =
            (1..=CLIENTS).flat_map(|number| [ask(None), ask(Some(THINKING * number))]).collect();
        sandbox.wait_until("they are asking", || answers.load(Ordering::Relaxed) > 500);
        before = answers.load(Ordering::Relaxed);
        daemon.signal(Signal::SIGTERM);
        clients.into_iter().flat_map(|client| client.join().expect("a client")).collect()
    });
    daemon.wait_for_death();
    tracer.wait();

    let mut accepted = accepted(&sandbox.read(&trace));
    let count = accepted.values().sum::<u64>();
    // A port may have been used again: those that got an answer were accepted.
    for connection in connections.iter().filter(|it| !it.is_cut || it.answers > 0) {
        let left = accepted.get_mut(&connection.port).expect("it was accepted");
        *left -= 1;
    }
    let cut = connections.iter().filter(|it| it.is_cut);
    let cut_after_an_answer = cut.clone().filter(|it| it.answers > 0).count();
    let cut_before: Vec<_> = cut.clone().filter(|it| it.answers == 0).map(|it| it.port).collect();
    let of_accepted = cut_before.iter().filter(|port| accepted.get(port).is_some_and(|it| *it > 0));
    let cut_of_accepted = cut_after_an_answer + of_accepted.count();
    let total = answers.load(Ordering::Relaxed);
    println!(
        "{total} requests on {count} accepted connections, {} of them after the signal; cut: \
         {cut_of_accepted} of accepted ones, {} others",
        total - before,
        cut.count() - cut_of_accepted
    );
    assert_eq!(cut_of_accepted, 0);
    assert!(total > before, "it still answers for two seconds");
}

/// Asks again and again, until nobody listens any more: as often as it may on each connection, or once
/// on each after this time.
fn ask_until_refused(
    address: SocketAddr,
    thinking: Option<Duration>,
    answers: &AtomicU64,
) -> Vec<Connection> {
    let mut connections = Vec::new();
    while let Ok(stream) = TcpStream::connect(address) {
        let port = stream.local_addr().expect("an address of its own").port();
        let mut stream = BufReader::new(stream);
        if let Some(time) = thinking {
            thread::sleep(time);
        }
        let mut connection = Connection { port, answers: 0, is_cut: false };
        loop {
            match ask(&mut stream, thinking.is_none()) {
                Ok(is_to_go_on) => {
                    connection.answers += 1;
                    answers.fetch_add(1, Ordering::Relaxed);
                    if !is_to_go_on {
                        break;
                    }
                }
                Err(_) => {
                    connection.is_cut = true;
                    break;
                }
            }
        }
        connections.push(connection);
    }
    connections
}

/// Asks once. Returns whether the connection stays.
fn ask(stream: &mut BufReader<TcpStream>, is_kept: bool) -> io::Result<bool> {
    let close = if is_kept { "" } else { "Connection: close\r\n" };
    write!(stream.get_mut(), "GET /table HTTP/1.1\r\nHost: localhost\r\n{close}\r\n")?;
    let mut length = None;
    let mut stays = true;
    loop {
        let mut line = String::new();
        if stream.read_line(&mut line)? == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        let line = line.trim_end().to_ascii_lowercase();
        if line.is_empty() {
            break;
        }
        if let Some(number) = line.strip_prefix("content-length: ") {
            length = number.parse().ok();
        }
        stays &= line != "connection: close";
    }
    let mut body = vec![0; length.expect("a length")];
    stream.read_exact(&mut body)?;
    Ok(stays)
}

/// How many connections accept4(2) has returned from each port.
fn accepted(trace: &str) -> BTreeMap<u16, u64> {
    let mut accepted = BTreeMap::new();
    for line in trace.lines().filter(|line| !line.contains("= -1")) {
        let Some((_, rest)) = line.split_once("htons(") else { continue };
        let port = rest.split(')').next().and_then(|port| port.parse().ok());
        *accepted.entry(port.expect("a port")).or_default() += 1;
    }
    accepted
}
