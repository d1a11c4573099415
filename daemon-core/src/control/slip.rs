//! A word that was meant to be a verb.

use crate::control::grammar::{VERBS, VerbForm};

/// The verb that a word is by one slip of the finger: a letter too many, too few or another one, two
/// that are swapped, or capital letters.
pub(super) fn meant(word: &str) -> Option<&'static VerbForm> {
    let word = word.to_ascii_lowercase();
    VERBS.iter().find(|verb| is_at_most_one_slip(word.as_bytes(), verb.name.as_bytes()))
}

fn is_at_most_one_slip(word: &[u8], name: &[u8]) -> bool {
    let same = |(a, b): &(&u8, &u8)| a == b;
    let begins = word.iter().zip(name).take_while(same).count();
    let (word, name) = (&word[begins..], &name[begins..]);
    let ends = word.iter().rev().zip(name.iter().rev()).take_while(same).count();
    match (&word[..word.len() - ends], &name[..name.len() - ends]) {
        ([], []) | ([_], []) | ([], [_]) | ([_], [_]) => true,
        ([a, b], [c, d]) => a == d && b == c,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::meant;

    #[test]
    fn one_slip_is_a_verb_and_two_are_another_word() {
        for (word, verb) in [
            ("stpo", "stop"),
            ("stp", "stop"),
            ("stopp", "stop"),
            ("stoop", "stop"),
            ("xstop", "stop"),
            ("atop", "stop"),
            ("STOP", "stop"),
            ("strat", "start"),
            ("restrat", "restart"),
            ("relaod", "reload"),
            ("stats", "status"),
            ("statsu", "status"),
            ("chekc", "check"),
            ("units", "unit"),
        ] {
            assert_eq!(meant(word).map(|verb| verb.name), Some(verb), "{word}");
        }
        for word in [
            "",
            "s",
            "help",
            "halt",
            "stuff",
            "port",
            "restore",
            "statistics",
            "st\u{f6}p",
            "--stop",
        ] {
            assert!(meant(word).is_none(), "{word}");
        }
    }
}
