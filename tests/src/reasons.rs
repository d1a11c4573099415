//! The reasons of the system, in its words: the C libraries do not share all of them.

use std::io;

use libc::{EIO, ELOOP, EMFILE, ENOMEM, c_int};

const NAMED: [(&str, c_int); 4] =
    [("{EIO}", EIO), ("{ELOOP}", ELOOP), ("{EMFILE}", EMFILE), ("{ENOMEM}", ENOMEM)];

/// The text with the words for each error that it names in braces, as in `{EMFILE}`.
pub fn in_the_systems_words(text: &str) -> String {
    NAMED.iter().fold(text.to_owned(), |text, (name, errno)| {
        let words = io::Error::from_raw_os_error(*errno).to_string();
        let (words, _) = words.split_once(" (os error ").expect("the number");
        text.replace(name, words)
    })
}
