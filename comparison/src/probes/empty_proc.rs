use super::Probe;
use crate::outcome::Outcome;
use crate::scene::Scene;

pub(super) const PROBE: Probe = Probe {
    title: "without `/proc`",
    done: "An empty directory is mounted at `/proc`, and it is started at a terminal.",
    rule: "the exit status is 0, and it serves",
    run,
};

fn run(scene: &mut Scene<'_>) -> Result<Outcome, Outcome> {
    scene.running_after(scene.start().terminal().where_mounted("mount -t tmpfs none /proc"))?;
    Ok(Outcome::of(true, "it serves"))
}
