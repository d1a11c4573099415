use std::io::Read;
use std::io::Write;

use daemon_tests::Systemd;

use super::Probe;
use crate::outcome::Outcome;
use crate::peers::Pidfile;
use crate::scene::{A_MOMENT, LONG_ENOUGH, Scene};

pub(super) const PROBE: Probe = Probe {
    title: "under systemd",
    done: "The same command, without another option, is the `ExecStart=` of a unit with `Type=notify` \
           (`NotifyAccess=all`), then of one with `Type=forking` and `PIDFile=`, or \
           `GuessMainPID=no` if it has no pidfile, then of one with `Type=exec`, each with a \
           timeout of 5 s, on a machine whose process 1 is systemd.",
    rule: "with `Type=notify` the start succeeds, the unit is active, and it serves",
    run,
};

const TYPES: [&str; 3] = ["notify", "forking", "exec"];

fn run(scene: &mut Scene<'_>) -> Result<Outcome, Outcome> {
    let machine = Systemd::boot(&scene.sandbox);
    let worked: Vec<bool> = TYPES.iter().map(|kind| works(scene, &machine, kind)).collect();
    let text: Vec<String> = TYPES
        .iter()
        .zip(&worked)
        .map(|(kind, works)| format!("{kind}: {}", if *works { "runs" } else { "fails" }))
        .collect();
    Ok(Outcome::of(worked[0], text.join(", ")))
}

fn works(scene: &Scene<'_>, machine: &Systemd<'_>, kind: &str) -> bool {
    let unit = format!("{kind}.service");
    machine.unit(&unit, &text(scene, kind));
    let started = machine.systemctl(["start", &unit]).code() == 0;
    let serves = started && scene.within(LONG_ENOUGH, || answers(scene, machine));
    // One that goes into the background of its own accord is over at once.
    let ends = scene.within(A_MOMENT, || machine.show(&unit, "ActiveState") != "active");
    machine.systemctl(["stop", &unit]);
    scene.within(A_MOMENT, || machine.processes_of(&unit).is_empty());
    serves && !ends
}

fn answers(scene: &Scene<'_>, machine: &Systemd<'_>) -> bool {
    let ask = || -> std::io::Result<String> {
        let mut stream = machine.connect(&format!("127.0.0.1:{}", scene.port))?;
        stream.write_all(b"pid\n")?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer)?;
        Ok(answer)
    };
    ask().is_ok_and(|answer| !answer.is_empty())
}

fn text(scene: &Scene<'_>, kind: &str) -> String {
    let command: Vec<String> =
        (scene.peer.start)(scene).iter().map(|word| word.to_string_lossy().into_owned()).collect();
    let mut text =
        format!("[Service]\nType={kind}\nExecStart={}\nTimeoutStartSec=5\n", command.join(" "));
    for (name, value) in scene.environment() {
        text += &format!("Environment={name}={value}\n");
    }
    match kind {
        "notify" => text += "NotifyAccess=all\n",
        "forking" if scene.peer.offers.pidfile == Pidfile::None => text += "GuessMainPID=no\n",
        "forking" => text += &format!("PIDFile={}\n", scene.pidfile.display()),
        _ => {}
    }
    text
}
