//! What may stand around, before and in a `main`.

#![allow(unexpected_cfgs)]

fn documented() {
    #![deny(missing_docs)]

    /// Before.
    #[daemon::main(mode = foreground)]
    /// After.
    fn main() {}

    main()
}

fn conditional() {
    #[cfg(unix)]
    #[cfg_attr(unix, daemon::main(mode = foreground))]
    #[cfg_attr(not(unix), no_such_attribute)]
    fn main(ready: daemon::Ready) {
        ready.notify();
    }

    #[cfg(not(unix))]
    #[daemon::main(no_such_option)]
    fn main() {}

    main()
}

fn lints() {
    #[allow(unused_variables)]
    #[daemon::main(mode = foreground)]
    #[deny(unused_mut)]
    fn main(ready: daemon::Ready) {
        #![allow(dead_code)]
        // Documented from within.

        fn nobody_calls_this() {}
    }

    main()
}

fn expected() {
    #[daemon::main(mode = foreground)]
    #[expect(unused_variables)]
    fn main(ready: daemon::Ready) {}

    main()
}

fn parameter_attribute() {
    #[daemon::main(mode = foreground)]
    fn main(#[allow(unused_variables)] ready: daemon::Ready) {}

    main()
}

fn other_attributes() -> std::process::ExitCode {
    #[daemon::main(mode = foreground)]
    #[inline(never)]
    #[must_use]
    #[rustfmt::skip]
    fn main() -> std::process::ExitCode {
        std::process::ExitCode::SUCCESS
    }

    main()
}

fn deprecated() {
    #[deprecated]
    #[daemon::main(mode = foreground)]
    fn main() {}

    #[allow(deprecated)]
    main()
}

fn visibility() {
    #[daemon::main(mode = foreground)]
    fn main() {}

    main()
}

fn trailing_comma() {
    #[daemon::main(mode = foreground)]
    #[rustfmt::skip]
    fn main(ready: daemon::Ready,) {
        ready.notify();
    }

    main()
}

/// `_` does not drop `Ready` before the body runs, as it would not for a parameter.
fn patterns() {
    use std::cell::Cell;

    thread_local!(static DROPPED: Cell<bool> = const { Cell::new(false) });

    pub struct Guard;

    impl Drop for Guard {
        fn drop(&mut self) {
            DROPPED.set(true);
        }
    }

    #[daemon::main(mode = foreground, configure = |_| (Guard, 7))]
    fn main(ready: daemon::Ready, (_, _seven): (Guard, i32)) {
        assert!(!DROPPED.get());
        ready.notify();
    }

    main()
}

fn tuple() {
    #[daemon::main(mode = foreground, configure = |_| (1, (2, [3, 4])))]
    fn main(_ready: daemon::Ready, (one, (mut two, [.., four])): (i32, (i32, [i32; 2]))) {
        two += one;
        assert_eq!((one, two, four), (1, 3, 4));
    }

    main()
}

fn alias() {
    use daemon::Ready as Done;
    type Say = Done;

    #[daemon::main(mode = foreground)]
    fn main(done: Say) {
        done.notify();
    }

    main()
}

fn recursive() {
    use std::cell::Cell;

    thread_local!(static CALLS: Cell<u32> = const { Cell::new(0) });

    #[daemon::main(mode = foreground)]
    fn main() {
        CALLS.set(CALLS.get() + 1);
        if CALLS.get() < 3 {
            main();
        }
        assert_eq!(CALLS.get(), 3);
    }

    main()
}

fn recursive_with_parameters() {
    #[daemon::main(mode = foreground)]
    fn main(ready: daemon::Ready) {
        ready.notify();
        std::panic::set_hook(Box::new(|_| {}));
        let again = std::panic::catch_unwind(|| main());
        drop(std::panic::take_hook());
        let text = *again.unwrap_err().downcast::<String>().unwrap();
        assert!(text.starts_with("`main` was called again"), "{text}");
    }

    main()
}

fn names() {
    // The names of the expansion meet none of the user's.

    type Parameters = u8;
    struct Start;
    #[allow(non_upper_case_globals)]
    const start: u8 = 1;
    #[allow(non_upper_case_globals)]
    const parameters: u8 = 2;
    #[allow(non_upper_case_globals)]
    const handover: u8 = 3;

    #[daemon::main(mode = foreground, configure = |_| Start)]
    fn main(ready: daemon::Ready, value: Start) {
        let sum: Parameters = start + parameters + handover;
        assert_eq!(sum, 6);
        let Start = value;
        ready.notify();
    }

    main()
}

mod core {}

fn main() {
    documented();
    conditional();
    lints();
    expected();
    parameter_attribute();
    let _ = other_attributes();
    deprecated();
    visibility();
    trailing_comma();
    patterns();
    tuple();
    alias();
    recursive();
    recursive_with_parameters();
    names();
}
