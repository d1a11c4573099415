#[daemon::main]
async fn main(ready: daemon::Ready) {
    ready.notify();
}
