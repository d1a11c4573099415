//! Who a daemon is.

use daemon_tests::{Ids, Process};

/// Exactly this user, with exactly these groups and without any power.
#[track_caller]
pub(crate) fn assert_is(daemon: &Process, user: u32, group: u32, groups: &[u32]) {
    assert_eq!(daemon.users(), Ids::all(user));
    assert_eq!(daemon.groups(), Ids::all(group));
    let mut list = daemon.supplementary_groups();
    list.sort_unstable();
    assert_eq!(list, groups);
    let capabilities = daemon.capabilities();
    assert_eq!(capabilities.inheritable, 0);
    assert_eq!(capabilities.permitted, 0);
    assert_eq!(capabilities.effective, 0);
    assert_eq!(capabilities.ambient, 0);
    assert!(!daemon.no_new_privs());
    assert_eq!(daemon.threads(), 1);
}
