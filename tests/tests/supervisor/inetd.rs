//! Promise 16: the same program, unchanged, serves a connection that an inetd(8) hands it as
//! standard input and output; other sockets there, as sshd and node give them, are none of that.

use std::{
    io::{Read, Write},
    net::{Ipv4Addr, TcpStream},
    os::{
        fd::OwnedFd,
        unix::net::{UnixListener, UnixStream},
    },
    time::Duration,
};

use daemon_tests::{
    Sandbox, Signal, Standard, Supervised, connect, read_to_end, require_program, tcp_connection,
};

daemon_tests::tests![
    it_serves_a_tcp_connection,
    it_serves_a_connection_over_a_named_unix_socket,
    it_serves_what_tcpserver_hands_it,
    nothing_but_the_program_speaks_to_the_client,
    what_node_starts_is_in_the_background,
    two_ends_of_a_socketpair_are_no_connection,
    one_end_of_a_socketpair_is_no_connection,
    a_socket_as_standard_input_alone_is_no_connection,
    two_connections_are_no_connection,
];

/// The steps of a program that serves a connection.
const SERVE: [&str; 2] = ["notify", "serve"];

const SERVES: &str = "foreground: standard input and output are one connection, as inetd passes it";
const IN_THE_BACKGROUND: &str = "background: nothing supervises it";

/// Says something, and that it will say no more; gives what comes back.
#[track_caller]
fn talk<T>(mut client: T, shut_down: impl FnOnce(&T) -> std::io::Result<()>) -> String
where
    T: Read + Write,
{
    client.write_all(b"hello\n").expect("a server");
    shut_down(&client).expect("shutdown");
    read_to_end(client)
}

#[track_caller]
fn talk_tcp(client: TcpStream) -> String {
    talk(client, |client| client.shutdown(std::net::Shutdown::Write))
}

fn it_serves_a_tcp_connection() {
    let sandbox = Sandbox::new();
    let program = Supervised::new(&sandbox);
    let (client, server) = tcp_connection();
    let command = program.start(&SERVE).connection(server).spawn();
    let process = program.process(SERVES);
    assert_eq!(process.pid(), command.process().pid());
    assert_eq!(talk_tcp(client), "hello\n");
    command.end(0);
}

fn it_serves_a_connection_over_a_named_unix_socket() {
    let sandbox = Sandbox::new();
    let program = Supervised::new(&sandbox);
    let path = sandbox.join("socket");
    let listener = UnixListener::bind(&path).expect("a listener");
    let client = UnixStream::connect(&path).expect("a connection");
    let (server, _) = listener.accept().expect("the connection");
    let command = program.start(&SERVE).connection(server).spawn();
    program.process(SERVES);
    client.set_read_timeout(Some(Duration::from_secs(20))).expect("a timeout");
    let answer = talk(client, |client| client.shutdown(std::net::Shutdown::Write));
    assert_eq!(answer, "hello\n");
    command.end(0);
}

fn it_serves_what_tcpserver_hands_it() {
    require_program("tcpserver", "ucspi-tcp");
    let sandbox = Sandbox::new();
    let program = Supervised::new(&sandbox);
    // It prints the port that it got, and looks no names up.
    let server = ["tcpserver", "-1", "-H", "-R", "-l", "localhost", "127.0.0.1", "0"];
    let mut command = program.start(&SERVE).under(server).spawn();
    command.wait_for_text("\n");
    let port: u16 = command.stdout().trim().parse().expect("a port");
    let client = connect((Ipv4Addr::LOCALHOST, port));
    let process = program.process(SERVES);
    assert_eq!(process.ppid(), command.process().pid());
    assert_eq!(talk_tcp(client), "hello\n");
    process.wait_for_death();
    program.started_once(SERVES);
    command.signal(Signal::SIGTERM);
    command.wait();
    drop(command);
    sandbox.assert_nothing_left();
}

/// inetd(8) makes the connection standard error too.
fn nothing_but_the_program_speaks_to_the_client() {
    let sandbox = Sandbox::new();
    let program = Supervised::new(&sandbox);
    let (client, server) = tcp_connection();
    let error = server.try_clone().expect("a descriptor").into();
    let start =
        program.start(&["notify:at your service", "serve"]).stderr(Standard::Descriptor(error));
    let command = start.connection(server).spawn();
    program.process(SERVES);
    assert_eq!(talk_tcp(client), "hello\n");
    command.end(0);
}

fn goes_to_the_background(input: impl Into<OwnedFd>, output: impl Into<OwnedFd>) {
    let sandbox = Sandbox::new();
    let program = Supervised::new(&sandbox);
    let start = program.start(&[]).stdin(Standard::Descriptor(input.into()));
    start.stdout(Standard::Descriptor(output.into())).run().expect_code(0);
    sandbox.end(&program.process(IN_THE_BACKGROUND), Signal::SIGTERM);
}

fn null() -> OwnedFd {
    std::fs::File::options().write(true).open("/dev/null").expect("/dev/null").into()
}

fn what_node_starts_is_in_the_background() {
    let node = require_program("node", "nodejs");
    let sandbox = Sandbox::new();
    let program = Supervised::new(&sandbox);
    // It exits as the command does.
    let script = "const [program, ...words] = process.argv.slice(1); \
                  require('child_process').spawn(program, words) \
                  .on('exit', status => process.exit(status))";
    let start = program.start(&[]);
    start
        .under([node.as_os_str(), "-e".as_ref(), script.as_ref(), "--".as_ref()])
        .run()
        .expect_code(0);
    sandbox.end(&program.process(IN_THE_BACKGROUND), Signal::SIGTERM);
}

/// As node starts its children.
fn two_ends_of_a_socketpair_are_no_connection() {
    let (input, _theirs) = UnixStream::pair().expect("a pair of sockets");
    let (output, _theirs) = UnixStream::pair().expect("a pair of sockets");
    goes_to_the_background(input, output);
    let (input, output) = UnixStream::pair().expect("a pair of sockets");
    goes_to_the_background(input, output);
}

/// As sshd starts a command without a terminal.
fn one_end_of_a_socketpair_is_no_connection() {
    let (ours, _theirs) = UnixStream::pair().expect("a pair of sockets");
    goes_to_the_background(ours.try_clone().expect("a descriptor"), ours);
}

fn a_socket_as_standard_input_alone_is_no_connection() {
    let (_client, server) = tcp_connection();
    goes_to_the_background(server, null());
}

fn two_connections_are_no_connection() {
    let ((_first, input), (_second, output)) = (tcp_connection(), tcp_connection());
    goes_to_the_background(input, output);
}
