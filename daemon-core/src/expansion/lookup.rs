//! How mistakes are shown without anything of ours.
//!
//! A step that does not fit is reported as a type mismatch (E0308), which shows the user's own
//! functions and types and nothing else. A bound of ours would be shown with its name and with these
//! lines, so there is none that a program of the user's can break. Instead, several types that
//! dereference to each other have a method of the same name: method lookup takes the first whose
//! bounds hold, and the last has none. That one makes the mismatch.

/// Implements `Deref` along a chain of types, each of which holds the next in its field.
macro_rules! chain {
    ($first:ident < $($parameter:ident),+ > => $($rest:tt)+) => {
        chain!(@ [$($parameter),+] $first => $($rest)+);
    };
    (@ $parameters:tt $outer:ident => $inner:ident => $($rest:tt)+) => {
        chain!(@ $parameters $outer => $inner);
        chain!(@ $parameters $inner => $($rest)+);
    };
    (@ [$($parameter:ident),+] $outer:ident => $inner:ident) => {
        impl<$($parameter),+> std::ops::Deref for $outer<$($parameter),+> {
            type Target = $inner<$($parameter),+>;

            fn deref(&self) -> &Self::Target {
                &self.0
            }
        }
    };
}

/// The expected and the found type where nothing is wrong: the same one.
macro_rules! fits {
    () => {
        /// Nothing in particular.
        pub fn expected(&self) {}

        /// Nothing in particular.
        pub fn found(&self) -> fn() {
            || {}
        }
    };
}

pub(crate) use {chain, fits};
