//! The values of options that take more than one type. A constant must state its type, but only the
//! value knows which it is.

use std::marker::PhantomData;
use std::mem::ManuallyDrop;

use crate::config::chdir::Chdir;
use crate::config::setting::Setting;
use crate::config::umask::Umask;
use crate::config::{Output, Pidfile};
use crate::expansion::lookup::fits;
use crate::process::identity::account::{Group, User};

/// The value of an option of type `T`: a path or a name, a number, or a `T` itself.
#[derive(Debug)]
pub enum Constant<T> {
    /// A path or a name.
    Text(&'static str),
    /// A number.
    Number(u32),
    /// The option's type at run time.
    Own(T),
}

/// A value of the one type that an option takes.
#[derive(Debug)]
pub struct Typed<T> {
    /// The user's expression.
    pub value: T,
}

/// An `E`, given to an option of type `T`. Not dropped here: a `const fn` cannot drop it.
#[derive(Debug)]
pub struct Value<T, E>(ManuallyDrop<E>, NotTaken<T, E>);

/// One of a type that the option does not take.
#[derive(Debug)]
pub struct NotTaken<T, E>(PhantomData<(T, E)>);

impl<T, E> Value<T, E> {
    /// The user's expression.
    pub const fn of(value: E) -> Self {
        Value(ManuallyDrop::new(value), NotTaken(PhantomData))
    }
}

impl<T, E> std::ops::Deref for Value<T, E> {
    type Target = NotTaken<T, E>;

    fn deref(&self) -> &NotTaken<T, E> {
        &self.1
    }
}

impl<T: OfText> Value<T, &'static str> {
    fits!();

    /// The text.
    pub const fn constant(self) -> Constant<T> {
        Constant::Text(ManuallyDrop::into_inner(self.0))
    }
}

impl<T: OfNumber> Value<T, u32> {
    fits!();

    /// The number.
    pub const fn constant(self) -> Constant<T> {
        Constant::Number(ManuallyDrop::into_inner(self.0))
    }
}

impl<T, E> NotTaken<T, E> {
    /// The option's own type.
    pub fn expected(&self) -> T {
        unreachable!()
    }

    /// It does not compile.
    pub fn found(&self) -> fn() -> E {
        unreachable!()
    }

    /// It does not compile.
    pub fn constant(&self) -> Constant<T> {
        unreachable!()
    }
}

/// An option that takes a path or a name.
pub trait OfText {}

/// An option that takes a number.
pub trait OfNumber {}

/// Implements for an option's own type that it takes itself, and the other types named here.
macro_rules! takes {
    ($($own:ident: $($variant:ident($taken:ident) as $other:path),+;)+) => {$(
        impl Value<$own, $own> {
            fits!();

            /// The value itself.
            pub const fn constant(self) -> Constant<$own> {
                Constant::Own(ManuallyDrop::into_inner(self.0))
            }
        }

        #[diagnostic::do_not_recommend]
        impl Setting<$own> for Constant<$own> {
            fn value(self) -> Option<$own> {
                $(if let Constant::$variant($taken) = self {
                    return $taken.value();
                })+
                let Constant::Own(own) = self else {
                    unreachable!("a value of this type does not compile");
                };
                Some(own)
            }
        }

        $(impl $other for $own {})+
    )+};
}

takes! {
    Pidfile: Text(path) as OfText;
    Output: Text(path) as OfText;
    Chdir: Text(path) as OfText;
    Umask: Number(mask) as OfNumber;
    User: Text(name) as OfText, Number(id) as OfNumber;
    Group: Text(name) as OfText, Number(id) as OfNumber;
}
