//! `web` does what its first lines say: it shows what has become of the process.

use std::{
    collections::BTreeMap,
    fs,
    io::{ErrorKind, Read, Write},
    net::{SocketAddr, TcpStream},
    time::Duration,
};

use daemon_tests::{Sandbox, Signal, connect, read_to_end, require_program};

use crate::{
    installed::{By, Installed},
    said::expect_beginning,
    servers::{ANY_PORT, address, expect_used_port_is_said},
};

daemon_tests::tests![
    by_a_plain_user_it_shows_what_is_so,
    by_root_it_shows_what_is_so,
    it_says_that_its_port_is_in_use,
    it_takes_a_new_title_and_refuses_none,
    it_answers_those_who_have_asked,
    it_answers_those_who_are_connected,
    a_browser_shows_it_live,
];

fn by_a_plain_user_it_shows_what_is_so() {
    shows_what_is_so(By::PlainUser);
}

fn by_root_it_shows_what_is_so() {
    shows_what_is_so(By::Root);
}

fn shows_what_is_so(by: By) {
    let sandbox = Sandbox::new();
    let example = Installed::new(&sandbox, "web", by);
    let start = example.start().arg(ANY_PORT).terminal();
    let start = start.leak(7).ignore(Signal::SIGUSR1).block(Signal::SIGUSR2);
    // Its terminal stays open meanwhile: that the daemon has none is no merit once it is closed.
    let mut command = start.spawn();
    let said = command.wait().expect_code(0).terminal;
    let daemon = example.daemon();
    let mut client = connect(address(&said, "web: look at http://"));
    client.write_all(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n").unwrap();
    let page = read_until(&mut client, "</html>\n");
    expect_beginning(&page, "HTTP/1.1 200 OK\r\n");
    let page = page.to_lowercase();
    assert!(page.contains("\r\ncontent-type: text/html; charset=utf-8\r\n"), "{page}");

    let rows = rows(&page);
    // While it is connected to us, it has open what it had then.
    let descriptors = daemon.descriptors().into_iter();
    let descriptors: Vec<_> =
        descriptors.map(|(number, it)| format!("{number} {}", it.target.display())).collect();
    assert_eq!(rows["process"], daemon.pid().to_string());
    assert_eq!(rows["session"], daemon.sid().to_string());
    assert_eq!(rows["process group"], daemon.pgid().to_string());
    assert_eq!(rows["parent"], daemon.ppid().to_string());
    assert_ne!(rows["session"], rows["process"], "it leads no session");
    assert_eq!((rows["terminal"], daemon.tty_nr()), ("none", 0));
    assert_eq!((rows["umask"], daemon.umask()), ("0027", 0o027));
    assert_eq!(rows["working directory"], "/");
    assert_eq!(rows["open descriptors"], descriptors.join("\n").to_lowercase());
    expect_beginning(rows["open descriptors"], "0 /dev/null\n1 /dev/null\n2 /dev/null\n");
    assert!(!rows["open descriptors"].contains("(deleted)"), "the leaked file is closed: {page}");
    assert_eq!(rows["blocked signals"], "none");
    assert_eq!(rows["ignored signals"], "sigpipe");
    for signal in ["sigterm", "sigint", "sighup"] {
        assert!(rows["caught signals"].split(' ').any(|it| it == signal), "{page}");
    }
    assert_eq!((rows["phase"], rows["holds"]), ("running", "get /"));
    assert_eq!(rows["last reload"], "none so far");
    assert_eq!(rows["mode"], "background: nothing supervises it");

    client.write_all(b"GET /none HTTP/1.1\r\nHost: localhost\r\n\r\n").unwrap();
    expect_beginning(&read_until(&mut client, "\r\n\r\n"), "HTTP/1.1 404 Not Found\r\n");
    example.expect_already_running(&daemon);
    sandbox.end(&daemon, Signal::SIGTERM);
    assert!(!example.pidfile().exists(), "a daemon that ends takes its pidfile with it");
}

fn it_says_that_its_port_is_in_use() {
    expect_used_port_is_said("web");
}

fn it_takes_a_new_title_and_refuses_none() {
    let sandbox = Sandbox::new();
    let example = Installed::new(&sandbox, "web", By::PlainUser);
    let title = example.home().join("title.txt");
    fs::write(&title, "first\n").unwrap();
    // Relative to where it is started.
    let (daemon, said) = example.run_daemon([ANY_PORT, "title.txt"]);
    let address = address(&said, "web: look at http://");
    let expect = |title: &str, last_reload: &str| {
        sandbox.wait_until("the page shows the answer to the reload", || {
            let page = answer_to(address, "/");
            page.contains(&format!("<h1>{title}</h1>\n"))
                && rows(&page)["last reload"].ends_with(last_reload)
        });
    };
    expect("first", "none so far");
    fs::write(&title, "<second>\n").unwrap();
    daemon.signal(Signal::SIGHUP);
    expect("&lt;second&gt;", " s ago: the title is \"&lt;second&gt;\"");
    fs::write(&title, "\n").unwrap();
    daemon.signal(Signal::SIGHUP);
    expect("&lt;second&gt;", &format!(" s ago: there is no title in {}", title.display()));
    sandbox.end(&daemon, Signal::SIGTERM);
}

fn it_answers_those_who_have_asked() {
    let sandbox = Sandbox::new();
    let example = Installed::new(&sandbox, "web", By::PlainUser);
    let (daemon, said) = example.run_daemon([ANY_PORT]);
    let address = address(&said, "web: look at http://");
    let mut slow = connect(address);
    slow.write_all(b"GET /slow HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n").unwrap();
    let holds = || rows(&answer_to(address, "/"))["holds"].to_owned();
    sandbox.wait_until("it has the request", || holds() == "GET /slow\nGET /");
    daemon.signal(Signal::SIGTERM);
    // For the time of `stop_delay` it still answers, and says so.
    let phase = || rows(&answer_to(address, "/"))["phase"].to_owned();
    let sender = format!("stopping: SIGTERM from process {}", std::process::id());
    sandbox.wait_until("it knows that it is to stop", || phase() == sender);
    sandbox.wait_until("it takes no more connections", || TcpStream::connect(address).is_err());
    assert!(daemon.is_alive());
    let answer = read_to_end(slow);
    assert!(answer.ends_with("That took ten seconds, and a stop would have waited for it.\n"));
    daemon.wait_for_death();
    assert!(!example.pidfile().exists(), "it ended in order");
}

fn it_answers_those_who_are_connected() {
    let sandbox = Sandbox::new();
    let example = Installed::new(&sandbox, "web", By::PlainUser);
    let (daemon, said) = example.run_daemon([ANY_PORT]);
    let address = address(&said, "web: look at http://");
    let mut silent = connect(address);
    // Connections are accepted in their order.
    expect_beginning(&answer_to(address, "/table"), "HTTP/1.1 200 OK\r\n");
    daemon.signal(Signal::SIGTERM);
    sandbox.wait_until("it takes no more connections", || TcpStream::connect(address).is_err());
    // Its request may be on its way.
    silent.set_read_timeout(Some(Duration::from_millis(200))).unwrap();
    let closed = silent.read(&mut [0]);
    assert!(closed.is_err_and(|error| error.kind() == ErrorKind::WouldBlock), "it is closed");
    silent.set_read_timeout(Some(Duration::from_secs(10))).unwrap();
    silent.write_all(b"GET /table HTTP/1.1\r\nHost: localhost\r\n\r\n").unwrap();
    expect_beginning(&read_to_end(silent), "HTTP/1.1 200 OK\r\n");
    daemon.wait_for_death();
}

/// What its script has made of the page after some time.
fn a_browser_shows_it_live() {
    let browser = require_program("chromium-headless-shell", "chromium-headless-shell");
    let sandbox = Sandbox::new();
    let example = Installed::new(&sandbox, "web", By::PlainUser);
    let (daemon, said) = example.run_daemon([ANY_PORT]);
    let url = format!("http://{}/", address(&said, "web: look at http://"));
    let profile = format!("--user-data-dir={}", sandbox.directory("profile", 0o700).display());
    let picture = sandbox.join("web.png");
    // As root it has no sandbox of its own.
    let browse = |what: String| {
        let words = ["--no-sandbox", "--disable-gpu", "--virtual-time-budget=3000"];
        let words = sandbox.start(&browser).args(words).args([&profile, &what, &url]);
        words.run().expect_code(0)
    };
    let page = browse("--dump-dom".to_owned()).stdout;
    // The page itself came with `GET /`.
    assert!(page.contains("GET /table"), "{page}");
    assert!(page.contains(&format!("<td>{}</td>", daemon.pid())), "{page}");
    assert_eq!(page.matches("<th>").count(), 15, "{page}");
    browse(format!("--screenshot={}", picture.display()));
    let png = fs::read(&picture).expect("a picture");
    assert!(png.starts_with(b"\x89PNG") && png.len() > 20_000, "{} bytes", png.len());
    sandbox.end(&daemon, Signal::SIGTERM);
}

/// What is answered to a request, with its end for the end of the connection.
#[track_caller]
fn answer_to(address: SocketAddr, path: &str) -> String {
    let mut client = connect(address);
    let request = format!("GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
    client.write_all(request.as_bytes()).unwrap();
    read_to_end(client)
}

/// The rows of the table on the page: name, and value.
fn rows(page: &str) -> BTreeMap<&str, &str> {
    let row = |row| {
        let (name, rest) = str::split_once(row, "<td>").expect("a name and a value");
        (name, rest.split("<td class=why>").next().expect("a value").trim())
    };
    page.split("<tr><th>").skip(1).map(row).collect()
}

#[track_caller]
fn read_until(client: &mut TcpStream, end: &str) -> String {
    let mut text = String::new();
    let mut buffer = [0; 4096];
    while !text.ends_with(end) {
        let length = client.read(&mut buffer).expect("the rest of an answer");
        assert_ne!(length, 0, "the answer ends early: {text}");
        text += std::str::from_utf8(&buffer[..length]).expect("an answer in ASCII");
    }
    text
}
