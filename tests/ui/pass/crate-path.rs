//! The library under another name, and a module that has its name.

pub extern crate daemon as echo_daemon;

mod reexport {
    pub use echo_daemon as inner;
}

mod renamed {
    #[echo_daemon::main(crate = echo_daemon, mode = foreground)]
    pub fn main(ready: echo_daemon::Ready) {
        ready.notify();
    }
}

mod reexported {
    #[crate::reexport::inner::main(mode = foreground, crate = crate::reexport::inner)]
    pub fn main() {}
}

mod daemon {
    //! Not the library.

    #[::daemon::main(mode = foreground)]
    pub fn main(ready: ::daemon::Ready) {
        ready.notify();
    }
}

fn main() {
    renamed::main();
    reexported::main();
    daemon::main();
}
