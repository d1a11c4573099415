//! The expansion takes no name from the prelude.

#![no_implicit_prelude]

mod pipeline {
    fn args(_: &mut ::daemon::Config) -> ::std::result::Result<u16, ::std::string::String> {
        ::std::result::Result::Ok(0)
    }

    fn open(port: u16) -> u16 {
        port
    }

    #[::daemon::main(
        name = "echod",
        umask = 0o027,
        mode = foreground,
        start_timeout = never,
        configure = args,
        privileged = open
    )]
    pub fn main(ready: ::daemon::Ready, port: u16) {
        ::std::assert_eq!(port, 0);
        ready.notify();
    }
}

#[::daemon::main(mode = foreground)]
fn main() {
    pipeline::main();
}
