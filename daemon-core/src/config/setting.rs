//! The argument of a setter: a value, or an `Option` of one, as a command line yields it.

/// A value for an option of type `T`. `Config` alone uses it: it cannot be named from outside.
#[diagnostic::on_unimplemented(
    message = "this setter takes a `{T}`, and not a `{Self}`",
    label = "not a `{T}`, nor a value that becomes one",
    note = "an `Option` of a value is taken as well: `None` leaves the option as it was"
)]
pub trait Setting<T>: Sized {
    /// The value, or `None` to leave the option as it was.
    fn value(self) -> Option<T>;

    /// Puts the value where the option is kept.
    fn set(self, option: &mut T) {
        if let Some(value) = self.value() {
            *option = value;
        }
    }

    /// The same for an option that has no value unless it is given.
    fn set_some(self, option: &mut Option<T>) {
        *option = self.value().or(option.take());
    }
}

#[diagnostic::do_not_recommend]
impl<T, V: Setting<T>> Setting<T> for Option<V> {
    fn value(self) -> Option<T> {
        self.and_then(V::value)
    }
}
