//! The pidfile of the daemons.

use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};
use std::{env, fs};

use tempfile::TempDir;

/// In a directory of our own in memory, as `/run` is, so that no disk is measured.
#[derive(Debug)]
pub(crate) struct Pidfile {
    path: PathBuf,
    directory: TempDir,
}

impl Pidfile {
    pub(crate) fn new() -> io::Result<Self> {
        let memory = Path::new("/dev/shm");
        let parent = if memory.is_dir() { memory.to_path_buf() } else { env::temp_dir() };
        let directory = tempfile::Builder::new().prefix("daemon-benches-").tempdir_in(parent)?;
        Ok(Pidfile { path: directory.path().join("bench.pid"), directory })
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// The directory that it is in.
    pub(crate) fn directory(&self) -> &Path {
        self.directory.path()
    }

    /// The number in it, once it is there.
    pub(crate) fn pid(&self) -> Option<i32> {
        fs::read_to_string(&self.path).ok()?.trim_end().parse().ok()
    }

    /// Each start has to create it.
    pub(crate) fn remove(&self) -> io::Result<()> {
        match fs::remove_file(&self.path) {
            Err(error) if error.kind() != ErrorKind::NotFound => Err(error),
            _ => Ok(()),
        }
    }
}
