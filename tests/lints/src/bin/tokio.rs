//! A daemon on tokio.

use tokio::task;

/// The daemon.
#[daemon::main(pidfile)]
#[tokio::main(flavor = "current_thread")]
async fn main(ready: daemon::Ready) {
    task::yield_now().await;
    ready.notify();
}
