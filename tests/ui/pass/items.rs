//! What may stand around, before and in a `main`.

#![allow(unexpected_cfgs)]

mod documented {
    #![deny(missing_docs)]

    /// Before.
    #[daemon::main(mode = foreground)]
    /// After.
    pub fn main() {}
}

mod conditional {
    #[cfg(unix)]
    #[cfg_attr(unix, daemon::main(mode = foreground))]
    #[cfg_attr(not(unix), no_such_attribute)]
    pub fn main(ready: daemon::Ready) {
        ready.notify();
    }

    #[cfg(not(unix))]
    #[daemon::main(no_such_option)]
    pub fn main() {}
}

mod lints {
    #[allow(unused_variables)]
    #[daemon::main(mode = foreground)]
    #[deny(unused_mut)]
    pub fn main(ready: daemon::Ready) {
        #![allow(dead_code)]
        //! Documented from within.

        fn nobody_calls_this() {}
    }
}

mod expected {
    #[daemon::main(mode = foreground)]
    #[expect(unused_variables)]
    pub fn main(ready: daemon::Ready) {}
}

mod parameter_attribute {
    #[daemon::main(mode = foreground)]
    pub fn main(#[allow(unused_variables)] ready: daemon::Ready) {}
}

mod other_attributes {
    #[daemon::main(mode = foreground)]
    #[inline(never)]
    #[must_use]
    #[rustfmt::skip]
    pub fn main() -> std::process::ExitCode {
        std::process::ExitCode::SUCCESS
    }
}

mod deprecated {
    #[deprecated]
    #[daemon::main(mode = foreground)]
    pub fn main() {}
}

mod visibility {
    #[daemon::main(mode = foreground)]
    pub(super) fn main() {}
}

mod trailing_comma {
    #[daemon::main(mode = foreground)]
    #[rustfmt::skip]
    pub fn main(ready: daemon::Ready,) {
        ready.notify();
    }
}

/// `_` does not drop `Ready` before the body runs, as it would not for a parameter.
mod patterns {
    use std::cell::Cell;

    thread_local!(static DROPPED: Cell<bool> = const { Cell::new(false) });

    pub struct Guard;

    impl Drop for Guard {
        fn drop(&mut self) {
            DROPPED.set(true);
        }
    }

    #[daemon::main(mode = foreground, configure = |_| Guard)]
    pub fn main(_: daemon::Ready, _: Guard) {
        assert!(!DROPPED.get());
    }
}

mod tuple {
    #[daemon::main(mode = foreground, configure = |_| (1, (2, [3, 4])))]
    pub fn main(_ready: daemon::Ready, (one, (mut two, [.., four])): (i32, (i32, [i32; 2]))) {
        two += one;
        assert_eq!((one, two, four), (1, 3, 4));
    }
}

mod alias {
    use daemon::Ready as Done;
    type Say = Done;

    #[daemon::main(mode = foreground)]
    pub fn main(done: Say) {
        done.notify();
    }
}

mod recursive {
    use std::cell::Cell;

    thread_local!(static CALLS: Cell<u32> = const { Cell::new(0) });

    #[daemon::main(mode = foreground)]
    pub fn main() {
        CALLS.set(CALLS.get() + 1);
        if CALLS.get() < 3 {
            main();
        }
        assert_eq!(CALLS.get(), 3);
    }
}

mod recursive_with_parameters {
    #[daemon::main(mode = foreground)]
    pub fn main(ready: daemon::Ready) {
        ready.notify();
        std::panic::set_hook(Box::new(|_| {}));
        let again = std::panic::catch_unwind(|| main());
        drop(std::panic::take_hook());
        let text = *again.unwrap_err().downcast::<String>().unwrap();
        assert!(text.starts_with("`main` was called again"), "{text}");
    }
}

mod names {
    //! The names of the expansion meet none of the user's.

    type Parameters = u8;
    struct Start;
    #[allow(non_upper_case_globals)]
    const start: u8 = 1;
    #[allow(non_upper_case_globals)]
    const parameters: u8 = 2;
    #[allow(non_upper_case_globals)]
    const handover: u8 = 3;

    #[daemon::main(mode = foreground, configure = |_| Start)]
    pub fn main(ready: daemon::Ready, value: Start) {
        let sum: Parameters = start + parameters + handover;
        assert_eq!(sum, 6);
        let Start = value;
        ready.notify();
    }
}

mod core {}

fn main() {
    documented::main();
    conditional::main();
    lints::main();
    expected::main();
    parameter_attribute::main();
    let _ = other_attributes::main();
    #[allow(deprecated)]
    deprecated::main();
    visibility::main();
    trailing_comma::main();
    patterns::main();
    tuple::main();
    alias::main();
    recursive::main();
    recursive_with_parameters::main();
    names::main();
}
