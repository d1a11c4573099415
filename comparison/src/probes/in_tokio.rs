use super::Probe;
use crate::outcome::Outcome;
use crate::scene::Scene;

pub(super) const PROBE: Probe = Probe {
    title: "in a tokio `main`",
    done: "A server with tokio becomes a daemon as the first thing in the body of `#[tokio::main]`; with the \
           attribute, by the attribute above that. And, where it is a call, before the program makes a runtime itself.",
    rule: "it serves with `#[tokio::main]`",
    run,
};

fn run(scene: &mut Scene<'_>) -> Result<Outcome, Outcome> {
    let Some(tokio) = &scene.peer.tokio else {
        return Err(Outcome::not_offered("not Rust"));
    };
    let attempt = |runtime: &str| {
        let start = scene.command(vec![tokio.into()]).env("SERVER_RUNTIME", runtime);
        let outcome = scene.running_after(start);
        scene.kill_all();
        outcome.err().map(|outcome| outcome.text)
    };
    let inside = attempt("inside");
    if scene.peer.name == crate::peers::OURS {
        return Ok(Outcome::of(inside.is_none(), inside.unwrap_or("it serves".to_owned())));
    }
    let words = |failure: Option<String>| failure.unwrap_or("it serves".to_owned());
    let met = inside.is_none();
    let afterwards = attempt("afterwards");
    Ok(Outcome::of(
        met,
        format!("{}; runtime made afterwards: {}", words(inside), words(afterwards)),
    ))
}
