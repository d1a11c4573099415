//! Whether a supervisor may start the program as its user at once, or root must stay.

use crate::config::Config;
use crate::control::unit::places;
use crate::process::identity::account::{Group, User};

/// Why root must start the program, each reason as a sentence; none if its user can.
///
/// It becomes that user by itself in either case.
pub(super) fn reasons_for_root(config: &Config) -> Vec<String> {
    let mut reasons = Vec::new();
    if becomes(config).is_none() {
        reasons.push("It has no option `user`, so it stays root.".to_owned());
    }
    if let Some(root) = &config.chroot {
        reasons.push(format!("Only root can make {:?} its root directory.", root.display()));
    }
    if config.has_privileged {
        reasons.push("Its step `privileged` is for root.".to_owned());
    }
    for (option, file) in places::named_files(config).filter(|(_, file)| places::is_of_root(file)) {
        let file = file.display();
        reasons.push(format!("Only root can make {file:?}, which `{option}` names."));
    }
    reasons
}

/// The user other than root that the program becomes.
pub(super) fn becomes(config: &Config) -> Option<&User> {
    let is_root = |user: &&User| match user {
        User::Id(id) => *id == 0,
        User::Name(name) => ["root", "0"].contains(&name.as_str()),
    };
    config.user.as_ref().filter(|user| !is_root(user))
}

/// The entry of a user in this machine's user database.
pub(super) fn entry(user: &User) -> Option<nix::unistd::User> {
    match user {
        User::Name(name) => nix::unistd::User::from_name(name),
        User::Id(id) => nix::unistd::User::from_uid((*id).into()),
    }
    .ok()?
}

/// Whether a user is a number that this machine's user database does not know.
pub(super) fn is_number_alone(user: &User) -> bool {
    let is_number = match user {
        User::Id(_) => true,
        User::Name(name) => name.bytes().all(|byte| byte.is_ascii_digit()),
    };
    is_number && entry(user).is_none()
}

/// The number of a group, if it is known here.
pub(super) fn gid(group: &Group) -> Option<u32> {
    match group {
        Group::Id(id) => Some(*id),
        Group::Name(name) => match nix::unistd::Group::from_name(name).ok()? {
            Some(found) => Some(found.gid.as_raw()),
            None => name.parse().ok(),
        },
    }
}

/// The number of a user, if it is known here.
pub(super) fn uid(user: &User) -> Option<u32> {
    match (user, entry(user)) {
        (_, Some(found)) => Some(found.uid.as_raw()),
        (User::Id(id), None) => Some(*id),
        (User::Name(name), None) => name.parse().ok(),
    }
}
