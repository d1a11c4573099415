use std::fs::{self, File};
use std::os::fd::{AsRawFd, OwnedFd};
use std::os::unix::net::UnixStream;
use std::path::PathBuf;

use super::Probe;
use crate::outcome::Outcome;
use crate::scene::Scene;

pub(super) const PROBE: Probe = Probe {
    title: "inherited descriptors",
    done: "The command inherits files at 5 and 900 and a socket at 7. The daemon's descriptors are looked at.",
    rule: "the daemon has none of them",
    run,
};

fn run(scene: &mut Scene<'_>) -> Result<Outcome, Outcome> {
    let unknown = |error: std::io::Error| Outcome::unknown(error.to_string());
    let file = |name: &str| File::create(scene.sandbox.join(name)).map_err(unknown);
    let (socket, _other_end) = UnixStream::pair().map_err(unknown)?;
    let leaked: [(i32, OwnedFd); 3] =
        [(5, file("leaked-5")?.into()), (7, socket.into()), (900, file("leaked-900")?.into())];

    let mut start = scene.start();
    let mut targets: Vec<(i32, PathBuf)> = Vec::new();
    for (number, descriptor) in leaked {
        let link = format!("/proc/self/fd/{}", descriptor.as_raw_fd());
        targets.push((number, fs::read_link(link).map_err(unknown)?));
        start = start.descriptor(number, descriptor);
    }
    let daemon = scene.running_after(start)?;
    let open = daemon.descriptors();
    let kept: Vec<String> = targets
        .iter()
        .filter(|(_, target)| open.values().any(|descriptor| descriptor.target == *target))
        .map(|(number, _)| number.to_string())
        .collect();
    Ok(match kept.is_empty() {
        true => Outcome::of(true, "closed"),
        false => Outcome::of(false, format!("keeps {}", kept.join(", "))),
    })
}
