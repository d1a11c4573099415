//! The small server of `server.rs`, with tokio. It only tells its process's number.
#![allow(dead_code, reason = "one peer calls its parts")]

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

pub(crate) async fn serve() -> io::Result<()> {
    answer(start_up().await?).await
}
