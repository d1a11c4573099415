//! `web_port_80` does what its first lines say: root opens a port that nobody but root may open, and
//! nobody serves it.

use std::{io::Write, net::Ipv4Addr};

use daemon_tests::{
    CROWD, Ids, NOBODY, STRANGER, Sandbox, Start, connect, fixture, free_privileged_port, listener,
    read_to_end,
};

daemon_tests::tests![
    it_is_opened_by_root_and_served_by_nobody,
    without_root_it_says_what_to_do,
    it_says_that_its_port_is_taken,
];

/// The example, with a /run that only it sees.
fn web_port_80<'a>(sandbox: &'a Sandbox, port: u16) -> Start<'a> {
    sandbox.directory("run", 0o755);
    let start = sandbox.start(fixture!("web_port_80")).arg(port.to_string());
    start.where_mounted("mount --bind run /run")
}

fn it_is_opened_by_root_and_served_by_nobody() {
    let sandbox = Sandbox::new();
    let port = free_privileged_port();
    let start = web_port_80(&sandbox, port).supplementary_groups(CROWD);
    let finished = start.terminal().run().expect_code(0);
    let said = format!(
        "web_port_80: look at http://127.0.0.1:{port} (opened by uid 0, served by uid 65534)\n"
    );
    assert_eq!(finished.terminal, said);
    let daemon = sandbox.process_in("run/web_port_80.pid");
    assert_eq!(daemon.users(), Ids::all(NOBODY));
    assert!(daemon.no_new_privs());

    let mut connection = connect((Ipv4Addr::LOCALHOST, port));
    connection.write_all(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n").unwrap();
    let answer = read_to_end(connection);
    let (head, page) = answer.split_once("\r\n\r\n").expect("a head and a page");
    assert!(head.starts_with("HTTP/1.1 200 OK\r\n"), "{head}");
    assert_eq!(
        page,
        "real, effective, saved and file system ids:\n\
         \x20 Uid     65534 65534 65534 65534\n\
         \x20 Gid     65534 65534 65534 65534\n\
         \x20 Groups  65534\n\
         capabilities, of which root has all:\n\
         \x20 CapInh  0000000000000000\n\
         \x20 CapPrm  0000000000000000\n\
         \x20 CapEff  0000000000000000\n\
         \x20 CapAmb  0000000000000000\n\
         whether nothing that it executes can gain any:\n\
         \x20 NoNewPrivs  1\n"
    );
}

fn without_root_it_says_what_to_do() {
    let sandbox = Sandbox::new();
    let program = sandbox.install(fixture!("web_port_80"));
    let finished = sandbox.start(program).user(STRANGER, STRANGER).run().expect_code(77);
    assert_eq!(
        finished.stderr,
        "web_port_80: cannot become user nobody (uid 65534): only root can, and this is uid \
         61234: start it as root\n"
    );
    sandbox.assert_nothing_left();
}

fn it_says_that_its_port_is_taken() {
    let sandbox = Sandbox::new();
    let (_other, address) = listener();
    let port = address.port();
    let finished = web_port_80(&sandbox, port).run().expect_code(71);
    assert_eq!(
        finished.stderr,
        format!(
            "web_port_80: cannot listen on port {port}: Address already in use (os error 98)\n"
        )
    );
    sandbox.assert_nothing_left();
    assert!(!sandbox.join("run/web_port_80.pid").exists());
}
