//! The small server of `server.rs`, with tokio. It only tells its process's number.
#![allow(dead_code, reason = "one peer calls its parts")]

use std::error::Error;
use std::net::Ipv4Addr;
use std::time::Duration;
use std::{io, process};

use tokio::io::AsyncWriteExt;
use tokio::net::TcpListener;
use tokio::time::sleep;

use crate::server;

pub(crate) async fn start_up() -> io::Result<TcpListener> {
    sleep(Duration::from_millis(50)).await;
    let port = server::setting("SERVER_PORT").and_then(|port| port.parse().ok()).unwrap_or(0);
    TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await
}

pub(crate) async fn answer(listener: TcpListener) -> io::Result<()> {
    loop {
        let (mut stream, _) = listener.accept().await?;
        tokio::spawn(
            async move { stream.write_all(format!("{}\n", process::id()).as_bytes()).await },
        );
    }
}

async fn serve() -> io::Result<()> {
    answer(start_up().await?).await
}

type BecomeDaemon = fn() -> Result<(), Box<dyn Error>>;

/// Becomes a daemon in `#[tokio::main]`, or before it makes a runtime, and serves.
pub(crate) fn run(become_daemon: BecomeDaemon) -> Result<(), Box<dyn Error>> {
    if server::setting("SERVER_RUNTIME").as_deref() == Some("afterwards") {
        become_daemon()?;
        Ok(tokio::runtime::Runtime::new()?.block_on(serve())?)
    } else {
        in_runtime(become_daemon)
    }
}

#[tokio::main]
async fn in_runtime(become_daemon: BecomeDaemon) -> Result<(), Box<dyn Error>> {
    become_daemon()?;
    Ok(serve().await?)
}
