//! Whether a directory is safe for root to create files in.
//!
//! Anyone who can write to a directory can put a link in place of a file of ours, or replace the file
//! with another. And anyone who can write to a directory above can do the same with the directory
//! itself. So root creates nothing where everybody, an ordinary user, or the user that the daemon
//! becomes can do that, and follows no link that belongs to one of them.

use std::ffi::OsString;
use std::fs::{self, Metadata};
use std::io;
use std::os::unix::fs::MetadataExt;
use std::path::{Component, Path, PathBuf};

use nix::unistd::{Gid, Uid, getegid};

use crate::process::identity::Identity;
use crate::sys::ids::is_system_group;
use crate::sys::{self, Writers};

// The bits of a mode; see inode(7).
const OTHERS_WRITE: u32 = 0o002;
const GROUP_WRITES: u32 = 0o020;
const STICKY: u32 = 0o1000;

/// How many symbolic links a path may lead through: the limit of the kernel; see
/// path_resolution(7).
const MOST_LINKS: usize = 40;

/// The first thing on the way to `directory`, itself included, that makes it unsafe: a directory
/// that others can write to, or a link of theirs; `None` if there is none.
///
/// Each step of the path is checked, and so is each step that symbolic links lead to. `euid` is the
/// present user, `identity` the one that the daemon becomes.
pub(crate) fn writable_by_others(
    directory: &Path,
    euid: Uid,
    identity: Option<&Identity>,
) -> io::Result<Option<String>> {
    let trust = Trust::new(euid, identity);
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
        if let Some(who) = trust.writer(&here) {
            if !trust.sticky_bit_protects(&here.metadata, &entry) {
                return Ok(Some(format!("{who} can write {}", here.path.display())));
            }
        }
        if entry.is_symlink() {
            if trust.is_foreign(entry.uid()) {
                let (link, uid) = (path.display(), entry.uid());
                return Ok(Some(format!("the link {link} belongs to uid {uid}")));
            }
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
    let writer = trust.writer(&here);
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

/// Whose directories and links are trusted: root's, and those of the process itself where it is
/// not root.
struct Trust<'a> {
    euid: Uid,
    /// The user that the daemon becomes, unless that is root.
    identity: Option<&'a Identity>,
}

impl<'a> Trust<'a> {
    fn new(euid: Uid, identity: Option<&'a Identity>) -> Self {
        let identity = identity.filter(|identity| !identity.uid.is_root());
        Trust { euid, identity }
    }

    /// Those who can write to this directory but should not.
    fn writer(&self, directory: &Directory) -> Option<String> {
        let Directory { metadata, path } = directory;
        if metadata.mode() & OTHERS_WRITE != 0 {
            return Some("everybody".to_owned());
        }
        // An owner can grant themselves the right.
        if self.is_foreign(metadata.uid()) {
            return Some(format!("uid {}", metadata.uid()));
        }
        if metadata.mode() & GROUP_WRITES == 0 {
            return None;
        }
        let Writers { users, mut groups, own_group } = sys::writers_by_list(path);
        if own_group {
            groups.push(metadata.gid());
        }
        let user = users.into_iter().find(|uid| self.is_foreign(*uid));
        user.map(|uid| format!("uid {uid}"))
            .or_else(|| groups.into_iter().find_map(|gid| self.foreign_group(gid)))
    }

    /// This group, if an ordinary user can be in it, or the one that the daemon becomes is.
    fn foreign_group(&self, gid: u32) -> Option<String> {
        if let Some(user) = self.identity.filter(|user| user.groups.contains(&Gid::from_raw(gid))) {
            return Some(format!("uid {}, by its group {gid},", user.uid));
        }
        let is_ours = !self.euid.is_root() && gid == getegid().as_raw();
        (!is_ours && !is_system_group(gid) && !is_unmapped(gid)).then(|| format!("group {gid}"))
    }

    /// Whether this is an ordinary user, or the user that the daemon becomes.
    ///
    /// In a user namespace, whatever root of the machine owns seems to belong to nobody.
    fn is_foreign(&self, uid: u32) -> bool {
        let is_users = self.identity.is_some_and(|identity| identity.uid.as_raw() == uid);
        let is_ours = uid == 0 || uid == self.euid.as_raw();
        is_users || (!is_ours && !is_unmapped(uid))
    }

    /// In a sticky directory, only the owners of a file and of the directory can move the file.
    fn sticky_bit_protects(&self, directory: &Metadata, entry: &Metadata) -> bool {
        let is_ours = |uid: u32| uid == 0 || uid == self.euid.as_raw();
        let is_sticky = directory.mode() & STICKY != 0;
        is_sticky && !self.is_foreign(directory.uid()) && is_ours(entry.uid())
    }
}

/// Whether this is the number that stands for every id that is not mapped into our user namespace.
fn is_unmapped(number: u32) -> bool {
    sys::proc::overflow_id() == Some(number)
}
