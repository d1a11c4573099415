//! The fixture `confined`, which is confined as its arguments say, tries what they say, and
//! reports.

use std::{
    fs,
    net::{Ipv4Addr, TcpListener},
    path::PathBuf,
    sync::atomic::{AtomicU32, Ordering},
};

use libc::{EAGAIN, EINVAL, EPERM, c_int};

use crate::{PIDFILE, Process, Running, Sandbox, Start, program, skip};

/// What a system call of the launch may fail with, how that is said, and the exit status of the
/// start that ends so: 77 for a permission, and 71 for anything else.
pub const KERNEL_ERRORS: [(c_int, &str, i32); 3] = [
    (EPERM, "Operation not permitted", 77),
    (EINVAL, "Invalid argument", 71),
    (EAGAIN, "Resource temporarily unavailable", 71),
];

/// Groups as root may have them, some of them powerful: root, adm, disk, sudo, shadow.
pub const CROWD: [u32; 6] = [0, 4, 6, 27, 42, 70000];

/// The fixture `confined` in a sandbox.
///
/// Every start has a pidfile in the sandbox's own directory.
#[derive(Debug)]
pub struct Confined<'a> {
    sandbox: &'a Sandbox,
    program: PathBuf,
}

impl<'a> Confined<'a> {
    /// The program, copied to where every user can reach it.
    #[track_caller]
    pub fn new(sandbox: &'a Sandbox) -> Self {
        // Every user may report.
        sandbox.file("report", 0o666, "");
        Self { sandbox, program: sandbox.install(program::fixture("confined")) }
    }

    /// Where the pidfile is.
    pub fn pidfile(&self) -> PathBuf {
        self.sandbox.join(PIDFILE)
    }

    /// A start with these options and attempts, which the fixture's sources list.
    pub fn start(&self, words: impl IntoIterator<Item = impl Into<String>>) -> Start<'a> {
        self.sandbox.start(&self.program).args(words.into_iter().map(Into::into))
    }

    /// As [`Confined::start`], by root with a crowd of groups. Skips the test unless it is root
    /// that runs it.
    pub fn by_root(&self, words: impl IntoIterator<Item = impl Into<String>>) -> Start<'a> {
        self.start(words).supplementary_groups(CROWD)
    }

    /// A start that stays in the foreground, once it has tried everything.
    #[track_caller]
    pub fn in_foreground(&self, start: Start<'a>) -> Running<'a> {
        let running = start.arg("mode=foreground").spawn();
        self.sandbox
            .wait_until("all is tried", || self.sandbox.read("report").contains("all tried"));
        running
    }

    /// The daemon of a start, which must succeed.
    #[track_caller]
    pub fn daemon(&self, start: Start<'_>) -> Process {
        start.daemon()
    }

    /// What a start says that must end with this exit status and nothing else: the body did not
    /// run, and no process and no pidfile are left.
    #[track_caller]
    pub fn refusal(&self, start: Start<'_>, code: i32) -> String {
        let said = self.failure(start, code);
        assert!(!self.pidfile().exists(), "a pidfile is left after: {said}");
        said
    }

    /// As [`Confined::refusal`], but a pidfile may be left: by a process in the foreground that
    /// is no longer root, and so cannot remove it.
    #[track_caller]
    pub fn failure(&self, start: Start<'_>, code: i32) -> String {
        let finished = start.run().expect_code(code);
        assert_eq!(self.sandbox.read("report"), "", "the body ran\n{finished:?}");
        self.sandbox.assert_nothing_left();
        finished.stderr
    }

    /// How an attempt of the daemon went, by the words for it.
    #[track_caller]
    pub fn result(&self, attempt: &str) -> String {
        let report = self.sandbox.read("report");
        let start = format!("{attempt} -> ");
        let line = report.lines().find_map(|line| line.strip_prefix(&start));
        line.unwrap_or_else(|| panic!("{attempt} is not in this report:\n{report}")).to_owned()
    }
}

/// A port on the loopback address that is free and that only root may listen on. Skips the test
/// where everybody may listen on every port.
#[track_caller]
pub fn free_privileged_port() -> u16 {
    let first = fs::read_to_string("/proc/sys/net/ipv4/ip_unprivileged_port_start");
    let first: u16 = first.map_or(1024, |text| text.trim().parse().expect("a port"));
    // Tests that run at once look in different places.
    static CALLS: AtomicU32 = AtomicU32::new(0);
    let call = CALLS.fetch_add(1, Ordering::Relaxed);
    let offset = (std::process::id() % 16 + call) * 37 % 1024;
    let ports = (2..first.min(1024)).rev().cycle().skip(offset as usize);
    ports
        .take(usize::from(first))
        .find(|&port| TcpListener::bind((Ipv4Addr::LOCALHOST, port)).is_ok())
        .unwrap_or_else(|| skip!("every port is open to everybody, or taken"))
}
