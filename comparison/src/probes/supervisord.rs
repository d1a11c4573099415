use std::time::Duration;

use super::Probe;
use crate::outcome::Outcome;
use crate::scene::Scene;

pub(super) const PROBE: Probe = Probe {
    title: "under supervisord",
    done: "The same command, without another option, is a program of supervisord's, which may try a start twice.",
    rule: "supervisord calls it RUNNING after one start, and `supervisorctl stop` ends it",
    run,
};

/// Two starts of two seconds each, a second between them, and some more.
const SETTLED: Duration = Duration::from_secs(12);

fn run(scene: &mut Scene<'_>) -> Result<Outcome, Outcome> {
    let configuration = scene.sandbox.file("supervisord.conf", 0o644, &configuration(scene));
    let path = daemon_tests::require_program("supervisord", "supervisor");
    let mut supervisord = scene.sandbox.start(path).arg("-c").arg(&configuration).spawn();
    let mut log = String::new();
    let settled = scene.within(SETTLED, || {
        log = supervisord.stdout();
        log.contains("entered RUNNING state") || log.contains("entered FATAL state")
    });
    if !settled {
        return Err(Outcome::unknown("supervisord comes to no decision"));
    }
    let starts = log.matches("spawned: 'server'").count();
    if log.contains("entered FATAL state") {
        let left = if scene.servers().is_empty() {
            ""
        } else {
            "; a daemon is left that it does not know"
        };
        return Ok(Outcome::of(false, format!("FATAL after {starts} starts{left}")));
    }
    let serves = scene.serving();
    let stop =
        scene.sandbox.start("supervisorctl").arg("-c").arg(&configuration).args(["stop", "server"]);
    scene.end_of(&mut stop.spawn())?;
    let ended = scene.within(SETTLED, || scene.servers().is_empty());
    let starts = if starts == 1 { "1 start".to_owned() } else { format!("{starts} starts") };
    Ok(match (serves, ended) {
        (None, _) => Outcome::of(false, format!("RUNNING after {starts}, and does not serve")),
        (Some(_), true) => {
            Outcome::of(starts == "1 start", format!("RUNNING after {starts}; stop ends it"))
        }
        (Some(_), false) => Outcome::of(false, format!("RUNNING after {starts}; stop leaves it")),
    })
}

fn configuration(scene: &Scene<'_>) -> String {
    let command: Vec<String> =
        (scene.peer.start)(scene).iter().map(|word| word.to_string_lossy().into_owned()).collect();
    let environment: Vec<String> =
        scene.environment().iter().map(|(name, value)| format!("{name}=\"{value}\"")).collect();
    let program = format!(
        "[program:server]\n\
         command = {}\n\
         environment = {}\n\
         startsecs = 2\n\
         startretries = 1\n",
        command.join(" "),
        environment.join(",")
    );
    daemon_tests::supervisord_configuration(scene.sandbox.path(), &program)
}
