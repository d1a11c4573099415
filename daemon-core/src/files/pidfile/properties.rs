//! Whatever is in a pidfile: it is a process number only if it says exactly that, and a file that
//! holds anything but numbers is not ours.

use std::io::Write;
use std::os::fd::OwnedFd;
use std::path::Path;

use property::check;
use property::proptest::collection::vec;
use property::proptest::prelude::{Just, Strategy, any, prop_oneof};

use super::holder::number_in;
use super::refusals::refuse_other_content;
use super::*;

/// Numbers of every size and form, cut and joined, and anything else.
fn contents() -> impl Strategy<Value = Vec<u8>> {
    let number = prop_oneof![
        any::<i32>().prop_map(|number| number.to_string()),
        any::<i128>().prop_map(|number| number.to_string()),
        "[0-9]{0,70}",
        "[+ 0x]?[0-9]{1,9}",
        "0{20,40}[0-9]{1,5}",
    ];
    let end = prop_oneof![3 => Just("\n"), 1 => Just(""), 1 => Just("\0"), 1 => Just("\r\n")];
    let numbers = vec((number, end), 0..4).prop_map(|parts| {
        parts.into_iter().flat_map(|(number, end)| (number + end).into_bytes()).collect()
    });
    let text = "[0-9+ \\t\\x00\\n\\r.,xé-]{0,80}".prop_map(String::into_bytes);
    prop_oneof![4 => numbers, 2 => text, 1 => vec(any::<u8>(), 0..100)]
}

fn file_with(content: &[u8]) -> OwnedFd {
    let mut file = tempfile::tempfile().expect("a temporary file");
    file.write_all(content).expect("room");
    file.into()
}

/// What the first line says, digit by digit.
fn number_said(content: &[u8]) -> Option<i32> {
    let line = content.split(|byte| *byte == b'\n').next().unwrap_or_default();
    let mut number: u128 = 0;
    for byte in line {
        let digit = char::from(*byte).to_digit(10)?;
        number = number.saturating_mul(10).saturating_add(digit.into());
    }
    i32::try_from(number).ok().filter(|number| *number > 0)
}

#[test]
fn a_number_is_what_the_first_line_says() {
    check(5000, contents, |content| {
        let found = number_in(file_with(&content)).map(Pid::as_raw);
        // Nobody writes so many zeros before a number.
        let is_too_long = content.len() >= 32 && !content[..32].contains(&b'\n');
        assert_eq!(found, number_said(&content).filter(|_| !is_too_long));
    });
}

#[test]
fn what_is_not_numbers_is_refused() {
    check(5000, contents, |content| {
        let is_numbers = content.len() <= 64
            && content.iter().all(|byte| b"0123456789+- \t\r\n\0".contains(byte));
        let file = file_with(&content);
        let checked = refuse_other_content(Path::new("/run/a.pid"), &file, content.len() as _);
        assert_eq!(checked.is_ok(), is_numbers);
        if let Err(error) = checked {
            assert_eq!(error.exit_code(), 73);
        }
    });
}
