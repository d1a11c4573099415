//! A panic that a test is after.

use std::{
    cell::Cell,
    panic::{self, AssertUnwindSafe},
    sync::Once,
};

thread_local! {
    static PANIC_IS_EXPECTED: Cell<bool> = const { Cell::new(false) };
}

/// What a panic of this says; it does not appear in the output of the tests.
pub(crate) fn panic_of(act: impl FnOnce()) -> String {
    static HOOK: Once = Once::new();
    HOOK.call_once(|| {
        let usual = panic::take_hook();
        panic::set_hook(Box::new(move |info| {
            if !PANIC_IS_EXPECTED.get() {
                usual(info);
            }
        }));
    });
    PANIC_IS_EXPECTED.set(true);
    let result = panic::catch_unwind(AssertUnwindSafe(act));
    PANIC_IS_EXPECTED.set(false);
    let payload = result.expect_err("no panic");
    *payload.downcast::<String>().expect("a message")
}
