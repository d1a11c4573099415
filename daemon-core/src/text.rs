//! Text that is fit for people: that of a program on a terminal, and a time.

use std::time::Duration;

/// A time in seconds, with as many decimal places as it has. Without a number of floating point,
/// whose formatting is larger than everything else that a message needs.
pub(crate) fn seconds(time: Duration) -> String {
    let text = format!("{}.{:09}", time.as_secs(), time.subsec_nanos());
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

/// Writes a number in decimal to the end of the buffer, which has room for it, and returns where it
/// begins. By hand, because in a new process the standard library's formatting costs as much as the
/// system calls around it.
pub(crate) fn decimal(mut number: u64, buffer: &mut [u8]) -> usize {
    let mut start = buffer.len();
    loop {
        start -= 1;
        buffer[start] = b'0' + (number % 10) as u8;
        number /= 10;
        if number == 0 {
            return start;
        }
    }
}

/// Escapes control characters other than newline and tab, and takes colours out: a program's text
/// must not move the cursor, change the title or answer for the user.
pub(crate) fn printable(text: &str) -> String {
    let mut printable = String::with_capacity(text.len());
    for character in without_colours(text).chars() {
        match character {
            '\n' | '\t' => printable.push(character),
            _ if character.is_control() => printable.extend(character.escape_default()),
            _ => printable.push(character),
        }
    }
    printable
}

/// Without the sequences that set colours and the like: ESC, `[`, numbers, `m`; see
/// console_codes(4), "ECMA-48 Select Graphic Rendition".
fn without_colours(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("\u{1b}[") {
        plain.push_str(before);
        let sequence = after.trim_start_matches(|c: char| c.is_ascii_digit() || ";:".contains(c));
        rest = sequence.strip_prefix('m').unwrap_or_else(|| {
            plain.push_str("\u{1b}[");
            after
        });
    }
    plain + rest
}

/// The same on one line.
pub(crate) fn on_one_line(text: &str) -> String {
    printable(text.trim_end()).replace(['\n', '\t'], " ")
}

/// Cuts a text to at most this many bytes, without splitting a character.
pub(crate) fn truncate(text: &mut String, most: usize) {
    text.truncate(cut(text, most).len());
}

/// The longest beginning of a text that fits in this many bytes without splitting a character.
pub(crate) fn cut(text: &str, most: usize) -> &str {
    let mut end = text.len().min(most);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    &text[..end]
}

#[cfg(test)]
mod tests {
    use property::check;
    use property::proptest::collection::vec;
    use property::proptest::prelude::{Strategy, any, prop_oneof};

    use super::{Duration, cut, on_one_line, printable, seconds};

    /// Any text, and some that is made of what means something to a terminal.
    fn texts() -> impl Strategy<Value = String> {
        let sequence = r"\x1b?\[?[0-9;:]{0,3}[mJ\x1b]?";
        let pieces = prop_oneof![
            any::<String>(),
            sequence,
            r"\x1b\][^\x07]{0,5}\x07",
            r"[\x00-\x20\x7f-\u{a0}]{0,5}",
        ];
        vec(pieces, 0..8).prop_map(|pieces| pieces.concat())
    }

    #[test]
    fn no_control_character_of_any_text_is_left() {
        check(5000, texts, |text| {
            let printable = printable(&text);
            assert!(!printable.contains(|c: char| c.is_control() && !"\n\t".contains(c)));
            let line = on_one_line(&text);
            assert!(!line.contains(char::is_control), "{line:?}");
        });
    }

    #[test]
    fn any_text_without_control_characters_stays_as_it_is() {
        check(
            2000,
            || r"[\PC\n\t]{0,50}",
            |text| {
                assert_eq!(printable(&text), text);
                assert_eq!(on_one_line(&text), text.trim_end().replace(['\n', '\t'], " "));
            },
        );
    }

    #[test]
    fn any_text_can_be_cut_anywhere() {
        check(
            2000,
            || (any::<String>(), 0_usize..100),
            |(text, most)| {
                let beginning = cut(&text, most);
                assert!(text.starts_with(beginning) && beginning.len() <= most);
                assert!(beginning.len() == text.len() || beginning.len() + 4 > most);
            },
        );
    }

    #[test]
    fn control_characters_are_escaped() {
        assert_eq!(
            printable("a\x1b]0;title\x07\tb\r\n\u{9b}2J"),
            "a\\u{1b}]0;title\\u{7}\tb\\r\n\\u{9b}2J"
        );
        assert_eq!(on_one_line("two\nlines\n"), "two lines");
    }

    #[test]
    fn colours_are_taken_out() {
        assert_eq!(printable("\x1b[91mred\x1b[0m and \x1b[1;38:5:7mmore\x1b[m"), "red and more");
        assert_eq!(printable("\x1b[2J\x1b[1"), "\\u{1b}[2J\\u{1b}[1");
    }

    #[test]
    fn text_is_cut_between_characters() {
        assert_eq!(cut("aé", 2), "a");
        assert_eq!(cut("aé", 3), "aé");
        assert_eq!(cut("", 3), "");
    }

    #[test]
    fn seconds_are_written_as_people_write_them() {
        let written = |milliseconds| seconds(Duration::from_millis(milliseconds));
        assert_eq!(written(60_000), "60");
        assert_eq!(written(1_500), "1.5");
        assert_eq!(written(50), "0.05");
        assert_eq!(written(0), "0");
        assert_eq!(seconds(Duration::from_nanos(1)), "0.000000001");
        assert_eq!(seconds(Duration::MAX), "18446744073709551615.999999999");
    }
}
