//! `web` does what its first lines say: it shows what has become of the process.

use std::{
    collections::BTreeMap,
    io::{Read, Write},
    net::TcpStream,
};

use daemon_tests::{Sandbox, Signal, connect};

use crate::{
    installed::{By, Installed},
    said::expect_beginning,
    servers::{ANY_PORT, address, expect_used_port_is_said},
};

daemon_tests::tests![
    by_a_plain_user_it_shows_what_is_so,
    by_root_it_shows_what_is_so,
    it_says_that_its_port_is_in_use,
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

    let rows: BTreeMap<_, _> = page
        .split("<tr><th>")
        .skip(1)
        .map(|row| {
            let (name, rest) = row.split_once("<td>").unwrap();
            (name, rest.split("<tr>").next().unwrap().split("</table>").next().unwrap().trim())
        })
        .collect();
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
    assert_eq!(rows["ignored signals"], (Signal::SIGPIPE as i32).to_string());
    assert!(rows["caught signals"].split(' ').any(|it| it == "15"), "{page}");

    client.write_all(b"GET /none HTTP/1.1\r\nHost: localhost\r\n\r\n").unwrap();
    expect_beginning(&read_until(&mut client, "\r\n\r\n"), "HTTP/1.1 404 Not Found\r\n");
    example.expect_already_running(&daemon);
    sandbox.end(&daemon, Signal::SIGTERM);
    assert!(!example.pidfile().exists(), "a daemon that ends takes its pidfile with it");
}

fn it_says_that_its_port_is_in_use() {
    expect_used_port_is_said("web");
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
