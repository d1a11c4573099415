//! The attribute in a `macro_rules!`, with fragments of every kind.

macro_rules! echod {
    (
        $module:ident, $word:ident, $mask:literal, $pidfile:expr, $name:tt, $configure:path,
        $pattern:pat => $type:ty => $output:ty, $body:block, $library:path
    ) => {
        mod $module {
            use super::*;

            #[daemon::main(
                mode = $word,
                umask = $mask,
                pidfile = $pidfile,
                name = $name,
                configure = $configure,
                crate = $library
            )]
            pub fn main($pattern: $type) -> $output $body
        }
    };
}

macro_rules! item {
    ($visibility:vis, $main:item) => {
        #[daemon::main(mode = foreground)]
        $main
    };
}

macro_rules! attribute {
    ($meta:meta, $ident:ident $body:block) => {
        #[$meta]
        pub fn $ident() $body
    };
}

macro_rules! nothing_from_outside {
    () => {
        #[daemon::main(mode = foreground)]
        pub fn main(ready: daemon::Ready) {
            ready.notify();
        }
    };
}

fn seven(_: &mut daemon::Config) -> i32 {
    7
}

echod!(fragments, foreground, 0o022, concat!("/run/", "echod.pid"), "echod", seven,
    seven => i32 => std::io::Result<()>, {
        assert_eq!(seven, 7);
        Ok(())
    }, daemon
);

mod items {
    item!(
        pub,
        pub fn main(ready: daemon::Ready) {
            ready.notify()
        }
    );
}

mod attributes {
    attribute!(daemon::main(mode = foreground), main {});
}

mod nothing {
    nothing_from_outside!();
}

fn main() -> std::io::Result<()> {
    items::main();
    attributes::main();
    nothing::main();
    // It would write to /run.
    if std::env::args_os().len() > 1 { fragments::main() } else { Ok(()) }
}
