use super::Probe;
use crate::outcome::Outcome;
use crate::scene::Scene;

pub(super) const PROBE: Probe = Probe {
    title: "inherited descriptors",
    done: "The command inherits files at 5 and 900 and a pipe at 7. The daemon's descriptors are looked at.",
    rule: "the daemon has none of them",
    run,
};

const LEAKED: [i32; 3] = [5, 7, 900];

fn run(scene: &mut Scene<'_>) -> Result<Outcome, Outcome> {
    let start = scene.start().leak(LEAKED[0]).leak_pipe(LEAKED[1]).leak(LEAKED[2]);
    let mut command = start.spawn();
    // What was leaked is a deleted file or this pipe, which nothing that a daemon opens itself is.
    scene.end_of(&mut command)?;
    let daemon = scene.serving().ok_or_else(|| Outcome::of(false, "nobody serves"))?;
    let descriptors = daemon.descriptors();
    let kept: Vec<String> = LEAKED
        .iter()
        .filter(|number| {
            descriptors.get(number).is_some_and(|it| {
                it.is_pipe() || it.target.to_string_lossy().ends_with(" (deleted)")
            })
        })
        .map(i32::to_string)
        .collect();
    Ok(match kept.is_empty() {
        true => Outcome::of(true, "closed"),
        false => Outcome::of(false, format!("keeps {}", kept.join(", "))),
    })
}
