//! Paths that are given at run time, by a command line for example: a relative one is resolved where
//! the program was started, since a daemon runs in `/`.

use std::env;
use std::path::{Path, PathBuf};

use crate::config::chdir::Chdir;
use crate::config::{Config, Output, Pidfile};
use crate::error::{Error, ErrorKind, errno_of};

impl Config {
    /// Makes the paths absolute.
    ///
    /// A path is joined to the working directory as it is, so that messages show it as it was typed.
    pub(crate) fn make_paths_absolute(&mut self) -> Result<(), Error> {
        let relative: Vec<_> = self.paths().filter(|path| is_relative(path)).collect();
        if relative.is_empty() {
            return Ok(());
        }
        let here = env::current_dir().map_err(|error| {
            Error::new(ErrorKind::Config, "cannot resolve a relative path in the working directory")
                .because(errno_of(error))
                .advise("name an absolute path, or start the program elsewhere")
        })?;
        for path in relative {
            *path = here.join(&path);
        }
        Ok(())
    }

    /// All paths that are given. That of `chdir` not where there is a `chroot`: it is one inside.
    fn paths(&mut self) -> impl Iterator<Item = &mut PathBuf> {
        let pidfile = match &mut self.pidfile {
            Pidfile::At(path) => Some(path),
            Pidfile::None | Pidfile::Usual => None,
        };
        let directory = match &mut self.chdir {
            Some(Chdir::To(path)) if self.chroot.is_none() => Some(path),
            _ => None,
        };
        let [stdout, stderr] = [&mut self.stdout, &mut self.stderr].map(|output| match output {
            Some(Output::File(path)) => Some(path),
            _ => None,
        });
        [pidfile, stdout, stderr, directory, self.chroot.as_mut()].into_iter().flatten()
    }
}

/// An empty path leads nowhere.
fn is_relative(path: &Path) -> bool {
    path.is_relative() && !path.as_os_str().is_empty()
}
