//! Whether a directory is safe for root to create files in.
//!
//! Whoever can write to a directory can put a link where a file of ours is to be, or replace the
//! file with another. And whoever can write to a directory above can do the same with the directory
//! itself. So root creates nothing where everybody, or the user that the daemon becomes, can do
//! that.

use std::ffi::OsString;
use std::fs::{self, Metadata};
use std::io;
use std::os::unix::fs::MetadataExt;
use std::path::{Component, Path, PathBuf};

use crate::process::identity::Identity;

// The bits of a mode; see inode(7).
const OTHERS_WRITE: u32 = 0o002;
const GROUP_WRITES: u32 = 0o020;
const STICKY: u32 = 0o1000;

/// How many symbolic links a path may lead through: the limit of the kernel; see
/// path_resolution(7).
const MOST_LINKS: usize = 40;

/// The first directory on the way to `directory`, itself included, that the user or everybody can
/// write to, with the reason; `None` if there is none.
///
/// Each step of the path is checked, and so is each step that symbolic links lead to.
pub(crate) fn writable_by_others(
    directory: &Path,
    identity: Option<&Identity>,
) -> io::Result<Option<String>> {
    let mut here = Directory::root()?;
    let mut ahead: Vec<OsString> = steps(directory);
    let mut links = 0;
    while let Some(step) = ahead.pop() {
        if step == ".." {
            here = here.parent()?;
            continue;
        }
        let path = here.path.join(&step);
        let entry = fs::symlink_metadata(&path)?;
        if let Some(who) = writer(&here.metadata, identity) {
            if !protected_by_sticky_bit(&here.metadata, &entry, identity) {
                return Ok(Some(format!("{who} can write {}", here.path.display())));
            }
        }
        if entry.is_symlink() {
            links += 1;
            if links > MOST_LINKS {
                return Err(io::Error::from_raw_os_error(libc::ELOOP));
            }
            let target = fs::read_link(&path)?;
            if target.is_absolute() {
                here = Directory::root()?;
            }
            ahead.extend(steps(&target));
        } else {
            here = Directory { path, metadata: entry };
        }
    }
    // Files are to be created in the last one, where the sticky bit does not help: the name may be
    // taken already.
    let writer = writer(&here.metadata, identity);
    Ok(writer.map(|who| format!("{who} can write {}", here.path.display())))
}

/// Where a path has led so far: no part of it is a symbolic link.
struct Directory {
    path: PathBuf,
    metadata: Metadata,
}

impl Directory {
    fn root() -> io::Result<Self> {
        let path = PathBuf::from("/");
        Ok(Directory { metadata: fs::symlink_metadata(&path)?, path })
    }

    fn parent(mut self) -> io::Result<Self> {
        self.path.pop();
        Ok(Directory { metadata: fs::symlink_metadata(&self.path)?, path: self.path })
    }
}

/// The names in a path, the last one first.
fn steps(path: &Path) -> Vec<OsString> {
    let name = |component: Component<'_>| match component {
        Component::Normal(name) => Some(name.to_owned()),
        Component::ParentDir => Some("..".into()),
        _ => None,
    };
    path.components().rev().filter_map(name).collect()
}

/// Those who can write to this directory but should not.
fn writer(directory: &Metadata, identity: Option<&Identity>) -> Option<String> {
    if directory.mode() & OTHERS_WRITE != 0 {
        return Some("everybody".to_owned());
    }
    let identity = identity.filter(|identity| !identity.uid.is_root())?;
    // An owner can grant themselves the right.
    if directory.uid() == identity.uid.as_raw() {
        return Some(format!("uid {}", identity.uid));
    }
    let in_group = identity.groups.iter().any(|gid| gid.as_raw() == directory.gid());
    (in_group && directory.mode() & GROUP_WRITES != 0)
        .then(|| format!("uid {}, by its group {},", identity.uid, directory.gid()))
}

/// In a sticky directory, only root and the directory's owner can move what belongs to root.
fn protected_by_sticky_bit(
    directory: &Metadata,
    entry: &Metadata,
    identity: Option<&Identity>,
) -> bool {
    let is_sticky = directory.mode() & STICKY != 0;
    let is_users = identity.is_some_and(|identity| {
        !identity.uid.is_root() && directory.uid() == identity.uid.as_raw()
    });
    is_sticky && !is_users && entry.uid() == 0
}
