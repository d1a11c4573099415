//! Without `Ready`: says its mode and why on standard error, and stays for as many seconds as its
//! first argument says.

#[daemon::main(stderr = inherit)]
fn main() {
    eprintln!("{}", daemon::mode());
    let seconds = std::env::args().nth(1).expect("seconds").parse().expect("a number");
    std::thread::sleep(std::time::Duration::from_secs(seconds));
}
