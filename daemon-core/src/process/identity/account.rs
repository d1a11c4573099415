//! Users and groups as they are asked for: by name or by number.

use std::fmt;

/// The number that means "unchanged" to the kernel, so no user or group has it; see setresuid(2).
pub(crate) const UNCHANGED: u32 = u32::MAX;

/// A user: a name in the user database, or a number.
///
/// A number needs no entry in the database. A name that consists of digits is looked up first, and
/// means the number if there is no such name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum User {
    /// By name; see passwd(5).
    Name(String),
    /// By number, a uid.
    Id(u32),
}

/// A group: a name in the group database, or a number.
///
/// A name that consists of digits is looked up first, and means the number if there is no such
/// name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Group {
    /// By name; see group(5).
    Name(String),
    /// By number, a gid.
    Id(u32),
}

/// `From` for names and numbers, and `Display`.
macro_rules! by_name_or_number {
    ($($account:ident),*) => {$(
        impl From<&str> for $account {
            fn from(name: &str) -> Self {
                $account::Name(name.to_owned())
            }
        }

        impl From<&String> for $account {
            fn from(name: &String) -> Self {
                $account::Name(name.clone())
            }
        }

        impl From<String> for $account {
            fn from(name: String) -> Self {
                $account::Name(name)
            }
        }

        impl From<u32> for $account {
            fn from(id: u32) -> Self {
                $account::Id(id)
            }
        }

        impl fmt::Display for $account {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                match self {
                    $account::Name(name) => f.write_str(name),
                    $account::Id(id) => id.fmt(f),
                }
            }
        }
    )*};
}

by_name_or_number!(User, Group);
