#[tokio::main(flavor = "current_thread")]
#[daemon::main]
async fn main(ready: daemon::Ready) {
    ready.notify();
}
