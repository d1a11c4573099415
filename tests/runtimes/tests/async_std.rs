//! async-std below the attribute.

#[daemon::main(mode = foreground)]
#[async_std::main]
async fn main(ready: daemon::Ready) -> std::io::Result<()> {
    async_std::task::yield_now().await;
    ready.notify();
    daemon::stop().request("that was all");
    daemon::stopped().await;
    Ok(())
}
