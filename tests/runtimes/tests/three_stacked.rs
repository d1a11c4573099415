//! A runtime and a span around the body.

#[daemon::main(mode = foreground)]
#[tokio::main(flavor = "current_thread")]
#[tracing::instrument(err)]
async fn main(ready: daemon::Ready) -> std::io::Result<()> {
    tokio::task::yield_now().await;
    ready.notify();
    Ok(())
}
