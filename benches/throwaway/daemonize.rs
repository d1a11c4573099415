use std::{fs::File, process, thread, time::Duration};

fn main() {
    let log = File::create("/tmp/hello.log").expect("a log");
    daemonize::Daemonize::new()
        .pid_file("/tmp/hello.pid")
        .stdout(log)
        .start()
        .expect("cannot daemonize");
    for _ in 0..60 {
        println!("hello from process {}", process::id());
        thread::sleep(Duration::from_secs(1));
    }
}
