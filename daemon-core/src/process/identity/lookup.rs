//! Names and numbers of users and groups; see passwd(5), group(5).

use std::ffi::CString;
use std::fs;
use std::path::PathBuf;

use nix::errno::Errno;
use nix::unistd::{self, Gid, Uid, geteuid};

use crate::error::{Error, ErrorKind};
use crate::process::identity::account::{Group, UNCHANGED, User};
use crate::sys;

/// Everything that the databases say about a user and a group.
#[derive(Debug)]
pub(super) struct Found {
    /// The user as it was asked for.
    pub(super) name: String,
    pub(super) uid: Uid,
    pub(super) gid: Gid,
    /// All groups, including `gid`.
    pub(super) groups: Vec<Gid>,
    /// `None` if the user database does not know the user.
    pub(super) entry: Option<PasswdEntry>,
}

/// The fields of passwd(5) that the environment repeats.
#[derive(Debug, Clone)]
pub(super) struct PasswdEntry {
    pub(super) name: String,
    pub(super) home: PathBuf,
    pub(super) shell: PathBuf,
}

/// Resolves a user and a group. Without a user, it is the present one with another group.
pub(super) fn find(user: Option<&User>, group: Option<&Group>) -> Result<Found, Error> {
    let present = User::Id(geteuid().as_raw());
    let user = user.unwrap_or(&present);
    let (uid, found) = find_user(user)?;
    let gid = match (group, &found) {
        (Some(group), _) => find_group(group)?,
        (None, Some(found)) => found.gid,
        // Not root's group, which the daemon would otherwise keep.
        (None, None) => Gid::from_raw(uid.as_raw()),
    };
    let groups = match &found {
        Some(found) => groups_of(&found.name, gid)?,
        None => vec![gid],
    };
    // Whether they were asked for or come from the databases.
    if uid.as_raw() == UNCHANGED {
        return Err(unchanged("uid"));
    }
    if groups.iter().chain([&gid]).any(|gid| gid.as_raw() == UNCHANGED) {
        return Err(unchanged("gid"));
    }
    let entry = found.map(|found| PasswdEntry {
        name: found.name,
        home: or_if_empty(found.dir, "/"),
        shell: or_if_empty(found.shell, "/bin/sh"),
    });
    Ok(Found { name: user.to_string(), uid, gid, groups, entry })
}

/// The meaning of an empty field; see passwd(5) and login(1).
fn or_if_empty(field: PathBuf, usual: &str) -> PathBuf {
    if field.as_os_str().is_empty() { usual.into() } else { field }
}

fn find_user(user: &User) -> Result<(Uid, Option<unistd::User>), Error> {
    let failed = |errno| cannot_look_up("user", user, errno);
    match user {
        User::Name(name) => {
            if let Some(found) = found(unistd::User::from_name(name)).map_err(failed)? {
                return Ok((found.uid, Some(found)));
            }
            match number(name) {
                Some(id) => find_user(&User::Id(id)),
                None => Err(unknown("user", name, "/etc/passwd")),
            }
        }
        User::Id(id) => {
            let uid = Uid::from_raw(*id);
            Ok((uid, found(unistd::User::from_uid(uid)).map_err(failed)?))
        }
    }
}

fn find_group(group: &Group) -> Result<Gid, Error> {
    match group {
        Group::Name(name) => {
            let found = found(unistd::Group::from_name(name))
                .map_err(|errno| cannot_look_up("group", group, errno))?;
            match (found, number(name)) {
                (Some(found), _) => Ok(found.gid),
                (None, Some(id)) => find_group(&Group::Id(id)),
                (None, None) => Err(unknown("group", name, "/etc/group")),
            }
        }
        Group::Id(id) => Ok(Gid::from_raw(*id)),
    }
}

/// A name that consists of digits as a number. Not `+0`, which is a name that nobody has.
fn number(name: &str) -> Option<u32> {
    name.bytes().all(|byte| byte.is_ascii_digit()).then(|| name.parse().ok())?
}

/// `ENOENT` and `ESRCH` also mean that there is no database at all, as in an image with nothing but
/// the program; then no name is in it. See getpwnam(3), "ERRORS".
fn found<T>(looked_up: Result<Option<T>, Errno>) -> Result<Option<T>, Errno> {
    match looked_up {
        Err(Errno::ENOENT | Errno::ESRCH) => Ok(None),
        looked_up => looked_up,
    }
}

/// All groups that the user is in, including `gid`; see getgrouplist(3).
fn groups_of(name: &str, gid: Gid) -> Result<Vec<Gid>, Error> {
    let failed = |errno| Error::cannot(format_args!("list the groups of user {name}"), errno);
    let name_for_c = CString::new(name).map_err(|_| failed(Errno::EINVAL))?;
    sys::ids::groups_of(&name_for_c, gid).map_err(failed)
}

fn unknown(what: &str, name: &str, database: &str) -> Error {
    let names = names_in(database);
    let advice = match nearest(name, &names) {
        // The C library passes over lines that it cannot read.
        Some(same) if same == name => {
            format!("its line in {database} is malformed: correct it, or choose another {what}")
        }
        Some(nearest) => format!("did you mean {nearest}?"),
        None => format!("create it, or choose another {what}"),
    };
    Error::new(ErrorKind::NoUser, format!("there is no {what} {name}")).advise(advice)
}

fn unchanged(id: &str) -> Error {
    let what = format!("{UNCHANGED} is not a valid {id}: to the kernel it means \"unchanged\"");
    Error::new(ErrorKind::Config, what).advise("choose another")
}

fn cannot_look_up(what: &str, name: &dyn std::fmt::Display, errno: Errno) -> Error {
    Error::cannot(format_args!("look up {what} {name}"), errno)
}

/// The names in a file such as /etc/passwd, for advice only: the database may have more.
fn names_in(file: &str) -> Vec<String> {
    let text = fs::read_to_string(file).unwrap_or_default();
    text.lines().filter_map(|line| Some(line.split_once(':')?.0.to_owned())).collect()
}

/// The name that differs in the fewest letters, if those are few.
fn nearest<'a>(name: &str, names: &'a [String]) -> Option<&'a str> {
    let most = name.chars().count().div_ceil(3);
    let distances = names.iter().map(|other| (distance(name, other), other.as_str()));
    distances.filter(|(distance, _)| *distance <= most).min().map(|(_, name)| name)
}

/// How many letters must be added, removed or changed: the Levenshtein distance.
fn distance(one: &str, other: &str) -> usize {
    let mut previous: Vec<usize> = (0..=other.chars().count()).collect();
    for (row, letter) in one.chars().enumerate() {
        let mut current = vec![row + 1];
        for (column, other_letter) in other.chars().enumerate() {
            let changed = previous[column] + usize::from(letter != other_letter);
            current.push(changed.min(previous[column + 1] + 1).min(current[column] + 1));
        }
        previous = current;
    }
    previous[previous.len() - 1]
}

#[cfg(test)]
mod tests {
    use super::nearest;

    #[test]
    fn a_misspelt_name_is_recognised() {
        let names = ["root", "www-data", "nobody"].map(str::to_owned);
        assert_eq!(nearest("wwwdata", &names), Some("www-data"));
        assert_eq!(nearest("nobdy", &names), Some("nobody"));
        assert_eq!(nearest("postgres", &names), None);
    }
}
