//! The machine that the comparison ran on.

use std::fs;
use std::process::Command;
use std::thread;

/// One line: kernel, processors, distribution.
pub fn description() -> String {
    let kernel = read("/proc/sys/kernel/osrelease");
    let cores = thread::available_parallelism().map_or(1, Into::into);
    let plural = if cores == 1 { "core" } else { "cores" };
    format!("Linux {kernel}, {cores} {plural} ({}), {}", processor(), distribution())
}

/// Today, as `2026-11-26`.
pub fn date() -> String {
    let output = Command::new("date").args(["-u", "+%Y-%m-%d"]).output();
    output
        .map_or_else(|_| "?".to_owned(), |it| String::from_utf8_lossy(&it.stdout).trim().to_owned())
}

fn processor() -> String {
    let text = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = text.lines().find_map(|line| line.strip_prefix("model name")?.split_once(": "));
    model.map_or_else(|| std::env::consts::ARCH.to_owned(), |(_, name)| name.to_owned())
}

fn distribution() -> String {
    let text = fs::read_to_string("/etc/os-release").unwrap_or_default();
    let name = text.lines().find_map(|line| line.strip_prefix("PRETTY_NAME="));
    let version = read("/etc/debian_version");
    format!("{} ({version})", name.unwrap_or("?").trim_matches('"'))
}

fn read(path: &str) -> String {
    fs::read_to_string(path).map_or_else(|_| "?".to_owned(), |text| text.trim().to_owned())
}
