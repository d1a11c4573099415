//! Tokio above the attribute: it leaves a plain `fn main`, which the attribute then takes.

#[tokio::main]
#[daemon::main(mode = foreground)]
async fn main() -> Result<(), String> {
    tokio::task::yield_now().await;
    daemon::stop().request("that was all");
    daemon::stopped().await;
    Ok(())
}
