mod server {
    #[daemon::main]
    pub fn main(ready: daemon::Ready) {
        ready.notify();
    }
}

fn main() {
    server::main();
}
