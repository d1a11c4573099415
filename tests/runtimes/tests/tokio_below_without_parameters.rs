//! Tokio below the attribute, on a `main` that is ready when it is entered.

#[daemon::main(mode = foreground)]
#[tokio::main]
async fn main() {
    tokio::task::yield_now().await;
}
