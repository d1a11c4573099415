//! The small server.

mod become_daemon;
#[path = "../../server.rs"]
mod server;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    become_daemon::become_daemon()?;
    Ok(server::serve(&server::start_up()?)?)
}
