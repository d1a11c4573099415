//! The reasons of the system, in its words: the C libraries do not share all of them.

use std::io;

use libc::{EDQUOT, EIO, ELOOP, EMFILE, ENOMEM, c_int};

const NAMED: [(&str, c_int); 5] = [
    ("{EDQUOT}", EDQUOT),
    ("{EIO}", EIO),
    ("{ELOOP}", ELOOP),
    ("{EMFILE}", EMFILE),
    ("{ENOMEM}", ENOMEM),
];

/// The text with the words for each error that it names in braces, as in `{EMFILE}`.
pub fn in_the_systems_words(text: &str) -> String {
    NAMED.iter().fold(text.to_owned(), |text, (name, errno)| text.replace(name, &words_of(*errno)))
}

/// As strerror(3) has them.
pub fn words_of(errno: c_int) -> String {
    let words = io::Error::from_raw_os_error(errno).to_string();
    let (words, _) = words.split_once(" (os error ").expect("the number");
    words.to_owned()
}
