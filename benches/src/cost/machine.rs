//! The machine and the compiler that the figures depend on.

use std::fmt;
use std::fs;
use std::process::Command;
use std::thread;

/// The machine that they were taken on.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Machine {
    /// The name of the processor.
    pub processor: String,
    /// How many there are.
    pub processors: usize,
    /// The name and the release of the kernel.
    pub kernel: String,
    /// The version of the compiler.
    pub compiler: String,
}

impl Machine {
    pub(crate) fn this() -> Self {
        let information = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
        let processor = information
            .lines()
            .find_map(|line| line.strip_prefix("model name")?.split_once(": "))
            .map_or("an unknown processor", |(_, name)| name.trim());
        let release = fs::read_to_string("/proc/sys/kernel/osrelease").unwrap_or_default();
        let rustc = Command::new("rustc").arg("--version").output();
        let version = rustc.map(|it| String::from_utf8_lossy(&it.stdout).into_owned());
        Machine {
            processor: processor.to_owned(),
            processors: thread::available_parallelism().map_or(1, usize::from),
            kernel: format!("Linux {}", release.trim()),
            compiler: version
                .unwrap_or_default()
                .split_whitespace()
                .take(2)
                .collect::<Vec<_>>()
                .join(" "),
        }
    }
}

impl fmt::Display for Machine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Machine { processor, processors, kernel, compiler } = self;
        write!(f, "{processor} ({processors} processors), {kernel}, {compiler}")
    }
}
