//! The files that a peer is made of.

use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};

use super::figures::{File, Measured, with_path};
use crate::peers::Peer;
use crate::scene::Scene;

/// Where commands are looked for, and what all that is measured has as its `PATH`.
pub(super) const PATH: &str = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/// The command, its program and its script.
pub(super) fn files(peer: &Peer) -> Measured<Vec<File>> {
    let words = (peer.start)(&Scene::new(peer));
    let command = find(&words[0])?;
    let mut paths: Vec<PathBuf> = Vec::new();
    for path in [&command, &peer.server].into_iter().chain(&peer.script) {
        let path = with_path(path, path.canonicalize())?;
        if !paths.contains(&path) {
            paths.push(path);
        }
    }
    paths.iter().map(|path| file(path)).collect()
}

fn file(path: &Path) -> Measured<File> {
    let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    Ok(File { name, bytes: with_path(path, fs::metadata(path))?.len() })
}

/// The path of a command, as a shell finds it.
pub(super) fn find(command: &OsStr) -> Measured<PathBuf> {
    let mut paths = PATH.split(':').map(|directory| Path::new(directory).join(command));
    paths
        .find(|path| path.exists())
        .ok_or_else(|| format!("no {} in {PATH}", Path::new(command).display()))
}
