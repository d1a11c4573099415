//! Copies of the programs, all of one age.
//!
//! How long a program has been in the page cache, and where in memory its pages are, changes the
//! time of its start by a tenth. So no program is measured where the compiler has put it: all are
//! copied to new files, in the same way, one right after the other in a random order, under names
//! of the same length (a longer path moves the stack).

use std::error::Error;
use std::fs::{self, File};
use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

use tempfile::TempDir;

use crate::programs::Program;

/// Fresh copies in a directory of their own, which goes with them.
#[derive(Debug)]
pub(crate) struct FreshCopies {
    /// In the order in which the programs were given.
    pub(crate) programs: Vec<Program>,
    _directory: TempDir,
}

impl FreshCopies {
    pub(crate) fn of(programs: &[Program]) -> Result<Self, Box<dyn Error>> {
        let directory = tempfile::Builder::new().prefix("daemon-benches-").tempdir()?;
        let mut copies = programs.to_vec();
        let mut order: Vec<usize> = (0..programs.len()).collect();
        fastrand::shuffle(&mut order);
        for index in order {
            let path = directory.path().join(format!("program-{index:02}"));
            copy(&programs[index].path, &path)?;
            copies[index].path = path;
        }
        Ok(FreshCopies { programs: copies, _directory: directory })
    }
}

/// Not fs::copy(), which may make the copy share what is on the disk with the original.
fn copy(from: &Path, to: &Path) -> Result<(), Box<dyn Error>> {
    let content = fs::read(from)?;
    let mut file = File::options().write(true).create_new(true).mode(0o755).open(to)?;
    file.write_all(&content)?;
    Ok(())
}
