//! The same server with tokio: becomes a daemon in `#[tokio::main]`, or before it makes a runtime.

#[path = "../become_daemon.rs"]
mod become_daemon;
#[path = "../../../server.rs"]
mod server;
#[path = "../../../with_tokio.rs"]
mod with_tokio;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    if server::setting("SERVER_RUNTIME").as_deref() == Some("afterwards") {
        become_daemon::become_daemon()?;
        Ok(tokio::runtime::Runtime::new()?.block_on(with_tokio::serve())?)
    } else {
        in_runtime()
    }
}

#[tokio::main]
async fn in_runtime() -> Result<(), Box<dyn std::error::Error>> {
    become_daemon::become_daemon()?;
    Ok(with_tokio::serve().await?)
}
