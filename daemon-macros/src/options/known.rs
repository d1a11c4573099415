//! The form of the tables: names, how each is written, and which values it takes.

use std::fmt;

/// The names that a list can have, in the parentheses of the attribute or of an option.
#[derive(Debug)]
pub(crate) struct Names {
    /// The word for one of them.
    pub(crate) article: &'static str,
    pub(crate) noun: &'static str,
    /// A list, for messages that show how to write one.
    pub(crate) example: &'static str,
    /// What others have before the names, such as `RLIMIT_` in C.
    pub(crate) prefixes: &'static [&'static str],
    /// Names that others have for them, or for what there is no name here, and what to do.
    pub(crate) synonyms: &'static [(&'static str, &'static str)],
    /// All, in the order in which messages list them.
    pub(crate) all: &'static [Known],
}

impl Names {
    pub(crate) fn find(&self, name: &str) -> Option<&'static Known> {
        self.all.iter().find(|known| known.name == name)
    }
}

/// A name in such a list: an option, or an entry in the list of one.
#[derive(Debug)]
pub(crate) struct Known {
    pub(crate) name: &'static str,
    /// A value, or the content of the parentheses, for messages that show how to write it.
    pub(crate) example: &'static str,
    pub(crate) takes: Takes,
    /// The path of its meaning in the library without a value, if it may have none.
    pub(crate) bare: Option<&'static str>,
    pub(crate) words: &'static [Word],
}

impl Known {
    /// A name that needs a value, which is not a word.
    pub(crate) const fn new(name: &'static str, example: &'static str, takes: Takes) -> Self {
        Known { name, example, takes, bare: None, words: &[] }
    }

    /// The same name, but it may have no value.
    pub(crate) const fn or_bare(self, means: &'static str) -> Self {
        Known { bare: Some(means), ..self }
    }

    /// The same name, but its value may be one of these words.
    pub(crate) const fn or_words(self, words: &'static [Word]) -> Self {
        Known { words, ..self }
    }
}

/// The whole option, as the user should write it.
impl fmt::Display for Known {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Known { name, example, takes, .. } = self;
        match takes {
            Takes::Nothing => f.write_str(name),
            Takes::Limits(_) | Takes::Capabilities(_) => write!(f, "{name}({example})"),
            _ => write!(f, "{name} = {example}"),
        }
    }
}

/// The kind of value that an option takes besides its words.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Takes {
    /// A constant `&str` that can be a file's name.
    Name,
    /// A constant `&str`, the absolute path of a file, or a constant of this type in the library.
    File(&'static str),
    /// A constant `&str`, the absolute path of a directory, or a constant `daemon::Chdir`.
    Directory,
    /// A constant `&str`, the absolute path of a directory other than `/`.
    Root,
    /// A constant `u32`, written in octal, or a constant `daemon::Umask`.
    Umask,
    /// A constant `u64` above 0.
    Seconds,
    /// A constant `u64`.
    Delay,
    /// A constant `i32`, the number of a descriptor above 2.
    Descriptor,
    /// A constant `daemon::Mode`.
    Mode,
    /// A constant `&str` or `u32`, the name or the number of a user or a group, or a constant of this
    /// type in the library.
    Account(&'static str),
    /// A list of resource limits, by these names.
    Limits(&'static Names),
    /// An entry in that list: a constant `u64`, or a pair of them, for the resource at this path in
    /// the library.
    Limit(&'static str),
    /// A list of capabilities, by these names.
    Capabilities(&'static Names),
    /// A function, called in the course of the launch.
    Function,
    /// The path of the library.
    Crate,
    /// A constant `&str`, a word on the command line.
    Word,
    /// No value.
    Nothing,
}

impl Takes {
    /// Whether the value is a name or a path.
    pub(crate) fn is_text(self) -> bool {
        matches!(
            self,
            Takes::Name
                | Takes::File(_)
                | Takes::Directory
                | Takes::Root
                | Takes::Account(_)
                | Takes::Word
        )
    }

    /// The names that the list can have, if an option takes one.
    pub(crate) fn names(self) -> Option<&'static Names> {
        match self {
            Takes::Limits(names) | Takes::Capabilities(names) => Some(names),
            _ => None,
        }
    }
}

/// A word that an option takes, and the path of its meaning in the library.
#[derive(Debug)]
pub(crate) struct Word {
    pub(crate) name: &'static str,
    pub(crate) means: &'static str,
}

pub(crate) const fn word(name: &'static str, means: &'static str) -> Word {
    Word { name, means }
}
