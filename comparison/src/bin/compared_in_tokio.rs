//! The library, with its attribute above that of tokio.

use std::io;

#[path = "../../peers/server.rs"]
mod server;
#[path = "../../peers/with_tokio.rs"]
mod with_tokio;

#[daemon::main(pidfile, configure = settings)]
#[tokio::main]
async fn main(ready: daemon::Ready) -> io::Result<()> {
    let listener = with_tokio::start_up().await?;
    ready.notify();
    with_tokio::answer(listener).await
}

fn settings(config: &mut daemon::Config) {
    config.pidfile(server::path("SERVER_PIDFILE"));
}
