//! The library under another name, and a module that has its name.

pub extern crate daemon as echo_daemon;

mod reexport {
    pub use echo_daemon as inner;
}

fn renamed() {
    #[echo_daemon::main(crate = echo_daemon, mode = foreground)]
    fn main(ready: echo_daemon::Ready) {
        ready.notify();
    }

    main()
}

mod attribute {
    pub use echo_daemon::main;
}

fn with_the_attribute_alone() {
    #[attribute::main(mode = foreground, crate = attribute)]
    fn main() {}

    main()
}

fn reexported() {
    #[crate::reexport::inner::main(mode = foreground, crate = crate::reexport::inner)]
    fn main() {}

    main()
}

mod daemon {
    //! Not the library.
}

fn beside_a_module_of_its_name() {
    #[::daemon::main(mode = foreground)]
    fn main(ready: ::daemon::Ready) {
        ready.notify();
    }

    main()
}

fn main() {
    renamed();
    reexported();
    beside_a_module_of_its_name();
    with_the_attribute_alone();
}
