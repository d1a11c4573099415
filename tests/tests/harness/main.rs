//! The harness itself, on ordinary programs: what it says is so, and what it is told is done.

mod expected_panic;
mod machines;
mod processes;
mod sandboxes;
mod surroundings;
mod terminals;
mod wings;

use daemon_tests::{Running, Sandbox, Start};

daemon_tests::wing![machines, processes, sandboxes, surroundings, terminals, wings];

/// A program that does nothing, to be looked at.
fn sleeper(sandbox: &Sandbox) -> Start<'_> {
    sandbox.start("sleep").arg("1000")
}

/// Starts that, and waits until it sleeps: before, it has a library open.
fn asleep(start: Start<'_>) -> Running<'_> {
    let command = start.spawn();
    command.process().wait_until("sleeps", |process| process.state() == 'S');
    command
}
