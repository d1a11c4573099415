//! Tokio below the attribute: the launch is over before the runtime's threads exist.

use std::io;

#[daemon::main(mode = foreground, privileged = open)]
#[tokio::main(flavor = "multi_thread", worker_threads = 2)]
async fn main(ready: daemon::Ready, listener: std::net::TcpListener) -> io::Result<()> {
    ready.notify();
    let port = tokio::spawn(async move { listener.local_addr().map(|address| address.port()) });
    let drained = tokio::spawn(daemon::stop().drained());
    let hold = daemon::stop().hold("a task");
    daemon::stop().request("that was all");
    daemon::stopped().await;
    drop(hold);
    drained.await.map_err(io::Error::other)?;
    assert_ne!(port.await.map_err(io::Error::other)??, 0);
    Ok(())
}

fn open() -> io::Result<std::net::TcpListener> {
    std::net::TcpListener::bind("127.0.0.1:0")
}
