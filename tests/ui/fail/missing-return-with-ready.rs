#[daemon::main]
fn main(ready: daemon::Ready) -> std::io::Result<()> {
    ready.notify();
    println!("hello");
}
