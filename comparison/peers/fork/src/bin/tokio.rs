//! The same server with tokio.

#[path = "../become_daemon.rs"]
mod become_daemon;
#[path = "../../../server.rs"]
mod server;
#[path = "../../../with_tokio.rs"]
mod with_tokio;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    with_tokio::run(become_daemon::become_daemon)
}
