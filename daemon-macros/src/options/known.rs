//! What the attribute knows of a name: how it is written and what it takes.

use std::fmt;

/// The names that can stand in a list: in the attribute's brackets, or in those of an option.
#[derive(Debug)]
pub(crate) struct Names {
    /// What one of them is called.
    pub(crate) article: &'static str,
    pub(crate) noun: &'static str,
    /// A list, to show how it is written.
    pub(crate) example: &'static str,
    /// What stands before such a name where it is spelt in capitals.
    pub(crate) prefix: &'static str,
    /// What others call them: the name, ours, and what ours does.
    pub(crate) synonyms: &'static [(&'static str, &'static str, &'static str)],
    /// In the order in which messages list them.
    pub(crate) all: &'static [Known],
}

impl Names {
    pub(crate) fn find(&self, name: &str) -> Option<&'static Known> {
        self.all.iter().find(|known| known.name == name)
    }
}

/// A name in such a list: mostly an option.
#[derive(Debug)]
pub(crate) struct Known {
    pub(crate) name: &'static str,
    /// A value, or what stands in the brackets, to show how it is written.
    pub(crate) example: &'static str,
    pub(crate) takes: Takes,
    /// What the option means without a value, in the library, if it may have none.
    pub(crate) bare: Option<&'static str>,
    pub(crate) words: &'static [Word],
}

impl Known {
    /// A name that needs a value, and one that is not a word.
    pub(crate) const fn new(name: &'static str, example: &'static str, takes: Takes) -> Self {
        Known { name, example, takes, bare: None, words: &[] }
    }

    /// The same, but it may have no value.
    pub(crate) const fn or_bare(self, means: &'static str) -> Self {
        Known { bare: Some(means), ..self }
    }

    /// The same, but its value may be one of these words.
    pub(crate) const fn or_words(self, words: &'static [Word]) -> Self {
        Known { words, ..self }
    }
}

/// The whole option, as it is written.
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

/// What an option takes besides its words.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Takes {
    /// A constant `&str` that can be a file's name.
    Name,
    /// A constant `&str`, the absolute path of a file.
    File,
    /// A constant `&str`, the absolute path of a directory.
    Directory,
    /// A constant `&str`, the absolute path of a directory other than `/`.
    Root,
    /// A constant `u32`, written in octal.
    Umask,
    /// A constant `u64`.
    Seconds,
    /// A constant `i32`, the number of a descriptor above 2.
    Descriptor,
    /// A constant `daemon::Mode`.
    Mode,
    /// A constant `&str` or `u32`, by which a user or a group is known.
    Account,
    /// A list of resource limits, by these names.
    Limits(&'static Names),
    /// In that list: a constant `u64`, or a pair of them, the limit of this resource of the
    /// library's.
    Limit(&'static str),
    /// A list of capabilities, by these names.
    Capabilities(&'static Names),
    /// A function, called in the course of the launch.
    Function,
    /// The path of this crate.
    Crate,
    /// No value.
    Nothing,
}

impl Takes {
    /// What can stand in the brackets of an option that takes a list.
    pub(crate) fn names(self) -> Option<&'static Names> {
        match self {
            Takes::Limits(names) | Takes::Capabilities(names) => Some(names),
            _ => None,
        }
    }
}

/// A word that an option takes, and what it means in the library.
#[derive(Debug)]
pub(crate) struct Word {
    pub(crate) name: &'static str,
    pub(crate) means: &'static str,
}

pub(crate) const fn word(name: &'static str, means: &'static str) -> Word {
    Word { name, means }
}
