use daemon_tests::NOBODY;

use super::Probe;
use crate::outcome::Outcome;
use crate::scene::{Scene, USER};

pub(super) const PROBE: Probe = Probe {
    title: "root's rights given up",
    done: "Root, with the supplementary groups 0, 4 and 27, starts it with the user `nobody`. The ids, the groups \
           and the capabilities of the daemon are looked at.",
    rule: "all user ids are that user's, no group is one of root's, and no capability is effective",
    run,
};

const ROOTS_GROUPS: [u32; 3] = [0, 4, 27];

fn run(scene: &mut Scene<'_>) -> Result<Outcome, Outcome> {
    if !scene.peer.offers.user {
        return Err(Outcome::not_offered("no user"));
    }
    scene.as_user();
    let daemon = scene.running_after(scene.start().supplementary_groups(ROOTS_GROUPS))?;
    let (users, groups) = (daemon.users(), daemon.groups());
    let mut kept = daemon.supplementary_groups();
    kept.retain(|group| ROOTS_GROUPS.contains(group));
    let effective = daemon.capabilities().effective;
    let user_is_right = [users.real, users.effective, users.saved].iter().all(|&id| id == NOBODY);
    let group_is_right = [groups.real, groups.effective, groups.saved].iter().all(|&id| id != 0);

    let mut text = Vec::new();
    if !user_is_right {
        text.push(format!("the user is {}, not {USER}", users.effective));
    }
    if !group_is_right {
        text.push("the group is root's".to_owned());
    }
    if !kept.is_empty() {
        let kept: Vec<String> = kept.iter().map(u32::to_string).collect();
        text.push(format!("keeps root's groups: {}", kept.join(", ")));
    }
    if effective != 0 {
        text.push("keeps capabilities".to_owned());
    }
    if text.is_empty() {
        return Ok(Outcome::of(true, "yes"));
    }
    Ok(Outcome::of(false, text.join("; ")))
}
