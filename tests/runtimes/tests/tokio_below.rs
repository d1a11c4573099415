//! Tokio below the attribute: the launch is over before the runtime's threads exist.

use std::io;

#[daemon::main(mode = foreground, privileged = open)]
#[tokio::main(flavor = "multi_thread", worker_threads = 2)]
async fn main(ready: daemon::Ready, listener: std::net::TcpListener) -> io::Result<()> {
    ready.notify();
    let port = tokio::spawn(async move { listener.local_addr().map(|address| address.port()) });
    assert_ne!(port.await.map_err(io::Error::other)??, 0);
    Ok(())
}

fn open() -> io::Result<std::net::TcpListener> {
    std::net::TcpListener::bind("127.0.0.1:0")
}
